// Small pictures along a pane's lower edge: the frames of the visit, which the answer covers too, and the individual's
// best pictures of the same flank. One that is chosen is looked at in the pane; the answer stays about the pair.
import { when } from "./format.js";
import { nt, t } from "./i18n.js";
import { pictureUrl } from "./review_images.js";

/** @typedef {import("./types.js").Sighting} Sighting */
/** @typedef {import("./types.js").Frame} Frame */

/** @param {string} tag @param {string} className @param {string} [text] */
function make(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

export class Film {
  /** @param {import("./panes.js").Panes} panes @param {number} side 0: the anchor, 1: the comparison @param {HTMLElement} into */
  constructor(panes, side, into) {
    this.panes = panes;
    this.side = side;
    this.into = into;
    /** @type {?Sighting} */
    this.of = null;
    /** Frames that show another animal. @type {Set<string>} */
    this.out = new Set();
    /** Frames whose small picture is on screen: only what could be seen is covered. @type {Set<string>} */
    this.seen = new Set();
    this.looked = "";
    this.drawn = "";
    into.addEventListener("wheel", (event) => (into.scrollLeft += event.deltaX || event.deltaY), { passive: true });
  }

  /** The small pictures of a sighting; what was said of its frames holds while it stays. @param {?Sighting} s @param {boolean} strip */
  show(s, strip) {
    const what = JSON.stringify([s?.uid, s?.frames, s?.others, strip && s?.strip]);
    if (s?.uid !== this.of?.uid || JSON.stringify(s?.frames) !== JSON.stringify(this.of?.frames)) {
      this.out.clear();
      this.seen.clear();
    }
    this.looked = "";
    this.of = s;
    if (what === this.drawn) return this.#mark();
    this.drawn = what;
    this.into.replaceChildren();
    const frames = s?.frames ?? [];
    const best = strip ? s?.strip ?? [] : [];
    this.into.hidden = !s || !(frames.length || best.length || s.others);
    if (this.into.hidden || !s) return;
    if (frames.length || s.others) this.into.append(this.#visit(s, frames));
    if (best.length) this.into.append(this.#best(s, best));
    this.#mark();
  }

  /** Uids of the frames that the answer covers: those shown and not said to be another animal. */
  covered() {
    return (this.of?.frames ?? []).map((f) => f.uid).filter((uid) => this.seen.has(uid) && !this.out.has(uid));
  }

  /** Look at the next or previous frame of the visit; after the last comes the sighting itself. @param {number} step */
  flip(step) {
    this.#through([this.of?.uid ?? "", ...(this.of?.frames ?? []).map((f) => f.uid)], step);
  }

  /** Look at the next of the individual's best pictures. */
  peek() {
    this.#through([this.of?.uid ?? "", ...(this.of?.strip ?? []).map((f) => f.uid)], 1);
  }

  /** Say that the frame looked at shows another animal, or that it doesn't. @returns {boolean} false where no frame is looked at */
  exclude() {
    if (!(this.of?.frames ?? []).some((f) => f.uid === this.looked)) return false;
    this.#exclude(this.looked);
    return true;
  }

  /** Back to the sighting itself. @returns {boolean} whether another picture was looked at */
  back() {
    if (!this.looked) return false;
    this.look("");
    return true;
  }

  /** @param {string} uid another picture, or "" for the sighting itself */
  look(uid) {
    this.looked = uid === this.of?.uid ? "" : uid;
    const frame = [...(this.of?.frames ?? []), ...(this.of?.strip ?? [])].find((f) => f.uid === this.looked);
    this.panes.look(this.side, frame ? { uid: frame.uid, name: when(frame.captured_at, t("no date")) } : null);
    this.#mark();
  }

  /** @param {string[]} uids @param {number} step */
  #through(uids, step) {
    if (uids.length < 2) return;
    const at = Math.max(0, uids.indexOf(this.looked));
    this.look(uids[(at + step + uids.length) % uids.length]);
  }

  /** @param {string} uid */
  #exclude(uid) {
    if (!this.out.delete(uid)) this.out.add(uid);
    if (this.out.has(uid) && this.looked === uid) this.look(""); // what is looked at is what the answer is about
    this.#mark();
  }

  /** @param {Sighting} s @param {Frame[]} frames */
  #visit(s, frames) {
    const part = make("div", "film-part");
    part.setAttribute("role", "group");
    part.setAttribute("aria-label", t("Pictures of this visit"));
    const title = make("p", "film-title", nt("{n} more of this visit, answered along", "{n} more of this visit, answered along", frames.length));
    if (frames.length) part.append(title, this.#thumb(s, t("The picture that is asked about")));
    frames.forEach((frame, n) => {
      const label = t("Picture {n} of this visit, {when}", { n: n + 2, when: when(frame.captured_at, t("no date")) });
      const thumb = this.#thumb(frame, label);
      const out = make("button", "thumb-out", "×");
      out.setAttribute("type", "button");
      out.setAttribute("aria-label", t("Picture {n} of this visit shows another animal", { n: n + 2 }));
      out.title = t("Not this animal: the answer leaves this picture out (O)");
      out.addEventListener("click", () => this.#exclude(frame.uid));
      thumb.append(out);
      part.append(thumb);
    });
    if (s.others) part.append(make("p", "film-others", nt("{n} more shows another animal", "{n} more show other animals", s.others)));
    return part;
  }

  /** @param {Sighting} s @param {Frame[]} best */
  #best(s, best) {
    const part = make("div", "film-part best");
    part.setAttribute("role", "group");
    part.setAttribute("aria-label", t("The individual's best pictures"));
    part.append(make("p", "film-title", t("More of {individual}: hold to look", { individual: s.individual_name || s.individual || "" })));
    for (const frame of best) {
      const where = frame.station ?? t("station unknown");
      const thumb = this.#thumb(frame, t("{station}, {when}", { station: where, when: when(frame.captured_at, t("no date")) }), true);
      part.append(thumb);
    }
    return part;
  }

  /** @param {Frame | Sighting} frame @param {string} label @param {boolean} [hold] shown only while it is held */
  #thumb(frame, label, hold = false) {
    const thumb = make("div", "thumb");
    thumb.dataset.uid = frame.uid;
    const button = make("button", "thumb-look");
    button.setAttribute("type", "button");
    button.setAttribute("aria-label", label);
    button.title = label;
    const img = new Image();
    img.alt = "";
    img.draggable = false;
    img.fetchPriority = "low";
    img.addEventListener("load", () => {
      if (!img.src.endsWith("/thumb")) return; // page.js has put a sign in the place of a picture that is lost
      thumb.dataset.loaded = "true";
      this.seen.add(frame.uid);
    });
    img.src = pictureUrl(frame.uid, "thumb");
    button.append(img);
    if (hold) this.#wireHold(button, frame.uid);
    else button.addEventListener("click", () => this.look(frame.uid));
    thumb.append(button);
    return thumb;
  }

  /** Held by a finger or the mouse; from the keyboard it stays until it is pressed again. @param {HTMLElement} button @param {string} uid */
  #wireHold(button, uid) {
    button.addEventListener("pointerdown", (event) => {
      button.setPointerCapture(event.pointerId);
      this.look(uid);
    });
    for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
      button.addEventListener(name, () => this.look(""));
    }
    button.addEventListener("click", (event) => event.detail === 0 && this.look(this.looked === uid ? "" : uid));
    button.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  #mark() {
    for (const thumb of /** @type {NodeListOf<HTMLElement>} */ (this.into.querySelectorAll(".thumb"))) {
      const uid = thumb.dataset.uid ?? "";
      const shown = uid === (this.looked || this.of?.uid);
      const out = this.out.has(uid);
      thumb.classList.toggle("out", out);
      thumb.querySelector(".thumb-look")?.setAttribute("aria-pressed", String(shown));
      const cross = thumb.querySelector(".thumb-out");
      cross?.setAttribute("aria-pressed", String(out));
      if (cross) cross.textContent = out ? "+" : "×";
      if (shown && this.looked) thumb.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    const pane = this.into.parentElement;
    const label = /** @type {HTMLElement} */ (pane?.querySelector(".peek"));
    pane?.classList.toggle("peeking", this.looked !== "");
    label.hidden = !this.looked;
    const own = (this.of?.frames ?? []).some((f) => f.uid === this.looked);
    label.textContent = own ? t("Another picture of this visit; Esc goes back") : t("Another picture of {individual}; Esc goes back", { individual: this.of?.individual_name || this.of?.individual || "" });
  }
}
