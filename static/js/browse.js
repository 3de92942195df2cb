// The folder chooser. The server lists the folders; a path can also be typed.
import { get, showError } from "./api.js";
import { bytes, shown } from "./format.js";
import { nt, t } from "./i18n.js";

const TITLES = {
  open: t("Choose the project or embeddings folder"),
  images: t("Choose the folder of photographs, or a ZIP of them"),
  sheet: t("Choose the sheet"),
  recognitions: t("Choose the file of recognitions"),
  output: t("Choose where to keep the project"),
};
/** Files that can be chosen beside folders, or instead of one. @type {Record<string, string>} */
const FILES = { images: "zip", sheet: "sheet", recognitions: "recognitions" };
const FOLDER = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 7.5a2 2 0 0 1 2-2h4l2 2.5h8a2 2 0 0 1 2 2v7.5a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z"/></svg>';

const FILE = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4"/></svg>';

const el = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

/** @type {import("./types.js").Listing | null} */
let listing = null;
/** @type {HTMLInputElement | null} */
let target = null;
let mode = "open";
let asked = 0;

const dialog = () => /** @type {HTMLDialogElement} */ (document.getElementById("browse"));

const separator = (/** @type {string} */ path) => (path.includes("\\") ? "\\" : "/");
const split = (/** @type {string} */ path) => {
  const clean = path.replace(/[\\/]+$/, "");
  const cut = Math.max(clean.lastIndexOf("/"), clean.lastIndexOf("\\"));
  return cut < 0 ? ["", clean] : [clean.slice(0, cut) || clean.slice(0, cut + 1), clean.slice(cut + 1)];
};
const join = (/** @type {string} */ folder, /** @type {string} */ name) =>
  name ? folder.replace(/[\\/]+$/, "") + separator(folder) + name : folder;

/** @param {{name: string, path: string, images?: number, is_project?: boolean}} folder @param {boolean} drawn */
function item(folder, drawn) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "browse-item";
  button.innerHTML = drawn ? FOLDER : "";
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = folder.name;
  name.title = folder.path;
  button.append(name);
  if (folder.is_project) button.append(chip(t("SpotID project"), "chip accent"));
  else if (folder.images) button.append(chip(nt("{n} picture", "{n} pictures", folder.images), "quiet small"));
  button.addEventListener("click", () => {
    // Inside an existing project no new folder is wanted: the run goes on in it.
    if (folder.is_project) el("browse-name").value = "";
    go(folder.path, true);
  });
  const li = document.createElement("li");
  li.append(button);
  return li;
}

/** A file that can be chosen. @param {{name: string, path: string, bytes: number}} file */
function fileItem(file) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "browse-item";
  button.innerHTML = FILE;
  const name = chip(shown(file.name), "name");
  name.title = file.path;
  button.append(name, chip(bytes(file.bytes), "quiet small"));
  button.addEventListener("click", () => take(file.path));
  const li = document.createElement("li");
  li.append(button);
  return li;
}

/** @param {string} text @param {string} className */
function chip(text, className) {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = text;
  return span;
}

/** @param {import("./types.js").Listing} next @param {boolean} focusList */
function draw(next, focusList) {
  const came = listing?.path;
  listing = next;
  el("browse-up").disabled = !next.parent;
  el("browse-places").replaceChildren(...next.places.map((p) => item(p, false)));
  [...el("browse-places").querySelectorAll("button")].forEach((b, i) => {
    if (next.places[i].path === next.path) b.setAttribute("aria-current", "true");
  });
  const rows = next.folders.map((f) => item(f, true));
  rows.push(...next.files.map(fileItem));
  el("browse-list").replaceChildren(...rows);
  el("browse-none").hidden = rows.length > 0;
  el("browse-count").textContent = next.pictures
    ? nt("{n} picture in this folder", "{n} pictures in this folder", next.pictures)
    : (next.folders.length ? t("No pictures directly in this folder; folders below it are included") : t("No pictures in this folder"));
  const start = Math.max(0, next.folders.findIndex((f) => f.path === came));
  const buttons = listButtons();
  buttons.forEach((b, i) => (b.tabIndex = i === start ? 0 : -1));
  if (focusList) (buttons[start] ?? el("browse-choose")).focus();
}

const listButtons = () => /** @type {HTMLButtonElement[]} */ ([...el("browse-list").querySelectorAll("button")]);

