// Photographs that lie outside of every deployment of their camera, and what can be done about them.
import { when } from "./format.js";
import { nt, t } from "./i18n.js";
import { deed, make, pictures, send } from "./places_parts.js";

/**
 * @typedef {{id: number, camera: string, starts_at: ?string, ends_at: ?string, url: string}} Choice
 * @typedef {{station: string, camera: string, shown: string, photographs: number, first: ?string, last: ?string, uid: string,
 *   sentence: string, choices: Choice[]}} Outside
 */

/** @param {Choice} one */
const choiceText = (one) => t("{from} to {to}", { from: one.starts_at ? when(one.starts_at) : "…", to: one.ends_at ? when(one.ends_at) : "…" });

/** @param {Outside} one @param {(told: any) => void} draw shows everything as it is then */
export function outsideOf(one, draw) {
  const line = document.createElement("li");
  const name = [one.station, one.shown].filter(Boolean).join(" · ");
  const img = document.createElement("img");
  img.src = `${pictures}/${one.uid}/thumb`;
  img.alt = t("A photograph of {name}", { name });
  img.loading = "lazy";
  const text = make("div");
  const span = one.first ? t("by the clock from {first} to {last}", { first: when(one.first), last: when(one.last) }) : t("without a time");
  text.append(make("b", "", name), make("div", "quiet small", `${nt("{n} photograph", "{n} photographs", one.photographs)}, ${span}`), make("div", "small", one.sentence));
  const acts = make("div", "row");
  const fault = make("div", "notice bad");
  fault.setAttribute("role", "alert");
  fault.hidden = true;
  if (one.choices.length) {
    const choose = document.createElement("select");
    choose.setAttribute("aria-label", t("Which deployment of {name}", { name }));
    choose.append(...one.choices.map((choice) => Object.assign(document.createElement("option"), { value: String(choice.id), textContent: choiceText(choice) })));
    const clock = /** @type {HTMLAnchorElement} */ (make("a", "button small", t("Look at the clock")));
    clock.setAttribute("aria-label", t("Look at the clock of {name}", { name }));
    const point = () => (clock.href = one.choices.find((choice) => String(choice.id) === choose.value)?.url ?? "");
    choose.addEventListener("change", point);
    point();
    const here = deed(
      t("They belong to it all the same"),
      "deployment-pin",
      async () => {
        const told = await send("deployment-pin", { deployment: Number(choose.value), camera: one.camera }, here, fault);
        if (told) draw(told);
      },
      t("The photographs of {name} belong to this deployment all the same", { name }),
    );
    acts.append(choose, clock, here);
  }
  line.append(img, text, acts, fault);
  return line;
}
