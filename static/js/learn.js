// The section of the run page that learns from confirmed animals: start, progress, what was measured, use and go back.
import { get, holding, post, projectId, showError } from "./api.js";
import { number, when } from "./format.js";
import { nt, t } from "./i18n.js";
import { ACTIVE, follow } from "./jobfeed.js";

/**
 * @typedef {import("./types.js").Job} Job
 * @typedef {{pictures: number, animals: number, before: number[], after: number[], low: number[], high: number[]}} Figure
 *   shares are: mean average precision, right one first, right one among the first five
 * @typedef {{number: number, made_at: string, encoder: string, profile: string, helps: boolean, used: boolean, animals: number, sightings: number, confirmed: number, by_animals: ?Figure, by_visits: ?Figure, as_listed: ?Figure}} Version
 * @typedef {{versions: Version[], confirmed: number, again: number, least: number, busy: boolean, looking: boolean, job: Job}} State
 */

const api = `/api/project/${projectId()}`;
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const button = (/** @type {string} */ id) => /** @type {HTMLButtonElement} */ (document.getElementById(id));
const percent = (/** @type {number} */ share) => t("{n} %", { n: number(Math.round(share * 100)) });
const LATER_MS = 5000;
const SHOWN = 5; // versions; the one in use is shown in any case
let active = false;
let later = 0;
let stop = () => {};
/** @type {?State} */
let state = null;