/**
 * Ask for a folder and show it. An answer that a later question has overtaken is neither shown nor told as a fault.
 * @param {string} path @param {boolean} focusList @returns {Promise<"shown" | "overtaken" | "failed">}
 */
async function go(path, focusList) {
  const mine = ++asked;
  const typed = el("browse-typed").value;
  try {
    const next = await get(`/api/browse?path=${encodeURIComponent(path)}&files=${FILES[mode] ?? ""}`);
    if (mine !== asked) return "overtaken";
    showError(el("browse-error"), null);
    // What somebody has begun to type meanwhile stays.
    if (el("browse-typed").value === typed) el("browse-typed").value = next.path;
    else focusList = false;
    draw(next, focusList);
    return "shown";
  } catch (error) {
    if (mine !== asked) return "overtaken";
    showError(el("browse-error"), error);
    return "failed";
  }
}

/** @param {KeyboardEvent} event */
function onListKey(event) {
  const buttons = listButtons();
  const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  let to = -1;
  if (event.key === "ArrowDown") to = Math.min(buttons.length - 1, at + 1);
  else if (event.key === "ArrowUp") to = Math.max(0, at - 1);
  else if (event.key === "Home") to = 0;
  else if (event.key === "End") to = buttons.length - 1;
  else if (event.key === "ArrowRight" && at >= 0) buttons[at].click();
  else if (event.key === "ArrowLeft" || event.key === "Backspace") el("browse-up").click();
  else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const letter = event.key.toLowerCase();
    const order = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)];
    const found = order.find((b) => b.querySelector(".name")?.textContent?.toLowerCase().startsWith(letter));
    to = found ? buttons.indexOf(found) : -1;
  } else return;
  event.preventDefault();
  if (to < 0) return;
  buttons.forEach((b, i) => (b.tabIndex = i === to ? 0 : -1));
  buttons[to]?.focus();
}

function choose() {
  if (!listing || !target) return;
  take(join(listing.path, mode === "output" ? el("browse-name").value.trim() : ""));
}

/** @param {string} path */
function take(path) {
  if (!target) return;
  target.value = path;
  target.dispatchEvent(new Event("input", { bubbles: true }));
  dialog().close();
}

/** @param {HTMLInputElement} input @param {string} how */
async function open(input, how) {
  target = input;
  mode = how;
  listing = null;
  const current = input.value.trim();
  const [parent, last] = split(current);
  el("browse-title").textContent = TITLES[/** @type {keyof typeof TITLES} */ (mode)] ?? t("Choose a folder");
  el("browse-new").hidden = mode !== "output";
  el("browse-choose").hidden = mode in FILES && mode !== "images"; // a file is wanted, and pressing it chooses it
  el("browse-name").value = mode === "output" ? last : "";
  el("browse-typed").value = "";
  showError(el("browse-error"), null);
  dialog().showModal();
  // A path that is not there yet is no mistake here: fall back to its parent, then to the home folder.
  for (const path of mode === "output" ? [parent, ""] : [current, parent, ""]) {
    if ((await go(path, true)) !== "failed") return;
  }
}

/** Let a button that was made later open the chooser. @param {HTMLButtonElement} button */
export function browseOn(button) {
  button.addEventListener("click", () => open(el(button.dataset.browse ?? ""), button.dataset.mode ?? "open"));
}

/** Connect every Browse… button of the page with the chooser. */
export function wireBrowse() {
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-browse]"))) {
    button.addEventListener("click", () => open(el(button.dataset.browse ?? ""), button.dataset.mode ?? "open"));
  }
  el("browse-up").addEventListener("click", () => listing?.parent && go(listing.parent, true));
  el("browse-cancel").addEventListener("click", () => dialog().close());
  el("browse-choose").addEventListener("click", async () => {
    const typed = el("browse-typed").value.trim();
    if (typed && typed !== listing?.path && (await go(typed, false)) !== "shown") return;
    if (dialog().open) choose();
  });
  el("browse-typed").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    go(el("browse-typed").value.trim(), true);
  });
  el("browse-name").addEventListener("keydown", (event) => {
    if (event.key === "Enter") choose();
  });
  el("browse-list").addEventListener("keydown", onListKey);
  dialog().addEventListener("keydown", (event) => {
    // In an empty folder the focus is outside the list, and the way up must still work.
    if (event.key !== "Backspace" || event.defaultPrevented || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    el("browse-up").click();
  });
  dialog().addEventListener("close", () => target?.focus());
}
