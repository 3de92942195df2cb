// The list of files that could not be used, read a page at a time.
import { get, holding, post, projectId } from "./api.js";
import { shown } from "./format.js";
import { nt, t } from "./i18n.js";

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class Problems {
  /** @param {(job: import("./types.js").Job) => void} onRun called when trying a file again has started a run */
  constructor(onRun) {
    this.onRun = onRun;
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
    el("problems-count").textContent = nt("{n} file could not be used.", "{n} files could not be used.", n);
    if (grown && this.#open() && this.shown < 50) this.#more();
  }

  #open() {
    return /** @type {HTMLDetailsElement} */ (el("problems")).open;
  }

  /** Try a file again that had stopped the program. @param {{uid: string}} problem */
  async #again(problem) {
    try {
      const told = await post(`/api/project/${projectId()}/problems/again`, { uid: problem.uid });
      if (told.started) this.onRun(told.job);
      return told.started ? t("It is tried again now.") : t("It is tried again at the next run.");
    } catch (error) {
      return /** @type {Error} */ (error).message;
    }
  }

  async #more() {
    if (this.busy || this.shown >= this.count) return;
    this.busy = true;
    try {
      const page = await get(`/api/project/${projectId()}/problems?after=${this.after ?? 0}`);
      el("problem-rows").append(...page.rows.map((/** @type {any} */ one) => row(one, () => this.#again(one))));
      this.shown += page.rows.length;
      this.after = page.next_after ?? page.rows.at(-1)?.id ?? this.after;
      el("problems-more").hidden = !page.next_after;
      el("problems-more").textContent = nt("Show more ({n} to go)", "Show more ({n} to go)", Math.max(0, page.total - this.shown));
    } catch (error) {
      el("problems-more").hidden = false;
      el("problems-more").textContent = `${/** @type {Error} */ (error).message} ${t("Show more")}`;
    } finally {
      this.busy = false;
    }
  }
}

/** @param {{uid: string, path: string, sentence: string, advice: string, detail: string, again: boolean, thumb: ?string}} problem @param {() => Promise<string>} again */
function row(problem, again) {
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
  path.dir = "auto";
  path.textContent = shown(problem.path);
  const why = document.createElement("span");
  const advice = document.createElement("span");
  advice.className = "quiet";
  advice.textContent = problem.advice;
  why.append(`${problem.sentence} ${problem.detail} `, advice);
  if (problem.again) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    button.textContent = t("Try again");
    button.setAttribute("aria-label", t("Try {path} again", { path: problem.path }));
    button.addEventListener("click", () =>
      holding(button, async () => {
        why.textContent = await again();
      }),
    );
    why.append(" ", button);
  }
  div.append(thumb, path, why);
  return div;
}
