// Doing something to individuals: the answer is sent, its row is told with an undo, and the page is read anew.
import { ApiError, newUid, post, projectId, showError } from "./api.js";
import { when } from "./format.js";
import { nt, number, t } from "./i18n.js";
import { initials } from "./initials.js";

/** @typedef {{kept: {row: number, uid: string, kind: string}[], undo: string[], individual: ?{number: number, code: string, name: string}}} Reply */
/** @typedef {{path: string, body: object}} Call how a deed is taken back: by another deed of this kind */

const project = projectId();
const STACK = `spotid-deeds-${project}`;
const SAID = `spotid-said-${project}`;
const api = (/** @type {string} */ deed) => `/api/project/${project}/deeds/${deed}`;

/** @returns {Call[]} */
function stack() {
  try {
    return JSON.parse(sessionStorage.getItem(STACK) ?? "[]");
  } catch {
    return [];
  }
}
/** @param {Call[]} calls */
const keepStack = (calls) => sessionStorage.setItem(STACK, JSON.stringify(calls.slice(-50)));

/** The rows as a sentence. @param {Reply} reply @param {boolean} back whether they take something back */
function sentence(reply, back) {
  const rows = reply.kept.map((one) => one.row);
  const row = number(rows[0]);
  if (rows.length === 1) return back ? t("taken back — row {row}", { row }) : t("kept — row {row}", { row });
  const values = { row, last: number(rows[rows.length - 1]) };
  return back
    ? nt("{n} answer taken back — rows {row} to {last}", "{n} answers taken back — rows {row} to {last}", rows.length, values)
    : t("kept — rows {row} to {last}", values);
}

/** @param {string} text */
function say(text) {
  const said = document.getElementById("kept");
  const undo = document.getElementById("kept-undo");
  if (said) said.textContent = text;
  if (undo) undo.hidden = stack().length === 0;
  document.getElementById("kept-bar")?.classList.toggle("shown", Boolean(text));
}

/** @param {unknown} error */
export const fault = (error) => showError(document.getElementById("deed-fault"), error);

let working = ""; // the deed that is being kept and shown, in full; empty where there is none
/** @type {Promise<unknown>} */
let last = Promise.resolve();

/**
 * Keep a deed, tell its row and show the page as it is now. A failed one changes nothing.
 * @param {string} deed @param {object} body
 * @param {{undo?: Call, back?: boolean, again?: boolean, told?: (error: ApiError) => boolean}} [how] `undo`: what takes
 *   it back, where that is not a plain undo; `back`: it takes something back; `again`: it is itself an undo of this
 *   window; `told`: gives true where it shows a failure itself
 * @returns {Promise<?Reply>} null where it was not kept
 */
export async function does(deed, body, how = {}) {
  const asked = JSON.stringify([deed, body]);
  if (working === asked) return null; // a double click is one deed
  while (working) await last; // another one waits for its turn
  working = asked;
  const done = keeps(deed, body, how);
  last = done;
  return done;
}

/** @param {string} deed @param {object} body @param {{undo?: Call, back?: boolean, again?: boolean, told?: (error: ApiError) => boolean}} how */
async function keeps(deed, body, { undo, back = false, again = false, told }) {
  document.getElementById("live")?.setAttribute("aria-busy", "true");
  try {
    /** @type {Reply} */
    const reply = await post(api(deed), { uid: newUid(), reviewer: initials(), ...body });
    fault(null);
    const plain = reply.undo.length ? { path: "take-back", body: { targets: reply.undo } } : undefined;
    const opposite = undo ?? plain;
    if (opposite && !again) keepStack([...stack(), opposite]);
    const text = sentence(reply, back);
    sessionStorage.setItem(SAID, text);
    say(text);
    await refresh(reply);
    return reply;
  } catch (error) {
    if (!(error instanceof ApiError && told?.(error))) fault(error);
    return null;
  } finally {
    working = "";
    document.getElementById("live")?.removeAttribute("aria-busy");
  }
}

/** Take the newest deed of this window back; one that is just being shown is waited for. */
export async function takeBack() {
  while (working) await last;
  const before = stack();
  const newest = before[before.length - 1];
  if (!newest) return;
  keepStack(before.slice(0, -1));
  const told = (/** @type {ApiError} */ error) => {
    if (error.status !== 404) keepStack(before); // it stands still; what was taken back elsewhere leaves the list
    return false;
  };
  if (!(await does(newest.path, newest.body, { back: newest.path === "take-back", again: true, told }))) say(document.getElementById("kept")?.textContent ?? "");
}

/** Read the page anew and put its living part in the place of the old one. @param {?Reply} reply */
export async function refresh(reply = null) {
  const live = document.getElementById("live");
  if (!live) return;
  const mine = live.dataset.number;
  const theirs = reply?.individual?.number;
  const response = await fetch(location.href, { cache: "no-store", headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("live");
  if (!response.ok || !fresh) {
    // This individual is part of another one now, or nobody's.
    const there = mine && theirs && String(theirs) !== mine ? `individuals/${theirs}` : "individuals";
    location.assign(`/project/${project}/${there}`);
    return;
  }
  for (const time of fresh.querySelectorAll("time[datetime]")) {
    const text = when(time.getAttribute("datetime"));
    time.textContent = time.hasAttribute("data-day") ? text.slice(0, 10) : text;
  }
  const focused = document.activeElement;
  live.replaceWith(document.adoptNode(fresh));
  document.title = page.title;
  document.dispatchEvent(new Event("fresh"));
  restore(focused);
}

/** Give the focus, and what is being typed, to the element that took the place of the old one. @param {?Element} old */
function restore(old) {
  const now = old?.id && old.id !== "main" && !old.isConnected ? document.getElementById(old.id) : null;
  if (!old || !now) return;
  const text = "input[type=text], textarea";
  if (old.matches(text) && now.matches(text)) {
    const was = /** @type {HTMLInputElement} */ (old);
    const field = /** @type {HTMLInputElement} */ (now);
    field.value = was.value;
    field.focus({ preventScroll: true });
    field.setSelectionRange(was.selectionStart, was.selectionEnd);
  } else {
    now.focus({ preventScroll: true });
  }
}

/** Set the bar up, with what the page before has said. */
export function begin() {
  const said = sessionStorage.getItem(SAID) ?? "";
  sessionStorage.removeItem(SAID);
  say(said);
  document.getElementById("kept-undo")?.addEventListener("click", takeBack);
}
