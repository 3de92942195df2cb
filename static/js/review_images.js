// Pictures of the review page, decoded before they are needed.
import { projectId } from "./api.js";

/** @typedef {{img: HTMLImageElement, ready: Promise<HTMLImageElement>}} Held */

const MOST_HELD = 24; // decoded crops of 900 × 600 pixels need some 2 MB each

/** @param {string} uid @param {string} view */
export const pictureUrl = (uid, view) => `/project/${projectId()}/picture/${encodeURIComponent(uid)}/${view}`;

export class Images {
  constructor() {
    /** The pictures asked for, those asked for last at the end. @type {Map<string, Held>} */
    this.held = new Map();
  }

  /**
   * A decoded picture. One that is on screen elsewhere is not taken away from there.
   * @param {string} url @param {Element} [place] where it will be shown @returns {Promise<HTMLImageElement>}
   */
  get(url, place) {
    const held = this.held.get(url);
    if (held && (!held.img.isConnected || !place || place.contains(held.img))) {
      this.#keep(url, held);
      return held.ready;
    }
    const img = new Image();
    img.decoding = "sync"; // it is decoded by then; nothing may appear later than the rest
    img.draggable = false;
    img.src = url;
    const ready = img.decode().then(
      () => img,
      (error) => {
        if (this.held.get(url)?.img === img) this.held.delete(url); // asked for again, it is loaded again
        throw error;
      },
    );
    this.#keep(url, { img, ready });
    return ready;
  }

  /** Ask for pictures that come soon, in the view in use. @param {string[]} urls @param {string} view */
  prefetch(urls, view) {
    for (const url of urls) {
      const wanted = url.replace(/(\/picture\/[^/]+\/)[a-z]+/, `$1${view}`);
      if (!this.held.has(wanted)) this.get(wanted).catch(() => {}); // asked for again when it is needed
    }
  }

  /** @param {string} url @param {Held} held */
  #keep(url, held) {
    this.held.delete(url);
    this.held.set(url, held);
    if (this.held.size > MOST_HELD) this.held.delete(/** @type {string} */ (this.held.keys().next().value));
  }
}
