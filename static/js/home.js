// The start page: open a project, or run a new one.
import { ApiError, holding, post, showError } from "./api.js";
import { wireBrowse } from "./browse.js";
import { t } from "./i18n.js";
import { offerInstead } from "./openings.js";

/** @param {string} id @returns {string} */
const value = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id)).value.trim().replace(/^["']|["']$/g, "");

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
    const empty = fields.find(([id]) => !value(id));
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
        showError(box, error);
        if (formId === "open-form") offerInstead(box, error, value("open-path"));
      }
    });
  });
}

wireForm("open-form", [["open-path", t("No folder has been chosen yet.")]], () =>
  post("/api/projects/open", { path: value("open-path") }, 120),
);
wireForm(
  "run-form",
  [
    ["project-path", t("It is not clear yet where the project should be kept.")],
    ["images-path", t("It is not clear yet where the photographs are.")],
  ],
  () =>
    post(
      "/api/projects/run",
      { project_path: value("project-path"), images_path: value("images-path"), station_level: value("station-level") },
      120,
    ),
);

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
