// Numbers, times and durations as sentences, in the person's language.
import { nt, number, t } from "./i18n.js";

export { number };

/**
 * A name from a disk on one line: line breaks, letters that can't be drawn and marks that turn text around are shown as
 * what they are, a replacement mark.
 * @param {string} name
 */
export const shown = (name) => name.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, "\ufffd");

const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");

/**
 * yyyy-mm-dd hh:mm in every language, as in the exported tables: 03/04 would be read as two different days.
 * A time without a zone is the camera's clock and is shown as written; one with a zone becomes local.
 * @param {?string} iso
 * @param {string} [none]
 */
export function when(iso, none = t("no date")) {
  if (!iso) return none;
  if (!/(Z|[+-]\d\d:?\d\d)$/.test(iso)) return iso.slice(0, 16).replace("T", " ");
  const d = new Date(iso);
  if (Number.isNaN(d.getTime())) return iso;
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())} ${pad(d.getHours())}:${pad(d.getMinutes())}`;
}

/** A length of time in words: "2 hours 10 minutes". @param {number} seconds */
export function duration(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return nt("{n} second", "{n} seconds", s);
  const minutes = Math.round(s / 60);
  if (minutes < 60) return nt("{n} minute", "{n} minutes", minutes);
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return nt("{n} day", "{n} days", Math.round(hours / 24));
  const rest = hours >= 10 ? 0 : minutes % 60;
  return nt("{n} hour", "{n} hours", hours) + (rest ? ` ${nt("{n} minute", "{n} minutes", rest)}` : "");
}

/** @param {?number} seconds */
export function timeLeft(seconds) {
  if (seconds === null || seconds === undefined) return t("working out the time left");
  if (seconds < 45) return t("less than a minute left");
  return t("about {time} left", { time: duration(seconds) });
}

/** @param {?number} rate things a second */
export function speed(rate) {
  if (!rate) return "";
  if (rate >= 1) return t("{n} a second", { n: rate >= 10 ? number(Math.round(rate)) : number(Math.round(rate * 10) / 10) });
  return t("{n} a minute", { n: number(Math.max(1, Math.round(rate * 60))) });
}

/** @param {?number} days */
export function daysApart(days) {
  if (days === null || days === undefined) return t("time between unknown");
  const minutes = Math.abs(days) * 1440;
  if (minutes < 1) return t("the same minute");
  if (minutes < 60) return nt("{n} minute apart", "{n} minutes apart", Math.round(minutes));
  if (minutes < 1440) return nt("{n} hour apart", "{n} hours apart", Math.round(minutes / 60));
  return nt("{n} day apart", "{n} days apart", Math.round(Math.abs(days)));
}

/** A size as people say it: 640 kB, 12.5 MB, 2.1 GB; decimal, as disks and file managers count. @param {number} n */
export function bytes(n) {
  const [unit, of] = n >= 1e9 ? ["GB", 1e9] : n >= 1e6 ? ["MB", 1e6] : ["kB", 1e3];
  const value = n / Number(of);
  const digits = unit === "kB" || value >= 100 ? 1 : 10;
  return `${number(Math.round(value * digits) / digits)} ${unit}`;
}
