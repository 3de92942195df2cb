// Which way through the work, and only which part of it: chosen in two dialogs, kept in the page's address.
import { get, projectId } from "./api.js";
import { number } from "./format.js";
import { nt, t } from "./i18n.js";
import { initials } from "./initials.js";
import { toast } from "./looking.js";

/** @typedef {import("./types.js").Pair} Pair */
/** @typedef {{stations?: {name: string, count?: number}[], species?: (string | {name: string})[], flanks?: string[], first?: ?string, last?: ?string}} Choices */

const FIRST_WAY = "anchor";
const NAMES = ["station", "from", "to", "species", "flank", "quality"];
const FLANKS = { left: t("left side"), right: t("right side"), front: t("from the front"), rear: t("from behind"), unknown: t("side not known") };
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const field = (/** @type {string} */ name) => /** @type {HTMLInputElement | HTMLSelectElement} */ (el(`filter-${name}`));

/** @param {string} tag @param {string} className @param {string} [text] */
function make(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

/** @param {string} name @param {string} value */
function chipText(name, value) {
  switch (name) {
    case "station":
      return t("Station {name}", { name: value });
    case "from":
      return t("From {day}", { day: value });
    case "to":
      return t("Until {day}", { day: value });
    case "flank":
      return FLANKS[/** @type {keyof typeof FLANKS} */ (value)] ?? value;
    case "quality":
      return t("Quality from {percent} %", { percent: Math.round(Number(value) * 100) });
    default:
      return value;
  }
}

export class Ways {
  /** @param {() => void} changed called when another question is to be asked */
  constructor(changed) {
    this.changed = changed;
    const asked = new URLSearchParams(location.search);
    this.way = asked.get("way") || FIRST_WAY;
    this.asked = asked.get("anchor"); // a sighting to begin with; the page's address forgets it
    /** @type {Record<string, string>} */
    this.filters = {};
    for (const name of NAMES) if (asked.get(name)) this.filters[name] = asked.get(name) ?? "";
    this.#address();
    this.#chips();
    el("filters-form").addEventListener("submit", () => this.#take());
    el("filters-none").addEventListener("click", () => this.clear());
    el("ways-open").addEventListener("click", () => this.choose());
    el("filters-open").addEventListener("click", () => this.narrow());
  }

  /** What goes along with every answer and move. */
  get fields() {
    return { way: this.way, filters: this.filters };
  }

  /** True where only a part is asked about. */
  get narrowed() {
    return Object.keys(this.filters).length > 0;
  }

  /** The address's end for a question. @param {?string} [anchor] */
  query(anchor) {
    const query = new URLSearchParams(this.#known());
    if (anchor) query.set("anchor", anchor);
    if (initials()) query.set("reviewer", initials()); // blind, nobody is asked what they have just answered themselves
    return query.size ? `?${query}` : "";
  }

  /** What the program says of the ways. @param {Pair} pair */
  show(pair) {
    const ways = pair.ways ?? [];
    el("ways-open").hidden = !ways.length;
    if (pair.way && pair.way !== this.way) {
      this.way = pair.way;
      this.#address();
    }
    const current = ways.find((way) => way.name === this.way);
    el("ways-now").textContent = current?.label ?? "";
    el("ways-open").title = `${current?.sentence ?? ""} (W)`;
    el("ways-list").replaceChildren(
      ...ways.map((way) => {
        const button = make("button", "way");
        button.setAttribute("type", "submit");
        button.setAttribute("aria-pressed", String(way.name === this.way));
        button.dataset.way = way.name;
        button.append(make("b", "", way.label), make("span", "quiet", way.sentence));
        if (typeof way.left === "number") button.append(make("span", "way-left", nt("{left} question", "{left} questions", way.left, { left: number(way.left) })));
        button.addEventListener("click", () => this.#go(way.name));
        return button;
      }),
    );
  }

  choose() {
    /** @type {HTMLDialogElement} */ (el("ways")).showModal();
    /** @type {?HTMLElement} */ (el("ways-list").querySelector("[aria-pressed=true]"))?.focus();
  }

  async narrow() {
    /** @type {Choices} */
    let choices = {};
    try {
      choices = await get(`/api/project/${projectId()}/filters`);
    } catch {
      return toast(t("The filters could not be asked for."));
    }
    const options = (/** @type {string} */ name, /** @type {[string, string][]} */ list) => {
      const select = field(name);
      select.replaceChildren(...[["", t("All")], ...list].map(([value, label]) => new Option(label, value)));
      /** @type {HTMLElement} */ (select.closest(".field")).hidden = list.length < 1;
    };
    const named = (/** @type {string | {name: string, count?: number}} */ one) => (typeof one === "string" ? { name: one } : one);
    options("station", (choices.stations ?? []).map(named).map((s) => [s.name, s.count ? `${s.name} (${number(s.count)})` : s.name]));
    options("species", (choices.species ?? []).map(named).map((s) => [s.name, s.name]));
    options("flank", (choices.flanks ?? []).map((f) => [f, FLANKS[/** @type {keyof typeof FLANKS} */ (f)] ?? f]));
    for (const name of ["from", "to"]) {
      field(name).setAttribute("min", choices.first?.slice(0, 10) ?? "");
      field(name).setAttribute("max", choices.last?.slice(0, 10) ?? "");
    }
    for (const name of NAMES) field(name).value = this.filters[name] ?? "";
    /** @type {HTMLDialogElement} */ (el("filters")).showModal();
  }

  /** Ask about everything again. */
  clear() {
    /** @type {HTMLDialogElement} */ (el("filters")).close();
    if (this.narrowed) this.#filter({});
  }

  #take() {
    /** @type {Record<string, string>} */
    const filters = {};
    for (const name of NAMES) if (field(name).value) filters[name] = field(name).value;
    this.#filter(filters);
  }

  /** @param {Record<string, string>} filters */
  #filter(filters) {
    this.filters = filters;
    this.#address();
    this.#chips();
    this.changed();
  }

  /** @param {string} way */
  #go(way) {
    if (way === this.way) return;
    this.way = way;
    this.#address();
    this.changed();
  }

  #known() {
    return { ...(this.way === FIRST_WAY ? {} : { way: this.way }), ...this.filters };
  }

  /** So that loading the page again keeps the choice; an anchor that was asked for is no part of it. */
  #address() {
    const query = new URLSearchParams(this.#known());
    history.replaceState(null, "", location.pathname + (query.size ? `?${query}` : ""));
  }

  #chips() {
    el("chips").hidden = !this.narrowed;
    el("chips-list").replaceChildren(
      ...Object.entries(this.filters).map(([name, value]) => {
        const chip = make("button", "filter-chip", chipText(name, value));
        chip.setAttribute("type", "button");
        chip.dataset.filter = name;
        chip.setAttribute("aria-label", t("Remove the filter “{filter}”", { filter: chipText(name, value) }));
        const cross = make("span", "cross", "×");
        cross.setAttribute("aria-hidden", "true");
        chip.append(cross);
        chip.addEventListener("click", () => {
          const { [name]: _gone, ...rest } = this.filters;
          this.#filter(rest);
        });
        return chip;
      }),
    );
  }
}
