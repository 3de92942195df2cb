"""The estimate of undiscovered matches covers the truth; far and fast are told rightly; the pace is a project's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.review.between import between, kilometres
from spotid.review.chances import EXPECTED, LEAST, Binned, Pace, Plain
from spotid.review.estimate import undiscovered

PLACES = {"A": (0.0, 36.0), "B": (0.0, 36.1), "C": (0.0001, 36.0)}


@pytest.mark.parametrize("questions", [60, 400, 3000])
@pytest.mark.parametrize("matches", [60, 400])
def test_the_interval_covers_the_truth_where_chances_are_calibrated(questions: int, matches: int) -> None:
    """Surveys whose chances are right but for their level, which is known from ``matches`` answers."""
    rng = np.random.default_rng(questions + matches)
    covered = 0
    for _ in range(400):
        bins = rng.choice(400, questions, p=_mostly_low())
        truth = (bins / 800) ** 2  # the chance of a bin: from 0 to a quarter
        level = rng.poisson(matches) / matches  # as estimated from the answers so far
        counts = {int(at): int(count) for at, count in zip(*np.unique(bins, return_counts=True), strict=True)}
        found = undiscovered(counts, lambda at, level=level: min(1.0, level * (at / 800) ** 2), matches)
        assert found.low <= found.best <= found.high
        covered += found.low <= int((rng.random(questions) < truth).sum()) <= found.high
    assert covered / 400 >= 0.93


def _mostly_low() -> np.ndarray:
    weight = np.exp(-np.arange(400) / 90)
    return weight / weight.sum()


@given(st.dictionaries(st.integers(0, 399), st.integers(0, 50), max_size=20), st.integers(0, 500))
def test_the_estimate_is_never_absurd(bins: dict[int, int], matches: int) -> None:
    found = undiscovered(bins, Binned(Plain()), matches)
    assert 0 <= found.low <= found.best <= found.high <= sum(bins.values())


def test_nothing_open_is_nothing_undiscovered() -> None:
    found = undiscovered({3: 0}, lambda at: 0.9, 5)
    assert (found.low, found.best, found.high) == (0, 0, 0)


def test_distances_and_speeds() -> None:
    noon, later, soon = "2026-03-01T12:00:00", "2026-03-01T13:00:00", "2026-03-01T12:00:10"
    assert kilometres((0, 36), (0, 37)) == pytest.approx(111.19, abs=0.01)
    assert kilometres((51.5, -0.13), (48.86, 2.35)) == pytest.approx(342, abs=2)
    far = between(("A", noon), ("B", later), PLACES)
    assert (round(far.km or 0, 2), far.kmh, far.speed) == (11.12, far.km, "fast")
    assert between(("A", noon), ("B", soon), PLACES).speed == "impossible"
    assert between(("A", noon), ("C", noon), PLACES).speed == "", "two cameras of one place may fire at once"
    assert between(("A", noon), ("B", "2026-03-03T12:00:00"), PLACES).speed == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [(("A", None), ("B", "2026-03-01T12:00:00")), (("A", "2026-03-01T12:00:00"), ("X", None)), ((None, None),) * 2],
)
def test_what_is_not_known_gives_no_opinion(
    one: tuple[str | None, str | None], other: tuple[str | None, str | None]
) -> None:
    found = between(one, other, PLACES)
    assert found.kmh is None and found.speed == ""


def test_the_pace_is_the_projects_own_once_there_are_answers() -> None:
    pace = Pace([3.0] * (LEAST - 1))
    assert pace.seconds == EXPECTED
    pace.add(500.0)
    assert pace.seconds == 3.0, "a break counts little"
