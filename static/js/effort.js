// Surveys and effort: the chart, the figures by station, nights by occasion.
import { get, showError } from "./api.js";
import { chart } from "./effort_chart.js";
import { number } from "./format.js";
import { nt, t } from "./i18n.js";
import { listen } from "./individual_keys.js";
import { api, button, cell, dialog, el, field, head, make, send } from "./places_parts.js";

/** @typedef {{id: number, title: string, starts_at: ?string, ends_at: ?string, occasion_days: number}} Survey */

const page = el("effort");
const LEAST_WIDTH = 700;

/** @type {any} what the program told last */
let told = null;
/** The survey in the dialog; null for a new one. @type {?Survey} */
let open = null;

function drawChart() {
  const box = el("chart");
  const width = Math.max(LEAST_WIDTH, box.clientWidth);
  box.replaceChildren(chart(told.lines, width));
}

/** @param {any} one */
function station(one) {
  const line = document.createElement("tr");
  const nights = cell(number(one.nights), "number");
  if (one.guessed) nights.append(make("span", "quiet small", ` ${t("at least")}`));
  line.append(head(make("span", "name", one.station)), cell(number(one.cameras), "number"), nights, ...[one.camera_nights, one.lost, one.animals].map((n) => cell(number(n), "number")));
  return line;
}

/** @param {any} occasions */
function drawOccasions(occasions) {
  el("occasions-box").hidden = !occasions || !occasions.stations.length;
  if (!occasions) return;
  const top = document.createElement("tr");
  top.append(...[t("Station"), ...occasions.starts.map((/** @type {string} */ day) => day.slice(5))].map((text, at) => Object.assign(make("th", at ? "number" : "", text), { scope: "col" })));
  el("occasion-head").replaceChildren(top);
  el("occasion-rows").replaceChildren(
    ...occasions.stations.map((/** @type {string} */ name, /** @type {number} */ at) => {
      const line = document.createElement("tr");
      line.append(head(name), ...occasions.nights[at].map((/** @type {number} */ n) => cell(n ? number(n) : "–", n ? "number" : "number quiet")));
      return line;
    }),
  );
}

/** @param {any} answer */
function draw(answer) {
  told = answer;
  const none = !told.lines.length && told.survey === null;
  el("effort-none").hidden = !none;
  for (const id of ["totals", "effort-choice", "chart-card", "effort-parts"]) el(id).hidden = none && !told.surveys.length;
  el("chart-card").hidden = !told.lines.length;
  const all = Object.assign(document.createElement("option"), { value: "0", textContent: t("everything there is") });
  const options = told.surveys.map((/** @type {Survey} */ one) => Object.assign(document.createElement("option"), { value: String(one.id), textContent: one.title }));
  el("survey").replaceChildren(all, ...options);
  field("survey").value = String(told.survey ?? 0);
  field("proven").checked = told.proven;
  button("survey-edit").hidden = told.survey === null;
  for (const [id, n] of /** @type {[string, number][]} */ ([["stations", told.total.stations], ["nights", told.total.nights], ["camera-nights", told.total.camera_nights], ["lost", told.total.lost]])) el(`total-${id}`).textContent = number(n);
  const sentences = [...told.sentences];
  if (told.occasion_count && !told.occasions) sentences.push(nt("{n} occasion is too many for a table here.", "{n} occasions are too many for a table here; the export has them.", told.occasion_count));
  el("effort-told-box").hidden = !sentences.length;
  el("effort-told").replaceChildren(...sentences.map((sentence) => make("li", "", sentence)));
  el("effort-rows").replaceChildren(...told.stations.map(station));
  drawOccasions(told.occasions);
  if (told.lines.length) drawChart();
  page.dataset.state = "ready";
}

async function ask() {
  page.dataset.state = "loading";
  try {
    draw(await get(`${api}/effort?survey=${Number(field("survey").value) || 0}&proven=${field("proven").checked ? 1 : 0}`, 60));
    showError(el("effort-error"), null);
  } catch (error) {
    showError(el("effort-error"), error);
  }
}

/** @param {?Survey} one */
function edit(one) {
  open = one;
  showError(el("survey-error"), null);
  el("survey-title").textContent = one ? t("Change this survey") : t("New survey");
  field("title").value = one?.title ?? "";
  field("starts").value = one?.starts_at ?? "";
  field("ends").value = one?.ends_at ?? "";
  field("occasion").value = String(one?.occasion_days ?? 7);
  button("survey-remove").hidden = !one;
  dialog("survey-dialog").showModal();
  field("title").focus();
}

/** @param {string} tail @param {object} content @param {string} pressed */
async function change(tail, content, pressed) {
  const answer = await send(tail, content, button(pressed), el("survey-error"));
  if (!answer) return;
  dialog("survey-dialog").close();
  draw(answer);
}

el("survey-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const days = field("occasion").value.trim();
  const content = { title: field("title").value, starts: field("starts").value, ends: field("ends").value, occasion_days: days ? Number(days) : 1 };
  void change(open ? "survey-change" : "survey-add", open ? { survey: open.id, ...content } : content, "survey-keep");
});
button("survey-remove").addEventListener("click", () => void change("survey-remove", { survey: open?.id }, "survey-remove"));
button("survey-new").addEventListener("click", () => edit(null));
button("survey-edit").addEventListener("click", () => edit(told.surveys.find((/** @type {Survey} */ one) => one.id === told.survey) ?? null));
for (const id of ["survey", "proven"]) el(id).addEventListener("change", () => void ask());
let waiting = 0;
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = window.setTimeout(() => told?.lines.length && drawChart(), 150);
});
listen();
await ask();
