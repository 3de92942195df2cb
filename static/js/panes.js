// The two pictures: loaded apart, shown together, each marked with the sighting that it shows.
import { t } from "./i18n.js";
import { equalised } from "./review_clahe.js";
import { Images, pictureUrl } from "./review_images.js";

/** @typedef {import("./types.js").Sighting} Sighting */
/** @typedef {{uid: string, name: string, box?: number[]}} Shown what a pane shows: its sighting, or another picture looked at meanwhile */
/**
 * @typedef {Object} Pane
 * @property {HTMLElement} pane
 * @property {HTMLElement} canvas
 * @property {HTMLElement} note
 * @property {string} role
 * @property {?Sighting} sighting what answers are about
 * @property {?Shown} shown
 * @property {?HTMLImageElement} img
 */

export const VIEWS = ["original", "crop", "cutout", "pattern", "edges"];
const [DARKEST, BRIGHTEST] = [0.4, 3];

export class Panes {
  /** @param {HTMLElement} a @param {HTMLElement} b */
  constructor(a, b) {
    /** @type {Pane[]} */
    this.panes = [a, b].map((pane, i) => ({
      pane,
      canvas: /** @type {HTMLElement} */ (pane.querySelector(".canvas")),
      note: /** @type {HTMLElement} */ (pane.querySelector(".pane-note")),
      role: i ? t("Comparison") : t("Anchor"),
      sighting: null,
      shown: null,
      img: null,
    }));
    this.images = new Images();
    this.view = "crop";
    this.mirrored = false;
    this.bright = 1;
    this.contrast = 1;
    this.adaptive = false;
    this.turn = 0;
    this.showing = 0;
    /** What either pane is to show; a look at one side holds while the other side changes. @type {(?Shown)[]} */
    this.wanted = [null, null];
    /** @type {WeakMap<HTMLImageElement, HTMLCanvasElement>} */
    this.worked = new WeakMap();
    /** Called when either pane shows another picture or another view of it. @type {() => void} */
    this.drawn = () => {};
    new ResizeObserver(() => this.panes.forEach((p) => this.#fit(p))).observe(a);
  }

  /** True where every sighting on screen has its picture. */
  get complete() {
    return this.panes.every((p) => !p.sighting || p.img);
  }

  /**
   * Load both pictures and only then swap both, in one step.
   * @param {?Sighting} a @param {?Sighting} b @param {string} view
   * @returns {Promise<boolean>} false where a later call has overtaken this one
   */
  async show(a, b, view) {
    this.showing++;
    this.wanted = [a, b];
    const swapped = await this.#swap(view, [a, b]);
    this.showing--;
    return swapped;
  }

  /** Another picture in one pane, for a look; null puts the sighting back. @param {number} side @param {?Shown} other */
  async look(side, other) {
    if (this.showing) return false; // the next pair is on its way
    this.wanted[side] = other ?? this.panes[side].sighting;
    return this.#swap(this.view);
  }

  /** What is on screen, in another view. @param {string} view */
  async change(view) {
    return this.#swap(view);
  }

  /** Bring what is wanted on screen. @param {string} view @param {(?Sighting)[]} [pair] what answers are about from then on */
  async #swap(view, pair) {
    const turn = ++this.turn;
    const wanted = [...this.wanted];
    const images = await Promise.all(
      wanted.map((s, i) => s && this.images.get(pictureUrl(s.uid, view), this.panes[i].pane).catch(() => null)),
    );
    if (turn !== this.turn) return false;
    this.view = view;
    let drawn = false;
    this.panes.forEach((p, i) => {
      const stays = p.img !== null && p.img === images[i] && p.shown?.uid === wanted[i]?.uid;
      if (pair) p.sighting = pair[i];
      p.shown = wanted[i];
      p.img = images[i];
      if (stays) return; // an anchor that stays is not drawn again
      this.#draw(p);
      drawn = true;
    });
    if (drawn) this.drawn();
    return true;
  }

  /** @param {Pane} p */
  #draw(p) {
    p.pane.dataset.uid = p.shown?.uid ?? "";
    p.note.hidden = !p.shown || p.img !== null;
    p.canvas.replaceChildren();
    if (!p.img || !p.shown) {
      if (!p.shown) return;
      const again = document.createElement("button");
      again.type = "button";
      again.className = "button";
      again.dataset.act = "redraw";
      again.textContent = t("Load it again");
      p.note.replaceChildren(t("The picture {name} could not be shown in this view.", { name: p.shown.name }), again);
      return;
    }
    p.img.className = "";
    p.img.dataset.uid = p.shown.uid;
    p.img.dataset.view = this.view;
    p.img.alt = `${p.role}: ${p.shown.name}`;
    const frame = document.createElement("div");
    frame.className = `frame ${this.view}`;
    frame.append(p.img);
    if (this.view === "original" && p.shown.box) {
      const box = document.createElement("div");
      box.className = "box";
      ["left", "top", "width", "height"].forEach((side, i) => {
        box.style.setProperty(side, `${/** @type {number[]} */ (p.shown?.box)[i] * 100}%`);
      });
      frame.append(box);
    }
    const marks = document.createElement("div");
    marks.className = "marks";
    marks.setAttribute("aria-hidden", "true");
    p.canvas.append(frame, marks);
    this.#fit(p);
    this.#light();
  }

