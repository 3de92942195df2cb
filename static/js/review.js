// The review page: one pair at a time, one answer at a time, and nothing moves on before the answer is kept.
import { newUid, projectId } from "./api.js";
import { playClip } from "./clip_player.js";
import { VisibleClock } from "./clock.js";
import { number } from "./format.js";
import { t } from "./i18n.js";
import { initials } from "./initials.js";
import { listen, writeHelp } from "./keys.js";
import { Looking, toast } from "./looking.js";
import { Panes, VIEWS } from "./panes.js";
import { Film } from "./review_film.js";
import { flankAsked, showFlanks } from "./review_flank.js";
import { Layout } from "./review_layout.js";
import { foldMenu } from "./review_menu.js";
import { writeProgress, writeState } from "./review_progress.js";
import { Sender } from "./review_send.js";
import { Spots } from "./review_spots.js";
import { kindWord, writeBetween, writeFacts, writeNotes, writeWho } from "./review_text.js";
import { Ways } from "./review_ways.js";
import { Zoom } from "./zoom.js";

/** @typedef {import("./types.js").Pair} Pair */

const PAIR_KINDS = ["same", "different", "cannot_tell", "not_comparable"];
const BY_ANCHOR = ["anchor", "second"]; // ways that stay with an anchor; on the others every pair may have another one
const ANCHOR_KINDS = ["new", "unusable"];
const api = `/api/project/${projectId()}`;
const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const main = el("main");

const panes = new Panes(el("pane-a"), el("pane-b"));
const zoom = new Zoom([el("pane-a"), el("pane-b")]);
const looking = new Looking(panes, zoom);
const clock = new VisibleClock();
const films = ["a", "b"].map((side, i) => new Film(panes, i, el(`film-${side}`)));
const layout = new Layout(el("stage"), el("tool-layout"), () => zoom.reset());
const spots = new Spots(panes, el("tool-spots"));
const sender = new Sender(show, () => look());
const ways = new Ways(() => look());

/** @type {?Pair} */
let pair = null;
let view = remembered("spotid-view", VIEWS, "crop");
let strip = remembered("spotid-strip", ["on", "off"], "on");
let asked = 0;

/** @param {string} key @param {string[]} known @param {string} usual */
function remembered(key, known, usual) {
  try {
    const kept = localStorage.getItem(key) ?? "";
    return known.includes(kept) ? kept : usual;
  } catch {
    return usual;
  }
}

/** @param {string} key @param {string} value */
function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // the choice still holds until the page is left
  }
}

/** The view asked for, or the nearest one that both sightings have. @param {Pair} p */
function usableView(p) {
  const both = [p.anchor, p.comparison].filter((s) => s !== null);
  const has = (/** @type {string} */ v) => both.every((s) => !s?.views || s.views.includes(v));
  return [view, "crop", "original"].find(has) ?? "crop";
}

/** Show what the program says comes next. @param {Pair} next */
async function show(next) {
  const swapped = await panes.show(next.anchor, next.comparison, usableView(next));
  if (!swapped) return;
  const movedOn = pair?.anchor && next.anchor && pair.anchor.uid !== next.anchor.uid;
  const stays = pair?.anchor?.uid === next.anchor?.uid && pair?.comparison?.uid === next.comparison?.uid;
  pair = next;
  if (!stays) looking.restart(); // a side was said: what the person looks at stays as it is
  ways.show(next);
  const blind = next.way === "blind";
  for (const [side, s] of /** @type {const} */ ([["a", next.anchor], ["b", next.comparison]])) {
    writeFacts(el(`facts-${side}`), s);
    writeWho(el(`who-${side}`), s, blind);
  }
  writeBetween(el("between"), next);
  writeNotes(el("notes"), next);
  writeProgress(next);
  writeState(next, ways.narrowed);
  main.dataset.state = next.state;
  main.dataset.way = next.way ?? "anchor";
  showAbilities();
  showFlanks(next);
  if (!stays) clock.restart();
  if (movedOn && BY_ANCHOR.includes(next.way ?? "anchor")) toast(t("Another anchor"));
  // What stood under another picture goes at once: an answer never covers frames of a pair that is gone.
  [next.anchor, next.comparison].forEach((s, i) => films[i].of?.uid !== s?.uid && films[i].show(null, false));
  afterPainting(next);
}

/**
 * Two frames later the pair is on screen: say which one and since when (measured by benchmarks/review_speed.py), and only
 * then ask for small pictures and for the next pairs.
 * @param {Pair} next
 */
