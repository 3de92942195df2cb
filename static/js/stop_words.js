// When may a person stop? How many matches still wait among the open questions, in words, for every page that tells it.
import { nt, number, t } from "./i18n.js";

/** @typedef {import("./types.js").Pair} Pair */

/** What can be said of the matches that wait: in short, and how it is known. @param {Pair["progress"]} p @returns {[string, string]} */
export function stopWords(p) {
  const guess = p.undiscovered;
  if (guess) {
    const [low, best, high] = [guess.low, guess.best, guess.high].map((n) => number(Math.round(n)));
    if (guess.high === 0 && p.left === 0) return ["", ""];
    const short = low === high ? t("{best} undiscovered", { best }) : t("{low}–{high} undiscovered", { low, high });
    const long = t(
      "So many matches are still among the open questions; best guess {best}. Known from how often your answers were matches at each score, newer answers counting more; in 95 of 100 surveys the truth lies between the two ends, as long as what is left is like what was asked. Matches that are in no list of look-alikes are not counted. You may stop when what is left is not worth the time.",
      { best },
    );
    return [short, long];
  }
  const by = p.undiscovered_by;
  if (!by || !p.left) return ["", ""];
  const need = by.same < by.least ? nt("{n} more match is needed.", "{n} more matches are needed.", by.least - by.same) : nt("{n} more answer “not a match” is needed.", "{n} more answers “not a match” are needed.", by.least - by.different);
  const long = t("How many matches are still among the open questions is told once there are {least} answers of either kind, as it is known from them alone; a number before that would be a guess.", { least: by.least });
  return [t("undiscovered: not known yet"), `${long} ${need}`];
}
