"""The animal network's frame of mind: how pictures go in, how maps, boxes and outlines come out."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.boxes import Box
from spotid.errors import NotFoundError
from spotid.evaluate.simulate.coats import render_crop
from spotid.prepare import segmenter
from spotid.prepare.cutouts.network import NetworkCut

INNER = Box(0.1, 0.1, 0.8, 0.8)
trained = pytest.mark.skipif(not segmenter.available(), reason="the animal network's weights do not come with it")


class Bright:
    """Stands in for the network: what is brighter than the picture's mean is animal."""

    def setInput(self, values: np.ndarray) -> None:
        times = values.shape[2] // segmenter.HIGH
        assert values.shape == (1, 3, times * segmenter.HIGH, times * segmenter.WIDE) and values.dtype == np.float32
        self.values = values

    def forward(self) -> np.ndarray:
        grey = self.values.mean(axis=1, keepdims=True)[:, :, ::2, ::2]
        return np.asarray(1 / (1 + np.exp(-8 * (grey - 0.2))), np.float32)


@pytest.fixture
def bright(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(segmenter, "_network", lambda weights: Bright())
    path = tmp_path / "weights.onnx"
    path.write_bytes(b"stands in")
    return path


def picture(wide: int = 320, high: int = 240, box: Box = INNER) -> tuple[np.ndarray, np.ndarray]:
    rgb = np.full((high, wide, 3), 40, np.uint8)
    mask = np.zeros((high, wide), bool)
    left, top, right, bottom = box.pixels(wide, high)
    mask[top:bottom, left:right] = True
    rgb[mask] = 220
    return rgb, mask


def round_animal() -> tuple[np.ndarray, np.ndarray]:
    y, x = np.ogrid[:240, :320]
    mask = ((x - 160) / 128) ** 2 + ((y - 120) / 96) ** 2 <= 1
    return np.where(mask[..., None], np.uint8(220), np.uint8(40)).repeat(3, axis=2), mask


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / max(1, int((a | b).sum())))


@pytest.mark.parametrize("size", [(320, 240), (900, 200), (120, 700), (64, 48), (1, 1), (3, 500)])
def test_map_has_the_picture_s_size(bright: Path, size: tuple[int, int]) -> None:
    rgb, _ = picture(*size)
    shares = segmenter.animal_map(rgb, bright)
    assert shares.shape == rgb.shape[:2] and shares.dtype == np.float32
    assert np.isfinite(shares).all() and shares.min() >= 0 and shares.max() <= 1


def test_map_lies_where_the_animal_is(bright: Path) -> None:
    for size in ((640, 480), (800, 300), (300, 640)):
        rgb, mask = picture(*size, box=Box(0.55, 0.2, 0.3, 0.5))
        assert overlap(segmenter.animal_map(rgb, bright) > 0.5, mask) > 0.85


def test_one_look_suffices_for_a_crop(bright: Path) -> None:
    rgb, mask = round_animal()
    for times in (1, 2):
        assert overlap(segmenter.one_look(rgb, bright, times) > 0.5, mask) > 0.85


def test_looks_that_disagree_meet_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {1: 0.9, 2: 0.1}
    monkeypatch.setattr(
        segmenter, "one_look", lambda rgb, weights, times: np.full(rgb.shape[:2], answers[times], np.float32)
    )
    shares = segmenter.animal_map(np.zeros((30, 40, 3), np.uint8))
    assert shares.shape == (30, 40) and np.allclose(shares, 0.5, atol=1e-4)


def test_missing_weights_are_said(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="weights are missing"):
        segmenter.animal_map(np.zeros((48, 64, 3), np.uint8), tmp_path / "none.onnx")
    assert segmenter.fingerprint(tmp_path / "none.onnx") == "none"


@settings(max_examples=30, deadline=None)
@given(st.floats(0.0, 0.6), st.floats(0.0, 0.6), st.floats(0.1, 0.4), st.floats(0.1, 0.4))
def test_patches_give_boxes_round_their_masks(x: float, y: float, w: float, h: float) -> None:
    _, mask = picture(200, 150, Box(x, y, w, h))
    found = segmenter.patches(mask.astype(np.float32) * 0.9)
    assert len(found) == 1
    one = found[0]
    assert one.box.iou(Box(x, y, w, h)) > 0.8 and (one.mask == mask).all()
    assert abs(one.mean - 0.9) < 1e-5 and abs(one.peak - 0.9) < 1e-5 and abs(one.area - mask.mean()) < 1e-9


def test_patches_leave_out_crumbs_and_put_the_largest_first() -> None:
    shares = np.zeros((100, 100), np.float32)
    shares[10:20, 10:20], shares[50:90, 40:90], shares[2, 2] = 0.9, 0.8, 1.0
    found = segmenter.patches(shares)
    assert [round(one.box.w, 2) for one in found] == [0.5, 0.1]


def test_cut_out_follows_the_network(bright: Path) -> None:
    rgb, mask = round_animal()
    cut = NetworkCut(bright).cut(rgb, INNER, None)
    assert cut.how == "network" and overlap(cut.mask, mask) > 0.85 and 0 < cut.score <= 1


def test_cut_out_says_when_grabcut_had_to_help(bright: Path) -> None:
    flat = np.full((120, 160, 3), 90, np.uint8)
    cut = NetworkCut(bright).cut(flat, INNER, None)
    assert cut.how != "network" and cut.mask.any()


def test_cut_out_without_weights_is_grabcut(tmp_path: Path) -> None:
    rgb, mask = round_animal()
    cutter = NetworkCut(tmp_path / "none.onnx")
    cutter.load()
    cut = cutter.cut(rgb, INNER, None)
    assert cut.how == "grabcut" and overlap(cut.mask, mask) > 0.85


def test_identity_follows_the_weights(tmp_path: Path) -> None:
    one, other = tmp_path / "one.onnx", tmp_path / "other.onnx"
    one.write_bytes(b"1")
    other.write_bytes(b"2")
    assert NetworkCut(one).identity() == NetworkCut(one).identity() != NetworkCut(other).identity()


@trained
def test_shipped_network_outlines_drawn_leopards() -> None:
    cutter = NetworkCut()
    cutter.load()
    values = []
    for n in range(8):
        rgb, mask = render_crop(910_000 + n, "left", n, width=320)
        values.append(overlap(cutter.cut(rgb, Box(0.04, 0.04, 0.92, 0.92), None).mask, mask))
    assert np.median(values) > 0.75


@trained
def test_shipped_network_is_deterministic_and_serves_threads() -> None:
    rgb, _ = render_crop(910_100, "right", 1, width=320)
    wanted, answers = segmenter.animal_map(rgb), []
    threads = [threading.Thread(target=lambda: answers.append(segmenter.animal_map(rgb))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 3 and all((answer == wanted).all() for answer in answers)
