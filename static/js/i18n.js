// Texts of the pages in the person's language: written in English here, looked up in a catalogue.

/** @type {Record<string, string | string[]>} */
const catalogue = {};

/** @param {string} text @param {Record<string, string | number>} values */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

/**
 * A text in the person's language: t("kept, row {row}", {row: "4,127"}).
 * @param {string} text in English, never put together from parts @param {Record<string, string | number>} [values]
 */
export function t(text, values = {}) {
  const found = catalogue[text];
  return fill(typeof found === "string" && found ? found : text, values);
}

/**
 * A text that depends on a number: nt("{n} picture", "{n} pictures", 3).
 * @param {string} one @param {string} many @param {number} n @param {Record<string, string | number>} [values]
 */
export function nt(one, many, n, values = {}) {
  const found = catalogue[one];
  const forms = Array.isArray(found) && found.length > 1 ? found : [one, many];
  return fill(n === 1 ? forms[0] : forms[1], { n, ...values });
}
