"""Puts training pictures together: drawn animals on drawn backgrounds, spoilt the way camera traps spoil them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

WIDE, HIGH = 256, 192
PLAIN, CROP, FRAME = "animals on a background", "one animal fills the picture", "a drawn frame"
KINDS, SHARES = (PLAIN, CROP, FRAME), (0.52, 0.28, 0.20)
Sample = tuple[np.ndarray, np.ndarray]


class Stock:
    """What ``draw.py`` has drawn, in memory (about 250 MB)."""

    def __init__(self, folder: Path) -> None:
        self.figures = _all(folder, "figures")
        scenes = _all(folder, "scenes")
        self.frames = scenes
        self.empty = [s for s in scenes if not s[..., 3].any()]
        self.textures = _all(folder, "textures")
        if not (self.figures and self.empty and self.textures):
            raise SystemExit(f"Nothing drawn in {folder}: run draw_all first.")


def _all(folder: Path, kind: str) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    for path in sorted(folder.glob(f"{kind}_?????.npz")):
        with np.load(path, allow_pickle=False) as kept:
            found += [kept[name] for name in kept.files]
    return found


def sample(stock: Stock, seed: int) -> Sample:
    """One picture ``(192, 256, 3)`` uint8 and its outline ``(96, 128)`` uint8 (255 on animals), by the seed."""
    import cv2

    rng = np.random.default_rng((20_261_121, seed))
    kind = str(rng.choice(KINDS, p=SHARES))
    night = rng.random() < 0.42
    if kind == FRAME:
        picture, outline = _window(stock.frames[int(rng.integers(len(stock.frames)))], rng)
    else:
        picture, outline = _background(stock, rng, close=kind == CROP)
    for _ in range(int(rng.choice([0, 1, 3, 6], p=[0.35, 0.25, 0.25, 0.15]))):
        _foreign_shape(picture, outline, stock, rng)
    if kind == PLAIN:
        for _ in range(int(rng.choice([0, 1, 2], p=[0.22, 0.63, 0.15]))):
            _animal(picture, outline, stock, rng, float(np.exp(rng.uniform(np.log(0.03), np.log(0.65)))), night)
    elif kind == CROP:
        _animal(picture, outline, stock, rng, float(rng.uniform(0.55, 1.25)), night)
    elif rng.random() < 0.2:
        _animal(picture, outline, stock, rng, float(rng.uniform(0.1, 0.5)), night)
    if rng.random() < 0.45:
        _grass(picture, outline, rng)
    picture = _spoilt(picture, rng, night)
    if rng.random() < 0.5:
        picture, outline = picture[:, ::-1], outline[:, ::-1]
    if rng.random() < 0.3:
        _strips(picture := np.ascontiguousarray(picture), outline := np.ascontiguousarray(outline), rng)
    if rng.random() < 0.25:
        picture, outline = _padded(picture, outline, rng)
    if rng.random() < 0.7:
        quality = int(rng.integers(35, 96))
        _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        picture = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))
    small = cv2.resize(outline, (WIDE // 2, HIGH // 2), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(picture), small


def _window(full: np.ndarray, rng: np.random.Generator) -> Sample:
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


def _background(stock: Stock, rng: np.random.Generator, close: bool) -> Sample:
    """A frame without animals, overlapping shapes, or a mixture of both."""
    import cv2

    pools = (stock.empty, stock.textures)
    pick = rng.random()
    pool = pools[0] if pick < 0.55 else pools[1]
    out, outline = _scrap(pool, rng, close), np.zeros((HIGH, WIDE), np.uint8)
    if pick > 0.9 or pick < 0.1:
        other = _scrap(pools[int(rng.integers(2))], rng, close)
        line = HIGH * rng.uniform(0.2, 0.8) + rng.uniform(-40, 40) * np.linspace(-1, 1, WIDE)[None]
        cover = np.clip((np.arange(HIGH)[:, None] - line) / rng.uniform(1, 20) + 0.5, 0, 1)[..., None]
        out = (out * (1 - cover) + other * cover).astype(np.uint8)
    if rng.random() < 0.15:
        out = cv2.GaussianBlur(out, (0, 0), float(rng.uniform(0.8, 3)))
    return out, outline


def _scrap(pool: list[np.ndarray], rng: np.random.Generator, close: bool) -> np.ndarray:
    import cv2

    full = pool[int(rng.integers(len(pool)))][..., :3]
    share = float(rng.uniform(0.2, 0.7) if close else rng.uniform(0.45, 1))
    high, wide = full.shape[:2]
    w, h = int(share * wide), int(np.clip(share * high * np.exp(rng.normal(0, 0.15)), 48, high))
    x, y = int(rng.integers(0, wide - w + 1)), int(rng.integers(0, high - h + 1))
    part = cv2.resize(full[y : y + h, x : x + w], (WIDE, HIGH), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(part[:, ::-1] if rng.random() < 0.5 else part)


def _animal(
    picture: np.ndarray, outline: np.ndarray, stock: Stock, rng: np.random.Generator, share: float, night: bool
) -> None:
    """Lay a figure in whose longer side is ``share`` of the width; brightness and colours near its surroundings."""
    import cv2

    figure = stock.figures[int(rng.integers(len(stock.figures)))]
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


def _foreign_shape(picture: np.ndarray, outline: np.ndarray, stock: Stock, rng: np.random.Generator) -> None:
    """A rock, post, trunk or patch cut from another picture, with the edges a laid-in animal has: no animal."""
    import cv2

    source = _scrap(stock.textures if rng.random() < 0.5 else stock.empty, rng, True).astype(np.float32)
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


def _grass(picture: np.ndarray, outline: np.ndarray, rng: np.random.Generator) -> None:
    """Blades, twigs and leaves in front of everything; they take their pixels out of the outline."""
    import cv2

    tone = picture.reshape(-1, 3).mean(0) * np.exp(rng.normal(0.1, 0.4))
    thick = int(rng.integers(1, 4))
    foot, wide = rng.uniform(0, WIDE), rng.uniform(10, 160)
    for _ in range(int(rng.integers(3, 45))):
        start = np.array([foot + rng.normal(0, wide), HIGH * rng.uniform(0.6, 1.15)])
        end = start + (rng.normal(0, 22), -rng.uniform(15, 110))
        bend = (start + end) / 2 + rng.normal(0, 6, 2)
        line = np.array([start, bend, end]).astype(np.int32)
        colour = tuple(float(v) for v in np.clip(tone * np.exp(rng.normal(0, 0.25)), 0, 255))
        cv2.polylines(picture, [line], False, colour, thick, cv2.LINE_AA)
        cv2.polylines(outline, [line], False, 0, thick)


def _spoilt(picture: np.ndarray, rng: np.random.Generator, night: bool) -> np.ndarray:
    """Exposure, contrast, colour cast or infrared light, blur, sharpening, noise."""
    import cv2

    x = picture.astype(np.float32) / 255
    if night:
        mix = rng.dirichlet((4, 4, 2)).astype(np.float32)
        x = np.repeat((x @ mix)[..., None], 3, 2)
        across = (np.linspace(-1, 1, WIDE)[None] - rng.normal(0, 0.2)) ** 2
        down = (np.linspace(-1, 1, HIGH)[:, None] - rng.normal(0, 0.25)) ** 2
        lamp = np.exp(-rng.uniform(0.2, 2.5) * (across + down)) * rng.uniform(0.7, 1.7) + rng.uniform(0, 0.15)
        x = x * lamp[..., None].astype(np.float32)
        if rng.random() < 0.25:  # many infrared cameras leave a tint
            x = x * np.exp(rng.normal(0, 0.12, 3)).astype(np.float32)
    else:
        x = x * np.exp(rng.normal(0, 0.1, 3)).astype(np.float32)
        if rng.random() < 0.25:
            grey = x.mean(2, keepdims=True)
            x = grey + (x - grey) * np.float32(rng.uniform(0, 1.4))
    x = np.clip(x * np.float32(np.exp(rng.normal(0, 0.25))), 0, 1) ** np.float32(np.exp(rng.normal(0, 0.3)))
    if rng.random() < 0.25:
        x = x * np.float32(rng.uniform(0.3, 0.8)) + np.float32(rng.uniform(0, 0.25))
    if rng.random() < 0.35:
        x = cv2.GaussianBlur(x, (0, 0), float(rng.uniform(0.4, 1.8)))
    elif rng.random() < 0.3:
        x = cv2.addWeighted(x, 1.8, cv2.GaussianBlur(x, (0, 0), 1.2), -0.8, 0)
    if rng.random() < 0.6:
        strength = float(rng.uniform(0.005, 0.09 if night else 0.04))
        grain = rng.standard_normal((HIGH, WIDE, 1 if night else 3), np.float32)
        if rng.random() < 0.5:
            grain = cv2.GaussianBlur(grain, (0, 0), 0.7).reshape(HIGH, WIDE, -1) * 1.8
        x = x + grain * np.float32(strength)
    return np.asarray(np.clip(x * 255, 0, 255), np.uint8)


def _strips(picture: np.ndarray, outline: np.ndarray, rng: np.random.Generator) -> None:
    """An information strip below, above or both, with something like writing in it."""
    import cv2

    tone = int(rng.choice([0, 0, 255, int(rng.integers(0, 256))]))
    for top in (True, False):
        if rng.random() < 0.4:
            continue
        rows = int(rng.integers(5, 17))
        part = np.s_[:rows] if top else np.s_[HIGH - rows :]
        picture[part], outline[part] = tone, 0
        y = rows - 2 if top else HIGH - 3
        for _ in range(int(rng.integers(1, 4))):
            text = "".join(rng.choice(list("0123456789:/-. CFAMP"), int(rng.integers(3, 14))))
            ink = (255 - tone,) * 3
            at = (int(rng.integers(0, WIDE - 30)), y)
            cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, rows / 32, ink, 1, cv2.LINE_AA)


def _padded(picture: np.ndarray, outline: np.ndarray, rng: np.random.Generator) -> Sample:
    """Squeezed into a part of the picture, the rest in its mean colour: how crops of other shapes are shown."""
    import cv2

    w, h = (WIDE, int(HIGH * rng.uniform(0.5, 1))) if rng.random() < 0.6 else (int(WIDE * rng.uniform(0.5, 1)), HIGH)
    x, y = (WIDE - w) // 2, (HIGH - h) // 2
    small = cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA)
    out = np.full_like(picture, np.uint8(small.mean()))
    line = np.zeros_like(outline)
    out[y : y + h, x : x + w] = small
    line[y : y + h, x : x + w] = cv2.resize(outline, (w, h), interpolation=cv2.INTER_AREA)
    return out, line
