// Clocks or places that are probably wrong, as confirmed animals show: a box on the pages of clocks and of stations.
import { get, showError } from "./api.js";
import { t } from "./i18n.js";
import { api, deed, el, make, send } from "./places_parts.js";

/**
 * @typedef {{key: string, name: string, camera: string, kind: string, sentence: string, advice: string, pairs: number,
 *   improbable: number, left: number, url: string}} Odd
 */

/** @param {"clocks" | "places"} kind @param {Odd} one */
function line(kind, one) {
  const item = make("li", "odd");
  item.append(make("p", "says", one.sentence), make("p", "", one.advice));
  if (one.kind !== "swap" && one.pairs && one.left < one.improbable) {
    item.append(make("p", "quiet small", t("Improbable pairs as it stands: {improbable} of {pairs}; put right: {left}.", { improbable: one.improbable, pairs: one.pairs, left: one.left })));
  }
  const buttons = make("div", "row");
  if (one.url) {
    const link = /** @type {HTMLAnchorElement} */ (make("a", "button small", t("Look at this clock")));
    link.href = one.url;
    link.setAttribute("aria-label", t("Look at the clock of {name}", { name: one.camera && one.camera !== one.name ? `${one.name} · ${one.camera}` : one.name }));
    buttons.append(link);
  }
  const right = deed(t("It is right as it is"), "odd-hush", () => undefined, t("{name} is right as it is", { name: one.name }));
  right.addEventListener("click", async () => {
    const told = await send("odd-hush", { key: one.key }, right, el("odd-error"));
    if (told) draw(kind, told);
  });
  buttons.append(right);
  item.append(buttons);
  return item;
}

/** @param {"clocks" | "places"} kind @param {any} told */
function draw(kind, told) {
  const list = /** @type {Odd[]} */ (told[kind]);
  const notes = kind === "places" ? told.notes : [];
  el("odd-box").hidden = !list.length && !notes.length;
  el("odd-box").dataset.state = "ready";
  el("odd-lead").hidden = !list.length;
  el("odd-list").replaceChildren(...list.map((one) => line(kind, one)), .../** @type {string[]} */ (notes).map((note) => make("li", "odd", note)));
}

/** Fill the box once the page is there: working it out takes a moment. @param {"clocks" | "places"} kind */
export async function showOdd(kind) {
  try {
    draw(kind, await get(`${api}/odd`, 120));
  } catch (error) {
    el("odd-box").hidden = false;
    showError(el("odd-error"), error);
  }
}
