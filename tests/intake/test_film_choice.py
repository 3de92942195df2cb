"""Which frames are kept: every stretch of movement, spread over time, never more than asked, never two that are one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spotid.intake.film_choice import APART_MS, choose, parts, stretches
from spotid.intake.film_look import CELL, SMALL, Look, background, movement

HIGH = 96


def looks(*where: int | None, sharp: dict[int, float] | None = None, clock: bool = False) -> list[Look]:
    """A look each half second, with an animal at a column, or without; ``sharp`` says how sharp some of them are."""
    dice = np.random.default_rng(3)
    found = []
    for i, left in enumerate(where):
        small = (np.full((HIGH, SMALL), 100) + dice.normal(0, 2, (HIGH, SMALL))).clip(0, 255).astype(np.uint8)
        if left is not None:
            small[40:64, left : left + 32] = 20
        if clock:  # a minute that changes once, in a strip at the bottom
            small[-4:, 8:24] = 255 if i < len(where) // 4 else 0
        edges = np.full((HIGH // CELL, SMALL // CELL), (sharp or {}).get(i, 1.0), np.float32)
        found.append(Look(i * 500, i, small, edges))
    return found


def test_each_animal_that_passes_is_kept() -> None:
    there = [None] * 20 + [10, 50, 90] + [None] * 20 + [90, 40] + [None] * 20
    chosen = [i for i, _ in choose(looks(*there), 4)]
    assert {i for i in chosen if 20 <= i < 23} and {i for i in chosen if 43 <= i < 45} and len(chosen) <= 4
    assert len(choose(looks(*there), 1)) == 1


def test_the_sharpest_of_a_stretch_is_kept() -> None:
    there = [None] * 10 + [10, 60, 110] + [None] * 10
    assert [i for i, _ in choose(looks(*there, sharp={11: 3.0}), 1)] == [11]
    assert [i for i, _ in choose(looks(*there, sharp={12: 3.0, 2: 9.0}), 1)] == [12]


def test_light_that_changes_is_no_movement() -> None:
    found = looks(*[None] * 20)
    for one in found[10:]:
        one.small[:] += 40
    assert all(what.region is None for _, what in choose(found, 12))


def test_a_clock_in_a_strip_is_no_movement() -> None:
    assert all(what.region is None for _, what in choose(looks(*[None] * 20, clock=True), 12))


def test_where_it_moved() -> None:
    found = looks(*[None] * 10, 64, *[None] * 10)
    x, y, w, h = movement(found[10], *background(found)).region or (0, 0, 0, 0)
    assert (round(x * SMALL), round(y * HIGH), round(w * SMALL), round(h * HIGH)) == (64, 40, 32, 24)


def test_an_animal_that_stands_still_is_kept_once() -> None:
    there = [None] * 30 + [60] * 12 + [None] * 30
    assert len(choose(looks(*there), 12)) == 1


def test_a_clip_that_changes_its_size_is_compared_all_the_same() -> None:
    found = looks(*[None] * 10, 20, 60, 100, *[None] * 10)
    found[5] = Look(found[5].ms, 5, np.full((64, SMALL), 100, np.uint8), np.ones((8, SMALL // CELL), np.float32))
    assert {i for i, what in choose(found, 12) if what.region} <= {10, 11, 12}


def test_nothing_to_choose_from() -> None:
    assert choose([], 12) == [] and choose(looks(None), 0) == []
    assert [i for i, _ in choose(looks(None), 12)] == [0]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 5_000)), min_size=1, max_size=60), st.integers(1, 12))
def test_parts_lose_nothing_and_are_no_more_than_asked(steps: list[tuple[bool, int]], most: int) -> None:
    ms = [sum(step for _, step in steps[: i + 1]) for i in range(len(steps))]
    groups = stretches([moves for moves, _ in steps], ms)
    assert [i for group in groups for i in group] == [i for i, (moves, _) in enumerate(steps) if moves]
    found = parts(groups, ms, most) if groups else []
    assert sorted(i for part in found for i in part) == [i for group in groups for i in group]
    assert len(found) <= max(most, len(groups)) and all(found)
    if len(found) < most:
        assert all(len(part) < 2 or ms[part[-1]] - ms[part[0]] < 2 * APART_MS for part in found)
