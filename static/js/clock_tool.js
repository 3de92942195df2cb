// The clock of one camera: what its pictures say of it, a correction tried out, kept, and taken back.
import { get, holding, post, projectId, showError } from "./api.js";
import { days, markDay } from "./clock_days.js";
import { mark, strip } from "./clock_strip.js";
import { leadText, lightText, moved, offsetText, sunText, wordText } from "./clock_text.js";
import { number, when } from "./format.js";
import { nt, t } from "./i18n.js";
import { listen, tellOf } from "./individual_keys.js";
import { initials } from "./initials.js";
import { api, button, el, field, make, pictures } from "./places_parts.js";

/** @typedef {import("./clock_text.js").Seen} Seen @typedef {import("./clock_text.js").Word} Word @typedef {import("./clock_text.js").Sign} Sign */

const page = /** @type {HTMLElement} */ (document.getElementById("clock"));
const clock = { deployment: Number(page.dataset.deployment), camera: page.dataset.camera ?? "" };

const LEAST_WIDTH = 640; // of the drawing day by day

/** @type {any} what the program told last */
let told = null;
/** @type {?Seen} */
let chosen = null;
/** The stretch that a correction is for, by the clock. @type {{from_at: ?string, until_at: ?string}} */
let stretch = { from_at: null, until_at: null };
/** The correction in hand: how it was asked for, and what would come of it. @type {any} */
let hand = null;

/** @param {Seen} one */
const now = (one) => one.now;
/** Whether the correction in hand is about a picture. @param {Seen} one */
const inStretch = (one) => (!hand.from_at || one.at >= hand.from_at) && (!hand.until_at || one.at < hand.until_at);
/** @param {Seen} one */
const then = (one) => (inStretch(one) ? moved(one.now, hand.delta) : one.now);

function drawStrips() {
  const corrected = told.clock.words.length > 0;
  el("before-title").textContent = corrected ? t("Over the hours of the day, as the times count now") : t("Over the hours of the day, by the camera's clock");
  strip(el("strip-before"), told.seen, told.sun, pictures, now, choose);
  el("after-box").hidden = !hand;
  if (hand) {
    el("after-title").textContent = t("With the correction: {offset}", { offset: offsetText(hand.delta) });
    strip(el("strip-after"), told.seen, told.sun, pictures, then, choose);
  }
  el("day-by-day").replaceChildren(days(told.seen, told.sun, hand ? then : now, Math.max(LEAST_WIDTH, el("day-by-day").clientWidth), choose));
  markChosen();
}

function markChosen() {
  for (const id of ["strip-before", "strip-after"]) mark(el(id), chosen?.uid ?? null);
  markDay(el("day-by-day"), chosen?.uid ?? null);
}

/** What an offer is called. @param {Sign} sign @param {number} seconds */
function offerText(sign, seconds) {
  if (sign.kind === "year" && told.seen.length) return t("Try the year {year}", { year: moved(told.seen[0].now, seconds).slice(0, 4) });
  if (sign.kind === "reset") return t("Try: the first picture when the camera was put up");
  return t("Try {offset}", { offset: offsetText(seconds) });
}

/** @param {?Sign} sign */
function drawSign(sign) {
  el("sign").hidden = !sign;
  if (!sign) return;
  const fine = sign.kind === "fine";
  el("sign").className = `notice sign ${fine ? "good" : sign.kind === "few" ? "" : "warn"}`;
  el("sign").dataset.kind = sign.kind;
  el("sign-verdict").textContent = sign.sentence;
  el("sign-reason").textContent = sign.reason;
  el("sign-advice").textContent = sign.advice;
  el("sign-offers").hidden = !sign.offsets.length;
  el("sign-offers").replaceChildren(
    ...sign.offsets.map((seconds) => {
      const offer = /** @type {HTMLButtonElement} */ (make("button", "button", offerText(sign, seconds)));
      offer.type = "button";
      offer.addEventListener("click", () => void tryOut({ how: "shift", seconds }, sign.sentence, { from_at: sign.from_at, until_at: sign.until_at }));
      return offer;
    }),
  );
}

/** @param {Word[]} history */
function drawSaid(history) {
  el("said-none").hidden = history.length > 0;
  el("said").replaceChildren(
    ...history.map((word) => {
      const line = make("li", word.offset_s ? "" : "quiet");
      line.append(make("span", "", wordText(word)), make("span", "quiet small", `${when(word.made_at)} · ${word.reviewer || t("no initials")}`));
      return line;
    }),
  );
  button("take-back").hidden = !told.clock.words.length;
}

