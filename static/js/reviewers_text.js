// What the reviewers page says of agreement and of a merge, in whole sentences.
import { nt, number, t } from "./i18n.js";

/**
 * @typedef {{hits: number, of: number, value: ?number, low: ?number, high: ?number}} Share
 * @typedef {{pairs: number, cells: Record<string, Record<string, number>>, agreed: Share, kappa: ?{value: number, low: ?number, high: ?number},
 *   disputed: Share, missed: Share, false_joins: Share, error: ?{value: number, low: number, high: number}, decided: number, more: number}} Agreement
 */

/** @param {?number} share */
const percent = (share) => (share === null ? "" : `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`);

/** @param {?number} low @param {?number} high */
const between = (low, high) => (low === null || high === null ? "" : t("95 % interval {low} to {high}", { low: percent(low), high: percent(high) }));

/** @param {Share} one */
const counted = (one) => t("{hits} of {of} pairs", { hits: number(one.hits), of: number(one.of) });

/** Kappa in a word (Landis & Koch 1977). @param {number} value */
const inWords = (value) =>
  value > 0.8 ? t("almost perfect agreement") : value > 0.6 ? t("substantial agreement") : value > 0.4 ? t("moderate agreement") : value > 0.2 ? t("fair agreement") : t("hardly better than chance");

/** @param {string} who */
export const whose = (who) =>
  ({ two: t("Two people"), same: t("One person, asked twice"), unknown: t("Not known whether two people: initials are missing") })[who] ?? who;

/**
 * The measures of an agreement: name, figure, explanation.
 * @param {Agreement} one @param {number} fewest @returns {[string, string, string][]}
 */
export function measures(one, fewest) {
  /** @type {[string, string, string][]} */
  const told = [[t("Pairs judged twice"), number(one.pairs), ""]];
  told.push([t("Same answer"), percent(one.agreed.value), [counted(one.agreed), between(one.agreed.low, one.agreed.high)].join("; ")]);
  if (one.kappa)
    told.push([
      t("Cohen's kappa"),
      one.kappa.value.toFixed(2),
      one.kappa.low === null || one.kappa.high === null
        ? t("Nobody disagreed so far, so that no interval can be given. 1 is full agreement, 0 what chance alone would give.")
        : t("95 % interval {low} to {high}: {words}. 1 is full agreement, 0 what chance alone would give.", { low: one.kappa.low.toFixed(2), high: one.kappa.high.toFixed(2), words: inWords(one.kappa.value) }),
    ]);
  else told.push([t("Cohen's kappa"), "–", t("It can't be worked out while everybody gives one and the same answer.")]);
  if (one.decided < fewest) {
    const text = nt("So far {n} pair was decided twice, as same or different.", "So far {n} pairs were decided twice, as same or different.", one.decided);
    const more = nt("{n} more is needed before a rate of mistakes means anything.", "{n} more are needed before a rate of mistakes means anything.", fewest - one.decided);
    told.push([t("Disagreement"), t("too few to say"), `${text} ${more}`]);
    return told;
  }
  told.push([t("Disagreement"), percent(one.disputed.value), `${counted(one.disputed)}; ${between(one.disputed.low, one.disputed.high)}. ${t("Of the pairs that both decided: one said same, the other different.")}`]);
  told.push([t("Missed"), percent(one.missed.value) || "–", `${counted(one.missed)}; ${between(one.missed.low, one.missed.high)}. ${t("The second person saw the same animal, the first had said different. Each of these may be an animal counted twice.")}`]);
  told.push([t("False joins"), percent(one.false_joins.value) || "–", `${counted(one.false_joins)}; ${between(one.false_joins.low, one.false_joins.high)}. ${t("The second person saw two animals, the first had said the same. Each of these may hide an animal.")}`]);
  if (one.error)
    told.push([t("Mistakes of one person"), t("at least {share}", { share: percent(one.error.value) }), `${between(one.error.low, one.error.high)}. ${t("If both are wrong equally often and independently of each other. Hard pairs are hard for both, so that both are wrong together more often than that, and the true figure is higher.")}`]);
  if (one.more) told.push([t("For a report"), nt("{n} more pair", "{n} more pairs", one.more), t("Then the disagreement is known to within five in a hundred either way.")]);
  return told;
}

/** What came of a merge, or would. @param {any} r @returns {string[]} */
export function sentences(r) {
  const kept = r.kept;
  const told = [
    kept ? nt("{n} answer was taken over from “{title}”.", "{n} answers were taken over from “{title}”.", r.taken, { title: r.title }) : nt("{n} answer would be taken over from “{title}”.", "{n} answers would be taken over from “{title}”.", r.taken, { title: r.title }),
    nt("{n} of its answers is here already.", "{n} of its answers are here already.", r.known),
    t("{here} of the {all} pictures answered there are in this project.", { here: number(r.pictures_here), all: number(r.pictures) }),
  ];
  if (!r.taken && r.known) told[0] = t("Everything that was answered in “{title}” is here already.", { title: r.title });
  if (r.unknown_count) told.push(nt("{n} answer is on a picture that is not here: it is kept, and counts as soon as the picture is.", "{n} answers are on pictures that are not here: they are kept, and count as soon as the pictures are.", r.unknown_count));
  if (r.refused_count) told.push(nt("{n} answer can't be taken over; it is listed below.", "{n} answers can't be taken over; they are listed below.", r.refused_count));
  if (r.frames) {
    const commands = "spotid boxes THEIRS --export boxes.csv; spotid boxes OURS --import boxes.csv";
    told.push(nt("Boxes drawn there in {n} photograph do not come along. Bring them in first, with: {commands}", "Boxes drawn there in {n} photographs do not come along. Bring them in first, with: {commands}", r.frames, { commands }));
  }
  told.push(t("Contradictions between answers: {before} before, {after} after.", { before: number(r.conflicts.before), after: number(r.conflicts.after) }));
  if (r.backup) told.push(t("What was here before lies in the backup “{name}”.", { name: r.backup }));
  return told;
}
