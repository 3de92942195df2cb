// What the search learns from, and searching the rest again: started, followed and stopped from the same bar.
import { ApiError, get, holding, post, projectId } from "./api.js";
import { number } from "./format.js";
import { nt, t } from "./i18n.js";
import { ACTIVE, follow } from "./jobfeed.js";

/** @typedef {{boxes: number, frames: number, empty: number, needed: number, ready: boolean, learnt: number, sentence: string}} Status */
/** @typedef {import("./types.js").Job} Job */

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const api = `/api/project/${projectId()}`;

/** @param {Status} status */
const untaught = (status) =>
  nt("{n} box drawn; from {whole} on the search learns from them.", "{n} boxes drawn; from {whole} on the search learns from them.", status.boxes, {
    whole: status.boxes + status.needed,
  });

/** What was shown, short enough for one line beside the button. @param {Status} status */
const learnt = (status) =>
  status.ready ? `${nt("{n} box drawn", "{n} boxes drawn", status.boxes)}, ${nt("{n} picture called empty", "{n} pictures called empty", status.empty)}` : untaught(status);

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
    go.title = t("Pictures that nobody has looked at are searched again; answers and drawn boxes stay as they are");
    el("teach-cancel").hidden = el("teach-bar").hidden = !this.active;
    el("teach-see").hidden = !this.active;
    const text = this.said || (this.status ? learnt(this.status) : "");
    if (el("teach-text").textContent !== text) el("teach-text").textContent = text;
    el("teach-text").title = this.said || text;
  }

  /** @param {Job} job */
  #draw(job) {
    const was = this.active;
    this.active = ACTIVE.includes(job.state);
    const now = job.stages?.find((s) => s.state === "running");
    if (this.active) {
      const values = { what: now?.sentence ?? "", done: number(now?.done ?? 0), total: number(now?.total ?? 0) };
      this.said = !now ? t("Starting…") : now.total ? t("{what}: {done} of {total}", values) : now.sentence;
      const bar = /** @type {HTMLProgressElement} */ (el("teach-bar"));
      bar.max = Math.max(1, now?.total ?? 1);
      bar.value = now?.done ?? 0;
    } else if (was) {
      const stopped = { cancelled: t("Stopped; search again to go on."), failed: `${job.sentence} ${job.advice}` };
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
        this.said = error instanceof ApiError ? error.message : t("Something unexpected went wrong on this page.");
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
