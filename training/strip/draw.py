"""Draws lines of writing as cameras burn them in: many fonts, sizes, colours, blur and compression."""

from __future__ import annotations

import io
import random
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from pixel_font import FONT, dots

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz:/-.,#%()_°"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORDS = ("CAM", "CAMERA", "Station", "TRAIL", "SITE", "OTTER", "RIDGE", "north", "Bushnell", "BROWNING", "Moultrie")


def words(rng: random.Random) -> str:
    """A line as a strip may have it."""
    day, month, year = rng.randint(1, 31), rng.randint(1, 12), rng.randint(2004, 2035)
    hour, minute, second = rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59)
    date = rng.choice(
        [
            f"{year}-{month:02}-{day:02}", f"{month:02}/{day:02}/{year}", f"{day:02}.{month:02}.{year}",
            f"{month:02}-{day:02}-{year}", f"{month}/{day}/{year % 100:02}", f"{MONTHS[month - 1]} {day}, {year}",
            f"{day} {MONTHS[month - 1].upper()} {year}", f"{year}/{month:02}/{day:02}",
        ]
    )  # fmt: skip
    time = rng.choice([f"{hour:02}:{minute:02}:{second:02}", f"{hour % 12 + 1}:{minute:02} {rng.choice(['AM', 'PM'])}",
                       f"{hour % 12 + 1:02}:{minute:02}{rng.choice(['AM', 'PM', 'am', 'pm'])}"])  # fmt: skip
    name = rng.choice(WORDS) + rng.choice(["", " ", "-", "_", "#"]) + str(rng.randint(0, 999))
    heat = f"{rng.randint(-30, 110)}°{rng.choice('CF')}"
    free = "".join(rng.choice(ALPHABET) for _ in range(10))
    caps = "".join(rng.choice(ALPHABET[:36]) for _ in range(10))
    return rng.choice(
        [
            f"{date} {time}",
            f"{date} {time}",
            f"{date} {time}",
            f"{time} {heat}",
            name,
            f"{time} {heat}",
            free,
            caps,
            caps,
            f"{rng.randint(0, 9)}/10 {heat}",
        ]
    )


def drawn(text: str, rng: random.Random, fonts: list[Path]) -> tuple[np.ndarray, str]:
    """A line drawn on its bar (rows × columns × 3) and the text that it really has."""
    if rng.random() < 0.45:
        text = "".join(c for c in text.upper() if c in FONT or c == " ")
        mask = _pixel_line(text, rng)
    else:
        mask = _rubik_line(text, rng) if rng.random() < 0.3 else _font_line(text, rng, rng.choice(fonts))
    if rng.random() < 0.2 and mask.height > 50:  # smaller writing would fill up
        mask = mask.filter(ImageFilter.MaxFilter(3) if rng.random() < 0.6 else ImageFilter.MinFilter(3))
    if rng.random() < 0.3:
        slant = rng.uniform(-0.12, 0.12)
        mask = mask.transform(
            mask.size, Image.Transform.AFFINE, (1, slant, -slant * mask.height / 2, 0, 1, 0), Image.Resampling.BILINEAR
        )
    bar = rng.choice([(0, 0, 0)] * 5 + [(255, 255, 255), (20, 20, 20), (225, 225, 225), (0, 0, 90), (60, 60, 60)])
    dark = sum(bar) > 380
    pen = rng.choice(
        [(0, 0, 0), (30, 30, 60)] if dark else [(255, 255, 255)] * 4 + [(255, 230, 0), (200, 200, 200), (255, 160, 0)]
    )
    share = np.asarray(mask, dtype=np.float32)[..., None] / 255
    picture = Image.fromarray((np.array(bar) * (1 - share) + np.array(pen) * share).astype(np.uint8))
    if rng.random() < 0.5:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.05 * mask.height)))
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=rng.randint(55, 96))
    return np.asarray(Image.open(held).convert("RGB")), text


def _pixel_line(text: str, rng: random.Random) -> Image.Image:
    which, bold, pitch = rng.randint(0, 2), rng.random() < 0.6, 8 if rng.random() < 0.6 else 6
    bold, slash = bold and pitch == 8, rng.random() < 0.3
    rows = np.zeros((13, len(text) * pitch + 8), np.uint8)
    for at, letter in enumerate(text):
        if letter != " ":
            slashed = letter == "0" and not bold and slash  # a bold 0 with a stroke is a blob
            shape = np.array(dots(letter, int(slashed) if letter == "0" else which), np.uint8)
            rows[3:10, 4 + at * pitch : 9 + at * pitch] |= shape
            if bold:
                rows[3:10, 5 + at * pitch : 10 + at * pitch] |= shape
    for _ in range(rng.choice([0, 0, 1, 2])):
        rows = _smoothed(rows)
    scale_y, stretch = rng.uniform(1.4, 5) * 13 / rows.shape[0], _stretch(rng)
    size = (max(1, round(rows.shape[1] * scale_y * stretch)), round(rows.shape[0] * scale_y))
    how = rng.choice([Image.Resampling.NEAREST, Image.Resampling.BILINEAR, Image.Resampling.BOX])
    return Image.fromarray(rows * 255).resize(size, how)


