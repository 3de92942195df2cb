// Which side of the animal a picture shows: in words, on its buttons, and what a key asks for.
import { t } from "./i18n.js";

/** @typedef {import("./types.js").Pair} Pair */
/** @typedef {import("./types.js").Sighting} Sighting */

const SIDES = { left: t("left side"), right: t("right side"), front: t("from the front"), rear: t("from behind") };

/** "left side, 93 % sure", "left side, said by KR", "side not known". @param {Sighting} s */
export function flankWords(s) {
  const side = SIDES[/** @type {keyof typeof SIDES} */ (s.flank ?? "")];
  if (s.flank_said && s.flank_reviewer) return t("{side}, said by {who}", { side: side ?? t("side can't be told"), who: s.flank_reviewer });
  if (s.flank_said) return t("{side}, said by you", { side: side ?? t("side can't be told") });
  if (!side) return t("side not known");
  return typeof s.flank_score === "number" ? t("{side}, {percent} % sure", { side, percent: Math.min(99, Math.floor(100 * s.flank_score)) }) : side;
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
