"""Embeddings adapted to one survey by place and time alone."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from spotid.match.adapt import PAPER, AdaptSettings, adapt, lesson_of, thresholds
from spotid.movement.feasible import of_survey
from spotid.movement.records import Records
from spotid.progress import Cancelled

SOON = AdaptSettings(rank=8, epochs=60, rate=1e-3)


def survey(seed: int, animals: int = 30, dim: int = 64) -> tuple[np.ndarray, Records, np.ndarray]:
    """Animals seen about a place of their own; embeddings of animal, view and noise."""
    draw = np.random.default_rng(seed)
    who = np.repeat(np.arange(animals), draw.integers(3, 9, animals))
    cameras, homes = draw.uniform(0, 20, (25, 2)), draw.uniform(0, 20, (animals, 2))
    away = np.linalg.norm(cameras[None] - homes[:, None], axis=2)
    station = np.array([draw.choice(np.argsort(away[animal])[:3]) for animal in who])
    given = draw.normal(size=(animals, dim))[who] + 2 * draw.normal(size=(6, dim))[draw.integers(0, 6, len(who))]
    given += draw.normal(size=given.shape)
    given /= np.linalg.norm(given, axis=1, keepdims=True)
    days = draw.uniform(0, 60, len(who))
    return given.astype(np.float32), Records(cameras[station], days, station, degrees=False), who


def near(vectors: np.ndarray, who: np.ndarray, records: Records) -> float:
    """Share of sightings with one of their own animal from another station among the five most alike."""
    cosine = np.where(records.station[:, None] == records.station, -2, vectors @ vectors.T)
    hit = who[np.argsort(-cosine, axis=1)[:, :5]] == who[:, None]
    able = ((who[:, None] == who) & (records.station[:, None] != records.station)).any(axis=1)
    return float(hit.any(axis=1)[able].mean())


def test_a_weak_embedding_gains_and_two_runs_are_the_same():
    gains = []
    for seed in (0, 1):
        vectors, records, who = survey(seed)
        told = adapt(vectors, records, SOON)
        assert told.vectors.dtype == np.float32 and np.allclose(np.linalg.norm(told.vectors, axis=1), 1, atol=1e-5)
        assert told.loss_course[-1] < told.loss_course[0] and min(told.pairs_used) > 100
        gains.append(near(told.vectors, who, records) - near(vectors, who, records))
        again = adapt(vectors.astype(np.float32), records, SOON)
        assert hashlib.sha256(again.vectors.tobytes()).digest() == hashlib.sha256(told.vectors.tobytes()).digest()
    assert np.mean(gains) > 0.05


def test_drawn_batches_teach_the_same_thing():
    vectors, records, who = survey(2)
    told = adapt(vectors, records, AdaptSettings(rank=8, rate=1e-3, at_once=50, batch=64, steps=120))
    assert len(told.loss_course) == 120
    assert near(told.vectors, who, records) > near(vectors, who, records)


@pytest.mark.parametrize("lost", ["places", "times", "all but one", "one station"])
def test_where_place_and_time_say_nothing_vectors_stay(lost: str):
    vectors, records, _ = survey(3, animals=5)
    at, days = records.at.copy(), records.days.copy()
    if lost == "places":
        at[:] = np.nan
    elif lost == "times":
        days[:] = np.nan
    elif lost == "one station":
        at[:] = at[0]
    else:
        at[1:] = np.nan
    told = adapt(vectors, Records(at, days, records.station, degrees=False))
    assert told.pairs_used == (0, 0) and told.loss_course == []
    assert np.allclose(told.vectors, vectors, atol=1e-6)


def test_sightings_without_a_place_teach_nothing_but_are_adapted():
    vectors, records, _ = survey(4)
    known = np.arange(len(records)) % 4 > 0
    at, days = np.where(known[:, None], records.at, np.nan), np.where(known, records.days, np.nan)
    told = adapt(vectors, Records(at, days, records.station, degrees=False), SOON)
    alone = adapt(vectors[known], records.only(np.flatnonzero(known)), SOON)
    assert told.pairs_used == alone.pairs_used
    assert np.allclose(told.vectors[known], alone.vectors, atol=1e-5)
    assert not np.allclose(told.vectors[~known], vectors[~known], atol=1e-2)


def test_what_a_pair_counts():
    """Negatives twice as much as positives, each side whole; no opinion, opposite flanks and oneself not at all."""
    feasible = np.array([[1, 0.9, 0.0, np.nan], [0.9, 1, 0.5, 0.01], [0, 0.5, 1, 0.95], [np.nan, 0.01, 0.95, 1]])
    vectors = np.eye(4, dtype=np.float32)
    lesson, pairs = lesson_of(vectors, feasible, np.array([1, 0, 0, 0], np.int8), (0.05, 0.8), PAPER)
    assert pairs.tolist() == [2, 2]
    assert lesson.weight[0].tolist() == [0, 0.25, 0.5, 0] and lesson.weight[1, 2] == 0
    assert np.sum(lesson.weight) == pytest.approx(3)
    apart, pairs = lesson_of(vectors, feasible, np.array([1, 0, -1, 0], np.int8), (0.05, 0.8), PAPER)
    assert pairs.tolist() == [1, 2] and apart.weight[0, 2] == 0


def test_thresholds_are_quantiles_within_reason():
    _, records, _ = survey(5)
    outer = replace(PAPER, low=0.1, high=0.9)
    low, high = thresholds(of_survey(records), records, outer)
    pairs = of_survey(records).matrix(records)[np.triu_indices(len(records), 1)]
    assert np.mean(pairs <= low) == pytest.approx(0.10, abs=0.01)
    assert np.mean(pairs >= high) == pytest.approx(0.10, abs=0.01)
    tight = of_survey(records, rate=1e-6)
    assert thresholds(tight, records, outer)[0] == outer.most_low  # where hardly anything is impossible


def test_a_run_can_be_cancelled_and_counts_its_steps():
    class Impatient:
        steps = total = 0

        def expect(self, total: int) -> None:
            self.total = total

        def step(self, count: int = 1, note: str = "") -> None:
            self.steps += count
            if self.steps == 7:
                raise Cancelled

    vectors, records, _ = survey(6)
    watch = Impatient()
    with pytest.raises(Cancelled):
        adapt(vectors, records, SOON, watch)
    assert (watch.total, watch.steps) == (60, 7)


def test_lengths_must_agree():
    vectors, records, _ = survey(7)
    with pytest.raises(ValueError, match="embeddings"):
        adapt(vectors[1:], records)
