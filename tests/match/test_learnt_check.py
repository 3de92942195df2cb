"""Whether a head helps is found out on what it was not trained on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spotid.match.learnt import fitted
from spotid.match.learnt_check import MEASURES, Figure, check, figure_of, folds, found, helps
from spotid.match.learnt_groups import Known
from tests.learning_stock import vectors_of

WHO = np.repeat(np.arange(24), 4)


def known(who: np.ndarray = WHO) -> Known:
    every = np.arange(len(who))
    return Known(every, who, who, every, np.zeros(len(who), np.int8))


def both(vectors: np.ndarray, told: Known) -> list[Figure | None]:
    mean = vectors.mean(axis=0)
    return [check(vectors, told, by, lambda some: fitted(vectors, some, mean)) for by in ("animals", "visits")]


def test_every_animal_and_every_visit_is_held_out_once() -> None:
    told = known()
    for by in ("animals", "visits"):
        held = np.stack(list(folds(told, by)))
        assert (held.sum(axis=0) == 1).all()
        parts = [set(told.animal[~one]) & set(told.animal[one]) for one in held]
        assert not any(parts) if by == "animals" else all(parts)


def test_nothing_of_a_visit_is_on_both_sides() -> None:
    """Herds: what one animal shows of a visit's light would tell of the others seen on it."""
    told = known()
    herd = Known(told.row, told.animal, told.group, np.tile(np.arange(4), 24) + 4 * (WHO // 2), told.lean)
    seen: list[Known] = []

    def trained(some: Known) -> Any:
        seen.append(some)
        return fitted(vectors, some, vectors.mean(axis=0))

    vectors = vectors_of(WHO, 48)
    for by in ("animals", "visits"):
        seen.clear()
        check(vectors, herd, by, trained)
        for some, held in zip(seen, folds(herd, by), strict=True):
            assert len(some) and not set(some.visit) & set(herd.visit[held])
    together = Known(told.row, told.animal, told.group, np.zeros(len(WHO), np.int64), told.lean)
    assert check(vectors, together, "animals", trained) is None, "one single visit: nothing is left to learn from"


def test_views_that_all_animals_share_are_unlearnt() -> None:
    animals, visits = both(vectors_of(WHO, 48), known())
    assert animals is not None and visits is not None and helps(animals, visits)
    assert animals.low[0] > 0.1 and animals.after[1] > animals.before[1] + 0.1
    assert figure_of(animals.to_json()) == animals
    assert animals == both(vectors_of(WHO, 48), known())[0], "the same again"


def test_where_pictures_say_nothing_a_head_is_hardly_ever_used() -> None:
    """Of 95 % intervals one in forty says so by chance; looking among what taught it too, every second one would."""
    used, few = 0, WHO[:64]
    for seed in range(8):
        nothing = np.random.default_rng(seed).normal(size=(len(few), 32)).astype(np.float32)
        nothing /= np.linalg.norm(nothing, axis=1, keepdims=True)
        used += helps(*both(nothing, known(few)))
    assert used <= 1


@pytest.mark.parametrize("seed", range(2))
def test_where_nothing_can_be_done_better_it_is_not_used(seed: int) -> None:
    assert not helps(*both(vectors_of(WHO, 48, seed, view=0.0, noise=0.1), known()))


def test_five_wrong_names_in_a_hundred_do_no_harm() -> None:
    vectors, told = vectors_of(WHO, 48), known()
    right = found(fitted(vectors, told, vectors.mean(axis=0)).apply(vectors), told, np.ones(len(WHO), bool))[1]
    draw = np.random.default_rng(0)
    wrong = WHO.copy()
    slips = draw.permutation(len(WHO))[: round(0.05 * len(WHO))]
    wrong[slips] = draw.integers(0, WHO.max(), len(slips))
    slipped = known(wrong)
    head = fitted(vectors, slipped, vectors.mean(axis=0))
    after = found(head.apply(vectors), told, np.ones(len(WHO), bool))[1]
    before = found(vectors, told, np.ones(len(WHO), bool))[1]
    assert after.mean(axis=0)[0] > before.mean(axis=0)[0] + 0.2
    assert after.mean(axis=0)[0] > right.mean(axis=0)[0] - 0.05
    assert helps(*both(vectors, slipped))


def test_own_visit_and_the_other_side_are_not_looked_for() -> None:
    vectors = np.eye(6, dtype=np.float32)[[0, 0, 1, 1, 2, 0]]
    animal, visit = np.array([1, 1, 1, 1, 2, 3]), np.array([1, 1, 2, 3, 4, 5])
    group, lean = np.array([0, 0, 0, 1, 2, 3]), np.array([1, 1, 1, -1, 0, -1], np.int8)
    rows, measures = found(vectors, Known(np.arange(6), animal, group, visit, lean), np.ones(6, bool))
    assert rows.tolist() == [0, 1, 2], "3 is the only one of its side; 4 and 5 are alone"
    # Of 0: not 1 (its visit), not 3 (its other side), not 5 (opposite); 2 is right and stands before 4.
    assert measures[0].tolist() == [1, 1, 1] and len(measures[0]) == len(MEASURES)


def test_nobody_to_look_for() -> None:
    alone = known(np.arange(5))
    assert both(vectors_of(np.arange(5), 8), alone) == [None, None]
    assert not helps(None, None)


def test_surely_worse_anywhere_is_not_used() -> None:
    good = Figure(9, 9, (0.5, 0.5, 0.5), (0.6, 0.6, 0.6), (0.05, 0.0, 0.0), (0.2, 0.2, 0.2))
    unsure = Figure(9, 9, (0.5, 0.5, 0.5), (0.6, 0.6, 0.6), (-0.01, 0.0, 0.0), (0.2, 0.2, 0.2))
    worse = Figure(9, 9, (0.5, 0.5, 0.5), (0.6, 0.6, 0.4), (0.05, 0.0, -0.2), (0.2, 0.2, -0.01))
    assert helps(good, good) and helps(good, None) and helps(good, unsure)
    assert not helps(unsure, good) and not helps(good, worse) and not helps(worse, good)
