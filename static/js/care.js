// Backup and check: the list of backups, putting one back in two steps, and the check of the project.
import { get, holding, post, projectId, showError } from "./api.js";
import { number, when } from "./format.js";
import { nt, t } from "./i18n.js";
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

/** Why a backup was made, as its name says it. @type {Record<string, string>} */
const WHY = {
  daily: t("daily"),
  answers: t("after many answers"),
  "by hand": t("by hand"),
  "before-migration": t("before a change of its form"),
  "before-restore": t("before another was put back"),
  "before-merge": t("before answers were taken over"),
};

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
    ? t("There is no backup yet.")
    : answers === null
      ? nt("{n} backup. Choose one that can be used, newest first.", "{n} backups. Choose one that can be used, newest first.", backups.length)
      : `${nt("{n} backup.", "{n} backups.", backups.length)} ${nt("The project has {n} answer now.", "The project has {n} answers now.", answers)}`;
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
    const cell = make("td", t("{reason}: can't be used", { reason: WHY[one.reason] ?? one.reason }), "trouble");
    cell.title = one.trouble;
    line.append(cell, make("td", "–", "number"), make("td", "–", "number"));
  } else {
    line.append(make("td", WHY[one.reason] ?? one.reason), make("td", number(one.answers), "number"), make("td", number(one.individuals), "number"));
  }
  line.append(make("td", t("{n} MB", { n: number(Math.round(one.bytes / 1e5) / 10) }), "number nowrap"));
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
  const fewer =
    since === null || since <= 0
      ? ""
      : nt("{n} answer was given since; it is written into a table in the folder “backups”.", "{n} answers were given since; they are written into a table in the folder “backups”.", since);
  el("ask-text").textContent = [
    nt("Put back the backup of {when} with {n} answer?", "Put back the backup of {when} with {n} answers?", one.answers ?? 0, { when: when(one.made_at) }),
    fewer,
    t("What is there now is kept as a backup, too."),
  ].join(" ");
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
    draw({ ...state, sentences: [t("The backup {name} is written and was looked over.", { name: state.made })] });
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
    el("check-text").textContent = stage?.total ? t("{what}: {done} of {total}", { what: stage.sentence, done: number(stage.done), total: number(stage.total) }) : (stage?.sentence ?? job.sentence);
  }
  el("mend").hidden = active || !result.wrong;
  el("check-when").textContent = active ? "" : told(job, result);
  el("findings").replaceChildren(
    ...findings.map((one) => {
      const line = document.createElement("li");
      line.append(make("span", one.repaired ? t("mended") : t("wrong"), `chip ${one.repaired ? "good" : "bad"}`), one.sentence);
      return line;
    }),
  );
}

/** @param {any} job @param {any} result */
function told(job, result) {
  if (job.state === "failed" || job.state === "cancelled") return `${job.sentence} ${job.advice ?? ""}`.trim();
  if (!result.looked_at) return t("This project has not been checked yet.");
  const mended = result.mended ? nt("{n} thing was mended.", "{n} things were mended.", result.mended) : "";
  const wrong = result.wrong ? nt("{n} thing is not as it should be.", "{n} things are not as they should be.", result.wrong) : t("Everything is whole.");
  return `${t("Last checked {when}.", { when: when(result.looked_at) })} ${wrong} ${mended}`.trim();
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
