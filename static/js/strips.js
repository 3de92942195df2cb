// Times read from the pictures: a card is chosen, its strips are looked at, and what was read is confirmed or refused.
import { get, holding, post, projectId, showError } from "./api.js";
import { number } from "./format.js";
import { nt, t } from "./i18n.js";
import { listen, tellOf } from "./individual_keys.js";
import { initials } from "./initials.js";

/**
 * @typedef {{card: string, folder: string, pictures: number, state: "waits"|"used"|"refused"}} Listed
 * @typedef {Object} More
 * @property {string} station @property {string} camera @property {string[]} orders @property {string} order
 * @property {number} times @property {number} sure @property {number} used @property {?string} first @property {?string} last
 * @typedef {Listed & More} Card
 * @typedef {{media: string, name: string, writing: string, time: ?string, sure: boolean, state: string, in_use: ?string}} Read
 */

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const api = `/api/project/${projectId()}`;
/** @type {Record<string, [string, string]>} */
const ORDERS = { DMY: [t("Day, month, year"), "1"], MDY: [t("Month, day, year"), "2"], YMD: [t("Year, month, day"), "3"] };
/** @type {Record<string, string>} */
const STATES = { waits: t("waits for you"), used: t("in use"), refused: t("not used") };

/** @type {Listed[]} */
let cards = [];
let more = 0; // cards that are not in the list
let current = "";
let order = "";
let asked = 0;

/** @param {string} tag @param {string} [text] @param {string} [className] */
function make(tag, text = "", className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/** To the second: a strip is compared letter by letter. @param {?string} iso */
const exactly = (iso) => (iso ? iso.replace("T", " ") : "");
const titleOf = (/** @type {Listed} */ one) => one.folder || t("In no folder");

/** @param {Card} one */
function factsOf(one) {
  if (one.orders.length > 1 && !one.order) return t("The dates on this card fit more than one way of writing them. Choose one below.");
  const read = t("{times} of {pictures} pictures with writing have a time that can be read beyond doubt.", {
    times: number(one.times),
    pictures: number(one.pictures),
  });
  const span = one.first && one.last ? t("From {first} to {last}.", { first: exactly(one.first), last: exactly(one.last) }) : "";
  const used = one.used ? nt("{n} picture uses it already.", "{n} pictures use it already.", one.used) : "";
  return [one.station && t("Station {name}.", { name: one.station }), read, span, used].filter(Boolean).join(" ");
}

function drawCards() {
  el("strip-cards").replaceChildren(
    ...cards.map((one) => {
      const button = /** @type {HTMLButtonElement} */ (make("button"));
      button.type = "button";
      button.dataset.card = one.card;
      button.append(make("span", titleOf(one), "name"), make("small", `${nt("{n} picture", "{n} pictures", one.pictures)} · ${STATES[one.state]}`));
      if (one.card === current) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => choose(one.card, ""));
      const item = make("li");
      item.append(button);
      return item;
    }),
  );
  if (more) el("strip-cards").append(make("li", nt("{n} more card comes up as these are done.", "{n} more cards come up as these are done.", more), "quiet small"));
}

/** @param {Read} one @param {boolean} unclear whether day and month may be either */
function example(one, unclear) {
  const item = make("li");
  const img = document.createElement("img");
  img.src = `/project/${projectId()}/media/${one.media}/strip`;
  img.alt = t("Strip of {name}", { name: one.name });
  const said = make("p", "", "strip-said");
  said.append(one.time ? make("time", exactly(one.time)) : make("strong", unclear ? t("day or month first?") : t("no time")));
  if (one.time && !one.sure) said.append(make("span", t("not sure"), "chip"));
  if (one.in_use) said.append(make("span", t("in use"), "chip accent"));
  said.append(make("span", one.name, "quiet small"), make("span", t("read as: {text}", { text: one.writing }), "quiet small"));
  item.append(img, said);
  return item;
}

