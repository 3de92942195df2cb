// Models: what a row, its details, a licence and the errand under way say.
import { bytes, timeLeft } from "./format.js";
import { t } from "./i18n.js";

/**
 * @typedef {{key: string, title: string, notice: string, page: string, commercial: string}} Licence
 * @typedef {{name: string, file: string, bytes: number, arrived: number, here: boolean, host: string, sure: string, how: string, sha256: string, from: string}} File
 * @typedef {{name: string, role: string, about: string, own: boolean, state: string, needs: string[], bytes: number, exact: boolean,
 *   whole: boolean, arrived: number, commercial: "yes" | "no" | "ask", licences: Licence[], accept: string[], cite: string, source: string,
 *   removable: boolean, basic: boolean, files: File[]}} Model
 */

/** @type {Record<string, string>} */
export const COMMERCIAL = { yes: t("commercial use: yes"), no: t("commercial use: no"), ask: t("commercial use: ask") };

/** @param {string} tag @param {string} text @param {string} [className] */
export function make(tag, text, className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/** A link that opens beside the page. @param {string} url @param {string} text */
function link(url, text) {
  const made = /** @type {HTMLAnchorElement} */ (make("a", text));
  made.href = url;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  return made;
}

/** @param {Model} one */
export function size(one) {
  if (!one.bytes) return t("not known");
  if (!one.whole) return t("over {size}", { size: bytes(one.bytes) });
  return one.exact ? bytes(one.bytes) : t("about {size}", { size: bytes(one.bytes) });
}

/** Words and colour of the state. @param {Model} one @param {boolean} busy @returns {[string, string]} */
export function summary(one, busy) {
  if (busy) return [t("at work"), "accent"];
  if (one.state === "here") return one.needs.length ? [t("lacks {name}", { name: one.needs[0] }), "bad"] : [t("here"), "good"];
  if (one.state === "partly") return [one.arrived ? t("{size} are here", { size: bytes(one.arrived) }) : t("partly here"), "accent"];
  return [t("not here"), ""];
}

/** Title, text and share (null: not known) of the errand under way. @param {any} now @returns {[string, string, ?number]} */
export function workText(now) {
  const title = now.stopping
    ? t("Stopping {name}", { name: now.name })
    : { get: t("Fetching {name}", { name: now.name }), check: t("Comparing every byte of {name}", { name: now.name }), import: t("Bringing in from {name}", { name: now.name }) }[/** @type {"get"} */ (now.kind)];
  if (now.sentence) return [title, now.sentence, now.total ? now.done / now.total : null];
  if (now.kind !== "get") return [title, now.file, null];
  if (!now.total) return [title, now.done ? t("{done} so far", { done: bytes(now.done) }) : t("Asking its host…"), null];
  return [title, `${t("{done} of {total}", { done: bytes(now.done), total: bytes(now.total) })} · ${timeLeft(now.seconds_left)}`, now.done / now.total];
}

/** How the last errand for this model ended. @param {Model} one @param {any} end */
export function ending(one, end) {
  if (!end) return null;
  if (end.state === "failed") return make("p", `${end.sentence} ${end.advice}`.trim(), "notice bad model-end");
  if (end.state === "cancelled") return make("p", one.state === "partly" ? t("Stopped; what has arrived is kept.") : t("Stopped."), "model-end quiet");
  return make("p", end.kind === "check" ? t("Every byte is as it came.") : t("It has arrived and was compared."), "model-end quiet");
}

/** The row below a model with everything that is known of it. @param {Model} one */
export function details(one) {
  const facts = make("dl", "", "model-facts");
  /** @param {string} word @param {...(Node | string)} what */
  const fact = (word, ...what) => {
    const said = document.createElement("dd");
    said.append(...what);
    facts.append(make("dt", word), said);
  };
  for (const each of one.licences) fact(t("Licence"), `${each.title}. ${each.notice} `, ...(each.page ? [link(each.page, t("Read it"))] : []));
  if (one.cite) {
    const work = make("span", one.cite);
    work.lang = "en"; // how works are cited, whatever the language of the page
    fact(t("Please cite"), work);
  }
  if (one.source) fact(t("From"), link(one.source, one.source));
  if (one.needs.length) fact(t("Missing packages"), one.needs.join(", "));
  const files = document.createElement("ul");
  for (const file of one.files) {
    const line = document.createElement("li");
    line.append(make("span", file.file, "path"), ` ${file.bytes ? bytes(file.bytes) : t("size not published")}. `, accepted(file));
    if (file.sha256) line.append(document.createElement("br"), make("span", `SHA-256 ${file.sha256}`, "path quiet"));
    if (file.from) line.append(document.createElement("br"), make("span", t("Came from {place}", { place: file.from }), "quiet"));
    files.append(line);
  }
  fact(t("Files"), files);
  const row = make("tr", "", "model-more");
  const cell = document.createElement("td");
  cell.colSpan = 5;
  cell.append(facts);
  row.append(cell);
  return row;
}

/** On what a file was, or will be, accepted. @param {File} file */
function accepted(file) {
  if (file.here) {
    if (file.how === "published") return t("It is the published file.");
    return file.how === "given" ? t("It has the sum that you gave.") : t("Nothing was published about it: its sum when it came counts.");
  }
  if (file.sure === "known") return t("Not here; its sum is known.");
  return file.sure === "one" ? t("Not here; its sum is known from one source.") : t("Not here; no sum is published.");
}

/** A licence before a file is fetched; with a box to tick unless it was accepted before. @param {Licence} one @param {boolean} open @param {() => unknown} changed */
export function licenceCard(one, open, changed) {
  const card = make("div", "", "consent-licence");
  const head = make("h3", one.title);
  head.append(make("span", COMMERCIAL[one.commercial], `chip ${one.commercial === "yes" ? "" : "bad"}`));
  const notice = make("p", `${one.notice} `);
  if (one.page) notice.append(link(one.page, t("Read it")));
  card.append(head, notice);
  if (!open) {
    card.append(make("p", t("Accepted before."), "quiet"));
    return card;
  }
  const label = make("label", "", "models-tick");
  const tick = document.createElement("input");
  tick.type = "checkbox";
  tick.value = one.key;
  tick.addEventListener("change", changed);
  label.append(tick, make("span", t("I have read this and accept it")));
  card.append(label);
  return card;
}
