"""Answers that contradict one another, each as a card: the shortest chain of answers, and how weak each of them is.

Nobody can compute which of the answers is the wrong one. What can be said is where to look first. Every answer starts
at zero and gains or loses points, in natural units of log-odds, for what is known of how it was given:

========  ===========================================================================================================
lean      *different* gains 0.5: the usual mistake is not to recognise an animal seen before (Johansson et al. 2020,
          Sci. Rep. 10:6393)
chance    the program's chance of "same", when the answer was given or else now: *same* gains its log-odds against,
          *different* its log-odds for, three at most either way
spots     where no chance is known: *same* gains 1 for fewer than ``FEW_SPOTS`` agreeing spots, *different* 1 for at
          least ``MANY_SPOTS``
quick     gains 1 where it took less than a third of what this reviewer usually takes, or less than a second
doubt     gains 1 where somebody could not tell the same pair
opposed   gains 2 where a second opinion on the pair says the opposite
agreed    loses 1 where a second opinion, or another answer on the pair, says the same
crowd     gains 0.5 for every other contradiction that it takes part in, 2 at most: one answer against several
way       *same* loses 1 where other answers join the two pictures all the same; *different* gains 1 where they are
          joined in more than one way: the lone answer against several
========  ===========================================================================================================

The steps are rules of thumb; the page says each of them in words beside the answer, so that nobody need trust the sum.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spotid.project.answers import Said
from spotid.review.identity import Identities
from spotid.review.second import disputes
from spotid.words import Verdict

FEW_SPOTS, MANY_SPOTS = 6, 20
QUICK_SHARE, QUICK_SECONDS = 1 / 3, 1.0
MOST_STEPS = 3.0  # of a chance: what is as good as certain counts no more than 95 %
MOST_CARDS = 200  # worked out at once; whoever has more settles these first
PARTING = frozenset({Verdict.DIFFERENT, Verdict.SPLIT})
UNSURE = frozenset({Verdict.CANNOT_TELL, Verdict.NOT_COMPARABLE})


@dataclass(frozen=True, slots=True)
class Believed:
    """What the program makes of a pair: the chance that it is one animal, and how many spots agree."""

    chance: float | None = None
    spots: float | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an answer is weak, or strong: a name of the table above, with what the sentence needs."""

    name: str
    points: float
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Witness:
    """One answer of a card. ``between`` are the two pictures of the card that it says something of."""

    uid: str
    between: tuple[str, str]
    parts: bool  # whether it says that they are two animals
    weakness: float = 0.0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One contradiction. ``kind`` is contradiction, photograph or opinion.

    ``pictures`` is the chain of sightings from ``a`` to ``b``; ``joins[i]`` are the answers that join pictures i and
    i + 1; ``parting`` say that the first and the last are two animals, and are empty for a photograph's two boxes.
    """

    kind: str
    pictures: tuple[str, ...]
    joins: tuple[tuple[Witness, ...], ...]
    parting: tuple[Witness, ...]
    weakness: float = 0.0

    @property
    def key(self) -> str:
        """A name that stays while the card does."""
        return f"{self.kind}-{self.pictures[0]}-{self.pictures[-1]}-{self.parting[0].uid if self.parting else ''}"

    @property
    def witnesses(self) -> list[Witness]:
        """All its answers, the weakest first."""
        every = [one for step in self.joins for one in step] + list(self.parting)
        return sorted(every, key=lambda one: (-one.weakness, one.uid))


def count(known: Identities) -> dict[str, int]:
    """How many cards of each kind there are; as cheap as the conflicts that are known already."""
    kinds = Counter(_kind(known, one.a, one.b) for one in known.conflicts())
    kinds["opinion"] = len(disputes(known))
    return {kind: kinds[kind] for kind in ("contradiction", "photograph", "opinion")}


def _kind(known: Identities, a: str, b: str) -> str:
    return "contradiction" if known.forbids(a, b) else "photograph"


def bare_cards(known: Identities) -> list[Card]:
    """All cards, with their answers and no weights."""
    cards = []
    for conflict in known.conflicts()[:MOST_CARDS]:
        chain = known.chain(conflict.a, conflict.b)
        if not chain:
            continue
        joins = [_witnesses(known.joins(one).get(other, ()), one, other) for one, other, _ in chain]
        parting = _witnesses(known.forbids(conflict.a, conflict.b), conflict.a, conflict.b, parts=True)
        pictures = (chain[0][0], *(other for _, other, _ in chain))
        cards.append(Card(_kind(known, conflict.a, conflict.b), pictures, tuple(joins), parting))
    for dispute in disputes(known)[:MOST_CARDS]:
        apart = dispute.said in PARTING
        first = _witnesses(dispute.first, dispute.a, dispute.b, parts=not apart)
        second = _witnesses([dispute.second], dispute.a, dispute.b, parts=apart)
        joins = [second if first[0].parts else first]
        cards.append(Card("opinion", (dispute.a, dispute.b), tuple(joins), first if first[0].parts else second))
    return cards


def _witnesses(uids: Iterable[str], one: str, other: str, *, parts: bool = False) -> tuple[Witness, ...]:
    return tuple(Witness(uid, (one, other), parts) for uid in sorted(set(uids)))


def cards(
    known: Identities,
    said: Mapping[str, Said],
    believed: Callable[[str, str], Believed],
    usual: Mapping[str, Sequence[float]],
) -> list[Card]:
    """All cards, those with the weakest answer first.

    ``said`` has every answer of ``bare_cards`` and every answer on their pairs; ``believed`` is what the program makes
    of a pair now; ``usual`` is how long each reviewer's answers took, in order.
    """
    bare = bare_cards(known)
    times = Counter(one.uid for card in bare for one in card.witnesses)
    on_pair: dict[tuple[str, str], list[Said]] = {}
    for one in said.values():
        if one.a and one.b and known.answer(one.uid) is not None:
            on_pair.setdefault((one.a, one.b), []).append(one)
    found = []
    for card in bare:
        bridges = [known_bridge(known, *step[0].between) if card.kind != "opinion" else True for step in card.joins]

        def weighed(
            witness: Witness, bridge: bool, card: Card = card, bridges: Sequence[bool] = tuple(bridges)
        ) -> Witness:
            answer = said.get(witness.uid) or Said(0, witness.uid, Verdict.SAME)
            a, b = sorted(witness.between)
            reasons = [
                *_of_looks(answer, witness.parts, believed(a, b)),
                *_of_speed(answer, usual.get(answer.reviewer, ())),
                *_of_others(answer, witness, on_pair.get((a, b), ())),
            ]
            if times[answer.uid] > 1:
                more = times[answer.uid] - 1
                reasons.append(Reason("crowd", min(2.0, 0.5 * more), {"times": more}))
            if not witness.parts and not bridge:
                reasons.append(Reason("another_way", -1.0, {}))
            if witness.parts and card.kind == "contradiction" and not any(bridges):
                reasons.append(Reason("lone", 1.0, {}))
            weakness = sum(one.points for one in reasons) + (0.5 if witness.parts else 0.0)
            return Witness(witness.uid, witness.between, witness.parts, round(weakness, 3), tuple(reasons))

        joins = tuple(
            tuple(weighed(one, bridge) for one in step) for step, bridge in zip(card.joins, bridges, strict=True)
        )
        parting = tuple(weighed(one, True) for one in card.parting)
        weakest = max((one.weakness for step in (*joins, parting) for one in step), default=0.0)
        found.append(Card(card.kind, card.pictures, joins, parting, weakest))
    return sorted(found, key=lambda one: (-one.weakness, one.key))


def known_bridge(known: Identities, one: str, other: str) -> bool:
    """Whether nothing joins two pictures any more when all answers on just these two are left out."""
    reached, ahead = {one}, [one]
    while ahead:
        here = ahead.pop()
        for neighbour in known.joins(here):
            if {here, neighbour} == {one, other} or neighbour in reached:
                continue
            if neighbour == other:
                return False
            reached.add(neighbour)
            ahead.append(neighbour)
    return True


def _of_looks(answer: Said, parts: bool, now: Believed) -> list[Reason]:
    chance = answer.number("chance")
    then = chance is not None
    chance = now.chance if chance is None else chance
    if chance is not None:
        odds = _log_odds(chance)
        points = odds if parts else -odds
        return [Reason("unlikely" if points > 0 else "likely", round(points, 3), {"chance": chance, "then": then})]
    spots = answer.number("spots")
    spots = now.spots if spots is None else spots
    if spots is None:
        return []
    if parts and spots >= MANY_SPOTS:
        return [Reason("many_spots", 1.0, {"spots": int(spots)})]
    return [Reason("few_spots", 1.0, {"spots": int(spots)})] if not parts and spots < FEW_SPOTS else []


def _log_odds(chance: float) -> float:
    inside = min(1 - 1e-9, max(1e-9, chance))
    return max(-MOST_STEPS, min(MOST_STEPS, math.log(inside / (1 - inside))))


def _of_speed(answer: Said, usual: Sequence[float]) -> list[Reason]:
    if answer.seconds is None:
        return []
    middle = usual[len(usual) // 2] if usual else 0.0
    if answer.seconds < max(QUICK_SECONDS, middle * QUICK_SHARE):
        return [Reason("quick", 1.0, {"seconds": answer.seconds, "usual": middle})]
    return []


def _of_others(answer: Said, witness: Witness, others: Iterable[Said]) -> list[Reason]:
    """What other answers on the same pair, and second opinions, say of this one."""
    reasons = []
    for other in others:
        if other.uid == answer.uid:
            continue
        said = str(other.evidence.get("said")) if other.kind == Verdict.SECOND else other.kind
        if said in UNSURE:
            reasons.append(Reason("doubt", 1.0, {"reviewer": other.reviewer}))
        elif (said in PARTING) == witness.parts:
            reasons.append(Reason("agreed", -1.0, {"reviewer": other.reviewer}))
        elif other.kind == Verdict.SECOND:
            reasons.append(Reason("opposed", 2.0, {"reviewer": other.reviewer}))
    return reasons
