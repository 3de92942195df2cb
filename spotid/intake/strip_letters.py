"""Reads the letters of a cut line with a small network that was taught on drawn writing alone."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from spotid import seal
from spotid.intake.strip_cut import Box, Ink, Line

HIGH, WIDE = 20, 14  # cells of the little picture of a letter
WEIGHTS = Path(__file__).with_name("strip.npz")
JUNK = "\x00"  # icons and logos
ALIKE = ("0Oo", "1Il")  # one shape in many fonts: taken together, told apart by what stands beside them


@dataclass(frozen=True, slots=True)
class Reading:
    """A line's writing; ``sure`` holds for each character how likely it is (1 for spaces)."""

    text: str
    sure: tuple[float, ...]


def features(ink: Ink, box: Box, line: Line) -> NDArray[np.float32]:
    """A letter as the network sees it: its ink in 20 × 14 cells, and its place and size within its line."""
    from PIL import Image

    left, top, right, bottom = box
    crop = Image.fromarray(np.ascontiguousarray(ink[top:bottom, left:right], dtype=np.float32))
    cells = np.asarray(crop.resize((WIDE, HIGH), Image.Resampling.BILINEAR), dtype=np.float32).ravel()
    tall = max(line.bottom - line.top, 1.0)
    place = [(top - line.top) / tall, (line.bottom - bottom) / tall, (right - left) / tall, (bottom - top) / tall]
    return np.concatenate([cells - 0.5, np.clip(np.array(place, dtype=np.float32), -1, 3)])


class Letters:
    """The network: one hidden layer; ``alphabet`` names its answers. Raises ModelFileError for damaged weights."""

    def __init__(self, weights: Path = WEIGHTS) -> None:
        with np.load(io.BytesIO(seal.content(weights)), allow_pickle=False) as kept:
            self.first, self.first_bias = kept["first"].astype(np.float32), kept["first_bias"].astype(np.float32)
            self.last, self.last_bias = kept["last"].astype(np.float32), kept["last_bias"].astype(np.float32)
            self.alphabet = "".join(chr(code) for code in kept["alphabet"])
        self._alike = [np.array([self.alphabet.index(letter) for letter in kin]) for kin in ALIKE]

    def odds(self, seen: NDArray[np.float32]) -> NDArray[np.float32]:
        """For each row of features how likely each character of the alphabet is."""
        hidden = np.maximum(seen @ self.first + self.first_bias, 0)
        out = hidden @ self.last + self.last_bias
        out = np.exp(out - out.max(axis=1, keepdims=True))
        result: NDArray[np.float32] = out / out.sum(axis=1, keepdims=True)
        for kin in self._alike:
            result[np.arange(len(result)), kin[result[:, kin].argmax(axis=1)]] = result[:, kin].sum(axis=1)
        return result

    def read(self, ink: Ink, line: Line) -> Reading:
        """Read one line; letters that touch are cut apart where that reads better."""
        boxes, spaced = list(line.letters), list(line.spaced)
        odds = self.odds(np.stack([features(ink, box, line) for box in boxes]))
        text = ""
        sure: list[float] = []
        for box, space, row in zip(boxes, spaced, odds, strict=True):
            if space:
                text, sure = text + " ", [*sure, 1.0]
            best = int(row.argmax())
            if row[best] < 0.8 or self.alphabet[best] == JUNK:
                parted = self._parted(ink, box, line)
                if parted is not None and parted[1].min() > max(0.85, float(row[best])):
                    text, sure = text + parted[0], [*sure, *parted[1].tolist()]
                    continue
            text, sure = text + self.alphabet[best], [*sure, float(row[best])]
        return Reading(text, tuple(sure))

    def _parted(self, ink: Ink, box: Box, line: Line) -> tuple[str, NDArray[np.float32]] | None:
        left, top, right, bottom = box
        if right - left < 0.6 * (line.bottom - line.top):
            return None
        weight = ink[top:bottom, left:right].sum(axis=0)
        inner = range(left + 3, right - 2)
        cuts = sorted(inner, key=lambda x: float(weight[x - left]))[:4]
        best: tuple[str, NDArray[np.float32]] | None = None
        for cut in cuts:
            halves = [_shrunk(ink, (left, top, cut, bottom)), _shrunk(ink, (cut, top, right, bottom))]
            odds = self.odds(np.stack([features(ink, half, line) for half in halves]))
            read = "".join(self.alphabet[int(i)] for i in odds.argmax(axis=1))
            if read.isalnum() and (best is None or odds.max(axis=1).min() > best[1].min()):
                best = read, odds.max(axis=1)
        return best


def _shrunk(ink: Ink, box: Box) -> Box:
    left, top, right, bottom = box
    rows = np.flatnonzero((ink[top:bottom, left:right] > 0.5).any(axis=1))
    return box if not len(rows) else (left, top + int(rows[0]), right, top + int(rows[-1]) + 1)


@cache
def letters() -> Letters:
    """The network that comes with the program, read once."""
    return Letters()
