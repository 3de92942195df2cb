// The effort chart: one bar for each deployment over the days, outages hatched, photographs as ticks.
import { nt, t } from "./i18n.js";
import { drawn } from "./places_parts.js";

/**
 * @typedef {{deployment_id: number, station: string, camera: string, start: ?string, end: ?string, guessed: string,
 *   outages: [string, string][], days: [string, number, number][], doubtful: number}} Line
 */

const DAY = 86_400_000;
const FAR = 300 * DAY; // between two bars: one of them is of another survey, or of a wrong clock
const LEFT = 220;
const RIGHT = 24;
const ROW = 26;
const TOP = 26;
const BAR = 14;
const LONGEST = 24; // letters of a name
const MOST_TICKS = 12;

const time = (/** @type {string} */ day) => Date.parse(`${day.slice(0, 10)}T00:00:00Z`);
const text = (/** @type {number} */ moment) => new Date(moment).toISOString().slice(0, 10);

/** Days that the axis names: weeks, months or years, as many as can be read. @param {number} first @param {number} last */
function ticks(first, last) {
  const days = (last - first) / DAY;
  const step = [1, 2, 7, 14, 28].find((n) => days / n <= MOST_TICKS);
  if (step) return Array.from({ length: Math.floor(days / step) + 1 }, (_, n) => first + n * step * DAY);
  const months = Math.ceil(days / 30.4 / MOST_TICKS);
  const every = [1, 2, 3, 6, 12, 24, 60, 120].find((n) => n >= months) ?? 120;
  const found = [];
  const begin = new Date(first);
  for (let at = begin.getUTCFullYear() * 12 + begin.getUTCMonth() + 1; found.length <= MOST_TICKS + 1; at++) {
    const moment = Date.UTC(Math.floor(at / 12), at % 12, 1);
    if (moment > last) break;
    if (at % every === 0) found.push(moment);
  }
  return found;
}

/** @param {Line} one */
const nameOf = (one) => (one.camera && one.camera !== one.station ? `${one.station} · ${one.camera}` : one.station);

/** What a bar says, in words. @param {Line} one */
function told(one) {
  const photographs = one.days.reduce((sum, [, n]) => sum + n, 0);
  const parts = [one.start && one.end ? t("{name}: {from} to {to}", { name: nameOf(one), from: one.start, to: one.end }) : t("{name}: no day known", { name: nameOf(one) })];
  parts.push(nt("{n} photograph", "{n} photographs", photographs));
  if (one.outages.length) parts.push(one.outages.map(([from, to]) => t("did not work from {from} to {to}", { from, to })).join(", "));
  if (one.doubtful) parts.push(nt("{n} without a time that can be trusted", "{n} without a time that can be trusted", one.doubtful));
  return parts.join("; ");
}

/** First and last moment of a bar; null where it has none. @param {Line} one @returns {?[number, number]} */
function span(one) {
  const days = [one.start, one.end, one.days[0]?.[0], one.days.at(-1)?.[0]].filter((day) => day != null).map((day) => time(/** @type {string} */ (day)));
  return days.length ? [Math.min(...days), Math.max(...days)] : null;
}

/**
 * What the axis shows: the stretch with most bars. A clock in the wrong year would press all others to a point.
 * @param {Line[]} lines @returns {[number, number]}
 */
function axis(lines) {
  const spans = lines.map(span).filter((one) => one !== null).sort((one, other) => one[0] - other[0]);
  /** @type {{begin: number, end: number, n: number}[]} */
  const stretches = [];
  for (const [begin, end] of spans) {
    const open = stretches.at(-1);
    if (open && begin - open.end < FAR) {
      open.end = Math.max(open.end, end);
      open.n++;
    } else stretches.push({ begin, end, n: 1 });
  }
  const most = stretches.reduce((best, one) => (one.n >= best.n ? one : best), { begin: 0, end: 0, n: 0 });
  return [most.begin, Math.max(most.end, most.begin + 7 * DAY)];
}

