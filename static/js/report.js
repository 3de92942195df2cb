// Report a problem: everything that the report would hold is shown, and exactly that is saved.
import { ApiError, get, holding, showError } from "./api.js";
import { number } from "./format.js";
import { nt, t } from "./i18n.js";

/** @typedef {{name: string, text: string, bytes: number}} File */

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const tick = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (document.getElementById(id));
const save = /** @type {HTMLButtonElement} */ (el("save"));
let token = "";
let asked = 0;

/** @param {string} tag @param {string} text @param {string} [className] */
function make(tag, text, className = "") {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/** @param {File} file */
function shown(file) {
  const box = document.createElement("details");
  const head = make("summary", "");
  head.append(make("code", file.name), " ", make("span", t("{n} kB", { n: number(Math.max(1, Math.round(file.bytes / 1000))) }), "quiet small"));
  const text = make("pre", file.text);
  text.tabIndex = 0;
  text.setAttribute("role", "group");
  text.setAttribute("aria-label", file.name);
  box.append(head, text);
  return box;
}

async function preview() {
  const mine = ++asked;
  save.disabled = true;
  el("report-page").dataset.state = "loading";
  el("files-told").textContent = t("Gathering…");
  const screen = `${window.screen.width} × ${window.screen.height}, ${devicePixelRatio} ×, ${navigator.userAgent}`;
  const wanted = new URLSearchParams({ names: tick("names").checked ? "1" : "", answers: tick("answers").checked ? "1" : "", screen });
  try {
    const told = await get(`/api/report/preview?${wanted}`, 180);
    if (mine !== asked) return;
    showError(el("report-error"), null);
    token = told.token;
    el("files").replaceChildren(...told.files.map(shown));
    el("files-told").textContent = nt("{n} file, and what you wrote above. Nothing else is in it.", "{n} files, and what you wrote above. Nothing else is in it.", told.files.length);
    save.disabled = false;
    el("report-page").dataset.state = "ready";
  } catch (error) {
    if (mine !== asked) return;
    el("files-told").textContent = "";
    showError(el("report-error"), error);
  }
}

const keep = () =>
  holding(save, async () => {
    try {
      const said = /** @type {HTMLTextAreaElement} */ (el("said")).value;
      const reply = await fetch("/api/report", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token, said }) });
      if (!reply.ok) throw new ApiError((await reply.json()).error, reply.status);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await reply.blob());
      link.download = /filename="([^"]+)"/.exec(reply.headers.get("Content-Disposition") ?? "")?.[1] ?? "SpotID report.zip";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      el("saved").textContent = t("“{name}” is saved where your browser keeps downloads.", { name: link.download });
      el("saved").hidden = false;
    } catch (error) {
      showError(el("report-error"), error);
    }
  });

for (const id of ["names", "answers"]) tick(id).addEventListener("change", preview);
save.addEventListener("click", keep);
await preview();
