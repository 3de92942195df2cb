// What has become of every row of an import; what a person has to say of it; and taking all of it back.
import { get, holding, post, projectId, showError } from "./api.js";
import { number, shown, when } from "./format.js";
import { nt, t } from "./i18n.js";
import { make } from "./import_questions.js";
import { initials } from "./initials.js";

/**
 * @typedef {{id: number, relpath: string, lines: string, name: string, flank: string, species: string, station: string, latitude: ?number,
 *   longitude: ?number, taken: ?string, state: string, why: string, media_uid: ?string, sightings: string[]}} Row
 */

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const page = el("outcome");
const project = `/project/${projectId()}`;
const api = `/api/project/${projectId()}/imports/${page.dataset.uid}`;
const AGAIN_SECONDS = 3; // while a run is following the rows

/** @type {Record<string, [string, string]>} the name of a state, and what to say where it has no rows */
const STATES = {
  ask: [t("To be answered"), t("Nothing is asked: every row was clear.")],
  refused: [t("Not used"), t("Every row could be used.")],
  used: [t("Used"), t("Nothing was used yet.")],
  waits: [t("To come"), t("The run has come to every row.")],
  taken_back: [t("Taken back"), t("Nothing was taken back.")],
};
const FLANKS = /** @type {Record<string, string>} */ ({ left: t("left side"), right: t("right side") });

let open = "";
let after = 0;
/** @type {Record<string, number>} */
let counts = {};
let turn = 0;

/** @param {any} told */
function drawTabs(told) {
  counts = told.counts;
  if (!open) open = ["ask", "refused", "used", "waits"].find((state) => counts[state]) ?? "used";
  const all = Object.keys(STATES).filter((state) => counts[state] || state === open || (state !== "taken_back" && state !== "waits"));
  const had = document.activeElement?.id;
  el("tabs").replaceChildren(
    ...all.map((state) => {
      const tab = make("button", `${STATES[state][0]} (${number(counts[state])})`, "tab");
      tab.id = `tab-${state}`;
      tab.setAttribute("type", "button");
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", "panel");
      tab.setAttribute("aria-selected", String(state === open));
      tab.tabIndex = state === open ? 0 : -1;
      tab.addEventListener("click", () => choose(state));
      return tab;
    }),
  );
  if (had?.startsWith("tab-")) document.getElementById(had)?.focus();
  el("panel").setAttribute("aria-labelledby", `tab-${open}`);
  const said = Object.values(counts).reduce((sum, n) => sum + n, 0) - (counts.refused ?? 0) - (counts.taken_back ?? 0);
  el("take-back").hidden = Boolean(told.taken_back_at) || !said;
  page.dataset.atWork = String(told.at_work);
}

/** @param {string} state */
function choose(state) {
  open = state;
  el(`tab-${state}`).focus();
  load();
}

/** @param {Row} row */
function says(row) {
  const cell = document.createElement("td");
  const facts = [row.name, FLANKS[row.flank] ?? row.flank, row.species, row.station, row.taken ? when(row.taken) : ""];
  if (row.latitude !== null && row.longitude !== null) facts.push(`${row.latitude}, ${row.longitude}`);
  facts.filter(Boolean).forEach((fact, at) => cell.append(at ? " · " : "", make("bdi", fact)));
  return cell;
}

/** @param {Row} row */
function draw(row) {
  const line = document.createElement("tr");
  line.dataset.row = String(row.id);
  const file = document.createElement("td");
  if (row.media_uid) {
    const link = /** @type {HTMLAnchorElement} */ (make("a", row.relpath, "path"));
    link.href = `${project}/photograph/${row.media_uid}`;
    file.append(link);
  } else file.append(make("bdi", row.relpath || "–", "path"));
  const became = document.createElement("td");
  became.append(make("p", row.why || STATES[row.state]?.[0] || row.state, "why"));
  if (row.state === "ask") became.append(asked(row));
  line.append(make("td", row.lines || "–", "number"), file, says(row), became);
  return line;
}

