"""Boxes from the animal network's map: one for each animal, none for an empty frame, scores that mean something."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.boxes import Box
from spotid.errors import NotFoundError
from spotid.prepare import segmenter
from spotid.prepare.detectors import network
from spotid.prepare.detectors.network import NetworkDetector, found_in
from spotid.prepare.parts import Frame

trained = pytest.mark.skipif(not segmenter.available(), reason="the animal network's weights do not come with it")


def drawn_map(*boxes: Box, share: float = 0.95, size: tuple[int, int] = (240, 320)) -> np.ndarray:
    shares = np.full(size, 0.02, np.float32)
    for box in boxes:
        left, top, right, bottom = box.pixels(size[1], size[0])
        shares[top:bottom, left:right] = share
    return shares


@settings(max_examples=30, deadline=None)
@given(st.floats(0.05, 0.5), st.floats(0.05, 0.5), st.floats(0.1, 0.4), st.floats(0.1, 0.4))
def test_one_animal_gives_one_box_round_it(x: float, y: float, w: float, h: float) -> None:
    wanted = Box(x, y, w, h)
    found = found_in(drawn_map(wanted), weakest=0.0)
    assert len(found) == 1 and found[0].box.iou(wanted) > 0.85
    assert 0 <= found[0].score <= 1 and found[0].mask is not None and found[0].mask.shape == (240, 320)


def test_empty_map_gives_nothing() -> None:
    assert found_in(np.full((120, 160), 0.05, np.float32)) == []
    assert found_in(np.zeros((1, 1), np.float32)) == []


def test_crumbs_are_no_animals() -> None:
    assert found_in(drawn_map(Box(0.5, 0.5, 0.02, 0.02))) == []


def test_score_falls_as_the_surroundings_look_like_an_animal_too() -> None:
    scores = []
    for around in (0.02, 0.2, 0.4):
        shares = np.maximum(drawn_map(Box(0.2, 0.2, 0.4, 0.4)), around)
        scores.append(found_in(shares, weakest=0.0)[0].score)
    assert scores == sorted(scores, reverse=True) and scores[0] > scores[-1]


def test_a_stem_before_an_animal_does_not_make_it_two() -> None:
    shares = drawn_map(Box(0.2, 0.3, 0.5, 0.3))
    shares[:, 140:144] = 0.02
    found = found_in(shares, weakest=0.0)
    assert len(found) == 1 and found[0].box.iou(Box(0.2, 0.3, 0.5, 0.3)) > 0.9


def test_two_animals_that_touch_weakly_are_two() -> None:
    shares = drawn_map(Box(0.1, 0.3, 0.3, 0.3), Box(0.5, 0.3, 0.3, 0.3))
    shares[90:110, 128:160] = 0.55
    assert len(found_in(shares, weakest=0.0)) == 2


def test_most_animals_is_kept_to_and_the_best_come_first() -> None:
    boxes = [Box(0.05 + 0.24 * n, 0.05 + 0.24 * m, 0.15, 0.15) for n in range(4) for m in range(4)]
    found = found_in(drawn_map(*boxes), weakest=0.0)
    assert len(found) == network.MOST_ANIMALS
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_missing_weights_are_said(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="weights are missing"):
        NetworkDetector(tmp_path / "none.onnx").load()


def test_identity_follows_the_weights(tmp_path: Path) -> None:
    one, other = tmp_path / "one.onnx", tmp_path / "other.onnx"
    one.write_bytes(b"1")
    other.write_bytes(b"2")
    assert NetworkDetector(one).identity() == NetworkDetector(one).identity() != NetworkDetector(other).identity()


@trained
def test_shipped_network_answers_every_frame_whatever_the_context() -> None:
    detector = NetworkDetector()
    detector.load()
    rng = np.random.default_rng(3)
    frames = [Frame(str(n), rng.integers(0, 256, (90, 160, 3), np.uint8), 1600, 900) for n in range(2)]
    alone, beside = detector.detect(frames, []), detector.detect(frames, frames)
    assert len(alone) == 2 and alone == beside
    assert detector.detect([], []) == []
