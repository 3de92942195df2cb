// Recognitions of another program: a file is chosen, looked into, shown, and taken in.
import { holding, post, projectId, showError } from "./api.js";
import { initials } from "./initials.js";
import { nt, number, t } from "./i18n.js";
import { Ended, UploadField } from "./upload_field.js";

/**
 * @typedef {{made_by: string, threshold: number, pictures: number, found: number, boxes: number, empty: number, failed: number,
 *   people: number, vehicles: number, searched: number, free: number, said: string[], odd: string[],
 *   package: boolean, title: string, stations: number, deployments: number, files: number, individuals: number,
 *   species: {name: string, count: number, ours: ?boolean}[]}} Looked
 */

const project = projectId();
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const field = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (document.getElementById(id));
const PATIENCE = 1800; // seconds: a file of half a gigabyte takes a minute or two on an old laptop

let sent = ""; // the id of the upload that was looked into
/** @type {Record<string, unknown>} */
let asked = {};
const upload = new UploadField(el("file-upload"), drop);

/** What was sent and is not wanted any more leaves the disk; the program would throw it away later by itself. */
function drop() {
  if (sent) {
    const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}", keepalive: true };
    fetch(`/api/uploads/${sent}/cancel`, options).catch(() => {});
  }
  sent = "";
}
addEventListener("pagehide", drop);

/** @param {string} tag @param {string} text */
function make(tag, text) {
  const node = document.createElement(tag);
  node.textContent = text;
  return node;
}

/** @param {Looked} found */
function show(found) {
  el("found-card").hidden = false;
  el("found-by").textContent = found.package
    ? t("A Camtrap DP package: {title}", { title: found.title })
    : t("Made by {who}; boxes count from a score of {score} on.", { who: found.made_by, score: found.threshold });
  el("found-said").replaceChildren(...found.said.map((one) => make("li", one)));
  const ofPackage = /** @type {[string, number][]} */ ([
    [t("stations"), found.stations],
    [t("deployments"), found.deployments],
    [t("files"), found.files],
    [t("boxes of animals"), found.boxes],
    [t("named individuals"), found.individuals],
  ]);
  const ofFile = /** @type {[string, number][]} */ ([
    [t("boxes of animals"), found.boxes],
    [t("pictures without one"), found.empty],
    [t("people, left out"), found.people],
    [t("vehicles, left out"), found.vehicles],
    [t("pictures it could not search"), found.failed],
  ]);
  el("found-numbers").replaceChildren(
    ...(found.package ? ofPackage : ofFile).map(([label, n]) => {
      const div = document.createElement("div");
      div.append(make("dt", label), make("dd", number(n)));
      return div;
    }),
  );
  el("species-part").hidden = !found.species.length;
  el("found-species").replaceChildren(...found.species.map(line));
  el("odd-part").hidden = !found.odd.length;
  el("found-odd").replaceChildren(...found.odd.map((one) => make("li", one)));
  el("replace-part").hidden = !found.free;
  el("replace-text").textContent = nt(
    "{n} of these photographs was searched before and no answer hangs on it: take the boxes of the file there, too.",
    "{n} of these photographs were searched before and no answer hangs on them: take the boxes of the file there, too.",
    found.free,
  );
  /** @type {HTMLButtonElement} */ (el("take")).disabled = !found.found;
  el("found-card").focus();
  el("found-card").scrollIntoView({ block: "start" });
}

/** A line of the table of names. @param {{name: string, count: number, ours: ?boolean}} one */
function line(one) {
  const row = document.createElement("tr");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: one.ours !== false, disabled: one.ours !== false });
  box.dataset.name = one.name;
  box.setAttribute("aria-label", one.ours === null ? t("“{name}” says nothing of the species", { name: one.name }) : one.name);
  const first = document.createElement("td");
  first.append(box);
  const name = document.createElement("td");
  name.append(make("bdi", one.name));
  const count = make("td", number(one.count));
  count.className = "number";
  row.append(first, name, count);
  return row;
}

async function look() {
  showError(el("fault"), null);
  el("found-card").hidden = true;
  try {
    if (upload.file && !sent) sent = await upload.send(document.querySelector(".recognitions")?.getAttribute("data-path") ?? "");
    const threshold = field("threshold").value;
    asked = { ...(sent ? { upload: sent } : { path: field("file-path").value }), ...(threshold ? { threshold: Number(threshold) } : {}) };
    el("looking-on").textContent = t("Reading; a large file takes a minute or two…");
    show(await post(`/api/project/${project}/recognitions/look-into`, asked, PATIENCE));
  } catch (error) {
    if (!(error instanceof Ended)) showError(el("fault"), error);
  } finally {
    el("looking-on").textContent = "";
  }
}

async function take() {
  showError(el("take-fault"), null);
  const ticked = /** @type {NodeListOf<HTMLInputElement>} */ (el("found-species").querySelectorAll("input:checked:not(:disabled)"));
  const mine = [...ticked].map((box) => box.dataset.name);
  const replace = field("replace").checked && !el("replace-part").hidden;
  try {
    const done = await post(`/api/project/${project}/recognitions/take-in`, { ...asked, mine, replace, reviewer: initials() }, PATIENCE);
    sent = "";
    location.assign(done.url);
  } catch (error) {
    showError(el("take-fault"), error);
  }
}

el("file-form").addEventListener("submit", (event) => {
  event.preventDefault();
  holding(/** @type {HTMLButtonElement} */ (el("look")), look);
});
el("take").addEventListener("click", (event) => holding(/** @type {HTMLButtonElement} */ (event.currentTarget), take));
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-offered]"))) {
  button.addEventListener("click", () => {
    if (upload.file) upload.choose(null);
    field("file-path").value = button.dataset.offered ?? "";
    holding(/** @type {HTMLButtonElement} */ (el("look")), look);
  });
}
field("file-path").addEventListener("input", () => upload.file && upload.choose(null));
