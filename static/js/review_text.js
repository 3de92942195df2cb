// What the review page says: facts of each sighting, what lies between them, progress, and the ends of the road.
import { projectId } from "./api.js";
import { count, daysApart, number, when } from "./format.js";
import { flankWords } from "./review_flank.js";

/** @typedef {import("./types.js").Pair} Pair */
/** @typedef {import("./types.js").Sighting} Sighting */

export const KINDS = {
  same: "Match",
  different: "Not a match",
  cannot_tell: "Can't tell",
  not_comparable: "Not comparable",
  new: "New animal",
  unusable: "Unusable",
  flank: "Side",
  undo: "Undo",
};

/** @param {string} kind */
export const kindWord = (kind) => KINDS[/** @type {keyof typeof KINDS} */ (kind)] ?? kind;

/** @param {string} tag @param {string} text @param {string} [className] */
function make(tag, text, className = "") {
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
  text.append(
    make("b", s.station ?? "station unknown"),
    ` · ${when(s.captured_at, "no date")} · ${flankWords(s)}${s.camera ? ` · ${/^cam/i.test(s.camera) ? "" : "camera "}${s.camera}` : ""}`,
  );
  text.title = s.path;
  const who = s.individual
    ? anchorTo(s.individual, `/project/${projectId()}/individuals#${encodeURIComponent(s.individual)}`)
    : make("span", "no individual yet", "quiet");
  const group = make("span", "", "nowrap");
  group.append(who);
  if (s.individual) group.append(make("span", ` · ${count(s.individual_count, "picture", "pictures")}`, "quiet"));
  line.replaceChildren(text, group);
}

/** Rank, likeness and days between. @param {HTMLElement} line @param {Pair} pair */
export function writeBetween(line, pair) {
  line.replaceChildren();
  if (pair.state !== "pair") return;
  const sep = () => make("span", "·", "sep");
  if (pair.rank && pair.of) line.append(make("b", `${number(pair.rank)} of ${number(pair.of)}`), sep());
  if (pair.likeness !== null && pair.likeness !== undefined) {
    const percent = Math.round(pair.likeness * 100);
    const like = make("span", `likeness ${percent} % `);
    like.insertAdjacentHTML(
      "beforeend",
      `<svg class="like" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="10" rx="4"/><rect width="${percent}" height="10" rx="4"/></svg>`,
    );
    line.append(like, sep());
  }
  const where = pair.same_station ? ", same station" : pair.place >= 0.5 ? ", same place by the look of it" : "";
  const apart = make("span", `${daysApart(pair.days_between)}${where}`);
  if (pair.place > 0 && !pair.same_visit)
    apart.title = "Animals come back to where they were: a common place counts a little in the order of the list, beside the coat.";
  line.append(apart);
  line.title = "";
  if (pair.chance !== null && pair.chance !== undefined) {
    const by = pair.chance_by ?? "";
    // Fitted to drawn animals the chance is far too low on photographs: it is no number to answer by.
    if (by.startsWith("shipped")) line.title = "The chance that the two are one animal is told after 30 answers of either kind.";
    else line.append(sep(), chanceWords(pair.chance, by));
  }
  if (pair.spots) line.append(sep(), make("span", `${count(pair.spots, "spot agrees", "spots agree")}`));
}

/** How likely the two are one animal, and who says so. @param {number} chance @param {string} by */
function chanceWords(chance, by) {
  const percent = chance < 0.01 ? "under 1" : chance > 0.99 ? "over 99" : String(Math.round(100 * chance));
  const words = make("span", `chance ${percent} %`);
  words.title = `Of pairs like this one, so many were one animal: ${by}.`;
  return words;
}

/** @param {Pair} pair */
export function writeProgress(pair) {
  const p = pair.progress;
  const answers = document.getElementById("progress-answers");
  answers?.replaceChildren(
    make("b", number(p.answered)),
    " answered · ",
    make("b", number(p.implied)),
    " implied",
    make("span", " for free", "roomy"),
  );
  if (p.left_out) {
    const apart = make("span", `${count(p.left_out, "pair", "pairs")} of opposite sides left out`, "left-out");
    apart.title = "A left and a right side carry different spots. Correct a side (L, R) where it is wrong.";
    answers?.append(apart);
  }
  if (answers) answers.title = `${number(p.implied)} pairs follow from your answers and need not be asked.`;
  const anchor = document.getElementById("progress-anchor");
  anchor?.replaceChildren(make("b", number(p.left)), ` left · anchor ${p.anchor_index === null ? "–" : number(p.anchor_index)} of ${number(p.anchors)}`);
  const conflicts = /** @type {HTMLElement} */ (document.getElementById("contradictions"));
  conflicts.hidden = !p.conflicts;
  conflicts.textContent = `${count(p.conflicts, "contradiction", "contradictions")} between your answers`;
  const all = p.answered + p.implied + p.left;
  const share = (/** @type {number} */ n) => (all ? (1000 * n) / all : 0);
  document.querySelector(".slim-answered")?.setAttribute("width", String(share(p.answered)));
  const implied = document.querySelector(".slim-implied");
  implied?.setAttribute("x", String(share(p.answered)));
  implied?.setAttribute("width", String(share(p.implied)));
}

/** @param {string} label @param {string} act @param {string} key @param {string} look */
function actButton(label, act, key, look) {
  const button = make("button", `${label} `, `button ${look}`);
  button.setAttribute("type", "button");
  button.dataset.act = act;
  button.append(make("kbd", key));
  return button;
}

/** What stands in the place of a picture where there is no pair. @param {Pair} pair */
export function writeState(pair) {
  const box = /** @type {HTMLElement} */ (document.getElementById("says"));
  const links = /** @type {HTMLElement} */ (document.getElementById("says-links"));
  const title = /** @type {HTMLElement} */ (document.getElementById("says-title"));
  const text = /** @type {HTMLElement} */ (document.getElementById("says-text"));
  const home = `/project/${projectId()}/`;
  box.hidden = pair.state === "pair";
  box.classList.toggle("half", pair.state === "anchor_done" && pair.anchor !== null);
  text.textContent = pair.sentence;
  links.replaceChildren();
  if (pair.state === "anchor_done") {
    title.textContent = "This anchor is finished";
    links.append(actButton("Next anchor", "next", "S", "primary big"));
    if (pair.anchor && !pair.anchor.individual) links.append(actButton("New animal", "new", "Enter", "big"));
  } else if (pair.state === "all_done") {
    title.textContent = "Every pair is answered";
    links.append(
      anchorTo("Export results", `${home}export`, "button primary big"),
      anchorTo("Look at the individuals", `${home}individuals`, "button big"),
    );
  } else if (pair.state === "empty") {
    title.textContent = "Nothing to compare yet";
    links.append(anchorTo("Go to the run", `${home}run`, "button primary big"));
  }
}

/** "kept — row 4,127", beside the undo button. @param {HTMLElement} line @param {string} text */
export function writeKept(line, text) {
  const tick = make("span", "✓ ", "tick");
  tick.setAttribute("aria-hidden", "true");
  line.replaceChildren(tick, text);
}
