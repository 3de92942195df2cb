// The shelf of other species: many animals are chosen by mouse or keys and sorted at once; the newest can be undone.
import { post, projectId, showError } from "./api.js";
import { nt, number, t } from "./i18n.js";
import { listen, tellOf } from "./individual_keys.js";

const project = projectId();
const SAID = `spotid-species-${project}`;
const el = (/** @type {string} */ id) => document.getElementById(id);
const api = (/** @type {string} */ deed) => `/api/project/${project}/species/${deed}`;

/** @returns {HTMLInputElement[]} */
const boxes = () => [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-pick]"))];
const chosen = () => boxes().filter((box) => box.checked);
/** @type {?HTMLInputElement} */
let last = null; // the one that was chosen last: Shift and a click choose from there

function tell() {
  const n = chosen().length;
  const bar = el("picked");
  if (bar) bar.hidden = n === 0;
  const count = el("picked-count");
  if (count) count.textContent = nt("{n} animal chosen", "{n} animals chosen", n);
}

/** @param {HTMLInputElement} box @param {boolean} range whether all up to the one before are meant, too */
function picked(box, range) {
  const all = boxes();
  if (range && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const one of all.slice(from, to + 1)) one.checked = box.checked;
  }
  last = box;
  tell();
}

/** What is shown after the page was read anew: a sentence, and what undoes it. @param {string} text @param {?object} undo */
function remember(text, undo) {
  sessionStorage.setItem(SAID, JSON.stringify({ text, undo }));
}

/** @param {string} deed @param {object} body @param {(reply: any) => [string, ?object]} says */
async function does(deed, body, says) {
  try {
    const reply = await post(api(deed), body, 120);
    showError(el("deed-fault"), null);
    remember(...says(reply));
    location.reload();
  } catch (error) {
    showError(el("deed-fault"), error);
  }
}

/** @param {boolean} ours */
function sort(ours) {
  const sightings = chosen().map((box) => box.dataset.pick);
  if (!sightings.length) return;
  const named = /** @type {?HTMLInputElement | HTMLSelectElement} */ (el(ours ? "sort-kind" : "sort-name"));
  const species = named?.value ?? "";
  does("sort", { sightings, ours, species }, (reply) => [
    ours
      ? nt("{n} animal goes on.", "{n} animals go on.", reply.sorted)
      : nt("{n} animal waits on the shelf of other species.", "{n} animals wait on the shelf of other species.", reply.sorted),
    { deed: "sort-back", body: { before: reply.before } },
  ]);
}

/** @param {string} name @param {?boolean} ours @param {?boolean} was what had been said of the name */
function sortName(name, ours, was) {
  does("name", { species: name, ours }, (reply) => [
    t("{back} animals came back, {out} went onto the shelf, {kept} stay as they were identified.", {
      back: number(reply.back),
      out: number(reply.out),
      kept: number(reply.kept),
    }),
    { deed: "name", body: { species: name, ours: was } },
  ]);
}

function undo() {
  const told = JSON.parse(el("kept-undo")?.dataset.undo ?? "null");
  if (told) does(told.deed, told.body, () => [t("Taken back."), null]);
}

/** Move the focus among the pictures as they lie on the page. @param {string} key @returns {boolean} */
function move(key) {
  const all = boxes();
  const at = all.indexOf(/** @type {HTMLInputElement} */ (document.activeElement));
  if (!all.length) return false;
  if (at < 0) {
    all[0].focus();
    return true;
  }
  const here = all[at].getBoundingClientRect();
  const rows = (/** @type {number} */ way) => all.filter((one) => (one.getBoundingClientRect().top - here.top) * way > 5);
  let goal = key === "ArrowRight" ? all[at + 1] : all[at - 1];
  if (key === "ArrowDown" || key === "ArrowUp") {
    const below = rows(key === "ArrowDown" ? 1 : -1);
    const away = (/** @type {Element} */ one) => {
      const there = one.getBoundingClientRect();
      return 10 * Math.abs(there.top - here.top) + Math.abs(there.left - here.left);
    };
    goal = below.sort((a, b) => away(a) - away(b))[0];
  }
  goal?.focus();
  goal?.closest("li")?.scrollIntoView({ block: "nearest" });
  return true;
}

document.addEventListener("click", (e) => {
  const target = e.target instanceof Element ? e.target : null;
  if (target instanceof HTMLInputElement && target.dataset.pick) return picked(target, e.shiftKey);
  const label = target?.closest("label.shot");
  if (label && e.shiftKey) e.preventDefault(); // a label with Shift would mark text
  if (label && e.shiftKey) {
    const box = /** @type {HTMLInputElement} */ (document.getElementById(label.getAttribute("for") ?? ""));
    box.checked = !box.checked;
    box.focus();
    return picked(box, true);
  }
  const button = /** @type {?HTMLElement} */ (target?.closest("button") ?? null);
  if (!button) return;
  if (button.id === "sort-ours") sort(true);
  else if (button.id === "sort-others") sort(false);
  else if (button.id === "name-ours") sortName(button.dataset.name ?? "", true, null);
  else if (button.id === "name-others") sortName(button.dataset.name ?? "", false, null);
  else if (button.dataset.forget) sortName(button.dataset.forget, null, null);
  else if (button.id === "kept-undo") undo();
  else if (button.id === "pick-all" || button.id === "pick-none") {
    for (const box of boxes()) box.checked = button.id === "pick-all";
    tell();
  }
});
el("country-form")?.addEventListener("submit", (e) => {
  e.preventDefault();
  const field = /** @type {HTMLInputElement} */ (el("country"));
  const was = field.defaultValue;
  does("country", { country: field.value }, (reply) => [
    reply.country ? t("Kept: {country}.", { country: reply.country }) : t("Kept: no country."),
    { deed: "country", body: { country: was } },
  ]);
});
el("sort-name")?.addEventListener("keydown", (e) => {
  if (e.key === "Enter") sort(false);
  if (e.key === "Escape") /** @type {HTMLElement} */ (e.target).blur();
});

const before = JSON.parse(sessionStorage.getItem(SAID) ?? "null");
sessionStorage.removeItem(SAID);
if (before) {
  const [kept, button] = [el("kept"), el("kept-undo")];
  if (kept) kept.textContent = before.text;
  if (button) {
    button.hidden = !before.undo;
    button.dataset.undo = JSON.stringify(before.undo);
  }
  el("kept-bar")?.classList.add("shown");
}
tellOf(["←", "→", "↑", "↓"], t("Go from one animal to the next"));
tellOf([t("Space")], t("Choose the animal, or choose it no more"));
tell();
listen((name) => name.startsWith("Arrow") && move(name));
