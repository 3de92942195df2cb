// Models: one table a role, the errand that is under way, and the consent before anything is fetched.
import { ApiError, get, holding, post, showError } from "./api.js";
import { bytes, shown } from "./format.js";
import { t } from "./i18n.js";
import { card, fillWays, wireCards } from "./models_cards.js";
import { ask, wireConsent } from "./models_consent.js";
import { COMMERCIAL, details, ending, make, size, summary, workText } from "./models_text.js";

/** @typedef {import("./models_text.js").Model} Model */

const page = /** @type {HTMLElement} */ (document.getElementById("models"));
/** Roles in their order, each with its title. @type {[string, string][]} */
const ROLES = JSON.parse(page.dataset.roleTitles ?? "[]");
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const button = (/** @type {string} */ id) => /** @type {HTMLButtonElement} */ (document.getElementById(id));

/** @type {any} */
let told = null;
/** @type {any} */
let work = { version: -1, current: null, waiting: [], ended: {} };
let chosen = "";
/** @type {Set<string>} */
const open = new Set();
let following = false;
let doomed = "";

/** @param {any} state */
function draw(state) {
  told = state;
  work = state.errands;
  el("models-packages").hidden = !state.packages.length;
  el("models-packages").textContent = t("The packages of the published models are not installed here ({names}). SpotID’s own parts work without them. Use the full SpotID, or run “launch.py models” once where there is a connection.", { names: state.packages.join(", ") });
  el("models-offline").hidden = !state.wishes.offline;
  el("models-where").textContent = `${t("Models are kept in {folder}.", { folder: state.folder })} ${state.free === null ? "" : t("{size} are free there.", { size: bytes(state.free) })}`;
  fillWays(state.wishes);
  el("basic").hidden = !basic().length;
  drawLists();
  drawWork();
  page.dataset.state = "ready";
}

function drawLists() {
  doomed = "";
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.act;
  const of = /** @type {HTMLElement | null} */ (document.activeElement)?.closest("tr")?.dataset.name;
  const names = told.models.map((/** @type {Model} */ one) => one.name);
  if (!names.includes(chosen)) chosen = names[0] ?? "";
  el("lists").replaceChildren(...ROLES.map(role).filter((one) => one !== null));
  for (const fault of told.faults) el("lists").append(make("p", `${shown(fault.name)}: ${fault.sentence}`, "notice bad models-line"));
  if (focused && of) /** @type {HTMLElement | null} */ (document.querySelector(`tr[data-name="${of}"] [data-act="${focused}"]`))?.focus();
}

/** @param {[string, string]} which */
function role([name, words]) {
  const models = told.models.filter((/** @type {Model} */ one) => one.role === name);
  if (!models.length) return null;
  const section = make("section", "", "role");
  const title = make("h2", words);
  title.id = `role-${name.replace(" ", "-")}`;
  section.setAttribute("aria-labelledby", title.id);
  const table = make("table", "", "table models-table");
  const head = document.createElement("tr");
  const heads = [t("Model"), t("Here?"), t("Size"), t("Licence")];
  head.append(...heads.map((word, at) => make("th", word, at === 2 ? "number" : "")), make("th", ""));
  head.lastElementChild?.append(make("span", t("Actions"), "sr-only"));
  for (const one of head.children) one.setAttribute("scope", "col");
  table.append(document.createElement("thead"), document.createElement("tbody"));
  table.children[0].append(head);
  table.children[1].append(...models.flatMap(rows));
  const box = make("div", "", "role-table");
  box.append(table);
  section.append(title, box);
  return section;
}

