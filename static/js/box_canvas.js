// One picture with its boxes: what is there, what is chosen, what was changed; zoom and pan.
import { Pointers } from "./box_pointers.js";
import { SMALLEST, clamp, dress, drawn, made, own, replaces } from "./box_shapes.js";
import { t } from "./i18n.js";

/** @typedef {import("./box_shapes.js").Box} Box */

const LARGEST_ZOOM = 20;
const DWELL_MS = 450; // a picture that is looked at this long is shown in full detail
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 0.005;

export class BoxCanvas {
  /**
   * @param {HTMLElement} stage
   * @param {{changed: () => void, say: (text: string) => void}} tell
   */
  constructor(stage, tell) {
    this.stage = stage;
    this.canvas = /** @type {HTMLElement} */ (stage.querySelector(".canvas"));
    this.tell = tell;
    /** @type {Box[]} */
    this.boxes = [];
    /** @type {?Box} */
    this.chosen = null;
    /** What was there before each change of this frame, newest last. @type {Box[][]} */
    this.edits = [];
    /** @type {?HTMLElement} */
    this.picture = null;
    /** @type {?HTMLImageElement} */
    this.img = null;
    this.view = { s: 1, x: 0, y: 0 };
    this.bright = 1;
    this.spaceHeld = false;
    this.turn = 0;
    this.dwell = 0;
    this.nudged = 0;
    this.lastKey = 0;
    this.pointers = new Pointers(this);
    new ResizeObserver(() => this.place()).observe(stage);
  }

  /** Whether something was changed that is not kept yet. */
  get dirty() {
    return this.edits.length > 0;
  }

  /**
   * Load a frame's picture and only then swap picture and boxes, in one step.
   * @param {{uid: string, name: string, small: string, full: string}} frame @param {Box[]} boxes
   * @returns {Promise<boolean>} false where a later call has overtaken this one
   */
  async show(frame, boxes) {
    const turn = ++this.turn;
    clearTimeout(this.dwell);
    const img = new Image();
    img.alt = frame.name;
    img.draggable = false;
    img.dataset.uid = frame.uid;
    img.src = frame.small;
    const fine = await img.decode().then(() => true, () => false);
    if (turn !== this.turn) return false;
    this.pointers.drop();
    this.edits = [];
    this.chosen = null;
    this.boxes = boxes.map((b) => ({ ...b }));
    this.picture = null;
    this.img = fine ? img : null;
    this.view = { s: 1, x: 0, y: 0 };
    if (fine) {
      this.picture = document.createElement("div");
      this.picture.className = "picture";
      this.picture.append(img);
      this.canvas.replaceChildren(this.picture);
      this.dwell = setTimeout(() => this.#sharpen(turn, frame), DWELL_MS);
    } else {
      this.canvas.replaceChildren();
    }
    this.place();
    this.draw();
    return true;
  }

  clear() {
    this.turn += 1;
    clearTimeout(this.dwell);
    this.pointers.drop();
    this.boxes = [];
    this.edits = [];
    this.chosen = this.picture = this.img = null;
    this.canvas.replaceChildren();
  }

  /** The full picture in place of the small one. @param {number} turn @param {{full: string}} frame */
  async #sharpen(turn, frame) {
    const full = new Image();
    full.src = frame.full;
    try {
      await full.decode();
    } catch {
      return; // the originals may be unplugged; the small picture does
    }
    if (turn !== this.turn || !this.img) return;
    full.alt = this.img.alt;
    full.draggable = false;
    full.dataset.uid = this.img.dataset.uid;
    full.dataset.full = "true";
    this.img.replaceWith(full);
    this.img = full;
  }

  /** Other boxes than those shown, where the person has changed nothing. @param {Box[]} boxes */
  offer(boxes) {
    this.boxes = boxes.map((b) => ({ ...b }));
    this.chosen = null;
    this.draw();
  }

  // --- changes ------------------------------------------------------------------------------------------------------

  /** @param {Box[]} [before] */
  note(before = this.copy()) {
    this.edits.push(before);
    this.nudged = 0;
  }

  copy() {
    return this.boxes.map((b) => ({ ...b }));
  }

  /** Take the newest change back. @returns {boolean} whether there was one */
  undo() {
    this.pointers.drop();
    const before = this.edits.pop();
    if (!before) return false;
    this.boxes = before;
    this.chosen = null;
    this.draw();
    return true;
  }

  /** A box in the middle of what is seen, for the arrow keys. */
  add() {
    if (!this.picture) return;
    const [x, y] = this.fractions(this.stage.clientWidth / 2, this.stage.clientHeight / 2);
    const w = 0.24 / this.view.s;
    const h = 0.24 / this.view.s;
    this.note();
    this.take(drawn(clamp(x - w / 2, 0, 1 - w), clamp(y - h / 2, 0, 1 - h), w, h));
  }

  /** A new box of the person; it takes the place of what the search had there. @param {Box} box */
  take(box) {
    const replaced = this.boxes.filter((b) => replaces(b, box));
    if (replaced.length) this.tell.say(t("Yours replaces the box that was there; Z brings it back."));
    this.boxes = [...this.boxes.filter((b) => !replaced.includes(b)), box];
    this.chosen = box;
    this.draw();
  }

  /** @returns {boolean} whether there was a box to take away */
  remove() {
    const gone = this.chosen ?? (this.boxes.length === 1 ? this.boxes[0] : null);
    if (!gone) return false;
    this.note();
    this.boxes = this.boxes.filter((b) => b !== gone);
    this.chosen = null;
    this.draw();
    return true;
  }

