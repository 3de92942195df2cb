// The spots on which both coats agree: numbered pairs, the same number and colour on either picture.
import { get, projectId } from "./api.js";
import { nt, number, t } from "./i18n.js";
import { toast } from "./looking.js";

/** @typedef {{pairs: {a: [number, number], b: [number, number]}[], count?: number, crops?: number[][], sentence?: string}} Reply */

const COLOURS = 7; // classes of the style sheet; the numbers tell pairs apart where colours can't
const MOST_KEPT = 40;

export class Spots {
  /** @param {import("./panes.js").Panes} panes @param {HTMLElement} button */
  constructor(panes, button) {
    this.panes = panes;
    this.button = button;
    this.on = false;
    /** @type {Map<string, Promise<Reply>>} */
    this.asked = new Map();
    this.turn = 0;
  }

  toggle() {
    this.on = !this.on;
    this.button.setAttribute("aria-pressed", String(this.on));
    this.draw(true);
  }

  /** Draw what belongs to the two pictures on screen. @param {boolean} [aloud] say how many there are */
  async draw(aloud = false) {
    const turn = ++this.turn;
    const layers = this.panes.panes.map((p) => p.canvas.querySelector(".marks"));
    const uids = this.panes.panes.map((p) => p.shown?.uid);
    if (!this.on || !uids[0] || !uids[1]) return layers.forEach((layer) => layer?.replaceChildren());
    let reply;
    try {
      reply = await this.#ask(uids[0], uids[1]);
    } catch {
      if (aloud) toast(t("The spots could not be asked for."));
      return;
    }
    if (turn !== this.turn) return;
    const whole = this.panes.view === "original";
    for (const [i, side] of /** @type {const} */ (["a", "b"]).entries()) {
      const [x, y, w, h] = (whole && reply.crops?.[i]) || [0, 0, 1, 1];
      layers[i]?.replaceChildren(
        ...reply.pairs.map((pair, n) => {
          const mark = document.createElement("span");
          mark.className = `mark mark-${n % COLOURS}`;
          mark.style.setProperty("--x", String(x + pair[side][0] * w));
          mark.style.setProperty("--y", String(y + pair[side][1] * h));
          const label = document.createElement("b");
          label.textContent = String(n + 1);
          mark.append(label);
          return mark;
        }),
      );
    }
    if (!aloud) return;
    if (reply.sentence) toast(reply.sentence, 5000);
    else if ((reply.count ?? 0) > reply.pairs.length)
      toast(t("The {shown} clearest of {count} spots that agree", { shown: reply.pairs.length, count: number(reply.count ?? 0) }));
    else if (reply.pairs.length) toast(nt("{n} spot agrees", "{n} spots agree", reply.pairs.length));
    else toast(t("No spots were found that agree."));
  }

  /** @param {string} a @param {string} b */
  #ask(a, b) {
    const key = `${a} ${b}`;
    const known = this.asked.get(key);
    if (known) return known;
    const asked = get(`/api/project/${projectId()}/spots?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`);
    asked.catch(() => this.asked.delete(key));
    this.asked.set(key, asked);
    if (this.asked.size > MOST_KEPT) this.asked.delete(/** @type {string} */ (this.asked.keys().next().value));
    return asked;
  }
}
