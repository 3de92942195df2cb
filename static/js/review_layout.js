// The two pictures one beside the other, or one above the other: crops of a whole animal are often wide.
import { t } from "./i18n.js";
import { toast } from "./looking.js";

const KEY = "spotid-layout";
const UPRIGHT = "(max-aspect-ratio: 1/1)"; // a tablet held upright has room below rather than beside

export class Layout {
  /** @param {HTMLElement} stage @param {HTMLElement} button @param {() => void} changed called when the panes have another shape */
  constructor(stage, button, changed) {
    this.stage = stage;
    this.button = button;
    this.changed = changed;
    let kept = null;
    try {
      kept = localStorage.getItem(KEY);
    } catch {
      // private windows may refuse
    }
    this.#set(kept ? kept === "above" : matchMedia(UPRIGHT).matches);
  }

  toggle() {
    const above = !this.stage.classList.contains("above");
    this.#set(above);
    try {
      localStorage.setItem(KEY, above ? "above" : "beside");
    } catch {
      // the choice still holds until the page is left
    }
    this.changed();
    toast(above ? t("One above the other") : t("Side by side"));
  }

  /** @param {boolean} above */
  #set(above) {
    this.stage.classList.toggle("above", above);
    this.button.setAttribute("aria-pressed", String(above));
  }
}
