// The list of files that could not be used, read a page at a time.
import { get, projectId } from "./api.js";
import { count, number } from "./format.js";

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class Problems {
  constructor() {
    this.count = 0;
    this.shown = 0;
    /** @type {?number} where the next page begins; null at the end */
    this.after = 0;
    this.busy = false;
    el("problems").addEventListener("toggle", () => this.#open() && this.#more());
    el("problems-more").addEventListener("click", () => this.#more());
  }

  /** @param {number} n */
  setCount(n) {
    const grown = n > this.count;
    this.count = n;
    el("problems").hidden = n === 0;
    el("problems-count").textContent = `${count(n, "file", "files")} could not be used.`;
    if (grown && this.#open() && this.shown < 50) this.#more();
  }

  #open() {
    return /** @type {HTMLDetailsElement} */ (el("problems")).open;
  }

  async #more() {
    if (this.busy || this.shown >= this.count) return;
    this.busy = true;
    try {
      const page = await get(`/api/project/${projectId()}/problems?after=${this.after ?? 0}`);
      el("problem-rows").append(...page.rows.map(row));
      this.shown += page.rows.length;
      this.after = page.next_after ?? page.rows.at(-1)?.id ?? this.after;
      el("problems-more").hidden = !page.next_after;
      el("problems-more").textContent = `Show more (${number(Math.max(0, page.total - this.shown))} to go)`;
    } catch (error) {
      el("problems-more").hidden = false;
      el("problems-more").textContent = `${/** @type {Error} */ (error).message} Show more`;
    } finally {
      this.busy = false;
    }
  }
}

/** @param {{path: string, sentence: string, thumb: ?string}} problem */
function row(problem) {
  const div = document.createElement("div");
  div.className = "problem";
  const thumb = document.createElement("span");
  thumb.className = "thumb";
  if (problem.thumb) {
    const img = new Image();
    img.alt = "";
    img.loading = "lazy";
    img.src = problem.thumb;
    thumb.append(img);
  } else {
    thumb.textContent = "–";
    thumb.setAttribute("aria-hidden", "true");
  }
  const path = document.createElement("span");
  path.className = "path";
  path.textContent = problem.path;
  const why = document.createElement("span");
  why.textContent = problem.sentence;
  div.append(thumb, path, why);
  return div;
}
