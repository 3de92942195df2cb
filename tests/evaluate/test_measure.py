"""A whole measurement of a small generated survey: what helps is seen to help, and stopping keeps what there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spotid.errors import BadRequestError
from spotid.evaluate import report
from spotid.evaluate.measure import facts_of, measure
from spotid.evaluate.results import Options, Results
from spotid.evaluate.scores import Scorer
from spotid.evaluate.subject import Listed, Subject, subject_of
from spotid.movement.records import Records
from spotid.progress import Cancelled

ANIMALS, EACH = 14, 6


def survey(seed: int = 0, sided: bool = True) -> Subject:
    """Animals that stay near the middle of their ranges, and embeddings that say a little of who they are."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(ANIMALS), EACH)
    n = len(who)
    stations = np.stack(np.meshgrid(np.arange(5), np.arange(5)), axis=-1).reshape(-1, 2) * 2.5
    middle = rng.uniform(0, 10, (ANIMALS, 2))
    at = [int(np.argmin(np.hypot(*(stations - middle[one] - rng.normal(0, 1.0, 2)).T))) for one in who]
    face = rng.normal(size=(ANIMALS, 24))
    return subject_of(
        "generated",
        [f"u{k}" for k in range(n)],
        [f"p{k}.jpg" for k in range(n)],
        [f"A{one:02}" for one in who],
        rng.choice([-1, 0, 1], n) if sided else np.zeros(n),
        np.arange(n) // 2,
        Records(stations[at], rng.uniform(0, 60, n), np.array(at), tuple(f"S{k}" for k in range(25)), False, True),
        face[who] + rng.normal(0, 1.6, (n, 24)),
    )


class Told:
    def __init__(self, stop_at: int = 10**9) -> None:
        self.total, self.done, self.stop_at = 0, 0, stop_at

    def expect(self, total: int) -> None:
        self.total += total

    def step(self, count: int = 1, note: str = "") -> None:
        assert count >= 0
        self.done += count
        if self.done >= self.stop_at:
            raise Cancelled


@pytest.fixture(scope="module")
def measured() -> Results:
    told = Told()
    results = measure(survey(), Options(error_rate=0.1), told)
    assert told.done == told.total > 0
    return results


def test_everything_is_measured(measured: Results) -> None:
    assert not measured.stopped
    assert [one.key for one in measured.ranked] == [
        "image",
        "feasible",
        "located",
        "product",
        "calibrated",
        "adapted",
        "adapted_product",
        "adapted_calibrated",
    ]
    assert [(one.strategy, one.score, one.rate) for one in measured.contests[::2]] == [
        ("greedy", "image", 0.0),
        ("greedy", "calibrated", 0.0),
        ("spal", "calibrated", 0.0),
        ("confspal", "calibrated", 0.0),
        ("gain", "calibrated", 0.0),
    ]
    assert all(one.rate == 0.1 and one.second is not None for one in measured.contests[1::2])
    assert "Most useful question" in report.page(measured)


def test_place_and_time_help(measured: Results) -> None:
    top = {one.key: one.apart.top[4] for one in measured.ranked if one.apart is not None}
    assert top["calibrated"] > top["image"] + 0.05
    assert top["calibrated"] > top["located"]
    baseline, ours = measured.baseline, measured.contest("gain")
    assert baseline is not None and ours is not None
    ended = {one.strategy: one.course for one in measured.contests if one.rate == 0}
    assert all(course.missed == 0 for name, course in ended.items() if name != "spal")
    assert (ours.course.queries_to(1.0) or 10**9) < (baseline.course.queries_to(1.0) or 0)


def test_wrong_answers_are_counted_and_doubted(measured: Results) -> None:
    for one in measured.contests[1::2]:
        assert one.second is not None
        assert one.second.found <= min(one.second.named, one.second.wrong)
        assert one.second.wrong == one.course.wrong_answers
        assert len(one.course) <= max(len(other.course) for other in measured.contests if other.rate == 0)


