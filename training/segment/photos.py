"""Reads the photographs that may be trained on, from a folder of sets that never enters the repository.

Which sets, and under what licences, is told in README.md beside this file. A set that is not there is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BOXED = ("lion_boxes", "raccoon_boxes")
FILMED = ("cows", "camel", "goat", "dog", "libby")  # of davis16_animals; the sixth, a swan, stays for measuring
# One infrared clip, of which the part without its cat is used, and the frames of one station after the elephants.
EMPTY = {"ct_zamba_smallcat_clip": (0, 20, 39), "ct_serengeti_s1_elephant_seq": (3, 5, 9)}
ALONE = {"camel": 14}  # frames until a second camel appears that nobody outlined
SIDE = 384  # pixels of a kept photograph's longer side
MEASURED = 12  # every so manyth boxed photograph stays unseen, for the learning curve and the scores

Boxes = list[tuple[float, float, float, float]]


@dataclass
class Photo:
    """A photograph, its animals' boxes (left, top, right, bottom as fractions) and an outline where one is known."""

    name: str
    rgb: np.ndarray  # (h, w, 3) uint8
    boxes: Boxes
    outline: np.ndarray | None = None  # (h, w) uint8, 255 on animals


def boxed(folder: Path, measured: bool = False) -> Iterator[Photo]:
    """Photographs with boxes; those kept for measuring alone, or all others. Lions come stretched: 4 to 3 is near."""
    for kind in BOXED:
        for number, path in enumerate(_pictures(folder / kind / "images")):
            label = folder / kind / "labels" / (path.stem + ".txt")
            if not label.is_file() or (number % MEASURED == 5) != measured:
                continue
            rgb = _read(path, (SIDE, SIDE * 3 // 4) if kind == "lion_boxes" else None)
            yield Photo(f"{kind}/{path.stem}", rgb, _boxes(label))


def filmed(folder: Path) -> Iterator[Photo]:
    """Frames with outlines drawn by people."""
    everything = _pictures(folder / "davis16_animals" / "images")
    for scene in FILMED:
        for path in [p for p in everything if p.name.startswith(scene)][: ALONE.get(scene)]:
            found = next(iter((folder / "davis16_animals" / "masks").glob(path.stem + ".*")), None)
            if found is not None:
                rgb = _read(path)
                outline = _read(found, (rgb.shape[1], rgb.shape[0]))[..., 0]
                yield Photo(f"davis16_animals/{path.stem}", rgb, [round_mask(outline > 127)], outline)


def empty(folder: Path) -> Iterator[Photo]:
    """Frames of two camera traps after the animal has gone."""
    for kind, numbers in EMPTY.items():
        found = _pictures(folder / kind / "unlabelled")
        for path in (found[n] for n in numbers if n < len(found)):
            yield Photo(f"{kind}/{path.stem}", _read(path), [])


def round_mask(mask: np.ndarray) -> tuple[float, float, float, float]:
    """The box round a mask's pixels; all zeros for an empty one."""
    if not mask.any():
        return (0.0, 0.0, 0.0, 0.0)
    high, wide = mask.shape
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return (columns[0] / wide, rows[0] / high, (columns[-1] + 1) / wide, (rows[-1] + 1) / high)


def _pictures(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))


def _read(path: Path, size: tuple[int, int] | None = None) -> np.ndarray:
    import cv2

    full = cv2.imread(str(path), cv2.IMREAD_COLOR)[..., ::-1]
    scale = min(1.0, SIDE / max(full.shape[:2]))
    size = size or (round(full.shape[1] * scale), round(full.shape[0] * scale))
    return np.asarray(cv2.resize(np.ascontiguousarray(full), size, interpolation=cv2.INTER_AREA))


def _boxes(label: Path) -> Boxes:
    found: Boxes = []
    for line in label.read_text(encoding="utf-8").splitlines():
        x, y, w, h = (float(v) for v in line.split()[1:5])
        found.append((max(0.0, x - w / 2), max(0.0, y - h / 2), min(1.0, x + w / 2), min(1.0, y + h / 2)))
    return found
