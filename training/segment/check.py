"""Measures a network on pictures it was not trained on: ``python check.py segment.onnx --masks FOLDER ...``

A folder of masks holds ``images/`` and ``masks/`` (same stems), one of boxes ``images/`` and ``labels/`` (a line a box:
class, middle and size as fractions), one of empty frames just pictures; a table (CSV) of frames has the columns path
and box ("x y w h" as fractions of the frame, left and top first), rows without a box being left out. ``--sheet`` writes
a page of the pictures with true boxes in white and found ones in yellow, to be looked at.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from spotid.boxes import Box
from spotid.prepare import segmenter
from spotid.prepare.cutouts.grabcut import GrabCut
from spotid.prepare.cutouts.network import NetworkCut
from spotid.prepare.detectors.network import NetworkDetector
from spotid.prepare.parts import Cutter, Detection, Frame

SCORES = (0.3, 0.5, 0.7)  # a box counts as found from here
SIDE = 640  # pixels of a frame's longer side, as the program keeps frames
Pairs = list[tuple[Path, list[Box]]]


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


def small(path: Path) -> np.ndarray:
    """A frame as the program shows it to a detector."""
    import cv2

    rgb = read(path)
    scale = min(1.0, SIDE / max(rgb.shape[:2]))
    return rgb if scale == 1 else cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def on_frames(name: str, pairs: Pairs, weights: Path, sheet: Path | None) -> list[str]:
    """A line a score: how many true boxes are found at an overlap of 0.5 and 0.3, and how many boxes are no true ones
    (less than 0.3)."""
    detector, found = NetworkDetector(weights), []
    for path, _ in pairs:
        rgb = small(path)
        found.append(detector.detect([Frame(path.stem, rgb, rgb.shape[1], rgb.shape[0])], [])[0])
    total, lines = sum(len(boxes) for _, boxes in pairs), []
    for score in SCORES:
        kept = [[d.box for d in some if d.score >= score] for some in found]
        best = [
            max((b.iou(f) for f in k), default=0.0) for (_, boxes), k in zip(pairs, kept, strict=True) for b in boxes
        ]
        wrong = sum(
            max((f.iou(b) for b in boxes), default=0.0) < 0.3
            for (_, boxes), k in zip(pairs, kept, strict=True)
            for f in k
        )
        reached = [float(np.mean([value >= wanted for value in best])) if best else 0.0 for wanted in (0.5, 0.3)]
        recall = f"recall {reached[0]:.2f} at 0.5, {reached[1]:.2f} at 0.3; "
        lines.append(
            f"{name}, score {score}: {total} boxes in {len(pairs)} frames, {recall if best else ''}"
            f"wrong boxes a frame {wrong / max(1, len(pairs)):.2f}"
        )
    if sheet is not None:
        draw_sheet(sheet / f"{name}.png", pairs, found)
    return lines


def draw_sheet(path: Path, pairs: Pairs, found: list[list[Detection]], columns: int = 7) -> None:
    """A page of small pictures with true boxes in white and found ones in yellow, their scores in hundredths."""
    import cv2

    wide, high, cells = 230, 172, []
    for (picture, boxes), some in zip(pairs, found, strict=True):
        cell = np.ascontiguousarray(cv2.resize(read(picture), (wide, high), interpolation=cv2.INTER_AREA)[..., ::-1])
        for box in boxes:
            x0, y0, x1, y1 = box.clipped().pixels(wide, high)
            cv2.rectangle(cell, (x0, y0), (x1, y1), (255, 255, 255), 1)
        for one in some:
            x0, y0, x1, y1 = one.box.clipped().pixels(wide, high)
            cv2.rectangle(cell, (x0, y0), (x1, y1), (0, 255, 255), 1)
            cv2.putText(cell, f"{100 * one.score:.0f}", (x0 + 2, y0 + 11), 0, 0.38, (0, 255, 255), 1)
        cells.append(cell)
    cells += [np.zeros((high, wide, 3), np.uint8)] * (-len(cells) % columns)
    rows = [np.hstack(cells[n : n + columns]) for n in range(0, len(cells), columns)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", np.vstack(rows))[1].tobytes())


def listed(table: Path) -> Pairs:
    """The frames of a table that have a box."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row.get("box")]
    return [(table.parent / row["path"], [Box(*(float(v) for v in row["box"].split()))]) for row in rows]


def labelled(folder: Path, most: int) -> Pairs:
    """Pictures with their true boxes."""
    out = []
    for path in pictures(folder / "images", most):
        label = folder / "labels" / (path.stem + ".txt")
        rows = [line.split() for line in label.read_text().splitlines()] if label.is_file() else []
        boxes = [Box(float(x) - float(w) / 2, float(y) - float(h) / 2, float(w), float(h)) for _, x, y, w, h in rows]
        out.append((path, boxes))
    return out


def main() -> None:
    """Measure what is named on the command line."""
    import cv2

    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("weights", type=Path)
    ask.add_argument("--masks", type=Path, nargs="*", default=[])
    ask.add_argument("--boxes", type=Path, nargs="*", default=[])
    ask.add_argument("--tables", type=Path, nargs="*", default=[], help="CSV files of frames with a box each")
    ask.add_argument("--empty", type=Path, nargs="*", default=[])
    ask.add_argument("--sheet", type=Path, help="folder for pages of pictures with their boxes")
    ask.add_argument("--inexact", type=float, default=0.0, help="how far the boxes given for masks are off")
    ask.add_argument("--most", type=int, default=60, help="pictures of a folder")
    o = ask.parse_args()
    cv2.setNumThreads(1)
    for folder in o.masks:
        print(on_masks(folder, o.weights, o.most, o.inexact), flush=True)
    sets = [(folder.name, labelled(folder, o.most)) for folder in o.boxes]
    sets += [(table.parent.name, listed(table)) for table in o.tables]
    sets += [(f"{f.parent.name}-{f.name}", [(path, []) for path in pictures(f, o.most)]) for f in o.empty]
    for name, pairs in sets:
        print("\n".join(on_frames(name, pairs, o.weights, o.sheet)), flush=True)
    frame = np.random.default_rng(1).integers(0, 256, (480, 640, 3), np.uint8)
    segmenter.animal_map(frame, o.weights)
    started = time.perf_counter()
    for _ in range(20):
        segmenter.animal_map(frame, o.weights)
    print(f"{(time.perf_counter() - started) * 50:.0f} ms a frame of 640 by 480, one thread")


if __name__ == "__main__":
    main()
