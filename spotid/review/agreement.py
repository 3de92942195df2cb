"""How well reviewers agree: pairs that were judged twice, Cohen's kappa, and what disagreement says of mistakes.

A pair counts as judged twice where the second person could not know the first answer: a second opinion, against the
answer that stood when it was given; and a pair that two people answered on two laptops before their answers were
brought together. How a dispute was settled afterwards changes nothing of what the two had said.

Kappa: Cohen 1960 (Educ. Psychol. Meas. 20:37), its interval after Fleiss, Cohen & Everitt 1969 (Psychol. Bull. 72:323).
Intervals of shares: Wilson 1927 (J. Am. Stat. Assoc. 22:209). All intervals are of 95 %.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from spotid.project.answers import Said
from spotid.words import PAIR_VERDICTS, Verdict

Z = 1.959964
FEWEST = 30  # pairs judged twice below which no rate is told: thirty without a disagreement still allow one of 11 %
WANTED = 0.05  # half the width of an interval that is good enough for a report
SAME, DIFFERENT, UNSURE = "same", "different", "cannot_tell"
NAMES = (SAME, DIFFERENT, UNSURE)
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Double:
    """A pair that was judged twice.

    ``who`` is two (people), same (person twice) or unknown, ``how`` blind (a second opinion) or merged (two laptops).
    """

    a: str
    b: str
    first: str
    second: str
    who: str
    how: str


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``of``, with Wilson's interval; all None where there is nothing to share."""

    hits: int
    of: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """What pairs that were judged twice show. ``cells``: (first, second) → how many pairs.

    ``missed``: of the pairs that the second person called the same animal, those that the first had called different;
    ``false_joins``: the other way round. ``error`` is the share of mistakes of one person, ``more`` how many pairs are
    missing until an interval is ``WANTED`` wide to either side.
    """

    pairs: int
    cells: Mapping[tuple[str, str], int]
    agreed: Share
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    disputed: Share
    missed: Share
    false_joins: Share
    error: tuple[float, float, float] | None
    more: int


@dataclass(frozen=True, slots=True)
class Reviewer:
    """What one person answered. ``taken_back`` of them were taken back by anybody since."""

    initials: str
    kinds: Mapping[str, int]
    answers: int
    taken_back: int
    median_seconds: float | None


def reviewers(rows: Iterable[Said]) -> list[Reviewer]:
    """Everybody who answered, the busiest first."""
    said: dict[str, list[Said]] = {}
    gone: set[str] = set()
    for row in rows:
        if row.kind == Verdict.UNDO:
            gone.add(row.target or "")
        else:
            said.setdefault(row.reviewer, []).append(row)
    found = []
    for initials, theirs in said.items():
        seconds = [one.seconds for one in theirs if one.seconds is not None]
        kinds = Counter(one.kind for one in theirs)
        back = sum(one.uid in gone for one in theirs)
        found.append(Reviewer(initials, dict(kinds), len(theirs), back, median(seconds) if seconds else None))
    return sorted(found, key=lambda one: (-one.answers, one.initials))


def doubles(rows: Sequence[Said], batches: Sequence[tuple[int, int]] = ()) -> list[Double]:
    """The pairs that were judged twice. ``rows``: the whole ledger in order; ``batches``: first and last row of the
    answers that came from other laptops."""
    gone = {row.target for row in rows if row.kind == Verdict.UNDO}
    where = {row.uid: _pair(row) for row in rows if row.kind in PAIR_VERDICTS}
    starts, ends = dict(batches), {last for _, last in batches}
    standing: dict[Pair, dict[str, Said]] = {}
    before: dict[Pair, Said] = {}
    brought: dict[Pair, dict[str, Said]] | None = None
    found: list[Double] = []
    for row in rows:
        if row.row in starts:
            before, brought = {pair: list(told.values())[-1] for pair, told in standing.items() if told}, {}
        if row.kind in PAIR_VERDICTS:
            for register in (standing, *([brought] if brought is not None else [])):
                register.setdefault(_pair(row), {})[row.uid] = row
        elif row.kind == Verdict.UNDO and row.target in where:
            for register in (standing, *([brought] if brought is not None else [])):
                register.get(where[row.target], {}).pop(row.target, None)
        elif row.kind == Verdict.SECOND and row.uid not in gone and standing.get(_pair(row)):
            first = list(standing[_pair(row)].values())[-1]
            said = str(row.evidence.get("said", ""))
            if said in PAIR_VERDICTS:
                found.append(_double(first, row, said, "blind"))
        if row.row in ends and brought is not None:
            found += [
                _double(before[pair], list(told.values())[-1], list(told.values())[-1].kind, "merged")
                for pair, told in sorted(brought.items())
                if told and pair in before and _independent(before[pair], list(told.values())[-1])
            ]
            brought = None
    return found


