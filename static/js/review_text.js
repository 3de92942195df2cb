// What the review page says of the pair: facts of each sighting, what lies between them, and what was kept.
import { projectId } from "./api.js";
import { daysApart, number, when } from "./format.js";
import { nt, t } from "./i18n.js";
import { flankWords } from "./review_flank.js";

/** @typedef {import("./types.js").Pair} Pair */
/** @typedef {import("./types.js").Sighting} Sighting */

export const KINDS = {
  same: t("Match"),
  different: t("Not a match"),
  cannot_tell: t("Can't tell"),
  not_comparable: t("Not comparable"),
  new: t("New animal"),
  unusable: t("Unusable"),
  flank: t("Side"),
  undo: t("Undo"),
  assign: t("Assigned"),
  merge: t("Merged"),
  link: t("Two sides linked"),
  split: t("Split"),
  release: t("Released"),
  describe: t("Described"),
  second: t("Second look"),
};

/** Places that are nearer than this are one. */
const NEAR_KM = 0.05;

/** @param {string} kind */
export const kindWord = (kind) => KINDS[/** @type {keyof typeof KINDS} */ (kind)] ?? kind;

/** @param {string} tag @param {string} text @param {string} [className] */
export function make(tag, text, className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/** @param {string} text @param {string} href @param {string} [className] */
export function anchorTo(text, href, className = "") {
  const a = /** @type {HTMLAnchorElement} */ (make("a", text, className));
  a.href = href;
  return a;
}

/** One line of facts. @param {HTMLElement} line @param {?Sighting} s */
export function writeFacts(line, s) {
  if (!s) return line.replaceChildren();
  const text = make("span", "", "text");
  const facts = [when(s.captured_at, t("no date")), flankWords(s)];
  text.append(make("b", s.station ?? t("station unknown")), ` · ${facts.join(" · ")}`);
  if (typeof s.quality === "number") {
    const quality = make("span", ` · ${t("quality {percent} %", { percent: Math.round(s.quality * 100) })}`);
    quality.title = t("How sharp, large and well lit the animal is, by the program's measure");
    text.append(quality);
  }
  if (s.camera) text.append(make("span", ` · ${/^cam/i.test(s.camera) ? s.camera : t("camera {name}", { name: s.camera })}`, "roomy"));
  text.title = `${text.textContent}\n${s.path}`;
  line.replaceChildren(text);
}

/** Whose picture this is, over the picture. @param {HTMLElement} place @param {?Sighting} s @param {boolean} blind */
export function writeWho(place, s, blind) {
  place.replaceChildren();
  if (!s) return;
  if (blind) return place.append(make("span", t("Blind: nothing else is told"), "pane-tag"));
  if (!s.individual) return place.append(make("span", t("no individual yet"), "pane-tag faint"));
  const end = typeof s.number === "number" ? `/${s.number}` : `#${encodeURIComponent(s.individual)}`;
  const who = anchorTo("", `/project/${projectId()}/individuals${end}`, "pane-tag");
  who.append(make("b", s.individual));
  if (s.individual_name) who.append(` ${s.individual_name}`);
  who.append(` · ${nt("{n} picture", "{n} pictures", s.individual_count)}`);
  place.append(who);
}

/** Rank, chance, time and way between. @param {HTMLElement} line @param {Pair} pair */
export function writeBetween(line, pair) {
  line.replaceChildren();
  line.title = "";
  if (pair.state !== "pair") return;
  /** @type {Node[]} */
  const parts = [];
  if (pair.rank && pair.of) parts.push(make("b", t("{rank} of {of}", { rank: number(pair.rank), of: number(pair.of) })));
  if (pair.likeness !== null && pair.likeness !== undefined) parts.push(likeness(pair.likeness));
  parts.push(apart(pair));
  if (typeof pair.km_between === "number" && pair.km_between >= NEAR_KM) parts.push(journey(pair, pair.km_between));
  const where = placeAndTime(pair);
  if (where) parts.push(where);
  if (typeof pair.chance === "number") parts.push(chanceWords(pair.chance, pair.chance_by ?? ""));
  else if (pair.chance_by) line.title = t("The chance that the two are one animal is told after 30 answers of either kind.");
  if (pair.spots) parts.push(make("span", nt("{n} spot agrees", "{n} spots agree", pair.spots)));
  parts.forEach((part, i) => line.append(...(i ? [make("span", "·", "sep"), part] : [part])));
}

/** @param {number} share */
function likeness(share) {
  const percent = Math.round(share * 100);
  const like = make("span", `${t("likeness {percent} %", { percent })} `);
  like.insertAdjacentHTML(
    "beforeend",
    `<svg class="like" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="10" rx="4"/><rect width="${percent}" height="10" rx="4"/></svg>`,
  );
  return like;
}

/** @param {Pair} pair */
function apart(pair) {
  const days = daysApart(pair.days_between);
  let text = days;
  if (pair.same_station) text = t("{apart}, same station", { apart: days });
  else if (pair.place >= 0.5 && !((pair.km_between ?? 0) >= NEAR_KM)) text = t("{apart}, same place", { apart: days });
  const words = make("span", text);
  if (pair.place > 0 && !pair.same_visit)
    words.title = t("Told by the look of the pictures or by the station. Animals come back to where they were: a common place counts a little in the order of the list, beside the coat.");
  return words;
}

/** How far, and how fast one animal would have been; what is too fast is marked, not hidden. @param {Pair} pair @param {number} km */
function journey(pair, km) {
  const far = t("{km} km", { km: number(km < 10 ? Math.round(km * 10) / 10 : Math.round(km)) });
  // Below a stroll over days a speed says nothing.
  if (typeof pair.kmh !== "number" || (pair.kmh < 0.05 && !pair.speed)) return make("span", far);
  const speed = t("{kmh} km/h", { kmh: number(pair.kmh < 10 ? Math.round(pair.kmh * 10) / 10 : Math.round(pair.kmh)) });
  const words = make("span", `${far}, ${speed}`, pair.speed ? `speed ${pair.speed}` : "");
  words.title = t("In a straight line, if both are one animal.");
  if (pair.speed === "fast") words.title = t("One animal would have had to move this fast in a straight line. Look closely; a camera's clock may be wrong, too.");
  if (pair.speed === "impossible") words.title = impossible(pair);
  return words;
}

/** @param {Pair} pair */
const impossible = (pair) =>
  t("One animal would have had to move at {kmh} km/h in a straight line, and none goes faster than {limit} km/h: these are two animals, or a camera's clock or place is wrong. Such pairs are asked last, and never hidden.", {
    kmh: number(Math.round(pair.kmh ?? 0)),
    limit: number(pair.limit_kmh ?? 0),
  });

/** What place and time say of the two, in words; nothing where they are not known or say nearly nothing. @param {Pair} pair */
function placeAndTime(pair) {
  if (pair.speed === "impossible") return null; // said by the speed
  if (pair.located_says === "against") {
    const words = make("span", t("place and time: against"), "located against");
    words.title = t("One animal is seldom seen this far apart in this time: place and time speak against a match. That counts in the order and in the chance; the coat decides.");
    return words;
  }
  if (pair.located_says !== "for") return null;
  const words = make("span", t("place and time: for it"), "located for");
  words.title = t("Pictures of one animal are often this near to one another in place and time, those of two animals less often: place and time speak for a match. That counts in the order and in the chance; the coat decides.");
  return words;
}

/** How likely the two are one animal, and who says so. @param {number} chance @param {string} by */
function chanceWords(chance, by) {
  let text = t("chance {percent} %", { percent: Math.round(100 * chance) });
  if (chance < 0.01) text = t("chance under 1 %");
  if (chance > 0.99) text = t("chance over 99 %");
  const words = make("span", text);
  words.title = t("Of pairs like this one, so many were one animal: {by}.", { by });
  return words;
}

/** What must not be overlooked in this pair. @param {HTMLElement} place @param {Pair} pair */
export function writeNotes(place, pair) {
  const notes = [];
  if (pair.state === "pair") {
    if (pair.flanks_compared === "unknown") notes.push(make("span", t("Side not known: compared all the same"), "pane-tag"));
    if (pair.flanks_compared === "opposite") notes.push(make("span", t("Opposite sides: the spots can't agree"), "pane-tag warn"));
    if (pair.speed === "fast") notes.push(make("span", t("A fast journey for one animal"), "pane-tag warn"));
    if (pair.speed === "impossible") {
      const note = make("span", t("Impossible for one animal, unless a clock or a place is wrong"), "pane-tag warn");
      note.title = impossible(pair);
      notes.push(note);
    }
    if (pair.joins && pair.joins[0] * pair.joins[1] > 1) notes.push(whyAsked(pair.joins));
  }
  place.replaceChildren(...notes);
}

/** Why the most useful question is useful. @param {number[]} joins */
function whyAsked(joins) {
  const values = { ours: number(joins[0]), theirs: number(joins[1]), pairs: number(joins[0] * joins[1]) };
  const note = make("span", nt("A match would join {ours} picture with {theirs}", "A match would join {ours} pictures with {theirs}", joins[0], values), "pane-tag");
  note.title = t("One answer would settle {pairs} pairs of pictures; that times the chance of a match is why this is asked now.", values);
  return note;
}

/** "kept — row 4,127", beside the undo button. @param {HTMLElement} line @param {string} text */
export function writeKept(line, text) {
  const tick = make("span", "✓ ", "tick");
  tick.setAttribute("aria-hidden", "true");
  line.replaceChildren(tick, text);
  line.title = text;
}
