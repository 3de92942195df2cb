"""Everything that training pictures are put together from, in memory: drawn pieces, photographs, cut-outs, grounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import photos

MARGIN = 0.03  # of the photograph round a box: not ground either
LEAST_GROUND = (90, 80)  # pixels across and down of a piece of ground worth keeping
CUT_SIDE = 224  # pixels of a cut-out's longer side, as of a drawn figure
UNSURE_EDGE = 5  # pixels round an outline made by GrabCut that teach nothing
ANYTHING = 255  # in a map of doubt: nothing is known here
# Where the cat of this clip sits (left, top, right, bottom): its surroundings are ground, it teaches nothing.
CLIP_CAT = (0.12, 0.0, 0.48, 0.62)


@dataclass
class Seen:
    """A photograph ready for use: ``rgb``, ``outline`` and ``doubt`` (see ``spoil.py``)."""

    rgb: np.ndarray
    outline: np.ndarray
    doubt: np.ndarray


@dataclass
class Stock:
    """Lists of uint8 arrays: figures and cut-outs have a cover as fourth channel, drawn frames their outline; ``spots``
    are factors for coats."""

    figures: list[np.ndarray]
    frames: list[np.ndarray]
    empty: list[np.ndarray]
    textures: list[np.ndarray]
    cutouts: list[np.ndarray] = field(default_factory=list)
    boxed: list[Seen] = field(default_factory=list)
    filmed: list[Seen] = field(default_factory=list)
    grounds: list[np.ndarray] = field(default_factory=list)
    spots: list[np.ndarray] = field(default_factory=list)


def load(drawn: Path, pictures: Path | None, outlines: Path | None, measured: bool = False) -> Stock:
    """Read what ``draw.py`` has drawn and, where folders are given, photographs and the outlines made for them."""
    scenes = _all(drawn, "scenes")
    stock = Stock(_all(drawn, "figures"), scenes, [s for s in scenes if not s[..., 3].any()], _all(drawn, "textures"))
    if not (stock.figures and stock.empty and stock.textures):
        raise SystemExit(f"Nothing drawn in {drawn}: run draw_all first.")
    stock.spots = [_spots(np.random.default_rng((11, n))) for n in range(32)]
    if pictures is None:
        return stock
    made = np.load(outlines, allow_pickle=False) if outlines is not None and outlines.is_file() else {}
    for photo in photos.boxed(pictures, measured):
        masks = []
        for number in range(len(photo.boxes)):
            packed = made.get(f"{photo.name}/{number}")
            size = photo.rgb.shape[0] * photo.rgb.shape[1]
            masks.append(None if packed is None else np.unpackbits(packed, count=size).reshape(photo.rgb.shape[:2]))
        stock.boxed.append(_seen(photo, masks))
        stock.grounds += _grounds(photo)
        stock.cutouts += [_cutout(photo.rgb, mask) for mask in masks if mask is not None]
    if measured:
        return stock
    for number, photo in enumerate(photos.filmed(pictures)):
        assert photo.outline is not None
        stock.filmed.append(Seen(photo.rgb, photo.outline, np.zeros_like(photo.outline)))
        if number % 3 == 0:  # neighbouring frames are near-copies
            stock.grounds += _grounds(photo)
            if photo.outline.any():
                stock.cutouts.append(_cutout(photo.rgb, (photo.outline > 127).astype(np.uint8)))
    for photo in photos.empty(pictures):
        photo.boxes = [CLIP_CAT] if "cat" in photo.name else []
        stock.grounds += _grounds(photo)
    return stock


def _all(folder: Path, kind: str) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    for path in sorted(folder.glob(f"{kind}_?????.npz")):
        with np.load(path, allow_pickle=False) as kept:
            found += [kept[name] for name in kept.files]
    return found


def _seen(photo: photos.Photo, masks: list[np.ndarray | None]) -> Seen:
    """Outside the boxes there is no animal; inside the outline counts where there is one, else the box alone."""
    import cv2

    high, wide = photo.rgb.shape[:2]
    outline, doubt = np.zeros((high, wide), np.uint8), np.zeros((high, wide), np.uint8)
    for number, (box, mask) in enumerate(zip(photo.boxes, masks, strict=True), 1):
        x0, y0, x1, y1 = round(box[0] * wide), round(box[1] * high), round(box[2] * wide), round(box[3] * high)
        if mask is None:
            doubt[y0:y1, x0:x1] = min(number, 200)
    for mask in masks:
        if mask is not None:
            shape = np.ones((UNSURE_EDGE, UNSURE_EDGE), np.uint8)
            doubt[cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, shape) > 0] = ANYTHING
            outline[mask > 0] = 255
            doubt[cv2.erode(mask, shape) > 0] = 0
    return Seen(photo.rgb, outline, doubt)


def _grounds(photo: photos.Photo) -> list[np.ndarray]:
    """The parts left of, right of, above and below all animals, where large enough; the whole where there are none."""
    high, wide = photo.rgb.shape[:2]
    if not photo.boxes:
        return [photo.rgb]
    all_boxes = np.array(photo.boxes)
    x0, y0 = ((all_boxes[:, :2].min(0) - MARGIN) * (wide, high)).astype(int)
    x1, y1 = ((all_boxes[:, 2:].max(0) + MARGIN) * (wide, high)).astype(int)
    sides = [photo.rgb[:, : max(0, x0)], photo.rgb[:, x1:], photo.rgb[: max(0, y0)], photo.rgb[y1:]]
    return [s.copy() for s in sides if s.shape[1] >= LEAST_GROUND[0] and s.shape[0] >= LEAST_GROUND[1]]


def _cutout(rgb: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The animal alone, ``(h, w, 4)``, its cover drawn in by a pixel and softened; colours carried past the edge."""
    import cv2

    x, y, w, h = cv2.boundingRect(mask)
    cut = np.s_[max(0, y - 4) : y + h + 4, max(0, x - 4) : x + w + 4]
    part, inside = rgb[cut], cv2.erode(mask[cut], np.ones((3, 3), np.uint8)).astype(np.float32)
    weight = cv2.GaussianBlur(inside, (0, 0), 2.0)
    spread = cv2.GaussianBlur(part * inside[..., None], (0, 0), 2.0) / np.maximum(weight, 1e-3)[..., None]
    colour = np.where(inside[..., None] > 0, part, np.clip(spread, 0, 255)).astype(np.uint8)
    whole = np.dstack([colour, (cv2.GaussianBlur(inside, (0, 0), 0.8) * 255).astype(np.uint8)])
    scale = min(1.0, CUT_SIDE / max(whole.shape[:2]))
    return cv2.resize(whole, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _spots(rng: np.random.Generator) -> np.ndarray:
    """Dark blots or rings of one size, ``(256, 256)`` float32 factors from 0.25 to 1: coats for plain cut-outs."""
    import cv2

    size = float(rng.uniform(2.0, 6.0))
    grain = cv2.GaussianBlur(rng.standard_normal((256, 256), np.float32), (0, 0), size)
    field_ = grain / grain.std()
    if rng.random() < 0.5:
        dark = np.clip((field_ - rng.uniform(0.3, 0.9)) * 4, 0, 1)
    else:
        dark = np.clip(1.2 - np.abs(field_ - rng.uniform(0.4, 0.9)) * 5, 0, 1)
    return np.asarray(1 - dark * np.float32(rng.uniform(0.35, 0.75)), np.float32)
