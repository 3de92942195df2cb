"""Puts training pictures together: drawn and photographed animals on drawn and real ground, spoilt as by a camera."""

from __future__ import annotations

import ground
import numpy as np
import spoil
from spoil import HIGH, WIDE, Sample
from stock import ANYTHING, Seen, Stock

PLAIN, CROP, FRAME, PHOTO = "animals on a background", "one animal fills the picture", "a drawn frame", "a photograph"
KINDS, SHARES = (PLAIN, CROP, FRAME, PHOTO), (0.36, 0.21, 0.17, 0.26)
BOXES = 3  # of animals without an outline that are taught by their boxes, in one picture
Taught = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def sample(stock: Stock, seed: int) -> Taught:
    """One picture by its seed: ``(192, 256, 3)`` uint8, outline ``(96, 128)`` uint8 (255 on animals), what is known of
    it (the same size, 1 or 0), and ``(3, 4)`` boxes (left, top, right, bottom in pixels of the outline; zeros for
    none) that an animal spans whose outline is not known."""
    import cv2

    rng = np.random.default_rng((20_261_121, seed))
    shares = SHARES if stock.boxed else (0.5, 0.28, 0.22, 0.0)
    kind = str(rng.choice(KINDS, p=shares))
    night = rng.random() < 0.42
    doubt = np.zeros((HIGH, WIDE), np.uint8)
    if kind == FRAME:
        picture, outline = _window(stock.frames[int(rng.integers(len(stock.frames)))], rng)
    elif kind == PHOTO:
        picture, outline, doubt = _photograph(stock, rng)
    else:
        picture, outline = ground.background(stock, rng, close=kind == CROP)
    shapes = [0, 1, 3, 6] if kind != PHOTO else [0, 0, 1, 2]
    for _ in range(int(rng.choice(shapes, p=[0.35, 0.25, 0.25, 0.15]))):
        _foreign_shape(picture, outline, doubt, stock, rng)
    if kind == PLAIN:
        for _ in range(int(rng.choice([0, 1, 2], p=[0.4, 0.48, 0.12]))):
            _animal(picture, outline, doubt, stock, rng, float(np.exp(rng.uniform(np.log(0.05), np.log(0.65)))), night)
    elif kind == CROP:
        _animal(picture, outline, doubt, stock, rng, float(rng.uniform(0.55, 1.25)), night)
    elif rng.random() < 0.15:
        _animal(picture, outline, doubt, stock, rng, float(rng.uniform(0.08, 0.4)), night)
    if rng.random() < 0.4:
        spoil.grass(picture, outline, rng)
    if kind == PHOTO and rng.random() < 0.3:
        night = False
    picture = spoil.spoilt(picture, rng, night)
    if rng.random() < 0.5:
        picture, outline, doubt = picture[:, ::-1], outline[:, ::-1], doubt[:, ::-1]
    picture, outline, doubt = (np.ascontiguousarray(a) for a in (picture, outline, doubt))
    if rng.random() < 0.3:
        spoil.strips(picture, outline, doubt, rng)
    if rng.random() < 0.2:
        picture, outline, doubt = spoil.padded(picture, outline, doubt, rng)
    if rng.random() < 0.7:
        quality = int(rng.integers(35, 96))
        _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        picture = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))
    small = cv2.resize(outline, (WIDE // 2, HIGH // 2), interpolation=cv2.INTER_AREA)
    unsure = cv2.resize(doubt, (WIDE // 2, HIGH // 2), interpolation=cv2.INTER_NEAREST)
    return np.ascontiguousarray(picture), small, (unsure == 0).astype(np.uint8), _boxes(unsure)


def _boxes(doubt: np.ndarray) -> np.ndarray:
    import cv2

    found = np.zeros((BOXES, 4), np.int64)
    numbers = [n for n in np.unique(doubt) if n not in (0, ANYTHING)]
    for row, number in enumerate(numbers[:BOXES]):
        x, y, w, h = cv2.boundingRect((doubt == number).astype(np.uint8))
        if w >= 3 and h >= 3:
            found[row] = x, y, x + w, y + h
    return found


def _photograph(stock: Stock, rng: np.random.Generator) -> Sample:
    """A photograph with animals: nearly whole, a part near an animal, or shrunk and laid into a larger ground."""
    import cv2

    pool = stock.filmed if stock.filmed and rng.random() < 0.25 else stock.boxed
    seen = pool[int(rng.integers(len(pool)))]
    x, y, w, h = _part(seen, rng)
    cut = np.s_[y : y + h, x : x + w]
    doubt = seen.doubt[cut].copy()
    for number in np.unique(doubt):
        if number not in (0, ANYTHING) and (doubt == number).sum() < 0.9 * (seen.doubt == number).sum():
            doubt[doubt == number] = ANYTHING  # what is left of it need not span what is left of its box
    size = (WIDE, HIGH)
    smaller = rng.random() < 0.45
    if smaller:
        wide = WIDE * float(rng.uniform(0.25, 0.85))
        size = (int(wide), int(min(HIGH, wide * h / w * np.exp(rng.normal(0, 0.1)))))
    how = cv2.INTER_AREA if size[0] < w else cv2.INTER_LINEAR
    part = cv2.resize(np.ascontiguousarray(seen.rgb[cut]), size, interpolation=how)
    line = cv2.resize(np.ascontiguousarray(seen.outline[cut]), size, interpolation=cv2.INTER_AREA)
    unsure = cv2.resize(doubt, size, interpolation=cv2.INTER_NEAREST)
    if not smaller:
        return part, line, unsure
    picture, outline = ground.background(stock, rng, close=False)
    wide_doubt = np.zeros((HIGH, WIDE), np.uint8)
    at = int(rng.integers(0, WIDE - size[0] + 1)), int(rng.integers(0, HIGH - size[1] + 1))
    place = np.s_[at[1] : at[1] + size[1], at[0] : at[0] + size[0]]
    cover = np.zeros((size[1] + 2, size[0] + 2), np.float32)
    cover[1:-1, 1:-1] = 1
    if rng.random() < 0.7:  # a soft seam, so that seams do not speak of animals
        cover = np.clip(2 * cv2.blur(cover, (2 * max(2, size[0] // 10) + 1,) * 2) - 1, 0, 1)
    here = picture[place].astype(np.float32)
    bright = np.float32(np.clip(here.mean() / max(8.0, part.mean()), 0.4, 2.5) ** rng.uniform(0, 1))
    picture[place] = np.clip(here + (part * bright - here) * cover[1:-1, 1:-1, None], 0, 255).astype(np.uint8)
    outline[place], wide_doubt[place] = line, unsure
    wide_doubt[place][(cover[1:-1, 1:-1] < 0.7) & ((line > 0) | (unsure > 0))] = ANYTHING
    return picture, outline, wide_doubt


def _part(seen: Seen, rng: np.random.Generator) -> tuple[int, int, int, int]:
    """Left, top, width and height of the part to show, in pixels of the photograph."""
    high, wide = seen.rgb.shape[:2]
    if rng.random() < 0.55:
        w, h = int(wide * rng.uniform(0.85, 1)), int(high * rng.uniform(0.85, 1))
    else:
        w = int(wide * rng.uniform(0.4, 0.9))
        h = int(np.clip(w * 0.75 * np.exp(rng.normal(0, 0.15)), high * 0.4, high))
    return int(rng.integers(0, wide - w + 1)), int(rng.integers(0, high - h + 1)), w, h


def _window(full: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A part of a drawn frame, from the whole of it to a third of its width; near an animal where there is one."""
    import cv2

    high, wide = full.shape[:2]
    share = float(rng.uniform(0.33, 1)) if rng.random() < 0.6 else 1.0
    w, h = int(share * wide), int(np.clip(share * high * np.exp(rng.normal(0, 0.12)), 64, high))
    x, y = int(rng.integers(0, wide - w + 1)), int(rng.integers(0, high - h + 1))
    if full[..., 3].any() and rng.random() < 0.7:
        rows, columns = np.nonzero(full[..., 3])
        x = int(np.clip(columns.mean() - w * rng.uniform(0.3, 0.7), 0, wide - w))
        y = int(np.clip(rows.mean() - h * rng.uniform(0.3, 0.7), 0, high - h))
    part = cv2.resize(full[y : y + h, x : x + w], (WIDE, HIGH), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(part[..., :3]), np.ascontiguousarray(part[..., 3])


def _animal(
    picture: np.ndarray,
    outline: np.ndarray,
    doubt: np.ndarray,
    stock: Stock,
    rng: np.random.Generator,
    share: float,
    night: bool,
) -> None:
    """Lay an animal in whose longer side is ``share`` of the width; brightness and colours near its surroundings."""
    import cv2

    figure = _figure(stock, rng)
    if rng.random() < 0.5:
        figure = figure[:, ::-1]
    high, wide = figure.shape[:2]
    scale = share * WIDE / max(high, wide)
    turn, lean = rng.normal(0, 0.09), rng.normal(0, 0.09)
    tall = scale * float(np.exp(rng.normal(0, 0.12)))
    linear = np.array([[scale * np.cos(turn), -tall * np.sin(turn) + lean * scale], [scale * np.sin(turn), tall]])
    spread = 0.5 if share < 0.6 else 0.2
    place = np.array([0.5 + rng.uniform(-spread, spread), 0.5 + rng.uniform(-spread, spread)]) * (WIDE, HIGH)
    whole = np.hstack([linear, (place - linear @ (wide / 2, high / 2))[:, None]])
    how = cv2.INTER_AREA if scale < 0.6 else cv2.INTER_LINEAR
    if scale < 0.6:  # warping alone would skip pixels
        smaller = cv2.resize(figure, (max(4, round(wide * scale)), max(4, round(high * scale))), interpolation=how)
        whole[:, :2] /= np.array([[smaller.shape[1] / wide, smaller.shape[0] / high]])
        figure = smaller
    laid = cv2.warpAffine(np.ascontiguousarray(figure), whole, (WIDE, HIGH), flags=cv2.INTER_LINEAR)
    cover = laid[..., 3].astype(np.float32) / 255
    box = cv2.boundingRect(laid[..., 3])
    if box[2] < 4 or box[3] < 4:
        return
    part = np.s_[box[1] : box[1] + box[3], box[0] : box[0] + box[2]]
    colour, here, cover = laid[part][..., :3].astype(np.float32), picture[part].astype(np.float32), cover[part]
    inside = cover > 0.5
    if inside.sum() < 12:
        return
    own, theirs = colour[inside].mean(0), here.reshape(-1, 3).mean(0)
    burnt = night and rng.random() < 0.35
    bright = rng.uniform(150, 300) if burnt else theirs.mean() * np.exp(rng.normal(0.08, 0.4))
    wanted = own * bright / max(1.0, own.mean())
    wanted += (theirs * bright / max(1.0, theirs.mean()) - wanted) * rng.uniform(0, 0.8)  # fur is soil-coloured
    flat = float(rng.uniform(0.35, 1.1))
    colour = (colour - own) * (flat * bright / max(20.0, own.mean())) + wanted
    if rng.random() < 0.3:
        cover = cv2.GaussianBlur(cover, (0, 0), float(rng.uniform(0.5, 1.6)))
    if rng.random() < 0.12:  # it moved
        side = int(rng.integers(3, 12)) | 1
        kernel = np.zeros((side, side), np.float32)
        kernel[side // 2] = 1 / side
        cover, colour = cv2.filter2D(cover, -1, kernel), cv2.filter2D(colour, -1, kernel)
    if rng.random() < 0.5 and not burnt:  # a shadow at its feet
        x, y = int(box[0] + box[2] / 2), int(box[1] + box[3] * 0.97)
        dark = np.ones((HIGH, WIDE), np.float32)
        cv2.ellipse(
            dark, (x, y), (max(2, box[2] // 2), max(1, box[3] // 9)), 0, 0, 360, float(rng.uniform(0.4, 0.9)), -1
        )
        dark = cv2.blur(dark, (9, 5))
        picture[...] = (picture * dark[..., None]).astype(np.uint8)
        here = picture[part].astype(np.float32)
    picture[part] = np.clip(here + (colour - here) * cover[..., None], 0, 255).astype(np.uint8)
    outline[part] = np.maximum(outline[part], (cover * 255).astype(np.uint8))
    doubt[part][cover > 0.3] = 0


def _figure(stock: Stock, rng: np.random.Generator) -> np.ndarray:
    """A drawn animal or one cut out of a photograph, whose plain coat may get blots or rings."""
    if not stock.cutouts or rng.random() < 0.62:
        return stock.figures[int(rng.integers(len(stock.figures)))]
    cut = stock.cutouts[int(rng.integers(len(stock.cutouts)))]
    if rng.random() < 0.4:
        spots = stock.spots[int(rng.integers(len(stock.spots)))]
        x, y = (int(rng.integers(0, 256 - side + 1)) for side in (cut.shape[1], cut.shape[0]))
        spots = spots[y : y + cut.shape[0], x : x + cut.shape[1]]
        cut = np.dstack([(cut[..., :3] * spots[..., None]).astype(np.uint8), cut[..., 3]])
    return cut


def _foreign_shape(
    picture: np.ndarray, outline: np.ndarray, doubt: np.ndarray, stock: Stock, rng: np.random.Generator
) -> None:
    """A rock, post, trunk or patch cut from another picture, with the edges a laid-in animal has: no animal."""
    import cv2

    source = ground.piece(stock, rng, True).astype(np.float32)
    source = source * np.float32(np.exp(rng.normal(0, 0.35)))
    cover = np.zeros((HIGH, WIDE), np.uint8)
    centre, size = rng.uniform(0, (WIDE, HIGH)), float(np.exp(rng.uniform(np.log(5), np.log(90))))
    kind = rng.random()
    if kind < 0.3:  # round or long
        axes = (max(2, int(size)), max(2, int(size * rng.uniform(0.15, 1))))
        cv2.ellipse(cover, centre.astype(int).tolist(), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
    elif kind < 0.55:  # trunk or post
        end = centre + rng.normal(0, 1, 2) * (0.5, 3) * size
        cv2.line(cover, centre.astype(int).tolist(), end.astype(int).tolist(), 255, max(2, int(size / 4)), cv2.LINE_AA)
    else:  # lumpy
        angle = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(5, 14))))
        radius = size * rng.uniform(0.35, 1, len(angle))
        corners = centre + np.stack([np.cos(angle) * radius * rng.uniform(0.6, 1.8), np.sin(angle) * radius], 1)
        cv2.fillPoly(cover, [corners.astype(np.int32)], 255, cv2.LINE_AA)
    a = cover.astype(np.float32)[..., None] / 255
    picture[...] = np.clip(picture + (source - picture) * a, 0, 255).astype(np.uint8)
    outline[cover > 127] = 0
    doubt[cover > 127] = 0
