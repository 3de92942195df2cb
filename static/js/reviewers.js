// Reviewers: answers by person, agreement, and bringing the answers of two laptops together.
import { ApiError, get, holding, newUid, post, projectId, showError } from "./api.js";
import { wireBrowse } from "./browse.js";
import { shown, when } from "./format.js";
import { nt, number, t } from "./i18n.js";
import { measures, sentences, whose } from "./reviewers_text.js";

/** @typedef {import("./reviewers_text.js").Agreement} Agreement */

const page = /** @type {HTMLElement} */ (document.getElementById("reviewers"));
const api = `/api/project/${projectId()}`;
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const NAMES = ["same", "different", "cannot_tell"];
const COLUMNS = ["same", "different", "cannot_tell", "not_comparable", "new", "second"];

/** @param {string} tag @param {string} [text] @param {string} [className] */
function make(tag, text = "", className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/** @param {any} one */
function person(one) {
  const row = document.createElement("tr");
  const head = make("th", one.initials || t("no initials"));
  head.setAttribute("scope", "row");
  const counts = COLUMNS.map((kind) => one.kinds[kind] ?? 0);
  const others = one.answers - counts.reduce((sum, n) => sum + n, 0);
  const time = one.median_seconds === null ? "–" : t("{seconds} s", { seconds: one.median_seconds.toFixed(1) });
  const cells = [one.answers, ...counts, others, one.taken_back].map((n) => number(n));
  row.append(head, ...[...cells, time].map((text) => make("td", text, "number")));
  return row;
}

/** First answers in rows, second ones in columns. @param {Agreement} one */
function table(one) {
  const names = { same: t("same"), different: t("different"), cannot_tell: t("can't tell") };
  const label = (/** @type {string} */ name) => names[/** @type {keyof typeof names} */ (name)];
  const node = make("table", "", "cells");
  const head = document.createElement("thead");
  const top = document.createElement("tr");
  top.append(make("td"), ...NAMES.map((name) => make("th", t("second: {answer}", { answer: label(name) }))));
  head.append(top);
  const body = document.createElement("tbody");
  for (const first of NAMES) {
    const row = document.createElement("tr");
    row.append(make("th", t("first: {answer}", { answer: label(first) })));
    for (const second of NAMES) {
      const decided = first !== "cannot_tell" && second !== "cannot_tell";
      row.append(make("td", number(one.cells[first][second]), first === second ? "agree" : decided ? "against" : ""));
    }
    body.append(row);
  }
  node.append(make("caption", t("How many pairs")), head, body);
  return node;
}

/** @param {string} who @param {Agreement} one @param {number} fewest */
function agreement(who, one, fewest) {
  const node = make("div", "", "agreement");
  const list = make("dl", "", "measures");
  for (const [name, figure, why] of measures(one, fewest)) {
    const line = make("div");
    const told = make("dd");
    told.append(make("strong", figure), make("span", why));
    line.append(make("dt", name), told);
    list.append(line);
  }
  const parts = make("div", "", "agreement-parts");
  parts.append(list, table(one));
  node.append(make("h3", whose(who)), parts);
  return node;
}

/** @param {any} told */
function show(told) {
  el("people").replaceChildren(...told.reviewers.map(person));
  el("people-box").hidden = !told.reviewers.length;
  el("people-none").hidden = Boolean(told.reviewers.length);
  const strata = Object.entries(told.agreement);
  el("agreement").replaceChildren(...strata.map(([who, one]) => agreement(who, /** @type {Agreement} */ (one), told.fewest)));
  el("agreement-lead").textContent = strata.length
    ? t("{blind} pairs were judged by a second opinion, {merged} on two laptops; nobody knew the other's answer.", { blind: number(told.blind), merged: number(told.merged) })
    : nt("No pair was judged twice yet. When {n} pair was, a first rate of mistakes can be told.", "No pair was judged twice yet. When {n} pairs were, a first rate of mistakes can be told.", told.fewest);
  if (document.getElementById("merges-box")) {
    el("merges-box").hidden = !told.merges.length;
    el("merges").replaceChildren(
      ...told.merges.map((/** @type {any} */ one) => make("li", nt("{when}: {n} answer from “{title}”", "{when}: {n} answers from “{title}”", one.taken, { when: when(one.merged_at), title: one.title }))),
    );
  }
  page.dataset.state = "ready";
}

/** @param {string} title @param {string[]} lines */
function listed(title, lines) {
  if (!lines.length) return [];
  const list = document.createElement("ul");
  list.append(...lines.map((line) => make("li", line)));
  return [make("h3", title), list];
}

/** @param {any} r */
function who(r) {
  if (!r.individuals.length) return [];
  const box = make("div", "", "wide-table");
  box.tabIndex = 0;
  const rows = make("table", "", "table");
  const head = document.createElement("tr");
  head.append(...[t("There"), t("Pictures"), t("Here"), t("Here before the merge")].map((text) => make("th", text)));
  const body = document.createElement("tbody");
  for (const one of r.individuals) {
    const row = document.createElement("tr");
    const name = one.name ? `${one.theirs} (${shown(one.name)})` : one.theirs;
    row.append(make("td", name), make("td", number(one.sightings)), make("td", one.ours.join(", ") || t("nobody")), make("td", one.before.join(", ") || t("not known")));
    body.append(row);
  }
  const top = document.createElement("thead");
  top.append(head);
  rows.append(top, body);
  box.append(rows);
  return [make("h3", t("Which of their individuals is which of yours")), box];
}

/** @param {any} r */
function report(r) {
  const summary = make("ul", "", `notice ${r.kept ? "good" : ""}`);
  summary.append(...sentences(r).map((line) => make("li", line)));
  const pair = (/** @type {any} */ one) => t("{a} and {b}", { a: shown(one.a_path), b: shown(one.b_path) });
  const nodes = [summary, ...listed(t("New contradictions"), r.conflicts.new.map(pair))];
  if (r.kept && r.conflicts.after) {
    const link = /** @type {HTMLAnchorElement} */ (make("a", t("See the conflicts"), "button"));
    link.href = `/project/${projectId()}/conflicts`;
    nodes.push(link);
  }
  nodes.push(...who(r));
  nodes.push(...listed(t("Names that clash"), r.names.map((/** @type {any} */ one) => t("their {theirs} is “{name}”, your {ours} is “{ourName}”", { theirs: one.theirs, name: shown(one.name), ours: one.ours, ourName: shown(one.our_name) }))));
  nodes.push(...listed(t("Not taken over"), r.refused.map((/** @type {any} */ one) => t("Answer {row} there: {why}", { row: number(one.row), why: one.why }))));
  nodes.push(...listed(t("On pictures that are not here"), r.unknown.map((/** @type {any} */ one) => one.pictures.map(shown).join(" – "))));
  el("merge-report").replaceChildren(...nodes);
  el("merge-report").hidden = false;
}

/** The number of the merge in hand: sending it twice is one merge. */
let uid = newUid();

/** @param {boolean} keep @param {HTMLButtonElement} button */
async function merge(keep, button) {
  await holding(button, async () => {
    const path = /** @type {HTMLInputElement} */ (el("merge-path")).value.trim();
    const sure = /** @type {HTMLInputElement} */ (el("merge-sure")).checked;
    try {
      const told = await post(`${api}/${keep ? "merge" : "merge-preview"}`, { uid, path, sure }, 300);
      showError(el("merge-error"), null);
      report(told.report);
      el("merge-now").hidden = keep || !told.report.taken;
      if (keep) {
        uid = newUid();
        show(told);
        const badge = document.getElementById("conflict-count");
        if (badge) {
          badge.textContent = number(told.report.conflicts.after);
          badge.hidden = !told.report.conflicts.after;
        }
      }
    } catch (error) {
      el("merge-report").hidden = true;
      el("merge-now").hidden = true;
      el("merge-sure-box").hidden = !(error instanceof ApiError && error.code === "other-survey");
      showError(el("merge-error"), error);
    }
  });
}

const form = document.getElementById("merge-form");
if (form) {
  wireBrowse();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void merge(false, /** @type {HTMLButtonElement} */ (el("merge-preview")));
  });
  el("merge-now").addEventListener("click", () => void merge(true, /** @type {HTMLButtonElement} */ (el("merge-now"))));
  el("merge-path").addEventListener("input", () => {
    for (const id of ["merge-now", "merge-report", "merge-error", "merge-sure-box"]) el(id).hidden = true;
    /** @type {HTMLInputElement} */ (el("merge-sure")).checked = false;
  });
}
try {
  show(await get(`${api}/reviewers`, 60));
} catch (error) {
  showError(el("reviewers-error"), error);
}
