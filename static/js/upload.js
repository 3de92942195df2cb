// Sending a file to the program piece by piece: progress that is true, going on after a broken connection, an end that
// leaves nothing behind.
import { ApiError, get, post } from "./api.js";
import { bytes } from "./format.js";
import { t } from "./i18n.js";

const PATIENCE = 120; // seconds that a connection may stay broken
const PACE_SECONDS = 8; // over which the speed is taken

/** @typedef {{id: string, have: number, size: number, whole: boolean, piece: number}} Sent */
/** @typedef {{have: number, size: number, pace: ?number, seconds: ?number, waiting: boolean}} Told */

/** The person has ended it. */
export class Ended extends Error {}

/** @param {number} seconds */
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

/** Whether a file can still be read: its disk may be gone, or it was written anew. @param {Blob} content */
const readable = (content) => content.slice(0, 1).arrayBuffer().then(() => true, () => false);

/** @param {string} name @param {string} advice */
const fault = (name, advice) => new ApiError({ code: "upload", sentence: name, advice }, 0);

export class Upload {
  /** @param {File} file @param {"zip"|"sheet"|"recognitions"} kind @param {(told: Told) => void} tell */
  constructor(file, kind, tell) {
    this.file = file;
    this.kind = kind;
    this.tell = tell;
    this.id = "";
    this.stopped = false;
    this.waiting = false;
    /** @type {[number, number][]} moments and the bytes that were kept then */
    this.marks = [];
    this.abort = new AbortController();
    this.leaving = () => this.#gone(true);
    this.asking = (/** @type {BeforeUnloadEvent} */ event) => event.preventDefault();
  }

  /** Send all of it. @param {string} projectPath @returns {Promise<string>} the upload's id */
  async send(projectPath) {
    addEventListener("pagehide", this.leaving);
    addEventListener("beforeunload", this.asking);
    try {
      const { name, size } = this.file;
      /** @type {Sent} */
      let sent = await post("/api/uploads/begin", { project_path: projectPath, name, size, kind: this.kind }, 60);
      this.id = sent.id;
      while (!sent.whole) {
        if (this.stopped) throw new Ended();
        this.#told(sent);
        sent = await this.#next(sent);
      }
      this.#told(sent);
      return sent.id;
    } catch (error) {
      this.#gone();
      throw this.stopped ? new Ended() : error;
    } finally {
      removeEventListener("pagehide", this.leaving);
      removeEventListener("beforeunload", this.asking);
    }
  }

  /** End it; nothing is left on the disk. */
  cancel() {
    this.stopped = true;
    this.abort.abort();
    this.#gone();
  }

  /** @param {Sent} sent @returns {Promise<Sent>} */
  async #next(sent) {
    // Sent as a piece of the file and not as its bytes: the browser then reads it past this page, five times as fast.
    const content = this.file.slice(sent.have, sent.have + sent.piece);
    const began = performance.now();
    for (let wait = 0.5; ; wait = Math.min(8, wait * 2)) {
      try {
        const reply = await this.#piece(sent, content);
        this.waiting = false;
        return reply;
      } catch (error) {
        if (this.stopped) throw new Ended();
        if (error instanceof ApiError && error.status > 0) throw error;
        if (!(await readable(content))) {
          throw fault(t("“{name}” can't be read any more.", { name: this.file.name }), t("Is its disk still plugged in, and is it still the same file? Choose it again."));
        }
        if (performance.now() - began > PATIENCE * 1000) throw error;
        this.waiting = true;
        this.#told(sent);
        await pause(wait);
        const now = await get(`/api/uploads/${this.id}`).catch((failed) => {
          if (failed instanceof ApiError && failed.status > 0) throw failed;
          return null;
        });
        if (now && (now.have !== sent.have || now.whole)) return now;
      }
    }
  }

  /** @param {Sent} sent @param {Blob} content @returns {Promise<Sent>} */
  async #piece(sent, content) {
    let response;
    let answer = null;
    try {
      response = await fetch(`/api/uploads/${sent.id}/piece?at=${sent.have}`, {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/octet-stream" },
        body: content,
        signal: this.abort.signal,
      });
      answer = await response.json().catch(() => null);
    } catch {
      throw fault(t("SpotID can't be reached."), t("Check that the program is still running, then try again."));
    }
    if (response.ok && answer) return answer;
    const told = answer?.error ?? {};
    const sentence = told.sentence ?? t("SpotID gave an answer that can't be read (status {status}).", { status: response.status });
    throw new ApiError({ code: told.code ?? "unexpected", sentence, advice: told.advice ?? "", lang: told.lang }, response.status);
  }

  /** @param {Sent} sent */
  #told(sent) {
    const now = performance.now() / 1000;
    this.marks.push([now, sent.have]);
    while (this.marks.length > 2 && this.marks[0][0] < now - PACE_SECONDS) this.marks.shift();
    const [since, had] = this.marks[0];
    const pace = now - since > 0.5 && sent.have > had ? (sent.have - had) / (now - since) : null;
    this.tell({ have: sent.have, size: sent.size, pace, seconds: pace ? (sent.size - sent.have) / pace : null, waiting: this.waiting });
  }

  /** @param {boolean} [leaving] the page is being closed: only a request that outlives it arrives */
  #gone(leaving = false) {
    if (!this.id) return;
    const id = this.id;
    this.id = "";
    fetch(`/api/uploads/${id}/cancel`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{}",
      keepalive: leaving,
    }).catch(() => null); // the program takes it away by itself, in the end
  }
}

/** How far a file is, as a sentence: 312 MB of 2.1 GB · 85 MB a second. @param {Told} told */
export function progressed(told) {
  const far = t("{have} of {size}", { have: bytes(told.have), size: bytes(told.size) });
  if (told.waiting) return `${far} · ${t("the connection is broken; trying again")}`;
  return told.pace ? `${far} · ${t("{pace} a second", { pace: bytes(told.pace) })}` : far;
}
