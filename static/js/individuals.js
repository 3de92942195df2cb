// The individuals page: find by name or station, and put in order.
import { count } from "./format.js";

const list = document.getElementById("animals");
const found = document.getElementById("found");
const find = /** @type {?HTMLInputElement} */ (document.getElementById("find"));
const order = /** @type {?HTMLSelectElement} */ (document.getElementById("order"));
const cards = /** @type {HTMLElement[]} */ ([...(list?.children ?? [])]);
const names = new Intl.Collator("en", { numeric: true });

const byName = (/** @type {HTMLElement} */ a, /** @type {HTMLElement} */ b) => names.compare(a.dataset.code ?? "", b.dataset.code ?? "");
const pictures = (/** @type {HTMLElement} */ card) => Number(card.dataset.count);

/** @type {Record<string, (a: HTMLElement, b: HTMLElement) => number>} */
const ORDERS = {
  code: byName,
  count: (a, b) => pictures(b) - pictures(a) || byName(a, b),
  single: (a, b) => pictures(a) - pictures(b) || byName(a, b),
  last: (a, b) => (b.dataset.last ?? "").localeCompare(a.dataset.last ?? "") || byName(a, b),
};

order?.addEventListener("change", () => list?.append(...cards.sort(ORDERS[order.value])));

find?.addEventListener("input", () => {
  const words = find.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const card of cards) {
    const text = `${card.dataset.code} ${card.dataset.stations}`;
    card.hidden = !words.every((w) => text.includes(w));
    if (!card.hidden) shown += 1;
  }
  if (!found) return;
  found.hidden = words.length === 0;
  found.textContent = shown ? `${count(shown, "individual", "individuals")} found.` : "No individual has this name or was seen at such a station.";
});
