// A pair of a card in large: both pictures zoomed and moved together, in every view.
import { projectId } from "./api.js";
import { facts } from "./conflicts_text.js";
import { t } from "./i18n.js";
import { Zoom } from "./zoom.js";

/** @typedef {import("./conflicts_text.js").Picture} Picture */

const VIEWS = ["crop", "original", "cutout", "pattern"];
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const dialog = /** @type {HTMLDialogElement} */ (el("closer"));

/** @type {Picture[]} */
let pair = [];
let view = 0;
/** @type {?Zoom} */
let zoom = null;

/** Whether the pair is on screen, and takes the keys. */
export const isOpen = () => dialog.open;

/** @param {Picture} one */
function figure(one) {
  const node = document.createElement("figure");
  const pane = document.createElement("div");
  const canvas = document.createElement("div");
  const img = document.createElement("img");
  const told = document.createElement("figcaption");
  pane.className = "closer-pane";
  canvas.className = "canvas";
  img.src = `/project/${projectId()}/picture/${one.uid}/${VIEWS[view]}`;
  img.alt = one.name ?? t("This photograph is not in this project");
  img.draggable = false;
  told.textContent = facts(one).join(" · ");
  canvas.append(img);
  pane.append(canvas);
  node.append(pane, told);
  return node;
}

/** The next view of both pictures, at the same place. */
function nextView() {
  view = (view + 1) % VIEWS.length;
  [...el("closer-pair").querySelectorAll("img")].forEach((img, place) => {
    img.src = `/project/${projectId()}/picture/${pair[place].uid}/${VIEWS[view]}`;
  });
}

/** @param {Picture} one @param {Picture} other */
export function lookCloser(one, other) {
  pair = [one, other];
  view = 0;
  el("closer-pair").replaceChildren(...pair.map(figure));
  zoom = new Zoom([.../** @type {NodeListOf<HTMLElement>} */ (el("closer-pair").querySelectorAll(".closer-pane"))]);
  /** @type {HTMLAnchorElement} */ (el("closer-review")).href = `/project/${projectId()}/review?anchor=${one.uid}&comparison=${other.uid}`;
  dialog.showModal();
  el("closer-view").focus();
}

/** @type {Record<string, () => unknown>} */
const KEYS = {
  b: nextView,
  "+": () => zoom?.zoom(1.4),
  "=": () => zoom?.zoom(1.4),
  "-": () => zoom?.zoom(1 / 1.4),
  z: () => zoom?.reset(),
  ArrowLeft: () => zoom?.move(60, 0),
  ArrowRight: () => zoom?.move(-60, 0),
  ArrowUp: () => zoom?.move(0, 60),
  ArrowDown: () => zoom?.move(0, -60),
};

/** A key while the pair is on screen. @param {KeyboardEvent} event */
export function closerKey(event) {
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

el("closer-view").addEventListener("click", nextView);
el("closer-fit").addEventListener("click", () => zoom?.reset());
