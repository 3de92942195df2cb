// The two pictures: loaded apart, shown together, each marked with the sighting that it shows.
import { projectId } from "./api.js";

/** @typedef {import("./types.js").Sighting} Sighting */
/** @typedef {{pane: HTMLElement, canvas: HTMLElement, note: HTMLElement, sighting: ?Sighting, img: ?HTMLImageElement}} Pane */

export const VIEWS = ["original", "crop", "cutout", "pattern", "edges"];

/** @param {string} uid @param {string} view */
export const pictureUrl = (uid, view) => `/project/${projectId()}/picture/${encodeURIComponent(uid)}/${view}`;

/** @param {Sighting} sighting @param {string} view @param {string} role @returns {Promise<HTMLImageElement>} */
async function load(sighting, view, role) {
  const img = new Image();
  img.dataset.uid = sighting.uid;
  img.dataset.view = view;
  img.draggable = false;
  img.alt = `${role}: ${sighting.name}`;
  img.src = pictureUrl(sighting.uid, view);
  await img.decode();
  return img;
}

export class Panes {
  /** @param {HTMLElement} a @param {HTMLElement} b */
  constructor(a, b) {
    /** @type {Pane[]} */
    this.panes = [a, b].map((pane) => ({
      pane,
      canvas: /** @type {HTMLElement} */ (pane.querySelector(".canvas")),
      note: /** @type {HTMLElement} */ (pane.querySelector(".pane-note")),
      sighting: null,
      img: null,
    }));
    this.view = "crop";
    this.mirrored = false;
    this.bright = 1;
    this.turn = 0;
    /** @type {Map<string, HTMLImageElement>} */
    this.fetched = new Map();
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
    const turn = ++this.turn;
    const wanted = [a, b];
    const images = await Promise.all(
      wanted.map((s, i) => (s ? load(s, view, i ? "Comparison" : "Anchor").catch(() => null) : null)),
    );
    if (turn !== this.turn) return false;
    this.view = view;
    this.panes.forEach((p, i) => {
      p.sighting = wanted[i];
      p.img = images[i];
      this.#draw(p);
    });
    return true;
  }

  /** @param {Pane} p */
  #draw(p) {
    p.pane.dataset.uid = p.sighting?.uid ?? "";
    p.note.hidden = !p.sighting || p.img !== null;
    if (!p.img || !p.sighting) {
      p.canvas.replaceChildren();
      if (!p.sighting) return;
      const again = document.createElement("button");
      again.type = "button";
      again.className = "button";
      again.dataset.act = "redraw";
      again.textContent = "Load it again";
      p.note.replaceChildren(`The picture ${p.sighting.name} could not be shown in this view.`, again);
      return;
    }
    const frame = document.createElement("div");
    frame.className = `frame ${this.view}`;
    frame.append(p.img);
    if (this.view === "original" && p.sighting.box) {
      const box = document.createElement("div");
      box.className = "box";
      ["left", "top", "width", "height"].forEach((side, i) => {
        box.style.setProperty(side, `${/** @type {Sighting} */ (p.sighting).box[i] * 100}%`);
      });
      frame.append(box);
    }
    p.canvas.replaceChildren(frame);
    this.#fit(p);
    this.#light();
  }

  /** The picture as large as the pane allows, in its middle. @param {Pane} p */
  #fit(p) {
    const frame = /** @type {?HTMLElement} */ (p.canvas.querySelector(".frame"));
    if (!frame || !p.img) return;
    const { clientWidth: w, clientHeight: h } = p.pane;
    const scale = Math.min(w / p.img.naturalWidth, h / p.img.naturalHeight);
    const size = { width: p.img.naturalWidth * scale, height: p.img.naturalHeight * scale };
    frame.style.setProperty("width", `${size.width}px`);
    frame.style.setProperty("height", `${size.height}px`);
    frame.style.setProperty("left", `${(w - size.width) / 2}px`);
    frame.style.setProperty("top", `${(h - size.height) / 2}px`);
  }

  #light() {
    this.panes.forEach((p, i) => {
      p.canvas.querySelector(".frame")?.classList.toggle("mirrored", i === 1 && this.mirrored);
      p.canvas.style.setProperty("--bright", this.bright.toFixed(2));
    });
  }

  /** @param {boolean} on */
  mirror(on) {
    this.mirrored = on;
    this.#light();
  }

  /** @param {number} step @returns {number} the new brightness */
  brighten(step) {
    this.bright = Math.min(3, Math.max(0.4, Math.round((this.bright + step) * 100) / 100));
    this.#light();
    return this.bright;
  }

  /** While Space is held: nothing drawn over the pictures, and the plain crop instead of a worked-over view. @param {boolean} on */
  async clean(on) {
    for (const p of this.panes) {
      p.canvas.querySelector(".plain-crop")?.remove();
      if (!on || !p.sighting || !p.img || !["cutout", "pattern", "edges"].includes(this.view)) continue;
      const { sighting, img } = p;
      const crop = await load(sighting, "crop", "Plain crop").catch(() => null);
      const same = crop && Math.abs(crop.naturalWidth / crop.naturalHeight - img.naturalWidth / img.naturalHeight) < 0.03;
      if (!crop || !same || p.img !== img || !document.querySelector(".review.clean")) continue;
      crop.className = "plain-crop";
      p.canvas.querySelector(".frame")?.append(crop);
    }
  }

  /** Ask for pictures that come soon, in the view in use. @param {string[]} urls */
  prefetch(urls) {
    const wanted = urls.map((u) => u.replace(/(\/picture\/[^/]+\/)[a-z]+/, `$1${this.view}`));
    const next = new Map();
    for (const url of wanted) {
      const img = this.fetched.get(url) ?? new Image();
      if (!img.src) img.src = url;
      next.set(url, img);
    }
    this.fetched = next;
  }
}
