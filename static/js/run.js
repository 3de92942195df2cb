// The run page: how far the work is, what it stumbled over, and the way to the review.
import { ApiError, get, holding, post, projectId, showError } from "./api.js";
import { duration, number, speed, timeLeft } from "./format.js";
import { nt, t } from "./i18n.js";
import { ACTIVE, follow } from "./jobfeed.js";
import { Problems } from "./problems.js";

/** @typedef {import("./types.js").Job} Job */

const api = `/api/project/${projectId()}`;
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const problems = new Problems((job) => {
  draw(job);
  begin();
});
let stop = () => {};
let reviewable = false;
let state = "loading";

const TITLES = {
  none: t("Nothing has been run yet"),
  queued: t("Waiting to start"),
  running: t("Working through your photographs"),
  paused: t("Waiting for room on the disk"),
  done: t("The run is finished"),
  cancelled: t("The run was stopped"),
  failed: t("The run has stopped"),
};

/** @type {Record<string, string>} */
const STARTS = { done: t("Look for new photographs"), none: t("Start the run"), paused: t("Look for room again") };

/** Other work than a run. @type {Record<string, string>} */
const OTHERS = { export: t("An export is at work"), check: t("A check is at work"), learn: t("Learning is at work") };

/** How much of the whole each stage usually takes; only the overall bar depends on it. @type {Record<string, number>} */
const WEIGHTS = { scan: 1, clips: 8, read: 10, strips: 3, detect: 35, species: 1, follow: 1, crop: 25, embed: 15, neighbours: 3, points: 11 };

/** The share of the whole run that is done; a stage that has not been counted yet counts as not begun. @param {Job} job */
function share(job) {
  if (job.state === "done") return 1;
  let whole = 0;
  let done = 0;
  for (const s of job.stages ?? []) {
    const weight = WEIGHTS[s.name] ?? 10;
    whole += weight;
    done += weight * (s.state === "done" ? 1 : s.total ? Math.min(1, s.done / s.total) : 0);
  }
  return whole ? done / whole : 0;
}

/** Change a text only where it differs, so that screen readers do not repeat it. @param {string} id @param {string} text */
function say(id, text) {
  if (el(id).textContent !== text) el(id).textContent = text;
}

/** @param {Job["stages"][number]} stage @param {Job} job */
function stageRow(stage, job) {
  const found = el("stages").querySelector(`[data-stage="${stage.name}"]`);
  const row = found ?? document.createElement("li");
  if (!found) {
    row.className = "stage-row";
    row.setAttribute("data-stage", stage.name);
    row.innerHTML = '<span class="mark" aria-hidden="true"></span><span class="stage-name"></span><progress max="1" value="0"></progress><span class="stage-count"></span>';
    el("stages").append(row);
  }
  row.setAttribute("data-state", stage.state);
  /** @type {HTMLElement} */ (row.querySelector(".stage-name")).textContent = stage.sentence;
  const bar = /** @type {HTMLProgressElement} */ (row.querySelector("progress"));
  bar.setAttribute("aria-label", stage.sentence);
  bar.max = Math.max(1, stage.total);
  bar.value = stage.state === "done" ? bar.max : stage.done;
  bar.classList.toggle("done", stage.state === "done");
  const pace = stage.state === "running" && job.state === "running" && job.rate ? ` · ${speed(job.rate)}` : "";
  const text = stage.state === "waiting" ? t("waiting") : stage.total ? t("{done} of {total}", { done: number(stage.done), total: number(stage.total) }) + pace : number(stage.done);
  /** @type {HTMLElement} */ (row.querySelector(".stage-count")).textContent = stage.state === "done" && !stage.total ? t("nothing to do") : text;
}

/** @param {Job} job */
function draw(job) {
  if (["export", "check", "learn"].includes(job.kind)) return drawExport(job);
  state = job.state;
  const active = ACTIVE.includes(job.state);
  el("run").dataset.state = job.state;
  el("run-title").textContent = TITLES[job.state];
  say("run-lead", lead(job));
  const part = share(job);
  el("overall-percent").textContent = `${Math.floor(part * 100)} %`;
  /** @type {HTMLProgressElement} */ (el("overall")).value = part;
  el("overall").classList.toggle("done", job.state === "done");
  el("overall-left").textContent = job.state === "running" ? wholeLeft(job) : "";
  el("run-notes").hidden = !job.notes?.length;
  say("run-notes", [...new Set(job.notes ?? [])].join(" ")); // a worker that is started again says the same again
  for (const stage of job.stages ?? []) stageRow(stage, job);
  el("run-elapsed").textContent = !job.elapsed ? "" : active ? t("At work for {time} so far.", { time: duration(job.elapsed) }) : t("At work for {time}.", { time: duration(job.elapsed) });
  el("progress-card").hidden = job.state === "none";
  el("run-cancel").hidden = !active;
  const start = el("run-start");
  start.hidden = active && job.state !== "paused";
  start.textContent = STARTS[job.state] ?? t("Resume");
  start.classList.toggle("primary", job.state !== "done");
  problems.setCount(job.problems);
  if (active && ["neighbours", "points"].some((n) => job.stages?.some((s) => s.name === n && (s.state === "done" || s.done > 0)))) {
    askReviewable();
  }
  el("run-review").hidden = !(reviewable && job.state !== "done");
  el("run-review").textContent = active ? t("Review while it runs") : t("Review what is ready");
  el("done").hidden = job.state !== "done";
  document.title = `${active ? `${Math.floor(part * 100)} % — ` : ""}${TITLES[job.state]} — SpotID`;
  if (job.state === "done") drawDone(job);
}