function afterPainting(next) {
  const turn = ++asked;
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      main.dataset.paintedAt = String(performance.now());
      main.dataset.painted = `${turn} ${next.anchor?.uid ?? ""} ${next.comparison?.uid ?? ""}`;
      if (turn !== asked) return;
      showFilms();
      panes.prefetch(next.prefetch ?? []);
    }),
  );
}

function showFilms() {
  const shown = strip === "on" && pair?.way !== "blind";
  films[0].show(pair?.anchor ?? null, shown);
  films[1].show(pair?.comparison ?? null, shown);
  el("tool-strip").setAttribute("aria-pressed", String(strip === "on"));
}

/** Buttons and view switch say what can be done now. */
function showAbilities() {
  if (!pair) return;
  const able = {
    pair: pair.state === "pair",
    anchor: pair.anchor !== null && pair.way !== "blind" && (pair.state === "pair" || pair.state === "anchor_done"),
  };
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (main.querySelectorAll("button[data-act]"))) {
    const act = button.dataset.act ?? "";
    if (PAIR_KINDS.includes(act)) button.disabled = !able.pair;
    else if (act === "new") button.disabled = !able.anchor || Boolean(pair.anchor?.individual);
    else if (act === "unusable") button.disabled = !able.anchor;
    else if (act === "undo") button.disabled = !pair.undo;
    else if (!["ways", "filters", "unfilter"].includes(act)) button.disabled = pair.state === "empty";
    if (act.startsWith("clip")) button.hidden = !(act === "clip" ? pair.comparison : pair.anchor)?.clip;
    if (act === "undo" && pair.undo) {
      const { row, kind, reviewer } = pair.undo;
      const values = { row: number(row), kind: kindWord(kind), who: reviewer ?? "" };
      button.title = reviewer ? t("Take back row {row}: {kind}, by {who}", values) : t("Take back row {row}: {kind}", values);
    }
  }
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll(".view"))) {
    const on = button.dataset.view === panes.view;
    button.setAttribute("aria-pressed", String(on));
    button.disabled = [pair.anchor, pair.comparison].some((s) => s?.views && !s.views.includes(button.dataset.view ?? ""));
  }
}

/** What goes along with everything that is kept. */
const along = () => ({ ...ways.fields, reviewer: initials() });

/** @param {string} kind */
function answer(kind) {
  if (!pair?.anchor) return;
  const onPair = PAIR_KINDS.includes(kind);
  if (onPair && (pair.state !== "pair" || !pair.comparison)) return toast(t("There is no pair to answer here."));
  if (!onPair && pair.way === "blind") return toast(t("Blind, only the pair itself is answered."));
  if (kind === "new" && pair.anchor.individual) return toast(t("This anchor is {individual} already.", { individual: pair.anchor.individual }));
  if (!onPair && pair.state !== "pair" && pair.state !== "anchor_done") return;
  if (!panes.complete) return toast(t("Both pictures must be visible before an answer is taken."));
  const warn = doubtful(kind);
  const body = {
    uid: newUid(),
    kind,
    a: pair.anchor.uid,
    b: onPair ? pair.comparison?.uid : null,
    // Unusable is said of this one picture: another frame of the visit may be sharp.
    a_with: kind === "unusable" ? [] : films[0].covered(),
    b_with: onPair ? films[1].covered() : [],
    seconds: clock.seconds(),
    rank: pair.rank,
    score: pair.score,
    chance: pair.chance ?? null,
    spots: pair.spots ?? null,
    ...along(),
  };
  sender.send({ url: `${api}/answers`, body, what: "answer", kind }).then(() => {
    if (warn && !sender.failed) toast(t("Those were opposite sides, where spots tell nothing. U takes the answer back, X leaves such a pair aside."), 6000);
  });
}

/**
 * Two sides carry different spots: neither "the same" nor "different" can be seen there, and a wrong word on them keeps the
 * two flanks of one animal apart for good. @param {string} kind
 */
const doubtful = (kind) => pair?.flanks_compared === "opposite" && (kind === "different" || (kind === "same" && !pair.same_visit));

/** Say which side a picture shows. @param {string} act */
function sayFlank(act) {
  const said = flankAsked(act, pair);
  if (!said?.sighting || !pair?.anchor) return toast(t("There is no picture to say this of."));
  if (!panes.complete) return toast(t("Both pictures must be visible before an answer is taken."));
  const body = { uid: newUid(), flank: said.flank, sighting: said.sighting.uid, a: pair.anchor.uid, b: pair.comparison?.uid ?? null, ...along() };
  sender.send({ url: `${api}/flank`, body, what: "answer", kind: "flank" });
}