def _stretch(rng: random.Random) -> float:
    """How wide writing is drawn: many cameras write half as wide again, some twice as wide."""
    return rng.uniform(0.75, 1.4) if rng.random() < 0.55 else rng.uniform(1.3, 2.3)


def _smoothed(rows: np.ndarray) -> np.ndarray:
    """Twice the dots, slants filled: a dot takes its two like neighbours' colour where the others differ."""
    held = np.pad(rows, 1)
    up, down, left, right = held[:-2, 1:-1], held[2:, 1:-1], held[1:-1, :-2], held[1:-1, 2:]
    out = np.repeat(np.repeat(rows, 2, 0), 2, 1)
    for part, a, b, other_a, other_b in (
        ((0, 0), up, left, right, down), ((0, 1), up, right, left, down),
        ((1, 0), down, left, right, up), ((1, 1), down, right, left, up),
    ):  # fmt: skip
        take = (a == b) & (a != other_a) & (b != other_b)
        out[part[0] :: 2, part[1] :: 2] = np.where(take, a, rows)
    return out


def _font_line(text: str, rng: random.Random, font: Path) -> Image.Image:
    drawn_size, size = rng.choice([0, 64, 64]), rng.uniform(12, 56)
    height = drawn_size or round(size)
    face = ImageFont.load_default(height) if rng.random() < 0.12 else ImageFont.truetype(str(font), height)
    box = face.getbbox(text)
    pad = round((drawn_size or size) * 0.3)
    mask = Image.new("L", (round(box[2] - box[0]) + 2 * pad, round(box[3] - box[1]) + 2 * pad))
    pen = ImageDraw.Draw(mask)
    if not drawn_size and rng.random() < 0.4:
        pen.fontmode = "1"
    pen.text((pad - box[0], pad - box[1]), text, fill=255, font=face)
    if drawn_size:
        ratio, stretch = size / drawn_size, _stretch(rng)
        mask = mask.resize((max(1, round(mask.width * ratio * stretch)), max(1, round(mask.height * ratio))),
                           rng.choice([Image.Resampling.BILINEAR, Image.Resampling.BOX]))  # fmt: skip
    return mask


def _rubik_line(text: str, rng: random.Random) -> Image.Image:
    """The sans font that OpenCV brings along, in any weight."""
    import cv2

    size = rng.randint(16, 60)
    held = np.zeros((size * 2, size * (len(text) + 2), 3), np.uint8)
    cv2.putText(
        held,
        text,
        (size // 2, int(size * 1.4)),
        (255, 255, 255),
        cv2.FontFace("sans"),
        size,
        rng.choice([200, 300, 400, 400, 500, 600, 800]),
    )
    mask = Image.fromarray(held[..., 0])
    box = mask.getbbox() or (0, 0, 20, 20)
    pad = round(size * 0.3)
    mask = mask.crop((box[0] - pad, box[1] - pad, box[2] + pad, box[3] + pad))
    return mask.resize((max(1, round(mask.width * _stretch(rng))), mask.height), Image.Resampling.BILINEAR)


def junk(rng: random.Random) -> np.ndarray:
    """An icon or a piece of one: moons, flashes, batteries, half letters."""
    side = rng.randint(9, 40)
    mask = Image.new("L", (side + 8, side + 8))
    pen = ImageDraw.Draw(mask)
    kind = rng.randint(0, 3)
    box = (4, 4, side + 3, side + 3)
    if kind == 0:
        pen.ellipse(box, outline=255, width=max(1, side // 12))
        pen.pieslice(box, *rng.choice([(90, 270), (270, 450), (0, 360)]), fill=255)
    elif kind == 1:
        pen.polygon([(rng.uniform(4, side + 4), rng.uniform(4, side + 4)) for _ in range(rng.randint(7, 12))], fill=255)
    elif kind == 2:
        pen.rectangle((4, 4 + side // 4, side + 3, side), outline=255, width=rng.randint(1, 4))
        pen.rectangle((4, 4 + side // 4, 4 + rng.randint(1, side), side), fill=255)
    else:
        for _ in range(rng.randint(5, 9)):
            ends = [rng.uniform(4, side + 4) for _ in range(4)]
            pen.line(ends, fill=255, width=rng.randint(1, max(2, side // 5)))
    share = np.asarray(mask.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1))), dtype=np.uint8)
    return np.repeat(share[..., None], 3, axis=2)
