// Talking to the program: JSON in, JSON out, and every failure as a sentence that a person can act on.

import { t } from "./i18n.js";

/** A failure with the sentence and the advice that are shown to the person. */
export class ApiError extends Error {
  /**
   * @param {import("./types.js").Fault} fault
   * @param {number} status HTTP status, 0 where no answer came
   */
  constructor(fault, status) {
    super(`${fault.sentence} ${fault.advice}`.trim());
    this.code = fault.code;
    this.sentence = fault.sentence;
    this.advice = fault.advice;
    this.status = status;
    this.lang = fault.lang ?? ""; // of a sentence that is not in the page's language
  }
}

/**
 * Say above the page that nothing here works any more: SpotID was started anew, and this page is of the old start.
 * @param {?ApiError} error null where an answer came again
 */
function shutOut(error) {
  let box = document.getElementById("shut-out");
  if (!error) return box?.remove();
  if (!box) {
    box = document.createElement("div");
    box.id = "shut-out";
    box.className = "notice bad";
    box.setAttribute("role", "alert");
    document.querySelector("header")?.after(box);
  }
  showError(box, error);
}

/** @param {string} url @param {RequestInit} options @param {number} seconds limit before the call counts as failed */
async function call(url, options, seconds) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), seconds * 1000);
  let response;
  let answer = null;
  try {
    response = await fetch(url, { cache: "no-store", ...options, signal: stop.signal });
    const text = await response.text();
    try {
      answer = JSON.parse(text);
    } catch {
      answer = null;
    }
  } catch {
    const sentence = stop.signal.aborted
      ? t("SpotID gave no answer within {n} seconds.", { n: seconds })
      : t("SpotID can't be reached.");
    throw new ApiError({ code: "unreachable", sentence, advice: t("Check that the program is still running, then try again.") }, 0);
  } finally {
    clearTimeout(timer);
  }
  if (response.ok && answer !== null) {
    shutOut(null);
    return answer;
  }
  const fault = answer?.error ?? {};
  const error = new ApiError(
    {
      code: fault.code ?? "unexpected",
      sentence: fault.sentence ?? t("SpotID gave an answer that can't be read (status {status}).", { status: response.status }),
      lang: fault.lang,
      advice: fault.advice ?? (fault.sentence ? "" : t("Try again; if it happens again, look into the log.")),
    },
    response.status,
  );
  if (error.code === "not-let-in") shutOut(error);
  throw error;
}

/** @param {string} url @param {number} [seconds] @returns {Promise<any>} */
export const get = (url, seconds = 20) => call(url, { headers: { Accept: "application/json" } }, seconds);

/** @param {string} url @param {object} body @param {number} [seconds] @returns {Promise<any>} */
export const post = (url, body, seconds = 20) =>
  call(
    url,
    {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      body: JSON.stringify(body),
    },
    seconds,
  );

/** A fresh identifier for one answer; sending it twice keeps one answer. @returns {string} */
export function newUid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const h = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

/** The identifier of the open project. @returns {string} */
export const projectId = () => document.body.dataset.project ?? "";

/** Show a failure in a notice, or hide the notice. @param {?Element} box @param {unknown} error */
export function showError(box, error) {
  if (!(box instanceof HTMLElement)) return;
  box.hidden = !error;
  if (!error) return;
  const strong = document.createElement("strong");
  strong.textContent = error instanceof ApiError ? error.sentence : t("Something unexpected went wrong on this page.");
  if (error instanceof ApiError && error.lang) strong.lang = error.lang;
  box.replaceChildren(strong, error instanceof ApiError && error.advice ? ` ${error.advice}` : "");
}

/** Run an action with its button held down, so that a double click is one action. @param {HTMLButtonElement} button @param {() => Promise<void>} action */
export async function holding(button, action) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await action();
  } finally {
    button.removeAttribute("aria-busy");
  }
}
