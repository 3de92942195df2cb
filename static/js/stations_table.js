// A table of stations, chosen on the page: what it says is shown before anything of it is taken in.
import { ApiError, showError } from "./api.js";
import { number, shown } from "./format.js";
import { nt, t } from "./i18n.js";
import { button, cell, dialog, el, field, make, send } from "./places_parts.js";

const LARGEST = 700_000; // bytes

/** The file in hand, as the program takes it. @type {?{name: string, content: string, dates: string, unit: string}} */
let held = null;

/** @param {File} file @returns {Promise<string>} its bytes as base64 */
function encoded(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1] ?? "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** @param {string[]} sentences */
function listed(sentences) {
  const list = document.createElement("ul");
  list.append(...sentences.map((sentence) => make("li", "", sentence)));
  return list;
}

/** @param {any} told */
function found(told) {
  const table = make("table", "table");
  const top = document.createElement("tr");
  top.append(...[t("Station"), t("Camera"), t("Latitude"), t("Longitude"), t("Start"), t("End")].map((text) => make("th", "", text)));
  const headed = document.createElement("thead");
  headed.append(top);
  const body = document.createElement("tbody");
  for (const one of told.rows) {
    const line = document.createElement("tr");
    const degrees = (/** @type {?number} */ value) => (value === null ? "–" : value.toFixed(5));
    line.append(...[shown(one.station), shown(one.camera), degrees(one.latitude), degrees(one.longitude), one.start ?? "–", one.end ?? "–"].map((text) => cell(text)));
    body.append(line);
  }
  table.append(headed, body);
  const wide = make("div", "wide");
  wide.tabIndex = 0;
  wide.append(table);
  const more = told.found - told.rows.length;
  const lead = nt("{n} line can be used. Nothing is written yet.", "{n} lines can be used. Nothing is written yet.", told.found);
  el("table-found").replaceChildren(make("p", "", lead), ...(told.sentences.length ? [listed(told.sentences)] : []), wide, ...(more > 0 ? [make("p", "quiet small", nt("and {n} more line", "and {n} more lines", more))] : []));
  el("table-found").hidden = false;
}

/** @param {(told: any) => void} draw shows the stations as they are then */
export function wireTable(draw) {
  const openTable = () => {
    held = null;
    showError(el("table-error"), null);
    /** @type {HTMLFormElement} */ (el("table-form")).reset();
    el("table-found").hidden = true;
    button("table-take").disabled = true;
    dialog("table-dialog").showModal();
  };
  for (const id of ["table-open", "none-table"]) button(id).addEventListener("click", openTable);
  const read = async () => {
    const file = field("table-file").files?.[0];
    held = null;
    el("table-found").hidden = true;
    button("table-take").disabled = true;
    if (!file) return;
    if (file.size > LARGEST) {
      showError(el("table-error"), new ApiError({ code: "large", sentence: t("This table is too large to be sent."), advice: t("Put it among the photographs under the name stations.csv, and run again.") }, 0));
      return;
    }
    const sent = { name: file.name, content: await encoded(file), dates: field("table-dates").value, unit: field("table-unit").value };
    const told = await send("stations-table", sent, button("table-take"), el("table-error"));
    if (!told) return;
    held = sent;
    found(told);
    button("table-take").disabled = !told.found;
  };
  for (const id of ["table-file", "table-dates", "table-unit"]) field(id).addEventListener("change", () => void read());
  el("table-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!held) return;
    const told = await send("stations-table", { ...held, sure: true }, button("table-take"), el("table-error"));
    if (!told) return;
    dialog("table-dialog").close();
    draw(told);
    el("stations-told").replaceChildren(make("strong", "", nt("{n} line was taken in.", "{n} lines were taken in.", told.taken)), ...(told.sentences.length ? [listed(told.sentences)] : []));
    el("stations-told").hidden = false;
  });
}
