// Conflicts: cards of answers that contradict one another; one key undoes any answer of the card in hand.
import { get, newUid, post, projectId, showError } from "./api.js";
import { closerKey, isOpen, lookCloser } from "./conflicts_closer.js";
import { circumstances, facts, heading, looks, reasons, saying } from "./conflicts_text.js";
import { nt, number, t } from "./i18n.js";
import { initials } from "./initials.js";

/**
 * @typedef {import("./conflicts_text.js").Answer} Answer
 * @typedef {import("./conflicts_text.js").Picture} Picture
 * @typedef {import("./conflicts_text.js").Card} Card
 */

const page = /** @type {HTMLElement} */ (document.getElementById("conflicts"));
const api = `/api/project/${projectId()}/conflicts`;
const looking = page.dataset.looking === "yes";
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Conflicts first, then answers worth a second look. @type {Card[]} */
let cards = [];
/** @type {Card[]} */
let doubts = [];
let waiting = 0; // conflicts, those included that the page does not show yet
let current = 0;
let busy = false;
let asked = 0; // how often the doubts were asked for
/** @type {?{row: number, uid: string}} */
let kept = null;

/** @param {string} tag @param {string} [text] @param {string} [className] */
function make(tag, text = "", className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/** @param {string} text @param {string} key @param {() => void} act @param {string} [className] */
function button(text, key, act, className = "button") {
  const node = /** @type {HTMLButtonElement} */ (make("button", "", className));
  node.type = "button";
  node.append(text);
  if (key) {
    const shown = make("kbd", key);
    shown.setAttribute("aria-hidden", "true");
    node.append(" ", shown);
    node.setAttribute("aria-keyshortcuts", key);
  }
  node.disabled = looking;
  node.addEventListener("click", act);
  return node;
}

/** @param {string} uid @param {string} which */
const address = (uid, which) => `/project/${projectId()}/picture/${uid}/${which}`;

/** @param {Picture} one @param {() => void} act */
function picture(one, act) {
  const node = /** @type {HTMLButtonElement} */ (make("button", "", "chain-picture"));
  node.type = "button";
  if (one.here) {
    const img = document.createElement("img");
    img.src = address(one.uid, "thumb");
    img.alt = "";
    img.loading = "lazy";
    node.append(img);
  } else node.append(make("div", t("This photograph is not in this project"), "lost"));
  node.append(...facts(one).map((fact) => make("span", fact)));
  node.title = one.name ? t("{name}: look closer", { name: one.name }) : "";
  node.addEventListener("click", act);
  return node;
}

/** @param {Card} card @param {Answer} one */
function answer(card, one) {
  const node = make("div", "", `chain-answer${one.parts ? " parts" : ""}`);
  const head = make("div", "", "row");
  head.append(make("strong", saying(one)));
  if (card.kind !== "opinion") {
    const key = one.number <= 9 ? String(one.number) : "";
    const undo = button(t("Undo"), key, () => takeBack(one));
    undo.setAttribute("aria-label", t("Undo the answer of row {row}", { row: one.row }));
    head.append(undo);
  }
  node.append(head, make("div", circumstances(one), "small"));
  const seen = looks(one);
  if (seen) node.append(make("div", seen, "small quiet"));
  if (one.covered) node.append(make("div", nt("said of {n} other picture of the visit, too", "said of {n} other pictures of the visit, too", one.covered), "small quiet"));
  const why = reasons(one);
  if (card.kind !== "opinion" && !card.doubt && one.number === 1) {
    node.classList.add("weakest");
    node.append(make("p", t("Look at this one first"), "first"));
  }
  if (why.length) {
    const list = make("ul");
    list.append(...why.map((text) => make("li", text)));
    node.append(list);
  }
  return node;
}

/** @param {Card} card @param {number} index */
function draw(card, index) {
  const node = make("li", "", "conflict");
  node.tabIndex = -1;
  node.dataset.key = card.key;
  const [title, lead] = heading(card);
  const head = make("div", "", "conflict-head");
  const name = make(card.doubt ? "h3" : "h2", title);
  name.id = `conflict-${index}`;
  node.setAttribute("aria-labelledby", name.id);
  head.append(name, make("p", lead));
  const chain = make("div", "", "chain");
  card.pictures.forEach((one, place) => {
    const beside = card.pictures[place + 1] ?? card.pictures[place - 1];
    chain.append(picture(one, () => (card.pictures[place + 1] ? lookCloser(one, beside) : lookCloser(beside, one))));
    if (card.joins[place]?.length) {
      const step = make("div", "", "chain-step");
      step.append(...card.joins[place].map((said) => answer(card, said)));
      chain.append(step);
    }
  });
  node.append(head, chain);
  if (card.doubt && card.parting.length) {
    const step = make("div", "", "chain-step");
    step.append(...card.parting.map((said) => answer(card, said)));
    chain.insertBefore(step, chain.lastChild);
  } else if (card.parting.length) {
    const parting = make("div", "", "chain-parting");
    const answers = make("div", "", "chain-answers");
    answers.append(...card.parting.map((said) => answer(card, said)));
    const first = card.pictures.length > 2 ? t("But of the first and the last picture it was said:") : t("But it was also said of these two:");
    parting.append(make("p", first), answers);
    node.append(parting);
  }
  const foot = make("div", "", "conflict-foot");
  if (card.second) {
    foot.append(button(t("The first is right"), "F", () => settle(card, "first")), button(t("The second is right"), "S", () => settle(card, "second")));
  }
  if (card.doubt) foot.append(button(t("It is right: let it stand"), "K", () => letStand(card)));
  const look = button(t("Look closer"), "L", () => lookAt(card));
  look.disabled = false;
  foot.append(look);
  if (card.kind === "photograph" && card.pictures[0].media_uid) {
    const link = /** @type {HTMLAnchorElement} */ (make("a", t("See the photograph with its boxes"), "button"));
    link.href = `/project/${projectId()}/photograph/${card.pictures[0].media_uid}`;
    foot.append(link);
  }
  node.append(foot);
  node.addEventListener("focusin", () => choose(index, false));
  node.addEventListener("pointerdown", () => choose(index, false));
  return node;
}

/** @param {number} index @param {boolean} move whether the card comes into view and takes the keyboard */
function choose(index, move) {
  current = Math.max(0, Math.min(cards.length - 1, index));
  [...el("conflict-list").children, ...el("doubt-list").children].forEach((node, place) => {
    node.setAttribute("aria-current", String(place === current));
    if (place !== current || !move) return;
    /** @type {HTMLElement} */ (node).focus({ preventScroll: true });
    node.scrollIntoView({ block: "nearest" });
  });
}

/** @param {any} told @param {boolean} [move] */
function show(told, move = false) {
  const n = told.counts.count;
  waiting = n;
  cards = [...told.cards, ...doubts];
  el("conflict-list").replaceChildren(...told.cards.map(draw));
  drawDoubts(told.cards.length);
  el("conflicts-more").hidden = !told.more;
  el("conflicts-more").textContent = told.more ? nt("{n} more follows when some of these are settled.", "{n} more follow when some of these are settled.", told.more) : "";
  for (const badge of document.querySelectorAll("#conflict-count")) {
    badge.textContent = number(n);
    /** @type {HTMLElement} */ (badge).hidden = !n;
  }
  if (cards.length) choose(current, move);
  page.dataset.state = n ? "cards" : "empty";
}

/** @param {number} before how many cards stand before these */
function drawDoubts(before) {
  el("doubt-list").replaceChildren(...doubts.map((card, place) => draw(card, before + place)));
  el("doubts").hidden = !doubts.length;
  el("conflicts-lead").textContent = waiting
    ? nt("{n} conflict waits. The card whose weakest answer is most likely wrong comes first.", "{n} conflicts wait. The card whose weakest answer is most likely wrong comes first.", waiting)
    : doubts.length
      ? t("No answer contradicts another outright.")
      : t("Everything that was answered fits together.");
  el("conflicts-none").hidden = cards.length > 0;
  el("conflict-keys").hidden = !cards.length;
}

/** Answers that the rest speaks against; they are looked for when the page stands, as that takes longer. */
async function askDoubts() {
  const mine = ++asked;
  /** @type {any} */
  let told;
  try {
    told = await get(`${api}/doubts`);
  } catch (error) {
    showError(el("conflicts-error"), error);
    return;
  }
  if (mine !== asked) return; // something was kept meanwhile
  const conflicts = cards.length - doubts.length;
  const inside = el("doubt-list").contains(document.activeElement); // its cards are drawn anew
  doubts = told.cards;
  cards = [...cards.slice(0, conflicts), ...doubts];
  drawDoubts(conflicts);
  if (cards.length) choose(current, inside);
  el("doubts-more").hidden = !told.more;
  el("doubts-more").textContent = told.more ? nt("{n} more follows when some of these are settled.", "{n} more follow when some of these are settled.", told.more) : "";
  page.dataset.doubts = String(told.count);
}

/** Keep something and show what there is then. @param {string} what @param {object} body */
async function keep(what, body) {
  if (busy || looking) return;
  busy = true;
  page.dataset.busy = "true";
  try {
    const told = await post(`${api}/${what}`, { uid: newUid(), reviewer: initials(), ...body });
    showError(el("conflicts-error"), null);
    kept = told.kept;
    const line = t("kept — row {row}", { row: number(told.kept.row) });
    el("conflicts-kept").replaceChildren(make("strong", line), button(t("Undo"), "U", revert));
    el("conflicts-kept").hidden = false;
    doubts = doubts.filter((card) => ![...card.joins.flat(), ...card.parting].some((one) => one.uid === body.target));
    show(told, true);
  } catch (error) {
    showError(el("conflicts-error"), error);
  } finally {
    busy = false;
    page.dataset.busy = "false";
  }
  await askDoubts(); // keys count meanwhile
}

const takeBack = (/** @type {Answer} */ one) => void keep("undo-one", { target: one.uid });
const letStand = (/** @type {Card} */ card) => void keep("keep", { target: [...card.joins.flat(), ...card.parting][0].uid });
const settle = (/** @type {Card} */ card, /** @type {string} */ right) => void keep("settle", { second: card.second, right });
const revert = () => kept && void keep("revert", { of: kept.uid });

/** @param {Card} card */
function lookAt(card) {
  const step = card.joins.findIndex((answers) => answers.some((one) => one.number === 1));
  if (step >= 0) lookCloser(card.pictures[step], card.pictures[step + 1]);
  else lookCloser(card.pictures[0], card.pictures[card.pictures.length - 1]);
}

/** @type {Record<string, () => unknown>} */
const KEYS = {
  ArrowDown: () => choose(current + 1, true),
  ArrowUp: () => choose(current - 1, true),
  l: () => cards[current] && lookAt(cards[current]),
  f: () => cards[current]?.second && settle(cards[current], "first"),
  s: () => cards[current]?.second && settle(cards[current], "second"),
  k: () => cards[current]?.doubt && letStand(cards[current]),
  u: revert,
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (isOpen()) return closerKey(event);
  if (event.repeat) return;
  const target = /** @type {Element} */ (event.target);
  if (target.matches?.("input, select, textarea")) return;
  const card = cards[current];
  if (/^[1-9]$/.test(event.key) && card && card.kind !== "opinion") {
    const one = [...card.joins.flat(), ...card.parting].find((said) => said.number === Number(event.key));
    if (one) takeBack(one);
    return;
  }
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  void act();
});

try {
  show(await get(api));
  await askDoubts();
} catch (error) {
  showError(el("conflicts-error"), error);
}
