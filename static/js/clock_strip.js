// Pictures laid out over the hours of the day, with night and day behind them and the kind of light below each.
import { when } from "./format.js";
import { nt, t } from "./i18n.js";
import { make } from "./places_parts.js";
import { DAY, hour, isDark, lightText, minuteOf } from "./clock_text.js";

/** @typedef {import("./clock_text.js").Seen} Seen @typedef {import("./clock_text.js").Sun} Sun */

const SHOWN = 4; // pictures in each hour
const HOURS = 24;

/** Nights as stretches of the day, in minutes. @param {Sun} sun @returns {[number, number][]} */
export function nights(sun) {
  const middle = (/** @type {number[]} */ [a, b]) => (a + b) / 2;
  const [rise, set] = sun.rise && sun.set ? [middle(sun.rise), middle(sun.set)] : (sun.guess ?? [-1, -1]);
  if (rise < 0) return [];
  return rise < set ? [[0, rise], [set, DAY]] : [[set, rise]];
}

/** The sky behind a strip: a piece for each stretch of night. @param {Sun} sun */
export function sky(sun) {
  const box = make("div", "sky");
  box.setAttribute("aria-hidden", "true");
  for (const [begin, end] of nights(sun)) {
    const piece = make("i", "night");
    piece.style.setProperty("left", `${(100 * begin) / DAY}%`);
    piece.style.setProperty("width", `${(100 * (end - begin)) / DAY}%`);
    box.append(piece);
  }
  return box;
}

/** Evenly chosen ones of a list. @template T @param {T[]} list @param {number} most @returns {T[]} */
const some = (list, most) => (list.length <= most ? list : Array.from({ length: most }, (_, at) => list[Math.floor((at * list.length) / most)]));

/**
 * Draw a strip. The pictures are buttons; one of them is in the order of Tab, the arrow keys go on from it.
 * @param {HTMLElement} box @param {Seen[]} seen @param {Sun} sun @param {string} pictures the address before uid/thumb
 * @param {(one: Seen) => string} timeOf @param {(one: Seen) => void} choose
 */
export function strip(box, seen, sun, pictures, timeOf, choose) {
  /** @type {Seen[][]} */
  const hours = Array.from({ length: HOURS }, () => []);
  for (const one of seen) hours[Math.floor(minuteOf(timeOf(one)) / 60)].push(one);
  const most = Math.max(1, ...hours.map((list) => list.length));
  const columns = hours.map((list, at) => column(list, at, most, pictures, timeOf));
  const body = make("div", "strip-hours");
  body.append(...columns);
  const axis = make("div", "strip-axis");
  axis.setAttribute("aria-hidden", "true");
  axis.append(...Array.from({ length: HOURS }, (_, at) => make("span", "", String(at).padStart(2, "0"))));
  box.replaceChildren(sky(sun), body, axis);
  const buttons = /** @type {HTMLButtonElement[]} */ ([...box.querySelectorAll("button")]);
  buttons.forEach((button, at) => (button.tabIndex = at ? -1 : 0));
  box.onclick = (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    const one = seen.find((picture) => picture.uid === button?.dataset.uid);
    if (one) choose(one);
  };
  box.onkeydown = (event) => walk(event, columns);
}

/** @param {Seen[]} list @param {number} at @param {number} most @param {string} pictures @param {(one: Seen) => string} timeOf */
function column(list, at, most, pictures, timeOf) {
  const node = make("div", "hour");
  const dark = list.filter((one) => isDark(one.light)).length;
  const day = list.filter((one) => one.light === "daylight").length;
  const bar = make("div", "hour-bar");
  bar.title = t("{from} to {to}: {dark}, {day}", {
    from: hour(at * 60),
    to: hour(((at + 1) % HOURS) * 60),
    dark: nt("{n} in the dark", "{n} in the dark", dark),
    day: nt("{n} by daylight", "{n} by daylight", day),
  });
  for (const [n, name] of /** @type {[number, string][]} */ ([[dark, "light-dark"], [day, "light-day"], [list.length - dark - day, "light-unknown"]])) {
    if (!n) continue;
    const part = make("i", name);
    part.style.setProperty("height", `${(100 * n) / most}%`);
    bar.append(part);
  }
  for (const one of some(list, SHOWN)) {
    const button = /** @type {HTMLButtonElement} */ (make("button", `tile ${isDark(one.light) ? "dark" : (one.light ?? "unknown")}`));
    button.type = "button";
    button.dataset.uid = one.uid;
    button.setAttribute("aria-label", t("{moment}, {light}", { moment: when(timeOf(one)), light: lightText(one.light) }));
    button.title = button.getAttribute("aria-label") ?? "";
    const img = document.createElement("img");
    img.src = `${pictures}/${one.uid}/thumb`;
    img.alt = "";
    img.loading = "lazy";
    img.decoding = "async";
    button.append(img);
    node.append(button);
  }
  node.append(bar);
  return node;
}

/** Arrow keys go up and down in an hour and to the next hour that has pictures. @param {KeyboardEvent} event @param {HTMLElement[]} columns */
function walk(event, columns) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
  const rise = { ArrowUp: -1, ArrowDown: 1 }[event.key] ?? 0;
  const here = /** @type {HTMLElement} */ (event.target).closest("button");
  if (!here || (!step && !rise)) return;
  event.preventDefault();
  event.stopPropagation(); // the page's own keys go to another clock
  const of = (/** @type {HTMLElement} */ node) => /** @type {HTMLButtonElement[]} */ ([...node.querySelectorAll("button")]);
  let at = columns.findIndex((node) => node.contains(here));
  let row = of(columns[at]).indexOf(/** @type {HTMLButtonElement} */ (here)) + rise;
  if (step) {
    do at = (at + step + columns.length) % columns.length;
    while (!of(columns[at]).length);
  }
  const there = of(columns[at]);
  row = Math.max(0, Math.min(there.length - 1, row));
  for (const node of columns) for (const button of of(node)) button.tabIndex = -1;
  there[row].tabIndex = 0;
  there[row].focus();
}

/** Mark the chosen picture in a strip. @param {HTMLElement} box @param {?string} uid */
export function mark(box, uid) {
  for (const button of box.querySelectorAll("button")) {
    if (button.dataset.uid === uid) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}
