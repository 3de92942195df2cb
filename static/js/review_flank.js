// Which side of the animal a picture shows: in words, on its buttons, and what a key asks for.

/** @typedef {import("./types.js").Pair} Pair */
/** @typedef {import("./types.js").Sighting} Sighting */

const SIDES = { left: "left side", right: "right side", front: "from the front", rear: "from behind" };

/** "left side, 93 % sure", "left side, said by KR", "side not known". @param {Sighting} s */
export function flankWords(s) {
  const side = SIDES[/** @type {keyof typeof SIDES} */ (s.flank ?? "")];
  if (s.flank_said) return `${side ?? "side can't be told"}, said by ${s.flank_reviewer || "you"}`;
  if (!side) return "side not known";
  return typeof s.flank_score === "number" ? `${side}, ${Math.min(99, Math.floor(100 * s.flank_score))} % sure` : side;
}

/** What an act such as "flank-left" or "flank-anchor-left" is about. @param {string} act @param {?Pair} pair */
export function flankAsked(act, pair) {
  const [, which, flank] = /^flank(-anchor)?-(\w+)$/.exec(act) ?? [];
  if (!flank) return null;
  return { flank, sighting: which ? pair?.anchor : pair?.comparison };
}

/** The buttons say which side is shown now. @param {?Pair} pair */
export function showFlanks(pair) {
  for (const group of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".pane-sides"))) {
    const s = group.dataset.of === "anchor" ? pair?.anchor : pair?.comparison;
    group.hidden = !s;
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (group.querySelectorAll("button"))) {
      const mine = button.dataset.act?.split("-").pop() === s?.flank;
      button.setAttribute("aria-pressed", String(mine && (s?.flank !== "unknown" || Boolean(s.flank_said))));
    }
  }
}
