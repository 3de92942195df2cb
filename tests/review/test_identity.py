"""Who is who is a pure function of the answers, in any order of joining, forbidding and taking back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from spotid import codes
from spotid.review.deeds import parting
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
    more: Mapping[str, Any] | None = None


KINDS = ["same", "same", "same", "different", "cannot_tell", "new", "unusable", "assign", "merge", "link", "second"]
PARTING = ["split", "split", "release", "describe"]


def some(draw: st.DrawFn, among: Sequence[str], least: int = 0, most: int = 7) -> list[str]:
    return draw(st.lists(st.sampled_from(sorted(among)), min_size=least, max_size=min(most, len(among)), unique=True))


def anything(draw: st.DrawFn, row: int, kind: str, known: Identities) -> Said:
    """One answer of this kind; a split is either one of a group that there is, or one made on another laptop."""
    uid = f"answer-{row}"
    if kind in ("split", "release"):
        out = some(draw, SIGHTINGS, 1, 3)
        if draw(st.booleans()):
            out = some(draw, sorted(known.group(out[0])), 1, 6)
            return Said(uid, row, kind, min(out), more=parting(known, out, Verdict(kind)))
        answers = [f"answer-{one}" for one in draw(st.lists(st.integers(1, row), max_size=3))]
        return Said(uid, row, kind, min(out), more={"out": out, "stay": some(draw, SIGHTINGS), "cut": answers})
    if kind == "describe":
        facts = draw(st.dictionaries(st.sampled_from(["name", "sex"]), st.sampled_from(["", "X", "Y"]), min_size=1))
        return Said(uid, row, kind, draw(st.sampled_from(SIGHTINGS)), more={"facts": facts})
    a, b = sorted(some(draw, SIGHTINGS, 2, 2))
    others = {one: some(draw, SIGHTINGS, 0, 2) for one in (a, b)} if draw(st.booleans()) else {}
    more = {"with": others} if others else None
    if kind in ("new", "unusable"):
        return Said(uid, row, kind, a, more=more)
    return Said(uid, row, kind, a, b, more={"said": "same"} if kind == "second" else more)


@st.composite
def ledgers(draw: st.DrawFn) -> list[Said]:
    """Any sequence of answers; an undo takes back any answer still standing."""
    log: list[Said] = []
    standing: list[str] = []
    known = Identities()
    for row in range(1, draw(st.integers(1, 30)) + 1):
        kind = draw(st.sampled_from([*KINDS, *PARTING, "undo", "undo"]))
        if kind == "undo" and standing:
            target = draw(st.sampled_from(standing))
            standing.remove(target)
            log.append(Said(f"answer-{row}", row, kind, target=target))
        else:
            log.append(anything(draw, row, "same" if kind == "undo" else kind, known))
            standing.append(log[-1].uid)
        known.apply(log[-1])
    return log


def standing_in(log: list[Said]) -> list[Said]:
    taken_back = {said.target for said in log if said.kind == "undo"}
    return [said for said in log if said.kind != "undo" and said.uid not in taken_back]


def covered_by(said: Said, one: str | None) -> set[str]:
    others = (said.more or {}).get("with", {}).get(one, ())
    return set() if one is None else {one, *(other for other in others if other not in (said.a, said.b))}


def joined_by(log: list[Said]) -> set[tuple[str, str]]:
    """The joins that hold, worked out naively: every standing answer's, less what standing splits and releases cut."""
    rows = {said.uid: said.row for said in log}
    found: set[tuple[str, str, str]] = set()
    for said in standing_in(log):
        more = said.more or {}
        if said.kind in ("same", "assign", "merge", "link", "new"):
            if said.b:
                found.add((said.uid, str(said.a), said.b))
            ours = covered_by(said, said.a)
            found |= {(said.uid, str(said.a), one) for one in ours - {said.a}}
            found |= {(said.uid, said.b, one) for one in covered_by(said, said.b) - ours - {said.b} if said.b}
        elif said.kind in ("split", "release"):
            stay = [one for one in more["stay"] if one not in more["out"]]
            for part in [stay, *([more["out"]] if said.kind == "split" else [])]:
                found |= {(said.uid, x, y) for x, y in pairwise(part)}
    for said in standing_in(log):
        if said.kind in ("split", "release"):
            more = said.more or {}
            out, stay = set(more["out"]), set(more["stay"]) - set(more["out"])
            for uid, x, y in list(found):
                crosses = ({x, y} & out and {x, y} & stay) if said.kind == "split" else {x, y} & out
                if crosses and uid in more["cut"] and rows[uid] < said.row:
                    found.discard((uid, x, y))
    return {(x, y) for _, x, y in found}


