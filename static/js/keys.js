// The keys of the review page: one table serves both the dispatcher and the list under "?".

/** @typedef {{act: string, keys: string[], shown: string[], says: string, answer?: boolean}} Key */

/** Keys with `answer` never repeat while they are held down. @type {[string, Key[]][]} */
export const KEYS = [
  [
    "Answers",
    [
      { act: "same", keys: ["y"], shown: ["Y"], says: "Match: the same individual", answer: true },
      { act: "different", keys: ["n"], shown: ["N"], says: "Not a match: two individuals", answer: true },
      { act: "cannot_tell", keys: ["c"], shown: ["C"], says: "Can't tell: ask me again later", answer: true },
      { act: "not_comparable", keys: ["x"], shown: ["X"], says: "Not comparable: never show this pair again", answer: true },
      { act: "new", keys: ["Enter"], shown: ["Enter"], says: "New animal: the anchor was not seen before", answer: true },
      { act: "unusable", keys: ["Delete"], shown: ["Delete"], says: "Unusable: nobody can be identified in the anchor", answer: true },
      { act: "undo", keys: ["u", "ctrl+z"], shown: ["U", "Ctrl+Z"], says: "Undo the newest answer, again and again", answer: true },
    ],
  ],
  [
    "Side of the animal",
    [
      { act: "flank-left", keys: ["l"], shown: ["L"], says: "The comparison shows its left side", answer: true },
      { act: "flank-right", keys: ["r"], shown: ["R"], says: "The comparison shows its right side", answer: true },
      { act: "flank-anchor-left", keys: ["shift+l"], shown: ["Shift", "L"], says: "The anchor shows its left side", answer: true },
      { act: "flank-anchor-right", keys: ["shift+r"], shown: ["Shift", "R"], says: "The anchor shows its right side", answer: true },
      { act: "flank-more", keys: [], shown: ["buttons"], says: "Front, rear and not known: the buttons over each picture" },
    ],
  ],
  [
    "Moving on",
    [
      { act: "next", keys: ["s", "ArrowDown"], shown: ["S", "↓"], says: "Next anchor", answer: true },
      { act: "previous", keys: ["ArrowUp"], shown: ["↑"], says: "Previous anchor", answer: true },
      { act: "end", keys: ["e"], shown: ["E"], says: "End session: write one folder for each individual" },
      { act: "again", keys: [], shown: ["R"], says: "Try again after an answer was not kept", answer: true },
    ],
  ],
  [
    "Pictures",
    [
      { act: "cycle", keys: ["b"], shown: ["B"], says: "Next view of both pictures" },
      { act: "view", keys: ["1", "2", "3", "4", "5"], shown: ["1", "…", "5"], says: "Original, crop, cut-out, pattern, edges" },
      { act: "clean", keys: [" "], shown: ["Space"], says: "Hold for the clean picture" },
      { act: "mirror", keys: ["f"], shown: ["F"], says: "Mirror the comparison" },
      { act: "darker", keys: ["["], shown: ["["], says: "Darker" },
      { act: "brighter", keys: ["]"], shown: ["]"], says: "Brighter" },
    ],
  ],
  [
    "Zoom",
    [
      { act: "in", keys: ["+", "="], shown: ["+", "wheel"], says: "Zoom both in (double click, too)" },
      { act: "out", keys: ["-"], shown: ["−"], says: "Zoom both out" },
      { act: "pan", keys: ["shift+arrow"], shown: ["Shift", "arrow"], says: "Move both (drag, too)" },
      { act: "fit", keys: ["z"], shown: ["Z"], says: "Fit both again" },
      { act: "link", keys: ["k"], shown: ["K"], says: "Zoom apart, or together again" },
      { act: "help", keys: ["?"], shown: ["?"], says: "This list; Esc closes it" },
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

/** A control that was reached with Tab keeps its own Enter, Space and arrows. @param {EventTarget | null} target */
function keepsItsKeys(target) {
  if (!(target instanceof Element)) return false;
  return target.matches("input, select, textarea") || target.matches("button:focus-visible, a:focus-visible, summary:focus-visible");
}

/**
 * @param {(act: string, name: string, event: KeyboardEvent) => void} act
 * @param {(down: boolean) => void} clean called when Space goes down and up
 */
export function listen(act, clean) {
  addEventListener("keydown", (e) => {
    if (document.querySelector("dialog[open]") || e.isComposing) return;
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
    } else if (!(e.repeat && (key.answer || ["cycle", "mirror", "link", "help", "view"].includes(key.act)))) {
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