  /** The picture as large as the pane allows, in its middle. @param {Pane} p */
  #fit(p) {
    if (!p.img) return;
    const { clientWidth: w, clientHeight: h } = p.pane;
    const scale = Math.min(w / p.img.naturalWidth, h / p.img.naturalHeight);
    const size = { width: p.img.naturalWidth * scale, height: p.img.naturalHeight * scale };
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (p.canvas.querySelectorAll(".frame, .marks"))) {
      part.style.setProperty("width", `${size.width}px`);
      part.style.setProperty("height", `${size.height}px`);
      part.style.setProperty("left", `${(w - size.width) / 2}px`);
      part.style.setProperty("top", `${(h - size.height) / 2}px`);
    }
  }

  #light() {
    this.panes.forEach((p, i) => {
      const frame = p.canvas.querySelector(".frame");
      frame?.classList.toggle("mirrored", i === 1 && this.mirrored);
      p.canvas.classList.toggle("mirrored", i === 1 && this.mirrored);
      p.canvas.style.setProperty("--bright", this.bright.toFixed(2));
      p.canvas.style.setProperty("--contrast", this.contrast.toFixed(2));
      const worked = frame?.querySelector(".worked");
      if (!this.adaptive || !p.img) return worked?.remove();
      const canvas = this.worked.get(p.img) ?? equalised(p.img);
      this.worked.set(p.img, canvas);
      if (worked !== canvas) p.img.after(canvas);
    });
  }

  /** @param {boolean} on */
  mirror(on) {
    if (on === this.mirrored) return;
    this.mirrored = on;
    this.#light();
  }

  /** Change how both pictures are lit. @param {{bright?: number, contrast?: number, adaptive?: boolean}} how */
  light(how) {
    const held = (/** @type {number} */ n) => Math.min(BRIGHTEST, Math.max(DARKEST, Math.round(n * 100) / 100));
    this.bright = held(how.bright ?? this.bright);
    this.contrast = held(how.contrast ?? this.contrast);
    this.adaptive = how.adaptive ?? this.adaptive;
    this.#light();
  }

  /** While Space is held: nothing drawn over the pictures, and the plain crop instead of a worked-over view. @param {boolean} on */
  async clean(on) {
    for (const p of this.panes) {
      p.canvas.querySelector(".plain-crop")?.remove();
      if (!on || !p.shown || !p.img || !["cutout", "pattern", "edges"].includes(this.view)) continue;
      const { shown, img } = p;
      const crop = await this.images.get(pictureUrl(shown.uid, "crop"), p.pane).catch(() => null);
      const same = crop && Math.abs(crop.naturalWidth / crop.naturalHeight - img.naturalWidth / img.naturalHeight) < 0.03;
      if (!crop || !same || p.img !== img || !document.querySelector(".review.clean")) continue;
      crop.className = "plain-crop";
      crop.alt = "";
      p.canvas.querySelector(".frame")?.append(crop);
    }
  }

  /** Ask for pictures that come soon, in the view in use. @param {string[]} urls */
  prefetch(urls) {
    this.images.prefetch(urls, this.view);
  }
}
