// Stations seen from above, as dots: no map of the world is needed for it, and nothing is fetched.
import { number, shown } from "./format.js";
import { nt, t } from "./i18n.js";
import { drawn } from "./places_parts.js";

/**
 * @typedef {{x: number, y: number, name: string, count: number, radius: number, label: string}} Place
 * @typedef {{places: Place[], bar: number, bar_text: string, width: number, height: number, ids: number[]}} Map
 */

const LETTER = 9.5; // width of a letter in the drawing

/** @param {Map} map @param {(id: number) => void} choose */
export function mapOf(map, choose) {
  const svg = drawn("svg", { class: "dots", viewBox: `0 0 ${map.width} ${map.height}`, role: "group" });
  svg.setAttribute("aria-label", t("Map of the stations, north up"));
  const names = [];
  map.places.forEach((place, at) => {
    const link = drawn("a", { href: `#station-${map.ids[at]}`, "data-id": map.ids[at] });
    link.setAttribute("aria-label", shown(place.name));
    link.append(drawn("title", {}, nt("{name}: {n} photograph", "{name}: {n} photographs", place.count, { name: shown(place.name), n: number(place.count) })));
    link.append(drawn("circle", { class: "dot", cx: place.x, cy: place.y, r: place.radius }));
    link.addEventListener("click", (event) => {
      event.preventDefault();
      choose(map.ids[at]);
    });
    svg.append(link);
    if (place.label) {
      const step = place.radius + 5;
      const room = { start: map.width - place.x - step, end: place.x - step };
      const wide = LETTER * place.name.length;
      const own = /** @type {"start" | "end"} */ (place.label);
      const anchor = room[own] >= wide ? own : room.start > room.end ? "start" : "end";
      const x = anchor === "start" ? place.x + step : place.x - step;
      const letters = Math.floor(room[anchor] / LETTER);
      names.push(drawn("text", { x, y: place.y + 5, "text-anchor": anchor }, place.name.length > letters ? `${place.name.slice(0, letters - 1)}…` : place.name));
    }
  });
  const low = map.height - 18;
  svg.append(
    ...names,
    drawn("path", { d: `M16 ${low - 5}v5h${map.bar}v-5` }),
    drawn("text", { x: 22 + map.bar, y: low + 2 }, map.bar_text),
    drawn("path", { d: `M${map.width - 24} 44V18m-6 9 6-9 6 9` }),
    drawn("text", { class: "north", x: map.width - 24, y: 60 }, t("N")),
  );
  return svg;
}

/** Mark a station on the map. @param {Element} box @param {number} id */
export function markPlace(box, id) {
  for (const link of box.querySelectorAll("a")) link.classList.toggle("marked", Number(link.dataset.id) === id);
}