/** @param {Model} one */
function rows(one) {
  const row = document.createElement("tr");
  row.dataset.name = one.name;
  row.className = one.name === chosen ? "chosen" : "";
  if (one.name === chosen) row.setAttribute("aria-current", "true");
  const first = document.createElement("td");
  first.append(make("div", one.name, "model-name"), make("p", one.about, "model-about"));
  const end = busy(one.name) ? null : ending(one, work.ended[one.name]);
  if (end) first.append(end);
  const [words, kind] = summary(one, busy(one.name));
  const state = document.createElement("td");
  state.append(make("span", words, `chip ${kind}`));
  const licence = document.createElement("td");
  licence.append(make("div", one.licences.map((each) => each.title).join(" + ")), make("div", COMMERCIAL[one.commercial], "quiet small"));
  const acts = make("td", "");
  const list = make("div", "", "model-acts");
  if (busy(one.name)) list.append(act(one, "cancel", t("Cancel"), cancelOne));
  else {
    if (one.state !== "here" && !one.own) list.append(act(one, "get", one.state === "partly" ? t("Go on") : t("Fetch…"), () => asked([one.name]), one.state === "not" ? "" : "primary"));
    if (one.state === "here") list.append(act(one, "check", t("Check"), check));
    if (one.removable || one.own) list.append(act(one, "remove", t("Remove"), remove));
  }
  const more = act(one, "more", open.has(one.name) ? t("Less") : t("More"), toggle);
  more.setAttribute("aria-expanded", String(open.has(one.name)));
  list.append(more);
  acts.append(list);
  row.append(first, state, make("td", size(one), "number model-size"), licence, acts);
  row.addEventListener("click", () => choose(one.name, false));
  return open.has(one.name) ? [row, details(one)] : [row];
}

/** @param {Model} one @param {string} name @param {string} words @param {(one: Model) => unknown} does @param {string} [kind] */
function act(one, name, words, does, kind = "") {
  const made = /** @type {HTMLButtonElement} */ (make("button", words, `button small ${kind}`));
  made.type = "button";
  made.dataset.act = name;
  made.setAttribute("aria-label", `${words.replace("…", "")}: ${one.name}`);
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    choose(one.name, false);
    does(one);
  });
  return made;
}

const busy = (/** @type {string} */ name) => work.current?.name === name || work.waiting.some((/** @type {any} */ one) => one.name === name);
const model = () => /** @type {Model | undefined} */ (told?.models.find((/** @type {Model} */ one) => one.name === chosen));

function drawWork() {
  const now = work.current;
  el("work").hidden = !now;
  if (!now) return;
  const [title, text, part] = workText(now);
  const bar = /** @type {HTMLProgressElement} */ (el("work-bar"));
  if (part === null) bar.removeAttribute("value");
  else bar.value = part;
  if (el("work-title").textContent !== title) {
    el("work-title").textContent = title;
    el("work-said").textContent = title;
  }
  el("work-text").textContent = text;
  el("work-waiting").textContent = work.waiting.length ? t("Then: {names}", { names: work.waiting.map((/** @type {any} */ one) => one.name).join(", ") }) : "";
}

/** Look how far the errand is, until nothing is under way. */
async function follow() {
  if (following) return;
  following = true;
  while (work.current || work.waiting.length) {
    try {
      const before = JSON.stringify([work.current?.name, work.waiting.length, Object.keys(work.ended).length]);
      work = await get(`/api/models/errands?since=${work.version}`, 20);
      drawWork();
      if (before !== JSON.stringify([work.current?.name, work.waiting.length, Object.keys(work.ended).length])) await load();
      showError(el("models-error"), null);
    } catch (error) {
      showError(el("models-error"), error);
    }
    await new Promise((done) => setTimeout(done, 300));
  }
  following = false;
  drawImported();
}

/** Imports that were told, or had ended before this page was opened. @type {Set<string>} */
const imports = new Set();

/** What came in from a folder or a stick; told once. @param {boolean} [silently] */
function drawImported(silently = false) {
  for (const [path, end] of Object.entries(work.ended)) {
    const key = `${path} ${end.at}`;
    if (end.kind !== "import" || imports.has(key)) continue;
    imports.add(key);
    if (silently) continue;
    el("models-told").hidden = !end.lines.length;
    el("models-told").textContent = end.lines.join(" ");
    if (end.sentence) showError(el("models-error"), new ApiError(end, 0));
  }
}

async function load() {
  draw(await get("/api/models"));
}

