// Help: the search box over the manual. All words are in the browser; nothing is asked while one types.
import { get } from "./api.js";
import { search, wordsOf } from "./help_search.js";
import { nt } from "./i18n.js";

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const form = /** @type {HTMLFormElement} */ (el("help-search"));
const box = /** @type {HTMLInputElement} */ (el("help-words"));
const [results, contents, none, count] = [el("help-results"), el("help-contents"), el("help-none"), el("help-count")];

/** @type {?Promise<import("./help_search.js").Entry[]>} */
let asked = null;

/** The words of the manual, fetched once, when somebody first looks for something. */
function entries() {
  asked ??= get(form.dataset.url ?? "").then(
    (/** @type {{entries: import("./help_search.js").Entry[]}} */ reply) => reply.entries,
    () => {
      asked = null; // the next letter tries again
      return [];
    },
  );
  return asked;
}

/** @param {import("./help_search.js").Found} one */
function line({ entry, parts }) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const title = document.createElement("strong");
  const page = document.createElement("span");
  const text = document.createElement("span");
  link.href = entry.url;
  title.textContent = entry.title;
  page.className = "quiet small";
  page.textContent = entry.page === entry.title ? "" : entry.page;
  text.className = "small";
  parts.forEach((part, at) => {
    const node = at % 2 ? document.createElement("mark") : document.createTextNode(part);
    if (node instanceof HTMLElement) node.textContent = part;
    text.append(node);
  });
  link.append(title, page, text);
  item.append(link);
  return item;
}

async function look() {
  const words = box.value;
  const all = await entries();
  if (words !== box.value) return; // somebody typed on
  const looking = wordsOf(words).length > 0;
  const found = search(all, words);
  results.replaceChildren(...found.map(line));
  results.hidden = !found.length;
  contents.hidden = looking;
  none.hidden = !looking || found.length > 0;
  count.textContent = looking && found.length ? nt("{n} place found", "{n} places found", found.length) : "";
}

box.addEventListener("focus", entries, { once: true });
box.addEventListener("input", look);
form.addEventListener("submit", (e) => {
  e.preventDefault();
  results.querySelector("a")?.click();
});
addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || document.querySelector("dialog[open]")) return;
  const typing = e.target instanceof Element && e.target.matches("input, select, textarea");
  if (e.key === "/" && !typing) {
    e.preventDefault();
    box.focus();
    box.select();
  } else if (e.key === "Escape" && e.target === box) {
    box.value = "";
    look();
  }
});
const here = /** @type {?HTMLElement} */ (contents.querySelector('[aria-current="page"]'));
const side = contents.parentElement;
// On a small screen the page that is open may stand far down in the contents.
if (here && side && here.offsetTop > side.clientHeight * 0.8) side.scrollTop = here.offsetTop - side.clientHeight / 2;
// A browser that goes back keeps what was typed.
if (box.value) look();
