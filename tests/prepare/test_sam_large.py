"""Cut-outs by the largest networks of the Segment Anything family: files of the published size, read and asked.

One network at a time is in memory: what the library's own modules say is noted before ours is made.
"""

from __future__ import annotations

import gc
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from spotid.errors import ModelFileError
from spotid.prepare import registry
from spotid.prepare.room import NEEDED
from spotid.weights import shelf
from tests.prepare import sam_files
from tests.prepare.test_sam import CROP, INNER, agree, asked_alone, by_the_library, ours
from tests.prepare.yolo_files import gradient
from tests.weights.stock import shelve

torch = pytest.importorskip("torch")
MEGABYTE, SPARE = 1 << 20, 2048  # megabytes left to the libraries and to another process of tests


@dataclass(frozen=True)
class Published:
    """What is known of one published file: keys, bytes, and a size that it does not belong to."""

    name: str
    make: Callable[[], Any]
    layout: Callable[[], Any]
    package: str
    keys: int
    length: int
    smaller: str
    under: str = ""

    def said_by_itself(self, made: Any, rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Logits and scores of the outlines by the library's own modules."""
        if self.under:
            return by_the_library(made, rgb)
        return asked_alone(made, rgb, INNER.pixels(rgb.shape[1], rgb.shape[0]))


def segment_anything(size: str, *rest: Any) -> Published:
    """One of the first version."""
    made, layout = partial(sam_files.sam, size), partial(sam_files.sam_without_numbers, size)
    return Published(f"sam-{size.replace('_', '-')}", made, layout, "segment_anything", *rest)


VIT_L = segment_anything("vit_l", 482, 1_249_524_607, "vit_b")
VIT_H = segment_anything("vit_h", 594, 2_564_550_879, "vit_l")
LARGE = partial(sam_files.sam2, "l")
SAM_21 = Published("sam21-large", LARGE, LARGE, "ultralytics", 903, 898_083_611, "base", "model")
each = pytest.mark.parametrize("one", [VIT_L, VIT_H, SAM_21], ids=lambda one: one.name)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A shelf of this test, gone with its gigabytes as soon as the test has ended, failed or not."""
    folder = tmp_path / "shelf"
    monkeypatch.setenv("SPOTID_MODELS", str(folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def fits(one: Published, folder: Path) -> None:
    """Skip where this computer has too little for the file or for the network."""
    pytest.importorskip(one.package)
    memory = float(shelf.model(one.name).recipe[NEEDED]) + SPARE
    free = psutil.virtual_memory().available / MEGABYTE
    if free < memory:
        pytest.skip(f"{one.name} takes {memory:,.0f} MB of memory here, {free:,.0f} MB are free")
    disk, room = 1.2 * one.length / MEGABYTE + SPARE, shutil.disk_usage(folder).free / MEGABYTE
    if room < disk:
        pytest.skip(f"the file of {one.name} takes {disk:,.0f} MB of disk, {room:,.0f} MB are free")


@pytest.mark.slow
@pytest.mark.timeout(1200)
@each
def test_the_largest_say_what_their_library_says(
    one: Published, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits(one, tmp_path)
    shelve(monkeypatch, {})
    rgb = gradient(*CROP)
    made = one.make()
    state = made.state_dict()
    assert len(state) == one.keys and {value.dtype for value in state.values()} == {torch.float32}
    file = sam_files.shelved(state, one.name, one.under)
    assert abs(file.stat().st_size - one.length) < 1e-4 * one.length, "as published, but for what one torch adds"
    wanted = one.said_by_itself(made, rgb)
    del made, state
    gc.collect()
    cutter: Any = registry.cutter(one.name)
    cutter.load()
    logits, scores = ours(cutter, rgb)
    first = len(logits) - len(wanted[1])  # SAM 2's library gives the three outlines of an unclear question alone
    assert len(logits) == 4 and first == (1 if one.under else 0)
    agree((logits[first:], scores[first:]), wanted)
    assert np.ptp(wanted[0]) > 1e-2, "outlines that are the same everywhere would prove nothing"


@pytest.mark.slow
@pytest.mark.timeout(1200)
@each
def test_the_largest_refuse_a_file_with_one_key_renamed(
    one: Published, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a whole one in the network of another size. Keys and shapes are compared, so all numbers are zeros here."""
    fits(one, tmp_path)
    shelve(monkeypatch, {})
    layout = sam_files.hollow(one.layout().state_dict())
    assert len(layout) == one.keys
    right = next(key for key in layout if key.endswith("iou_token.weight"))
    wrong = right.replace("iou_token", "iou_tokens")
    sam_files.shelved({wrong if key == right else key: layout[key] for key in layout}, one.name, one.under)
    cutter: Any = registry.cutter(one.name)
    words = f"This is not the file of {one.name}; of its keys 1 missing: {right}; 1 unknown: {wrong}."
    with pytest.raises(ModelFileError, match=re.escape(words)):
        cutter.load()
    sam_files.shelved(layout, one.name, one.under)
    model = shelf.model(one.name)
    with pytest.raises(ModelFileError, match=f"This is not the file of {one.name}; of its keys"):
        type(cutter)(replace(model, recipe={**model.recipe, "size": one.smaller})).load()
