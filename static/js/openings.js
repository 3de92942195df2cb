// Where a project can't be opened for work, the start page offers what can be done instead.
import { holding, post, showError } from "./api.js";
import { offerOriginal } from "./openings_original.js";
import { browseOn } from "./browse.js";
import { t } from "./i18n.js";

/** @typedef {import("./api.js").ApiError} ApiError */

/** @param {string} text @param {(button: HTMLButtonElement) => unknown} act */
function offer(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = text;
  button.addEventListener("click", () => act(button));
  return button;
}

/**
 * Put buttons under an error that says why a project could not be opened.
 * @param {?Element} box
 * @param {unknown} error
 * @param {string} path
 */
export function offerInstead(box, error, path) {
  const code = /** @type {ApiError} */ (error)?.code;
  if (!(box instanceof HTMLElement)) return;
  const row = document.createElement("div");
  row.className = "row instead";
  const go = (/** @type {HTMLButtonElement} */ button, /** @type {string} */ url, /** @type {object} */ body) =>
    holding(button, async () => {
      try {
        location.assign((await post(url, body, 900)).url);
      } catch (failed) {
        showError(box, failed);
      }
    });
  if (code === "project-locked" || code === "project-readonly") {
    row.append(offer(t("Open for looking only"), (button) => go(button, "/api/projects/look", { path })));
  } else if (code === "project-damaged") {
    row.append(offer(t("See its backups"), () => location.assign(`/care?path=${encodeURIComponent(path)}`)));
  } else if (code === "embeddings-only") {
    const field = document.createElement("div");
    field.className = "field";
    field.innerHTML =
      `<label for="rebuild-originals">${t("Folder of the originals")} <span class="quiet optional">${t("only where they have moved")}</span></label>` +
      '<div class="field-row"><input type="text" class="path" id="rebuild-originals" autocomplete="off" spellcheck="false">' +
      `<button class="button" type="button" data-browse="rebuild-originals" data-mode="images" aria-label="${t("Browse… for the originals")}">${t("Browse…")}</button></div>`;
    const input = /** @type {HTMLInputElement} */ (field.querySelector("input"));
    row.append(offer(t("Build a project around them"), (button) => go(button, "/api/care/rebuild", { path, originals: input.value.trim() })));
    box.append(field);
  } else if (code === "original-embeddings" || code === "original-pictures") {
    offerOriginal(box, error, path);
    return;
  } else {
    return;
  }
  box.append(row);
  const browse = box.querySelector("[data-browse]");
  if (browse instanceof HTMLButtonElement) browseOn(browse);
}
