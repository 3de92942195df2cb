"""The head with a closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.heads.whitening import BALL, Whitening, fit, residuals

DIM = 24


def unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def survey(seed: int, animals: int, each: int, dim: int = DIM) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings of animals under two strong views, and who is who."""
    draw, who = np.random.default_rng(seed), np.repeat(np.arange(animals), each)
    rows = draw.normal(size=(animals, dim))[who] + 2 * draw.normal(size=(2, dim))[draw.integers(0, 2, len(who))]
    return unit(rows + 0.5 * draw.normal(size=rows.shape)).astype(np.float32), who


def plainly(vectors: np.ndarray, who: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The same, written down as the formula has it."""
    middles = np.stack([vectors[who == one].mean(axis=0) for one in who])
    within = (vectors - middles).T @ (vectors - middles) / (len(who) - len(np.unique(who)))
    within = (1 - BALL) * within + BALL * np.trace(within) / len(within) * np.eye(len(within))
    value, vector = np.linalg.eigh(within)
    return unit((vectors - mean) @ (vector / np.sqrt(value)) @ vector.T)


@pytest.mark.parametrize(("animals", "each"), [(12, 4), (3, 3)])  # more pictures than dimensions, and fewer
def test_it_is_the_formula(animals: int, each: int) -> None:
    vectors, who = survey(0, animals, each)
    mean, visits = vectors.mean(axis=0), np.arange(len(who))
    head = fit(vectors, who, visits, mean)
    assert np.abs(head.apply(vectors) - plainly(vectors.astype(float), who, mean)).max() < 2e-3
    assert np.allclose(head.directions.T @ head.directions, np.eye(len(head.less)), atol=1e-4)
    assert (head.less > 0).all() and (head.less < 1).all()


def test_a_direction_that_tells_nobody_apart_is_turned_down() -> None:
    vectors, who = survey(1, 20, 5)
    head = fit(vectors, who, np.arange(len(who)), vectors.mean(axis=0))
    same = who[:, None] == who
    np.fill_diagonal(same, False)

    def gap(rows: np.ndarray) -> float:
        cosine = rows @ rows.T
        return float((cosine[same].mean() - cosine[who[:, None] != who].mean()) / cosine.std())

    assert gap(head.apply(vectors)) > 1.5 * gap(vectors)


def test_frames_of_one_visit_count_as_one() -> None:
    vectors, who = survey(2, 8, 4)
    visit = np.arange(len(who))
    once = fit(vectors, who, visit, vectors.mean(axis=0))
    many = np.concatenate([np.arange(len(who)), np.repeat([0, 5], 30)])
    again = fit(vectors[many], who[many], visit[many], vectors.mean(axis=0))
    assert np.allclose(once.apply(vectors), again.apply(vectors), atol=1e-4)
    assert residuals(vectors[many], who[many], visit[many])[2] == residuals(vectors, who, visit)[2] == 24


def test_one_visit_each_teaches_nothing_but_the_middle() -> None:
    vectors, who = survey(3, 6, 3)
    mean = vectors.mean(axis=0)
    head = fit(vectors, who, who, mean)
    assert head.directions.shape == (DIM, 0)
    assert np.allclose(head.apply(vectors), unit(vectors - mean), atol=1e-6)
    same = np.repeat(vectors[:1], 4, axis=0)  # copies of one picture on four visits: nothing differs
    assert fit(same, np.zeros(4), np.arange(4), mean).directions.shape == (DIM, 0)


@given(st.integers(0, 50), st.permutations(range(15)))
def test_neither_order_nor_names_matter(seed: int, order: list[int]) -> None:
    vectors, who = survey(seed, 5, 3)
    mean, visits = vectors.mean(axis=0), np.arange(len(who))
    one = fit(vectors, who, visits, mean)
    other = fit(vectors[order], 7 - who[order], visits[order], mean)
    assert np.allclose(one.apply(vectors), other.apply(vectors), atol=1e-3)


def test_in_place_and_kept_arrays() -> None:
    vectors, who = survey(4, 6, 3)
    head = fit(vectors, who, np.arange(len(who)), vectors.mean(axis=0))
    half = vectors.astype(np.float16)
    assert head.apply(half, half) is half and half.dtype == np.float16
    assert np.allclose(half, head.apply(vectors), atol=3e-3)
    again = Whitening.of(head.arrays)
    assert (again.apply(vectors) == head.apply(vectors)).all()
    for name, wrong in (("less", head.less[:-1]), ("mean", head.mean * np.nan), ("directions", head.less)):
        with pytest.raises(ValueError, match="no head"):
            Whitening.of({**head.arrays, name: wrong})
    with pytest.raises(KeyError):
        Whitening.of({"mean": head.mean})