/** To the end of the run; where a step ahead was never measured on this computer, the least that it will take. @param {Job} job */
function wholeLeft(job) {
  const unmeasured = job.unmeasured ?? [];
  const known = job.seconds_left !== null && job.seconds_left !== undefined;
  if (!known || !unmeasured.length) return timeLeft(job.seconds_left);
  const values = { time: duration(Math.max(60, job.seconds_left ?? 0)), step: unmeasured[0] };
  return unmeasured.length > 1
    ? t("at least {time} left; how long “{step}” and what follows take is not known yet", values)
    : t("at least {time} left; how long “{step}” takes is not known yet", values);
}

/** @param {Job} job */
function lead(job) {
  if (job.state === "none") return t("Start the run to find, crop and describe the animals in the photographs.");
  if (job.state === "queued") return t("The work begins in a moment.");
  if (job.state === "running") return t("You may close this page; the work goes on as long as SpotID is open. What is done is kept, whatever happens.");
  if (job.state === "done") return job.elapsed ? t("Everything found so far is ready; it took {time}.", { time: duration(job.elapsed) }) : t("Everything found so far is ready.");
  return `${job.sentence} ${job.advice ?? ""}`.trim();
}

/** The newest job is an export: there is no progress of a run to show. @param {Job} job */
function drawExport(job) {
  const active = ACTIVE.includes(job.state);
  state = "none";
  el("run").dataset.state = "none";
  say("run-title", active ? OTHERS[job.kind] : t("No run is at work"));
  say("run-lead", active ? t("The run can be started when this has ended.") : t("New photographs are found by starting the run again."));
  el("progress-card").hidden = true;
  el("run-cancel").hidden = true;
  el("run-start").hidden = active;
  el("run-start").textContent = STARTS.done;
  el("run-review").textContent = t("Review what is ready");
  problems.setCount(job.problems);
}

let doneAsked = false;

/** @param {Job} job */
async function drawDone(job) {
  if (doneAsked) return;
  doneAsked = true;
  drawAsked();
  const pair = await get(`${api}/pair`).catch(() => null);
  if (pair?.state === "empty") {
    el("done-title").textContent = t("The run is finished, but there is nothing to compare");
    el("done-text").textContent = pair.sentence;
    el("done-go").textContent = t("See the sightings");
    el("done-go").setAttribute("href", `/project/${projectId()}/sightings`);
    return;
  }
  const left = pair ? nt("{n} pair waits for you.", "{n} pairs wait for you.", pair.progress.left) : "";
  el("done-text").textContent = `${left} ${job.problems ? nt("{n} file could not be used; the list is below.", "{n} files could not be used; the list is below.", job.problems) : ""}`.trim();
}

/** What an import says and the run could not follow by itself. */
async function drawAsked() {
  const asked = await get(`${api}/imports`).catch(() => null);
  el("run-asked").hidden = !asked?.count;
  if (!asked?.count) return;
  el("run-asked-text").textContent = nt("{n} row of an import has to be answered by you.", "{n} rows of an import have to be answered by you.", asked.count);
  el("run-asked-go").setAttribute("href", asked.url);
}

let lastAsked = -Infinity;

/** The review can be entered as soon as it has one pair to show; asked every five seconds at most. */
async function askReviewable() {
  if (reviewable || performance.now() - lastAsked < 5000) return;
  lastAsked = performance.now();
  const pair = await get(`${api}/pair`).catch(() => null);
  reviewable = Boolean(pair && pair.state !== "empty");
  el("run-review").hidden = !(reviewable && state !== "done");
}

/** @param {"start"|"cancel"} action @param {HTMLElement} button */
function ask(action, button) {
  return holding(/** @type {HTMLButtonElement} */ (button), async () => {
    showError(el("run-error"), null);
    try {
      doneAsked = false;
      draw(await post(`${api}/job`, { action }));
      begin();
    } catch (error) {
      showError(el("run-error"), error);
    }
  });
}

/** Say that the program gives no answer, or that it lives but has been started anew since. @param {unknown} error */
function lost(error) {
  el("run-lost").hidden = !error;
  if (!error) return;
  const answered = error instanceof ApiError && error.status > 0;
  const strong = document.createElement("strong");
  strong.textContent = answered ? error.sentence : t("SpotID can't be reached.");
  el("run-lost").replaceChildren(
    strong,
    ` ${answered ? error.advice : ""} ${answered ? t("This page goes on by itself then.") : t("Check that the program is still running. This page asks again every second.")}`,
  );
}

function begin() {
  stop();
  stop = follow(draw, lost);
}

el("run-cancel").addEventListener("click", () => ask("cancel", el("run-cancel")));
el("run-start").addEventListener("click", () => ask("start", el("run-start")));
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.repeat && !el("run-cancel").hidden) ask("cancel", el("run-cancel"));
});
begin();
askReviewable();
