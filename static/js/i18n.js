// Texts of the pages in the person's language: written in English here, looked up in a catalogue.

/** The language of the page, as the program chose it: en, es or fr. */
export const language = document.documentElement.lang.slice(0, 2) || "en";

// Modules that use this one wait for the catalogue, so that no page ever shows two languages.
/** @type {Record<string, string | string[]>} */
const catalogue = ["es", "fr"].includes(language)
  ? await import(`../texts/${language}.js`).then((found) => found.default, () => ({}))
  : {};

const grouped = new Intl.NumberFormat(document.documentElement.lang || "en-GB");

/** A number as it is written in the person's language. @param {?number} n */
export const number = (n) => grouped.format(n ?? 0);

/** Which form of a word stands with a number. @param {number} n */
const isOne = (n) => (language === "fr" ? n < 2 : n === 1);

/** @param {string} text @param {Record<string, string | number>} values */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

/**
 * A text in the person's language: t("kept, row {row}", {row: "4,127"}).
 * @param {string} text in English, never put together from parts @param {Record<string, string | number>} [values]
 */
export function t(text, values = {}) {
  const found = catalogue[text];
  return fill((Array.isArray(found) ? found[0] : found) || text, values);
}

/**
 * A text that depends on a number: nt("{n} picture", "{n} pictures", 3).
 * @param {string} one @param {string} many @param {number} n @param {Record<string, string | number>} [values]
 */
export function nt(one, many, n, values = {}) {
  const found = catalogue[one];
  const forms = Array.isArray(found) && found.length > 1 ? found : null;
  const text = forms ? forms[isOne(n) ? 0 : 1] : n === 1 ? one : many;
  return fill(text, { n: number(n), ...values });
}
