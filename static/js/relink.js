// On the overview: folders of photographs that are not where they were are looked for and linked anew.
import { get, holding, post, projectId, showError } from "./api.js";
import { browseOn, wireBrowse } from "./browse.js";
import { nt, t } from "./i18n.js";

/** @typedef {{root: number, path: string, files: number}} Gone */
/** @typedef {{folder: ?string, linked: boolean, partly: boolean, sentences: string[]}} Done */

/** @template {Element} E @param {Element} inside @param {string} what @returns {E} */
const find = (inside, what) => /** @type {E} */ (inside.querySelector(what));

/** @param {HTMLElement} box @param {string[]} sentences @param {boolean} good */
function tell(box, sentences, good) {
  box.className = `notice relink-told ${good ? "good" : "warn"}`;
  box.hidden = false;
  box.replaceChildren(
    ...sentences.map((sentence) => {
      const line = document.createElement("p");
      line.textContent = sentence;
      return line;
    }),
  );
}

/** @param {Gone} one */
function draw(one) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("relink-one"));
  const item = /** @type {HTMLElement} */ (find(/** @type {any} */ (template.content), "li").cloneNode(true));
  find(item, ".relink-where").textContent = nt("{n} photograph was here:", "{n} photographs were here:", one.files);
  find(item, ".relink-path").textContent = one.path;
  const input = /** @type {HTMLInputElement} */ (find(item, "input"));
  const [browse, look, partly] = /** @type {HTMLButtonElement[]} */ ([...item.querySelectorAll("button")]);
  input.id = `relink-${one.root}`;
  const label = /** @type {HTMLLabelElement} */ (find(item, "label"));
  label.htmlFor = input.id;
  label.textContent = t("Where they are now; left empty, SpotID looks in the likely places");
  browse.dataset.browse = input.id;
  browse.setAttribute("aria-label", t("Browse… for the photographs"));
  const error = /** @type {HTMLElement} */ (find(item, ".relink-error"));
  const told = /** @type {HTMLElement} */ (find(item, ".relink-told"));
  /** @param {HTMLButtonElement} button @param {boolean} some */
  const ask = (button, some) =>
    holding(button, async () => {
      showError(error, null);
      told.hidden = true;
      try {
        const body = { root: one.root, folder: input.value.trim().replace(/^["']|["']$/g, ""), partly: some };
        const answer = await post(`/api/project/${projectId()}/relink`, body, 600);
        const done = /** @type {Done} */ (answer.done[0]);
        tell(told, done.sentences, done.linked);
        partly.hidden = !done.partly;
        if (done.partly && done.folder) input.value = done.folder;
        if (done.linked) for (const part of item.querySelectorAll(".field, .row")) part.remove();
      } catch (failed) {
        showError(error, failed);
      }
    });
  look.addEventListener("click", () => ask(look, false));
  partly.addEventListener("click", () => ask(partly, true));
  input.addEventListener("keydown", (event) => event.key === "Enter" && ask(look, false));
  input.addEventListener("input", () => (partly.hidden = true));
  browseOn(browse);
  return item;
}

const answer = await get(`/api/project/${projectId()}/gone`, 60).catch(() => null);
const gone = /** @type {Gone[]} */ (answer?.gone ?? []);
if (gone.length) {
  wireBrowse();
  document.getElementById("relink-list")?.replaceChildren(...gone.map(draw));
  /** @type {HTMLElement} */ (document.getElementById("relink")).hidden = false;
}
