// What the cards of the conflicts page say, in whole sentences.
import { when } from "./format.js";
import { nt, t } from "./i18n.js";

/**
 * @typedef {{name: string, points: number, values: Record<string, any>}} Reason
 * @typedef {{uid: string, row: number, kind: string, said: string, parts: boolean, reviewer: string, at: string, seconds: ?number,
 *   chance: ?number, then: boolean, spots: ?number, covered: number, number: number, weakness: number, reasons: Reason[]}} Answer
 * @typedef {{uid: string, here: boolean, media_uid: ?string, name: ?string, station: ?string, captured_at: ?string, flank: string,
 *   number: ?number, individual: ?string, individual_name: ?string}} Picture
 * @typedef {{key: string, kind: string, weakness: number, pictures: Picture[], joins: Answer[][], parting: Answer[], second: ?string}} Card
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
    many_spots: () => nt("{n} spot agrees, all the same.", "{n} spots agree, all the same.", v.spots),
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

/** @param {Card} card @returns {[string, string]} title and lead */
export function heading(card) {
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
