// Models: bringing models in from a folder or a stick, and how the network is reached.
import { wireBrowse } from "./browse.js";
import { t } from "./i18n.js";

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const input = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (document.getElementById(id));
const button = (/** @type {string} */ id) => /** @type {HTMLButtonElement} */ (document.getElementById(id));

/** @typedef {(path: string, content: object, held?: HTMLButtonElement | null) => Promise<any>} Tell */

let wishes = { offline: false, mirror: "", proxy: "", fixed: /** @type {string[]} */ ([]) };
let trusted = false;

/** What holds now; fields that a person is typing in stay. @param {typeof wishes} now */
export function fillWays(now) {
  wishes = now;
  if (!el("ways-card").hidden) return;
  input("offline").checked = now.offline;
  input("mirror").value = now.mirror;
  input("proxy").value = now.proxy;
  for (const word of ["offline", "mirror", "proxy"]) input(word).disabled = now.fixed.includes(word);
  el("ways-fixed").hidden = !now.fixed.length;
}

/** @param {"bring" | "ways"} name @param {boolean} shown */
export function card(name, shown) {
  if (shown) fillWays(wishes);
  if (!shown && el(`${name}-card`).contains(document.activeElement)) button(name).focus();
  el(`${name}-card`).hidden = !shown;
  button(name).setAttribute("aria-expanded", String(shown));
  if (!shown) return;
  const first = name === "bring" ? input("bring-path") : input("offline");
  (first.disabled ? button(`${name}-no`) : first).focus();
}

/** Connect both cards. @param {Tell} tell */
export function wireCards(tell) {
  el("bring-card").addEventListener("submit", async (event) => {
    event.preventDefault();
    const state = await tell("model-bring", { path: input("bring-path").value, trusted }, button("bring-go"));
    distrust();
    if (!state) return;
    if (!state.ask) return card("bring", false);
    el("bring-ask").hidden = false;
    el("bring-ask").textContent = state.ask;
    button("bring-go").textContent = t("I trust it: bring it in");
    trusted = true;
  });
  input("bring-path").addEventListener("input", distrust);
  el("ways-card").addEventListener("submit", async (event) => {
    event.preventDefault();
    /** @type {Record<string, string | boolean>} */
    const said = { mirror: input("mirror").value, proxy: input("proxy").value, offline: input("offline").checked };
    for (const word of wishes.fixed) delete said[word];
    if (await tell("model-ways", said, button("ways-go"))) card("ways", false);
  });
  for (const name of /** @type {("bring" | "ways")[]} */ (["bring", "ways"])) {
    button(name).addEventListener("click", () => card(name, el(`${name}-card`).hidden));
    button(`${name}-no`).addEventListener("click", () => card(name, false));
  }
  wireBrowse();
}

function distrust() {
  trusted = false;
  el("bring-ask").hidden = true;
  button("bring-go").textContent = t("Bring in");
}