def _independent(first: Said, second: Said) -> bool:
    settled = "settles" in first.evidence or "settles" in second.evidence
    return not settled and _who(first, second) != "same"


def _who(first: Said, second: Said) -> str:
    if not first.reviewer or not second.reviewer:
        return "unknown"
    return "same" if first.reviewer.casefold() == second.reviewer.casefold() else "two"


def _double(first: Said, second: Said, said: str, how: str) -> Double:
    return Double(*_pair(first), _name(first.kind), _name(said), _who(first, second), how)


def _pair(row: Said) -> Pair:
    return (row.a or "", row.b or "")


def _name(kind: str) -> str:
    return kind if kind in (SAME, DIFFERENT) else UNSURE


def measure(pairs: Iterable[Double]) -> Agreement:
    """Agreement of the first and the second answers."""
    cells = Counter((one.first, one.second) for one in pairs)
    total = sum(cells.values())
    same = sum(cells[name, name] for name in NAMES)
    missed, false = cells[DIFFERENT, SAME], cells[SAME, DIFFERENT]
    decided = missed + false + cells[SAME, SAME] + cells[DIFFERENT, DIFFERENT]
    disputed = share(missed + false, decided)
    value, low, high = kappa(cells)
    return Agreement(
        pairs=total,
        cells=dict(cells),
        agreed=share(same, total),
        kappa=value,
        kappa_low=low,
        kappa_high=high,
        disputed=disputed,
        missed=share(missed, missed + cells[SAME, SAME]),
        false_joins=share(false, false + cells[DIFFERENT, DIFFERENT]),
        error=error_of(disputed) if decided >= FEWEST else None,
        more=max(0, needed(disputed) - decided),
    )


def share(hits: int, of: int) -> Share:
    """A share with Wilson's interval."""
    if not of:
        return Share(hits, of, None, None, None)
    p, z2 = hits / of, Z * Z
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Share(hits, of, p, 0.0 if hits == 0 else low, 1.0 if hits == of else high)


def kappa(cells: Mapping[tuple[str, str], int]) -> tuple[float | None, float | None, float | None]:
    """Cohen's kappa with its interval.

    No kappa where both always said one and the same thing, or there are fewer than two pairs; no interval where nobody
    ever disagreed: the formula's would have no width, which is more than so few pairs can tell.
    """
    total = sum(cells.values())
    if total < 2:
        return None, None, None
    p = {(i, j): cells.get((i, j), 0) / total for i in NAMES for j in NAMES}
    row = {i: sum(p[i, j] for j in NAMES) for i in NAMES}
    column = {j: sum(p[i, j] for i in NAMES) for j in NAMES}
    observed = sum(p[i, i] for i in NAMES)
    expected = sum(row[i] * column[i] for i in NAMES)
    if expected > 1 - 1e-12:
        return None, None, None
    value = (observed - expected) / (1 - expected)
    if observed > 1 - 1e-12:
        return value, None, None
    on = sum(p[i, i] * (1 - (row[i] + column[i]) * (1 - value)) ** 2 for i in NAMES)
    off = (1 - value) ** 2 * sum(p[i, j] * (column[i] + row[j]) ** 2 for i in NAMES for j in NAMES if i != j)
    spread = max(0.0, on + off - (value - expected * (1 - value)) ** 2) / (total * (1 - expected) ** 2)
    half = Z * math.sqrt(spread)
    return value, max(-1.0, value - half), min(1.0, value + half)


def error_of(disputed: Share) -> tuple[float, float, float] | None:
    """How often one person is wrong about a pair that both decided, with its interval.

    Two people who are wrong equally often, and independently, disagree on a share d = 2 e (1 - e) of the pairs. Pairs
    that are hard for one are hard for the other, so that both err together more often than that: e is at least so much.
    """
    if disputed.value is None or disputed.low is None or disputed.high is None:
        return None
    low, value, high = ((1 - math.sqrt(1 - 2 * min(0.5, d))) / 2 for d in (disputed.low, disputed.value, disputed.high))
    return value, low, high


def needed(disputed: Share) -> int:
    """Decided pairs that bring the interval of the disagreement to ``WANTED`` on either side."""
    rate = 0.1 if disputed.value is None or disputed.of < FEWEST else disputed.value
    rate = min(0.5, max(0.03, rate))
    return max(FEWEST, math.ceil(rate * (1 - rate) * (Z / WANTED) ** 2))
