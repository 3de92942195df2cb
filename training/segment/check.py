"""Measures a network on pictures it was not trained on: ``python check.py segment.onnx --masks FOLDER ...``

A folder of masks holds ``images/`` and ``masks/`` (same stems), one of boxes ``images/`` and ``labels/`` (a line a box:
class, middle and size as fractions), one of empty frames just pictures.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from spotid.boxes import Box
from spotid.prepare import segmenter
from spotid.prepare.cutouts.grabcut import GrabCut
from spotid.prepare.cutouts.network import NetworkCut
from spotid.prepare.parts import Cutter

SCORE = 0.6  # a patch counts as a detection from here


def pictures(folder: Path, most: int = 0) -> list[Path]:
    """The pictures of a folder in order, at most ``most`` of them, evenly spread."""
    found = sorted(p for p in folder.iterdir() if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    return found if not most or len(found) <= most else [found[n * len(found) // most] for n in range(most)]


def read(path: Path, grey: bool = False) -> np.ndarray:
    """``(h, w, 3)`` RGB or ``(h, w)``, uint8."""
    from PIL import Image

    return np.asarray(Image.open(path).convert("L" if grey else "RGB"))


def box_round(mask: np.ndarray) -> Box:
    """The box round a mask's pixels."""
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    x, y = columns[0] / width, rows[0] / height
    return Box(float(x), float(y), float((columns[-1] + 1) / width - x), float((rows[-1] + 1) / height - y))


def shaken(box: Box, by: float, rng: np.random.Generator) -> Box:
    """The box with every edge moved by up to a share of its size."""
    x0, x1 = box.x + box.w * rng.uniform(-by, by), box.x + box.w * (1 + rng.uniform(-by, by))
    y0, y1 = box.y + box.h * rng.uniform(-by, by), box.y + box.h * (1 + rng.uniform(-by, by))
    return Box(x0, y0, x1 - x0, y1 - y0).clipped()


def on_masks(folder: Path, weights: Path, most: int, inexact: float) -> str:
    """Overlap of outlines in crops round the true box (a tenth more on every side), network beside GrabCut.

    ``inexact`` shifts each edge of the box given by up to this share of the box, as a detector's box would be.
    """
    cutters: dict[str, Cutter] = {"network": NetworkCut(weights), "grabcut": GrabCut()}
    overlaps: dict[str, list[float]] = {name: [] for name in cutters}
    helped, rng = 0, np.random.default_rng(4)
    for path in pictures(folder / "images", most):
        found = next(iter((folder / "masks").glob(path.stem + ".*")), None)
        if found is None:
            continue
        rgb, mask = read(path), read(found, grey=True) > 127
        if mask.shape != rgb.shape[:2] or not mask.any():
            continue
        box = box_round(mask)
        left, top, right, bottom = box.padded(0.1).pixels(rgb.shape[1], rgb.shape[0])
        crop, wanted = rgb[top:bottom, left:right], mask[top:bottom, left:right]
        given = shaken(box_round(wanted), inexact, rng)
        for name, cutter in cutters.items():
            cut = cutter.cut(crop, given, None)
            overlaps[name].append(float((cut.mask & wanted).sum() / max(1, int((cut.mask | wanted).sum()))))
            helped += name == "network" and cut.how != "network"
    said = [f"{n} mean {np.mean(v):.3f} median {np.median(v):.3f}" for n, v in overlaps.items()]
    return f"{folder.name}: {len(overlaps['network'])} masks, overlap {'; '.join(said)}; left to GrabCut {helped}"


def on_boxes(pairs: list[tuple[Path, list[Box]]], weights: Path, score: float = SCORE) -> str:
    """How many true boxes are found at an overlap of 0.5 and 0.3, and how many found boxes are no true ones."""
    hits, loose, total, wrong = 0, 0, 0, 0
    for path, boxes in pairs:
        found = [b for b, s, _ in segmenter.patches(segmenter.animal_map(read(path), weights)) if s >= score]
        best = [max((b.iou(f) for f in found), default=0.0) for b in boxes]
        hits += sum(v >= 0.5 for v in best)
        loose += sum(v >= 0.3 for v in best)
        total += len(boxes)
        wrong += sum(max((f.iou(b) for b in boxes), default=0.0) < 0.3 for f in found)
    return (
        f"{total} boxes in {len(pairs)} frames: recall {hits / max(1, total):.2f} at 0.5,"
        f" {loose / max(1, total):.2f} at 0.3; wrong boxes a frame {wrong / max(1, len(pairs)):.2f}"
    )


def labelled(folder: Path, most: int) -> list[tuple[Path, list[Box]]]:
    """Pictures with their true boxes."""
    out = []
    for path in pictures(folder / "images", most):
        label = folder / "labels" / (path.stem + ".txt")
        rows = [line.split() for line in label.read_text().splitlines()] if label.is_file() else []
        boxes = [Box(float(x) - float(w) / 2, float(y) - float(h) / 2, float(w), float(h)) for _, x, y, w, h in rows]
        out.append((path, boxes))
    return out


def on_empty(folder: Path, weights: Path, most: int) -> str:
    """False boxes a frame."""
    counts = []
    for path in pictures(folder, most):
        found = segmenter.patches(segmenter.animal_map(read(path), weights))
        counts.append(sum(s >= SCORE for _, s, _ in found))
    return f"{folder.name}: {len(counts)} empty frames, {np.mean(counts):.2f} false boxes a frame"


def main() -> None:
    """Measure what is named on the command line."""
    import cv2

    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("weights", type=Path)
    ask.add_argument("--masks", type=Path, nargs="*", default=[])
    ask.add_argument("--boxes", type=Path, nargs="*", default=[])
    ask.add_argument("--empty", type=Path, nargs="*", default=[])
    ask.add_argument("--inexact", type=float, default=0.0, help="how far the boxes given for masks are off")
    ask.add_argument("--most", type=int, default=60, help="pictures of a folder")
    o = ask.parse_args()
    cv2.setNumThreads(1)
    for folder in o.masks:
        print(on_masks(folder, o.weights, o.most, o.inexact), flush=True)
    for folder in o.boxes:
        print(f"{folder.name}: {on_boxes(labelled(folder, o.most), o.weights)}", flush=True)
    for folder in o.empty:
        print(on_empty(folder, o.weights, o.most), flush=True)
    frame = np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)
    segmenter.animal_map(frame, o.weights)
    started = time.perf_counter()
    for _ in range(20):
        segmenter.animal_map(frame, o.weights)
    print(f"{(time.perf_counter() - started) * 50:.0f} ms a frame of 640 by 480, one thread")


if __name__ == "__main__":
    main()
