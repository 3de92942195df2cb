// The page on which boxes are drawn: one picture at a time, and nothing moves on before the answer is kept.
import { ApiError, get, newUid, post, projectId } from "./api.js";
import { BoxCanvas } from "./box_canvas.js";
import { listen, writeHelp } from "./box_keys.js";
import { iou } from "./box_shapes.js";
import { boxesWord, writeFile, writeKept, writePlace, writeSaid, writeSays } from "./box_text.js";
import { VisibleClock } from "./clock.js";
import { t } from "./i18n.js";
import { Teaching } from "./teaching.js";

/** @typedef {import("./box_text.js").Told} Told */
/** @typedef {{url: string, body: ?object, what: "answer"|"undo"|"look", kind: string}} Request one call that must succeed or be repeated unchanged */

const api = `/api/project/${projectId()}`;
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const main = el("main");
const [GUARD_MS, POLL_MS] = [300, 700]; // a key pressed twice by mistake answers once
const SURPRISE_MS = 450; // a box that appears just before Enter was not seen yet
const QUEUES = ["no_animal", "weak", "whole", "visit"];

/** @type {?Told} */
let told = null;
let busy = false;
/** @type {?Request} what was not kept and may be sent again */
let failed = null;
let answered = -Infinity;
let surprised = -Infinity;
let warned = -Infinity;
let timer = 0;
let poll = 0;
/** @type {string[]} pictures fetched in advance */
let ahead = [];
const asked = new URLSearchParams(location.search);
const at = { queue: asked.get("queue") ?? (asked.get("frame") ? "visit" : "no_animal"), of: asked.get("of") ?? asked.get("frame") };

const canvas = new BoxCanvas(el("stage"), { changed: showAbilities, say: (text) => toast(text) });
const clock = new VisibleClock();
const teaching = new Teaching(() => !busy && !failed && !canvas.dirty && look(told?.frame?.uid ?? null));

/** A short message over the picture. @param {string} text @param {number} [ms] */
function toast(text, ms = 2200) {
  el("toast").textContent = text;
  el("toast").hidden = !text;
  clearTimeout(timer);
  timer = setTimeout(() => (el("toast").hidden = true), ms);
}

/** @param {boolean} on */
function setBusy(on) {
  busy = on;
  main.dataset.busy = String(on);
}

/** The boxes to begin with: those that stand, and proposals where nothing better stands. @param {NonNullable<Told["frame"]>} frame */
function begin(frame) {
  const free = frame.proposed.filter((p) => !frame.boxes.some((b) => b.how !== "whole picture" && iou(b, p) > 0.3));
  return [...frame.boxes.filter((b) => !(free.length && b.how === "whole picture")), ...free];
}

/** Show what the program says comes next. @param {Told} next */
async function show(next) {
  clearTimeout(poll);
  Object.assign(at, { queue: next.queue.key, of: next.queue.of });
  if (next.frame) {
    el("note").hidden = true;
    if (!(await canvas.show(next.frame, begin(next.frame)))) return;
    el("note").hidden = canvas.img !== null;
  } else {
    canvas.clear();
    el("note").hidden = true;
  }
  told = next;
  main.dataset.state = next.frame ? "frame" : "done";
  writeFile(el("facts-file"), next.frame);
  writeSaid(el("facts-said"), next.frame);
  writePlace(next);
  writeSays(next, teaching.active, change);
  teaching.write(next.teach);
  for (const tab of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-queue]"))) {
    const key = tab.dataset.queue ?? "";
    tab.setAttribute("aria-pressed", String(key === at.queue));
    /** @type {HTMLElement} */ (tab.querySelector("b")).textContent = String(next.counts[key] ?? (key === "visit" ? next.frame?.mates ?? "" : ""));
  }
  const here = new URLSearchParams({ queue: at.queue });
  if (at.of && at.queue === "visit") here.set("of", at.of);
  if (next.frame) here.set("frame", next.frame.uid);
  history.replaceState(null, "", `${location.pathname}?${here}`); // loading the page again shows the same picture
  showAbilities();
  clock.restart();
  for (const url of next.prefetch) if (!ahead.includes(url)) new Image().src = url;
  ahead = next.prefetch;
  if (next.frame?.working) poll = setTimeout(askProposals, POLL_MS);
}

/** Proposals that are still being looked for appear as soon as they are there, unless the person has begun. */
async function askProposals() {
  const frame = told?.frame;
  if (!frame || busy) return;
  const answer = await get(`${api}/frames/${frame.uid}/proposals`).catch(() => null);
  if (!answer || told?.frame !== frame || busy) return;
  if (answer.boxes.length && !canvas.dirty && !canvas.pointers.drag && !canvas.boxes.some((b) => b.by === "proposal")) {
    const shown = begin({ ...frame, proposed: answer.boxes });
    if (shown.some((b) => b.by === "proposal")) {
      frame.proposed = answer.boxes;
      surprised = performance.now();
      canvas.offer(shown);
      writeSaid(el("facts-said"), frame);
    }
  } else if (answer.working) {
    poll = setTimeout(askProposals, POLL_MS);
  }
}

