// The export page: start an export, follow it, and say where the results are.
import { ApiError, get, holding, post, projectId, showError } from "./api.js";
import { wireBrowse } from "./browse.js";
import { number } from "./format.js";
import { nt, t } from "./i18n.js";
import { ACTIVE, follow } from "./jobfeed.js";

/** @typedef {import("./types.js").Job} Job */

const api = `/api/project/${projectId()}`;
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const go = /** @type {HTMLButtonElement} */ (el("export-go"));
const coordinates = /** @type {HTMLInputElement} */ (el("export-coordinates"));
const folder = /** @type {HTMLInputElement} */ (el("export-folder"));

/** The list of exports, as the program has it now. */
async function listExports() {
  const page = await fetch(location.href, { cache: "no-store" }).then((answer) => answer.text()).catch(() => "");
  const list = new DOMParser().parseFromString(page, "text/html").getElementById("exports");
  if (list) el("exports").replaceWith(list);
}

/** @param {Job} job */
function draw(job) {
  if (job.kind !== "export") return;
  const active = ACTIVE.includes(job.state);
  go.disabled = active;
  el("export-progress").hidden = !active;
  if (active) {
    const stage = job.stages?.find((s) => s.state === "running") ?? job.stages?.at(-1);
    const bar = /** @type {HTMLProgressElement} */ (el("export-bar"));
    bar.max = Math.max(1, stage?.total ?? 1);
    bar.value = stage?.done ?? 0;
    el("export-text").textContent = stage?.total
      ? t("{what}: {done} of {total}", { what: stage.sentence, done: number(stage.done), total: number(stage.total) })
      : stage?.sentence ?? job.sentence;
  } else if (job.state === "done" && job.result) {
    const strong = document.createElement("strong");
    strong.textContent = t("The export is written.");
    const path = document.createElement("span");
    path.className = "path";
    path.textContent = job.result.folder;
    el("export-done").replaceChildren(
      strong,
      ` ${nt("{n} individual", "{n} individuals", job.result.individuals)} · ${nt("{n} file", "{n} files", job.result.files)} · `,
      path,
    );
    el("export-done").hidden = false;
    listExports();
  } else if (job.state === "failed" || job.state === "cancelled") {
    showError(el("export-error"), new ApiError({ code: job.state, sentence: job.sentence, advice: job.advice }, 0));
  }
}

el("export-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const path = folder.value.trim();
  showError(el("export-error"), null);
  el("export-done").hidden = true;
  if (!path) {
    folder.setAttribute("aria-invalid", "true");
    folder.focus();
    showError(el("export-error"), new ApiError({ code: "empty", sentence: t("No folder has been chosen yet."), advice: t("Type the path, or choose it with Browse…") }, 0));
    return;
  }
  holding(go, async () => {
    try {
      draw(await post(`${api}/export`, { folder: path, coordinates: coordinates.checked }));
      follow(draw);
    } catch (error) {
      showError(el("export-error"), error);
    }
  });
});
folder.addEventListener("input", () => folder.removeAttribute("aria-invalid"));

wireBrowse();
// An export that was started before this page was opened is followed, too; a finished one is in the list below.
get(`${api}/job`)
  .then((job) => {
    if (job.kind === "export" && ACTIVE.includes(job.state)) follow(draw);
  })
  .catch(() => {});
