// On every page: times with a zone become local time, missing pictures look tidy, the language and the menu can be used.
import { get, projectId } from "./api.js";
import { when } from "./format.js";
import { nt, number } from "./i18n.js";

// A small picture that can't be shown (a corrupt file, say) becomes a plain tile and not a broken sign.
const TILE = "/static/lost.svg";
const lost = (/** @type {HTMLImageElement} */ img) => {
  if (img.getAttribute("src") !== TILE) img.src = TILE;
};
document.addEventListener("error", (event) => event.target instanceof HTMLImageElement && lost(event.target), true);
for (const img of document.images) if (img.complete && img.naturalWidth === 0 && img.getAttribute("src")) lost(img);

for (const time of document.querySelectorAll("time[datetime]")) {
  const iso = time.getAttribute("datetime");
  const text = when(iso);
  time.textContent = time.hasAttribute("data-day") ? text.slice(0, 10) : text;
}

// The language is a cookie, because the program draws the page; it is kept for a year.
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-language]"))) {
  button.addEventListener("click", () => {
    document.cookie = `spotid-language=${button.dataset.language}; path=/; max-age=31536000; samesite=strict`;
    location.reload();
  });
}

const more = /** @type {HTMLDetailsElement | null} */ (document.getElementById("more"));
addEventListener("pointerdown", (event) => {
  if (more?.open && !more.contains(/** @type {Node} */ (event.target))) more.open = false;
});
more?.addEventListener("focusout", (event) => {
  if (event.relatedTarget instanceof Node && !more.contains(event.relatedTarget)) more.open = false;
});
// Before the keys of the page: Escape closes the menu and nothing else.
addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || !more?.open) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    more.open = false;
    more.querySelector("summary")?.focus();
  },
  true,
);

/** How many contradictions wait, beside the word Conflicts; nothing where there are none. */
async function countConflicts() {
  const badge = document.getElementById("conflict-count");
  if (!badge?.dataset.url) return;
  const told = await get(badge.dataset.url).catch(() => null);
  const n = told?.count ?? 0;
  for (const place of document.querySelectorAll("[data-conflicts]")) place.textContent = number(n);
  for (const place of document.querySelectorAll("[data-conflicts-words]")) place.textContent = nt("Conflict between answers", "Conflicts between answers", n);
  badge.hidden = !n;
  badge.textContent = number(n);
  badge.title = nt("{n} contradiction waits", "{n} contradictions wait", n);
}

if (projectId()) countConflicts();
