// About: the self-check, the question for a newer version, and the texts of licences; each only when it is asked for.
import { get, holding, post, showError } from "./api.js";
import { t } from "./i18n.js";

/** @typedef {{what: string, ok: boolean, sentence: string, advice: string}} Check */

const CHECK_SECONDS = 900;
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const button = (/** @type {string} */ id) => /** @type {HTMLButtonElement} */ (document.getElementById(id));

/** @param {string} tag @param {string} text @param {string} [className] */
function make(tag, text, className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/** @param {Check} one */
function line(one) {
  const row = document.createElement("li");
  row.append(make("span", one.ok ? t("ok") : t("not ok"), `chip ${one.ok ? "good" : "bad"}`), make("strong", one.what), " ", one.sentence);
  if (one.advice) row.append(make("p", one.advice, "quiet small"));
  return row;
}

const check = () =>
  holding(button("check"), async () => {
    showError(el("check-error"), null);
    el("check-told").textContent = t("Looking; this may take a minute…");
    el("checks").replaceChildren();
    try {
      const told = await post("/api/selfcheck", {}, CHECK_SECONDS);
      el("checks").replaceChildren(...told.checks.map(line));
      el("check-told").textContent = told.fine ? t("Everything works.") : t("Something is not as it should be.");
    } catch (error) {
      el("check-told").textContent = "";
      showError(el("check-error"), error);
    }
  });

const newer = () =>
  holding(button("ask-newer"), async () => {
    showError(el("newer-error"), null);
    el("newer-told").textContent = t("Asking…");
    try {
      const told = await post("/api/newer", {}, 30);
      const words = [told.sentence];
      el("newer-told").replaceChildren(...words);
      if (!told.newer) return;
      const link = document.createElement("a");
      link.href = told.newer.url;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      link.textContent = t("Open the page of the release");
      el("newer-told").append(" ", link);
    } catch (error) {
      el("newer-told").textContent = "";
      showError(el("newer-error"), error);
    }
  });

for (const details of /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details[data-licence]"))) {
  details.addEventListener("toggle", async () => {
    const text = details.querySelector("pre");
    if (!details.open || !text || text.textContent) return;
    text.textContent = await get(`/api/licence/${details.dataset.licence}`).then(
      (told) => told.text || t("There is no text with it."),
      (error) => String(error.message),
    );
  });
}
button("check").addEventListener("click", check);
button("ask-newer").addEventListener("click", newer);
const show = () => location.hash === "#newer" && button("ask-newer").focus();
addEventListener("hashchange", show);
show();