/** @param {Line[]} lines @param {number} width */
export function chart(lines, width) {
  const [first, last] = axis(lines);
  const unit = (width - LEFT - RIGHT) / (last - first);
  const x = (/** @type {number} */ moment) => LEFT + (moment - first) * unit;
  const height = TOP + lines.length * ROW + 8;
  const svg = drawn("svg", { class: "effort-chart", viewBox: `0 0 ${width} ${height}`, width, height, role: "group" });
  svg.setAttribute("aria-label", nt("{n} bar", "{n} bars", lines.length));
  const hatch = drawn("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  hatch.append(drawn("rect", { class: "gap-ground", width: 6, height: 6 }), drawn("path", { class: "gap-line", d: "M0 0v6" }));
  const defs = drawn("defs", {});
  defs.append(hatch);
  svg.append(defs);
  for (const moment of first ? ticks(first, last) : []) {
    svg.append(drawn("path", { class: "grid", d: `M${x(moment).toFixed(1)} ${TOP - 6}V${height - 6}` }), drawn("text", { class: "axis", x: x(moment).toFixed(1), y: 13 }, text(moment)));
  }
  lines.forEach((one, at) => {
    const own = span(one);
    const away = own && (own[1] < first || own[0] > last);
    svg.append(away ? elsewhere(one, TOP + at * ROW, own[1] < first, width) : bar(one, TOP + at * ROW, x, unit * DAY));
  });
  return svg;
}

/** A bar far from all others: told in words at the end where it would lie. @param {Line} one @param {number} top @param {boolean} before @param {number} width */
function elsewhere(one, top, before, width) {
  const group = named(one, top);
  const says = t("{from} to {to}: far from the others; look at the clock", { from: one.start ?? one.days[0][0], to: one.end ?? one.days.at(-1)?.[0] ?? "" });
  const x = before ? LEFT + 4 : width - RIGHT - 4;
  group.append(drawn("text", { class: "away", x, y: top + ROW / 2 + 5, "text-anchor": before ? "start" : "end" }, before ? `← ${says}` : `${says} →`));
  return group;
}

/** A row with its name. @param {Line} one @param {number} top */
function named(one, top) {
  const group = drawn("g", { role: "img" });
  group.setAttribute("aria-label", told(one));
  group.append(drawn("title", {}, told(one)));
  const name = nameOf(one);
  group.append(drawn("text", { class: "bar-name", x: LEFT - 16, y: top + ROW / 2 + 5 }, name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name));
  if (one.doubtful) group.append(drawn("text", { class: "doubt", x: LEFT - 12, y: top + ROW / 2 + 5 }, "?"));
  return group;
}

/** @param {Line} one @param {number} top @param {(moment: number) => number} x @param {number} day width of a day */
function bar(one, top, x, day) {
  const group = named(one, top);
  const middle = top + ROW / 2;
  const upper = middle - BAR / 2;
  if (one.start && one.end) {
    const [begin, end] = [x(time(one.start)), x(time(one.end))];
    group.append(drawn("rect", { class: one.guessed ? "stood guessed" : "stood", x: begin.toFixed(1), y: upper, width: Math.max(2, end - begin).toFixed(1), height: BAR, rx: 2 }));
  }
  for (const [from, to] of one.outages) {
    const begin = x(time(from));
    group.append(drawn("rect", { class: "gap", x: begin.toFixed(1), y: upper, width: Math.max(2, x(time(to)) - begin).toFixed(1), height: BAR, fill: "url(#hatch)" }));
  }
  const marks = { plain: "", animal: "" };
  for (const [when, , animals] of one.days) {
    const place = (x(time(when)) + day / 2).toFixed(1);
    if (animals) marks.animal += `M${place} ${upper - 3}v${BAR + 6}`;
    else marks.plain += `M${place} ${upper + 2}v${BAR - 4}`;
  }
  if (marks.plain) group.append(drawn("path", { class: "tick-mark", d: marks.plain }));
  if (marks.animal) group.append(drawn("path", { class: "tick-animal", d: marks.animal }));
  return group;
}
