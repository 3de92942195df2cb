// Shown once to a newcomer, and again whenever asked for: four steps along the way from photographs to results.
import { projectId } from "./api.js";
import { t } from "./i18n.js";

const SEEN = "spotid-tour";
const NEXT = "spotid-tour-step"; // the step that goes on when the next page has opened

/**
 * @typedef {{page: string, title: string, text: string, show: string}} Step
 * `page` is the class of the page that it is about, `show` what is outlined on it
 */

/** @type {Step[]} */
const STEPS = [
  {
    page: "home",
    title: t("Begin with a folder of photographs"),
    text: t("Choose the folder as it came from the cameras, and where the project should be kept. The photographs are only read, never changed."),
    show: "#run-form",
  },
  {
    page: "run",
    title: t("SpotID finds the animals"),
    text: t("It crops every animal, tells left flanks from right ones and looks for look-alikes. You may stop whenever you like; what is done is kept."),
    show: "#progress-card",
  },
  {
    page: "review",
    title: t("You say which are the same"),
    text: t("Two pictures side by side: press Y for the same animal, N for another one, U to take an answer back. Each answer is written down at once. The key ? lists all keys."),
    show: ".buttons",
  },
  {
    page: "export",
    title: t("Take the results with you"),
    text: t("One folder for each individual, and tables for your capture histories. Export as often as you like; nothing is deleted."),
    show: "#export-form",
  },
];

/** @param {Storage} store @param {string} key */
const read = (store, key) => {
  try {
    return store.getItem(key);
  } catch {
    return null;
  }
};
/** @param {Storage} store @param {string} key @param {?string} value */
const write = (store, key, value) => {
  try {
    if (value === null) store.removeItem(key);
    else store.setItem(key, value);
  } catch {
    // a private window: the tour is shown again another time
  }
};

/** @type {?HTMLElement} */
let box = null;
/** @type {?Element} */
let before = null;

/** Where a step happens; without an open project there is only the first page. @param {Step} step */
const address = (step) => (step.page === "home" ? "/" : projectId() ? `/project/${projectId()}/${step.page}` : "");

const here = () => STEPS.findIndex((step) => document.body.classList.contains(`page-${step.page}`));

/** @param {boolean} back whether the focus goes back to where it was */
function close(back = true) {
  document.querySelector(".tour-shown")?.classList.remove("tour-shown");
  box?.remove();
  box = null;
  write(localStorage, SEEN, "yes");
  write(sessionStorage, NEXT, null);
  if (back && before instanceof HTMLElement) before.focus();
}

/** @param {string} className @param {string} text @param {() => void} act */
function button(className, text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = text;
  made.addEventListener("click", (event) => {
    event.stopPropagation(); // the review page takes the focus back after a click on a button of its own
    act();
  });
  return made;
}

/** Show a step; the page that it is about is opened where that is another one. @param {number} index @param {boolean} [stay] */
function show(index, stay = false) {
  const step = STEPS[index];
  if (!stay && here() !== index && address(step)) {
    write(sessionStorage, NEXT, String(index));
    location.assign(address(step));
    return;
  }
  if (!box) before = document.activeElement;
  box?.remove();
  document.querySelector(".tour-shown")?.classList.remove("tour-shown");
  document.querySelector(step.show)?.classList.add("tour-shown");
  box = document.createElement("section");
  box.className = "tour";
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-labelledby", "tour-title");
  box.setAttribute("aria-describedby", "tour-text");
  const place = document.createElement("p");
  place.className = "tour-step";
  place.textContent = t("Step {n} of {total}", { n: index + 1, total: STEPS.length });
  const title = document.createElement("h2");
  title.id = "tour-title";
  title.tabIndex = -1;
  title.textContent = step.title;
  const text = document.createElement("p");
  text.id = "tour-text";
  text.textContent = step.text;
  const row = document.createElement("div");
  row.className = "row";
  if (index > 0) row.append(button("button", t("Back"), () => show(index - 1, !projectId())));
  const last = index === STEPS.length - 1;
  row.append(button("button primary", last ? t("Done") : t("Next"), () => (last ? close() : show(index + 1, !projectId()))));
  if (!last) row.append(button("button tour-skip", t("Skip the tour"), () => close()));
  box.append(place, title, text, row);
  document.body.append(box);
  title.focus({ preventScroll: true });
}

// Before the keys of the page: nothing typed while the tour has the focus is taken for an answer.
addEventListener(
  "keydown",
  (event) => {
    if (!box?.contains(/** @type {Node} */ (event.target))) return;
    if (event.key === "Escape") close();
    if (event.key !== "Tab") event.stopImmediatePropagation();
  },
  true,
);

for (const asked of document.querySelectorAll("[data-tour]")) {
  asked.addEventListener("click", (event) => {
    event.stopPropagation();
    show(Math.max(0, here()), true); // the menu closes as the focus leaves it
  });
}

const going = read(sessionStorage, NEXT);
if (going !== null) {
  write(sessionStorage, NEXT, null);
  show(Math.min(STEPS.length - 1, Math.max(0, Number(going) || 0)), true);
} else if (document.body.classList.contains("page-home") && read(localStorage, SEEN) === null) {
  show(0, true); // only where one begins: nobody who is at work is interrupted
}
