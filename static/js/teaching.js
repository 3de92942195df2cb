// What the search learns from, and searching the rest again: started, followed and stopped from the same bar.
import { ApiError, get, holding, post, projectId } from "./api.js";
import { count, number } from "./format.js";
import { ACTIVE, follow } from "./jobfeed.js";

/** @typedef {{boxes: number, frames: number, empty: number, needed: number, ready: boolean, learnt: number, sentence: string}} Status */
/** @typedef {import("./types.js").Job} Job */

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const api = `/api/project/${projectId()}`;

/** What was shown, short enough for one line beside the button. @param {Status} status */
const learnt = (status) =>
  status.ready ? `${count(status.boxes, "box", "boxes")} drawn, ${count(status.empty, "picture", "pictures")} called empty` : status.sentence;

export class Teaching {
  /** @param {() => void} ended called when a run has ended: boxes may have changed */
  constructor(ended) {
    this.ended = ended;
    /** @type {?Status} */
    this.status = null;
    this.active = false;
    this.said = "";
    this.stop = () => {};
    this.#follow();
  }

  #follow() {
    this.stop();
    this.stop = follow((job) => this.#draw(job));
  }

  /** @param {Status} status */
  write(status) {
    this.status = status;
    this.#show();
  }

  #show() {
    const go = /** @type {HTMLButtonElement} */ (el("teach-go"));
    go.hidden = this.active;
    go.disabled = !this.status?.ready || this.active;
    go.title = "Pictures that nobody has looked at are searched again; answers and drawn boxes stay as they are";
    el("teach-cancel").hidden = el("teach-bar").hidden = !this.active;
    el("teach-see").hidden = !this.active;
    const text = this.said || (this.status ? learnt(this.status) : "");
    if (el("teach-text").textContent !== text) el("teach-text").textContent = text;
    el("teach-text").title = this.said || (this.status?.sentence ?? "");
  }

  /** @param {Job} job */
  #draw(job) {
    const was = this.active;
    this.active = ACTIVE.includes(job.state);
    const now = job.stages?.find((s) => s.state === "running");
    if (this.active) {
      const done = now?.total ? ` — ${number(now.done)} of ${number(now.total)}` : "";
      this.said = now ? `${now.sentence}${done}` : "Starting…";
      const bar = /** @type {HTMLProgressElement} */ (el("teach-bar"));
      bar.max = Math.max(1, now?.total ?? 1);
      bar.value = now?.done ?? 0;
    } else if (was) {
      const stopped = { cancelled: "Stopped; search again to go on.", failed: `${job.sentence} ${job.advice}` };
      this.said = /** @type {Record<string, string>} */ (stopped)[job.state] ?? "";
      this.ended();
    }
    this.#show();
  }

  /** Search the rest again. */
  start() {
    if (this.active) return;
    if (!this.status?.ready) {
      this.said = "";
      this.#show();
      return;
    }
    holding(/** @type {HTMLButtonElement} */ (el("teach-go")), async () => {
      try {
        this.#draw(await post(`${api}/frames/search`, {}));
        this.#follow();
      } catch (error) {
        this.said = error instanceof ApiError ? error.message : "Something unexpected went wrong on this page.";
        this.#show();
      }
    });
  }

  cancel() {
    holding(/** @type {HTMLButtonElement} */ (el("teach-cancel")), async () => {
      try {
        await post(`${api}/job`, { action: "cancel" });
      } catch {
        this.#draw(await get(`${api}/job`));
      }
    });
  }
}
