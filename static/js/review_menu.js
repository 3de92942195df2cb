// On the review page the menu of the project folds into one button where it does not fit: the tools need its room.
import { t } from "./i18n.js";

const SMALLEST = 1700; // pixels; below it the bar leaves out what is in the menu

/** Unfold the menu if nothing is cut off then. @param {Element} bar */
function fold(bar) {
  bar.classList.add("wide");
  bar.classList.toggle("wide", innerWidth >= SMALLEST && bar.scrollWidth <= bar.clientWidth);
}

export function foldMenu() {
  const menu = document.querySelector(".menu");
  if (!menu) return;
  menu.id ||= "menu";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tool menu-open";
  button.id = "menu-open";
  button.textContent = t("Menu");
  button.setAttribute("aria-controls", menu.id);
  const set = (/** @type {boolean} */ open) => {
    menu.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
  };
  set(false);
  menu.before(button);
  button.addEventListener("click", () => set(!menu.classList.contains("open")));
  const leave = (/** @type {Event} */ event) => {
    const target = /** @type {Node} */ (event.target);
    if (!menu.contains(target) && !button.contains(target)) set(false);
  };
  addEventListener("pointerdown", leave);
  addEventListener("focusin", leave);
  const bar = /** @type {Element} */ (menu.closest(".bar"));
  const paths = document.querySelector(".paths"); // grows with the name of the way
  const watch = new ResizeObserver(() => fold(bar));
  watch.observe(bar);
  if (paths) watch.observe(paths);
  // Before the keys of the page: Escape closes the menu and nothing else.
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !menu.classList.contains("open") || document.querySelector("dialog[open]")) return;
      event.stopImmediatePropagation();
      event.preventDefault();
      set(false);
      button.focus();
    },
    true,
  );
}
