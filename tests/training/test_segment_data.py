"""Training pictures of the animal network: what is taught where an outline is known, where a box, and where nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "training" / "segment"
NAMES = ("data", "stock", "spoil", "ground", "photos")


@pytest.fixture
def segment(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """The training's modules, which are scripts beside one another rather than a package."""
    before = {name: sys.modules.pop(name) for name in NAMES if name in sys.modules}
    monkeypatch.syspath_prepend(str(FOLDER))
    yield {name: __import__(name) for name in NAMES}
    for name in NAMES:
        sys.modules.pop(name, None)
    sys.modules.update(before)


def photo(segment: dict[str, ModuleType], *boxes: tuple[float, float, float, float]):  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(1)
    return segment["photos"].Photo("a/b", rng.integers(0, 256, (288, 384, 3), np.uint8), list(boxes))


def held(segment: dict[str, ModuleType]):  # type: ignore[no-untyped-def]
    """A stock of one figure, one drawn frame with an animal and one without, one photograph with a box."""
    rng = np.random.default_rng(2)
    figure = rng.integers(0, 256, (120, 200, 4), np.uint8)
    figure[..., 3] = 0
    figure[20:100, 20:180, 3] = 255
    frame = rng.integers(0, 256, (288, 384, 4), np.uint8)
    frame[..., 3] = 0
    shown = frame.copy()
    shown[100:180, 100:250, 3] = 255
    stock = segment["stock"]
    one = photo(segment, (0.4, 0.3, 0.8, 0.9))
    kept = stock.Stock([figure], [shown, frame], [frame], [frame[..., :3].copy()])
    kept.spots = [stock._spots(np.random.default_rng(3))]
    kept.boxed, kept.grounds = [stock._seen(one, [None])], stock._grounds(one)
    kept.cutouts = [stock._cutout(one.rgb, (shown[..., 3] > 0).astype(np.uint8))]
    return kept


def test_a_picture_is_the_same_for_its_number(segment: dict[str, ModuleType]) -> None:
    stock = held(segment)
    for number in range(12):
        first, again = segment["data"].sample(stock, number), segment["data"].sample(stock, number)
        assert all((a == b).all() for a, b in zip(first, again, strict=True))
        rgb, outline, known, boxes = first
        assert rgb.shape == (192, 256, 3) and outline.shape == known.shape == (96, 128) and boxes.shape == (3, 4)


def test_only_the_inside_of_boxes_is_in_doubt(segment: dict[str, ModuleType]) -> None:
    stock, seen = held(segment), 0
    for number in range(60):
        _, outline, known, boxes = segment["data"].sample(stock, number)
        for x0, y0, x1, y1 in boxes[boxes[:, 2] > 0]:
            assert (known[y0:y1, x0:x1] == 0).any() and x1 <= 128 and y1 <= 96
            seen += 1
        assert set(np.unique(known)) <= {0, 1} and outline.max() <= 255
    assert seen > 3


def test_an_outline_is_taught_inside_and_its_rim_is_not(segment: dict[str, ModuleType]) -> None:
    one = photo(segment, (0.25, 0.25, 0.75, 0.75))
    mask = np.zeros(one.rgb.shape[:2], np.uint8)
    mask[80:200, 110:270] = 1
    seen = segment["stock"]._seen(one, [mask])
    assert seen.outline[140, 190] == 255 and seen.doubt[140, 190] == 0
    assert seen.doubt[80, 190] == 255 and seen.doubt[10, 10] == 0


def test_ground_holds_no_animal(segment: dict[str, ModuleType]) -> None:
    one = photo(segment, (0.4, 0.0, 0.6, 1.0))
    one.rgb[:] = 10
    one.rgb[:, 154:230] = 250  # the animal
    pieces = segment["stock"]._grounds(one)
    assert len(pieces) == 2 and all(piece.max() == 10 for piece in pieces)


def test_box_round_a_mask(segment: dict[str, ModuleType]) -> None:
    mask = np.zeros((100, 200), bool)
    mask[10:30, 50:150] = True
    assert segment["photos"].round_mask(mask) == (0.25, 0.1, 0.75, 0.3)
    assert segment["photos"].round_mask(mask & False) == (0.0, 0.0, 0.0, 0.0)
