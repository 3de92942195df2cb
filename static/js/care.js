// Backup and check: the list of backups, putting one back in two steps, and the check of the project.
import { get, holding, post, projectId, showError } from "./api.js";
import { count, number, when } from "./format.js";
import { ACTIVE, follow } from "./jobfeed.js";

/**
 * @typedef {{name: string, made_at: string, reason: string, bytes: number, answers: ?number, individuals: ?number, trouble: string}} Backup
 * @typedef {{sentence: string, repaired: boolean}} Finding
 */

const page = /** @type {HTMLElement} */ (document.getElementById("care"));
const path = page.dataset.path;
const api = `/api/project/${projectId()}`;
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const button = (/** @type {string} */ id) => /** @type {HTMLButtonElement} */ (document.getElementById(id));

/** @type {Backup[]} */
let backups = [];
let chosen = 0;
/** @type {?number} */
let answers = null;
let checking = false;

/** @param {string} tag @param {string} text @param {string} [className] */
function make(tag, text, className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/** @param {any} state */
function draw(state) {
  backups = state.backups;
  answers = state.answers;
  showError(el("care-error"), null);
  el("care-warning").hidden = !state.warning;
  el("care-warning").textContent = state.warning ?? "";
  el("backups-lead").textContent = !backups.length
    ? "There is no backup yet."
    : answers === null
      ? `${count(backups.length, "backup", "backups")}. Choose one that can be used, newest first.`
      : `${count(backups.length, "backup", "backups")}; the project has ${count(answers, "answer", "answers")} now.`;
  el("backups-box").hidden = el("choose").hidden = !backups.length;
  chosen = Math.min(chosen, Math.max(0, backups.length - 1));
  el("backups").replaceChildren(...backups.map(row));
  choose(chosen, false);
  if (state.sentences) {
    el("care-told").replaceChildren(...state.sentences.map((/** @type {string} */ one) => make("li", one)));
    el("care-told").hidden = false;
  }
  if (state.check) drawCheck(state.check);
  page.dataset.state = "ready";
}

/** @param {Backup} one @param {number} index */
function row(one, index) {
  const line = document.createElement("tr");
  line.append(make("td", when(one.made_at), "nowrap"));
  if (one.trouble) {
    const cell = make("td", `${one.reason}: can't be used`, "trouble");
    cell.title = one.trouble;
    line.append(cell, make("td", "–", "number"), make("td", "–", "number"));
  } else {
    line.append(make("td", one.reason), make("td", number(one.answers), "number"), make("td", number(one.individuals), "number"));
  }
  line.append(make("td", `${(one.bytes / 1e6).toFixed(1)} MB`, "number nowrap"));
  line.addEventListener("click", () => choose(index));
  return line;
}

/** @param {number} index */
function choose(index, seen = true) {
  if (!backups.length) return;
  chosen = Math.max(0, Math.min(backups.length - 1, index));
  [...el("backups").children].forEach((line, at) => line.setAttribute("aria-selected", String(at === chosen)));
  if (seen) el("backups").children[chosen].scrollIntoView({ block: "nearest" });
  button("put-back").disabled = Boolean(backups[chosen].trouble);
  el("ask").hidden = true;
}

function ask() {
  const one = backups[chosen];
  if (!one || one.trouble) return;
  const since = answers === null || one.answers === null ? null : answers - one.answers;
  const fewer = since === null || since <= 0 ? "" : ` ${count(since, "answer was", "answers were")} given since; ${since === 1 ? "it is" : "they are"} written into a table in the folder “backups”.`;
  el("ask-text").textContent = `Put back the backup of ${when(one.made_at)} with ${count(one.answers ?? 0, "answer", "answers")}?${fewer} What is there now is kept as a backup, too.`;
  el("ask").hidden = false;
  button("ask-yes").focus();
}

function putBack() {
  el("ask").hidden = true;
  return doing("put-back", async () => {
    const name = backups[chosen].name;
    if (path) {
      location.assign((await post("/api/care/restore", { path, name }, 600)).url);
      return;
    }
    draw(await post(`${api}/restore`, { name }, 600));
    choose(0);
  });
}

/** Run an action with its button held down and its failure shown. @param {string} id @param {() => Promise<void>} action */
function doing(id, action) {
  if (button(id).disabled || button(id).hidden) return Promise.resolve();
  el("care-told").hidden = true;
  return holding(button(id), async () => {
    try {
      showError(el("care-error"), null);
      await action();
    } catch (error) {
      showError(el("care-error"), error);
    }
  });
}

function backUp() {
  return doing("back-up", async () => {
    const state = await post(`${api}/backup`, {}, 120);
    draw({ ...state, sentences: [`The backup ${state.made} is written and was looked over.`] });
    choose(0);
  });
}

/** @param {"check"|"mend"} id */
function check(id) {
  return doing(id, async () => {
    const originals = /** @type {HTMLInputElement} */ (el("originals")).checked;
    draw(await post(`${api}/check`, { mend: id === "mend", originals }));
    follow(drawCheck);
  });
}

/** @param {any} job */
function drawCheck(job) {
  if (!["check", "mend"].includes(job.kind)) return;
  const active = ACTIVE.includes(job.state);
  if (checking && !active) reload();
  checking = active;
  button("check").disabled = active;
  button("mend").disabled = active;
  el("check-cancel").hidden = el("check-progress").hidden = !active;
  const result = job.result ?? {};
  /** @type {Finding[]} */
  const findings = active ? [] : (result.findings ?? []);
  if (active) {
    const stage = job.stages?.find((/** @type {any} */ s) => s.state === "running") ?? job.stages?.[0];
    const bar = /** @type {HTMLProgressElement} */ (el("check-bar"));
    bar.max = Math.max(1, stage?.total ?? 1);
    bar.value = stage?.done ?? 0;
    el("check-text").textContent = stage?.total ? `${stage.sentence}: ${number(stage.done)} of ${number(stage.total)}` : (stage?.sentence ?? job.sentence);
  }
  el("mend").hidden = active || !result.wrong;
  el("check-when").textContent = active ? "" : told(job, result);
  el("findings").replaceChildren(
    ...findings.map((one) => {
      const line = document.createElement("li");
      line.append(make("span", one.repaired ? "mended" : "wrong", `chip ${one.repaired ? "good" : "bad"}`), one.sentence);
      return line;
    }),
  );
}

/** @param {any} job @param {any} result */
function told(job, result) {
  if (job.state === "failed" || job.state === "cancelled") return `${job.sentence} ${job.advice ?? ""}`.trim();
  if (!result.looked_at) return "This project has not been checked yet.";
  const mended = result.mended ? ` ${count(result.mended, "thing was", "things were")} mended.` : "";
  const wrong = result.wrong ? `${count(result.wrong, "thing is", "things are")} not as they should be.` : "Everything is whole.";
  return `Last checked ${when(result.looked_at)}. ${wrong}${mended}`;
}

async function reload() {
  try {
    draw(await get(path ? `/api/care?path=${encodeURIComponent(path)}` : `${api}/care`, 120));
  } catch (error) {
    showError(el("care-error"), error);
  }
}

/** @type {Record<string, () => unknown>} */
const KEYS = {
  b: () => !path && backUp(),
  c: () => !path && check("check"),
  m: () => !path && check("mend"),
  r: ask,
  ArrowDown: () => choose(chosen + 1),
  ArrowUp: () => choose(chosen - 1),
  Escape: () => (el("ask").hidden ? !path && !el("check-cancel").hidden && cancel() : (el("ask").hidden = true)),
  Enter: () => !el("ask").hidden && putBack(),
};

const cancel = () => doing("check-cancel", async () => void (await post(`${api}/job`, { action: "cancel" })));

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const target = /** @type {Element} */ (event.target);
  if (event.key === "Enter" && target.matches?.("button, a, input")) return; // it presses what has the focus
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
button("put-back").addEventListener("click", ask);
button("ask-yes").addEventListener("click", putBack);
button("ask-no").addEventListener("click", () => (el("ask").hidden = true));
if (!path) {
  button("back-up").addEventListener("click", backUp);
  button("check").addEventListener("click", () => check("check"));
  button("mend").addEventListener("click", () => check("mend"));
  button("check-cancel").addEventListener("click", cancel);
}
await reload();
if (!path) follow(drawCheck);