/** @param {"next"|"previous"} move */
function moveAnchor(move) {
  sender.send({ url: `${api}/anchor`, body: { move, anchor: pair?.anchor?.uid ?? null, b: pair?.comparison?.uid ?? null, ...along() }, what: "move", kind: move });
}

/** @param {?string} [anchor] */
function look(anchor) {
  return sender.send({ url: `${api}/pair${ways.query(anchor)}`, body: null, what: "look", kind: "look" });
}

/** @param {string} next */
async function setView(next) {
  if (!pair || sender.busy) return;
  const before = panes.view;
  view = next;
  remember("spotid-view", next);
  sender.hold(true);
  try {
    await panes.change(usableView(pair));
  } finally {
    sender.hold(false);
  }
  if ((before === "original") !== (panes.view === "original")) zoom.reset();
  showAbilities();
  panes.prefetch(pair.prefetch ?? []);
}

/** @param {string} act such as "frame-next", "frame-anchor-out" or "peek" */
function onFilm(act) {
  const film = films[act.includes("anchor") ? 0 : 1];
  if (act.endsWith("next")) film.flip(1);
  else if (act.endsWith("back")) film.flip(-1);
  else if (act.endsWith("out")) film.exclude() || toast(t("First look at another picture of this visit (. or ,)."));
  else if (strip === "off" || pair?.way === "blind") toast(t("The individual's pictures are hidden (G)."));
  else film.peek();
}

/** @type {Record<string, (key: string) => void>} */
const LOOKING = {
  ...looking.acts,
  end: () => location.assign(api.replace(/^\/api/, "") + "/export"),
  cycle: () => setView(VIEWS[(VIEWS.indexOf(panes.view) + 1) % VIEWS.length]),
  view: (key) => setView(VIEWS[Number(key) - 1]),
  redraw: () => setView(view),
  spots: () => spots.toggle(),
  layout: () => layout.toggle(),
  strip: () => {
    strip = strip === "on" ? "off" : "on";
    remember("spotid-strip", strip);
    showFilms();
  },
  clip: () => play(pair?.comparison ?? null),
  "clip-anchor": () => play(pair?.anchor ?? null),
  back: () => void (films.map((film) => film.back()).includes(true) || looking.close()),
};

/** Play the clip that a picture was taken from. @param {?import("./types.js").Sighting} s */
function play(s) {
  if (!s?.clip) return toast(t("This picture was not taken from a clip."));
  playClip({ media: s.clip.media, boxes: s.box ? [s.box] : [], links: pair?.way !== "blind" });
}

/** Everything that a key or a button can ask for. @param {string} act @param {string} name */
function perform(act, name = "") {
  if (act in LOOKING) return LOOKING[act](name);
  if (sender.busy) return; // an answer is on its way: what is pressed meanwhile counts for nothing
  if (act === "again" || (sender.failed && act === "flank-right")) return sender.again(); // both are R
  if (act.startsWith("frame-") || act.startsWith("peek")) return onFilm(act);
  if (sender.failed) return toast(t("First try again, or look up what was kept."));
  if (act === "ways") return ways.choose();
  if (act === "filters") return void ways.narrow();
  if (act === "unfilter") return ways.clear();
  if (act === "undo" && !pair?.undo) return toast(t("There is no answer to take back."));
  if (act === "undo") return sender.send({ url: `${api}/undo`, body: { uid: newUid(), ...along() }, what: "undo", kind: "undo" });
  if (act === "next" || act === "previous") return moveAnchor(act);
  if (act.startsWith("flank-")) return sayFlank(act);
  if (PAIR_KINDS.includes(act) || ANCHOR_KINDS.includes(act)) answer(act);
}

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("button");
  if (!(button instanceof HTMLButtonElement) || button.closest("dialog, form, .menu-open") || button.hasAttribute("aria-haspopup")) return;
  // After a click by mouse the focus goes back to the page: Enter and Space then keep their meaning.
  if (event.detail > 0) main.focus({ preventScroll: true });
  if (button.dataset.act) perform(button.dataset.act);
  else if (button.dataset.view) setView(button.dataset.view);
});
panes.drawn = () => spots.draw();
el("fault-again").addEventListener("click", () => perform("again"));
el("fault-reload").addEventListener("click", () => look(pair?.anchor?.uid));
foldMenu();
writeHelp(el("help-lists"));
listen((act, name) => perform(act, name), (down) => looking.clean(down));
main.focus({ preventScroll: true });
addEventListener("pageshow", (event) => event.persisted && look()); // back to this page: ask again, never show a stale pair
look(ways.asked);
