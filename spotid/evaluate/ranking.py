"""How well ranked candidates find the same individual again: top-k and mean average precision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

DEPTHS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares between 0 and 1, averaged per query (micro) or per individual first (macro)."""

    top: dict[int, float]
    mean_average_precision: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """What ranked lists are worth."""

    queries: int
    individuals: int
    without_candidates: int
    micro: Scores
    macro: Scores


def score(
    individual: Mapping[str, str], lists: Mapping[str, Sequence[str]], allowed: Callable[[str, str], bool]
) -> Ranking | None:
    """Score the ranked ``lists`` (query → candidates, best first) against who is who.

    A query counts when another allowed picture of its individual exists; a query without a list counts as a failure.
    Candidates that are not ``allowed`` (those of the query's own visit, for instance) are dropped and the ranks closed
    up. Average precision divides by all findable pictures, so that what a list leaves out costs. None where no
    individual has a second picture.
    """
    by_individual: dict[str, list[str]] = defaultdict(list)
    for picture, who in individual.items():
        by_individual[who].append(picture)
    results: dict[str, list[list[float]]] = defaultdict(list)
    silent = 0
    for query, who in individual.items():
        findable = {other for other in by_individual[who] if other != query and allowed(query, other)}
        if not findable:
            continue
        ranked = list(dict.fromkeys(c for c in lists.get(query, ()) if c != query and allowed(query, c)))
        silent += not ranked
        hits = [place for place, candidate in enumerate(ranked, 1) if candidate in findable]
        precision = sum(count / place for count, place in enumerate(hits, 1)) / len(findable)
        results[who].append([*(float(any(place <= depth for place in hits)) for depth in DEPTHS), precision])
    if not results:
        return None
    every = [row for rows in results.values() for row in rows]
    return Ranking(
        queries=len(every),
        individuals=len(results),
        without_candidates=silent,
        micro=_mean(every),
        macro=_mean([[fmean(column) for column in zip(*rows, strict=True)] for rows in results.values()]),
    )


def _mean(rows: Sequence[Sequence[float]]) -> Scores:
    *top, precision = (fmean(column) for column in zip(*rows, strict=True))
    return Scores(dict(zip(DEPTHS, top, strict=True)), precision)
