// Stations: the list and the map, one station changed, a table read, and photographs that have none.
import { get, showError } from "./api.js";
import { number } from "./format.js";
import { nt, t } from "./i18n.js";
import { listen } from "./individual_keys.js";
import { api, button, cell, deed, dialog, el, field, head, make, pictures, send } from "./places_parts.js";
import { showOdd } from "./odd_stations.js";
import { mapOf, markPlace } from "./stations_map.js";
import { wireTable } from "./stations_table.js";

/**
 * @typedef {{id: number, name: string, shown: string, place: string, placed_by: string, sensitive: boolean, photographs: number,
 *   unit: string, animals: number, cameras: string[], first: ?string, last: ?string, deployments: number, scattered: ?number}} Station
 * @typedef {{folder: string, shown: string, photographs: number, uid: string}} Folder
 */

const page = el("stations");
const MOST_CAMERAS = 4;

/** @type {Station[]} */
let stations = [];
/** The station in the dialog; null for a new one. @type {?Station} */
let open = null;

/** Who said where it is. @param {Station} one */
const placedBy = (one) => {
  const said = { table: t("from a table"), person: t("typed"), photographs: t("from the photographs"), sheet: t("from a table"), package: t("from a data package") };
  return said[/** @type {keyof typeof said} */ (one.placed_by)] ?? "";
};

/** @param {Station} one */
function row(one) {
  const line = document.createElement("tr");
  line.id = `station-${one.id}`;
  const place = make("td", "place", one.unit ? t("{place} m", { place: one.place }) : one.place || "–");
  if (one.place) place.title = placedBy(one);
  if (one.scattered) place.append(make("span", "chip warn", nt("its photographs lie {n} m apart", "its photographs lie {n} m apart", one.scattered)));
  const cameras = one.cameras.length > MOST_CAMERAS ? nt("{n} camera", "{n} cameras", one.cameras.length) : one.cameras.join(", ");
  const days = make("span");
  if (one.first && one.last) days.append(make("span", "", one.first.slice(0, 10)), " – ", make("span", "", one.last.slice(0, 10)));
  else days.textContent = t("no date");
  const keep = document.createElement("input");
  keep.type = "checkbox";
  keep.checked = one.sensitive;
  keep.dataset.deed = "station-change";
  keep.setAttribute("aria-label", t("Keep the place of {name} back", { name: one.shown }));
  keep.addEventListener("change", () => void change({ station: one.id, name: one.name, place: one.place, epsg: one.unit, sensitive: keep.checked }, button("add")));
  line.append(
    head(make("span", "name", one.shown)),
    place,
    cell(number(one.photographs), "number"),
    cell(cameras || "–", "cameras"),
    cell(days, "days"),
    cell(keep, "keep"),
    cell(deed(t("Change"), "station-change", () => edit(one), t("Change {name}", { name: one.shown }))),
  );
  return line;
}

/** @param {Folder} one */
function folder(one) {
  const line = document.createElement("li");
  const img = document.createElement("img");
  img.src = `${pictures}/${one.uid}/thumb`;
  img.alt = t("A photograph of {folder}", { folder: one.shown || t("the top folder") });
  img.loading = "lazy";
  const text = make("div");
  text.append(make("b", "path", one.shown || t("the top folder")), make("div", "quiet small", nt("{n} photograph", "{n} photographs", one.photographs)));
  const form = document.createElement("form");
  const inputs = [t("Station"), t("Camera, where there are several")].map((label) => {
    const box = make("label", "", label);
    const input = document.createElement("input");
    input.type = "text";
    input.maxLength = 200;
    input.autocomplete = "off";
    box.append(input);
    form.append(box);
    return input;
  });
  inputs[0].setAttribute("list", "station-names");
  const go = deed(t("Give it to them"), "stations-give", () => undefined, t("Give the photographs of {folder} this station", { folder: one.shown || t("the top folder") }));
  go.type = "submit";
  form.append(go);
  const fault = make("div", "notice bad");
  fault.setAttribute("role", "alert");
  fault.hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const told = await send("stations-give", { inside: one.folder, name: inputs[0].value, camera: inputs[1].value }, go, fault);
    if (told) draw(told);
  });
  line.append(img, text, form, fault);
  return line;
}

