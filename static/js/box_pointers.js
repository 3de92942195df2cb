// Mouse, finger and pen over the picture: drawing, choosing, moving and resizing boxes; two fingers zoom.
import { SMALLEST, clamp, drawn, own } from "./box_shapes.js";

/**
 * @typedef {import("./box_shapes.js").Box} Box
 * @typedef {{mode: "draw"|"move"|"resize"|"pan", side: string, from: number[], at: number[], before: Box[], box: ?Box, held: ?Box}} Drag
 */

const CLICK = 5; // pixels of the screen that a click may shake
const SLIP = 7; // a box with a side shorter than this on the screen is a slip of the hand

export class Pointers {
  /** @param {import("./box_canvas.js").BoxCanvas} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    /** @type {Map<number, number[]>} */
    this.fingers = new Map();
    /** @type {?Drag} */
    this.drag = null;
    this.#listen();
  }

  /** @param {MouseEvent} e */
  at(e) {
    const r = this.canvas.stage.getBoundingClientRect();
    return [e.clientX - r.left, e.clientY - r.top];
  }

  #listen() {
    const { stage } = this.canvas;
    stage.addEventListener("pointerdown", (e) => this.#down(e));
    stage.addEventListener("pointermove", (e) => this.#move(e));
    stage.addEventListener("pointerup", (e) => this.#up(e));
    for (const name of ["pointercancel", "lostpointercapture"]) {
      stage.addEventListener(name, (e) => this.fingers.delete(/** @type {PointerEvent} */ (e).pointerId) && this.cancel());
    }
    stage.addEventListener("contextmenu", (e) => this.canvas.picture && e.preventDefault()); // the right button moves the picture
    stage.addEventListener(
      "wheel",
      (e) => {
        if (!this.canvas.picture) return;
        e.preventDefault();
        const unit = e.deltaMode === 1 ? 30 : e.deltaMode === 2 ? 300 : 1;
        const [x, y] = this.at(e);
        this.canvas.zoom(Math.exp(-clamp(e.deltaY * unit, -240, 240) * 0.0022), x, y);
      },
      { passive: false },
    );
  }

  /** @param {PointerEvent} e */
  #down(e) {
    if (!this.canvas.picture || /** @type {Element} */ (e.target).closest("button, a, .says, .pane-note")) return;
    e.preventDefault();
    /** @type {HTMLElement} */ (document.querySelector("main")).focus({ preventScroll: true });
    const at = this.at(e);
    this.fingers.set(e.pointerId, at);
    this.canvas.stage.setPointerCapture(e.pointerId);
    if (this.fingers.size === 2) return this.cancel(); // two fingers zoom; what the first had begun is taken back
    if (this.fingers.size > 2) return;
    const target = /** @type {HTMLElement} */ (e.target);
    const inside = target.closest(".abox.chosen") && !e.shiftKey;
    const mode = e.button !== 0 || this.canvas.spaceHeld ? "pan" : target.dataset.side && this.canvas.chosen ? "resize" : inside ? "move" : "draw";
    this.drag = { mode, side: target.dataset.side ?? "", from: at, at, before: this.canvas.copy(), box: null, held: this.canvas.chosen && { ...this.canvas.chosen } };
    stageClass(this.canvas.stage, mode === "pan" || mode === "move");
  }

  /** @param {PointerEvent} e */
  #move(e) {
    const before = this.fingers.get(e.pointerId);
    if (!before) return;
    const at = this.at(e);
    if (this.fingers.size === 2) {
      const other = /** @type {number[]} */ ([...this.fingers].find(([id]) => id !== e.pointerId)?.[1]);
      const span = (/** @type {number[]} */ p) => Math.hypot(p[0] - other[0], p[1] - other[1]);
      this.canvas.view.x += (at[0] - before[0]) / 2;
      this.canvas.view.y += (at[1] - before[1]) / 2;
      this.canvas.zoom(span(at) / Math.max(1, span(before)), (at[0] + other[0]) / 2, (at[1] + other[1]) / 2);
    }
    this.fingers.set(e.pointerId, at);
    const { drag } = this;
    if (!drag) return;
    if (drag.mode === "pan") {
      this.canvas.view.x += at[0] - drag.at[0];
      this.canvas.view.y += at[1] - drag.at[1];
      this.canvas.place();
    } else if (drag.box || Math.hypot(at[0] - drag.from[0], at[1] - drag.from[1]) > CLICK) {
      this.#pull(drag, at);
    }
    drag.at = at;
  }

  /** @param {Drag} drag @param {number[]} at */
  #pull(drag, at) {
    const [x0, y0] = this.canvas.fractions(drag.from[0], drag.from[1]);
    const [x1, y1] = this.canvas.fractions(at[0], at[1]);
    if (drag.mode === "draw") {
      if (!drag.box) {
        drag.box = drawn(x0, y0, 0, 0);
        this.canvas.boxes = [...this.canvas.boxes, drag.box];
        this.canvas.chosen = drag.box;
      }
      Object.assign(drag.box, { x: Math.min(x0, x1), y: Math.min(y0, y1), w: Math.abs(x1 - x0), h: Math.abs(y1 - y0) });
    } else if (this.canvas.chosen && drag.held) {
      const was = drag.held;
      drag.box = this.canvas.chosen;
      own(drag.box);
      if (drag.mode === "move") {
        drag.box.x = clamp(was.x + x1 - x0, 0, 1 - was.w);
        drag.box.y = clamp(was.y + y1 - y0, 0, 1 - was.h);
      } else {
        const edges = [was.x, was.y, was.x + was.w, was.y + was.h];
        if (drag.side.includes("w")) edges[0] = clamp(was.x + x1 - x0);
        if (drag.side.includes("e")) edges[2] = clamp(was.x + was.w + x1 - x0);
        if (drag.side.includes("n")) edges[1] = clamp(was.y + y1 - y0);
        if (drag.side.includes("s")) edges[3] = clamp(was.y + was.h + y1 - y0);
        const [left, right] = [Math.min(edges[0], edges[2]), Math.max(edges[0], edges[2])];
        const [top, bottom] = [Math.min(edges[1], edges[3]), Math.max(edges[1], edges[3])];
        Object.assign(drag.box, { x: left, y: top, w: Math.max(SMALLEST, right - left), h: Math.max(SMALLEST, bottom - top) });
      }
    }
    this.canvas.draw();
  }

  /** @param {PointerEvent} e */
  #up(e) {
    this.fingers.delete(e.pointerId);
    const { drag } = this;
    if (!drag) return;
    this.drag = null;
    stageClass(this.canvas.stage, false);
    const { box } = drag;
    if (drag.mode === "pan") return;
    if (!box) return drag.mode === "draw" ? this.#click(drag.from) : undefined;
    if (drag.mode === "draw") {
      const p = /** @type {HTMLElement} */ (this.canvas.picture);
      const slip = box.w < SMALLEST || box.h < SMALLEST || box.w * p.offsetWidth < SLIP || box.h * p.offsetHeight < SLIP;
      this.canvas.boxes = this.canvas.boxes.filter((b) => b !== box);
      if (slip) return this.canvas.choose(null);
      this.canvas.note(drag.before);
      return this.canvas.take(box);
    }
    this.canvas.note(drag.before);
    this.canvas.draw();
  }

  /** A click chooses the smallest box below it. @param {number[]} at */
  #click(at) {
    const [x, y] = this.canvas.fractions(at[0], at[1]);
    const below = this.canvas.boxes.filter((b) => x >= b.x && x <= b.x + b.w && y >= b.y && y <= b.y + b.h);
    this.canvas.choose(below.sort((a, b) => a.w * a.h - b.w * b.h)[0] ?? null);
  }

  /** Take back what a drag has begun. @returns {boolean} whether there was one */
  cancel() {
    const { drag } = this;
    this.drag = null;
    stageClass(this.canvas.stage, false);
    if (!drag?.box) return drag !== null;
    this.canvas.boxes = drag.before;
    this.canvas.chosen = null;
    this.canvas.draw();
    return true;
  }

  /** Forget every finger, as when another picture is shown. */
  drop() {
    this.cancel();
    this.fingers.clear();
  }
}

/** @param {HTMLElement} stage @param {boolean} moving */
const stageClass = (stage, moving) => stage.classList.toggle("moving", moving);