  /** Choose the next box, by the order in which they came. */
  another() {
    if (!this.boxes.length) return;
    const at = this.chosen ? this.boxes.indexOf(this.chosen) : -1;
    this.choose(this.boxes[(at + 1) % this.boxes.length]);
  }

  /** @param {?Box} box */
  choose(box) {
    this.chosen = box;
    this.draw();
  }

  /** Move or resize the chosen box. @param {string} arrow @param {boolean} resize */
  nudge(arrow, resize) {
    const box = this.chosen;
    if (!box) return;
    // Presses close to each other are one change.
    const moment = performance.now();
    if (moment - this.nudged > 900) this.note();
    this.nudged = moment;
    const [dx, dy] = ARROWS[/** @type {keyof typeof ARROWS} */ (arrow)].map((d) => (d * STEP) / Math.min(4, this.view.s));
    if (resize) {
      box.w = clamp(box.w + dx, SMALLEST * 2, 1 - box.x);
      box.h = clamp(box.h + dy, SMALLEST * 2, 1 - box.y);
    } else {
      box.x = clamp(box.x + dx, 0, 1 - box.w);
      box.y = clamp(box.y + dy, 0, 1 - box.h);
    }
    own(box);
    this.draw();
  }

  // --- drawing ------------------------------------------------------------------------------------------------------

  /** The picture as large as the stage allows, in its middle, then zoomed. */
  place() {
    if (!this.picture || !this.img) return;
    const { clientWidth: w, clientHeight: h } = this.stage;
    const whole = Math.min(w / this.img.naturalWidth, h / this.img.naturalHeight);
    const wide = this.img.naturalWidth * whole * this.view.s;
    const high = this.img.naturalHeight * whole * this.view.s;
    // A third of the stage always stays covered, so that the picture can't be lost out of sight.
    const middle = [(w - wide) / 2, (h - high) / 2];
    const room = [Math.max(0, Math.abs(middle[0]) + w / 6), Math.max(0, Math.abs(middle[1]) + h / 6)];
    if (this.view.s === 1) this.view.x = this.view.y = 0;
    this.view.x = clamp(this.view.x, -room[0], room[0]);
    this.view.y = clamp(this.view.y, -room[1], room[1]);
    const sides = { width: wide, height: high, left: middle[0] + this.view.x, top: middle[1] + this.view.y };
    for (const [side, value] of Object.entries(sides)) this.picture.style.setProperty(side, `${value}px`);
    this.#label();
  }

  draw() {
    if (this.picture) {
      const kept = new Map([...this.picture.querySelectorAll(".abox")].map((node) => [Number(/** @type {HTMLElement} */ (node).dataset.key), node]));
      for (const box of this.boxes) {
        box.key ??= ++this.lastKey;
        const node = /** @type {HTMLElement} */ (kept.get(box.key) ?? made(box, () => this.#focused(box.key)));
        if (!node.isConnected) this.picture.append(node);
        kept.delete(box.key);
        dress(node, box, box === this.chosen, `${this.boxes.indexOf(box) + 1} of ${this.boxes.length}`);
      }
      for (const node of kept.values()) node.remove();
      this.#label();
    }
    this.tell.changed();
  }

  /** A box reached with Tab is chosen. @param {number | undefined} key */
  #focused(key) {
    const box = this.boxes.find((b) => b.key === key);
    if (box && box !== this.chosen && !this.pointers.drag) this.choose(box);
  }

  /** Labels of boxes at the very top go inside, and small boxes get small handles. */
  #label() {
    if (!this.picture) return;
    const top = this.picture.offsetTop;
    for (const node of /** @type {NodeListOf<HTMLElement>} */ (this.picture.querySelectorAll(".abox"))) {
      node.classList.toggle("high", top + node.offsetTop < 24);
      node.classList.toggle("tiny", Math.min(node.offsetWidth, node.offsetHeight) < 42);
    }
  }

  // --- zoom ---------------------------------------------------------------------------------------------------------

  /** Zoom by a factor about a point of the stage in pixels; about its middle where none is given. @param {number} factor @param {number} [px] @param {number} [py] */
  zoom(factor, px = this.stage.clientWidth / 2, py = this.stage.clientHeight / 2) {
    const s = clamp(this.view.s * factor, 1, LARGEST_ZOOM);
    const ratio = s / this.view.s;
    const [cx, cy] = [px - this.stage.clientWidth / 2, py - this.stage.clientHeight / 2];
    this.view = { s, x: cx - (cx - this.view.x) * ratio, y: cy - (cy - this.view.y) * ratio };
    this.place();
  }

  fit() {
    this.view = { s: 1, x: 0, y: 0 };
    this.place();
  }

  /** @param {number} step @returns {number} the new brightness */
  brighten(step) {
    this.bright = clamp(Math.round((this.bright + step) * 100) / 100, 0.4, 4);
    this.canvas.style.setProperty("--bright", this.bright.toFixed(2));
    return this.bright;
  }

  /** @param {number} px @param {number} py pixels of the stage */
  fractions(px, py) {
    const p = this.picture;
    if (!p) return [0, 0];
    return [clamp((px - p.offsetLeft) / p.offsetWidth), clamp((py - p.offsetTop) / p.offsetHeight)];
  }

}