/** Buttons say what can be done now. */
function showAbilities() {
  const n = canvas.boxes.length;
  const able = Boolean(told?.frame && canvas.img);
  const button = (/** @type {string} */ act) => /** @type {HTMLButtonElement} */ (document.querySelector(`.actions [data-act="${act}"]`));
  for (const act of ["keep", "empty", "add"]) button(act).disabled = !able;
  button("remove").disabled = !canvas.chosen && n !== 1;
  button("previous").disabled = !told?.queue.previous;
  button("next").disabled = !told?.queue.following;
  button("undo").disabled = !canvas.dirty && !told?.undo;
  button("undo").title = canvas.dirty ? t("Take back what was changed here") : told?.undo ? t("Take back row {row}: {boxes}", { row: told.undo.row, boxes: boxesWord(told.undo.boxes) }) : "";
  const proposed = canvas.boxes.filter((b) => b.by === "proposal").length;
  el("keep-label").textContent = !n ? t("Keep: no animal") : proposed === n ? t("Accept {boxes}", { boxes: boxesWord(n) }) : t("Keep {boxes}", { boxes: boxesWord(n) });
}

/** Send a request; on failure the picture stays with its boxes and the bar says so. @param {Request} request */
async function send(request) {
  if (busy) return;
  setBusy(true);
  try {
    const answer = request.body ? await post(request.url, request.body) : await get(request.url);
    failed = null;
    el("fault").hidden = true;
    if (answer.kept || answer.undone) writeKept(el("kept"), answer);
    await show(answer);
    if (answer.overtaken) {
      const { row, boxes } = answer.overtaken;
      toast(t("This picture was answered in another window meanwhile (row {row}: {boxes}). Yours is newer and counts; Z takes it back.", { row, boxes: boxesWord(boxes) }), 9000);
    }
  } catch (error) {
    onFailure(request, error);
  } finally {
    setBusy(false);
  }
}

/** @param {Request} request @param {unknown} error */
function onFailure(request, error) {
  const fault = error instanceof ApiError ? error : null;
  if (fault?.code === "nothing-to-undo") return toast(fault.sentence);
  if (request.what === "look" && fault?.status === 404 && asked.get("frame") && !told) {
    // The picture asked for holds no boxes: say so, and begin with the queue.
    setTimeout(() => look(null).then(() => toast(fault.sentence, 6000)));
    return;
  }
  if (request.what === "answer" && fault?.status === 400) return toast(`${t("Not kept.")} ${fault.message}`, 8000); // to be drawn otherwise
  const sure = fault?.code === "at-stake";
  failed = sure ? { ...request, body: { ...request.body, sure: true } } : request;
  el("fault-what").textContent = { answer: t("Your answer was NOT kept."), undo: t("The undo was NOT kept."), look: t("The picture could not be asked for.") }[request.what];
  if (sure) el("fault-what").textContent = t("Not kept yet.");
  el("fault-why").textContent = fault ? `${fault.sentence} ${fault.advice}` : t("Something unexpected went wrong on this page.");
  el("fault-again").textContent = sure ? t("Keep it all the same") : t("Try again");
  el("fault-reload").textContent = sure ? t("Take the change back") : t("Look up what was kept");
  el("fault-reload").hidden = request.what === "look";
  el("fault").hidden = false;
  el("kept").replaceChildren();
}

/** @param {"keep"|"empty"} kind */
function answer(kind) {
  const frame = told?.frame;
  const moment = performance.now();
  if (!frame || moment - answered < GUARD_MS) return;
  if (!canvas.img) return toast(t("The picture must be visible before an answer is taken."));
  if (canvas.pointers.drag) return;
  if (kind === "keep" && moment - surprised < SURPRISE_MS) return toast(t("A box has just appeared; look, then press Enter."));
  answered = moment;
  const boxes = kind === "keep" ? canvas.boxes.map(({ x, y, w, h }) => ({ x, y, w, h })) : [];
  const body = { uid: newUid(), boxes, seconds: clock.seconds(), seen: frame.seen, ...at };
  send({ url: `${api}/frames/${frame.uid}`, body, what: "answer", kind });
}

/** @param {?string} frame */
function look(frame) {
  const query = new URLSearchParams({ queue: at.queue });
  if (at.of && at.queue === "visit") query.set("of", at.of);
  if (frame) query.set("frame", frame);
  return send({ url: `${api}/frames?${query}`, body: null, what: "look", kind: "look" });
}

/** Boxes that are not kept are left only on a second press. @returns {boolean} whether the page may move on */
function mayLeave() {
  const moment = performance.now();
  if (!canvas.dirty || moment - warned < 3500) return true;
  warned = moment;
  toast(t("What you drew is not kept: Enter keeps it; press again to go without it."), 3500);
  return false;
}

