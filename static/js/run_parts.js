// The parts of a project on its run page: which it works with, which it could, and the switch to another.
import { get, holding, post, projectId, showError } from "./api.js";
import { nt, t } from "./i18n.js";

/** @typedef {{name: string, about: string, built_in: boolean, here: boolean, reason: string}} Option */
/** @typedef {{role: string, chosen: string, here: boolean, options: Option[]}} Role */
/** @typedef {{name: string, title: string, own: boolean, roles: Role[]}} Profile */
/** @typedef {{profiles: Profile[], more: {name: string, title: string}[], cut_anew: number, search_again: number, busy: boolean, missing: {sentences: string[]}, sentences?: string[]}} Told */

const api = `/api/project/${projectId()}`;
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const box = /** @type {HTMLDetailsElement} */ (el("parts"));

/** @type {Record<string, string>} */
const ROLES = {
  detector: t("Finding the animals"),
  cutout: t("Removing the background"),
  encoder: t("Describing the coats"),
  matcher: t("Comparing look-alikes"),
  classifier: t("Telling species"),
};

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} [text] @param {string} [name] @returns {HTMLElementTagNameMap[T]} */
function make(tag, text = "", name = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (name) node.className = name;
  return node;
}

/** @param {Option} option */
function label(option) {
  if (!option.name) return t("none: people, files, sheets and folders say it");
  if (option.built_in) return t("{name} (built in)", { name: option.name });
  return option.here ? option.name : t("{name} (not on this computer)", { name: option.name });
}

/** @param {Profile} profile @param {Role} role @param {boolean} busy */
function row(profile, role, busy) {
  const line = make("div", "", "run-part");
  const id = `part-${profile.name}-${role.role}`;
  const name = make("label", ROLES[role.role] ?? role.role);
  name.htmlFor = id;
  const choice = make("select");
  choice.id = id;
  choice.disabled = busy;
  choice.setAttribute("aria-describedby", `${id}-about`);
  for (const option of role.options) {
    const one = make("option", label(option));
    one.value = option.name;
    one.disabled = !option.here && option.name !== role.chosen;
    one.selected = option.name === role.chosen;
    choice.append(one);
  }
  const chosen = role.options.find((one) => one.name === role.chosen);
  const about = make("p", chosen?.here ? (chosen?.about ?? "") : (chosen?.reason ?? ""), "quiet small");
  about.id = `${id}-about`;
  choice.addEventListener("change", () => change("choose", { profile: profile.name, role: role.role, part: choice.value }, id));
  line.append(name, choice, about);
  return line;
}

/** @param {Told} told */
function draw(told) {
  el("parts-profiles").replaceChildren(
    ...told.profiles.map((profile) => {
      const part = make("section", "", "run-parts-of");
      if (told.profiles.length > 1) part.append(make("h3", profile.title));
      part.append(...profile.roles.map((role) => row(profile, role, told.busy)));
      return part;
    }),
  );
  deed("parts-cut", told.cut_anew, told.busy, nt("Cut out anew: {n} animal that another part has cut", "Cut out anew: {n} animals that another part has cut", told.cut_anew));
  deed("parts-search", told.search_again, told.busy, nt("Search again: {n} picture that nobody has looked at", "Search again: {n} pictures that nobody has looked at", told.search_again));
  kinds(told);
  const own = told.profiles[0];
  el("parts-names").textContent = `${told.profiles.map((one) => one.title).join(", ")}: ${own.roles.map((role) => role.chosen).filter(Boolean).join(" · ")}`;
  el("parts-said").hidden = !told.sentences && !told.busy;
  el("parts-said").textContent = told.sentences?.join(" ") ?? (told.busy ? t("Parts can be switched when the run has ended.") : "");
  el("parts-run").hidden = !told.sentences || told.busy;
  const missing = told.missing.sentences;
  el("parts-missing").hidden = !missing.length;
  el("parts-missing-text").replaceChildren(...missing.map((one) => make("p", one)));
}

/** @param {string} id @param {number} count @param {boolean} busy @param {string} text */
function deed(id, count, busy, text) {
  const button = /** @type {HTMLButtonElement} */ (el(id));
  button.hidden = !count;
  button.disabled = busy;
  button.textContent = text;
}

/** @param {Told} told */
function kinds(told) {
  const mine = told.profiles.map((one) => one.name);
  el("parts-more").hidden = false;
  el("parts-kinds").replaceChildren(
    ...[...told.profiles, ...told.more].map((one) => {
      const line = make("label", "", "check");
      const tick = make("input");
      tick.type = "checkbox";
      tick.id = `kind-${one.name}`;
      tick.checked = mine.includes(one.name);
      tick.disabled = told.busy || (tick.checked && mine.length === 1);
      tick.addEventListener("change", () =>
        change("profiles", { profiles: tick.checked ? [...mine, one.name] : mine.filter((name) => name !== one.name) }, tick.id),
      );
      line.append(tick, make("span", one.title));
      return line;
    }),
  );
}

/** @param {string} what @param {Record<string, unknown>} content @param {string} focus the control that goes on having it */
async function change(what, content, focus) {
  showError(el("parts-error"), null);
  try {
    draw(await post(`${api}/parts/${what}`, content));
  } catch (error) {
    await look();
    showError(el("parts-error"), error);
  }
  document.getElementById(focus)?.focus();
}

async function look() {
  try {
    draw(await get(`${api}/parts`));
  } catch (error) {
    showError(el("parts-error"), error);
  }
}

for (const id of ["parts-cut", "parts-search"]) {
  const button = /** @type {HTMLButtonElement} */ (el(id));
  button.addEventListener("click", () =>
    holding(button, async () => {
      try {
        await post(`${api}/job`, { action: button.dataset.deed });
        location.reload();
      } catch (error) {
        showError(el("parts-error"), error);
      }
    }),
  );
}
box.addEventListener("toggle", () => box.open && look());
// Parts can be switched while no run is at work: the choices follow its beginning and its end.
new MutationObserver(([first]) => {
  const state = el("run").dataset.state;
  if (first.oldValue === state) return;
  showError(el("parts-error"), null);
  if (box.open || state === "failed") look(); // it may have failed because a part is gone
}).observe(el("run"), { attributeFilter: ["data-state"], attributeOldValue: true });
el("parts-run").addEventListener("click", () => {
  el("run-start").click();
  scrollTo({ top: 0 });
});
document.querySelector("#parts-missing a[href='#parts']")?.addEventListener("click", () => {
  box.open = true;
  /** @type {?HTMLElement} */ (box.querySelector("summary"))?.focus();
});
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.key.toLowerCase() !== "p") return;
  if (event.target instanceof Element && event.target.matches("input, select, textarea")) return;
  box.open = !box.open;
  /** @type {?HTMLElement} */ (box.querySelector("summary"))?.focus();
});
