// Looking at the pair without answering it: zoom, mirror, brightness, the clean picture, and short messages.

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const PAN = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
const MESSAGE_MS = 1400;
let timer = 0;

/** A short message over the pictures. @param {string} text an empty one takes the message away @param {number} [ms] */
export function toast(text, ms = MESSAGE_MS) {
  el("toast").textContent = text;
  el("toast").hidden = !text;
  clearTimeout(timer);
  timer = setTimeout(() => (el("toast").hidden = true), ms);
}

export class Looking {
  /** @param {import("./panes.js").Panes} panes @param {import("./zoom.js").Zoom} zoom */
  constructor(panes, zoom) {
    this.panes = panes;
    this.zoom = zoom;
    /** What each key or button does, by the name of its act. @type {Record<string, (key: string) => void>} */
    this.acts = {
      mirror: () => this.mirror(!panes.mirrored),
      darker: () => this.#brighten(-0.15),
      brighter: () => this.#brighten(0.15),
      in: () => zoom.zoom(1.4),
      out: () => zoom.zoom(1 / 1.4),
      pan: (key) => zoom.move(.../** @type {[number, number]} */ (PAN[/** @type {keyof typeof PAN} */ (key)])),
      fit: () => zoom.reset(),
      link: () => this.#link(),
      help: () => /** @type {HTMLDialogElement} */ (el("help")).showModal(),
    };
    this.#wireClean();
  }

  /** @param {boolean} on */
  mirror(on) {
    this.panes.mirror(on);
    el("tool-mirror").setAttribute("aria-pressed", String(on));
  }

  /** Nothing but the pictures, as long as the key or the button is held. @param {boolean} down */
  clean(down) {
    el("main").classList.toggle("clean", down);
    this.panes.clean(down);
  }

  /** A new pair is looked at afresh: whole, and not mirrored. */
  restart() {
    this.zoom.reset();
    this.mirror(false);
    toast("");
  }

  /** @param {number} step */
  #brighten(step) {
    toast(`Brightness ${Math.round(this.panes.brighten(step) * 100)} %`);
  }

  #link() {
    this.zoom.linked = !this.zoom.linked;
    el("tool-link").setAttribute("aria-pressed", String(this.zoom.linked));
    toast(this.zoom.linked ? "Zoom together" : "Zoom apart");
  }

  #wireClean() {
    const button = el("tool-clean");
    button.addEventListener("pointerdown", () => this.clean(true));
    for (const name of ["pointerup", "pointerleave", "keyup", "blur"]) button.addEventListener(name, () => this.clean(false));
    button.addEventListener("keydown", (event) => event.key === "Enter" && this.clean(true));
  }
}
