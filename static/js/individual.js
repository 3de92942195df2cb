// One individual: what is known of it, its pictures, and what can be done with them.
import { begin, does, fault } from "./individual_deeds.js";
import { chooses } from "./individual_chooser.js";
import { listen } from "./individual_keys.js";
import { projectId } from "./api.js";
import { nt } from "./i18n.js";

const project = projectId();
const live = () => /** @type {HTMLElement} */ (document.getElementById("live"));
const number = () => Number(live().dataset.number);
const sighting = () => live().dataset.sighting ?? "";
const picture = (/** @type {string} */ uid) => `/project/${project}/picture/${uid}/thumb`;

// --- what is known -----------------------------------------------------------------------------------------------

/** @param {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} field */
async function keep(field) {
  const was = field.dataset.was ?? field.defaultValue ?? "";
  const value = field.value.trim();
  const told = document.getElementById("name-fault");
  if (value === was.trim()) {
    if (told) told.hidden = true;
    return;
  }
  const fact = field.dataset.fact ?? "";
  field.removeAttribute("aria-invalid");
  await does("describe", { sighting: sighting(), facts: { [fact]: value } }, {
    told: (error) => {
      if (fact !== "name" || !told || error.status !== 400) return false;
      told.textContent = `${error.sentence} ${error.advice}`;
      told.hidden = false;
      field.setAttribute("aria-invalid", "true");
      fault(null);
      return true;
    },
  });
}

const isField = (/** @type {EventTarget | null} */ el) =>
  el instanceof HTMLElement && el.dataset.fact ? /** @type {HTMLInputElement} */ (el) : null;

document.addEventListener("change", (e) => {
  const field = isField(e.target);
  if (field) keep(field);
  if (e.target instanceof HTMLInputElement && e.target.dataset.pick) tell();
});
// A field that another deed has put anew under the hands of somebody who types tells of no change when it is left.
document.addEventListener("focusout", (e) => {
  const field = isField(e.target);
  if (field?.isConnected && !(field instanceof HTMLSelectElement) && !field.hasAttribute("aria-invalid")) keep(field);
});
document.addEventListener("submit", (e) => {
  if (e.target instanceof HTMLElement && e.target.id === "facts") e.preventDefault();
});
document.addEventListener("keydown", (e) => {
  const field = isField(e.target);
  if (!field || field instanceof HTMLSelectElement) return;
  if (e.key === "Escape") {
    field.value = field.dataset.was ?? field.defaultValue;
    field.blur();
  } else if (e.key === "Enter" && field instanceof HTMLInputElement) {
    e.preventDefault();
    field.blur(); // which keeps it, where it has changed
  }
});

// --- chosen pictures ---------------------------------------------------------------------------------------------

/** @returns {HTMLInputElement[]} */
const picks = () => [.../** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-pick]:checked"))];

function tell() {
  const chosen = picks();
  const bar = document.getElementById("picked");
  const count = document.getElementById("picked-count");
  const portrait = /** @type {?HTMLButtonElement} */ (document.getElementById("pick-portrait"));
  if (!bar || !count || !portrait) return;
  bar.hidden = chosen.length === 0;
  count.textContent = nt("{n} picture chosen", "{n} pictures chosen", chosen.length);
  const flank = chosen[0]?.dataset.flank ?? "";
  portrait.hidden = chosen.length !== 1 || !["left", "right"].includes(flank);
}

function chooseNone() {
  for (const box of picks()) box.checked = false;
  tell();
}

/** @param {string} uid @param {string} flank */
const setPortrait = (uid, flank) => does("describe", { sighting: sighting(), facts: { [`portrait_${flank}`]: uid } });

/** @param {HTMLElement} button */
async function more(button) {
  const item = button.closest("li");
  try {
    const response = await fetch(button.dataset.more ?? "", { cache: "no-store" });
    if (!response.ok) throw new Error("no page");
    const list = document.createElement("ul");
    list.append(...new DOMParser().parseFromString(await response.text(), "text/html").body.children);
    const first = list.querySelector("a");
    item?.replaceWith(...list.children);
    first?.focus();
  } catch (error) {
    fault(error);
  }
}

// --- merging -----------------------------------------------------------------------------------------------------

/** @type {?import("./individual_chooser.js").Animal} */
let other = null;

/** @param {import("./individual_chooser.js").Animal} animal */
function preview(animal) {
  other = animal;
  const mine = /** @type {HTMLImageElement} */ (document.getElementById("merge-mine"));
  const theirs = /** @type {HTMLImageElement} */ (document.getElementById("merge-theirs"));
  const whom = document.getElementById("merge-whom");
  // The same flank of both, where both have it.
  const flank = ["left", "right"].find((side) => mine.dataset[side] && animal.portraits[side]);
  if (flank) mine.src = picture(mine.dataset[flank] ?? "");
  theirs.src = picture(flank ? animal.portraits[flank] : animal.portrait);
  theirs.alt = animal.code;
  if (whom) whom.textContent = animal.name ? `${animal.code} ${animal.name}` : animal.code;
  const box = document.getElementById("merge-preview");
  if (box) box.hidden = false;
  document.getElementById("merge-go")?.focus();
}

/** @param {string} a @param {string} b */
const merge = (a, b) => does("unite", { how: "merge", a, b });

document.addEventListener("click", (e) => {
  const button = e.target instanceof Element ? /** @type {?HTMLElement} */ (e.target.closest("button")) : null;
  if (!button) return;
  const { part, more: address, merge: both, apart, takeBack: target } = button.dataset;
  if (part) does("part", { how: part, out: picks().map((box) => box.dataset.pick) });
  else if (address) more(button);
  else if (both) merge(both.split(" ")[0], both.split(" ")[1]);
  else if (apart) does("say", { kind: "different", sightings: apart.split(" ") });
  else if (target) does("take-back", { targets: [target] }, { back: true, again: true });
  else if (button.id === "pick-none") chooseNone();
  else if (button.id === "pick-portrait") setPortrait(picks()[0].dataset.pick ?? "", picks()[0].dataset.flank ?? "");
  else if (button.id === "merge-go" && other) merge(sighting(), other.sighting);
});

function wire() {
  other = null;
  const chooser = /** @type {?HTMLElement} */ (document.querySelector("[data-chooser]"));
  if (chooser) chooses(chooser, preview, number());
  tell();
}

document.addEventListener("fresh", wire);
wire();
begin();
listen();
