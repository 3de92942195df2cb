"""From what a network proposes to one clean outline."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.boxes import Box
from spotid.prepare.cutouts import outline

pytest.importorskip("cv2")
INNER = Box(0.2, 0.25, 0.6, 0.5)


def drawn(*edges: tuple[float, float, float, float], size: tuple[int, int] = (200, 300)) -> np.ndarray:
    """A mask of filled boxes given as left, top, right, bottom in fractions."""
    mask = np.zeros(size, bool)
    for left, top, right, bottom in edges:
        mask[round(top * size[0]) : round(bottom * size[0]), round(left * size[1]) : round(right * size[1])] = True
    return mask


BODY = (0.2, 0.25, 0.8, 0.72)


def test_of_whole_part_and_background_the_whole_is_chosen() -> None:
    whole, head = drawn(BODY), drawn((0.65, 0.25, 0.8, 0.4))
    masks = np.stack([head, ~whole, whole])
    found = outline.best(masks, np.array([0.95, 0.9, 0.8]), INNER)
    assert found is not None and (found.mask & whole).sum() > 0.98 * whole.sum()
    assert found.fit > 0.9 and abs(found.worth - 0.8 * found.fit) < 1e-9


@pytest.mark.parametrize(
    ("masks", "scores"),
    [
        ([drawn()], [0.9]),  # nothing
        ([drawn((0.65, 0.25, 0.8, 0.4))], [0.9]),  # a head alone
        ([drawn((0, 0, 1, 1))], [0.9]),  # nothing was cut away
        ([drawn(BODY)], [0.3]),  # the network itself does not believe it
        ([drawn(BODY)], [float("nan")]),
    ],
)
def test_what_is_not_plausible_is_not_believed(masks: list[np.ndarray], scores: list[float]) -> None:
    assert outline.best(np.stack(masks), np.array(scores), INNER) is None


def test_crumbs_go_spots_are_filled_and_gaps_between_legs_stay() -> None:
    mask = drawn((0.2, 0.25, 0.8, 0.6), (0.2, 0.6, 0.35, 0.75), (0.65, 0.6, 0.8, 0.75), (0.35, 0.7, 0.65, 0.75))
    mask[60:64, 100:106] = False  # a spot
    mask[2:8, 2:8] = True  # a leaf, outside of the box
    mask[125:128, 150:153] = True  # another, in the gap between the legs
    clean = outline.tidied(mask, INNER)
    assert clean[62, 103] and not clean[4, 4] and not clean[126, 151] and not clean[130, 150]
    assert clean[140, 80] and clean[140, 220]


@settings(max_examples=25)
@given(st.integers(0, 2**31), st.floats(0.1, 0.6), st.floats(0.1, 0.6))
def test_an_outline_stays_near_its_box(seed: int, x: float, y: float) -> None:
    noise = np.random.default_rng(seed).random((60, 90)) > 0.5
    inner = Box(x, y, 0.3, 0.3)
    clean = outline.tidied(noise, inner)
    left, top, right, bottom = inner.padded(outline.BEYOND).pixels(90, 60)
    outside = clean.copy()
    outside[top:bottom, left:right] = False
    assert not outside.any()
