// How a collection was understood: one field for each part of it, with the other readings to choose from.
import { shown } from "./format.js";
import { nt, t } from "./i18n.js";

/**
 * @typedef {{key: string, sentence: string, examples: [string, string][]}} Reading
 * @typedef {{key: string, sentence: string, chosen: string, examples: [string, string][], readings: Reading[], asks: boolean}} Understood
 */

export const SEEN = "seen";
export const FOLDER = "folder:"; // begins the key of a question about one folder

/** @param {string} tag @param {string} text @param {string} [className] @returns {HTMLElement} */
export function make(tag, text, className = "") {
  const node = document.createElement(tag);
  node.textContent = shown(text);
  if (className) node.className = className;
  return node;
}

/** What is written, and how it was understood. @param {[string, string][]} examples */
function exampleRow(examples) {
  const row = make("span", "", "examples");
  for (const [written, understood] of examples) {
    const one = make("span", "", "example");
    one.append(make("bdi", written), " → ", make("bdi", understood.replace(/(\d)T(\d)/, "$1 $2")));
    row.append(one);
  }
  return row;
}

/** An id that stays the same while the page is drawn anew. @param {string} key @param {string} [value] */
const idOf = (key, value = "") => `q-${encodeURIComponent(key)}-${encodeURIComponent(value)}`;

/**
 * One part as a field. What is asked has nothing chosen yet: a person presses what is meant, the suggestion is marked.
 * @param {Understood} one @param {(key: string, value: string) => void} say @param {boolean} answered
 */
export function question(one, say, answered) {
  const item = document.createElement("li");
  const field = document.createElement("fieldset");
  field.dataset.key = one.key;
  field.dataset.state = one.asks ? "open" : answered ? "answered" : "told";
  const legend = document.createElement("legend");
  if (one.asks) legend.append(make("span", t("to be answered"), "chip accent"), " ");
  legend.append(make("span", one.sentence));
  field.append(legend);
  if (!one.readings.length) {
    if (one.examples.length) field.append(exampleRow(one.examples));
    if (one.asks || answered) field.append(seen(one, say, answered));
  }
  if (one.key.startsWith(FOLDER)) field.append(roles(one, say));
  else if (one.readings.length > 1 || (one.readings.length && one.asks)) {
    for (const reading of one.readings) field.append(choice(one, reading, say));
  }
  item.append(field);
  return item;
}

/** @param {Understood} one @param {(key: string, value: string) => void} say @param {boolean} answered */
function seen(one, say, answered) {
  const label = make("label", "", "choice");
  const tick = document.createElement("input");
  tick.type = "checkbox";
  tick.id = idOf(one.key);
  tick.checked = answered && !one.asks;
  tick.addEventListener("change", () => say(one.key, tick.checked ? SEEN : ""));
  label.append(tick, make("span", t("I have seen this; it is as it is meant.")));
  return label;
}

/** @param {Understood} one @param {Reading} reading @param {(key: string, value: string) => void} say */
function choice(one, reading, say) {
  const label = make("label", "", "choice");
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = idOf(one.key);
  radio.id = idOf(one.key, reading.key);
  radio.value = reading.key;
  radio.checked = !one.asks && one.chosen === reading.key;
  radio.addEventListener("change", () => say(one.key, reading.key));
  const text = make("span", "", "choice-text");
  text.append(make("span", reading.sentence));
  if (one.asks && one.chosen === reading.key) text.append(" ", make("span", t("suggested"), "chip"));
  const examples = reading.examples.length ? reading.examples : one.chosen === reading.key ? one.examples : [];
  if (examples.length) text.append(exampleRow(examples));
  label.append(radio, text);
  return label;
}

/** What a folder is called after: one of many, so that they are in a list. @param {Understood} one @param {(key: string, value: string) => void} say */
function roles(one, say) {
  const row = make("div", "", "roles");
  const select = document.createElement("select");
  select.id = idOf(one.key);
  select.setAttribute("aria-label", shown(one.sentence));
  for (const reading of one.readings) {
    const option = document.createElement("option");
    option.value = reading.key;
    option.textContent = reading.sentence;
    option.selected = reading.key === one.chosen;
    select.append(option);
  }
  select.addEventListener("change", () => say(one.key, select.value));
  row.append(select);
  if (one.asks) {
    const right = document.createElement("button");
    right.type = "button";
    right.className = "button small";
    right.id = idOf(one.key, "right");
    right.textContent = t("That is right");
    right.addEventListener("click", () => say(one.key, select.value));
    row.append(right);
  }
  return row;
}

/** How many are open, as a heading. @param {number} open @param {number} all */
export function heading(open, all) {
  if (open) return nt("{n} question before it can begin", "{n} questions before it can begin", open);
  return nt("You have answered the question", "You have answered all {n} questions", all);
}
