"""Parts that compute next to nothing and count what they are asked: for tests of switching from one to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from spotid.boxes import Box
from spotid.embed.parts import Crop
from spotid.match.parts import PairScore, Points
from spotid.prepare.parts import CutOut

asked: Counter[str] = Counter()
TABLES = {
    "spotid.embed.registry.ENCODERS": {"grey": "Grey", "colour": "Colour"},
    "spotid.match.registry.MATCHERS": {"rows": "Rows", "columns": "Columns"},
    "spotid.prepare.registry.CUTTERS": {"whole": "Whole", "half": "Half"},
}
TABLES = {path: {k: f"tests.jobs.shades:{v}" for k, v in table.items()} for path, table in TABLES.items()}


class Part:
    name = ""

    def identity(self) -> str:
        return f"{self.name}-{self.name}-1"

    def load(self) -> None:
        asked[f"{self.name} loaded"] += 1


class Grey(Part):
    name, dim = "grey", 4

    def encode(self, crops: Sequence[Crop]) -> np.ndarray:
        asked[self.name] += len(crops)
        rows = np.array([[crop.rgb.mean(), crop.rgb.std(), crop.mask.mean() * 99, 1] for crop in crops], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Colour(Grey):
    name, dim = "colour", 3

    def encode(self, crops: Sequence[Crop]) -> np.ndarray:
        asked[self.name] += len(crops)
        rows = np.array([crop.rgb.reshape(-1, 3).mean(axis=0) + 1 for crop in crops], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Rows(Part):
    name, kinds, votes, quick, most = "rows", 1, True, True, None

    def extract(self, rgb: np.ndarray, mask: np.ndarray) -> Points:
        asked[f"{self.name} points"] += 1
        count = np.random.default_rng(int(rgb.sum()) % 2**32)
        some = np.ones(8, np.float32)
        return Points(count.random((8, 2), np.float32), some, some, count.integers(0, 255, (8, 128), np.uint8))

    def compare(self, a: Points, b: Points) -> PairScore:
        asked[self.name] += 1
        return PairScore(1.0, np.array([[0, 0], [1, 1], [2, 2]], np.int32))


class Columns(Rows):
    name = "columns"


class Whole(Part):
    name = "whole"

    def cut(self, crop: np.ndarray, inner: Box, hint: np.ndarray | None) -> CutOut:
        asked[self.name] += 1
        return CutOut(np.ones(crop.shape[:2], bool), 0.9, "whole crop")


class Half(Whole):
    name = "half"

    def cut(self, crop: np.ndarray, inner: Box, hint: np.ndarray | None) -> CutOut:
        mask = np.zeros(crop.shape[:2], bool)
        mask[: len(mask) // 2] = True
        return CutOut(mask, 0.9, "upper half")
