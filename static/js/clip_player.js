// A clip in a dialog, from the moment of a still: as a film, or picture by picture where the browser can't play its kind.
import { ApiError, get, projectId, showError } from "./api.js";
import { t } from "./i18n.js";

/**
 * @typedef {{uid: string, at: number, thumb: string, url: string}} Still
 * @typedef {{name: string, way: "play"|"pictures"|"gone", sentence: string, advice: string, film: ?string, picture: string,
 *   seconds: number, width: number, height: number, at: ?number, stills: Still[]}} Clip
 * @typedef {{media: string, boxes: number[][], links: boolean}} Asked the uid of a still or a clip, the boxes of the still as
 *   shares of the picture, and whether the other stills are linked
 */

const BEFORE = 1; // seconds before the still at which the clip begins to play
const STEP = 0.5;
const NEAR = 0.2; // seconds around the still's moment in which its boxes are drawn
const PICTURE_EVERY = 0.25; // seconds of the clip between two pictures of one that is shown picture by picture

/** A moment as people write it: 1:02.5. @param {number} seconds */
export const moment = (seconds) => {
  const tenths = Math.round(Math.max(0, seconds) * 10);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
};

/** @template {keyof HTMLElementTagNameMap} K @param {K} tag @param {string} [className] @param {string} [text] */
function make(tag, className = "", text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

/** @param {string} label @param {string} key @param {() => void} does */
function button(label, key, does) {
  const node = make("button", "button", `${label} `);
  node.type = "button";
  const shown = make("kbd", "", key);
  shown.setAttribute("aria-hidden", "true");
  node.append(shown);
  node.addEventListener("click", does);
  return node;
}

class Player {
  /** @param {HTMLDialogElement} dialog @param {Clip} clip @param {Asked} asked */
  constructor(dialog, clip, asked) {
    this.dialog = dialog;
    this.clip = clip;
    this.at = clip.at ?? 0;
    this.stage = make("div", "clip-stage");
    this.stage.style.setProperty("--ratio", String(clip.width / clip.height));
    this.stage.dataset.way = clip.way;
    this.now = make("output", "clip-now");
    this.says = make("p", "clip-says quiet");
    this.says.setAttribute("role", "status");
    /** @type {?HTMLVideoElement} */
    this.video = null;
    /** @type {?HTMLImageElement} */
    this.picture = null;
    this.second = Math.max(0, this.at - BEFORE);
    this.going = false;
    this.held = false; // the person has chosen a moment: nothing begins to play by itself
    this.drawBoxes(asked.boxes);
    if (clip.way === "play" && clip.film) this.asFilm(clip.film);
    else this.asPictures();
  }

  /** The boxes of the still, over the film. @param {number[][]} boxes */
  drawBoxes(boxes) {
    this.over = make("div", "clip-boxes");
    this.over.hidden = true;
    for (const [x, y, w, h] of boxes) {
      const box = make("span", "clip-box");
      for (const [name, share] of /** @type {[string, number][]} */ ([["left", x], ["top", y], ["width", w], ["height", h]]))
        box.style.setProperty(name, `${100 * share}%`);
      this.over.append(box);
    }
    this.stage.append(this.over);
  }

  /** @param {string} address */
  asFilm(address) {
    const video = make("video");
    video.controls = true;
    video.muted = true;
    video.playsInline = true;
    video.preload = "auto";
    video.setAttribute("aria-label", this.clip.name);
    video.addEventListener("loadedmetadata", () => {
      video.currentTime = this.second;
      if (!this.held) video.play().catch(() => {}); // the person presses play, then
    });
    video.addEventListener("timeupdate", () => this.show(video.currentTime));
    video.addEventListener("seeked", () => this.show(video.currentTime));
    video.addEventListener("error", () => {
      video.remove();
      this.video = null;
      this.asPictures();
    });
    video.src = address;
    this.video = video;
    this.stage.prepend(video);
  }

  asPictures() {
    this.stage.dataset.way = this.clip.way === "gone" ? "gone" : "pictures";
    if (this.clip.way === "gone") {
      this.says.textContent = `${this.clip.sentence} ${this.clip.advice}`;
      return;
    }
    this.says.textContent = t("This browser can't play this kind of clip. Its pictures are shown one after the other; the arrow keys go half a second on or back.");
    this.picture = make("img");
    this.picture.alt = t("The clip at the moment shown");
    this.picture.addEventListener("load", () => {
      this.show(this.second);
      if (!this.going) return;
      if (this.second + PICTURE_EVERY > this.clip.seconds) this.going = false;
      else this.pictureAt(this.second + PICTURE_EVERY);
    });
    this.picture.addEventListener("error", () => {
      this.going = false;
      this.says.textContent = t("This picture of the clip can't be shown.");
    });
    this.stage.prepend(this.picture);
    this.going = true;
    this.pictureAt(this.second);
  }

  /** @param {number} second */
  pictureAt(second) {
    this.second = Math.min(Math.max(0, second), this.clip.seconds);
    if (this.picture) this.picture.src = `${this.clip.picture}${Math.round(this.second * 1000)}`;
  }

  /** Write the moment, and draw the boxes while it is theirs. @param {number} second */
  show(second) {
    this.now.textContent = `${moment(second)} / ${moment(this.clip.seconds)}`;
    this.stage.dataset.second = second.toFixed(2);
    if (this.over) this.over.hidden = this.clip.at === null || Math.abs(second - this.at) > NEAR;
  }

  toggle() {
    if (this.video) return this.video.paused ? void this.video.play().catch(() => {}) : this.video.pause();
    this.going = !this.going;
    if (this.going) this.pictureAt(this.second + PICTURE_EVERY >= this.clip.seconds ? 0 : this.second + PICTURE_EVERY);
  }

  /** Stand still at a moment. @param {number} second */
  standAt(second) {
    this.going = false;
    this.held = true;
    const inside = Math.min(Math.max(0, second), this.clip.seconds);
    if (!this.video) return this.pictureAt(inside);
    this.second = inside; // of a film that is still being opened
    this.video.pause();
    this.video.currentTime = inside;
  }

  /** @param {number} by seconds */
  step(by) {
    this.standAt((this.video ? this.video.currentTime : this.second) + by);
  }

  /** The still's own moment, a little inside: at its very edge a browser may show the frame before. */
  toStill() {
    this.standAt(this.at + 0.02);
  }
}

/** @param {HTMLDialogElement} dialog @param {Clip} clip @param {Asked} asked */
function fill(dialog, clip, asked) {
  const player = new Player(dialog, clip, asked);
  const body = make("div", "dialog-body");
  body.append(player.stage, player.says);
  const foot = make("div", "dialog-foot");
  if (clip.way !== "gone") {
    foot.append(
      button(t("Play or stop"), t("Space"), () => player.toggle()),
      button(t("Half a second back"), "←", () => player.step(-STEP)),
      button(t("Half a second on"), "→", () => player.step(STEP)),
    );
    if (clip.at !== null) foot.append(button(t("To the still picture"), "P", () => player.toStill()));
    foot.append(player.now);
  }
  dialog.append(body, foot);
  if (asked.links && clip.stills.length) body.append(others(clip, asked));
  dialog.addEventListener("keydown", (event) => keys(event, player));
  foot.querySelector("button")?.focus(); // Space there plays and stops; on the button that closes it would close
}

/** The stills of the clip, as links. @param {Clip} clip @param {Asked} asked */
function others(clip, asked) {
  const list = make("nav", "clip-stills");
  list.setAttribute("aria-label", t("Still pictures taken out of this clip"));
  for (const still of clip.stills) {
    const link = make("a");
    link.href = still.url;
    if (still.uid === asked.media) link.setAttribute("aria-current", "page");
    const small = make("img");
    small.src = still.thumb;
    small.alt = "";
    small.loading = "lazy";
    link.append(small, make("span", "", moment(still.at)));
    list.append(link);
  }
  return list;
}

/** @param {KeyboardEvent} event @param {Player} player */
function keys(event, player) {
  if (event.ctrlKey || event.metaKey || event.altKey || player.clip.way === "gone") return;
  const on = event.target instanceof Element && event.target.matches("button, a");
  /** @type {Record<string, () => void>} */
  const does = {
    " ": () => player.toggle(),
    ArrowLeft: () => player.step(-STEP),
    ArrowRight: () => player.step(STEP),
    p: () => player.toStill(),
    P: () => player.toStill(),
  };
  if (!(event.key in does) || (on && event.key === " ")) return;
  event.preventDefault();
  event.stopPropagation();
  if (!event.repeat || event.key.startsWith("Arrow")) does[event.key]();
}

/** Open the player; Escape closes it. @param {Asked} asked */
export async function playClip(asked) {
  if (document.querySelector("dialog[open]")) return;
  const dialog = make("dialog", "clip-player");
  dialog.setAttribute("aria-labelledby", "clip-title");
  const head = make("form", "dialog-head");
  head.method = "dialog";
  const title = make("h2", "", t("Clip"));
  title.id = "clip-title";
  const close = make("button", "button", `${t("Close")} `);
  const escape = make("kbd", "", "Esc");
  escape.setAttribute("aria-hidden", "true");
  close.append(escape);
  head.append(title, close);
  dialog.append(head);
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.querySelector("video")?.pause();
    dialog.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  try {
    const clip = /** @type {Clip} */ (await get(`/api/project/${projectId()}/media/${asked.media}/clip`, 120));
    if (!dialog.open) return;
    title.textContent = clip.name;
    fill(dialog, clip, asked);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const fault = make("div", "notice bad clip-fault");
    fault.setAttribute("role", "alert");
    showError(fault, error);
    dialog.append(fault);
  }
}
