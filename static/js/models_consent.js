// Models: what would be fetched, from where and under which licence; only then it is.
import { bytes } from "./format.js";
import { t } from "./i18n.js";
import { licenceCard, make } from "./models_text.js";

/** @typedef {import("./models_text.js").Model} Model */

const el = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const input = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (document.getElementById(id));
const button = (/** @type {string} */ id) => /** @type {HTMLButtonElement} */ (document.getElementById(id));
const consent = /** @type {HTMLDialogElement} */ (document.getElementById("consent"));

/** @type {string[]} */
let wanted = [];
/** @type {(content: object) => unknown} */
let fetching = () => {};

/**
 * Ask; what is fetched is told to ``fetchThem``.
 * @param {string[]} names @param {any} told @param {any} work @param {(content: object) => unknown} fetchThem
 */
export function ask(names, told, work, fetchThem) {
  fetching = fetchThem;
  wanted = names;
  const models = /** @type {Model[]} */ (told.models.filter((/** @type {Model} */ one) => names.includes(one.name)));
  const files = [...new Map(models.flatMap((one) => one.files.filter((file) => !file.here)).map((file) => [`${file.name}/${file.file}`, file])).values()];
  const sum = files.reduce((all, file) => all + file.bytes - file.arrived, 0);
  const known = files.every((file) => file.bytes);
  el("consent-title").textContent = t("Fetch {name}?", { name: names.join(", ") });
  el("consent-files").replaceChildren(
    ...files.map((file) => {
      const line = document.createElement("li");
      const from = `${file.bytes ? bytes(file.bytes) : t("size not published")} · ${file.host}`;
      const sure = { known: t("its sum is known"), one: t("its sum is known from one source"), "": t("no sum is published: what comes now counts from now on") }[file.sure] ?? "";
      line.append(make("span", file.file, "path"), make("span", from), make("span", sure, "quiet small"));
      return line;
    }),
  );
  const total = known ? t("Together {size}.", { size: bytes(sum) }) : sum ? t("Together more than {size}.", { size: bytes(sum) }) : t("How large it is, its makers do not say.");
  el("consent-total").textContent = `${total} ${told.free === null ? "" : t("{size} are free on this disk.", { size: bytes(told.free) })}`;
  const lacks = [...new Set(models.flatMap((one) => one.needs))];
  el("consent-lacks").hidden = !lacks.length;
  el("consent-lacks").textContent = t("It can’t be used before {names} are installed.", { names: lacks.join(", ") });
  const open = new Set(models.flatMap((one) => one.accept));
  const notices = new Map(models.flatMap((one) => one.licences.map((each) => [each.key, each])));
  el("consent-licences").replaceChildren(...[...notices.values()].map((each) => licenceCard(each, open.has(each.key), allowed)));
  const failed = models.length === 1 && work.ended[models[0].name]?.code === "wrong-sum" && files.some((file) => file.sure === "one");
  el("consent-sum").hidden = !failed;
  input("sha256").value = "";
  allowed();
  consent.showModal();
  const tick = /** @type {HTMLInputElement | null} */ (consent.querySelector("input[type=checkbox]"));
  (tick ?? button("consent-yes")).focus();
}

const ticks = () => /** @type {HTMLInputElement[]} */ ([...consent.querySelectorAll("input[type=checkbox]")]);
const allowed = () => (button("consent-yes").disabled = ticks().some((one) => !one.checked));

async function fetchIt() {
  if (button("consent-yes").disabled) return;
  const accepted = ticks().map((one) => one.value);
  consent.close();
  await fetching({ names: wanted, accepted, sha256: el("consent-sum").hidden ? "" : input("sha256").value.trim() });
}

/** Connect the buttons of the dialog. */
export function wireConsent() {
  button("consent-no").addEventListener("click", () => consent.close());
  button("consent-yes").addEventListener("click", fetchIt);
  consent.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || /** @type {Element} */ (event.target).matches("button, a")) return;
    event.preventDefault();
    fetchIt();
  });
}
