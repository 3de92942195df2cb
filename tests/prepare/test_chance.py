"""The judge of boxes: learns what there is to learn, keeps what it knew, reads back what it wrote."""

from __future__ import annotations

import numpy as np

from spotid.prepare.detectors import chance


def examples(seed: int, count: int = 600) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    rows = draw.normal(size=(count, 4)) * [1, 5, 1, 1] + [0, 2, 0, 0]
    odds = 2 * rows[:, 0] - 0.6 * (rows[:, 1] - 2) + 1.5 * rows[:, 2] ** 2 - 2
    return rows, (draw.random(count) < chance.logistic(odds)).astype(float)


def loss(judge: chance.Judge, rows: np.ndarray, hits: np.ndarray) -> float:
    said = np.clip(judge.chances(rows), 1e-6, 1 - 1e-6)
    return float(-(hits * np.log(said) + (1 - hits) * np.log(1 - said)).mean())


def test_learns_straight_and_bent_and_its_chances_mean_something() -> None:
    judge = chance.fitted(*examples(1, 3000), np.ones(4))
    rows, hits = examples(2, 3000)
    said = judge.chances(rows)
    assert loss(judge, rows, hits) < 0.75 * float(
        -(hits.mean() * np.log(hits.mean()) + (1 - hits.mean()) * np.log(1 - hits.mean()))
    )
    for low in (0.0, 0.25, 0.5, 0.75):
        some = (said >= low) & (said < low + 0.25)
        assert abs(said[some].mean() - hits[some].mean()) < 0.1


def test_unused_numbers_count_nothing_until_lessons_need_them() -> None:
    rows, hits = examples(3)
    judge = chance.fitted(rows, hits, [True, False, True, True])
    other = rows.copy()
    other[:, 1] = 99.0
    assert np.allclose(judge.chances(rows), judge.chances(other))
    assert judge.learnt(rows, hits, 1.0).weights[1] < -0.2


def test_lessons_bend_it_and_a_strong_memory_does_not_bend() -> None:
    judge = chance.fitted(*examples(4), np.ones(4))
    rows, hits = examples(5)
    turned = 1.0 - hits
    assert loss(judge.learnt(rows, turned, 1.0), rows, turned) < loss(judge, rows, turned)
    assert np.abs(judge.learnt(rows, turned, 1e9).chances(rows) - judge.chances(rows)).max() < 1e-3
    nothing = judge.learnt(rows[:0], hits[:0], 1.0)
    assert np.array_equal(nothing.weights, judge.weights)


def test_reads_back_what_it_wrote_and_is_known_by_its_numbers() -> None:
    rows, hits = examples(6)
    judge = chance.fitted(rows, hits, np.ones(4))
    again = chance.Judge.of(judge.stacked())
    assert np.array_equal(again.chances(rows), judge.chances(rows)) and again.identity() == judge.identity()
    assert judge.learnt(rows, hits, 1.0).identity() != judge.identity()
