// How far the work is, and what stands in the place of a picture where there is no pair.
import { projectId } from "./api.js";
import { duration, number } from "./format.js";
import { nt, t } from "./i18n.js";
import { anchorTo, make } from "./review_text.js";
import { stopWords } from "./stop_words.js";

/** @typedef {import("./types.js").Pair} Pair */

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** A sentence whose numbers stand out: the text is translated whole, then taken apart at its numbers. @param {string} text */
function strong(text) {
  return text.split(/(\d[\d.,\u202f\u00a0]*\d|\d)/).map((part, i) => (i % 2 ? make("b", part) : part));
}

/** @param {Pair} pair */
export function writeProgress(pair) {
  const p = pair.progress;
  const answers = el("progress-answers");
  const counts = { answered: number(p.answered), implied: number(p.implied), left: number(p.left) };
  const wide = make("span", "", "roomy");
  wide.append(...strong(t("{answered} answered · {implied} implied for free · {left} left", counts)));
  const narrow = make("span", "", "cramped");
  narrow.append(...strong(t("{answered} answered · {implied} implied · {left} left", counts)));
  answers.replaceChildren(wide, narrow);
  answers.title = t("{implied} pairs follow from your answers and need not be asked.", counts);
  if (p.left_out) {
    const apart = make("span", nt("{count} pair of opposite sides left out", "{count} pairs of opposite sides left out", p.left_out, { count: number(p.left_out) }), "left-out");
    apart.title = t("A left and a right side carry different spots. Correct a side (L, R) where it is wrong.");
    answers.append(apart);
  }
  const anchors = { index: p.anchor_index === null ? "–" : number(p.anchor_index), anchors: number(p.anchors) };
  const place = el("progress-anchor");
  place.replaceChildren(...strong(t("{index} of {anchors}", anchors)));
  place.title = t("Anchor {index} of {anchors}", anchors);
  const timed = typeof p.seconds_left === "number" && p.left > 0;
  el("progress-time").textContent = timed ? t("{time} left", { time: duration(p.seconds_left ?? 0) }) : "";
  el("progress-time").title = timed && p.seconds_each ? t("At {seconds} seconds an answer.", { seconds: number(Math.round(p.seconds_each * 10) / 10) }) : "";
  writeUndiscovered(p);
  const conflicts = el("contradictions");
  conflicts.hidden = !p.conflicts;
  conflicts.textContent = nt("{count} contradiction between your answers", "{count} contradictions between your answers", p.conflicts, { count: number(p.conflicts) });
  el("ways-conflicts").textContent = p.conflicts ? t("Contradictions between answers ({count})", { count: number(p.conflicts) }) : t("Contradictions between answers: none");
  const all = p.answered + p.implied + p.left;
  const share = (/** @type {number} */ n) => (all ? (1000 * n) / all : 0);
  document.querySelector(".slim-answered")?.setAttribute("width", String(share(p.answered)));
  const implied = document.querySelector(".slim-implied");
  implied?.setAttribute("x", String(share(p.answered)));
  implied?.setAttribute("width", String(share(p.implied)));
}

/** How many matches are still among the open questions, so that a person can decide to stop; and how that is known. @param {Pair["progress"]} p */
function writeUndiscovered(p) {
  const button = el("undiscovered");
  const [short, long] = stopWords(p);
  button.hidden = !short;
  button.textContent = short;
  el("undiscovered-basis").textContent = long;
}

/** @param {string} label @param {string} act @param {string} key @param {string} look */
function actButton(label, act, key, look) {
  const button = make("button", label, `button ${look}`);
  button.setAttribute("type", "button");
  button.dataset.act = act;
  if (key) button.append(" ", make("kbd", key));
  return button;
}

/** What stands in the place of a picture where there is no pair. @param {Pair} pair @param {boolean} narrowed whether filters are set */
export function writeState(pair, narrowed) {
  const box = el("says");
  const links = el("says-links");
  const title = el("says-title");
  const home = `/project/${projectId()}/`;
  box.hidden = pair.state === "pair";
  box.classList.toggle("half", pair.state === "anchor_done" && pair.anchor !== null);
  el("says-text").textContent = pair.sentence;
  links.replaceChildren();
  if (pair.state === "anchor_done") {
    title.textContent = t("This anchor is finished");
    links.append(actButton(t("Next anchor"), "next", "S", "primary big"));
    if (pair.anchor && !pair.anchor.individual) links.append(actButton(t("New animal"), "new", "Enter", "big"));
  } else if (pair.state === "all_done" && narrowed) {
    title.textContent = t("Nothing is left to ask with these filters");
    links.append(actButton(t("Remove the filters"), "unfilter", "", "primary big"), actButton(t("Choose other filters"), "filters", "/", "big"));
  } else if (pair.state === "all_done") {
    const first = !pair.way || pair.way === "anchor";
    title.textContent = first ? t("Every pair is answered") : t("Nothing is left on this way");
    links.append(anchorTo(t("Export results"), `${home}export`, "button primary big"), anchorTo(t("Look at the individuals"), `${home}individuals`, "button big"));
    if (pair.ways?.length) links.append(actButton(t("Choose another way"), "ways", "W", "big"));
  } else if (pair.state === "empty") {
    title.textContent = t("Nothing to compare yet");
    links.append(anchorTo(t("Go to the run"), `${home}run`, "button primary big"));
  }
}
