// Quit, and the end of the program: every open page says it in plain words instead of showing errors.
import { ApiError, post } from "./api.js";
import { nt, t } from "./i18n.js";

const LOOK_MS = 5000; // between two looks at whether the program still answers
const AGAIN_MS = 1000; // after a first one that failed
const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel("spotid") : null;
// Loaded now: when the program is gone, no picture comes any more.
const logos = [...document.querySelectorAll(".brand img")].map((img) => img.cloneNode());
let over = false;
let missed = 0;

/** @param {string} tag @param {string} text @param {string} [className] */
function make(tag, text, className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/** Cover the page. @param {boolean} said whether the program was ended by a person, or only does not answer */
function cover(said) {
  if (document.getElementById("ended") && !said) return;
  document.getElementById("ended")?.remove();
  const box = make("div", "", "ended");
  box.id = "ended";
  box.setAttribute("role", "alert");
  const logo = document.createElement("div");
  logo.append(...logos);
  const head = make("h1", said ? t("SpotID has ended") : t("SpotID does not answer any more"));
  head.tabIndex = -1;
  box.append(
    logo,
    head,
    make("p", said ? t("Every answer is kept. You may close this tab.") : t("It was ended, or stopped. Every answer that was shown as kept is kept. You may close this tab.")),
    make("p", t("To go on, start SpotID again: it opens its page."), "quiet"),
  );
  for (const child of document.body.children) child.toggleAttribute("inert", true);
  document.body.append(box);
  if (said) document.title = t("SpotID has ended");
  head.focus();
}

function uncover() {
  document.getElementById("ended")?.remove();
  for (const child of document.body.children) child.toggleAttribute("inert", false);
}

/** The program was ended by a person, here or on another page. @param {boolean} [here] */
function ended(here = false) {
  over = true;
  if (here) channel?.postMessage("ended");
  cover(true);
}

/** No key does anything on a page that is covered. */
for (const kind of ["keydown", "keyup", "wheel"]) {
  addEventListener(kind, (event) => document.getElementById("ended") && event.stopImmediatePropagation(), true);
}

/** Only a refused connection tells that the program is gone; one that is slow may be busy. */
async function gone() {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 4000);
  try {
    await fetch("/api/alive", { cache: "no-store", signal: stop.signal });
    return false;
  } catch {
    return !stop.signal.aborted && navigator.onLine !== false;
  } finally {
    clearTimeout(timer);
  }
}

async function look() {
  if (over) return;
  if (document.visibilityState === "visible") {
    missed = (await gone()) ? missed + 1 : 0;
    if (over) return;
    if (missed > 1) cover(false);
    else if (!missed) uncover();
  }
  setTimeout(look, missed === 1 ? AGAIN_MS : LOOK_MS);
}

/** Ask before a run is stopped. @param {string[]} work titles of the projects in which one goes on @returns {Promise<boolean>} */
function sure(work) {
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", "", "quit-ask"));
  const [head, text, foot] = [make("div", "", "dialog-head"), make("div", "", "dialog-body"), make("div", "", "dialog-foot")];
  const title = make("h2", t("Quit SpotID?"));
  title.id = "quit-title";
  dialog.setAttribute("aria-labelledby", title.id);
  head.append(title);
  const what = nt("A run goes on in “{title}”.", "Runs go on in {n} projects.", work.length, { title: work[0] });
  text.append(make("p", what), make("p", t("What is done is kept; the run goes on from there when you resume it at the next start.")));
  const no = /** @type {HTMLButtonElement} */ (make("button", t("Go on working"), "button primary"));
  const yes = /** @type {HTMLButtonElement} */ (make("button", t("Quit all the same"), "button bad"));
  no.type = yes.type = "button";
  foot.append(no, yes);
  dialog.append(head, text, foot);
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
  return new Promise((answer) => {
    yes.addEventListener("click", () => dialog.close("yes"));
    no.addEventListener("click", () => dialog.close());
    dialog.addEventListener("keydown", (event) => event.stopPropagation()); // Escape closes it, and nothing else does anything
    dialog.addEventListener("close", () => {
      answer(dialog.returnValue === "yes");
      dialog.remove();
    });
  });
}

async function quit() {
  if (over || document.querySelector("dialog.quit-ask")) return;
  try {
    let told = await post("/api/quit", {});
    if (!told.closing && (await sure(told.at_work))) told = await post("/api/quit", { sure: true });
    if (told.closing) ended(true);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0) return;
    const box = make("div", `${error.sentence} ${error.advice}`, "notice bad");
    box.setAttribute("role", "alert");
    document.querySelector("header")?.after(box);
  }
}

channel?.addEventListener("message", (event) => event.data === "ended" && ended());
document.getElementById("quit")?.addEventListener("click", quit);
addEventListener(
  "keydown",
  (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const manual = /** @type {?HTMLAnchorElement} */ (document.querySelector("a[data-help]"));
    if (event.altKey && event.code === "KeyQ") quit();
    // The manual has a tab of its own: the pair that it is asked about stays on the screen.
    else if (event.key === "F1" && !event.altKey && manual) manual.click();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);
setTimeout(look, LOOK_MS);