function draw() {
  el("clock-lead").textContent = leadText(told.clock);
  el("sun-told").textContent = sunText(told.sun);
  drawSign(told.sign);
  drawSaid(told.history);
  drawStrips();
  drawChosen();
}

/** @param {Seen} one */
function choose(one) {
  chosen = one;
  markChosen();
  drawChosen();
}

/** Choose the picture before or after the chosen one, by time. @param {number} step */
function chooseNext(step) {
  const list = [...told.seen].sort((one, other) => (one.now < other.now ? -1 : 1));
  const at = list.findIndex((one) => one.uid === chosen?.uid);
  const there = list[at < 0 ? 0 : at + step];
  if (there) choose(there);
}

/** What the correction in hand, or the next one, is for. */
function stretchText() {
  const parts = [];
  if (stretch.from_at) parts.push(t("from {moment} on", { moment: when(stretch.from_at) }));
  if (stretch.until_at) parts.push(t("before {moment}", { moment: when(stretch.until_at) }));
  return parts.length ? t("Only pictures {stretch}, by the clock.", { stretch: parts.join(", ") }) : "";
}

function drawChosen() {
  el("chosen-none").hidden = Boolean(chosen);
  el("chosen-box").hidden = !chosen;
  el("stretch").textContent = stretchText() || t("All pictures of this clock.");
  for (const [id, at] of /** @type {[string, ?string][]} */ ([["from", stretch.from_at], ["until", stretch.until_at]])) {
    button(id).setAttribute("aria-pressed", String(Boolean(chosen && at === chosen.at)));
  }
  if (!chosen) return;
  const img = /** @type {HTMLImageElement} */ (el("chosen-picture"));
  img.src = `${pictures}/${chosen.uid}/thumb`;
  img.alt = t("The chosen picture, {light}", { light: lightText(chosen.light) });
  el("chosen-clock").textContent = when(chosen.at);
  el("chosen-now").textContent = chosen.trusted ? when(chosen.now) : t("{moment}, not trusted", { moment: when(chosen.now) });
  el("chosen-light").textContent = lightText(chosen.light);
  /** @type {HTMLAnchorElement} */ (el("chosen-link")).href = `/project/${projectId()}/photograph/${chosen.uid}`;
}

/** @param {"from_at"|"until_at"} end */
function setStretch(end) {
  if (!chosen) return;
  stretch[end] = stretch[end] === chosen.at ? null : chosen.at;
  leave();
}

/** Show what would come of a correction; nothing is kept. @param {object} asked @param {string} why @param {{from_at: ?string, until_at: ?string}} [part] of these pictures alone */
async function tryOut(asked, why, part = stretch) {
  stretch = part;
  try {
    const answer = await post(`${api}/clock-preview`, { ...clock, ...stretch, ...asked });
    showError(el("clock-error"), null);
    hand = { ...answer, asked };
    if (!field("why").value || field("why").dataset.made === "1") {
      field("why").value = why;
      field("why").dataset.made = "1";
    }
    const pressed = document.activeElement;
    drawHand();
    // Whoever asked by a field or an offer keeps it with Enter; the buttons that move hours are pressed again and again.
    if (pressed?.matches("input, #sign-offers button, form button")) button("keep").focus();
  } catch (error) {
    leave();
    showError(el("clock-error"), error);
    el("clock-error").scrollIntoView({ block: "nearest" });
  }
}

function drawHand() {
  const seen = hand.preview;
  el("keep-what").textContent = stretchText() ? offsetText(hand.delta) : t("{offset} for {pictures}", { offset: offsetText(hand.delta), pictures: nt("{n} picture", "{n} pictures", seen.photographs) });
  for (const part of ["first", "last"]) {
    el(`${part}-before`).textContent = when(seen[`${part}_before`], t("no time"));
    el(`${part}-after`).textContent = when(seen[`${part}_after`], t("no time"));
  }
  const odd = stretchText() ? [stretchText()] : [];
  if (seen.untrusted_after) odd.push(nt("{n} picture would have no time that can be trusted.", "{n} pictures would have no time that can be trusted.", seen.untrusted_after));
  if (seen.inside_after < seen.inside_before) odd.push(t("Fewer pictures than now would lie between the camera's first and last day: {after} instead of {before}.", { after: number(seen.inside_after), before: number(seen.inside_before) }));
  else if (seen.inside_after > seen.inside_before) odd.push(t("More pictures than now would lie between the camera's first and last day: {after} instead of {before}.", { after: number(seen.inside_after), before: number(seen.inside_before) }));
  el("keep-odd").textContent = odd.join(" ");
  el("keep-bar").hidden = false;
  page.dataset.hand = "yes";
  drawStrips();
  drawChosen();
}

