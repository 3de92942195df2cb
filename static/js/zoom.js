// Zoom and pan of the two panes by CSS transforms: together, or each alone after K.

/** @typedef {{pane: HTMLElement, canvas: HTMLElement, s: number, x: number, y: number}} Lens */

const LARGEST = 24;

export class Zoom {
  /** @param {HTMLElement[]} panes */
  constructor(panes) {
    /** @type {Lens[]} */
    this.lenses = panes.map((pane) => ({
      pane,
      canvas: /** @type {HTMLElement} */ (pane.querySelector(".canvas")),
      s: 1,
      x: 0,
      y: 0,
    }));
    this.linked = true;
    for (const lens of this.lenses) this.#listen(lens);
  }

  /** Show both pictures whole. */
  reset() {
    for (const lens of this.lenses) {
      Object.assign(lens, { s: 1, x: 0, y: 0 });
      this.#apply(lens);
    }
  }

  /** Zoom by a factor about a point of the pane, given as fractions of it. @param {number} factor @param {number} px @param {number} py @param {Lens} [only] */
  zoom(factor, px = 0.5, py = 0.5, only) {
    for (const lens of this.#touched(only)) {
      const { clientWidth: w, clientHeight: h } = lens.pane;
      const s = Math.min(LARGEST, Math.max(1, lens.s * factor));
      const ratio = s / lens.s;
      lens.x = px * w - (px * w - lens.x) * ratio;
      lens.y = py * h - (py * h - lens.y) * ratio;
      lens.s = s;
      this.#apply(lens);
    }
  }

  /** Move by pixels of the screen. @param {number} dx @param {number} dy @param {Lens} [only] */
  move(dx, dy, only) {
    for (const lens of this.#touched(only)) {
      lens.x += dx;
      lens.y += dy;
      this.#apply(lens);
    }
  }

  /** Unlinked, the pane under the pointer moves alone; what was shifted apart stays apart after linking again. @param {Lens} [only] */
  #touched(only) {
    return this.linked || !only ? this.lenses : [only];
  }

  /** @param {Lens} lens */
  #apply(lens) {
    const { clientWidth: w, clientHeight: h } = lens.pane;
    // A third of the pane always stays covered, so that the picture can't be lost out of sight.
    const keep = (/** @type {number} */ at, /** @type {number} */ size) =>
      Math.min(size * 0.66, Math.max(size * 0.34 - size * lens.s, at));
    if (lens.s === 1 && this.linked) {
      lens.x = 0;
      lens.y = 0;
    }
    lens.x = keep(lens.x, w);
    lens.y = keep(lens.y, h);
    lens.canvas.style.setProperty("transform", `translate(${lens.x}px, ${lens.y}px) scale(${lens.s})`);
    lens.canvas.style.setProperty("--thin", String(1 / lens.s));
  }

  /** @param {Lens} lens */
  #listen(lens) {
    const { pane } = lens;
    const at = (/** @type {MouseEvent} */ e) => {
      const r = pane.getBoundingClientRect();
      return [(e.clientX - r.left) / r.width, (e.clientY - r.top) / r.height];
    };
    pane.addEventListener(
      "wheel",
      (e) => {
        e.preventDefault();
        const unit = e.deltaMode === 1 ? 30 : e.deltaMode === 2 ? 300 : 1;
        const step = Math.max(-240, Math.min(240, e.deltaY * unit));
        const [x, y] = at(e);
        this.zoom(Math.exp(-step * 0.0022), x, y, lens);
      },
      { passive: false },
    );
    pane.addEventListener("dblclick", (e) => {
      const [x, y] = at(e);
      this.zoom(2, x, y, lens);
    });
    pane.addEventListener("pointerdown", (e) => {
      if (e.button !== 0 || /** @type {Element} */ (e.target).closest("button, a")) return;
      pane.setPointerCapture(e.pointerId);
      pane.classList.add("dragging");
    });
    pane.addEventListener("pointermove", (e) => {
      if (pane.classList.contains("dragging")) this.move(e.movementX, e.movementY, lens);
    });
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) {
      pane.addEventListener(name, () => pane.classList.remove("dragging"));
    }
  }
}
