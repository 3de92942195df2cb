// The start page: open a project, or run a new one.
import { ApiError, holding, post, showError } from "./api.js";
import { wireBrowse } from "./browse.js";
import { t } from "./i18n.js";
import { offerInstead } from "./openings.js";
import { Ended, UploadField } from "./upload_field.js";

/** @param {string} id @returns {string} */
const value = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id)).value.trim().replace(/^["']|["']$/g, "");

/** A ZIP that is sent takes the place of a path. */
const upload = new UploadField(/** @type {HTMLElement} */ (document.getElementById("zip-upload")), (file) => {
  const images = /** @type {HTMLInputElement} */ (document.getElementById("images-path"));
  images.disabled = Boolean(file);
  images.required = !file;
  images.removeAttribute("aria-invalid");
  showError(document.querySelector("#run-form .form-error"), null);
});

/**
 * @param {string} formId
 * @param {[string, string][]} fields id and what to say where it is empty
 * @param {() => Promise<{url: string}>} send
 */
function wireForm(formId, fields, send) {
  const form = /** @type {HTMLFormElement} */ (document.getElementById(formId));
  const box = form.querySelector(".form-error");
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("[type=submit]"));
  for (const [id] of fields) {
    document.getElementById(id)?.addEventListener("input", (event) => {
      /** @type {Element} */ (event.target).removeAttribute("aria-invalid");
      showError(box, null);
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const empty = fields.find(([id]) => !value(id) && !(id === "images-path" && upload.file));
    if (empty) {
      const input = document.getElementById(empty[0]);
      input?.setAttribute("aria-invalid", "true");
      input?.focus();
      showError(box, new ApiError({ code: "empty", sentence: empty[1], advice: t("Type the path, or choose it with Browse…") }, 0));
      return;
    }
    showError(box, null);
    holding(button, async () => {
      try {
        location.assign((await send()).url);
      } catch (error) {
        if (error instanceof Ended) return;
        showError(box, error);
        if (formId === "open-form") offerInstead(box, error, value("open-path"));
      }
    });
  });
}

wireForm("open-form", [["open-path", t("No folder has been chosen yet.")]], () =>
  post("/api/projects/open", { path: value("open-path") }, 120),
);
/** Look at the folder or ZIP; the page that it leads to shows what was found. */
async function look() {
  const about = { project_path: value("project-path"), station_level: value("station-level") };
  if (upload.file) return post("/api/imports/look-at", { ...about, upload: await upload.send(about.project_path) }, 120);
  return post("/api/imports/look-at", { ...about, images_path: value("images-path") }, 120);
}

wireForm(
  "run-form",
  [
    ["project-path", t("It is not clear yet where the project should be kept.")],
    ["images-path", t("It is not clear yet where the photographs are.")],
  ],
  look,
);

for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-waiting]"))) {
  const id = row.dataset.waiting;
  /** @param {string} what @param {(button: HTMLButtonElement) => Promise<void>} act */
  const wire = (what, act) => {
    const button = /** @type {HTMLButtonElement} */ (row.querySelector(`[data-${what}]`));
    button.addEventListener("click", () => holding(button, () => act(button).catch((error) => showError(row.querySelector(".waiting-error"), error))));
  };
  wire("look", async () => location.assign((await post("/api/imports/look-at", { project_path: row.dataset.projectPath, upload: id }, 120)).url));
  wire("throw", async () => {
    await post(`/api/uploads/${id}/cancel`, {});
    row.remove();
  });
}

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-open]"))) {
  button.addEventListener("click", () =>
    holding(button, async () => {
      const box = document.getElementById("recents-error");
      showError(box, null);
      try {
        location.assign((await post("/api/projects/open", { path: button.dataset.open }, 120)).url);
      } catch (error) {
        showError(box, error);
        offerInstead(box, error, button.dataset.open ?? "");
      }
    }),
  );
}

wireBrowse();
