// The review page: one pair at a time, one answer at a time, and nothing moves on before the answer is kept.
import { ApiError, get, newUid, post, projectId } from "./api.js";
import { VisibleClock } from "./clock.js";
import { number } from "./format.js";
import { listen, writeHelp } from "./keys.js";
import { Looking, toast } from "./looking.js";
import { Panes, VIEWS } from "./panes.js";
import { flankAsked, showFlanks } from "./review_flank.js";
import { kindWord, writeBetween, writeFacts, writeKept, writeProgress, writeState } from "./review_text.js";
import { Zoom } from "./zoom.js";

/** @typedef {import("./types.js").Pair} Pair */
/** @typedef {{url: string, body: ?object, what: string, kind: string}} Request one call that must succeed or be repeated unchanged */

const PAIR_KINDS = ["same", "different", "cannot_tell", "not_comparable"];
const ANCHOR_KINDS = ["new", "unusable"];
const api = `/api/project/${projectId()}`;
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const main = el("main");

const panes = new Panes(el("pane-a"), el("pane-b"));
const zoom = new Zoom([el("pane-a"), el("pane-b")]);
const looking = new Looking(panes, zoom);
const clock = new VisibleClock();

/** @type {?Pair} */
let pair = null;
let busy = false;
/** @type {?Request} what was not kept and may be sent again */
let failed = null;
let view = storedView();

function storedView() {
  try {
    const kept = localStorage.getItem("spotid-view") ?? "";
    return VIEWS.includes(kept) ? kept : "crop";
  } catch {
    return "crop";
  }
}

/** @param {boolean} on */
function setBusy(on) {
  busy = on;
  main.dataset.busy = String(on);
}

/** The view asked for, or the nearest one that both sightings have. @param {Pair} p */
function usableView(p) {
  const both = [p.anchor, p.comparison].filter((s) => s !== null);
  const has = (/** @type {string} */ v) => both.every((s) => !s?.views || s.views.includes(v));
  return [view, "crop", "original"].find(has) ?? "crop";
}

/** Show what the program says comes next. @param {Pair} next */
async function show(next) {
  const swapped = await panes.show(next.anchor, next.comparison, usableView(next));
  if (!swapped) return;
  const movedOn = pair?.anchor && next.anchor && pair.anchor.uid !== next.anchor.uid;
  const stays = pair?.anchor?.uid === next.anchor?.uid && pair?.comparison?.uid === next.comparison?.uid;
  pair = next;
  if (!stays) looking.restart(); // a side was said: what the person looks at stays as it is
  writeFacts(el("facts-a"), next.anchor);
  writeFacts(el("facts-b"), next.comparison);
  writeBetween(el("between"), next);
  writeProgress(next);
  writeState(next);
  main.dataset.state = next.state;
  showAbilities();
  showFlanks(next);
  if (!stays) clock.restart();
  if (movedOn) toast("Another anchor");
  panes.prefetch(next.prefetch ?? []);
}

/** Buttons and view switch say what can be done now. */
function showAbilities() {
  if (!pair) return;
  const able = {
    pair: pair.state === "pair",
    anchor: pair.anchor !== null && (pair.state === "pair" || pair.state === "anchor_done"),
  };
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-act]"))) {
    const act = button.dataset.act ?? "";
    if (PAIR_KINDS.includes(act)) button.disabled = !able.pair;
    else if (act === "new") button.disabled = !able.anchor || Boolean(pair.anchor?.individual);
    else if (act === "unusable") button.disabled = !able.anchor;
    else if (act === "undo") button.disabled = !pair.undo;
    else button.disabled = pair.state === "empty";
    if (act === "undo" && pair.undo) {
      button.title = `Take back row ${number(pair.undo.row)}: ${kindWord(pair.undo.kind)}`;
    }
  }
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll(".view"))) {
    const on = button.dataset.view === panes.view;
    button.setAttribute("aria-pressed", String(on));
    button.disabled = [pair.anchor, pair.comparison].some((s) => s?.views && !s.views.includes(button.dataset.view ?? ""));
  }
}

/** Send a request; on failure the pair stays and the bar says so. @param {Request} request */
async function send(request) {
  if (busy) return;
  setBusy(true);
  try {
    const answer = request.body ? await post(request.url, request.body) : await get(request.url);
    failed = null;
    el("fault").hidden = true;
    sayKept(answer);
    await show(answer.pair ?? answer);
  } catch (error) {
    onFailure(request, error);
  } finally {
    setBusy(false);
  }
}

/** @param {{kept?: {row: number, kind: string}, undone?: {row: number, kind: string}, repeated?: boolean}} answer */
function sayKept(answer) {
  if (answer.undone) {
    writeKept(el("kept"), `taken back — row ${number(answer.undone.row)}, ${kindWord(answer.undone.kind)}`);
  } else if (answer.kept) {
    writeKept(el("kept"), `kept — row ${number(answer.kept.row)}`);
  } else {
    el("kept").replaceChildren();
  }
}

