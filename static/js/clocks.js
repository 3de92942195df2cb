// All clocks: the light in their pictures over the hours of the day, and which of them seem wrong.
import { get, holding, post, showError } from "./api.js";
import { sky } from "./clock_strip.js";
import { isDark, minuteOf, offsetText, sunText, wordText } from "./clock_text.js";
import { number, shown, when } from "./format.js";
import { nt, t } from "./i18n.js";
import { listen } from "./individual_keys.js";
import { showOdd } from "./odd_stations.js";
import { api, el, field, make } from "./places_parts.js";

/** @typedef {import("./clock_text.js").Clock} Clock @typedef {import("./clock_text.js").Seen} Seen @typedef {import("./clock_text.js").Sun} Sun */

const page = /** @type {HTMLElement} */ (document.getElementById("clocks"));
const HOURS = 24;
const ODD = ["hours", "year", "reset", "mixed"];

/** Bars over the hours of a day, dark below and daylight above. @param {Seen[]} seen @param {Sun} sun */
function bars(seen, sun) {
  const box = make("div", "bars");
  const dark = Array(HOURS).fill(0);
  const day = Array(HOURS).fill(0);
  for (const one of seen) {
    if (!one.light) continue;
    (isDark(one.light) ? dark : day)[Math.floor(minuteOf(one.now) / 60)]++;
  }
  const most = Math.max(1, ...dark.map((n, at) => n + day[at]));
  box.append(
    sky(sun),
    ...dark.map((n, at) => {
      const column = make("span");
      for (const [count, name] of /** @type {[number, string][]} */ ([[n, "light-dark"], [day[at], "light-day"]])) {
        if (!count) continue;
        const part = make("i", name);
        part.style.setProperty("height", `${(100 * count) / most}%`);
        column.append(part);
      }
      return column;
    }),
  );
  const sum = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0);
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", t("{dark} in the dark, {day} by daylight, over the hours of the day", { dark: number(sum(dark)), day: number(sum(day)) }));
  return box;
}

/** What was added to a clock. @param {Clock} clock */
function rightText(clock) {
  const base = clock.words.find((word) => !word.from_at);
  const later = clock.words.length - (base ? 1 : 0);
  const parts = [];
  if (base) parts.push(offsetText(base.offset_s));
  if (later) parts.push(nt("{n} stretch", "{n} stretches", later));
  return parts.join(", ");
}

/** @param {Clock} clock */
function row(clock) {
  const line = document.createElement("tr");
  const name = make("th");
  name.setAttribute("scope", "row");
  const link = /** @type {HTMLAnchorElement} */ (make("a", "name", shown(clock.name) || t("a camera without a name")));
  link.href = clock.url;
  name.append(link);
  const span = make("td", "span");
  span.append(make("span", "nowrap", when(clock.first_clock)), " – ", make("span", "nowrap", when(clock.last_clock)));
  const right = make("td");
  const text = rightText(clock);
  if (text) right.append(make("span", "chip good", text));
  line.append(name, make("td", "number", number(clock.photographs)), span, make("td", "cell-bars"), make("td", "says"), right);
  return line;
}

/** One correction, with the clock that it is of. @param {any} word */
function said(word) {
  const line = make("li", word.offset_s ? "" : "quiet");
  const link = /** @type {HTMLAnchorElement} */ (make("a", "", shown(word.name) || t("a camera without a name")));
  link.href = word.url;
  const what = make("span");
  what.append(link, ": ", wordText(word));
  line.append(what, make("span", "quiet small", `${when(word.made_at)} · ${word.reviewer || t("no initials")}`));
  return line;
}

/** Look at one clock until all its pictures were looked at, and fill its row. @param {Clock} clock @param {HTMLElement} line */
async function look(clock, line) {
  let told;
  do told = await get(`${clock.look}&few=1`, 60);
  while (told.left);
  line.querySelector(".cell-bars")?.replaceChildren(bars(told.seen, told.sun));
  const says = /** @type {HTMLElement} */ (line.querySelector(".says"));
  const odd = ODD.includes(told.sign.kind);
  line.dataset.sign = told.sign.kind;
  const chip = make("span", `chip ${odd ? "warn" : told.sign.kind === "fine" ? "good" : ""}`, odd ? t("look at it") : told.sign.kind === "fine" ? t("in order") : t("can't be told"));
  const more = make("span", "why", odd ? `${told.sign.sentence} ${told.sign.reason}` : told.sign.kind === "fine" ? "" : told.sign.sentence);
  says.replaceChildren(chip, " ", more);
  return odd;
}

/** @param {any} told */
async function draw(told) {
  const list = /** @type {Clock[]} */ (told.clocks);
  const total = list.length;
  el("clocks-none").hidden = total > 0;
  for (const id of ["clocks-box", "clock-key"]) el(id).hidden = !total;
  field("sun-place").value = told.place;
  field("sun-zone").value = told.zone;
  el("sun-text").textContent = told.sun.by ? "" : sunText(told.sun);
  el("all-said-box").hidden = !told.history.length;
  el("all-said").replaceChildren(...told.history.map(said));
  const lines = list.map(row);
  el("clock-rows").replaceChildren(...lines);
  const bar = /** @type {HTMLProgressElement} */ (el("looking-bar"));
  bar.max = Math.max(1, total);
  let odd = 0;
  for (const [at, clock] of list.entries()) {
    el("looking-box").hidden = false;
    el("looking-text").textContent = t("Looking at the light in the pictures: {done} of {total}", { done: number(at), total: number(total) });
    bar.value = at;
    odd += Number(await look(clock, lines[at]));
  }
  el("looking-box").hidden = true;
  el("clocks-sum").hidden = !total;
  el("clocks-sum").className = `notice ${odd ? "warn" : "good"}`;
  el("clocks-sum").textContent = odd
    ? nt("{n} clock seems wrong. Open it to see why, and to put it right.", "{n} clocks seem wrong. Open each to see why, and to put it right.", odd)
    : t("No clock seems wrong by the light in its pictures. An hour more or less, as by summer time, can't be seen that way.");
  page.dataset.state = "ready";
}

el("sun-form").addEventListener("submit", (event) => {
  event.preventDefault();
  void holding(/** @type {HTMLButtonElement} */ (el("sun-keep")), async () => {
    try {
      page.dataset.state = "loading";
      const told = await post(`${api}/clock-sun`, { place: field("sun-place").value, zone: field("sun-zone").value });
      showError(el("sun-error"), null);
      await draw(told);
    } catch (error) {
      page.dataset.state = "ready";
      showError(el("sun-error"), error);
    }
  });
});
listen();
void showOdd("clocks");
try {
  await draw(await get(`${api}/clocks`, 60));
} catch (error) {
  el("looking-box").hidden = true;
  showError(el("clocks-error"), error);
}
