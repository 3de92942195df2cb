// Who is answering: initials, asked for once, kept in this browser, and sent along with every answer.
import { t } from "./i18n.js";

const KEY = "spotid-initials";
const KNOWN = "spotid-initials-known"; // everybody who answered in this browser, the latest first
const ASKED = "spotid-initials-asked";
const LONGEST = 8; // as the program keeps them
const REMEMBERED = 6;

/** @param {string} key */
const read = (key) => {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return ""; // private windows may refuse
  }
};

let chosen = read(KEY); // holds for this page where nothing can be kept

/** @param {string} key @param {string} value */
const write = (key, value) => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // the choice still holds for this page
  }
};

/** Letters and digits only, in capitals, at most eight. @param {string} typed */
export const tidy = (typed) =>
  [...typed.normalize("NFC").toLocaleUpperCase()]
    .filter((letter) => /[\p{L}\p{N}]/u.test(letter))
    .slice(0, LONGEST)
    .join("");

/** The initials of who is answering; empty where nobody has said. @returns {string} */
export const initials = () => tidy(chosen);

const known = () => read(KNOWN).split(" ").filter(Boolean);

/** @param {string} value */
function choose(value) {
  chosen = tidy(value);
  write(KEY, chosen);
  if (chosen) write(KNOWN, [chosen, ...known().filter((one) => one !== chosen)].slice(0, REMEMBERED).join(" "));
  label();
  close();
  document.dispatchEvent(new CustomEvent("spotid-initials", { detail: chosen }));
}

const button = document.getElementById("initials");
/** @type {HTMLElement | null} */
let box = null;

const narrow = document.body.matches(".page-review"); // its bar holds many tools

function label() {
  if (!button) return;
  const who = initials();
  button.textContent = who || (narrow ? t("Who?") : t("Who are you?"));
  button.classList.toggle("unknown", !who);
  button.setAttribute("aria-label", who ? t("You answer as {initials}. Change", { initials: who }) : t("Who are you? Say your initials"));
  button.title = who ? t("Your answers carry these initials") : t("Initials tell your answers from those of others");
}

/** @param {string} tag @param {string} text @param {string} [className] */
function make(tag, text, className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  node.className = className;
  return node;
}

function close() {
  const held = box?.contains(document.activeElement);
  box?.remove();
  box = null;
  button?.setAttribute("aria-expanded", "false");
  if (held) button?.focus();
}

/** @param {boolean} asked whether the person asked for it: only then does it take the keyboard */
function open(asked) {
  if (box || !button) return;
  write(ASKED, "1");
  box = make("form", "", "initials");
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-labelledby", "initials-title");
  const title = make("h2", t("Who is answering?"));
  title.id = "initials-title";
  const input = /** @type {HTMLInputElement} */ (make("input", ""));
  input.type = "text";
  input.id = "initials-typed";
  input.value = initials();
  input.maxLength = LONGEST;
  input.autocomplete = "off";
  input.spellcheck = false;
  input.setAttribute("aria-label", t("Your initials"));
  input.placeholder = t("Your initials");
  const keep = /** @type {HTMLButtonElement} */ (make("button", t("Keep"), "button primary"));
  const later = /** @type {HTMLButtonElement} */ (make("button", initials() ? t("Nobody in particular") : t("Not now"), "button"));
  later.type = "button";
  later.addEventListener("click", () => (initials() ? choose("") : close()));
  const line = make("div", "", "row");
  line.append(input, keep);
  const below = make("div", "", "row");
  for (const one of known().filter((name) => name !== initials())) {
    const other = /** @type {HTMLButtonElement} */ (make("button", one, "button"));
    other.type = "button";
    other.addEventListener("click", () => choose(one));
    below.append(other);
  }
  below.append(later);
  box.append(title, make("p", t("Your initials are kept with every answer, so that two people's answers can be compared."), "quiet small"), line, below);
  box.addEventListener("submit", (event) => {
    event.preventDefault();
    choose(input.value);
  });
  box.addEventListener("keydown", (event) => {
    event.stopPropagation(); // what is typed here is no key of the page
    if (event.key === "Escape") close();
  });
  document.body.append(box);
  button.setAttribute("aria-expanded", "true");
  if (asked) input.select();
}

// It never stands in the way: a key or a click elsewhere puts it aside, and does what it does.
for (const kind of ["keydown", "pointerdown"]) {
  addEventListener(kind, (event) => {
    const target = /** @type {Node} */ (event.target);
    if (box && !box.contains(target) && !button?.contains(target)) close();
  });
}
addEventListener("storage", (event) => {
  if (event.key !== KEY) return;
  chosen = event.newValue ?? "";
  label();
});
button?.addEventListener("click", () => (box ? close() : open(true)));
label();
// Asked once, where answers are given; whoever goes on answering has answered that, too.
if (button && narrow && !chosen && !read(ASKED)) open(false);
