// The list of individuals: what is typed or chosen is found at once, without leaving the page.
import { begin, refresh } from "./individual_deeds.js";
import { listen } from "./individual_keys.js";

const form = /** @type {?HTMLFormElement} */ (document.getElementById("filters"));

// Older links name an individual behind a hash.
const code = decodeURIComponent(location.hash.slice(1));
if (/^[a-z_]+_\d+$/.test(code) && !document.getElementById(code)) location.replace(`${location.pathname}/${code}`);

let timer = 0;
let turn = Promise.resolve();

function look() {
  if (!form) return;
  const asked = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  history.replaceState(null, "", `${location.pathname}?${asked}`);
  turn = turn.then(() => refresh());
}

form?.addEventListener("input", (event) => {
  clearTimeout(timer);
  timer = setTimeout(look, event.target instanceof HTMLSelectElement ? 0 : 200);
});
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  look();
});

begin();
listen();
