// A photograph with its animals: one of them is selected, and the keys act on it.
import { playClip } from "./clip_player.js";
import { begin, does } from "./individual_deeds.js";
import { chooses } from "./individual_chooser.js";
import { listen } from "./individual_keys.js";

/** @returns {HTMLElement[]} */
const cards = () => [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".box-card"))];
let chosen = document.getElementById("photo")?.dataset.wanted ?? "";

/** The boxes of the page, as shares of the picture: x, y, width, height. */
function boxesHere() {
  const whole = /** @type {?SVGSVGElement} */ (document.querySelector(".whole-picture"));
  const { width = 1, height = 1 } = whole?.viewBox.baseVal ?? {};
  const side = (/** @type {Element} */ rect, /** @type {string} */ name) => Number(rect.getAttribute(name));
  return [...document.querySelectorAll(".animal-box > rect")].map((rect) => [
    side(rect, "x") / width,
    side(rect, "y") / height,
    side(rect, "width") / width,
    side(rect, "height") / height,
  ]);
}

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
  const { select: uid, say, flank, release, back, clip } = button.dataset;
  if (clip) playClip({ media: clip, boxes: boxesHere(), links: true });
  else if (uid) select(uid);
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
