"""Outlines for boxed photographs: GrabCut from the box, led by a network where one is given; kept where they fit.

``python outlines.py PHOTOS FOLDER [--weights segment.onnx]`` writes ``FOLDER/outlines.npz``: for "set/stem/number of
the box" a mask of the photograph's size, packed. A mask is kept if the box round it is the box given, if it fills a
usual share of it and if its edge is not ragged (Rother et al. 2004 for GrabCut).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import photos

AROUND = 0.18  # of the box on every side is looked at
SEEN = 200  # pixels of the longer side of what GrabCut looks at
LARGEST = 0.8  # of the photograph: round larger boxes too little is left to tell the animal from
FITS, FILLS, RAGGED = 0.8, (0.3, 0.88), 3.2
# Looked at one by one and found to hold a person, a bucket, another animal or ground beside the one meant.
WRONG = {
    "lion_boxes/test_9GHRD4X18JDG_jpg.rf.ec1679aae33a11009cb9_36f9e2/0",
    "lion_boxes/train_Lion_385_jpg.rf.2323ca434f259188f36065fe_459491/1",
    "lion_boxes/train_Lion_897_jpg.rf.3fa41a6ad4f58f8388a53635_392779/2",
    "raccoon_boxes/raccoon-122/0",
    "raccoon_boxes/raccoon-160/0",
    "raccoon_boxes/raccoon-175/0",
    "raccoon_boxes/raccoon-181/0",
    "raccoon_boxes/raccoon-25/0",
    "raccoon_boxes/raccoon-84/0",
    "raccoon_boxes/raccoon-91/0",
    "raccoon_boxes/raccoon-98/0",
    "lion_boxes/test_MBRHW2GYT9GC_jpg.rf.73081265e6f8a02a1ef5_22631c/0",
    "lion_boxes/train_478FJ3SSHSCQ_jpg.rf.dfcb46e8978d3c497fd2_98a8a4/0",
    "lion_boxes/train_QJ09MTS61ZS0_jpg.rf.bc86736d37b29b80ea8b_a96586/0",
    "raccoon_boxes/raccoon-148/1",
    "raccoon_boxes/raccoon-174/0",
    "raccoon_boxes/raccoon-194/0",
    "raccoon_boxes/raccoon-43/0",
    "raccoon_boxes/raccoon-59/0",
}


def outline(rgb: np.ndarray, box: tuple[float, float, float, float], weights: Path | None) -> np.ndarray | None:
    """The animal in ``box`` as a ``(h, w)`` bool mask of the photograph, or None where no outline is plausible."""
    import cv2

    high, wide = rgb.shape[:2]
    x0, y0, x1, y1 = box
    if (x1 - x0) * (y1 - y0) > LARGEST:
        return None
    dx, dy = AROUND * (x1 - x0), AROUND * (y1 - y0)
    left, top = int(max(0, x0 - dx) * wide), int(max(0, y0 - dy) * high)
    right, bottom = round(min(1, x1 + dx) * wide), round(min(1, y1 + dy) * high)
    part = np.ascontiguousarray(rgb[top:bottom, left:right])
    scale = SEEN / max(part.shape[:2])
    small = cv2.resize(part, (round(part.shape[1] * scale), round(part.shape[0] * scale)), interpolation=cv2.INTER_AREA)
    inner = np.array([x0 * wide - left, y0 * high - top, x1 * wide - left, y1 * high - top]) * scale
    a, b, c, d = np.round(inner).astype(int)
    a, b = max(0, a), max(0, b)
    marks = np.full(small.shape[:2], cv2.GC_BGD, np.uint8)
    marks[b:d, a:c] = cv2.GC_PR_BGD
    if weights is None:
        centre, axes = ((a + c) // 2, (b + d) // 2), (max(1, int((c - a) * 0.44)), max(1, int((d - b) * 0.44)))
        cv2.ellipse(marks, centre, axes, 0, 0, 360, cv2.GC_PR_FGD, -1)
    else:
        from spotid.prepare import segmenter

        shares = segmenter.one_look(small, weights)[b:d, a:c]
        marks[b:d, a:c][shares > min(0.5, 0.7 * float(shares.max()))] = cv2.GC_PR_FGD
        marks[b:d, a:c][shares > 0.95] = cv2.GC_FGD
    if not (marks[b:d, a:c] == cv2.GC_PR_FGD).any():
        return None
    cv2.setRNGSeed(1)
    cv2.grabCut(small, marks, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    found = np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(found)
    if count < 2:
        return None
    found = (labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    edges, _ = cv2.findContours(found, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(found, edges, -1, 1, cv2.FILLED)
    area = float(found.sum())
    fills = area / max(1, (c - a) * (d - b))
    ragged = cv2.arcLength(edges[0], True) / (2 * np.sqrt(np.pi * area))
    p, q, w, h = cv2.boundingRect(found)
    both = max(0, min(c, p + w) - max(a, p)) * max(0, min(d, q + h) - max(b, q))
    fits = both / max(1, (c - a) * (d - b) + w * h - both)
    if fits < FITS or not FILLS[0] < fills < FILLS[1] or ragged > RAGGED:
        return None
    full = np.zeros((high, wide), bool)
    back = cv2.resize(found.astype(np.float32), (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    full[top:bottom, left:right] = back > 0.5
    return full


def main() -> None:
    """Make the outlines of every boxed photograph that may be trained on."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("photos", type=Path)
    ask.add_argument("out", type=Path)
    ask.add_argument("--weights", type=Path)
    o = ask.parse_args()
    o.out.mkdir(parents=True, exist_ok=True)
    kept, total = {}, 0
    for photo in photos.boxed(o.photos):
        for number, box in enumerate(photo.boxes):
            total += 1
            mask = None if f"{photo.name}/{number}" in WRONG else outline(photo.rgb, box, o.weights)
            if mask is not None:
                kept[f"{photo.name}/{number}"] = np.packbits(mask, axis=None)
    np.savez(o.out / "outlines.npz", **kept)
    print(f"{len(kept)} outlines kept of {total} boxes")


if __name__ == "__main__":
    main()
