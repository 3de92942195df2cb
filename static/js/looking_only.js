// On every page of a project that is open for looking only: what would change something can't be pressed.
import { post, showError } from "./api.js";
import { t } from "./i18n.js";

const WRITES = [
  "#run-start", "#run-cancel", "#export-go", "#teach-go", "#back-up", "#mend", "#check", ".put-back",
  ...["same", "different", "cannot_tell", "not_comparable", "new", "unusable", "undo", "keep", "empty", "add", "remove", "redo"].map((act) => `[data-act="${act}"]`),
  '[data-act^="flank-"]', "[data-deed]",
].join(", ");
const WHY = t("This project is open for looking only");

function hold() {
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll(WRITES))) {
    if (button.disabled) continue;
    button.disabled = true;
    button.title = WHY;
  }
}

hold();
// Pages make buttons, and give them free again, as they go on.
new MutationObserver(hold).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });

const banner = /** @type {HTMLElement} */ (document.getElementById("looking"));
document.getElementById("looking-work")?.addEventListener("click", async () => {
  const told = document.getElementById("looking-error");
  try {
    location.assign((await post("/api/projects/open", { path: banner.dataset.path }, 120)).url);
  } catch (error) {
    showError(told, error);
  }
});
