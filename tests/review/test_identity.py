"""Who is who is a pure function of the answers, in any order of joining, forbidding and taking back."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.review.identity import Identities, replay
from spotid.words import Verdict

SIGHTINGS = "ABCDEFG"


@dataclass(frozen=True)
class Said:
    uid: str
    row: int
    kind: str
    a: str | None = None
    b: str | None = None
    target: str | None = None


@st.composite
def ledgers(draw: st.DrawFn) -> list[Said]:
    """Any sequence of answers; an undo takes back any answer still standing."""
    log: list[Said] = []
    standing: list[str] = []
    for row in range(1, draw(st.integers(1, 30)) + 1):
        uid = f"answer-{row}"
        choice = draw(st.sampled_from(["same", "same", "same", "different", "cannot_tell", "new", "unusable", "undo"]))
        if choice == "undo" and not standing:
            choice = "same"
        if choice == "undo":
            target = draw(st.sampled_from(standing))
            standing.remove(target)
            log.append(Said(uid, row, choice, target=target))
            continue
        standing.append(uid)
        if choice in ("new", "unusable"):
            log.append(Said(uid, row, choice, draw(st.sampled_from(SIGHTINGS))))
        else:
            a, b = sorted(draw(st.lists(st.sampled_from(SIGHTINGS), min_size=2, max_size=2, unique=True)))
            log.append(Said(uid, row, choice, a, b))
    return log


def state(known: Identities) -> tuple[object, ...]:
    groups = {frozenset(known.group(one)) for one in SIGHTINGS}
    relations = [(a, b, known.relation(a, b)) for a in SIGHTINGS for b in SIGHTINGS if a < b]
    return known.individuals(), groups, relations, known.conflicts()


def same(row: int, a: str, b: str) -> Said:
    return Said(f"s{row}", row, "same", min(a, b), max(a, b))


def undo(row: int, target: Said) -> Said:
    return Said(f"u{row}", row, "undo", target=target.uid)


@given(ledgers())
@settings(max_examples=300, deadline=None)
def test_a_replay_gives_what_step_by_step_gave(log: list[Said]) -> None:
    known = Identities()
    for said in log:
        known.apply(said)
    assert state(known) == state(replay(log))


@given(ledgers(), st.sampled_from(["same", "different", "new", "unusable", "cannot_tell"]), st.data())
@settings(max_examples=300, deadline=None)
def test_taking_the_newest_answer_back_restores_everything(log: list[Said], kind: str, data: st.DataObject) -> None:
    known = replay(log)
    before = state(known)
    a, b = sorted(data.draw(st.lists(st.sampled_from(SIGHTINGS), min_size=2, max_size=2, unique=True)))
    last = Said("last", 99, kind, a, None if kind in ("new", "unusable") else b)
    known.apply(last)
    known.apply(undo(100, last))
    assert state(known) == before


@given(ledgers())
@settings(max_examples=300, deadline=None)
def test_one_group_one_number_and_no_number_twice(log: list[Said]) -> None:
    known = Identities()
    given_so_far: list[int] = []
    for said in log:
        given_so_far += known.apply(said).founded
        assert given_so_far == list(range(1, len(given_so_far) + 1)), "numbers are given once, in order"
        seen: dict[int, frozenset[str]] = {}
        for one in SIGHTINGS:
            group, number = frozenset(known.group(one)), known.individual(one)
            assert (number is not None) == (len(group) > 1 or any(known.is_new(other) for other in group))
            if number is not None:
                assert seen.setdefault(number, group) == group


@given(ledgers())
@settings(max_examples=200, deadline=None)
def test_the_change_told_is_the_change_made(log: list[Said]) -> None:
    known, told = Identities(), {}
    for said in log:
        for sighting, number in known.apply(said).individual.items():
            told[sighting] = number
    assert {one: number for one, number in told.items() if number is not None} == known.individuals()


@given(ledgers())
@settings(max_examples=200, deadline=None)
def test_groups_are_what_standing_joins_connect(log: list[Said]) -> None:
    taken_back = {said.target for said in log if said.kind == "undo"}
    edges = [(s.a, s.b) for s in log if s.kind == "same" and s.uid not in taken_back]
    known = replay(log)
    for one in SIGHTINGS:
        reached, before = {one}, 0
        while before != len(reached):
            before = len(reached)
            for a, b in edges:
                if a in reached or b in reached:
                    reached |= {str(a), str(b)}
        assert known.group(one) == reached


def test_same_joins_through_others_and_different_forbids_through_them() -> None:
    known = replay([same(1, "A", "B"), same(2, "B", "C"), Said("d", 3, "different", "C", "D"), same(4, "D", "E")])
    assert known.relation("A", "C") is Verdict.SAME
    assert known.relation("A", "E") is Verdict.DIFFERENT
    assert known.relation("A", "F") is None


def test_joining_keeps_the_older_number_and_undoing_gives_the_younger_back() -> None:
    joined = same(3, "B", "C")
    known = replay([same(1, "A", "B"), same(2, "C", "D"), joined])
    assert set(known.individuals().values()) == {1}
    known.apply(undo(4, joined))
    assert known.individuals() == {"A": 1, "B": 1, "C": 2, "D": 2}


def test_an_answer_given_again_after_undo_brings_the_same_number() -> None:
    first = same(1, "A", "B")
    known = replay([first, undo(2, first), same(3, "A", "B")])
    assert known.individuals() == {"A": 1, "B": 1}


def test_a_number_never_passes_to_other_animals() -> None:
    first = same(1, "A", "B")
    known = replay([first, undo(2, first), same(3, "C", "D")])
    assert known.individuals() == {"C": 2, "D": 2}


def test_two_animals_of_one_photograph_are_different_until_someone_insists() -> None:
    known = replay([], [["A", "B"]])
    assert known.relation("A", "B") is Verdict.DIFFERENT
    known.apply(same(1, "A", "B"))
    assert known.relation("A", "B") is Verdict.SAME
    assert [(c.a, c.b) for c in known.conflicts()] == [("A", "B")]


def test_a_contradiction_is_a_conflict_and_goes_with_its_answer() -> None:
    no = Said("no", 3, "different", "A", "C")
    known = replay([same(1, "A", "B"), same(2, "B", "C"), no])
    assert [(c.a, c.b) for c in known.conflicts()] == [("A", "C")]
    known.apply(undo(4, no))
    assert known.conflicts() == []


def test_hard_pairs_come_back_later_and_incomparable_ones_never() -> None:
    known = replay([Said("c", 5, "cannot_tell", "A", "B"), Said("n", 6, "not_comparable", "A", "C")])
    assert known.set_aside("A", "B", before=4)
    assert not known.set_aside("B", "A", before=5)
    assert known.set_aside("A", "C", before=99)
