// The keys of the page on which boxes are drawn: one table serves both the dispatcher and the list under "?".

import { t } from "./i18n.js";

/** @typedef {{act: string, keys: string[], shown: string[], says: string, repeats?: boolean}} Key */

/** @type {[string, Key[]][]} */
export const KEYS = [
  [
    t("Answers"),
    [
      { act: "keep", keys: ["Enter"], shown: ["Enter"], says: t("Keep the boxes shown, solid and dashed, and go on") },
      { act: "empty", keys: ["e"], shown: ["E"], says: t("No animal here, and go on") },
      { act: "undo", keys: ["z", "u", "ctrl+z"], shown: ["Z", "Ctrl+Z"], says: t("Undo: first what was drawn here, then the newest answer") },
      { act: "redo", keys: ["r"], shown: ["R"], says: t("Search the rest again with what you showed") },
    ],
  ],
  [
    t("Boxes"),
    [
      { act: "draw", keys: [], shown: [t("drag")], says: t("Draw a box; begin beside a chosen box or on the picture") },
      { act: "add", keys: ["b"], shown: ["B"], says: t("New box in the middle") },
      { act: "another", keys: ["a"], shown: ["A", t("click")], says: t("Choose a box, then the next one") },
      { act: "arrow", keys: ["arrow"], shown: [t("arrow")], says: t("Move the chosen box"), repeats: true },
      { act: "resize", keys: ["shift+arrow"], shown: ["Shift", t("arrow")], says: t("Make the chosen box larger or smaller"), repeats: true },
      { act: "remove", keys: ["Delete", "Backspace"], shown: ["Delete"], says: t("Take the chosen box away") },
    ],
  ],
  [
    t("Moving on"),
    [
      { act: "next", keys: ["PageDown", "s"], shown: ["→", "S"], says: t("Next picture without an answer (Page down while a box is chosen)") },
      { act: "previous", keys: ["PageUp", "w"], shown: ["←", "W"], says: t("Picture before (Page up while a box is chosen)") },
      { act: "queue", keys: ["1", "2", "3", "4"], shown: ["1", "…", "4"], says: t("No animal found, weak boxes, whole picture, this visit") },
      { act: "leave", keys: ["Escape"], shown: ["Esc"], says: t("Let go of the chosen box; then leave") },
    ],
  ],
  [
    t("Looking"),
    [
      { act: "in", keys: ["+", "="], shown: ["+", t("wheel")], says: t("Zoom in (two fingers, too)"), repeats: true },
      { act: "out", keys: ["-"], shown: ["−"], says: t("Zoom out"), repeats: true },
      { act: "fit", keys: ["f", "0"], shown: ["F"], says: t("Show the whole picture") },
      { act: "pan", keys: [], shown: [t("right drag")], says: t("Move the picture (Space and drag, too)") },
      { act: "darker", keys: ["["], shown: ["["], says: t("Darker"), repeats: true },
      { act: "brighter", keys: ["]"], shown: ["]"], says: t("Brighter"), repeats: true },
      { act: "clean", keys: [" "], shown: [t("Space")], says: t("Hold to hide the boxes") },
      { act: "help", keys: ["?"], shown: ["?"], says: t("This list; Esc closes it") },
    ],
  ],
];

/** @type {Map<string, Key>} */
const TABLE = new Map(KEYS.flatMap(([, keys]) => keys.flatMap((k) => k.keys.map((name) => [name, k]))));

/** The character of a key press; layouts without Latin letters fall back on the place of the key. @param {KeyboardEvent} e */
function nameOf(e) {
  if (e.key.length > 1 || e.key === " ") return e.key;
  if (e.key.charCodeAt(0) < 128) return e.key.toLowerCase();
  if (/^Key[A-Z]$/.test(e.code)) return e.code.slice(3).toLowerCase();
  if (/^Digit\d$/.test(e.code)) return e.code.slice(5);
  return { BracketLeft: "[", BracketRight: "]", Minus: "-", Equal: "+" }[e.code] ?? e.key;
}

/** A button reached with Tab keeps its own Enter and Space. @param {EventTarget | null} target */
const keepsItsKeys = (target) => target instanceof Element && target.matches("button:focus-visible, a:focus-visible, input, select");

/**
 * @param {(act: string, name: string) => void} act
 * @param {(down: boolean) => void} clean called when Space goes down and up
 */
export function listen(act, clean) {
  addEventListener("keydown", (e) => {
    if (document.querySelector("dialog[open]") || e.isComposing) return;
    const altGraph = e.getModifierState("AltGraph");
    const plain = nameOf(e);
    const held = (e.ctrlKey || e.metaKey) && !altGraph;
    if (e.altKey && !altGraph) return;
    if (keepsItsKeys(e.target) && (plain === "Enter" || plain === " ")) return;
    const arrow = plain.startsWith("Arrow");
    const key = held ? TABLE.get(`ctrl+${plain}`) : TABLE.get(arrow ? (e.shiftKey ? "shift+arrow" : "arrow") : plain);
    if (!key) return;
    e.preventDefault();
    if (key.act === "clean") {
      if (!e.repeat) clean(true);
    } else if (!e.repeat || key.repeats) {
      act(key.act, plain);
    }
  });
  addEventListener("keyup", (e) => e.key === " " && clean(false));
  addEventListener("blur", () => clean(false));
}

/** Fill the help dialog from the table. @param {HTMLElement} into */
export function writeHelp(into) {
  const make = (/** @type {string} */ tag, /** @type {string} */ text = "") => {
    const node = document.createElement(tag);
    node.textContent = text;
    return node;
  };
  into.replaceChildren(
    ...KEYS.map(([title, keys]) => {
      const part = make("section");
      const list = make("dl");
      for (const key of keys) {
        const dt = make("dt");
        dt.append(...key.shown.map((s) => (s === "…" ? "–" : make("kbd", s))));
        list.append(dt, make("dd", key.says));
      }
      part.append(make("h3", title), list);
      return part;
    }),
  );
}
