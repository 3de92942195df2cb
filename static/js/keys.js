// The keys of the review page: one table serves both the dispatcher and the list under "?".
import { t } from "./i18n.js";

/** @typedef {{act: string, keys: string[], shown: string[], says: string, answer?: boolean, once?: boolean}} Key */

/** Keys with `answer` or `once` never repeat while they are held down. @type {[string, Key[]][]} */
export const KEYS = [
  [
    t("Answers"),
    [
      { act: "same", keys: ["y"], shown: ["Y"], says: t("Match: the same individual"), answer: true },
      { act: "different", keys: ["n"], shown: ["N"], says: t("Not a match: two individuals"), answer: true },
      { act: "cannot_tell", keys: ["c"], shown: ["C"], says: t("Can't tell: ask me again later"), answer: true },
      { act: "not_comparable", keys: ["x"], shown: ["X"], says: t("Not comparable: never show this pair again"), answer: true },
      { act: "new", keys: ["Enter"], shown: ["Enter"], says: t("New animal: the anchor was not seen before"), answer: true },
      { act: "unusable", keys: ["Delete"], shown: ["Delete"], says: t("Unusable: nobody can be identified in the anchor"), answer: true },
      { act: "undo", keys: ["u", "ctrl+z"], shown: ["U", "Ctrl+Z"], says: t("Undo the newest answer, again and again"), answer: true },
      { act: "again", keys: [], shown: ["R"], says: t("Try again after an answer was not kept"), answer: true },
    ],
  ],
  [
    t("Pictures"),
    [
      { act: "spots", keys: ["m"], shown: ["M"], says: t("Spots that agree, as numbered pairs"), once: true },
      { act: "cycle", keys: ["b"], shown: ["B"], says: t("Next view of both pictures"), once: true },
      { act: "view", keys: ["1", "2", "3", "4", "5"], shown: ["1", "…", "5"], says: t("Original, crop, cut-out, pattern, edges"), once: true },
      { act: "clean", keys: [" "], shown: [t("Space")], says: t("Hold to hide everything drawn") },
      { act: "mirror", keys: ["f"], shown: ["F"], says: t("Mirror the comparison"), once: true },
      { act: "layout", keys: ["v"], shown: ["V"], says: t("Side by side, or one above the other"), once: true },
    ],
  ],
  [
    t("Side of the animal"),
    [
      { act: "flank-left", keys: ["l"], shown: ["L"], says: t("The comparison shows its left side"), answer: true },
      { act: "flank-right", keys: ["r"], shown: ["R"], says: t("The comparison shows its right side"), answer: true },
      { act: "flank-anchor-left", keys: ["shift+l"], shown: ["Shift", "L"], says: t("The anchor shows its left side"), answer: true },
      { act: "flank-anchor-right", keys: ["shift+r"], shown: ["Shift", "R"], says: t("The anchor shows its right side"), answer: true },
      { act: "flank-more", keys: [], shown: [t("buttons")], says: t("Front, rear and not known: the buttons over each picture") },
    ],
  ],
  [
    t("Light"),
    [
      { act: "darker", keys: ["["], shown: ["["], says: t("Darker") },
      { act: "brighter", keys: ["]"], shown: ["]"], says: t("Brighter") },
      { act: "flatter", keys: ["{", "shift+["], shown: ["{"], says: t("Less contrast") },
      { act: "harder", keys: ["}", "shift+]"], shown: ["}"], says: t("More contrast") },
      { act: "adaptive", keys: ["a"], shown: ["A"], says: t("Even out the light: contrast everywhere (CLAHE)"), once: true },
      { act: "unlit", keys: ["0"], shown: ["0"], says: t("Light as it was taken"), once: true },
      { act: "light", keys: ["i"], shown: ["I"], says: t("Buttons for all of these"), once: true },
    ],
  ],
  [
    t("Other pictures of the two"),
    [
      { act: "frame-next", keys: ["."], shown: ["."], says: t("Next picture of the comparison's visit"), once: true },
      { act: "frame-back", keys: [","], shown: [","], says: t("Previous picture of the comparison's visit"), once: true },
      { act: "frame-anchor-next", keys: [">", "shift+."], shown: [">"], says: t("Next picture of the anchor's visit"), once: true },
      { act: "frame-anchor-back", keys: ["<", "shift+,"], shown: ["<"], says: t("Previous picture of the anchor's visit"), once: true },
      { act: "frame-out", keys: ["o"], shown: ["O"], says: t("This picture of the comparison's visit shows another animal"), once: true },
      { act: "frame-anchor-out", keys: ["shift+o"], shown: ["Shift", "O"], says: t("The same for the anchor's visit"), once: true },
      { act: "strip", keys: ["g"], shown: ["G"], says: t("Show or hide the individual's best pictures"), once: true },
      { act: "peek", keys: ["j"], shown: ["J"], says: t("Look at the next of the comparison's individual"), once: true },
      { act: "peek-anchor", keys: ["shift+j"], shown: ["Shift", "J"], says: t("Look at the next of the anchor's individual"), once: true },
      { act: "clip", keys: ["p"], shown: ["P"], says: t("Play the clip that the comparison was taken from"), once: true },
      { act: "clip-anchor", keys: ["shift+p"], shown: ["Shift", "P"], says: t("Play the anchor's clip"), once: true },
      { act: "back", keys: ["Escape"], shown: ["Esc"], says: t("Back to the pair itself"), once: true },
    ],
  ],
  [
    t("Moving on"),
    [
      { act: "next", keys: ["s", "ArrowDown"], shown: ["S", "↓"], says: t("Next anchor"), answer: true },
      { act: "previous", keys: ["ArrowUp"], shown: ["↑"], says: t("Previous anchor"), answer: true },
      { act: "ways", keys: ["w"], shown: ["W"], says: t("Ways through the work"), once: true },
      { act: "filters", keys: ["/"], shown: ["/"], says: t("Ask only about a part: filters"), once: true },
      { act: "end", keys: ["e"], shown: ["E"], says: t("End session: write one folder for each individual") },
      { act: "help", keys: ["?"], shown: ["?"], says: t("This list; Esc closes it"), once: true },
    ],
  ],
  [
    t("Zoom"),
    [
      { act: "in", keys: ["+", "="], shown: ["+", t("wheel")], says: t("Zoom both in (double click or two fingers, too)") },
      { act: "out", keys: ["-"], shown: ["−"], says: t("Zoom both out") },
      { act: "pan", keys: ["shift+arrow"], shown: ["Shift", t("arrow")], says: t("Move both (drag, too)") },
      { act: "fit", keys: ["z"], shown: ["Z"], says: t("Fit both again") },
      { act: "link", keys: ["k"], shown: ["K"], says: t("Zoom apart, or together again"), once: true },
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
  return { BracketLeft: "[", BracketRight: "]", Minus: "-", Equal: "+", Comma: ",", Period: ".", Slash: "/" }[e.code] ?? e.key;
}

/** A control that was reached with Tab keeps its own Enter, Space and arrows. @param {EventTarget | null} target */
function keepsItsKeys(target) {
  if (!(target instanceof Element)) return false;
  return target.matches("button:focus-visible, a:focus-visible, summary:focus-visible");
}

/**
 * @param {(act: string, name: string, event: KeyboardEvent) => void} act
 * @param {(down: boolean) => void} clean called when Space goes down and up
 */
export function listen(act, clean) {
  addEventListener("keydown", (e) => {
    if (document.querySelector("dialog[open]") || e.isComposing) return;
    if (e.target instanceof Element && e.target.matches("input, select, textarea")) return;
    const altGraph = e.getModifierState("AltGraph");
    const name = nameOf(e);
    if ((e.ctrlKey || e.metaKey) && !altGraph) {
      if (name === "z" && !e.shiftKey && !e.altKey && !e.repeat) {
        e.preventDefault();
        act("undo", name, e);
      }
      return;
    }
    if (e.altKey && !altGraph) return;
    if (keepsItsKeys(e.target) && (name === "Enter" || name === " ")) return;
    if (e.shiftKey && name.startsWith("Arrow")) {
      e.preventDefault();
      act("pan", name, e);
      return;
    }
    const key = (e.shiftKey && TABLE.get(`shift+${name}`)) || TABLE.get(name);
    if (!key) return;
    e.preventDefault();
    if (key.act === "clean") {
      if (!e.repeat) clean(true);
    } else if (!(e.repeat && (key.answer || key.once))) {
      act(key.act, name, e);
    }
  });
  addEventListener("keyup", (e) => {
    if (e.key === " ") clean(false);
  });
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
