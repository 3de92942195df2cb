"""The stop rule: its interval holds the truth in drawn reviews, and nothing is said too early; a project's own pace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.review.chances import EXPECTED, LEAST, Pace
from spotid.review.desk import Desk
from spotid.review.estimate import LEAST as LEAST_ANSWERS
from spotid.review.estimate import Estimate, rates, waiting
from spotid.review.question import Asked
from spotid.review.tallies import STEPS, bin_at

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def test_the_interval_holds_the_truth_in_drawn_reviews(monkeypatch: pytest.MonkeyPatch) -> None:
    """By both ways, with up to 5 % of wrong answers; benchmarks/stop_rule.py draws more and larger ones."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import stop_rule

    rows = stop_rule.measured(18, seed=3, sightings=60)
    said = [(row["truth"], row["found"]) for row in rows if isinstance(row["found"], Estimate)]
    assert len(said) >= 30
    held = sum(found.low <= truth <= found.high for truth, found in said)
    assert held >= 0.88 * len(said)
    assert sum(found.high < truth for truth, found in said) <= 0.03 * len(said), "it must not promise too little"


answered_bins = st.lists(st.tuples(st.integers(0, 2 * STEPS - 1), st.booleans()), min_size=0, max_size=60)


@settings(max_examples=60, deadline=None)
@given(answered_bins, st.dictionaries(st.integers(0, 2 * STEPS - 1), st.integers(0, 50), max_size=12))
def test_the_estimate_is_never_absurd(answered: list[tuple[int, bool]], bins: dict[int, int]) -> None:
    known = rates(answered)
    same = sum(one for _, one in answered)
    assert (known is None) == (min(same, len(answered) - same) < LEAST_ANSWERS)
    if known is not None:
        found = known.estimate(bins)
        assert 0 <= found.low <= found.best <= found.high <= sum(bins.values())


def test_what_was_never_the_case_so_far_may_be_still() -> None:
    """Where answers have shown no match at low scores, a few among many are still possible."""
    answered = [(bin_at(0.9, False), True)] * 30 + [(bin_at(0.2, False), False)] * 60
    known = rates(answered)
    assert known is not None
    low = known.estimate({bin_at(0.2, False): 200})
    assert low.low == 0 and 0 < low.high < 60
    assert known.estimate({bin_at(0.9, False): 20}).best >= 17


def test_nothing_is_said_too_early_and_nothing_open_is_nothing_waiting() -> None:
    early = waiting({3: 2}, None, 4, 40)
    assert (early.estimate, early.same, early.different, early.least) == (None, 4, 40, LEAST_ANSWERS)
    assert waiting({3: 0}, None, 0, 0).estimate == Estimate(0, 0, 0)


def test_a_desk_counts_its_answers(stock: Any) -> None:
    desk = Desk(stock.project, 5)
    asked = Asked("certain")
    for number in range(5):
        question = desk.question(None, asked)
        if question.state != "pair":
            break
        desk.answer(f"answer-{number}", "different", *filter(None, question.shown), asked=asked)
    found = desk.undiscovered()
    assert found.different >= 3 and found.same == 0
    assert found.estimate is None or found.estimate.high == 0


def test_the_pace_is_the_projects_own_once_there_are_answers() -> None:
    pace = Pace([3.0] * (LEAST - 1))
    assert pace.seconds == EXPECTED
    pace.add(500.0)
    assert pace.seconds == 3.0, "a break counts little"
