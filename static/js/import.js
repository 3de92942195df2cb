// Before an import: what was found, how it was understood and what is odd; nothing is written until Import is pressed.
import { ApiError, get, holding, post, showError } from "./api.js";
import { bytes, number, shown } from "./format.js";
import { nt, t } from "./i18n.js";
import { Lists } from "./import_lists.js";
import { FOLDER, heading, make, question } from "./import_questions.js";
import { initials } from "./initials.js";

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const page = el("import");
const id = page.dataset.id ?? "";
const api = `/api/imports/${id}`;
const isSheet = page.dataset.kind === "sheet";
const lists = new Lists(id);
const takeButton = /** @type {HTMLButtonElement} */ (el("import-take"));
const HEARTBEAT_SECONDS = 60; // an upload that nobody looks at is thrown away in the end

/** @type {any} */
let plan = null;
let turn = 0;
let leaving = false;
let sure = false;
/** What was asked last, until all of it is drawn. @type {Promise<void>} */
let underWay = Promise.resolve();

/** @param {any} told */
function draw(told) {
  plan = told.plan ?? null;
  if (told.url) return location.replace(told.url);
  page.dataset.state = told.state;
  el("looking-card").hidden = told.state !== "looking" || Boolean(plan);
  el("looking-count").textContent = told.counted ? nt("{n} file so far", "{n} files so far", told.counted) : "";
  el("found").hidden = !plan;
  el("found").setAttribute("aria-busy", String(told.state === "looking"));
  if (told.error) showError(el("import-error"), new ApiError({ code: "look", ...told.error }, 0));
  if (plan) drawPlan(told);
  drawFoot(told);
}

/** @param {any} told */
function drawPlan(told) {
  const focused = document.activeElement?.id;
  const trouble = plan.trouble;
  showError(el("import-trouble"), trouble ? new ApiError({ code: "sheet", ...trouble }, 0) : null);
  const layoutAsked = plan.questions.rows.some((/** @type {any} */ one) => one.key === "layout");
  el("found-sentence").hidden = layoutAsked; // it stands in the question
  el("found-sentence").textContent = shown(plan.sentence ?? "");
  el("found-figures").replaceChildren(...figures(told).map(([name, value]) => figure(name, value)));
  el("found-more").textContent = more().join(" ");
  const { questions, understood } = plan;
  el("questions-card").hidden = !questions.total;
  el("questions-title").textContent = heading(questions.open, questions.total);
  el("questions").replaceChildren(...questions.rows.map((/** @type {any} */ one) => question(one, say, one.key in told.answers)));
  const folders = openFolders();
  el("questions-suggested").hidden = folders.length < 2;
  el("questions-suggested").textContent = nt("All {n} folder as suggested", "All {n} folders as suggested", folders.length);
  el("understood-card").hidden = !understood.total;
  el("understood-count").textContent = `(${number(understood.total)})`;
  el("understood").replaceChildren(...understood.rows.map((/** @type {any} */ one) => question(one, say, false)));
  drawOdd(plan.lists.oddities?.rows ?? []);
  lists.draw(plan.lists);
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
}

/** @param {any} told @returns {[string, string][]} */
function figures(told) {
  if (isSheet) {
    return [
      [t("lines that say something"), number(plan.rows)],
      [t("changes"), number(plan.lists.changes?.total ?? 0)],
      [t("lines with nothing new"), number(plan.nothing_new)],
      [t("lines not used"), number(plan.lists.refused?.total ?? 0)],
    ];
  }
  /** @type {[string, string][]} */
  const found = [[t("pictures"), number(plan.pictures)]];
  if (plan.clips) found.push([t("clips"), number(plan.clips)]);
  if (plan.named) found.push([t("of a known individual"), number(plan.named)]);
  if (told.plan.days?.days) found.push([t("days"), number(plan.days.days)]);
  found.push([t("size"), bytes(plan.bytes)]);
  return found;
}

/** Further facts, as sentences. @returns {string[]} */
function more() {
  if (isSheet) return [];
  const said = [];
  const { days } = plan;
  if (days?.first) said.push(t("The sheet tells of days from {first} to {last}.", { first: days.first, last: days.last }));
  if (plan.others) said.push(nt("{n} file is neither picture nor clip.", "{n} files are neither pictures nor clips.", plan.others));
  if (plan.known?.files) said.push(nt("{n} file is in the project already; it is not taken in twice.", "{n} files are in the project already; they are not taken in twice.", plan.known.files));
  if (!plan.pictures && !plan.clips) said.push(t("There is neither a picture nor a clip in here. Choose the folder that holds them, or the folder above it."));
  return said;
}

/** @param {string} name @param {string} value */
function figure(name, value) {
  const box = document.createElement("div");
  box.append(make("dt", name), make("dd", value));
  return box;
}

