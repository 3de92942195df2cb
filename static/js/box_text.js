// What the page on which boxes are drawn says in words.
import { number, when } from "./format.js";
import { nt, t } from "./i18n.js";

/**
 * @typedef {import("./box_shapes.js").Box} Box
 * @typedef {Object} Told what the program tells of a frame and its queue
 * @property {?{uid: string, name: string, path: string, station: ?string, camera: string, captured_at: ?string,
 *   width: number, height: number, mates: number, boxes: Box[], proposed: Box[], working: boolean,
 *   answer: ?{row: number, boxes: number, at: string}, seen: number, small: string, full: string}} frame
 * @property {{key: string, of: ?string, label: string, sentence: string, total: number, left: number, rank: ?number,
 *   previous: ?string, following: ?string}} queue
 * @property {Record<string, number>} counts frames that nobody has looked at, by queue
 * @property {import("./teaching.js").Status} teach
 * @property {?{row: number, boxes: number}} undo
 * @property {string[]} prefetch
 */

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} tag @param {string} text @param {string} [kind] */
function piece(tag, text, kind = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (kind) node.className = kind;
  return node;
}

/** @param {number} n */
export const boxesWord = (n) => (n === 0 ? t("no animal") : nt("{n} box", "{n} boxes", n));

/** The file and where it was taken. @param {HTMLElement} line @param {Told["frame"]} frame */
export function writeFile(line, frame) {
  if (!frame) return line.replaceChildren();
  const name = piece("b", frame.name);
  name.title = frame.path;
  line.replaceChildren(name, piece("span", frame.station ?? t("station unknown")), piece("span", when(frame.captured_at), "quiet"));
}

/** What the search and people have said. @param {HTMLElement} line @param {Told["frame"]} frame */
export function writeSaid(line, frame) {
  if (!frame) return line.replaceChildren();
  if (frame.answer) {
    return line.replaceChildren(piece("span", t("looked at by a person: {boxes}", { boxes: boxesWord(frame.answer.boxes) }), "chip good"), piece("span", t("row {row}", { row: number(frame.answer.row) }), "quiet"));
  }
  const found = frame.boxes.length ? nt("The search found {n} animal.", "The search found {n} animals.", frame.boxes.length) : t("The search found no animal.");
  const proposed = frame.proposed.length ? ` ${t("Dashed: proposed after a box you drew in this visit.")}` : "";
  line.replaceChildren(piece("span", found + proposed));
}

/** @param {Told} told */
export function writePlace(told) {
  const { queue, frame } = told;
  const place = queue.rank ? t("{done} of {total}", { done: number(queue.rank), total: number(queue.total) }) : t("{n} here", { n: number(queue.total) });
  el("facts-place").replaceChildren(piece("span", frame ? `${queue.label}: ${place}` : queue.label));
  el("progress-queue").textContent = nt("{n} not looked at yet", "{n} not looked at yet", queue.left);
  const share = queue.total ? (queue.total - queue.left) / queue.total : 0;
  document.querySelector(".slim-answered")?.setAttribute("width", String(share * 1000));
}

/** @param {HTMLElement} line @param {{kept?: {row: number, boxes: number, name: string}, undone?: {row: number, kept: number}, repeated?: boolean}} answer */
export function writeKept(line, answer) {
  const text = answer.undone
    ? t("taken back — row {row}", { row: number(answer.undone.row) })
    : t("kept — row {row}, {boxes}", { row: number(answer.kept?.row ?? 0), boxes: boxesWord(answer.kept?.boxes ?? 0) });
  line.replaceChildren(piece("span", "✓", "tick"), ` ${text}`);
}

/** Nothing is left in this queue. @param {Told} told @param {boolean} searching @param {(queue: string) => void} change */
export function writeSays(told, searching, change) {
  el("says").hidden = told.frame !== null;
  if (told.frame) return;
  el("says-title").textContent = told.queue.total ? t("Every picture here has been looked at") : t("{queue}: nothing here", { queue: told.queue.label });
  el("says-text").textContent = told.queue.total
    ? t("Choose another queue above, let the search learn from what you showed, or go back to the shelves.")
    : t("No picture is in this queue. Choose another one above, or go back to the shelves.");
  if (searching) el("says-text").textContent = t("A search is going on; pictures come back here as they are searched.");
  const open = Object.entries(told.counts).filter(([key, n]) => n && key !== told.queue.key);
  const labels = /** @type {Record<string, string>} */ ({ no_animal: t("No animal found"), weak: t("Weak boxes"), whole: t("Whole picture taken") });
  el("says-links").replaceChildren(
    ...open.map(([key, n]) => {
      const button = piece("button", `${labels[key]} (${number(n)})`, "button");
      button.addEventListener("click", () => change(key));
      return button;
    }),
  );
}