def state(known: Identities) -> tuple[object, ...]:
    groups = {frozenset(known.group(one)) for one in SIGHTINGS}
    relations = [(a, b, known.relation(a, b)) for a in SIGHTINGS for b in SIGHTINGS if a < b]
    told = [(known.is_new(a), known.is_unusable(a), known.called_new(a)) for a in SIGHTINGS]
    aside = [(a, b, known.set_aside(a, b), known.answered(a, b)) for a, b in combinations(SIGHTINGS, 2)]
    seconds = {one.uid for one in known.second_opinions()}
    counts = known.pair_answers, known.count(), seconds
    return known.individuals(), groups, relations, known.conflicts(), told, aside, known.known_facts(), counts


def same(row: int, a: str, b: str) -> Said:
    return Said(f"s{row}", row, "same", min(a, b), max(a, b))


def undo(row: int, target: Said) -> Said:
    return Said(f"u{row}", row, "undo", target=target.uid)


@given(ledgers())
@settings(max_examples=80, deadline=None)
def test_a_replay_gives_what_step_by_step_gave(log: list[Said]) -> None:
    known = Identities()
    for said in log:
        known.apply(said)
    assert state(known) == state(replay(log))


@given(ledgers(), st.sampled_from([*KINDS, *PARTING]), st.data())
@settings(max_examples=100, deadline=None)
def test_taking_the_newest_answer_back_restores_everything(log: list[Said], kind: str, data: st.DataObject) -> None:
    known = replay(log)
    before = state(known)
    last = anything(data.draw, 99, kind, known)
    known.apply(last)
    known.apply(undo(100, last))
    assert state(known) == before
    fresh = replay(log)
    for one in SIGHTINGS:
        assert {other: set(uids) for other, uids in known.joins(one).items()} == {
            other: set(uids) for other, uids in fresh.joins(one).items()
        }


@given(ledgers())
@settings(max_examples=80, deadline=None)
def test_of_every_pair_that_stands_otherwise_one_sighting_is_touched(log: list[Said]) -> None:
    known = Identities()
    before = dict.fromkeys(combinations(SIGHTINGS, 2))
    for said in log:
        touched = known.apply(said).touched
        now = {(a, b): known.relation(a, b) for a, b in before}
        for (a, b), relation in now.items():
            assert relation == before[a, b] or touched & {a, b}, (said, a, b)
        before = now


@given(ledgers())
@settings(max_examples=80, deadline=None)
def test_one_group_one_number_and_no_number_twice(log: list[Said]) -> None:
    known = Identities()
    given_so_far: list[int] = []
    for said in log:
        given_so_far += known.apply(said).founded
        assert given_so_far == list(range(1, len(given_so_far) + 1)), "numbers are given once, in order"
        seen: dict[int, frozenset[str]] = {}
        for one in SIGHTINGS:
            group, number = frozenset(known.group(one)), known.individual(one)
            assert number is not None or (len(group) == 1 and not known.is_new(one))
            if number is not None:
                assert seen.setdefault(number, group) == group


@given(ledgers())
@settings(max_examples=100, deadline=None)
def test_the_change_told_is_the_change_made(log: list[Said]) -> None:
    known, told = Identities(), {}
    for said in log:
        for sighting, number in known.apply(said).individual.items():
            told[sighting] = number
    assert {one: number for one, number in told.items() if number is not None} == known.individuals()


@given(ledgers())
@settings(max_examples=100, deadline=None)
def test_groups_are_what_standing_joins_connect(log: list[Said]) -> None:
    edges = joined_by(log)
    known = replay(log)
    for one in SIGHTINGS:
        reached, before = {one}, 0
        while before != len(reached):
            before = len(reached)
            for a, b in edges:
                if a in reached or b in reached:
                    reached |= {str(a), str(b)}
        assert known.group(one) == reached