/** Do something with the program and show what it says. @param {string} path @param {object} content @param {HTMLButtonElement | null} [held] */
async function tell(path, content, held = null) {
  el("models-told").hidden = true;
  const doing = async () => {
    try {
      showError(el("models-error"), null);
      const state = await post(`/api/models/${path}`, content, 60);
      draw(state);
      follow();
      return state;
    } catch (error) {
      showError(el("models-error"), error);
      el("models-error").scrollIntoView({ block: "nearest" });
      return null;
    }
  };
  if (!held) return doing();
  let state = null;
  await holding(held, async () => void (state = await doing()));
  return state;
}

/** What the full flavour carries and is not here. */
const basic = () => /** @type {Model[]} */ (told.models).filter((one) => one.basic && one.state !== "here" && !busy(one.name)).map((one) => one.name);

/** @param {string[]} names */
const asked = (names) => names.length && ask(names, told, work, (content) => tell("model-get", content));

/** @param {Model} one */
const check = (one) => tell("model-check", { name: one.name });
/** @param {Model} one */
const cancelOne = (one) => tell("model-stop", { name: one.name });

/** Two presses: the first asks. @param {Model} one */
async function remove(one) {
  if (doomed !== one.name) {
    doomed = one.name;
    const again = document.querySelector(`tr[data-name="${one.name}"] [data-act="remove"]`);
    if (again) {
      again.textContent = t("Really remove?");
      again.setAttribute("aria-label", `${t("Really remove?")} ${one.name}`);
      again.classList.add("bad");
    }
    return;
  }
  doomed = "";
  const state = await tell("model-remove", { name: one.name });
  if (!state) return;
  el("models-told").hidden = false;
  el("models-told").textContent = t("{name} was removed; {size} are free again.", { name: one.name, size: bytes(state.freed) });
}

/** @param {Model} one */
function toggle(one) {
  if (open.has(one.name)) open.delete(one.name);
  else open.add(one.name);
  drawLists();
}

/** @param {string} name @param {boolean} seen */
function choose(name, seen) {
  if (doomed && doomed !== name) drawLists();
  chosen = name;
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("tr[data-name]"))) {
    const here = row.dataset.name === name;
    row.classList.toggle("chosen", here);
    if (here) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
    if (here && seen) row.scrollIntoView({ block: "nearest" });
  }
}

/** @param {number} by */
function step(by) {
  const names = [...document.querySelectorAll("tr[data-name]")].map((row) => /** @type {HTMLElement} */ (row).dataset.name ?? "");
  choose(names[Math.max(0, Math.min(names.length - 1, names.indexOf(chosen) + by))] ?? "", true);
}

button("work-cancel").addEventListener("click", () => work.current && tell("model-stop", { name: work.current.name }));
/** @type {Record<string, () => unknown>} */
const KEYS = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  f: () => model() && model()?.state !== "here" && !model()?.own && !busy(chosen) && asked([chosen]),
  c: () => model()?.state === "here" && !busy(chosen) && check(/** @type {Model} */ (model())),
  Delete: () => (model()?.removable || model()?.own) && !busy(chosen) && remove(/** @type {Model} */ (model())),
  d: () => model() && toggle(/** @type {Model} */ (model())),
  b: () => asked(basic()),
  i: () => card("bring", true),
  n: () => card("ways", true),
  Escape: () => {
    if (!el("bring-card").hidden) return card("bring", false);
    if (!el("ways-card").hidden) return card("ways", false);
    if (doomed) return drawLists();
    return work.current && tell("model-stop", { name: work.current.name });
  },
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
  const target = /** @type {Element} */ (event.target);
  if (target.matches?.("input, select, textarea") && event.key !== "Escape") return;
  const does = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!does) return;
  event.preventDefault();
  does();
});
addEventListener("focus", () => !following && load().then(follow, () => {}));
wireCards(tell);
wireConsent();
button("basic").addEventListener("click", () => asked(basic()));
try {
  await load();
  drawImported(true);
  follow();
} catch (error) {
  showError(el("models-error"), error);
}
