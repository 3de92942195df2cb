"""Standing answers that the rest speaks against: the chance that each is wrong, from all that is known beside it.

Closure leaves few contradictions behind: what follows from answers is never asked, so that one wrong answer is seldom
opposed by another. But a wrong *same* puts two animals into one group, whose pictures look unlike across that one
answer, and a wrong *different* keeps two groups apart whose pictures look alike. So every answer is weighed against
what the pictures (and, inside their chances, places and times) say of the two groups that it joins or parts:

* Answer *same* that alone holds a group together (a bridge; Tarjan 1974, Inf. Process. Lett. 2:160): the group falls
  into the parts A and B without it. Other answers *different* between A and B speak against it. An answer that others
  hold up, or a chain of them, gains what one answer is worth.
* Answer *different*: A and B are the groups of its two pictures. Other answers *different* between them hold it up;
  where they are one group all the same, the chain that joins them speaks against it.

What the pictures say of two groups is their *likeness*: the log-odds of the very pair, and the mean of the best
sqrt(m n) of the m x n pairs between the groups, half and half. Of eleven ways of summing the pairs up this one put the
most wrong answers at the top, on real embeddings of tigers and nyalas with simulated answers of which 5 % were wrong.
An animal's pictures never all look alike, so that means over everything fail; and between large groups the best pair
looks alike by chance.

Of 45 to 190 wrong answers in a simulated review, at least 54 and mostly 60 to 95 of 100 were on the list; of the
answers on it, one in three (nyalas) to four in five (tigers with places) was wrong.

By Bayes' rule an answer of people who are wrong in a share e of their answers is wrong with the odds
e / (1 - e) x exp(-evidence). An impossible way between A and B adds ``IMPOSSIBLE`` to the evidence against.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from statistics import median
from typing import Any, Generic, Protocol, TypeVar

from spotid.review.bridges import Bridges, Part

Node = TypeVar("Node", bound=Hashable)
# Of pairs ones[k], others[k]: a number each, NaN where nothing is known. ``lambda a, b: matrix[a, b]`` is one.
Of = Callable[[list[Any], list[Any]], Iterable[float]]

WRONG = 0.05  # share of answers that are wrong where nobody knows better
LISTED = 0.07  # chance of being wrong from which an answer is listed
MOST = 20  # MOST x MOST pairs between two groups are looked at, where there are more
STEEP = 6.0  # no chance of a pair says more than this log-odds
IMPOSSIBLE = 3.0
AGAINST = -1.0  # nats of place and time from which they are named as the reason


class Grouped(Protocol):
    """What else joins sightings: ``asking.Constraints`` has it."""

    def groups(self) -> Iterable[Collection[Any]]:
        """All groups."""
        ...


@dataclass(frozen=True, slots=True)
class Doubt(Generic[Node]):
    """A standing answer that the rest speaks against.

    ``at`` is its place among the answers; ``wrong`` the chance that it is wrong; ``likeness`` the log-odds that the two
    groups are one animal by their pictures (NaN where nothing is known); ``ours`` and ``theirs`` the groups' sizes, as
    they would be or are without the answer. ``reason``: impossible, far, against (other answers), unlike or alike.
    """

    at: int
    a: Node
    b: Node
    same: bool
    wrong: float
    reason: str
    likeness: float
    ours: int
    theirs: int
    against: int = 0  # other answers that say the opposite of the two groups
    support: int = 0  # other answers that say the same of them


def doubtful(
    answers: Sequence[tuple[Node, Node, bool]],
    chance: Of,
    constraints: Grouped | None = None,
    *,
    firm: Iterable[tuple[Node, Node]] = (),
    impossible: Of | None = None,
    located: Of | None = None,
    wrong: float = WRONG,
    listed: float = LISTED,
) -> list[Doubt[Node]]:
    """The answers that are wrong with a chance of ``listed`` or more, the most doubtful first.

    ``answers``: (one, other, whether they are the same), as they stand; they may contradict one another. ``chance``: of
    pairs being one animal, calibrated, by all but the answers. ``firm`` pairs, and the groups of ``constraints``, are
    joined by something else (of the latter only what answers do not join already). ``impossible``: 1 where no animal
    gets from one to the other. ``located``: what place and time say of pairs, in nats, and is in ``chance`` already; it
    only gives the reason. ``wrong``: share of answers that are wrong.
    """
    said = list(answers)
    sames = [at for at, (_, _, same) in enumerate(said) if same]
    number = {at: place for place, at in enumerate(sames)}
    joins = [said[at][:2] for at in sames] + list(firm)
    graph = Bridges(joins, (one for answer in said for one in answer[:2]))
    if constraints is not None and (more := _joined_otherwise(constraints, graph)):
        graph = Bridges(joins + more, graph.order)
    parting = _by_sighting(said)
    slip = math.log(wrong / (1 - wrong))
    found = []
    for at, (a, b, same) in enumerate(said):
        if a == b:
            continue
        parts = graph.parts(number[at]) if same else None if graph.together(a, b) else (graph.group(a), graph.group(b))
        ours, theirs = parts or (graph.single(a), graph.single(b))
        apart = _between(graph, ours, theirs, parting) - (not same)
        joined = parts is None  # other answers join the two pictures
        support, against = (joined, apart) if same else (apart, joined)
        alike = likeness((a, b), ours, theirs, chance)
        evidence = 0.0 if math.isnan(alike) else alike
        never = impossible is not None and any(one == 1 for one in impossible([a], [b]))
        evidence = (evidence - IMPOSSIBLE * never) * (1 if same else -1) + (against - support) * slip
        share = 1 / (1 + math.exp(min(50.0, max(-50.0, evidence - slip))))
        if share >= listed:
            far = located is not None and _far(ours, theirs, located)
            reason = _reason(same, never, bool(against), far)
            found.append(Doubt(at, a, b, same, share, reason, alike, len(ours), len(theirs), against, support))
    return sorted(found, key=lambda one: (-one.wrong, one.at))


def likeness(pair: tuple[Any, Any], ours: Part[Any], theirs: Part[Any], chance: Of) -> float:
    """The log-odds that two groups are one animal by their pictures, ``pair`` among them; NaN where no pair has any."""
    (first,) = map(_log_odds, chance([pair[0]], [pair[1]]))
    if len(ours) == len(theirs) == 1:
        return first
    small, large = sorted((ours, theirs), key=len)
    few = small.some(MOST)
    known = [one for one in map(_log_odds, _crossed(chance, few, large.some(MOST**2 // len(few)))) if one == one]
    if not known:
        return first
    best = nlargest(round(math.sqrt(len(known))), known)
    mean = sum(best) / len(best)
    return mean if math.isnan(first) else (first + mean) / 2


def _crossed(of: Of, ours: Sequence[Any], theirs: Sequence[Any]) -> list[float]:
    return [float(one) for one in of([one for one in ours for _ in theirs], [other for _ in ours for other in theirs])]


def _log_odds(chance: float) -> float:
    chance = float(chance)
    if math.isnan(chance):
        return chance
    inside = min(1 - 1e-9, max(1e-9, chance))
    return max(-STEEP, min(STEEP, math.log(inside / (1 - inside))))


def _far(ours: Part[Any], theirs: Part[Any], located: Of) -> bool:
    known = [one for one in _crossed(located, ours.some(MOST), theirs.some(MOST)) if one == one]
    return bool(known) and median(known) <= AGAINST


def _by_sighting(answers: Iterable[tuple[Node, Node, bool]]) -> Mapping[Node, list[Node]]:
    found: dict[Node, list[Node]] = defaultdict(list)
    for a, b, same in answers:
        if not same:
            found[a].append(b)
            found[b].append(a)
    return found


def _between(graph: Bridges[Node], ours: Part[Node], theirs: Part[Node], parting: Mapping[Node, list[Node]]) -> int:
    """How many answers *different* there are between two parts."""
    small, large = sorted((ours, theirs), key=len)
    return sum(large.holds(graph.place[far]) for one in small.some(len(small)) for far in parting.get(one, ()))


def _reason(same: bool, never: bool, opposed: int, far: bool) -> str:
    if same and never:
        return "impossible"
    if opposed:
        return "against"
    return "alike" if not same else "far" if far else "unlike"


def _joined_otherwise(constraints: Grouped, graph: Bridges[Any]) -> list[tuple[Any, Any]]:
    """What joins the groups of ``constraints`` that the answers alone do not."""
    more = []
    for group in constraints.groups():
        first: dict[Any, Any] = {}
        for one in sorted(group):
            first.setdefault(graph.group(one).start if one in graph.place else ("alone", one), one)
        head, *others = first.values()
        more += [(head, other) for other in others]
    return more
