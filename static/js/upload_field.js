// A button that sends a file from this computer: choosing it, its progress, and cancelling it.
import { shown, timeLeft, bytes } from "./format.js";
import { Ended, progressed, Upload } from "./upload.js";

export { Ended };

export class UploadField {
  /** @param {HTMLElement} root as the macro ``upload_field`` draws it @param {(file: ?File) => void} chosen */
  constructor(root, chosen = () => {}) {
    this.root = root;
    this.kind = /** @type {"zip"|"sheet"|"recognitions"} */ (root.dataset.kind);
    /** @type {?File} */
    this.file = null;
    /** @type {?Upload} */
    this.upload = null;
    this.chosen = chosen;
    this.input = /** @type {HTMLInputElement} */ (root.querySelector("input[type=file]"));
    this.#part("choose").addEventListener("click", () => this.input.click());
    this.#part("drop").addEventListener("click", () => this.choose(null));
    this.#part("cancel").addEventListener("click", () => this.upload?.cancel());
    this.input.addEventListener("change", () => this.input.files?.[0] && this.choose(this.input.files[0]));
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.upload) return;
      event.stopPropagation();
      this.upload.cancel();
    });
  }

  /** @param {?File} file */
  choose(file) {
    this.file = file;
    this.input.value = "";
    this.#part("chosen").hidden = !file;
    this.#part("choose").hidden = Boolean(file);
    this.#part("name").textContent = file ? shown(file.name) : "";
    this.#part("size").textContent = file ? bytes(file.size) : "";
    this.chosen(file);
    this.#part(file ? "drop" : "choose").focus();
  }

  /** Send the chosen file. Raises Ended where the person has cancelled it. @param {string} projectPath @returns {Promise<string>} */
  async send(projectPath) {
    const bar = /** @type {HTMLProgressElement} */ (this.#part("bar"));
    this.upload = new Upload(/** @type {File} */ (this.file), this.kind, (told) => {
      bar.value = told.size ? told.have / told.size : 0;
      this.#part("far").textContent = progressed(told);
      this.#part("left").textContent = told.seconds === null ? "" : timeLeft(told.seconds);
    });
    this.#part("sending").hidden = false;
    this.#part("drop").hidden = true;
    this.#part("cancel").focus();
    try {
      return await this.upload.send(projectPath);
    } finally {
      this.upload = null;
      this.#part("sending").hidden = true;
      this.#part("drop").hidden = false;
      if (this.root.contains(document.activeElement) || document.activeElement === document.body) this.#part("drop").focus();
    }
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.root.querySelector(`[data-part=${name}]`));
  }
}
