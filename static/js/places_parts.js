// Small helpers that the pages about stations, cameras, clocks and surveys share.
import { holding, post, projectId, showError } from "./api.js";

/** @param {string} id */
export const el = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @param {string} id */
export const field = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));
/** @param {string} id */
export const button = (id) => /** @type {HTMLButtonElement} */ (document.getElementById(id));
/** @param {string} id */
export const dialog = (id) => /** @type {HTMLDialogElement} */ (document.getElementById(id));

/** The address of the program's answers about the open project. */
export const api = `/api/project/${projectId()}`;
/** The address of its pictures, before uid/thumb. */
export const pictures = `/project/${projectId()}/media`;

/** @param {string} tag @param {string} [className] @param {string} [text] */
export function make(tag, className = "", text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = text;
  return node;
}

/** A button that writes; held down where the project is open for looking only. @param {string} text @param {string} deed @param {() => unknown} press @param {string} [label] for who can't see what it stands beside */
export function deed(text, deed, press, label = "") {
  const made = /** @type {HTMLButtonElement} */ (make("button", "button small", text));
  made.type = "button";
  made.dataset.deed = deed;
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", press);
  return made;
}

/** A cell of a table. @param {string | Node} content @param {string} [className] */
export function cell(content, className = "") {
  const made = make("td", className);
  made.append(content);
  return made;
}

/** The head of a row. @param {string | Node} content */
export function head(content) {
  const made = make("th");
  made.setAttribute("scope", "row");
  made.append(content);
  return made;
}

/**
 * Send a change with its button held down; a failure is shown where the person looks.
 * @param {string} tail @param {object} content @param {HTMLButtonElement} pressed @param {HTMLElement} fault
 * @returns {Promise<any>} null where it was not kept
 */
export async function send(tail, content, pressed, fault) {
  let answer = null;
  await holding(pressed, async () => {
    try {
      answer = await post(`${api}/${tail}`, content, 300);
      showError(fault, null);
    } catch (error) {
      showError(fault, error);
      fault.scrollIntoView({ block: "nearest" });
    }
  });
  return answer;
}

const SVG = "http://www.w3.org/2000/svg";

/** A part of a drawing. @param {string} tag @param {Record<string, string | number>} values @param {string} [text] */
export function drawn(tag, values, text = "") {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, String(value));
  if (text) node.textContent = text;
  return node;
}

// Escape leaves a field, so that the keys of the page count again.
addEventListener("keydown", (event) => {
  const target = /** @type {Element} */ (event.target);
  if (event.key === "Escape" && target.matches?.("input, select") && !document.querySelector("dialog[open]")) /** @type {HTMLElement} */ (target).blur();
});
