// A photograph with its animals: one of them is selected, and the keys act on it.
import { begin, does } from "./individual_deeds.js";
import { chooses } from "./individual_chooser.js";
import { listen } from "./individual_keys.js";

/** @returns {HTMLElement[]} */
const cards = () => [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".box-card"))];
let chosen = document.getElementById("photo")?.dataset.wanted ?? "";

/** @param {string} uid */
function select(uid) {
  const known = cards();
  chosen = (known.find((card) => card.dataset.uid === uid) ?? known[0])?.dataset.uid ?? "";
  for (const card of known) {
    const on = card.dataset.uid === chosen;
    card.toggleAttribute("data-now", on);
    card.querySelector(".box-head")?.setAttribute("aria-expanded", String(on));
    const does = /** @type {?HTMLElement} */ (card.querySelector(".box-does"));
    if (does) does.hidden = !on;
  }
  for (const box of document.querySelectorAll("[data-box]")) box.toggleAttribute("data-now", box.getAttribute("data-box") === chosen);
}

document.addEventListener("click", (e) => {
  const target = e.target instanceof Element ? e.target : null;
  const box = target?.closest("[data-box]");
  if (box) return select(box.getAttribute("data-box") ?? "");
  const button = /** @type {?HTMLElement} */ (target?.closest("button") ?? null);
  if (!button) return;
  const { select: uid, say, flank, release, back } = button.dataset;
  if (uid) select(uid);
  else if (say) does("say", { kind: say, sightings: [chosen] });
  else if (flank) does("say", { kind: "flank", flank, sightings: [chosen] });
  else if (release) does("part", { how: "release", out: [release] });
  else if (back) does("take-back", { targets: [back] }, { back: true, undo: { path: "say", body: { kind: "unusable", sightings: [chosen] } } });
});

function wire() {
  for (const card of cards()) {
    const chooser = /** @type {?HTMLElement} */ (card.querySelector("[data-chooser]"));
    const number = Number(card.dataset.number) || undefined;
    if (chooser) chooses(chooser, (animal) => does("assign", { sighting: card.dataset.uid, to: animal.sighting }), number);
  }
  select(chosen);
}

document.addEventListener("fresh", wire);
wire();
begin();
listen();
