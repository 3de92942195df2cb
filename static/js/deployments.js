// Deployments: which camera stood where and when, changes of cameras, outages, and photographs outside of them all.
import { get, showError } from "./api.js";
import { number, shown, when } from "./format.js";
import { nt, t } from "./i18n.js";
import { listen } from "./individual_keys.js";
import { outsideOf } from "./deployments_outside.js";
import { api, button, cell, deed, dialog, el, field, head, make, send } from "./places_parts.js";

/**
 * @typedef {{id: number, deployment_id: number, starts_at: string, ends_at: ?string, reason: string}} Outage
 * @typedef {{id: number, station_id: number, station: string, camera: string, shown: string, starts_at: ?string, ends_at: ?string,
 *   told_by: string, photographs: number, doubtful: number, first: ?string, last: ?string, cameras: string[], outages: Outage[],
 *   corrected: boolean, url: string}} Deployment
 */

const page = el("deployments");

/** The deployment in the dialog; null for a new one. @type {?Deployment} */
let open = null;
/** The outage in the dialog, or the deployment of a new one. @type {{of: Deployment, outage: ?Outage} | null} */
let gap = null;
/** @type {{id: number, name: string}[]} */
let stations = [];

/** A day or a moment, without seconds. @param {?string} at */
const at = (at) => (at ? when(at) : "");

/** When it was put up or taken down: as declared, or the first or last photograph. @param {?string} said @param {?string} seen */
function end(said, seen) {
  if (said) return make("span", "nowrap", at(said));
  const guess = make("span", "guess nowrap", seen ? t("{day}?", { day: seen.slice(0, 10) }) : t("not known"));
  guess.title = t("Nobody said so: taken from the photographs");
  return guess;
}

/** @param {Outage} outage */
const gapText = (outage) => {
  const days = outage.ends_at ? `${at(outage.starts_at)} – ${at(outage.ends_at)}` : t("from {day} on", { day: at(outage.starts_at) });
  return outage.reason ? `${days}: ${shown(outage.reason)}` : days;
};

/** @param {Deployment} one */
function row(one) {
  const line = document.createElement("tr");
  const name = `${one.station} ${one.shown}`.trim();
  const outages = make("td", "outages");
  outages.append(
    ...one.outages.map((outage) => {
      const chip = /** @type {HTMLButtonElement} */ (make("button", "outage-chip", gapText(outage)));
      chip.type = "button";
      chip.dataset.deed = "outage-change";
      chip.setAttribute("aria-label", t("Change the outage {days} of {name}", { days: gapText(outage), name }));
      chip.addEventListener("click", () => editOutage(one, outage));
      return chip;
    }),
    deed(t("+ outage"), "outage-add", () => editOutage(one, null), t("{name} did not work for some time", { name })),
  );
  const acts = make("div", "row");
  const link = /** @type {HTMLAnchorElement} */ (make("a", "button small", t("Clock")));
  link.href = one.url;
  link.setAttribute("aria-label", t("Clock of {name}", { name }));
  if (one.photographs) acts.append(link);
  acts.append(deed(t("Change"), "deployment-change", () => edit(one), t("Change {name}", { name })));
  const count = cell(number(one.photographs), "number");
  if (one.doubtful) count.append(document.createElement("br"), make("span", "quiet small", nt("{n} without a time", "{n} without a time", one.doubtful)));
  line.append(head(make("span", "name", one.station)), cell(one.shown || one.cameras.join(", ") || "–"), cell(end(one.starts_at, one.first)), cell(end(one.ends_at, one.last)), count, outages, cell(acts));
  return line;
}

/** @param {any} told */
function draw(told) {
  stations = told.stations;
  const list = /** @type {Deployment[]} */ (told.deployments);
  el("deployments-none").hidden = list.length > 0;
  el("deployments-box").hidden = !list.length;
  button("add").disabled = !stations.length;
  el("deployment-rows").replaceChildren(...list.map(row));
  el("odd-box").hidden = !told.sentences.length;
  el("odd").replaceChildren(...told.sentences.map((/** @type {string} */ one) => make("li", "", one)));
  el("outside-box").hidden = !told.outside.length;
  el("outside").replaceChildren(...told.outside.map((/** @type {any} */ one) => outsideOf(one, draw)));
  page.dataset.state = "ready";
}

/** @param {?Deployment} one */
function edit(one) {
  open = one;
  showError(el("deployment-error"), null);
  el("deployment-title").textContent = one ? t("Change {name}", { name: `${one.station} ${one.shown}`.trim() }) : t("New deployment");
  el("station-field").hidden = Boolean(one);
  const options = stations.map((station) => Object.assign(document.createElement("option"), { value: String(station.id), textContent: station.name }));
  el("station").replaceChildren(...options);
  field("camera").value = one?.camera ?? "";
  field("starts").value = at(one?.starts_at ?? null);
  field("ends").value = at(one?.ends_at ?? null);
  field("swap-day").value = field("swap-camera").value = "";
  el("swap-form").hidden = !one;
  button("deployment-remove").hidden = !one || one.told_by === "photographs";
  dialog("deployment-dialog").showModal();
  (one ? field("starts") : el("station")).focus();
}

/** @param {Deployment} one @param {?Outage} outage */
function editOutage(one, outage) {
  gap = { of: one, outage };
  showError(el("outage-error"), null);
  el("outage-title").textContent = t("{name} did not work", { name: `${one.station} ${one.shown}`.trim() });
  field("outage-starts").value = at(outage?.starts_at ?? null);
  field("outage-ends").value = at(outage?.ends_at ?? null);
  field("outage-reason").value = outage?.reason ?? "";
  button("outage-remove").hidden = !outage;
  dialog("outage-dialog").showModal();
  field("outage-starts").focus();
}

/** @param {string} tail @param {object} content @param {string} pressed @param {"deployment"|"outage"} which */
async function change(tail, content, pressed, which) {
  const told = await send(tail, content, button(pressed), el(`${which}-error`));
  if (!told) return;
  dialog(`${which}-dialog`).close();
  draw(told);
}

el("deployment-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const content = { camera: field("camera").value, starts: field("starts").value, ends: field("ends").value };
  if (open) void change("deployment-change", { deployment: open.id, ...content }, "deployment-keep", "deployment");
  else void change("deployment-add", { station: Number(field("station").value), ...content }, "deployment-keep", "deployment");
});
el("swap-form").addEventListener("submit", (event) => {
  event.preventDefault();
  void change("deployment-swap", { deployment: open?.id, day: field("swap-day").value, camera: field("swap-camera").value }, "swap", "deployment");
});
button("deployment-remove").addEventListener("click", () => void change("deployment-remove", { deployment: open?.id }, "deployment-remove", "deployment"));
el("outage-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!gap) return;
  const content = { starts: field("outage-starts").value, ends: field("outage-ends").value, reason: field("outage-reason").value.trim() };
  const whose = gap.outage ? { outage: gap.outage.id } : { deployment: gap.of.id };
  void change(gap.outage ? "outage-change" : "outage-add", { ...whose, ...content }, "outage-keep", "outage");
});
button("outage-remove").addEventListener("click", () => void change("outage-remove", { outage: gap?.outage?.id }, "outage-remove", "outage"));
button("add").addEventListener("click", () => edit(null));
listen();
try {
  draw(await get(`${api}/deployments`, 60));
} catch (error) {
  showError(el("deployments-error"), error);
}
