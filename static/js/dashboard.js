// The overview of a project: what is at work, what waits for a person, and what can be done next.
import { get, holding, post, projectId, showError } from "./api.js";
import { duration, number, timeLeft } from "./format.js";
import { nt, t } from "./i18n.js";
import { ACTIVE, follow } from "./jobfeed.js";
import { stopWords } from "./stop_words.js";

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {Record<string, string>} */
const SAYS = {
  none: t("No run has been started yet."),
  queued: t("The run begins in a moment."),
  done: t("All photographs found so far have been worked through."),
  paused: t("The run waits for room on the disk and then goes on by itself."),
  cancelled: t("The run was stopped; it goes on from where it was."),
  failed: t("The run has stopped before its end."),
};

/** @type {Record<string, string>} */
const WORKING = { export: t("An export is at work."), check: t("A check is at work."), mend: t("A check is at work.") };

/** The ways through the work that have open questions. @param {{name: string, label: string, sentence: string, left: ?number}[]} ways */
function drawWays(ways) {
  const open = ways.filter((way) => way.left !== 0);
  el("ways").hidden = open.length < 2;
  el("ways").replaceChildren(
    ...open.map((way) => {
      const link = document.createElement("a");
      link.href = `/project/${projectId()}/review?way=${encodeURIComponent(way.name)}`;
      link.textContent = way.label;
      link.title = way.sentence;
      const left = document.createElement("span");
      left.textContent = way.left === null ? "" : number(way.left);
      const item = document.createElement("li");
      item.append(link, left);
      return item;
    }),
  );
}

async function reviewState() {
  const pair = await get(`/api/project/${projectId()}/pair`).catch(() => null);
  if (!pair) return;
  const { answered, implied, left, seconds_left: seconds } = pair.progress;
  const bar = /** @type {HTMLProgressElement} */ (el("review-bar"));
  const go = el("review-go");
  if (pair.state === "empty") {
    el("review-text").textContent = pair.sentence;
    go.hidden = true; // the run is what comes first
    el("run-start").classList.add("primary");
    return;
  }
  go.hidden = false;
  el("run-start").classList.remove("primary");
  const settled = t("{answered} answered, {implied} implied for free.", { answered: number(answered), implied: number(implied) });
  const open = pair.state === "all_done" ? t("Every pair is settled:") : nt("{n} pair is left;", "{n} pairs are left;", left);
  const time = pair.state !== "all_done" && seconds ? t("About {time} of your time.", { time: duration(seconds) }) : "";
  el("review-text").textContent = `${open} ${settled} ${time}`.trim();
  const [short, long] = stopWords(pair.progress);
  el("review-stop").hidden = !short || pair.state === "all_done";
  el("review-stop-short").textContent = pair.progress.undiscovered ? t("Matches that still wait: {estimate}", { estimate: short }) : t("How many matches still wait is not known yet.");
  el("review-stop-long").textContent = long;
  bar.hidden = false;
  bar.max = Math.max(1, answered + implied + left);
  bar.value = answered + implied;
  go.textContent = pair.state === "all_done" ? t("Look again") : answered ? t("Go on reviewing") : t("Start reviewing");
  drawWays(pair.ways ?? []);
}

let wasActive = false;

/** @param {import("./types.js").Job} job */
function showJob(job) {
  const stage = job.stages?.find((s) => s.state === "running");
  const active = ACTIVE.includes(job.state);
  if (wasActive && !active) reviewState(); // there may be pairs now
  wasActive = active;
  const bar = /** @type {HTMLProgressElement} */ (el("task-bar"));
  bar.hidden = !active || !stage?.total;
  bar.max = Math.max(1, stage?.total ?? 1);
  bar.value = stage?.done ?? 0;
  el("task-left").hidden = job.state !== "running" || job.kind !== "run";
  el("task-left").textContent = timeLeft(job.seconds_left);
  const values = { what: stage?.sentence ?? "", done: number(stage?.done ?? 0), total: number(stage?.total ?? 0) };
  let text = SAYS[job.state] ?? job.sentence;
  if (active && stage && job.state !== "paused") text = stage.total ? t("{what}: {done} of {total}", values) : stage.sentence;
  else if (job.kind !== "run") text = active ? WORKING[job.kind] : (SAYS[el("run-text").dataset.state ?? ""] ?? t("No run is at work."));
  if (el("run-text").textContent !== text) el("run-text").textContent = text;
  const told = document.getElementById(`task-${job.kind === "mend" ? "check" : job.kind}`);
  if (told && active) told.textContent = job.state === "paused" ? t("waits for room on the disk") : t("at work");
  else if (told && job.state === "done") told.textContent = t("finished");
  el("run-start").hidden = active;
  el("run-start").textContent = ["cancelled", "failed"].includes(job.state) && job.kind === "run" ? t("Go on with the run") : t("Look for new photographs");
}

el("run-start").addEventListener("click", (event) =>
  holding(/** @type {HTMLButtonElement} */ (event.currentTarget), async () => {
    showError(el("run-error"), null);
    try {
      await post(`/api/project/${projectId()}/job`, { action: "start" });
      location.assign(`/project/${projectId()}/run`);
    } catch (error) {
      showError(el("run-error"), error);
    }
  }),
);

/** Answers that the rest speaks against: a line only where there are any. */
async function doubtState() {
  const told = await get(`/api/project/${projectId()}/conflicts/doubts`).catch(() => null);
  el("doubts-line").hidden = !told?.count;
  el("doubts-count").textContent = number(told?.count ?? 0);
  el("doubts-words").textContent = nt("Answer worth a second look", "Answers worth a second look", told?.count ?? 0);
}

reviewState().then(doubtState);
follow(showJob);
