"""Pictures, places and times together: chances that hold, learnt without a label."""

from __future__ import annotations

import numpy as np
import pytest

from spotid.match.fuse import calibrated, learnt, product
from spotid.movement.records import Records


def survey(seed: int, strength: float, animals: int = 60, each: int = 5) -> tuple[np.ndarray, Records, np.ndarray]:
    """Image similarities of so much use, and home ranges of 2 km on a grid 16 km wide."""
    rng = np.random.default_rng(seed)
    grid = np.array([(2.0 * x, 2.0 * y) for x in range(8) for y in range(8)])
    who = np.repeat(np.arange(animals), each)
    middle = grid[rng.integers(len(grid), size=animals)]
    share = np.exp(-((grid[None] - middle[:, None]) ** 2).sum(axis=2) / (2 * 2.0**2))
    station = np.array([rng.choice(len(grid), p=share[one] / share[one].sum()) for one in who])
    records = Records(grid[station], rng.uniform(0, 300, len(who)), station, degrees=False)
    noise = rng.normal(size=(len(who), len(who)))
    image = (noise + noise.T) / 2**0.5 + strength * (who[:, None] == who[None, :])
    return image, records, who


def top(matrix: np.ndarray, who: np.ndarray, depth: int = 5) -> float:
    ranked = np.argsort(-(matrix - 1e9 * np.eye(len(who))), axis=1, kind="stable")[:, :depth]
    return float((who[ranked] == who[:, None]).any(axis=1).mean())


@pytest.mark.parametrize("strength", [0.5, 2.0, 4.0])
def test_place_and_time_help_whatever_the_pictures_are_worth(strength: float) -> None:
    image, records, who = survey(1, strength)
    fused = calibrated(image, records)
    assert top(fused.odds, who) >= max(top(image, who), top(fused.located, who)) - 0.02


def test_chances_hold_without_a_single_label() -> None:
    image, records, who = survey(2, 3.0)
    chance = calibrated(image, records).chance[np.triu_indices(len(who), 1)]
    same = (who[:, None] == who[None, :])[np.triu_indices(len(who), 1)]
    assert 0.6 < chance.sum() / same.sum() < 1.5
    for low, high in ((0.1, 0.4), (0.4, 0.7), (0.7, 1.0)):
        inside = (chance >= low) & (chance < high)
        assert inside.sum() > 20
        assert same[inside].mean() == pytest.approx(chance[inside].mean(), abs=0.2)


def test_useless_pictures_get_little_weight_and_good_ones_much() -> None:
    slopes = [calibrated(*survey(3, strength)[:2]).line.slopes[0] for strength in (0.0, 2.0, 5.0)]
    assert slopes[0] < 0.6
    assert slopes[0] < slopes[1] < slopes[2]


def test_any_scale_of_the_image_score_gives_the_same() -> None:
    image, records, _ = survey(4, 2.0, animals=20)
    plain, other = calibrated(image, records), calibrated(np.exp(image / 3) * 100 - 7, records)
    assert np.allclose(plain.odds, other.odds, atol=1e-4)


def test_without_places_the_order_is_that_of_the_pictures() -> None:
    image, records, _ = survey(5, 2.0, animals=12)
    nowhere = Records(np.full((len(image), 2), np.nan), records.days, np.full(len(image), -1), degrees=False)
    fused = calibrated(image, nowhere)
    assert not fused.located.any()
    one = np.triu_indices(len(image), 1)
    assert (np.argsort(fused.odds[one], kind="stable") == np.argsort(image[one], kind="stable")).all()


def test_missing_places_are_no_veto() -> None:
    image, records, who = survey(6, 4.0)
    records.at[::3] = np.nan
    fused = calibrated(image, records)
    assert not fused.located[::3].any()
    assert top(fused.odds, who) >= top(image, who) - 0.02


def test_near_copies_of_one_visit_teach_nothing() -> None:
    image, records, who = survey(7, 2.0, animals=30)
    visit = np.arange(len(who)) // 2
    copies = visit[:, None] == visit[None, :]
    lifted = np.where(copies, image + 50, image)
    assert calibrated(lifted, records, visit=visit).line.slopes == pytest.approx(
        calibrated(image, records, visit=visit).line.slopes, abs=1e-9
    )


def test_few_sightings_and_none() -> None:
    nowhere = Records(np.full((1, 2), np.nan), np.zeros(1), np.zeros(1, np.int64))
    assert calibrated(np.zeros((1, 1)), nowhere).odds.shape == (1, 1)
    none = Records(np.empty((0, 2)), np.empty(0), np.empty(0, np.int64))
    assert calibrated(np.zeros((0, 0)), none).odds.shape == (0, 0)
    assert learnt([np.empty(0)], np.empty(0), 0).slopes[0] > 0


def test_product_follows_the_paper_and_unknown_pairs_count_as_usual_ones() -> None:
    image = np.array([[1.0, 0.5, -0.2], [0.5, 1.0, 0.8], [-0.2, 0.8, 1.0]])
    feasible = np.array([[1.0, 0.4, np.nan], [0.4, 1.0, 0.0], [np.nan, 0.0, 1.0]])
    found = product(image, feasible)
    assert found[0, 1] == pytest.approx(0.2)
    assert found[1, 2] == 0.0
    assert found[0, 2] == 0.0
    assert product(image, np.full((3, 3), np.nan))[1, 2] == pytest.approx(0.8)


def test_ranges_known_from_before_give_nearly_the_same() -> None:
    image, records, _ = survey(8, 2.0, animals=20)
    first = calibrated(image, records)
    again = calibrated(image, records, known=first)
    assert again.ranges == first.ranges
    assert np.allclose(again.odds, first.odds, atol=1e-3)


def test_of_two_scores_the_one_that_knows_gets_the_weight() -> None:
    image, records, who = survey(9, 3.0)
    noise = survey(10, 0.0)[0]
    fused = calibrated([noise, image], records)
    assert fused.line.slopes[1] > 2 * fused.line.slopes[0]
    assert top(fused.odds, who) >= top(calibrated(image, records).odds, who) - 0.02