/** Which of the boxes is meant, or none. @param {Row} row */
function asked(row) {
  const box = make("div", "", "boxes-asked");
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", row.name ? t("Which of these is {name}?", { name: shown(row.name) }) : t("Which of these is meant?"));
  row.sightings.forEach((uid, at) => {
    const button = /** @type {HTMLButtonElement} */ (make("button", "", "box-asked"));
    button.type = "button";
    button.dataset.deed = "choose";
    const picture = document.createElement("img");
    picture.src = `${project}/picture/${uid}/thumb`;
    picture.alt = t("Box {n}", { n: at + 1 });
    button.append(picture, make("span", row.name ? t("This is {name}", { name: row.name }) : t("This one")));
    button.addEventListener("click", () => settle(row, button, { sighting: uid, reviewer: initials() }));
    box.append(button);
  });
  if (!row.sightings.length && row.media_uid) {
    const draws = /** @type {HTMLAnchorElement} */ (make("a", t("Draw its box"), "button small"));
    draws.href = `${project}/boxes?queue=no_animal&frame=${row.media_uid}&of=${row.media_uid}`;
    box.append(draws);
  }
  const leave = /** @type {HTMLButtonElement} */ (make("button", row.sightings.length ? t("None of them; leave it") : t("Leave it"), "button small"));
  leave.type = "button";
  leave.dataset.deed = "leave";
  leave.addEventListener("click", () => settle(row, leave, { leave: true }));
  box.append(leave);
  return box;
}

/** @param {Row} row @param {HTMLButtonElement} button @param {object} said */
function settle(row, button, said) {
  return holding(button, async () => {
    showError(el("outcome-error"), null);
    try {
      await post(`/api/project/${projectId()}/imports/rows/${row.id}`, said, 60);
      const line = el("rows").querySelector(`[data-row="${row.id}"]`);
      const next = /** @type {?HTMLElement} */ (line?.nextElementSibling?.querySelector("button, a") ?? null);
      line?.remove();
      await refresh();
      (next ?? el(`tab-${open}`)).focus();
      none();
    } catch (error) {
      showError(el("outcome-error"), error);
    }
  });
}

function none() {
  const empty = !el("rows").children.length;
  el("rows-table").hidden = empty;
  el("rows-none").hidden = !empty;
  const any = Object.values(counts).some((n) => n);
  el("rows-none").textContent = any ? STATES[open][1] : t("This import brought photographs or clips alone; nothing was said of them.");
}

/** The first page of the rows of the open state, or the next one. @param {boolean} [more] */
async function load(more = false) {
  const mine = ++turn;
  try {
    const told = await get(`${api}?state=${open}&after=${more ? after : 0}`, 60);
    if (mine !== turn) return;
    const first = !open;
    drawTabs(told);
    if (first) return load();
    const rows = told.rows.map(draw);
    if (more) el("rows").append(...rows);
    else el("rows").replaceChildren(...rows);
    after = told.next_after ?? 0;
    el("rows-more").hidden = !told.next_after;
    none();
    page.dataset.state = "ready";
  } catch (error) {
    showError(el("outcome-error"), error);
  }
}

/** The counts alone. */
async function refresh() {
  const told = await get(`${api}?state=${open}`, 60).catch(() => null);
  if (told) drawTabs(told);
  return told;
}

/** While a run is at work the counts change, and the rows where there are few. */
async function watch() {
  for (;;) {
    await new Promise((done) => setTimeout(done, AGAIN_SECONDS * 1000));
    if (document.hidden || page.dataset.atWork !== "true") continue;
    const before = JSON.stringify(counts);
    const told = await refresh();
    const busy = el("panel").contains(document.activeElement);
    if (told && JSON.stringify(counts) !== before && !busy && !after) await load();
  }
}

function takeBack() {
  return holding(/** @type {HTMLButtonElement} */ (el("ask-yes")), async () => {
    showError(el("outcome-error"), null);
    try {
      const done = await post(`${api}/take-back-all`, { sure: true, reviewer: initials() }, 600);
      el("ask").hidden = true;
      el("outcome-told").textContent = nt("{n} answer was taken back. A run lets go of the stations and times of this import.", "{n} answers were taken back. A run lets go of the stations and times of this import.", done.answers);
      el("outcome-told").hidden = false;
      open = "taken_back";
      await load();
    } catch (error) {
      showError(el("outcome-error"), error);
    }
  });
}

/** @param {boolean} shows */
function ask(shows) {
  el("ask").hidden = !shows;
  el(shows ? "ask-no" : "take-back").focus();
}

el("tabs").addEventListener("keydown", (event) => {
  const tabs = /** @type {HTMLElement[]} */ ([...el("tabs").children]);
  const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  const tab = to === undefined ? null : tabs[to];
  if (!tab) return;
  event.preventDefault();
  choose(tab.id.slice(4));
});
el("rows-more").addEventListener("click", () => load(true));
el("take-back").addEventListener("click", () => ask(true));
el("ask-no").addEventListener("click", () => ask(false));
el("ask-yes").addEventListener("click", takeBack);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !el("ask").hidden) ask(false);
});
await load();
watch();
