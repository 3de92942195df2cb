// Looking for words in the manual: pure functions over its headings and the words below them.

/** @typedef {{page: string, title: string, url: string, words: string}} Entry */
/** @typedef {{entry: Entry, parts: string[], rank: number}} Found  parts: text, found, text, found, … */

const AROUND = 60;

/** Letters as they are compared: small, without accents. @param {string} text */
const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

/** The words that are looked for. @param {string} asked */
export const wordsOf = (asked) => plain(asked).split(/[^\p{L}\p{N}]+/u).filter(Boolean);

/**
 * The entries that have all of the words, the best first: words in the title count most, then those of the heading.
 * @param {Entry[]} entries @param {string} asked @param {number} most
 * @returns {Found[]}
 */
export function search(entries, asked, most = 12) {
  const words = wordsOf(asked);
  if (!words.length) return [];
  /** @type {Found[]} */
  const found = [];
  for (const entry of entries) {
    const [page, title, text] = [plain(entry.page), plain(entry.title), plain(entry.words)];
    if (!words.every((word) => title.includes(word) || text.includes(word) || page.includes(word))) continue;
    // A page whose title alone has the words comes up once, at its top, and not with every heading.
    const own = words.some((word) => title.includes(word) || text.includes(word));
    if (!own) continue;
    let rank = 0;
    for (const word of words) {
      rank += title.includes(word) ? 4 : 0;
      rank += page.includes(word) ? 2 : 0;
      rank += Math.min(3, text.split(word).length - 1) / 2;
    }
    found.push({ entry, parts: excerpt(entry.words, words), rank });
  }
  return found.sort((a, b) => b.rank - a.rank).slice(0, most);
}

/**
 * The place where the first of the words stands, cut out, with every word found in it apart.
 * @param {string} text @param {string[]} words
 */
export function excerpt(text, words) {
  const low = [...text].map((letter) => plain(letter)[0] ?? letter).join("");
  const letters = [...text];
  const places = words.map((word) => low.indexOf(word)).filter((at) => at >= 0);
  const from = Math.max(0, (places.length ? Math.min(...places) : 0) - AROUND);
  const to = Math.min(letters.length, from + 3 * AROUND);
  /** @type {string[]} */
  const parts = [from ? "…" : ""];
  let at = from;
  while (at < to) {
    const word = words.find((one) => low.startsWith(one, at));
    if (word) {
      parts.push(letters.slice(at, at + word.length).join(""), "");
      at += word.length;
    } else {
      parts[parts.length - 1] += letters[at];
      at += 1;
    }
  }
  if (to < letters.length) parts[parts.length - 1] += "…";
  return parts;
}
