// The imports of a project: a folder or a ZIP more, or a sheet that says something new; both lead to what was found.
import { ApiError, holding, post, projectId, showError } from "./api.js";
import { wireBrowse } from "./browse.js";
import { t } from "./i18n.js";
import { Ended, UploadField } from "./upload_field.js";

const projectPath = document.getElementById("imports")?.dataset.projectPath ?? "";

/** @param {string} formId @param {string} pathId @param {string} uploadId @param {string} field @param {string} address @param {string} empty */
function wire(formId, pathId, uploadId, field, address, empty) {
  const form = /** @type {HTMLFormElement} */ (document.getElementById(formId));
  const input = /** @type {HTMLInputElement} */ (document.getElementById(pathId));
  const box = form.querySelector(".form-error");
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("[type=submit]"));
  const upload = new UploadField(/** @type {HTMLElement} */ (document.getElementById(uploadId)), (file) => {
    input.disabled = Boolean(file);
    showError(box, null);
  });
  input.addEventListener("input", () => {
    input.removeAttribute("aria-invalid");
    showError(box, null);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const path = input.value.trim().replace(/^["']|["']$/g, "");
    if (!path && !upload.file) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
      showError(box, new ApiError({ code: "empty", sentence: empty, advice: t("Type the path, or choose it with Browse…") }, 0));
      return;
    }
    showError(box, null);
    holding(button, async () => {
      try {
        const what = upload.file ? { upload: await upload.send(projectPath) } : { [field]: path };
        location.assign((await post(address, what, 120)).url);
      } catch (error) {
        if (!(error instanceof Ended)) showError(box, error);
      }
    });
  });
}

const api = `/api/project/${projectId()}/imports`;
wire("more-form", "images-path", "zip-upload", "images_path", `${api}/look-at`, t("It is not clear yet where the photographs are."));
wire("sheet-form", "sheet-path", "sheet-upload", "sheet_path", `${api}/look-at-sheet`, t("It is not clear yet where the sheet is."));
wireBrowse();
