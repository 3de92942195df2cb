// One call at a time; what was not kept stays on screen and is sent again unchanged.
import { ApiError, get, post } from "./api.js";
import { number } from "./format.js";
import { t } from "./i18n.js";
import { toast } from "./looking.js";
import { kindWord, writeKept } from "./review_text.js";

/** @typedef {import("./types.js").Pair} Pair */
/** @typedef {{url: string, body: ?object, what: string, kind: string}} Request one call that must succeed or be repeated unchanged */

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class Sender {
  /** @param {(pair: Pair) => Promise<void>} show @param {() => Promise<void>} look asks what the program would show by itself */
  constructor(show, look) {
    this.show = show;
    this.look = look;
    this.busy = false;
    /** @type {?Request} what was not kept and may be sent again */
    this.failed = null;
  }

  /** @param {boolean} on */
  hold(on) {
    this.busy = on;
    el("main").dataset.busy = String(on);
  }

  /** Send a request; on failure the pair stays and the bar says so. @param {Request} request */
  async send(request) {
    if (this.busy) return;
    this.hold(true);
    try {
      const answer = request.body ? await post(request.url, request.body) : await get(request.url);
      this.failed = null;
      el("fault").hidden = true;
      this.#sayKept(answer);
      await this.show(answer.pair ?? answer);
    } catch (error) {
      this.#onFailure(request, error);
    } finally {
      this.hold(false);
    }
  }

  again() {
    return this.failed ? this.send(this.failed) : undefined;
  }

  /** @param {{kept?: {row: number, kind: string}, undone?: {row: number, kind: string}}} answer */
  #sayKept(answer) {
    if (answer.undone) {
      const { row, kind } = answer.undone;
      writeKept(el("kept"), t("taken back — row {row}, {kind}", { row: number(row), kind: kindWord(kind) }));
    } else if (answer.kept) {
      writeKept(el("kept"), t("kept — row {row}", { row: number(answer.kept.row) }));
    } else {
      el("kept").replaceChildren();
    }
  }

  /** @param {Request} request @param {unknown} error */
  #onFailure(request, error) {
    const fault = error instanceof ApiError ? error : null;
    if (request.what === "undo" && fault && fault.status >= 400 && fault.status < 500) {
      toast(fault.sentence);
      return;
    }
    if (request.what === "look" && fault?.status === 404 && request.url.includes("anchor=") && !this.failed) {
      // The sighting that was asked for can't be an anchor: say so, and go on where the person was.
      setTimeout(() => this.look().then(() => toast(fault.sentence, 6000)));
      return;
    }
    if (request.what === "look" && this.failed) {
      // The answer that was not kept stays the one to send again; only the reason is newer.
      el("fault-why").textContent = fault ? `${fault.sentence} ${fault.advice}` : t("The program could not be asked.");
      return;
    }
    this.failed = request;
    el("fault-what").textContent =
      {
        answer: t("Your answer “{kind}” was NOT kept.", { kind: kindWord(request.kind) }),
        undo: t("The undo was NOT kept."),
      }[request.what] ?? t("The next pair could not be shown.");
    el("fault-why").textContent = fault ? `${fault.sentence} ${fault.advice}` : t("Something unexpected went wrong on this page.");
    el("fault-reload").hidden = request.what === "look";
    el("fault").hidden = false;
    el("kept").replaceChildren();
  }
}