/** @param {Request} request @param {unknown} error */
function onFailure(request, error) {
  const fault = error instanceof ApiError ? error : null;
  if (request.what === "undo" && fault && fault.status >= 400 && fault.status < 500) {
    toast(fault.sentence);
    return;
  }
  if (request.what === "look" && fault?.status === 404 && request.url.includes("?") && !failed) {
    // The sighting that was asked for can't be an anchor: say so, and go on where the person was.
    setTimeout(() => look().then(() => toast(fault.sentence, 6000)));
    return;
  }
  if (request.what === "look" && failed) {
    // The answer that was not kept stays the one to send again; only the reason is newer.
    el("fault-why").textContent = fault ? `${fault.sentence} ${fault.advice}` : "The program could not be asked.";
    return;
  }
  failed = request;
  el("fault-what").textContent = {
    answer: `Your answer “${kindWord(request.kind)}” was NOT kept.`,
    undo: "The undo was NOT kept.",
  }[request.what] ?? "The next pair could not be shown.";
  el("fault-why").textContent = fault ? `${fault.sentence} ${fault.advice}` : "Something unexpected went wrong on this page.";
  el("fault-reload").hidden = request.what === "look";
  el("fault").hidden = false;
  el("kept").replaceChildren();
}

/** @param {string} kind */
function answer(kind) {
  if (!pair?.anchor) return;
  const onPair = PAIR_KINDS.includes(kind);
  if (onPair && (pair.state !== "pair" || !pair.comparison)) return toast("There is no pair to answer here.");
  if (kind === "new" && pair.anchor.individual) return toast(`This anchor is ${pair.anchor.individual} already.`);
  if (!onPair && pair.state !== "pair" && pair.state !== "anchor_done") return;
  if (!panes.complete) return toast("Both pictures must be visible before an answer is taken.");
  const body = {
    uid: newUid(),
    kind,
    a: pair.anchor.uid,
    b: onPair ? pair.comparison?.uid : null,
    seconds: clock.seconds(),
    rank: pair.rank,
    score: pair.score,
  };
  send({ url: `${api}/answers`, body, what: "answer", kind });
}

/** Say which side a picture shows. @param {string} act */
function sayFlank(act) {
  const asked = flankAsked(act, pair);
  if (!asked?.sighting || !pair?.anchor) return toast("There is no picture to say this of.");
  if (!panes.complete) return toast("Both pictures must be visible before an answer is taken.");
  const body = { uid: newUid(), flank: asked.flank, sighting: asked.sighting.uid, a: pair.anchor.uid, b: pair.comparison?.uid ?? null };
  send({ url: `${api}/flank`, body, what: "answer", kind: "flank" });
}

/** @param {"next"|"previous"} move */
function moveAnchor(move) {
  send({ url: `${api}/anchor`, body: { move, anchor: pair?.anchor?.uid ?? null }, what: "move", kind: move });
}

/** @param {?string} [anchor] */
function look(anchor) {
  const query = anchor ? `?anchor=${encodeURIComponent(anchor)}` : "";
  return send({ url: `${api}/pair${query}`, body: null, what: "look", kind: "look" });
}

/** @param {string} next */
async function setView(next) {
  if (!pair || busy) return;
  const before = panes.view;
  view = next;
  try {
    localStorage.setItem("spotid-view", next);
  } catch {
    // the choice still holds until the page is left
  }
  setBusy(true);
  try {
    await panes.show(pair.anchor, pair.comparison, usableView(pair));
  } finally {
    setBusy(false);
  }
  if ((before === "original") !== (panes.view === "original")) zoom.reset();
  showAbilities();
  panes.prefetch(pair.prefetch ?? []);
}

/** @type {Record<string, (key: string) => void>} */
const LOOKING = {
  end: () => location.assign(api.replace(/^\/api/, "") + "/export"),
  ...looking.acts,
  cycle: () => setView(VIEWS[(VIEWS.indexOf(panes.view) + 1) % VIEWS.length]),
  view: (key) => setView(VIEWS[Number(key) - 1]),
  redraw: () => setView(view),
};

/** Everything that a key or a button can ask for. @param {string} act @param {string} name */
function perform(act, name = "") {
  if (act in LOOKING) return LOOKING[act](name);
  if (busy) return; // an answer is on its way: what is pressed meanwhile counts for nothing
  if (act === "again" || (failed && act === "flank-right")) return failed ? send(failed) : undefined; // both are R
  if (failed) return toast("First try again, or look up what was kept.");
  if (act === "undo" && !pair?.undo) return toast("There is no answer to take back.");
  if (act === "undo") return send({ url: `${api}/undo`, body: { uid: newUid() }, what: "undo", kind: "undo" });
  if (act === "next" || act === "previous") return moveAnchor(act);
  if (act.startsWith("flank-")) return sayFlank(act);
  if (PAIR_KINDS.includes(act) || ANCHOR_KINDS.includes(act)) answer(act);
}

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("button");
  if (!(button instanceof HTMLButtonElement) || button.closest("dialog")) return;
  // After a click by mouse the focus goes back to the page: Enter and Space then keep their meaning.
  if (event.detail > 0) main.focus({ preventScroll: true });
  if (button.dataset.act) perform(button.dataset.act);
  else if (button.dataset.view) setView(button.dataset.view);
});
for (const act of ["mirror", "darker", "brighter", "fit", "link"]) el(`tool-${act}`).addEventListener("click", () => perform(act));
el("help-open").addEventListener("click", () => perform("help"));
el("fault-again").addEventListener("click", () => perform("again"));
el("fault-reload").addEventListener("click", () => look(pair?.anchor?.uid));
writeHelp(el("help-lists"));
listen((act, name) => perform(act, name), (down) => looking.clean(down));
main.focus({ preventScroll: true });
addEventListener("pageshow", (event) => event.persisted && look()); // back to this page: ask again, never show a stale pair
const asked = new URLSearchParams(location.search).get("anchor");
// The address is cleaned, so that loading the page again goes on where the person was and not back to this anchor.
if (asked) history.replaceState(null, "", location.pathname);
look(asked);
