// Keys of the pages about individuals: an element with data-key is pressed, or focused where it is a field, by that key.
import { t } from "./i18n.js";

/** @param {Element} el */
const usable = (el) => el.getClientRects().length > 0 && !(/** @type {HTMLButtonElement} */ (el).disabled);
const FIELDS = "input:not([type=checkbox]), textarea, select";

/** The name of a key; layouts without Latin letters fall back on the place of the key. @param {KeyboardEvent} e */
export function nameOf(e) {
  if (e.key.length > 1) return e.key;
  if (e.key.charCodeAt(0) < 128) return e.key.toLowerCase();
  return /^Key[A-Z]$/.test(e.code) ? e.code.slice(3).toLowerCase() : e.key;
}

/** The element that a key presses now. @param {string} name @returns {?HTMLElement} */
function pressed(name) {
  const found = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(`[data-key="${CSS.escape(name)}"]`))];
  return found.find(usable) ?? null;
}

function openHelp() {
  const list = document.getElementById("key-list");
  const dialog = document.getElementById("keys");
  if (!list || !(dialog instanceof HTMLDialogElement)) return;
  const rows = [];
  const seen = new Set();
  for (const el of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-key]"))) {
    const key = el.getAttribute("aria-keyshortcuts") ?? "";
    if (seen.has(key) || !usable(el)) continue;
    seen.add(key);
    const dt = document.createElement("dt");
    const kbd = document.createElement("kbd");
    kbd.textContent = { ArrowLeft: "←", ArrowRight: "→", Delete: "Del", Escape: "Esc" }[key] ?? key;
    dt.append(kbd);
    const dd = document.createElement("dd");
    const says = [...el.childNodes].filter((n) => !(n instanceof HTMLElement && n.tagName === "KBD")).map((n) => n.textContent).join("");
    dd.textContent = el.dataset.says || says.trim().replace(/\s+/g, " ") || (el.getAttribute("aria-label") ?? "");
    rows.push(dt, dd);
  }
  for (const [keys, says] of extra) {
    const dt = document.createElement("dt");
    for (const key of keys) dt.append(Object.assign(document.createElement("kbd"), { textContent: key }), " ");
    rows.push(dt, Object.assign(document.createElement("dd"), { textContent: says }));
  }
  list.replaceChildren(...rows);
  dialog.showModal();
}

/** @type {[string[], string][]} */
const extra = [
  [["Tab"], t("Go from one thing to the next")],
  [["Esc"], t("Leave a field, or close this list")],
];

/** Tell of a key that is no element of its own in the list of keys. @param {string[]} keys @param {string} says */
export const tellOf = (keys, says) => extra.unshift([keys, says]);

/** @param {(name: string, event: KeyboardEvent) => boolean} [first] may take a key before the elements do */
export function listen(first = () => false) {
  document.getElementById("keys-open")?.addEventListener("click", openHelp);
  document.body.dataset.keys = "heard";
  addEventListener("keydown", (e) => {
    if (e.isComposing || document.querySelector("dialog[open]")) return;
    const target = e.target instanceof Element ? e.target : document.body;
    const name = nameOf(e);
    const typing = target.matches(FIELDS);
    if (typing) return;
    if ((e.ctrlKey || e.metaKey) && name === "z" && !e.repeat) {
      e.preventDefault();
      pressed("u")?.click();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat) return;
    // A control that was reached with Tab keeps its own Enter and Space.
    if ((name === "Enter" || name === " ") && target.matches("button, a, summary, input, label")) return;
    if (first(name, e)) {
      e.preventDefault();
      return;
    }
    const el = pressed(name);
    if (!el) return;
    e.preventDefault();
    if (el.matches(FIELDS)) {
      el.focus();
      if (el instanceof HTMLInputElement) el.select();
    } else {
      el.click();
    }
  });
}
