// What the cards of the conflicts page say, in whole sentences.
import { number, when } from "./format.js";
import { nt, t } from "./i18n.js";

/**
 * @typedef {{name: string, points: number, values: Record<string, any>}} Reason
 * @typedef {{uid: string, row: number, kind: string, said: string, parts: boolean, reviewer: string, at: string, seconds: ?number,
 *   chance: ?number, then: boolean, spots: ?number, covered: number, number: number, weakness: number, reasons: Reason[]}} Answer
 * @typedef {{uid: string, here: boolean, media_uid: ?string, name: ?string, station: ?string, captured_at: ?string, flank: string,
 *   number: ?number, individual: ?string, individual_name: ?string}} Picture
 * @typedef {{key: string, kind: string, weakness: number, pictures: Picture[], joins: Answer[][], parting: Answer[], second: ?string, doubt?: Doubt}} Card
 * @typedef {{wrong: number, reason: string, ours: number, theirs: number, kmh: ?number, limit_kmh: ?number}} Doubt
 */

/** @param {number} share */
const percent = (share) => `${share < 0.01 ? "<1" : share > 0.99 ? ">99" : Math.round(share * 100)} %`;

/** @param {number} s */
const seconds = (s) => t("{seconds} s", { seconds: s < 10 ? s.toFixed(1) : Math.round(s) });

/** What an answer says. @param {Answer} one */
export function saying(one) {
  /** @type {Record<string, string>} */
  const says = {
    same: t("The same animal"),
    different: t("Two animals"),
    new: t("New animal: one visit"),
    assign: t("Assigned to this individual"),
    merge: t("Two individuals made one"),
    link: t("Left and right side linked"),
    split: one.parts ? t("Split off as another animal") : t("Kept together by a split"),
    release: t("Kept together when others were released"),
  };
  if (one.kind === "second") return one.parts ? t("Second opinion: two animals") : t("Second opinion: the same animal");
  return says[one.kind] ?? one.kind;
}

/** Who gave an answer, when, and how long it took. @param {Answer} one */
export function circumstances(one) {
  const who = one.reviewer || t("no initials");
  const parts = [who, when(one.at), ...(one.seconds === null ? [] : [seconds(one.seconds)]), t("row {row}", { row: one.row })];
  return parts.map((part) => part.replaceAll(" ", "\u00a0")).join(" · "); // broken between them only
}

/** What the program makes of the pair. @param {Answer} one */
export function looks(one) {
  if (one.chance !== null) {
    const values = { chance: percent(one.chance) };
    return one.then ? t("chance of one animal {chance}, when it was answered", values) : t("chance of one animal {chance}, as the program sees it now", values);
  }
  return one.spots === null ? "" : nt("{n} spot agrees", "{n} spots agree", one.spots);
}

/** Why an answer is weak or strong; empty where the reason is said elsewhere. @param {Reason} reason @param {boolean} parts */
function because(reason, parts) {
  const v = reason.values;
  const who = v.reviewer || t("somebody");
  /** @type {Record<string, () => string>} */
  const says = {
    unlikely: () => (parts ? t("The pictures look alike: {chance} for one animal.", { chance: percent(v.chance) }) : t("The pictures look unlike: only {chance} for one animal.", { chance: percent(v.chance) })),
    few_spots: () => nt("Only {n} spot agrees.", "Only {n} spots agree.", v.spots),
    many_spots: () => nt("{n} spot agrees even so.", "{n} spots agree even so.", v.spots),
    quick: () => t("Answered quickly, in {seconds}.", { seconds: seconds(v.seconds) }),
    doubt: () => t("{who} could not tell this pair.", { who }),
    opposed: () => t("A second opinion by {who} says the opposite.", { who }),
    agreed: () => t("{who} said the same of this pair.", { who }),
    crowd: () => nt("It takes part in {n} other conflict.", "It takes part in {n} other conflicts.", v.times),
    another_way: () => t("Other answers join these two all the same."),
    lone: () => t("It stands alone: the pictures are joined in more than one way."),
  };
  return says[reason.name]?.() ?? "";
}

/** The reasons of an answer, the heaviest first. @param {Answer} one @returns {string[]} */
export const reasons = (one) =>
  [...one.reasons].sort((x, y) => y.points - x.points).map((reason) => because(reason, one.parts)).filter(Boolean);

/** Why an answer is worth a second look. @param {Doubt} doubt @param {boolean} parts @returns {[string, string]} title and lead */
function doubted(doubt, parts) {
  const sizes = { ours: number(doubt.ours), theirs: number(doubt.theirs) };
  const share = t("Of answers like this one, about {percent} are wrong.", { percent: percent(doubt.wrong) });
  const speeds = { kmh: number(Math.round(doubt.kmh ?? 0)), limit: number(doubt.limit_kmh ?? 0) };
  /** @type {Record<string, () => [string, string]>} */
  const says = {
    impossible: () => [t("One animal, on an impossible journey"), t("One animal would have gone at {kmh} km/h from one place to the other, and none goes faster than {limit} km/h. Either the answer is wrong, or a clock or a place.", speeds)],
    far: () => [t("One animal, though place and time speak against it"), t("This answer alone joins two groups of pictures ({ours} and {theirs}). One animal is seldom seen as far apart, in as little time, as they are.", sizes)],
    unlike: () => [t("One animal, though the pictures look unlike"), t("This answer alone joins two groups of pictures ({ours} and {theirs}), and few pairs between them look alike.", sizes)],
    against: () => [t("Other answers say the opposite"), t("Of the two groups of pictures ({ours} and {theirs}) that this answer is about, other answers say the opposite.", sizes)],
    alike: () => [t("Two animals, though the pictures look alike"), t("This answer keeps two groups of pictures apart ({ours} and {theirs}), and the best pairs between them look alike.", sizes)],
  };
  const [title, lead] = (says[doubt.reason] ?? says[parts ? "alike" : "unlike"])();
  return [title, doubt.reason === "impossible" ? lead : `${lead} ${share}`]; // a share of impossible ones is not known
}

/** @param {Card} card @returns {[string, string]} title and lead */
export function heading(card) {
  if (card.doubt) return doubted(card.doubt, card.parting.length > 0);
  if (card.kind === "photograph")
    return [t("Two boxes of one photograph are said to be one animal"), t("An animal is in a photograph only once. Undo the answer that joins them wrongly, the weakest first; or, if both boxes lie on one animal, take a box away.")];
  if (card.kind === "opinion")
    return [t("Two opinions on one pair"), t("The second opinion was given without knowing the first. Look at the pair, then say which is right; both stay in the ledger.")];
  return [t("One animal or two?"), t("The answers between the pictures say that all of them show one animal; the answer below says that the first and the last show two. At least one of them is wrong.")];
}

/** The facts under a picture. @param {Picture} one @returns {string[]} */
export function facts(one) {
  /** @type {Record<string, string>} */
  const flanks = { left: t("left side"), right: t("right side"), front: t("from the front"), rear: t("from behind"), unknown: t("side not known") };
  const who = one.individual_name ? `${one.individual_name} (${one.individual})` : one.individual || t("no individual");
  return [who, one.station || t("station not known"), one.captured_at ? when(one.captured_at) : t("no date"), flanks[one.flank] ?? one.flank];
}
