// Pictures day by day: days from left to right, hours from top to bottom. A clock that was set anew shows as a step.
import { when } from "./format.js";
import { t } from "./i18n.js";
import { drawn } from "./places_parts.js";
import { nights } from "./clock_strip.js";
import { DAY, isDark, lightText, minuteOf } from "./clock_text.js";

/** @typedef {import("./clock_text.js").Seen} Seen @typedef {import("./clock_text.js").Sun} Sun */

const LEFT = 44;
const RIGHT = 14;
const TOP = 8;
const HIGH = 168;
const BOTTOM = 20;
const DAY_MS = 86_400_000;
const MOST_TICKS = 9;

const dayOf = (/** @type {string} */ at) => Date.parse(`${at.slice(0, 10)}T00:00:00Z`);

/**
 * @param {Seen[]} seen @param {Sun} sun @param {(one: Seen) => string} timeOf @param {number} width
 * @param {(one: Seen) => void} choose
 */
export function days(seen, sun, timeOf, width, choose) {
  const svg = drawn("svg", { class: "day-chart", viewBox: `0 0 ${width} ${TOP + HIGH + BOTTOM}`, width, height: TOP + HIGH + BOTTOM, role: "img" });
  svg.setAttribute("aria-label", t("Pictures day by day: days from left to right, hours from top to bottom"));
  if (!seen.length) return svg;
  const moments = seen.map((one) => dayOf(timeOf(one)));
  const first = Math.min(...moments);
  const count = Math.max(1, Math.round((Math.max(...moments) - first) / DAY_MS) + 1);
  const unit = (width - LEFT - RIGHT) / count;
  const y = (/** @type {number} */ minute) => TOP + (HIGH * minute) / DAY;
  svg.append(drawn("rect", { class: "sky-day", x: LEFT, y: TOP, width: width - LEFT - RIGHT, height: HIGH }));
  for (const [begin, end] of nights(sun)) svg.append(drawn("rect", { class: "sky-night", x: LEFT, y: y(begin), width: width - LEFT - RIGHT, height: y(end) - y(begin) }));
  for (const hour of [0, 6, 12, 18, 24]) {
    svg.append(drawn("path", { class: "grid", d: `M${LEFT} ${y(hour * 60)}H${width - RIGHT}` }), drawn("text", { class: "hours", x: LEFT - 8, y: y(hour * 60) + 4 }, String(hour).padStart(2, "0")));
  }
  const step = Math.max(1, Math.ceil(count / MOST_TICKS));
  for (let day = 0; day < count; day += step) {
    svg.append(drawn("text", { class: "days", x: (LEFT + (day + 0.5) * unit).toFixed(1), y: TOP + HIGH + 15 }, new Date(first + day * DAY_MS).toISOString().slice(0, 10)));
  }
  for (const one of seen) {
    const at = timeOf(one);
    const x = LEFT + ((dayOf(at) - first) / DAY_MS + 0.5) * unit;
    const dot = drawn("circle", { class: `dot ${isDark(one.light) ? "dark" : (one.light ?? "unknown")}`, cx: x.toFixed(1), cy: y(minuteOf(at)).toFixed(1), r: 4.5, "data-uid": one.uid });
    dot.append(drawn("title", {}, t("{moment}, {light}", { moment: when(at), light: lightText(one.light) })));
    dot.addEventListener("click", () => choose(one));
    svg.append(dot);
  }
  return svg;
}

/** Mark the chosen picture. @param {Element} box @param {?string} uid */
export function markDay(box, uid) {
  for (const dot of box.querySelectorAll(".dot")) dot.classList.toggle("chosen-dot", /** @type {SVGElement} */ (dot).dataset.uid === uid);
}
