// A field that finds an individual by code or name; with nothing typed it offers those used last.
import { get, projectId } from "./api.js";
import { nt, t } from "./i18n.js";
import { fault } from "./individual_deeds.js";

/** @typedef {{number: number, code: string, name: string, count: number, sighting: string, portrait: string, portraits: Record<string, string>}} Animal */

let asked = 0;

/** @param {HTMLElement} chooser @param {(animal: Animal) => void} chosen @param {number} [except] an individual that is not offered */
export function chooses(chooser, chosen, except) {
  const input = /** @type {HTMLInputElement} */ (chooser.querySelector("input"));
  const list = /** @type {HTMLElement} */ (chooser.querySelector("[role=listbox]"));
  /** @type {Animal[]} */
  let animals = [];
  let at = -1;

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const mark = (/** @type {number} */ place) => {
    at = place;
    [...list.children].forEach((el, n) => el.setAttribute("aria-selected", String(n === place)));
    const marked = list.children[place];
    if (marked) input.setAttribute("aria-activedescendant", marked.id);
    marked?.scrollIntoView({ block: "nearest" });
  };

  const take = (/** @type {number} */ place) => {
    const animal = animals[place];
    if (!animal) return;
    close();
    input.value = animal.name ? `${animal.code} ${animal.name}` : animal.code;
    input.blur(); // the next key is a key of the page again
    chosen(animal);
  };

  const show = async () => {
    const turn = ++asked;
    try {
      const found = await get(`/api/project/${projectId()}/individuals?find=${encodeURIComponent(input.value.trim())}`);
      if (turn !== asked || document.activeElement !== input) return;
      animals = found.individuals.filter((/** @type {Animal} */ one) => one.number !== except);
      list.replaceChildren(...animals.map((animal, n) => option(animal, `${list.id}-${n}`)));
      if (!animals.length) {
        const none = document.createElement("li");
        none.className = "choice-none";
        none.textContent = t("No individual has this code or name.");
        list.replaceChildren(none);
      }
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      mark(animals.length ? 0 : -1);
    } catch (error) {
      fault(error);
    }
  };

  input.addEventListener("input", show);
  input.addEventListener("focus", show);
  input.addEventListener("blur", () => setTimeout(close, 150)); // a click on the list comes first
  input.addEventListener("keydown", (e) => {
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (list.hidden) show();
      else if (animals.length) mark((at + (e.key === "ArrowDown" ? 1 : animals.length - 1)) % animals.length);
    } else if (e.key === "Enter") {
      e.preventDefault();
      if (!list.hidden) take(at);
    } else if (e.key === "Escape") {
      e.stopPropagation();
      if (list.hidden) input.blur();
      close();
    }
  });
  list.addEventListener("pointerdown", (e) => {
    const choice = e.target instanceof Element ? e.target.closest("[role=option]") : null;
    if (!choice) return;
    e.preventDefault();
    take([...list.children].indexOf(choice));
  });
}

/** @param {Animal} animal @param {string} id */
function option(animal, id) {
  const li = document.createElement("li");
  li.id = id;
  li.setAttribute("role", "option");
  const img = document.createElement("img");
  img.src = `/project/${projectId()}/picture/${animal.portrait}/thumb`;
  img.alt = "";
  img.width = 60;
  img.height = 40;
  const text = document.createElement("span");
  const code = document.createElement("b");
  code.textContent = animal.code;
  const count = document.createElement("span");
  count.className = "quiet small";
  count.textContent = nt("{n} picture", "{n} pictures", animal.count);
  text.append(code, " ");
  if (animal.name) {
    const name = document.createElement("span");
    name.dir = "auto";
    name.textContent = animal.name;
    text.append(name, " ");
  }
  text.append(count);
  li.append(img, text);
  return li;
}
