// Embeddings of the original SpotID, given as a project: a project is made of them, and told what could not be kept.
import { holding, post, showError } from "./api.js";
import { browseOn } from "./browse.js";
import { t } from "./i18n.js";

/** @param {string} tag @param {string} [text] @param {string} [className] */
function make(tag, text = "", className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/** @param {string} id @param {string} label @param {string} help @param {boolean} browse */
function field(id, label, help, browse) {
  const whole = make("div", "", "field");
  const name = /** @type {HTMLLabelElement} */ (make("label", `${label} `));
  name.htmlFor = id;
  name.append(make("span", help, "quiet optional"));
  const row = make("div", "", "field-row");
  const input = document.createElement("input");
  Object.assign(input, { type: "text", className: "path", id, autocomplete: "off", spellcheck: false });
  row.append(input);
  if (browse) {
    const button = /** @type {HTMLButtonElement} */ (make("button", t("Browse…"), "button"));
    button.type = "button";
    button.dataset.browse = id;
    button.dataset.mode = "images";
    button.setAttribute("aria-label", t("Browse… for the crops"));
    row.append(button);
  }
  whole.append(name, row);
  return whole;
}

/** @param {HTMLElement} box @param {{url: string, sentences: string[]}} done */
function tell(box, done) {
  if (!done.sentences.length) return location.assign(done.url);
  box.classList.replace("bad", "good");
  const list = make("ul", "", "converted");
  list.append(...done.sentences.map((sentence) => make("li", sentence)));
  const row = make("div", "", "row instead");
  const go = /** @type {HTMLAnchorElement} */ (make("a", t("Open the project"), "button primary"));
  go.href = done.url;
  row.append(go);
  box.replaceChildren(make("strong", t("The project is made.")), list, row);
  go.focus();
}

/**
 * Put what can be done under the error that says what the folder is.
 * @param {HTMLElement} box
 * @param {unknown} error
 * @param {string} path
 */
export function offerOriginal(box, error, path) {
  const missing = /** @type {import("./api.js").ApiError} */ (error)?.code === "original-pictures";
  const crops = field("original-crops", t("Folder of the crops"), t("only where they are not where the list says"), true);
  const matches = field("original-matches", t("Database of matches (.json)"), t("only where it is not beside the embeddings"), false);
  const row = make("div", "", "row instead");
  const said = (/** @type {HTMLElement} */ one) => /** @type {HTMLInputElement} */ (one.querySelector("input")).value.trim().replace(/^["']|["']$/g, "");
  /** @param {string} text @param {boolean} sure */
  const button = (text, sure) => {
    const node = /** @type {HTMLButtonElement} */ (make("button", text, "button"));
    node.type = "button";
    node.addEventListener("click", () =>
      holding(node, async () => {
        const body = { path, crops: said(crops), matches: said(matches), sure };
        try {
          tell(box, await post("/api/projects/original", body, 1800));
        } catch (failed) {
          showError(box, failed);
          offerOriginal(box, failed, path);
          for (const [id, value] of [["original-crops", body.crops], ["original-matches", body.matches]]) {
            /** @type {HTMLInputElement} */ (box.querySelector(`#${id}`)).value = String(value);
          }
        }
      }),
    );
    return node;
  };
  row.append(button(t("Make a project of them"), false));
  if (missing) row.append(button(t("Go on without these pictures"), true));
  box.append(crops, matches, row);
  const browse = crops.querySelector("[data-browse]");
  if (browse instanceof HTMLButtonElement) browseOn(browse);
}