/** @param {any} told */
function draw(told) {
  stations = told.stations;
  el("stations-none").hidden = stations.length > 0;
  el("stations-parts").hidden = !stations.length;
  el("station-rows").replaceChildren(...stations.map(row));
  el("map").replaceChildren(...(told.map ? [mapOf(told.map, seek)] : []));
  el("map-none").hidden = Boolean(told.map);
  const names = stations.map((one) => {
    const option = document.createElement("option");
    option.value = one.name;
    return option;
  });
  el("station-names").replaceChildren(...names);
  el("without-box").hidden = !told.without.length;
  el("without-lead").textContent = nt(
    "{n} photograph belongs to no station: it makes no visit, and counts for no effort. Type a station for each folder; a new name is a new station.",
    "{n} photographs belong to no station: they make no visits, and count for no effort. Type a station for each folder; a new name is a new station.",
    told.photographs_without,
  );
  el("without").replaceChildren(...told.without.map(folder));
  page.dataset.state = "ready";
}

/** Show the row of a station. @param {number} id */
function seek(id) {
  for (const line of el("station-rows").children) line.classList.toggle("marked", line.id === `station-${id}`);
  markPlace(el("map"), id);
  const line = document.getElementById(`station-${id}`);
  line?.scrollIntoView({ block: "nearest" });
  line?.querySelector("button")?.focus();
}

/** Open the dialog of a station, or of a new one. @param {?Station} one */
function edit(one) {
  open = one;
  showError(el("station-error"), null);
  el("station-title").textContent = one ? t("Change {name}", { name: one.shown }) : t("New station");
  field("station-name").value = one?.name ?? "";
  field("station-place").value = one?.place ?? "";
  field("station-epsg").value = one?.unit ?? "";
  field("station-sensitive").checked = one?.sensitive ?? true;
  const others = stations.filter((other) => other.id !== one?.id);
  el("station-more").hidden = !one;
  const choice = document.createElement("option");
  choice.value = "";
  choice.textContent = t("(choose a station)");
  const options = others.map((other) => Object.assign(document.createElement("option"), { value: String(other.id), textContent: other.shown }));
  el("station-into").replaceChildren(choice, ...options);
  button("station-remove").hidden = Boolean(one?.photographs);
  button("station-join").disabled = true;
  dialog("station-dialog").showModal();
  field("station-name").focus();
}

/** @param {object} content @param {HTMLButtonElement} pressed @param {string} [tail] */
async function change(content, pressed, tail = "station-change") {
  const fault = dialog("station-dialog").open ? el("station-error") : el("stations-error");
  const told = await send(tail, content, pressed, fault);
  if (!told) return;
  dialog("station-dialog").close();
  draw(told);
}

el("station-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const content = { name: field("station-name").value, place: field("station-place").value, epsg: field("station-epsg").value, sensitive: field("station-sensitive").checked };
  void change(open ? { station: open.id, ...content } : content, button("station-keep"), open ? "station-change" : "station-add");
});
el("station-into").addEventListener("change", () => (button("station-join").disabled = !field("station-into").value));
button("station-join").addEventListener("click", () => void change({ station: open?.id, into: Number(field("station-into").value) }, button("station-join"), "station-join"));
button("station-remove").addEventListener("click", () => void change({ station: open?.id }, button("station-remove"), "station-remove"));
for (const id of ["add", "none-add"]) button(id).addEventListener("click", () => edit(null));
for (const [id, sensitive] of /** @type {[string, boolean][]} */ ([["all-back", true], ["all-open", false]])) {
  button(id).addEventListener("click", () => void change({ sensitive }, button(id), "stations-sensitive"));
}
wireTable(draw);
listen();
try {
  draw(await get(`${api}/stations`, 60));
  void showOdd("places");
} catch (error) {
  showError(el("stations-error"), error);
}