function leave() {
  hand = null;
  el("keep-bar").hidden = true;
  delete page.dataset.hand;
  if (field("why").dataset.made === "1") field("why").value = "";
  if (told) drawStrips();
  drawChosen();
}

async function keep() {
  if (!hand) return;
  await holding(button("keep"), async () => {
    try {
      const { offset_s, from_at, until_at } = hand;
      const done = await post(`${api}/clock-keep`, { ...clock, offset_s, from_at, until_at, reason: field("why").value.trim(), reviewer: initials() }, 300);
      await afterwards(done);
    } catch (error) {
      showError(el("clock-error"), error);
      el("clock-error").scrollIntoView({ block: "nearest" });
    }
  });
}

async function takeBack() {
  await holding(button("take-back"), async () => {
    try {
      await afterwards(await post(`${api}/clock-undo`, { ...clock, reviewer: initials() }, 300));
    } catch (error) {
      showError(el("clock-error"), error);
    }
  });
}

/** @param {any} done */
async function afterwards(done) {
  if (done.elsewhere) {
    location.assign(done.elsewhere);
    return;
  }
  stretch = { from_at: null, until_at: null };
  for (const id of ["why", "year", "exact"]) field(id).value = "";
  leave();
  el("kept-told").textContent = `${nt("{n} time was put right.", "{n} times were put right.", done.changed)} ${t("Lists of look-alikes follow with the next run.")}`;
  await look();
}

/** Ask for the pictures until all of them were looked at. */
async function look() {
  for (;;) {
    told = await get(page.dataset.look ?? "", 60);
    const all = told.seen.length;
    el("looking-box").hidden = !told.left;
    el("looking-text").textContent = t("Looking at the light in the pictures: {done} of {total}", { done: number(all - told.left), total: number(all) });
    const bar = /** @type {HTMLProgressElement} */ (el("looking-bar"));
    bar.max = Math.max(1, all);
    bar.value = all - told.left;
    if (chosen) chosen = told.seen.find((/** @type {Seen} */ one) => one.uid === chosen?.uid) ?? null;
    draw();
    if (!told.left) break;
  }
  page.dataset.state = "ready";
}

for (const one of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-shift]"))) {
  one.addEventListener("click", () => {
    // Pressed again, it goes on from what is in hand: three hours are three presses.
    const seconds = Number(one.dataset.shift) + (hand?.asked.how === "shift" ? hand.delta : 0);
    if (seconds) void tryOut({ how: "shift", seconds }, "");
    else leave();
  });
}
/** @param {string} id @param {() => ?object} asked @param {() => string} why */
function onForm(id, asked, why) {
  el(id).addEventListener("submit", (event) => {
    event.preventDefault();
    const what = asked();
    if (what) void tryOut(what, why());
  });
}
onForm("year-form", () => ({ how: "year", year: Number(field("year").value.trim()) }), () => t("wrong year"));
onForm("exact-form", () => (chosen ? { how: "exact", uid: chosen.uid, at: field("exact").value } : null), () => t("one picture's moment is known"));
field("why").addEventListener("input", () => (field("why").dataset.made = ""));
button("earlier").addEventListener("click", () => chooseNext(-1));
button("later").addEventListener("click", () => chooseNext(1));
button("from").addEventListener("click", () => setStretch("from_at"));
button("until").addEventListener("click", () => setStretch("until_at"));
button("keep").addEventListener("click", () => void keep());
button("leave").addEventListener("click", leave);
button("take-back").addEventListener("click", () => void takeBack());
tellOf(["←", "→", "↑", "↓"], t("Among the pictures: to the next one; Enter chooses it"));
listen();
try {
  await look();
} catch (error) {
  showError(el("clock-error"), error);
}