/** @param {string} tag @param {string} text @param {string} [className] */
function make(tag, text, className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/** @param {string} what @param {?Figure} figure */
function measured(what, figure) {
  if (!figure) return "";
  return t("{what}: the right one came first for {a} of the pictures, now {b}; among the first five for {c}, now {d}.", {
    what,
    a: percent(figure.before[1]),
    b: percent(figure.after[1]),
    c: percent(figure.before[2]),
    d: percent(figure.after[2]),
  });
}

/** @param {Version} one */
function version(one) {
  const line = document.createElement("li");
  const text = document.createElement("div");
  const head = make("strong", t("Version {n}, {when}", { n: number(one.number), when: when(one.made_at) }));
  text.append(head);
  if (one.used) text.append(make("span", t("in use"), "chip good"));
  const helps = one.helps ? t("It surely helps the descriptions.") : t("No sure help was measured.");
  const from = nt("Learnt from {n} picture of {animals}.", "Learnt from {n} pictures of {animals}.", one.sightings, {
    animals: nt("{n} animal", "{n} animals", one.animals),
  });
  const several = state?.versions.some((other) => other.encoder !== one.encoder);
  text.append(make("p", `${helps} ${from} ${several ? t("It goes with the encoder {name}.", { name: one.encoder }) : ""}`.trim()));
  const ways = [
    measured(t("Animals that it had never seen"), one.by_animals),
    measured(t("New visits of known animals"), one.by_visits),
    measured(t("Animals that it had never seen, in lists with their spots compared"), one.as_listed),
  ];
  for (const told of ways) {
    if (told) text.append(make("p", told, "quiet"));
  }
  line.append(text);
  if (!one.used) {
    const use = /** @type {HTMLButtonElement} */ (make("button", t("Use this version"), "button small"));
    use.type = "button";
    use.disabled = active || Boolean(state?.busy) || Boolean(state?.looking);
    use.addEventListener("click", () => ask({ action: "use", number: one.number }, use));
    line.append(use);
  }
  return line;
}

/** The version that a key turns on: the newest that helps, else the newest. @param {?State} told */
const bestOf = (told) => told?.versions.find((one) => one.helps) ?? told?.versions[0];

/** How much was confirmed since the newest version. @param {State} told */
function since(told) {
  const more = told.versions.length ? told.confirmed - told.versions[0].confirmed : 0;
  return more > 0 ? nt("{n} picture has been confirmed since the newest version.", "{n} pictures have been confirmed since the newest version.", more) : "";
}

/** @param {State} told */
function draw(told) {
  state = told;
  active = ACTIVE.includes(told.job.state) && told.job.kind === "learn";
  const held = told.busy || told.looking;
  const ready = told.again >= told.least;
  el("learn-lead").textContent = ready
    ? `${t("Confirmed animals show which differences between pictures matter. What is learnt is measured first, and used only where it surely helps.")} ${since(told)}`.trim()
    : t("Confirmed animals show which differences between pictures matter. SpotID can learn from them as soon as {least} animals are confirmed, each on two visits or more; so far there are {n}.", {
        least: number(told.least),
        n: number(told.again),
      });
  button("learn-start").hidden = active || !ready;
  button("learn-start").disabled = held;
  const used = told.versions.some((one) => one.used);
  const best = bestOf(told);
  button("learn-use").hidden = active || !best;
  button("learn-use").disabled = held;
  el("learn-use-text").textContent = used || !best ? t("Use none") : t("Use version {n}", { n: number(best.number) });
  el("learn-versions").replaceChildren(...told.versions.filter((one, at) => at < SHOWN || one.used).map(version));
  drawJob(told.job);
  el("learn").dataset.state = active ? "working" : "ready";
  clearTimeout(later);
  if (told.busy && !active) later = setTimeout(reload, LATER_MS); // another job is at work: the keys wait for its end
}

/** @param {Job} job */
function drawJob(job) {
  if (job.kind !== "learn") return;
  const now = ACTIVE.includes(job.state);
  el("learn-progress").hidden = el("learn-cancel").hidden = !now;
  if (now) {
    const stage = job.stages?.find((one) => one.state === "running") ?? job.stages?.[0];
    const bar = /** @type {HTMLProgressElement} */ (el("learn-bar"));
    bar.max = Math.max(1, stage?.total ?? 1);
    bar.value = stage?.done ?? 0;
    const text = job.state === "paused" || !stage ? `${job.sentence} ${job.advice ?? ""}`.trim() : stage.total ? t("{what}: {done} of {total}", { what: stage.sentence, done: number(stage.done), total: number(stage.total) }) : stage.sentence;
    if (el("learn-text").textContent !== text) el("learn-text").textContent = text;
  }
  const ended = job.state === "failed" || job.state === "cancelled";
  el("learn-told").hidden = now || !(ended || job.state === "done");
  el("learn-told").textContent = now ? "" : ended ? `${job.sentence} ${job.advice ?? ""}`.trim() : outcome(job);
  const was = active;
  active = now;
  if (was && !now) reload();
}

/** What the newest job brought. @param {any} job */
function outcome(job) {
  const heads = job.result?.heads ?? [];
  if (!heads.length) return state?.versions.some((one) => one.used) ? "" : t("Look-alikes are listed by the descriptions as they are.");
  if (heads.some((/** @type {any} */ one) => one.used)) return t("Look-alikes are listed by what was learnt.");
  return t("What was learnt does not surely help, so it is kept and not used.");
}

/** @param {{action: string, number?: number}} what @param {HTMLButtonElement} pressed */
function ask(what, pressed) {
  if (pressed.disabled || pressed.hidden) return Promise.resolve();
  return holding(pressed, async () => {
    try {
      showError(el("learn-error"), null);
      draw(await post(`${api}/learn`, what, 60));
      begin();
    } catch (error) {
      showError(el("learn-error"), error);
    }
  });
}

function cancel() {
  if (el("learn-cancel").hidden) return Promise.resolve();
  return holding(button("learn-cancel"), async () => {
    await post(`${api}/job`, { action: "cancel" }).catch((error) => showError(el("learn-error"), error));
  });
}

const start = () => ask({ action: "learn" }, button("learn-start"));
const turn = () => {
  const used = state?.versions.some((one) => one.used);
  return ask(used ? { action: "revert" } : { action: "use", number: bestOf(state)?.number }, button("learn-use"));
};

function begin() {
  stop();
  if (active) stop = follow(drawJob);
}

async function reload() {
  try {
    draw(await get(`${api}/learn`, 60));
  } catch (error) {
    showError(el("learn-error"), error);
  }
}

/** @type {Record<string, () => unknown>} */
const KEYS = { l: start, u: turn, Escape: cancel };
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (/** @type {Element} */ (event.target).matches?.("input, select, textarea")) return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  act();
});
button("learn-start").addEventListener("click", start);
button("learn-use").addEventListener("click", turn);
button("learn-cancel").addEventListener("click", cancel);
await reload();
begin();
