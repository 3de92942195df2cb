"""Camera makes and the information strips they print on a picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL import Image as PILImage
    from PIL import ImageDraw as PILDraw
    from PIL import ImageFont as PILFont


@dataclass(frozen=True)
class Brand:
    """A make of camera trap (none of them exists): its night light and the layout of its strip."""

    make: str
    model: str
    night: str
    layout: str
    prefix: str
    clock: str


BRANDS = (
    Brand("NOCTUA", "HF-20 Covert", "infrared", "bars", "H20", "%Y-%m-%d %I:%M:%S %p"),
    Brand("TRAILWARD", "XW-3 White", "flash", "black", "XW", "%d/%m/%Y   %H:%M:%S"),
    Brand("BARKEYE", "Sentry 24", "infrared", "white", "BE24", "%m-%d-%Y %H:%M:%S"),
    Brand("CATWALK", "V6 Xenon", "flash", "overlay", "V6", "%Y/%m/%d  %H:%M"),
)


def moon_age(moment: datetime) -> float:
    """The moon's age as a share of its month: 0 new, 0.5 full (mean months from the new moon of 6 January 2000)."""
    days = (moment - datetime(2000, 1, 6, 18, 14)).total_seconds() / 86400
    return (days / 29.530588) % 1.0


def strip_rows(layout: str, width: int) -> tuple[int, int]:
    """Rows that the strip covers at the top and at the bottom of a picture ``width`` pixels wide."""
    unit = max(16, round(width / 40))
    return {"bars": (round(unit * 0.7), round(unit * 0.7)), "black": (0, unit), "white": (0, round(unit * 1.15))}.get(
        layout, (0, 0)
    )


def _font(size: int) -> PILFont.ImageFont | PILFont.FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.load_default(size)


def _moon(draw: PILDraw.ImageDraw, x: float, y: float, r: float, age: float, ink: tuple[int, int, int]) -> None:
    """The moon's lit part, as a filled half and a half ellipse."""
    draw.ellipse((x - r, y - r, x + r, y + r), outline=ink)
    waxing = age < 0.5
    points = []
    bulge = float(np.cos(2 * np.pi * age))
    for t in np.linspace(-np.pi / 2, np.pi / 2, 12):
        points.append((x + (r if waxing else -r) * float(np.cos(t)), y + r * float(np.sin(t))))
    for t in np.linspace(np.pi / 2, -np.pi / 2, 12):
        points.append((x + (r if waxing else -r) * bulge * float(np.cos(t)), y + r * float(np.sin(t))))
    draw.polygon(points, fill=ink)


def _blocky(image: PILImage.Image, place: tuple[int, int], text: str, height: int, right: bool = False) -> int:
    """Text in a coarse bitmap face, scaled without smoothing; returns its width in pixels."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default_imagefont()
    x0, y0, x1, y1 = font.getbbox(text)
    small = Image.new("L", (int(x1 - x0) + 1, int(y1 - y0) + 1), 0)
    ImageDraw.Draw(small).text((-x0, -y0), text, fill=255, font=font)
    scale = height / small.height
    big = small.resize((round(small.width * scale * 1.15), height), Image.Resampling.NEAREST)
    x = place[0] - big.width if right else place[0]
    image.paste((255, 255, 255), (x, place[1]), big)
    return big.width


def stamp(
    picture: PILImage.Image, brand: Brand, moment: datetime, celsius: float, name: str, shot: tuple[int, int]
) -> None:
    """Print the strip onto the picture in place; ``shot`` is the number in the burst and how many it has."""
    from PIL import ImageDraw

    width, height = picture.size
    top, bottom = strip_rows(brand.layout, width)
    draw = ImageDraw.Draw(picture)
    age, clock = moon_age(moment), moment.strftime(brand.clock)
    if brand.layout == "bars":
        draw.rectangle((0, 0, width, top - 1), fill=(0, 0, 0))
        draw.rectangle((0, height - bottom, width, height), fill=(0, 0, 0))
        size, pad = round(top * 0.72), round(top * 0.14)
        used = _blocky(picture, (6, pad), clock, size)
        _blocky(picture, (6 + used + 3 * top, pad), f"M {shot[0]}/{shot[1]}", size)
        _blocky(picture, (width - 8, pad), f"{celsius:.0f}\u00b0C", size, right=True)
        _moon(draw, width - 6 * top, top / 2, top * 0.33, age, (255, 255, 255))
        _blocky(picture, (6, height - bottom + pad), name, size)
        draw.ellipse(
            (width - 5 * bottom, height - round(1.5 * bottom), width - 8, height - 2),
            fill=(8, 40, 12),
            outline=(30, 150, 50),
        )
        _blocky(picture, (width - round(4.3 * bottom), height - round(1.1 * bottom)), brand.make, round(bottom * 0.6))
        return
    size = round((bottom or width / 40) * 0.62)
    font = _font(size)
    y = height - (bottom or round(width / 30)) + round((bottom or size * 1.6) * 0.14)
    if brand.layout == "black":
        draw.rectangle((0, height - bottom, width, height), fill=(0, 0, 0))
        ink = (240, 240, 240)
        draw.text((10, y), name, fill=ink, font=font)
        draw.text((width * 0.28, y), f"{celsius:.0f}\u00b0C  {celsius * 1.8 + 32:.0f}\u00b0F", fill=ink, font=font)
        _moon(draw, width * 0.49, height - bottom / 2, bottom * 0.3, age, ink)
        draw.text((width * 0.56, y), clock, fill=ink, font=font)
        draw.text((width - 10, y), brand.make, fill=(230, 190, 60), font=font, anchor="ra")
    elif brand.layout == "white":
        draw.rectangle((0, height - bottom, width, height), fill=(250, 250, 250))
        ink = (15, 15, 15)
        draw.rectangle((4, height - bottom + 3, 4 + round(bottom * 1.9), height - 4), fill=(206, 92, 30))
        draw.text((4 + bottom * 0.2, y + size * 0.2), "bark", fill=(255, 255, 255), font=_font(round(size * 0.8)))
        draw.text((bottom * 2.4, y), f"{name}   {celsius:.0f}\u00b0C", fill=ink, font=font)
        _moon(draw, width * 0.43, height - bottom / 2, bottom * 0.28, age, ink)
        draw.text((width - 12, y), clock, fill=ink, font=font, anchor="ra")
    else:
        for dx, dy, ink in ((1, 1, (0, 0, 0)), (0, 0, (255, 214, 40))):
            draw.text((12 + dx, y + dy), f"{clock}   {celsius:.0f}C", fill=ink, font=font)
            draw.text((width - 12 + dx, y + dy), name, fill=ink, font=font, anchor="ra")
        _moon(draw, width * 0.5, y + size * 0.55, size * 0.42, age, (255, 214, 40))
