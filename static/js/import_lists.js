// What was found in a collection, one by one: individuals, stations, species, lines that are not used, changes.
import { get } from "./api.js";
import { number } from "./format.js";
import { nt, t } from "./i18n.js";
import { make } from "./import_questions.js";

/** @typedef {{rows: any[], total: number}} Page */

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} text @param {boolean} [isNumber] @returns {HTMLElement} */
const cell = (text, isNumber = false) => make("td", text, isNumber ? "number" : "");
const count = (/** @type {number} */ n) => cell(n ? number(n) : "–", true);

/** @param {...HTMLElement} cells */
function row(...cells) {
  const line = document.createElement("tr");
  line.append(...cells);
  return line;
}

/** A name, and under it why it can't be used. @param {string} name @param {string} why */
function named(name, why) {
  const td = document.createElement("td");
  td.append(make("bdi", name));
  if (why) td.append(make("span", why, "why-not"));
  return td;
}

/** @param {any} one */
function change(one) {
  const now = cell("");
  if (one.overrules) now.append(make("bdi", String(one.was), "was"), " → ");
  now.append(make("bdi", String(one.now)));
  if (one.overrules) now.append(" ", make("span", t("replaces what was said before"), "chip accent"));
  return row(cell(number(one.line), true), cell(one.file), cell(one.column), now);
}

/** @type {Record<string, {title: (n: number) => string, heads: [string, boolean][], row: (one: any) => HTMLElement}>} */
const LISTS = {
  changes: {
    title: (n) => nt("{n} change", "{n} changes", n),
    heads: [[t("Line"), true], [t("File"), false], [t("Column"), false], [t("Value"), false]],
    row: change,
  },
  individuals: {
    title: (n) => nt("{n} individual", "{n} individuals", n),
    heads: [[t("Individual"), false], [t("Pictures"), true], [t("Clips"), true], [t("Left side"), true], [t("Right side"), true], [t("Stations"), true]],
    row: (one) => row(named(one.name, one.why_not), count(one.pictures), count(one.clips), count(one.left), count(one.right), count(one.stations)),
  },
  stations: {
    title: (n) => nt("{n} station", "{n} stations", n),
    heads: [[t("Station"), false], [t("Files"), true]],
    row: (one) => row(named(one.name, ""), count(one.files)),
  },
  species: {
    title: (n) => nt("{n} species", "{n} species", n),
    heads: [[t("Species"), false], [t("Files"), true]],
    row: (one) => row(named(one.name, ""), count(one.files)),
  },
  refused: {
    title: (n) => nt("{n} line that is not used", "{n} lines that are not used", n),
    heads: [[t("Line"), true], [t("Why it is not used"), false]],
    row: (one) => row(cell(one.line ? number(one.line) : "–", true), cell(one.sentence)),
  },
};

export class Lists {
  /** @param {string} id of the look */
  constructor(id) {
    this.id = id;
    this.open = "";
    this.reached = 0;
    el("list-more").addEventListener("click", () => this.#more());
    el("tabs").addEventListener("keydown", (event) => {
      const tabs = /** @type {HTMLElement[]} */ ([...el("tabs").children]);
      const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      const tab = to === undefined ? null : tabs[to];
      if (!tab) return;
      event.preventDefault();
      tab.click();
      tab.focus();
    });
  }

  /** @param {Record<string, Page>} lists the beginnings of the lists */
  draw(lists) {
    this.lists = lists;
    const names = Object.keys(LISTS).filter((name) => lists[name]?.total);
    el("lists-card").hidden = !names.length;
    if (!names.includes(this.open)) this.open = names[0] ?? "";
    el("tabs").replaceChildren(...names.map((name) => this.#tab(name)));
    if (this.open) this.#table();
  }

  /** @param {string} name */
  #tab(name) {
    const tab = make("button", LISTS[name].title(this.lists?.[name].total ?? 0), "tab");
    tab.id = `tab-${name}`;
    tab.setAttribute("type", "button");
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", "list");
    tab.setAttribute("aria-selected", String(name === this.open));
    tab.tabIndex = name === this.open ? 0 : -1;
    tab.addEventListener("click", () => {
      this.open = name;
      for (const other of /** @type {HTMLElement[]} */ ([...el("tabs").children])) {
        other.setAttribute("aria-selected", String(other === tab));
        other.tabIndex = other === tab ? 0 : -1;
      }
      this.#table();
    });
    return tab;
  }

  #table() {
    const { heads, row: draw } = LISTS[this.open];
    const page = /** @type {Record<string, Page>} */ (this.lists)[this.open];
    const table = make("table", "", "table");
    const head = document.createElement("thead");
    head.append(
      row(
        ...heads.map(([text, isNumber]) => {
          const th = make("th", text, isNumber ? "number" : "");
          th.setAttribute("scope", "col");
          return th;
        }),
      ),
    );
    const body = document.createElement("tbody");
    body.append(...page.rows.map(draw));
    table.append(head, body);
    el("list").replaceChildren(table);
    el("list").setAttribute("aria-labelledby", `tab-${this.open}`);
    this.#reach(page.rows.length, page.total);
  }

  /** @param {number} reached @param {number} total */
  #reach(reached, total) {
    this.reached = reached;
    el("list-more").hidden = reached >= total;
    el("list-more").textContent = nt("Show more ({n} to go)", "Show more ({n} to go)", Math.max(0, total - reached));
  }

  async #more() {
    const name = this.open;
    const page = await get(`/api/imports/${this.id}/list?of=${name}&after=${this.reached}`).catch(() => null);
    if (!page || name !== this.open) return;
    el("list").querySelector("tbody")?.append(...page.rows.map(LISTS[name].row));
    this.#reach(this.reached + page.rows.length, page.total);
  }
}
