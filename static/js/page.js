// On every page: times with a zone become local time, and pictures that are missing look tidy.
import { when } from "./format.js";

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