/** @param {Card & {examples: Read[]}} one */
function drawCard(one) {
  el("strip-title").textContent = titleOf(one);
  el("strip-facts").textContent = factsOf(one);
  el("strip-orders").hidden = one.orders.length < 2;
  el("strip-order-list").replaceChildren(
    ...one.orders.map((name) => {
      const [label, key] = ORDERS[name];
      const button = /** @type {HTMLButtonElement} */ (make("button", "", "button"));
      button.type = "button";
      button.dataset.key = key;
      button.dataset.says = label;
      button.setAttribute("aria-keyshortcuts", key);
      button.setAttribute("aria-pressed", String(one.order === name));
      const text = make("span", `${label} `);
      const shown = make("kbd", key);
      shown.setAttribute("aria-hidden", "true");
      text.append(shown);
      button.append(text);
      button.addEventListener("click", () => choose(one.card, name, false));
      return button;
    }),
  );
  const unclear = one.orders.length > 1 && !one.order;
  el("strip-list").replaceChildren(...one.examples.map((read) => example(read, unclear)));
  el("strip-camera-row").hidden = !one.camera || one.state !== "waits";
  el("strip-camera-text").textContent = t("The camera is called “{name}” in the pictures: keep that name where none is known", { name: one.camera });
  const confirm = /** @type {HTMLButtonElement} */ (el("strip-confirm"));
  confirm.hidden = el("strip-refuse").hidden = one.state !== "waits";
  confirm.disabled = unclear || !one.times;
  confirm.title = unclear ? t("First say how the date is written") : "";
  el("strip-back").hidden = one.state === "waits" && !one.used;
}

/** @param {string} card @param {string} wanted order of day and month @param {boolean} [up] scroll to its beginning */
async function choose(card, wanted, up = true) {
  const mine = ++asked;
  current = card;
  order = wanted;
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (el("strip-cards").querySelectorAll("button"))) {
    if (button.dataset.card === card) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  try {
    const told = await get(`${api}/strip-card?card=${encodeURIComponent(card)}&day_order=${encodeURIComponent(wanted)}`);
    if (mine !== asked) return;
    showError(el("strips-error"), null);
    order = told.order;
    drawCard(told);
    el("strips").dataset.state = "ready";
    if (up) el("strip-title").scrollIntoView({ block: "nearest" });
  } catch (error) {
    if (mine === asked) showError(el("strips-error"), error);
  }
}

/** @param {{cards: Listed[], waiting: number, more: number}} state @param {string} [next] the card to show */
async function draw(state, next = "") {
  cards = state.cards;
  more = state.more;
  el("strips-none").hidden = cards.length > 0;
  el("strips-both").hidden = el("strips-care").hidden = !cards.length;
  const waits = state.waiting
    ? nt("{n} card waits for you: all pictures of one camera in one folder.", "{n} cards wait for you: each is all pictures of one camera in one folder.", state.waiting)
    : t("Nothing waits for you here.");
  el("strips-lead").textContent = cards.length ? waits : "";
  if (!cards.length) {
    el("strips").dataset.state = "ready";
    return;
  }
  const found = cards.find((one) => one.card === next) ?? cards[0];
  current = found.card;
  drawCards();
  await choose(found.card, "");
}

/** @param {HTMLButtonElement} button */
function say(button) {
  return holding(button, async () => {
    const said = button.dataset.deed ?? "";
    const card = current;
    el("strips").dataset.state = "busy";
    try {
      const camera = !el("strip-camera-row").hidden && /** @type {HTMLInputElement} */ (el("strip-camera")).checked;
      const state = await post(`${api}/strip-word`, { card, said, day_order: order, camera, reviewer: initials() }, 120);
      /** @type {Record<string, string>} */
      const told = {
        confirm: nt("{n} picture has a time now. The next run brings the look-alikes up to date.", "{n} pictures have a time now. The next run brings the look-alikes up to date.", state.changed),
        refuse: t("These times are not used."),
        back: t("Taken back: the card waits again."),
      };
      const following = state.cards.find((/** @type {Listed} */ one) => one.state === "waits");
      await draw(state, said === "back" || !following ? card : following.card);
      el("strips-told").textContent = told[said]; // last: whoever reads it may press the next key
      el("strips-told").hidden = false;
    } catch (error) {
      el("strips").dataset.state = "ready";
      showError(el("strips-error"), error);
    }
  });
}

/** @param {number} by */
function step(by) {
  const at = cards.findIndex((one) => one.card === current) + by;
  if (at < 0 || at >= cards.length) return;
  choose(cards[at].card, "");
  /** @type {HTMLElement} */ (el("strip-cards").children[at]).scrollIntoView({ block: "nearest" });
}

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll(".strip-deeds button"))) {
  button.addEventListener("click", () => say(button));
}
tellOf(["↑", "↓"], t("Previous card, next card"));
listen((name) => {
  if (name !== "ArrowDown" && name !== "ArrowUp") return false;
  step(name === "ArrowDown" ? 1 : -1);
  return true;
});
try {
  await draw(await get(`${api}/strips`, 60));
} catch (error) {
  showError(el("strips-error"), error);
}