def test_the_same_seed_gives_the_same_figures(measured: Results) -> None:
    options = Options(strategies=("gain",), error_rate=0.1)
    one = measure(survey(), options)
    for ours, theirs in zip(one.ranked, measured.ranked, strict=True):
        assert ours.apart is not None and theirs.apart is not None
        assert np.array_equal(ours.apart.match, theirs.apart.match)
    ours, theirs = one.contest("gain", 0.1), measured.contest("gain", 0.1)
    assert ours is not None and theirs is not None
    assert np.array_equal(ours.course.asked, theirs.course.asked) and ours.second == theirs.second


def test_stopping_keeps_what_there_is() -> None:
    early = measure(survey(), Options(adapt=False), Told(stop_at=30))
    assert early.stopped and len(early.ranked) == 3 and not early.contests
    assert early.stopped in report.page(early)
    later = measure(survey(), Options(adapt=False), Told(stop_at=51))
    assert later.stopped and len(later.ranked) == 5


def test_without_strategies_only_ranks() -> None:
    results = measure(survey(), Options(strategies=(), adapt=False))
    assert not results.contests and not results.stopped and len(results.ranked) == 5
    with pytest.raises(BadRequestError):
        measure(survey(), Options(strategies=("magic",)))


def test_one_sighting_is_told_to_be_too_few() -> None:
    with pytest.raises(BadRequestError, match="two sightings"):
        measure(survey().only(np.array([3])))
    pair = measure(survey(sided=False).only(np.array([0, 80])), Options(adapt=False))
    assert not pair.ranked[0].apart and "No individual was seen on two visits" in report.page(pair)


def test_spots_count_where_pairs_were_compared() -> None:
    plain = survey(sided=False)
    one, other = np.nonzero(np.triu(plain.same, 1))
    compared = replace(plain, listed=Listed(one, other, np.full(len(one), 9, np.float32)))
    with_spots = measure(compared, Options(strategies=(), adapt=False))
    assert [one.key for one in with_spots.ranked][:2] == ["image", "embedding"]
    assert with_spots.ranked[0].apart is not None and with_spots.ranked[0].apart.precision == 1
    left_out = measure(compared, Options(strategies=(), adapt=False, pictures="embedding"))
    assert left_out.ranked[0].apart is not None and left_out.ranked[0].apart.precision < 0.9
    assert facts_of(compared).compared == len(one)


def test_without_places_and_times_pictures_decide() -> None:
    known = survey()
    nothing = replace(
        known,
        records=Records(np.full((len(known), 2), np.nan), np.full(len(known), np.nan), np.full(len(known), -1)),
    )
    results = measure(nothing, Options(strategies=("greedy",), error_rate=0))
    tops = {one.key: one.apart.top for one in results.ranked if one.apart is not None}
    for key in ("product", "calibrated", "adapted", "adapted_product"):
        assert np.allclose(tops[key], tops["image"], atol=0.03), key
    assert results.facts.placed == results.facts.stations == 0
    page = report.page(results)
    assert "none known" in page and "not known" in page


def test_a_score_taught_by_places_keeps_its_order() -> None:
    scorer = Scorer(survey(sided=False), Options())
    flat = Scorer(
        replace(survey(sided=False), records=Records(np.full((84, 2), np.nan), np.full(84, np.nan), np.full(84, -1))),
        Options(),
    )
    image = scorer.pictures(scorer.adapted)
    chance = flat.taught(image)
    off = np.triu_indices(84, 1)
    order = np.argsort(image[off], kind="stable")
    assert np.all(np.diff(chance[off][order]) >= 0)


def test_by_visit_fewer_questions_find_the_same() -> None:
    plain, visits = (
        measure(survey(), Options(strategies=("gain",), error_rate=0.1, adapt=False, by=by))
        for by in ("picture", "visit")
    )
    one, other = plain.contest("gain"), visits.contest("gain")
    assert one is not None and other is not None
    assert other.course.start > 0 and other.course.total == one.course.total
    assert len(other.course) < len(one.course)
    assert other.course.missed == one.course.missed == 0
