"""Telling the side: mirrored pictures get mirrored answers, drawn leopards right ones, and the stage is resumable."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from spotid.boxes import WHOLE, Box
from spotid.errors import NotFoundError
from spotid.evaluate.simulate.coats import render_crop
from spotid.prepare import flank, flanks
from spotid.progress import Silent
from spotid.project import flanks as kept
from spotid.words import Flank

needs_weights = pytest.mark.skipif(not flank.available(), reason="the weights are not there")
SWAPPED = [1, 0, 2, 3]


@needs_weights
@settings(max_examples=25)
@given(seed=st.integers(0, 999), height=st.integers(1, 260), width=st.integers(1, 260))
def test_a_mirrored_picture_gets_the_mirrored_answer_exactly(seed: int, height: int, width: int) -> None:
    rgb = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    ours, theirs = flank.chances(rgb, WHOLE), flank.chances(np.ascontiguousarray(rgb[:, ::-1]), WHOLE)
    assert np.array_equal(ours, theirs[SWAPPED])
    assert ours.sum() == pytest.approx(1)


@needs_weights
def test_drawn_leopards_are_told_right() -> None:
    right = sure = 0
    for number in range(12):
        side = ("left", "right")[number % 2]
        rgb, _ = render_crop(880_000, side, number, width=320)
        told, score = flank.flank_of(rgb, WHOLE)
        sure += score >= flank.SURE
        right += told == side
        assert told in (side, Flank.UNKNOWN)
    assert right == sure >= 10


@needs_weights
def test_nothing_to_see_is_unknown() -> None:
    for grey in (0, 90, 255):
        told, score = flank.flank_of(np.full((120, 200, 3), grey, np.uint8), WHOLE)
        assert told is Flank.UNKNOWN and 0.25 <= score < flank.SURE


def test_a_page_keeps_proportions() -> None:
    rgb = np.zeros((100, 400, 3), np.uint8)
    rgb[:, ::2] = 200
    page = flank.fitted(rgb)
    assert page.shape == (flank.HIGH, flank.WIDE)
    assert len(np.unique(page[:26])) == 1 and len(np.unique(page[26:54])) > 1


def test_without_weights_it_says_so(tmp_path) -> None:
    with pytest.raises(NotFoundError, match="weights are missing"):
        flank.chances(np.zeros((20, 20, 3), np.uint8), WHOLE, tmp_path / "none.onnx")
    assert flank.identity(tmp_path / "none.onnx") != flank.identity()


def test_the_box_within_its_crop() -> None:
    box = Box(0.2, 0.4, 0.4, 0.2)
    inner = flanks.within(box, box.padded(0.25))
    assert (inner.x, inner.y, inner.w, inner.h) == pytest.approx((1 / 6, 1 / 6, 2 / 3, 2 / 3))
    # The animal at the edge of the picture: its crop has no rim there.
    assert flanks.within(Box(0.0, 0.4, 0.4, 0.2), Box(0.0, 0.4, 0.4, 0.2).padded(0.25)).x == 0


@pytest.fixture
def crops(stock) -> Iterator[list[str]]:
    """Six drawn leopards as crops of the stocked project: left, right, left, …"""
    for number, uid in enumerate(stock.uids):
        rgb, _ = render_crop(880_000, ("left", "right")[number % 2], number, width=240)
        buffer = io.BytesIO()
        Image.fromarray(rgb).save(buffer, "JPEG", quality=92)
        path = stock.project.layout.crop(uid, "test")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(buffer.getvalue())
    yield stock.uids


@needs_weights
def test_the_stage_tells_every_sighting_once_and_goes_on_where_a_crop_was_lost(stock, crops) -> None:
    store, lost = stock.project.store, stock.project.layout.crop(crops[2], "test")
    content = lost.read_bytes()
    lost.unlink()
    flanks.tell_flanks(stock.project, Silent())
    known = kept.sides(store, crops)
    assert all(known[uid].by == flank.identity() for uid in crops if uid != crops[2])
    assert all(known[uid].flank in (("left", "right")[n % 2], "unknown") for n, uid in enumerate(crops)), (
        "no drawn leopard is told wrong"
    )
    assert known[crops[2]] == kept.Side()
    lost.write_bytes(content)
    assert kept.count_pending(store, flank.identity()) == 1
    flanks.tell_flanks(stock.project, Silent())
    assert kept.count_pending(store, flank.identity()) == 0
    assert kept.sides(store, [crops[0]])[crops[0]] == known[crops[0]]


def test_without_weights_the_stage_does_nothing(stock, crops, monkeypatch) -> None:
    monkeypatch.setattr(flank, "available", lambda: False)
    flanks.tell_flanks(stock.project, Silent())
    assert kept.sides(stock.project.store) == {}