@given(ledgers())
@settings(max_examples=80, deadline=None)
def test_what_is_forbidden_is_what_standing_answers_forbid(log: list[Said]) -> None:
    known = replay(log)
    apart: set[frozenset[str]] = set()
    for said in standing_in(log):
        ours, theirs = covered_by(said, said.a), covered_by(said, said.b)
        if said.kind == "split":
            ours, theirs = set((said.more or {})["out"]), set((said.more or {})["stay"])
        elif said.kind != "different":
            continue
        apart |= {frozenset((one, other)) for one in ours for other in theirs - ours}
    for a, b in combinations(SIGHTINGS, 2):
        pairs = {frozenset((one, other)) for one in known.group(a) for other in known.group(b)}
        if known.group(a) != known.group(b):
            assert (known.relation(a, b) is Verdict.DIFFERENT) == bool(pairs & apart)
    inside = [pair for pair in apart if len({known.label(one) for one in pair}) == 1]
    assert bool(inside) == bool(known.conflicts())


@given(ledgers())
@settings(max_examples=100, deadline=None)
def test_a_chain_is_made_of_standing_joins_and_none_is_shorter(log: list[Said]) -> None:
    known, edges = replay(log), joined_by(log)
    standing = {said.uid for said in standing_in(log)}
    for a, b in combinations(SIGHTINGS, 2):
        chain = known.chain(a, b)
        assert bool(chain) == (known.group(a) == known.group(b))
        if chain:
            assert chain[0][0] == a and chain[-1][1] == b
            assert all(x[1] == y[0] for x, y in pairwise(chain))
            assert all(uid in standing and ((x, y) in edges or (y, x) in edges) for x, y, uid in chain)
            near, steps = {a}, 0
            while b not in near:
                near |= {y for x, y in edges if x in near} | {x for x, y in edges if y in near}
                steps += 1
            assert steps == len(chain)


def worded(said: Said, turn: int) -> Said:
    """An answer that says what the codes of its animals begin with: all of them, some, or none."""
    words = {one: ("leopard", "tiger", "snow_leopard")[(turn + at) % 3] for at, one in enumerate(SIGHTINGS)}
    told: list[object] = ["tiger", words, dict(list(words.items())[: turn % 7]), None]
    note = {codes.TOLD: told[(said.row + turn) % 4]}
    return replace(said, more={**(said.more or {}), **note}) if note[codes.TOLD] else said


@given(ledgers(), st.integers(0, 41))
@settings(max_examples=30, deadline=None)
def test_a_code_is_given_once_and_changes_nobody_and_a_replay_gives_the_same(plain: list[Said], turn: int) -> None:
    known, given_so_far, log = Identities(), dict[int, str](), [worded(said, turn) for said in plain]
    for said in log:
        for number in known.apply(said).founded:
            given_so_far[number] = known.code_of(number)
            word, _, last = given_so_far[number].rpartition("_")
            told = (said.more or {}).get(codes.TOLD, codes.USUAL)
            assert last == str(number) and word in ({codes.USUAL, *told.values()} if isinstance(told, dict) else {told})
        assert {number: known.code_of(number) for number in given_so_far} == given_so_far
    again, before = replay(log), replay(plain)
    assert {number: again.code_of(number) for number in given_so_far} == given_so_far
    assert state(before) == state(again)
    assert {before.code_of(number) for number in given_so_far} == {f"leopard_{number}" for number in given_so_far}


def test_an_individual_has_the_word_of_its_own_sightings_where_an_answer_is_about_two_animals() -> None:
    words = {codes.TOLD: {"A": "leopard", "B": "leopard", "C": "tiger", "D": "tiger"}}
    wrong = same(2, "B", "C")
    log = [same(1, "A", "B"), wrong, same(3, "C", "D"), replace(undo(4, wrong), more=words)]
    known = replay(log)
    assert [known.code_of(known.individual(one) or 0) for one in "AD"] == ["leopard_1", "tiger_2"]


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
