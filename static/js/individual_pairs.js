// Pairs that may be one animal, one under the other: Y, N and S answer the first or the one with the focus.
import { begin, does } from "./individual_deeds.js";
import { listen, tellOf } from "./individual_keys.js";
import { t } from "./i18n.js";

/** @returns {HTMLElement[]} */
const pairs = () => [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#pairs > .pair"))];
let now = 0;

/** Mark the pair that the keys answer. @param {number} place @param {boolean} [focus] */
function mark(place, focus = false) {
  const all = pairs();
  now = Math.min(Math.max(place, 0), all.length - 1);
  all.forEach((pair, n) => pair.toggleAttribute("data-now", n === now));
  if (focus && all[now]) {
    all[now].focus({ preventScroll: true });
    all[now].scrollIntoView({ block: "nearest" });
  }
}

/** @param {HTMLElement} pair @param {string} what yes, no or later */
async function answer(pair, what) {
  const place = pairs().indexOf(pair);
  if (what === "later") {
    const next = pair.nextElementSibling ? place : 0;
    pair.parentElement?.append(pair); // it waits behind the others
    return mark(next, true);
  }
  const { a, b, yes } = pair.dataset;
  now = place;
  if (what === "yes") await does("unite", { how: yes, a, b });
  else await does("say", { kind: "different", sightings: [a, b] });
}

document.addEventListener("click", (e) => {
  const button = e.target instanceof Element ? /** @type {?HTMLElement} */ (e.target.closest("[data-answer]")) : null;
  const pair = /** @type {?HTMLElement} */ (button?.closest(".pair") ?? null);
  if (button && pair) answer(pair, button.dataset.answer ?? "");
});
document.addEventListener("focusin", (e) => {
  const pair = e.target instanceof Element ? /** @type {?HTMLElement} */ (e.target.closest(".pair")) : null;
  if (pair) mark(pairs().indexOf(pair));
});
document.addEventListener("fresh", () => mark(now, true));
document.getElementById("seconds")?.addEventListener("change", (e) => {
  if (e.target instanceof HTMLSelectElement) e.target.form?.requestSubmit();
});

/** @type {Record<string, string>} */
const ANSWERS = { y: "yes", n: "no", s: "later" };
if (pairs().length) {
  tellOf(["G"], t("Compare the marked pair in the review"));
  tellOf(["↑", "↓"], t("The pair before, the pair after"));
  tellOf(["S"], t("Later: the marked pair goes behind the others"));
  tellOf(["N"], t("Two animals"));
  tellOf(["Y"], t("One animal"));
}
mark(0);
begin();
listen((name) => {
  const pair = pairs()[now];
  if (!pair) return false;
  if (ANSWERS[name]) answer(pair, ANSWERS[name]);
  else if (name === "ArrowDown" || name === "ArrowUp") mark(now + (name === "ArrowDown" ? 1 : -1), true);
  else if (name === "g") /** @type {?HTMLAnchorElement} */ (pair.querySelector("[data-compare]"))?.click();
  else return false;
  return true;
});
