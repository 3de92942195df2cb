// Numbers, times and durations as sentences.

const grouped = new Intl.NumberFormat("en-GB");

/** @param {?number} n */
export const number = (n) => grouped.format(n ?? 0);

/** @param {number} n @param {string} one @param {string} many */
export const count = (n, one, many) => `${number(n)} ${n === 1 ? one : many}`;

/**
 * A name from a disk on one line: line breaks, letters that can't be drawn and marks that turn text around are shown as
 * what they are, a replacement mark.
 * @param {string} name
 */
export const shown = (name) => name.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, "\ufffd");

const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");

/**
 * yyyy-mm-dd hh:mm. A time without a zone is the camera's clock and is shown as written; one with a zone becomes local.
 * @param {?string} iso
 * @param {string} [none]
 */
export function when(iso, none = "no date") {
  if (!iso) return none;
  if (!/(Z|[+-]\d\d:?\d\d)$/.test(iso)) return iso.slice(0, 16).replace("T", " ");
  const d = new Date(iso);
  if (Number.isNaN(d.getTime())) return iso;
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())} ${pad(d.getHours())}:${pad(d.getMinutes())}`;
}

/** A length of time in words: "about 2 hours 10 minutes". @param {number} seconds */
export function duration(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return count(s, "second", "seconds");
  const minutes = Math.round(s / 60);
  if (minutes < 60) return count(minutes, "minute", "minutes");
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return count(Math.round(hours / 24), "day", "days");
  const rest = hours >= 10 ? 0 : minutes % 60;
  return count(hours, "hour", "hours") + (rest ? ` ${count(rest, "minute", "minutes")}` : "");
}

/** @param {?number} seconds */
export function timeLeft(seconds) {
  if (seconds === null || seconds === undefined) return "working out the time left";
  if (seconds < 45) return "less than a minute left";
  return `about ${duration(seconds)} left`;
}

/** @param {?number} rate things a second */
export function speed(rate) {
  if (!rate) return "";
  if (rate >= 10) return `${number(Math.round(rate))} a second`;
  if (rate >= 1) return `${rate.toFixed(1)} a second`;
  return `${number(Math.max(1, Math.round(rate * 60)))} a minute`;
}

/** @param {?number} days */
export function daysApart(days) {
  if (days === null || days === undefined) return "time between unknown";
  const minutes = Math.abs(days) * 1440;
  if (minutes < 1) return "the same minute";
  if (minutes < 60) return `${count(Math.round(minutes), "minute", "minutes")} apart`;
  if (minutes < 1440) return `${count(Math.round(minutes / 60), "hour", "hours")} apart`;
  const d = Math.round(Math.abs(days));
  return `${count(d, "day", "days")} apart`;
}