/** @param {{sentence: string, examples: string[], asks: boolean}[]} oddities */
function drawOdd(oddities) {
  el("odd-card").hidden = !oddities.length;
  el("odd").replaceChildren(
    ...oddities.map((one) => {
      const item = document.createElement("li");
      if (!one.examples.length) {
        item.append(make("p", one.sentence));
        return item;
      }
      const details = document.createElement("details");
      const names = make("ul", "", "odd-examples");
      names.append(...one.examples.map((example) => make("li", example)));
      details.append(make("summary", one.sentence), names);
      item.append(details);
      return item;
    }),
  );
}

/** @param {any} told */
function drawFoot(told) {
  const open = plan?.questions.open ?? 0;
  const nothing = isSheet ? !plan?.lists.changes?.total : !(plan?.pictures || plan?.clips);
  takeButton.disabled = told.state !== "ready" || plan.asks || nothing;
  el("import-next").hidden = !open;
  el("import-open").textContent =
    told.state === "looking"
      ? t("Looking…")
      : told.state !== "ready"
        ? ""
        : open
          ? nt("{n} question is open.", "{n} questions are open.", open)
          : plan.asks
            ? t("It can't be taken in like this.")
            : nothing
              ? isSheet
                ? t("The sheet says nothing new.")
                : t("There is nothing to take in.")
              : isSheet
                ? nt("{n} change waits for you.", "{n} changes wait for you.", plan.lists.changes.total)
                : t("All is clear. Import writes it and starts the run.");
}

/** Questions about single folders that nobody has answered. @returns {any[]} */
const openFolders = () => plan.questions.rows.filter((/** @type {any} */ one) => one.asks && one.key.startsWith(FOLDER) && one.chosen);

/** @param {string} key @param {string} value */
const say = (key, value) => answer({ [key]: value });

/** @param {Record<string, string>} answers @param {boolean} [again] whether the files may have changed meanwhile @returns {Promise<void>} */
function answer(answers, again = false) {
  showError(el("import-error"), null);
  underWay = follow(post(`${api}/answer`, { answers, again }, 120)).catch((error) => showError(el("import-error"), error));
  return underWay;
}

/** Draw what is told, and ask again as long as it is being looked at. @param {Promise<any>} first */
async function follow(first) {
  const mine = ++turn;
  let told = await first;
  while (mine === turn && !leaving) {
    draw(told);
    if (told.state !== "looking") return;
    await new Promise((done) => setTimeout(done, 150));
    told = await get(api, 120);
  }
}

function take() {
  if (takeButton.disabled) return Promise.resolve();
  return holding(takeButton, async () => {
    await underWay; // an answer that was just given counts
    if (plan.asks || leaving) return;
    showError(el("import-error"), null);
    try {
      const done = await post(`${api}/take`, { mark: plan.mark, reviewer: initials(), ...animals() }, 600);
      leaving = true;
      location.assign(done.url);
    } catch (error) {
      if (error instanceof ApiError && error.code === "collection-changed") await answer({}, true);
      showError(el("import-error"), error);
    }
  });
}

/** Which animals are told apart in a new project, its own first; nothing is said for one that is there. */
function animals() {
  const own = /** @type {?HTMLSelectElement} */ (document.getElementById("animals"))?.value;
  if (!own) return {};
  const more = [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[name=animals-more]:checked"))];
  return { profiles: [...new Set([own, ...more.map((one) => one.value)])] };
}

async function leave() {
  if (page.dataset.uploaded && !sure) {
    sure = true;
    el("import-open").textContent = t("The file that was sent is thrown away then. Press Cancel once more to leave.");
    return;
  }
  leaving = true;
  await post(`${api}/leave`, {}).catch(() => null);
  location.assign(page.dataset.back ?? "/");
}

function next() {
  const open = /** @type {?HTMLElement} */ (el("questions").querySelector("fieldset[data-state=open]"));
  open?.scrollIntoView({ block: "center" });
  /** @type {?HTMLElement} */ (open?.querySelector("input, select"))?.focus();
}

/** @type {Record<string, () => unknown>} */
const KEYS = { i: take, q: next, Escape: leave };

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act || document.querySelector("dialog[open]")) return;
  // Letters in a list choose among its names: “ti” of tiger is not to import.
  if (event.target instanceof Element && event.target.matches("select, textarea, input:not([type=radio], [type=checkbox])")) return;
  event.preventDefault();
  act();
});
takeButton.addEventListener("click", take);
el("import-leave").addEventListener("click", leave);
el("import-next").addEventListener("click", next);
el("questions-suggested").addEventListener("click", () => answer(Object.fromEntries(openFolders().map((one) => [one.key, one.chosen]))));
setInterval(() => !leaving && get(api).catch(() => null), HEARTBEAT_SECONDS * 1000);

try {
  await follow(get(api, 120));
} catch (error) {
  page.dataset.state = "failed";
  el("looking-card").hidden = true;
  showError(el("import-error"), error);
}
