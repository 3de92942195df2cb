// Boxes as shapes: their measures, and the pieces of the page that show them.
import { t } from "./i18n.js";

/**
 * @typedef {{x: number, y: number, w: number, h: number, by: "person"|"search"|"proposal", how: string, score: ?number,
 *   individual: ?string, key?: number}} Box fractions of the upright picture
 */

export const SMALLEST = 0.005; // of the picture; the program refuses less
const SIDES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

export const clamp = (/** @type {number} */ v, low = 0, high = 1) => Math.min(high, Math.max(low, v));

/** The area that two boxes share. @param {Box} a @param {Box} b */
function shared(a, b) {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w > 0 && h > 0 ? w * h : 0;
}

/** Intersection over union of two boxes. @param {Box} a @param {Box} b */
export const iou = (a, b) => shared(a, b) / (a.w * a.h + b.w * b.h - shared(a, b));

/** Whether a box that a person drew means the animal of a box of the search. @param {Box} old @param {Box} box */
export const replaces = (old, box) =>
  old.by !== "person" && (old.how === "whole picture" || iou(old, box) >= 0.3 || shared(old, box) >= 0.7 * old.w * old.h);

/** A box that a person draws. @param {number} x @param {number} y @param {number} w @param {number} h @returns {Box} */
export const drawn = (x, y, w, h) => ({ x, y, w, h, by: "person", how: "", score: null, individual: null });

/** What a person has changed is the person's. @param {Box} box */
export const own = (box) => Object.assign(box, { by: "person", how: "", score: null });

/** The piece of the page for a box, with its label and handles. @param {Box} box @param {() => void} focused */
export function made(box, focused) {
  const node = document.createElement("div");
  node.className = "abox";
  node.tabIndex = 0;
  node.setAttribute("role", "group");
  node.dataset.key = String(box.key);
  const label = document.createElement("span");
  label.className = "abox-label";
  node.append(label);
  for (const side of SIDES) {
    const handle = document.createElement("span");
    handle.className = "handle";
    handle.dataset.side = side;
    node.append(handle);
  }
  node.addEventListener("focus", focused);
  return node;
}

/** How a box was found, as the search writes it. @type {Record<string, string>} */
const HOW = { "whole picture": t("whole picture") };

/** Bring the piece of a box up to date. @param {HTMLElement} node @param {Box} box @param {boolean} chosen @param {string} place "1 of 2" */
export function dress(node, box, chosen, place) {
  const sure = box.score === null ? "" : ` ${Math.round(box.score * 100)} %`;
  const words = { person: t("yours"), search: `${HOW[box.how] ?? (box.how || t("found"))}${sure}`, proposal: `${t("proposed")}${sure}` }[box.by];
  const text = box.individual ? `${words} · ${box.individual}` : words;
  const label = /** @type {HTMLElement} */ (node.firstElementChild);
  if (label.textContent !== text) label.textContent = text;
  node.dataset.by = box.by;
  node.classList.toggle("chosen", chosen);
  node.setAttribute("aria-label", t("Box {place}, {text}", { place, text }));
  const sides = { left: box.x, top: box.y, width: box.w, height: box.h };
  for (const [side, value] of Object.entries(sides)) node.style.setProperty(side, `${value * 100}%`);
}
