"""Agreement against worked examples and naive resampling; what counts as judged twice."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.project.answers import Said
from spotid.review.agreement import (
    FEWEST,
    NAMES,
    WANTED,
    Double,
    doubles,
    error_of,
    kappa,
    measure,
    needed,
    reviewers,
    share,
)


class Rows:
    """A ledger, row by row."""

    def __init__(self) -> None:
        self.all: list[Said] = []

    def say(self, kind: str, who: str = "", pair: str = "ab", target: str | None = None, **evidence: Any) -> str:
        row = len(self.all) + 1
        a, b = (None, None) if kind == "undo" else (pair[0], pair[1])
        self.all.append(Said(row, f"u{row}", kind, a, b, target, who, "", 2.0 * row, evidence))
        return f"u{row}"


def pairs(rows: Rows, *batches: tuple[int, int]) -> list[tuple[str, str, str, str]]:
    return [(one.first, one.second, one.who, one.how) for one in doubles(rows.all, batches)]


def test_kappa_of_cohens_textbook_example() -> None:
    """Two categories, 20/5/10/15 of 50: agreement 0.7, chance 0.5, kappa 0.4 (a common worked example)."""
    value, low, high = kappa(
        {("same", "same"): 20, ("same", "different"): 5, ("different", "same"): 10} | {("different", "different"): 15}
    )
    assert value == pytest.approx(0.4)
    assert low == pytest.approx(0.1508, abs=0.002) and high == pytest.approx(0.6492, abs=0.002)  # Fleiss et al. 1969


def test_the_interval_of_kappa_is_that_of_resampling() -> None:
    cells = Counter({("same", "same"): 90, ("different", "different"): 60, ("same", "different"): 12})
    cells |= Counter({("different", "same"): 8, ("cannot_tell", "cannot_tell"): 10, ("same", "cannot_tell"): 6})
    value, low, high = kappa(cells)
    chance, drawn = random.Random(1), []
    kinds, weights = list(cells), list(cells.values())
    for _ in range(1500):
        again = Counter(chance.choices(kinds, weights, k=sum(weights)))
        drawn.append(kappa(again)[0])
    drawn.sort()
    assert value is not None and low is not None and high is not None
    assert drawn[37] == pytest.approx(low, abs=0.02) and drawn[1462] == pytest.approx(high, abs=0.02)


def test_kappa_says_nothing_where_nothing_can_be_said() -> None:
    assert kappa({}) == (None, None, None)
    assert kappa({("same", "same"): 50}) == (None, None, None)  # chance alone would agree, too
    assert kappa({("same", "same"): 5, ("different", "different"): 5}) == (1.0, None, None)
    value, _, _ = kappa({("same", "different"): 10, ("different", "same"): 10})
    assert value == pytest.approx(-1.0)


@given(st.dictionaries(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), st.integers(0, 60), max_size=9))
def test_kappa_and_its_interval_keep_their_bounds(cells: dict[tuple[str, str], int]) -> None:
    value, low, high = kappa(cells)
    if value is not None:
        assert -1.0 - 1e-9 <= value <= 1.0 + 1e-9
        turned, _, _ = kappa({(second, first): n for (first, second), n in cells.items()})
        assert turned == pytest.approx(value)
    if value is not None and low is not None and high is not None:
        assert -1.0 <= low <= value + 1e-9 and value <= high + 1e-9


def test_wilsons_interval() -> None:
    one = share(10, 100)
    assert (one.low, one.high) == (pytest.approx(0.0552, abs=1e-4), pytest.approx(0.1744, abs=1e-4))
    assert share(0, 30).high == pytest.approx(0.1135, abs=1e-4) and share(0, 30).low == 0.0
    assert share(0, 0).value is None


def test_a_mistake_is_worked_out_of_disagreement() -> None:
    e = 0.125  # misclassified events of known snow leopards, Johansson et al. 2020
    found = error_of(share(round(2 * e * (1 - e) * 100_000), 100_000))
    assert found is not None
    assert found[0] == pytest.approx(e, abs=1e-4) and found[1] < e < found[2]


def test_as_many_pairs_as_are_asked_for_are_enough() -> None:
    for hits in (0, 4, 12, 30):
        more = needed(share(hits, 60))
        enough = share(round(more * max(hits / 60, 0.03)), more)
        assert enough.low is not None and enough.high is not None
        assert (enough.high - enough.low) / 2 <= WANTED * 1.15 or more == FEWEST


def test_missed_and_false_joins_are_told_apart() -> None:
    made = [("different", "same")] * 3 + [("same", "same")] * 17 + [("same", "different")] + [("different",) * 2] * 19
    one = measure(Double("a", "b", first, second, "two", "blind") for first, second in made)
    assert (one.missed.hits, one.missed.of) == (3, 20) and (one.false_joins.hits, one.false_joins.of) == (1, 20)
    assert (one.disputed.hits, one.disputed.of) == (4, 40)
    few = measure(Double("a", "b", "same", "different", "two", "blind") for _ in range(FEWEST - 1))
    assert few.error is None


def test_a_second_opinion_is_held_against_what_stood_when_it_was_given() -> None:
    rows = Rows()
    slip = rows.say("same", "JD")
    rows.say("undo", "JD", target=slip)
    rows.say("different", "JD")
    rows.say("second", "MK", said="same")
    assert pairs(rows) == [("different", "same", "two", "blind")]


def test_how_a_dispute_was_settled_does_not_change_what_was_said() -> None:
    rows = Rows()
    first = rows.say("different", "JD")
    second = rows.say("second", "MK", said="same")
    before = pairs(rows)
    rows.say("undo", "MK", target=first)
    rows.say("same", "MK", settles=second)
    assert pairs(rows) == before == [("different", "same", "two", "blind")]


def test_a_second_opinion_that_was_taken_back_counts_no_more() -> None:
    rows = Rows()
    rows.say("different", "JD")
    rows.say("undo", "MK", target=rows.say("second", "MK", said="same"))
    assert pairs(rows) == []
    rows.say("second", "MK", pair="cd", said="same")  # nobody had answered that pair
    assert pairs(rows) == []


def test_one_person_twice_and_missing_initials_are_kept_apart() -> None:
    rows = Rows()
    rows.say("same", "JD")
    rows.say("second", "jd", said="same")
    rows.say("second", "", said="not_comparable")
    assert pairs(rows) == [("same", "same", "same", "blind"), ("same", "cannot_tell", "unknown", "blind")]


def test_a_pair_that_was_answered_on_two_laptops_counts_once_each_way() -> None:
    rows = Rows()
    rows.say("same", "JD")
    rows.say("different", "JD", pair="cd")
    rows.say("same", "MK")  # rows 3 to 6 came from the other laptop
    slip = rows.say("same", "MK", pair="cd")
    rows.say("undo", "MK", target=slip)
    rows.say("cannot_tell", "MK", pair="cd")
    rows.say("different", "MK")  # given here afterwards, knowing both: no opinion of its own
    assert pairs(rows, (3, 6)) == [("same", "same", "two", "merged"), ("different", "cannot_tell", "two", "merged")]
    rows.all[2] = replace(rows.all[2], evidence={"settles": "u1"})  # given there knowing of a dispute
    assert pairs(rows, (3, 6)) == [("different", "cannot_tell", "two", "merged")]
    assert pairs(rows) == []  # on one laptop nobody answers a pair twice without knowing of it


def test_answers_by_reviewer() -> None:
    rows = Rows()
    rows.say("same", "JD")
    gone = rows.say("different", "JD")
    rows.say("new", "MK")
    rows.say("undo", "MK", target=gone)
    first, second = reviewers(rows.all)
    assert (first.initials, first.answers, first.taken_back, first.median_seconds) == ("JD", 2, 1, 3.0)
    assert first.kinds == {"same": 1, "different": 1} and second.kinds == {"new": 1}
