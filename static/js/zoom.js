// Zoom and pan of the two panes by CSS transforms: together, or each alone after K. By wheel, drag, double click and
// keys; on a touch screen one finger moves and two fingers zoom.

/** @typedef {{pane: HTMLElement, canvas: HTMLElement, s: number, x: number, y: number, fingers: Map<number, {x: number, y: number}>}} Lens */

const LARGEST = 24;
const NOT_THE_PICTURE = "button, a, .film, .pane-tags, .pane-note";

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
      fingers: new Map(),
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
    const elsewhere = (/** @type {Event} */ e) => /** @type {Element} */ (e.target).closest(NOT_THE_PICTURE) !== null;
    const at = (/** @type {{clientX: number, clientY: number}} */ e) => {
      const r = pane.getBoundingClientRect();
      return [(e.clientX - r.left) / r.width, (e.clientY - r.top) / r.height];
    };
    pane.addEventListener(
      "wheel",
      (e) => {
        if (/** @type {Element} */ (e.target).closest(".film")) return;
        e.preventDefault();
        const unit = e.deltaMode === 1 ? 30 : e.deltaMode === 2 ? 300 : 1;
        const step = Math.max(-240, Math.min(240, e.deltaY * unit));
        const [x, y] = at(e);
        this.zoom(Math.exp(-step * 0.0022), x, y, lens);
      },
      { passive: false },
    );
    pane.addEventListener("dblclick", (e) => {
      if (elsewhere(e)) return;
      const [x, y] = at(e);
      this.zoom(2, x, y, lens);
    });
    pane.addEventListener("pointerdown", (e) => {
      if (e.button !== 0 || elsewhere(e) || lens.fingers.size > 1) return;
      pane.setPointerCapture(e.pointerId);
      lens.fingers.set(e.pointerId, { x: e.clientX, y: e.clientY });
      pane.classList.add("dragging");
    });
    pane.addEventListener("pointermove", (e) => {
      const before = lens.fingers.get(e.pointerId);
      if (!before) return;
      const other = [...lens.fingers].find(([id]) => id !== e.pointerId)?.[1];
      const now = { x: e.clientX, y: e.clientY };
      lens.fingers.set(e.pointerId, now);
      if (!other) return this.move(now.x - before.x, now.y - before.y, lens);
      // Two fingers: what lies between them stays between them.
      const gap = (/** @type {{x: number, y: number}} */ p) => Math.max(12, Math.hypot(p.x - other.x, p.y - other.y));
      const [x, y] = at({ clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 });
      this.move((now.x - before.x) / 2, (now.y - before.y) / 2, lens);
      this.zoom(gap(now) / gap(before), x, y, lens);
    });
    for (const name of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
      pane.addEventListener(name, (e) => {
        lens.fingers.delete(e.pointerId);
        pane.classList.toggle("dragging", lens.fingers.size > 0);
      });
    }
  }
}
