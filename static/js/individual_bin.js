// The bin of sightings in which nobody can be identified: taken back one by one, or a whole page at once.
import { begin, does } from "./individual_deeds.js";
import { listen } from "./individual_keys.js";

/** Take answers back; undoing that says "unusable" of the same sightings again. @param {HTMLElement[]} cards */
const back = (cards) =>
  does(
    "take-back",
    { targets: cards.map((card) => card.dataset.answer) },
    { back: true, undo: { path: "say", body: { kind: "unusable", sightings: cards.map((card) => card.dataset.uid) } } },
  );

document.addEventListener("click", (e) => {
  const button = e.target instanceof Element ? e.target.closest("button") : null;
  const card = /** @type {?HTMLElement} */ (button?.closest("[data-answer]") ?? null);
  if (button?.id === "bin-all") back([.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#bin > [data-answer]"))]);
  else if (button?.hasAttribute("data-back") && card) back([card]);
});

begin();
listen();
