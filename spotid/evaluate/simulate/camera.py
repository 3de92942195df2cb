"""The camera: exposure, noise, colour of the night, the strip, and the JPEG with its EXIF."""

from __future__ import annotations

import io
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from spotid.evaluate.simulate.light import DAY, INFRARED, Light
from spotid.evaluate.simulate.noise import Field, rng_for

if TYPE_CHECKING:
    from PIL import Image as PILImage

    from spotid.evaluate.simulate.strips import Brand

Picture = npt.NDArray[np.uint8]
ORIENTATION, MAKE, MODEL, SOFTWARE, CHANGED, EXIF_PART = 0x0112, 0x010F, 0x0110, 0x0131, 0x0132, 0x8769
TAKEN, SERIAL = 0x9003, 0xA431
_PALE = (np.eye(3) * 0.9 + np.array([0.30, 0.59, 0.11]) * 0.1).astype(np.float32)
"""Mixes a little grey into every colour."""


@lru_cache(maxsize=2)
def _grain(height: int, width: int) -> Field:
    """Sensor grain for every frame of a size, cut out at another place each time."""
    import cv2

    grain = rng_for(5, height, width).standard_normal((height + 64, width + 64)).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(grain, (0, 0), 0.55) * 1.7, np.float32)


def expose(linear: Field, lamp: Light, fault: str, rng: np.random.Generator) -> Picture:
    """Linear light to a picture ``(h, w, 3)`` uint8: automatic exposure by day, fixed by night, noise, a soft shoulder.

    ``fault`` is ``""``, ``"over"``, ``"under"`` or ``"haze"`` (a warm lens or mist).
    """
    import cv2

    height, width = linear.shape[:2]
    if lamp.kind == DAY:
        # The meter looks at the lower two thirds: a bright sky may burn out, as it does in the field.
        mean = float(np.sqrt(np.maximum(linear[height // 3 :: 9, ::9], 0)).mean())
        gain = float(np.clip((0.47 / max(mean, 1e-3)) ** 2, 0.2, 9.0)) * lamp.over
        noise = 0.006 + 0.0035 * np.sqrt(gain)
    else:
        gain, noise = 1.12 * lamp.over, 0.022 if lamp.kind == INFRARED else 0.016
    gain *= {"over": 4.5, "under": 0.22}.get(fault, 1.0)
    encoded = np.sqrt(np.maximum(linear, 0) * np.float32(gain))
    # A cheap lens softens, the camera sharpens again; its colours are weaker than the eye's.
    soft = cv2.GaussianBlur(encoded, (0, 0), 0.75)
    encoded = cv2.addWeighted(soft, 1.55, cv2.GaussianBlur(soft, (0, 0), 1.6), -0.55, 0)
    if lamp.kind != INFRARED:
        encoded = cv2.transform(encoded, _PALE)
        encoded *= np.exp(rng.normal(0, 0.012, 3)).astype(np.float32)
    if fault == "haze":
        encoded = encoded * np.float32(0.62) + np.float32(0.26)
    dy, dx = (int(v) for v in rng.integers(0, 64, 2))
    encoded += (_grain(height, width)[dy : dy + height, dx : dx + width] * np.float32(noise))[..., None]
    # A shoulder that keeps highlights, and a little contrast, as a table over 12 bits.
    table = np.linspace(0, 1.6, 4096)
    curve = np.where(table < 0.72, table, 0.72 + 0.28 * np.tanh((table - 0.72) / 0.30))
    curve = curve + 0.10 * curve * (1 - curve) * (2 * curve - 1) * 2
    black = 0.03 if lamp.kind == INFRARED else 0.012
    out = np.clip((black + (1 - black) * curve) * 255 + 0.5, 0, 255).astype(np.uint8)
    index = np.clip(encoded * np.float32(4095 / 1.6), 0, 4095).astype(np.uint16)
    return np.asarray(out[index], np.uint8)


def exif_bytes(brand: Brand, serial: str, moment: datetime, orientation: int = 1) -> bytes:
    """The EXIF block that a camera of this make writes."""
    from PIL import Image

    exif = Image.Exif()
    stamp = moment.strftime("%Y:%m:%d %H:%M:%S")
    exif[MAKE], exif[MODEL], exif[CHANGED] = brand.make, brand.model, stamp
    exif[ORIENTATION] = orientation
    exif[SOFTWARE] = "simulated survey"
    part = exif.get_ifd(EXIF_PART)
    part[TAKEN], part[0x9004], part[SERIAL] = stamp, stamp, serial
    return exif.tobytes()


def jpeg(picture: PILImage.Image, exif: bytes, quality: int, most: int | None = None) -> bytes:
    """Encode; where ``most`` bytes are set, the quality falls in steps until the file fits (never below 30)."""
    while True:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, exif=exif, subsampling=2)
        if most is None or out.tell() <= most or quality <= 30:
            return out.getvalue()
        quality = max(30, quality - 6)