/** @param {string} queue */
function change(queue) {
  if (busy || !mayLeave()) return;
  if (queue === "visit" && !told?.frame) return toast(t("First choose a picture: its visit is meant."));
  at.queue = queue;
  at.of = queue === "visit" ? (told?.frame?.uid ?? null) : null;
  look(at.of);
}

function undo() {
  if (canvas.undo()) return;
  if (!told?.undo) return toast(t("There is no answer to take back."));
  send({ url: `${api}/frames/undo`, body: { uid: newUid(), ...at }, what: "undo", kind: "undo" });
}

function leave() {
  if (canvas.pointers.cancel()) return;
  if (canvas.chosen) return canvas.choose(null);
  if (!mayLeave()) return;
  const came = document.referrer.startsWith(location.origin) ? new URL(document.referrer).pathname : "";
  if (/\/(sightings|review|individuals)$/.test(came)) history.back();
  else location.assign(el("leave").getAttribute("href") ?? "/");
}

/** @param {boolean} down */
function clean(down) {
  canvas.spaceHeld = down;
  main.classList.toggle("clean", down);
}

/** What needs no answer of the program. @type {Record<string, (key: string) => void>} */
const AT_ONCE = {
  arrow: (key) => (canvas.chosen ? canvas.nudge(key, false) : key === "ArrowRight" ? perform("next") : key === "ArrowLeft" ? perform("previous") : undefined),
  resize: (key) => canvas.nudge(key, true),
  add: () => canvas.add(),
  another: () => canvas.another(),
  remove: () => canvas.remove() || toast(t("First choose a box: click on it, or press A.")),
  in: () => canvas.zoom(1.4),
  out: () => canvas.zoom(1 / 1.4),
  fit: () => canvas.fit(),
  darker: () => toast(t("Brightness {n} %", { n: Math.round(canvas.brighten(-0.15) * 100) }), 1200),
  brighter: () => toast(t("Brightness {n} %", { n: Math.round(canvas.brighten(0.15) * 100) }), 1200),
  help: () => /** @type {HTMLDialogElement} */ (el("help")).showModal(),
};

/** Everything that a key or a button can ask for. @param {string} act @param {string} [name] */
function perform(act, name = "") {
  if (busy) return; // an answer is on its way: what is pressed meanwhile counts for nothing
  if (failed) {
    if (act === "again" || act === "keep") return void send(failed);
    if (act === "reload" || act === "undo" || act === "leave") {
      failed = null;
      el("fault").hidden = true;
      return void look(told?.frame?.uid ?? null);
    }
    if (!["in", "out", "fit", "darker", "brighter", "help"].includes(act)) return toast(t("First try again (Enter), or look up what was kept."));
  }
  if (act in AT_ONCE) return AT_ONCE[act](name);
  if (act === "keep" || act === "empty") answer(act);
  else if (act === "undo") undo();
  else if (act === "next") void (told?.queue.following && mayLeave() && look(told.queue.following));
  else if (act === "previous") void (told?.queue.previous && mayLeave() && look(told.queue.previous));
  else if (act === "queue") change(QUEUES[Number(name) - 1]);
  else if (act === "redraw" && told) show(told);
  else if (act === "redo") teaching.start();
  else if (act === "cancel") teaching.cancel();
  else if (act === "leave") leave();
}

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("button");
  if (!(button instanceof HTMLButtonElement) || button.closest("dialog")) return;
  // After a click by mouse the focus goes back to the page: Enter and Space then keep their meaning.
  if (event.detail > 0) main.focus({ preventScroll: true });
  if (button.dataset.act) perform(button.dataset.act);
  else if (button.dataset.queue) change(button.dataset.queue);
});
el("tool-clean").addEventListener("pointerdown", () => clean(true));
for (const name of ["pointerup", "pointerleave", "blur"]) el("tool-clean").addEventListener(name, () => clean(false));
writeHelp(el("help-lists"));
listen(perform, clean);

/** Another window may have answered this picture meanwhile: then this one shows what counts. */
async function catchUp() {
  const frame = told?.frame;
  if (!frame || busy || failed) return;
  const now = await get(`${api}/frames/${frame.uid}/proposals`).catch(() => null);
  if (!now || told?.frame !== frame || busy || now.seen === frame.seen) return;
  if (canvas.dirty) return toast(t("This picture was answered in another window meanwhile; what you keep now is newer and counts."), 6000);
  await look(frame.uid);
  toast(t("This picture was answered in another window; this is what counts now."), 6000);
}
document.addEventListener("visibilitychange", () => document.hidden || catchUp());
addEventListener("focus", catchUp);
addEventListener("pageshow", (event) => event.persisted && look(told?.frame?.uid ?? null));
addEventListener("beforeunload", (event) => canvas.dirty && event.preventDefault());
main.focus({ preventScroll: true });
look(asked.get("frame"));
