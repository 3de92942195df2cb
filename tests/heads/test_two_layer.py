"""The head that learns from answers."""

from __future__ import annotations

import numpy as np
import pytest

from spotid.heads.two_layer import TwoLayer, centres, groups_of, loss

NONE = np.empty((0, 2), int)


def survey(seed: int, animals: int = 40, each: int = 6, dim: int = 48) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings in which what is shared by unlike animals (a view) is as strong as the animal."""
    draw = np.random.default_rng(seed)
    who = np.repeat(np.arange(animals), each)
    views = draw.normal(size=(4, dim)) * 2
    given = draw.normal(size=(animals, dim))[who] + views[draw.integers(0, 4, len(who))]
    given += draw.normal(size=given.shape) * 0.6
    return (given / np.linalg.norm(given, axis=1, keepdims=True)).astype(np.float32), who


def apartness(vectors: np.ndarray, who: np.ndarray, chosen: np.ndarray) -> float:
    """How often a pair of one animal is more alike than one of two, among the chosen sightings."""
    cosine, same = vectors[chosen] @ vectors[chosen].T, who[chosen][:, None] == who[chosen]
    upper = np.triu_indices(len(chosen), 1)
    rank = np.argsort(np.argsort(cosine[upper]))
    yes = same[upper]
    return float((rank[yes].sum() - yes.sum() * (yes.sum() - 1) / 2) / (yes.sum() * (~yes).sum()))


def test_answers_help_animals_that_nobody_was_asked_about():
    vectors, who = survey(0)
    draw = np.random.default_rng(1)
    asked, others = np.flatnonzero(who < 25), np.flatnonzero(who >= 25)
    pairs = draw.choice(asked, (600, 2))
    pairs = np.vstack([pairs, np.column_stack([asked[:-1], asked[1:]])])
    same = who[pairs[:, 0]] == who[pairs[:, 1]]
    net = TwoLayer(48, hidden=16, seed=3)
    assert np.allclose(net.apply(vectors), vectors, atol=1e-5)
    course = net.train(vectors, np.full(len(who), -1), pairs[~same], pairs[same], rate=1e-2)
    assert len(course) == 30 and course[-1] < course[0] / 2
    assert apartness(net.apply(vectors), who, others) > apartness(vectors, who, others) + 0.03
    first = net.apply(vectors)
    net.reset()
    assert net.train(vectors, np.full(len(who), -1), pairs[~same], pairs[same], rate=1e-2) == course
    assert np.array_equal(net.apply(vectors), first)


def test_another_number_of_dimensions():
    vectors, who = survey(2, animals=6)
    net = TwoLayer(48, hidden=16, out=8)
    net.train(vectors, who, np.array([[0, 6], [12, 18]]), epochs=3)
    assert net.apply(vectors).shape == (36, 8)


def test_no_answer_teaches_nothing():
    vectors, _ = survey(0, animals=3)
    net = TwoLayer(48)
    assert net.train(vectors, np.full(18, -1)) == []
    assert net.train(vectors, np.arange(18)) == []  # every sighting alone, nothing set apart
    assert np.allclose(net.apply(vectors), vectors, atol=1e-5)


def test_what_answers_say():
    """Closed over pairs; whole groups are apart; a pair that contradicts its group says nothing."""
    told = groups_of(
        np.array([5, 5, -1, -1, -1, 7, -1, 9]),
        apart=np.array([[0, 2], [6, 3], [0, 1]]),
        together=np.array([[2, 3], [3, 4], [1, 5]]),
    )
    assert told.rows.tolist() == [0, 1, 2, 3, 4, 5, 6]  # 7 is alone, and nothing is known of it
    a, b, c = (told.group[row] for row in (0, 2, 6))
    assert told.group.tolist() == [a, a, b, b, b, a, c]
    assert told.size.tolist() == [{a: 3, b: 3, c: 1}[k] for k in range(3)]
    assert told.apart[a, b] and told.apart[b, c] and not told.apart[a, c]
    assert (told.apart == told.apart.T).all() and not told.apart.diagonal().any()


def test_the_gradient_is_that_of_finite_differences():
    draw = np.random.default_rng(4)
    unit = draw.normal(size=(9, 4))
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    told = groups_of(np.array([0, 0, 1, 1, 1, 2, 3, 3, -1]), np.array([[0, 2], [5, 0], [6, 8], [3, 6]]))
    assert len(told.rows) == 9
    middle = centres(unit, told)
    value, gradient = loss(unit, told, middle)
    assert value > 0
    for place in np.ndindex(unit.shape):
        moved = [unit.copy(), unit.copy()]
        moved[0][place] += 1e-6
        moved[1][place] -= 1e-6
        difference = (loss(moved[0], told, middle)[0] - loss(moved[1], told, middle)[0]) / 2e-6
        assert gradient[place] == pytest.approx(difference, rel=1e-4, abs=1e-7)
