// Looking at the pair without answering it: zoom, mirror, light, the clean picture, and short messages.
import { t } from "./i18n.js";

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const PAN = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
const MESSAGE_MS = 1400;
const STEP = 0.15;
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
      darker: () => this.#light({ bright: panes.bright - STEP }),
      brighter: () => this.#light({ bright: panes.bright + STEP }),
      flatter: () => this.#light({ contrast: panes.contrast - STEP }),
      harder: () => this.#light({ contrast: panes.contrast + STEP }),
      adaptive: () => this.#light({ adaptive: !panes.adaptive }),
      unlit: () => this.#light({ bright: 1, contrast: 1, adaptive: false }),
      light: () => this.#openLight(el("light-panel").hidden),
      in: () => zoom.zoom(1.4),
      out: () => zoom.zoom(1 / 1.4),
      pan: (key) => zoom.move(.../** @type {[number, number]} */ (PAN[/** @type {keyof typeof PAN} */ (key)])),
      fit: () => zoom.reset(),
      link: () => this.#link(),
      help: () => /** @type {HTMLDialogElement} */ (el("help")).showModal(),
    };
    this.#wireClean();
    document.addEventListener("pointerdown", (event) => {
      const inside = /** @type {Element} */ (event.target).closest("#light-panel, #tool-light");
      if (!inside) this.#openLight(false);
    });
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

  /** Close what is open over the pictures. @returns {boolean} whether anything was */
  close() {
    const open = !el("light-panel").hidden;
    this.#openLight(false);
    return open;
  }

  /** @param {{bright?: number, contrast?: number, adaptive?: boolean}} how */
  #light(how) {
    const { panes } = this;
    panes.light(how);
    const changed = panes.bright !== 1 || panes.contrast !== 1 || panes.adaptive;
    el("tool-light").classList.toggle("changed", changed);
    el("tool-adaptive").setAttribute("aria-pressed", String(panes.adaptive));
    el("light-now").textContent = t("Brightness {bright} %, contrast {contrast} %", {
      bright: Math.round(panes.bright * 100),
      contrast: Math.round(panes.contrast * 100),
    });
    if (!changed) toast(t("Light as it was taken"));
    else if ("adaptive" in how) toast(panes.adaptive ? t("Light evened out") : t("Light no longer evened out"));
    else if ("contrast" in how) toast(t("Contrast {percent} %", { percent: Math.round(panes.contrast * 100) }));
    else toast(t("Brightness {percent} %", { percent: Math.round(panes.bright * 100) }));
  }

  /** @param {boolean} on */
  #openLight(on) {
    el("light-panel").hidden = !on;
    el("tool-light").setAttribute("aria-expanded", String(on));
  }

  #link() {
    this.zoom.linked = !this.zoom.linked;
    el("tool-link").setAttribute("aria-pressed", String(this.zoom.linked));
    toast(this.zoom.linked ? t("Zoom together") : t("Zoom apart"));
  }

  #wireClean() {
    const button = el("tool-clean");
    button.addEventListener("pointerdown", () => this.clean(true));
    for (const name of ["pointerup", "pointerleave", "pointercancel", "keyup", "blur"]) button.addEventListener(name, () => this.clean(false));
    button.addEventListener("keydown", (event) => event.key === "Enter" && this.clean(true));
    button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch
  }
}
