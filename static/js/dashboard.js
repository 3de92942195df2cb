// The overview of a project: what can be done next.
import { get, holding, post, projectId, showError } from "./api.js";
import { count, number } from "./format.js";
import { ACTIVE, follow } from "./jobfeed.js";

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {Record<string, string>} */
const SAYS = {
  none: "No run has been started yet.",
  queued: "The run begins in a moment.",
  done: "All photographs found so far have been worked through.",
  paused: "The run waits for room on the disk and then goes on by itself.",
  cancelled: "The run was stopped; it goes on from where it was.",
  failed: "The run has stopped before its end.",
};

async function reviewState() {
  const pair = await get(`/api/project/${projectId()}/pair`).catch(() => null);
  if (!pair) return;
  const { answered, implied, left } = pair.progress;
  const bar = /** @type {HTMLProgressElement} */ (el("review-bar"));
  const go = el("review-go");
  if (pair.state === "empty") {
    el("review-text").textContent = pair.sentence;
    go.hidden = true; // the run is what comes first
    el("run-start").classList.add("primary");
    return;
  }
  el("review-text").textContent = pair.state === "all_done"
    ? `Every pair is settled: ${number(answered)} answered, ${number(implied)} implied for free.`
    : `${count(left, "pair is", "pairs are")} left; ${number(answered)} answered, ${number(implied)} implied for free.`;
  bar.hidden = false;
  bar.max = Math.max(1, answered + implied + left);
  bar.value = answered + implied;
  go.textContent = pair.state === "all_done" ? "Look again" : answered ? "Go on reviewing" : "Start reviewing";
}

/** @param {import("./types.js").Job} job */
function showJob(job) {
  const stage = job.stages?.find((s) => s.state === "running");
  const active = ACTIVE.includes(job.state);
  const done = stage?.total ? ` — ${number(stage.done)} of ${number(stage.total)}` : "";
  el("run-text").textContent = active && stage && job.state !== "paused" ? `${stage.sentence}${done}.` : job.kind !== "run" ? (active ? (job.kind === "export" ? "An export is at work." : "A check is at work.") : "No run is at work.") : (SAYS[job.state] ?? job.sentence);
  el("run-start").hidden = active;
  el("run-start").textContent = ["cancelled", "failed"].includes(job.state) ? "Go on with the run" : "Look for new photographs";
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

reviewState();
follow(showJob);
