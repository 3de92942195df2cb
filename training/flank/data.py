"""Puts training pictures together: a drawn animal on a drawn background, spoilt, then cropped as a detector would."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import ground

from spotid.prepare.flank import WIDE, fitted

CLASSES = ("left", "right", "front", "rear")
SIDE_UP_TO, END_FROM = 58.0, 70.0  # degrees from broadside: a side, and front or rear; in between both are half right
CUTS = 2  # of each picture
NO_ANIMAL = 0.04  # share of pictures without one: nothing may be learnt from them but not to be sure
Sample = tuple[np.ndarray, np.ndarray]


class Stock:
    """What ``draw.py`` has drawn, in memory."""

    def __init__(self, folder: Path) -> None:
        self.figures: list[np.ndarray] = []
        self.headings: list[float] = []
        for path in sorted(folder.glob("figures_?????.npz")):
            with np.load(path, allow_pickle=False) as kept:
                self.headings += kept["heading"].tolist()
                self.figures += [kept[f"p{n}"] for n in range(len(kept["heading"]))]
        self.scenery = ground.scenery(folder)
        if not self.figures:
            raise SystemExit(f"No figures in {folder}: run draw_all first.")


def wanted(heading: float) -> np.ndarray:
    """How right each of left, right, front, rear is for an animal that heads this way, ``(4,)`` adding up to 1."""
    a = np.radians(heading)
    from_side = float(np.degrees(np.arcsin(min(1.0, abs(np.sin(a))))))
    end = float(np.clip((from_side - SIDE_UP_TO) / (END_FROM - SIDE_UP_TO), 0, 1))
    out = np.zeros(4, np.float32)
    out[1 if np.cos(a) > 0 else 0] = 1 - end
    out[3 if np.sin(a) > 0 else 2] = end
    return out


def samples(stock: Stock, seed: int, held_back: bool = False) -> list[Sample]:
    """Two cuts of one picture as the network sees them ``(80, 112)`` uint8, and what is right ``(4,)``, by the seed.

    Every eighth individual (and the strangers drawn beside it) is kept for ``held_back`` pictures.
    """
    rng = np.random.default_rng((20_261_121, 7, int(held_back), seed))
    night = rng.random() < 0.45
    picture = ground.background(stock.scenery, rng, close=rng.random() < 0.5)
    for _ in range(int(rng.choice([0, 1, 3], p=[0.5, 0.3, 0.2]))):
        ground.foreign_shape(picture, stock.scenery, rng)
    if rng.random() < NO_ANIMAL:
        answer = np.full(4, 0.25, np.float32)
        w, h = rng.uniform(60, 250), rng.uniform(50, 180)
        x, y = rng.uniform(0, ground.WIDE - w), rng.uniform(0, ground.HIGH - h)
        box = np.array([x, y, x + w, y + h])
    else:
        if rng.random() < 0.07:  # another animal, partly behind this one
            other = int(rng.integers(len(stock.figures)))
            _laid(picture, stock.figures[other], rng, night)
        number = _pick(stock, rng, held_back)
        figure, heading = stock.figures[number], stock.headings[number]
        if rng.random() < 0.5:
            figure, heading = figure[:, ::-1], 180.0 - heading
        answer, box = wanted(heading), _laid(picture, figure, rng, night)
    if rng.random() < 0.4:
        ground.grass(picture, rng)
    picture = ground.spoilt(picture, rng, night)
    if rng.random() < 0.2:
        ground.strips(picture := np.ascontiguousarray(picture), rng)
    return [(_seen(picture, _loose(box, rng), rng), answer) for _ in range(CUTS)]


def _seen(picture: np.ndarray, cut: list[int], rng: np.random.Generator) -> np.ndarray:
    """What the network sees of a cut: at times of a small animal enlarged, mostly through JPEG."""
    import cv2

    left, top, right, bottom = cut
    part = np.ascontiguousarray(picture[top:bottom, left:right])
    if rng.random() < 0.15:
        shrink = float(rng.uniform(0.25, 0.7))
        part = cv2.resize(part, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.6:
        _, packed = cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 96))])
        part = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))
    return fitted(part)


def _pick(stock: Stock, rng: np.random.Generator, held_back: bool) -> int:
    while True:
        number = int(rng.integers(len(stock.figures)))
        if (number // 40 % 8 == 7) == held_back:
            return number


def _laid(picture: np.ndarray, figure: np.ndarray, rng: np.random.Generator, night: bool) -> np.ndarray:
    """Lay a figure in, 35 to 90 % of the picture's width or height; its box ``(4,)``: left, top, right, bottom."""
    import cv2

    high, wide = figure.shape[:2]
    room = np.array([ground.WIDE, ground.HIGH])
    scale = float(rng.uniform(0.4, 0.9)) * float((room / (wide, high)).min())
    tall, turn, lean = scale * float(np.exp(rng.normal(0, 0.1))), rng.normal(0, 0.09), rng.normal(0, 0.08)
    linear = np.array([[scale * np.cos(turn), -tall * np.sin(turn) + lean * scale], [scale * np.sin(turn), tall]])
    place = room * (0.5 + rng.uniform(-0.12, 0.12, 2))
    whole = np.hstack([linear, (place - linear @ (wide / 2, high / 2))[:, None]])
    laid = cv2.warpAffine(np.ascontiguousarray(figure), whole, room.tolist(), flags=cv2.INTER_LINEAR)
    cover = laid[..., 3].astype(np.float32) / 255
    x, y, w, h = cv2.boundingRect((laid[..., 3] > 100).astype(np.uint8))
    inside = cover > 0.5
    if not inside.any():
        return np.array([x, y, x + 8, y + 8], float)
    burnt = night and rng.random() < 0.35
    if rng.random() < 0.5 and not burnt:  # a shadow at its feet
        dark = np.ones(picture.shape[:2], np.float32)
        feet, size = (int(x + w / 2), int(y + h * 0.97)), (max(2, w // 2), max(1, h // 9))
        cv2.ellipse(dark, feet, size, 0, 0, 360, float(rng.uniform(0.4, 0.9)), -1)
        picture[...] = (picture * cv2.blur(dark, (9, 5))[..., None]).astype(np.uint8)
    part = np.s_[max(0, y - 12) : y + h + 12, max(0, x - 12) : x + w + 12]
    theirs = picture[::4, ::4].reshape(-1, 3).mean(0)
    colour, here, cover, inside = laid[part][..., :3].astype(np.float32), picture[part], cover[part], inside[part]
    own = colour[inside].mean(0)
    bright = rng.uniform(150, 300) if burnt else theirs.mean() * np.exp(rng.normal(0.08, 0.4))
    to = own * bright / max(1.0, own.mean())
    to += (theirs * bright / max(1.0, theirs.mean()) - to) * rng.uniform(0, 0.8)  # fur is soil-coloured
    flat = np.float32(rng.uniform(0.35, 1.1) * bright / max(20.0, own.mean()))
    colour = (colour - own.astype(np.float32)) * flat + to.astype(np.float32)
    if rng.random() < 0.3:
        cover = cv2.GaussianBlur(cover, (0, 0), float(rng.uniform(0.5, 1.6)))
    if rng.random() < 0.15:  # it moved
        kernel = np.zeros((side := int(rng.integers(3, 14)) | 1, side), np.float32)
        kernel[side // 2] = 1 / side
        cover, colour = cv2.filter2D(cover, -1, kernel), cv2.filter2D(colour, -1, kernel)
    here[...] = np.clip(here + (colour - here) * cover[..., None], 0, 255).astype(np.uint8)
    return np.array([x, y, x + max(w, 8), y + max(h, 8)], float)


def _loose(box: np.ndarray, rng: np.random.Generator) -> list[int]:
    """The cut round a box, in pixels: mostly a little too wide, at times far too wide or through the body."""
    size = np.array([box[2] - box[0], box[3] - box[1]] * 2)
    margin = rng.uniform(0.0, 0.16, 4)
    kind = rng.random()
    if kind < 0.25:
        margin += rng.uniform(0, 0.35, 4)
    elif kind < 0.5:
        margin[int(rng.integers(4))] -= rng.uniform(0.05, 0.35)
    elif kind < 0.57:
        margin -= rng.uniform(0, 0.15, 4)
    cut = box + size * margin * (-1, -1, 1, 1)
    left, top = (max(0, int(v)) for v in cut[:2])
    right, bottom = min(ground.WIDE, int(cut[2]) + 1), min(ground.HIGH, int(cut[3]) + 1)
    return [left, top, max(right, left + 8), max(bottom, top + 8)]


assert WIDE == 112, "figures and cuts were chosen for this size"
