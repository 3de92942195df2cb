// Corrections and kinds of light in words.
import { when } from "./format.js";
import { nt, number, t } from "./i18n.js";

/**
 * @typedef {{uid: string, at: string, now: string, light: ?string, trusted: boolean}} Seen a picture: by the clock, as it counts now
 * @typedef {{id: number, from_at: ?string, offset_s: number, reviewer: ?string, made_at: string, why: string}} Word
 * @typedef {{by: string, zone: number, zone_by: string, zone_shown: string, rise: ?number[], set: ?number[], guess?: number[]}} Sun
 * @typedef {{deployment_id: number, camera: string, station: string, name: string, url: string, look: string, photographs: number,
 *   doubtful: number, first_clock: ?string, last_clock: ?string, first: ?string, last: ?string, offset_s: number, words: Word[]}} Clock
 * @typedef {{kind: string, sentence: string, reason: string, advice: string, offsets: number[],
 *   from_at: ?string, until_at: ?string}} Sign
 */

export const DAY = 1440;

/** Minutes after midnight of a moment. @param {string} at */
export const minuteOf = (at) => Number(at.slice(11, 13)) * 60 + Number(at.slice(14, 16));

/** Whether a kind of light is none of the sun's. @param {?string} light */
export const isDark = (light) => light === "infrared" || light === "flash";

/** A moment with seconds added, as it is written on the pages. @param {string} at @param {number} seconds */
export function moved(at, seconds) {
  const moment = new Date(`${at}Z`);
  moment.setTime(moment.getTime() + seconds * 1000);
  return Number.isNaN(moment.getTime()) ? at : moment.toISOString().slice(0, 19);
}

/** A correction with its sign: "+12 h", "−1 d 3 h". @param {number} seconds */
export function offsetText(seconds) {
  const sign = seconds < 0 ? "−" : "+";
  let rest = Math.abs(seconds);
  const parts = [];
  for (const [size, text] of /** @type {[number, (n: string) => string][]} */ ([
    [86400, (n) => t("{n} d", { n })],
    [3600, (n) => t("{n} h", { n })],
    [60, (n) => t("{n} min", { n })],
    [1, (n) => t("{n} s", { n })],
  ])) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n) parts.push(text(number(n)));
  }
  return parts.length ? `${sign}${parts.join(" ")}` : t("no correction");
}

/** @param {?string} light */
export const lightText = (light) =>
  light === "infrared" ? t("infrared, in the dark") : light === "flash" ? t("flash, in the dark") : light === "daylight" ? t("daylight") : t("not known");

/** One thing that was said of a clock. @param {Word} word */
export function wordText(word) {
  const at = word.from_at ? when(word.from_at) : "";
  if (word.why === "until") return t("until {moment}, by the clock; then as before", { moment: at });
  if (/^undo \d+$/.test(word.why)) return t("taken back: {offset} counts again", { offset: offsetText(word.offset_s) });
  const what = word.offset_s
    ? word.from_at
      ? t("{offset} from {moment} on, by the clock", { offset: offsetText(word.offset_s), moment: when(word.from_at) })
      : offsetText(word.offset_s)
    : word.from_at
      ? t("no correction of its own from {moment} on", { moment: when(word.from_at) })
      : t("no correction: as the camera had it");
  return word.why ? t("{what}, because: {why}", { what, why: word.why }) : what;
}

/** Where the sun is taken from. @param {Sun} sun */
export function sunText(sun) {
  if (!sun.by) return t("The sun's times are not known: no station has a place. Day is taken to be from 6 to 18 h.");
  const from = { station: t("of this station's place"), survey: t("of another station's place"), typed: t("of the place that was typed") }[sun.by] ?? "";
  const zone = sun.zone_by === "place" ? t("{zone}, guessed from the place", { zone: sun.zone_shown }) : sun.zone_shown;
  if (!sun.rise || !sun.set) return t("The sun {from} ({zone})", { from, zone });
  const span = (/** @type {number[]} */ [a, b]) => (hour(a) === hour(b) ? hour(a) : `${hour(a)}–${hour(b)}`);
  return t("Sunrise {rise}, sunset {set}, {from} ({zone})", { rise: span(sun.rise), set: span(sun.set), from, zone });
}

/** hh:mm of minutes after midnight. @param {number} minutes */
export const hour = (minutes) => `${String(Math.floor(minutes / 60) % 24).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** How many pictures, by the clock from when to when. @param {Clock} clock */
export function leadText(clock) {
  const n = nt("{n} picture", "{n} pictures", clock.photographs);
  if (!clock.first_clock || !clock.last_clock) return n;
  const span = t("{n}; by the clock from {first} to {last}.", { n, first: when(clock.first_clock), last: when(clock.last_clock) });
  const doubtful = clock.doubtful ? nt("{n} has no time that can be trusted.", "{n} have no time that can be trusted.", clock.doubtful) : "";
  return `${span} ${doubtful}`.trim();
}
