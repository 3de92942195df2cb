"""Open a picture file once, turned upright, whatever kind it is; every fault becomes a sentence."""

from __future__ import annotations

import errno
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from spotid.errors import PictureError
from spotid.settings import DEFAULTS
from spotid.words import Problem

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

EXTENSIONS = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".heic", ".heif", ".bmp"})
HEIF = frozenset({".heic", ".heif"})


def is_picture_name(name: str) -> bool:
    """Whether a file's name says that it is a picture."""
    return Path(name).suffix.lower() in EXTENSIONS


def fault(problem: Problem) -> PictureError:
    """The error that goes with a problem."""
    return PictureError(problem, problem.sentence)


def open_file(path: Path) -> Image.Image:
    """Open without decoding. Raises PictureError."""
    from PIL import Image

    if path.suffix.lower() in HEIF:
        try:
            import pillow_heif
        except ImportError:
            raise fault(Problem.NO_DECODER) from None
        pillow_heif.register_heif_opener()
    try:
        if path.stat().st_size == 0:
            raise fault(Problem.EMPTY)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd EXIF and of large pictures; both are judged below
            picture = Image.open(path)
    except PictureError:
        raise
    except Image.DecompressionBombError:
        raise fault(Problem.TOO_LARGE) from None
    except FileNotFoundError:
        raise PictureError(
            Problem.UNREADABLE, "The file is no longer where it was.", "Put it back, or run again to take note of it."
        ) from None
    except OSError as error:
        # Pillow says "cannot identify" by an OSError without an error number.
        raise fault(Problem.UNREADABLE if error.errno else Problem.NOT_A_PICTURE) from error
    except Exception as error:
        raise fault(Problem.NOT_A_PICTURE) from error
    if picture.width * picture.height > DEFAULTS["max_pixels"]:
        raise fault(Problem.TOO_LARGE)
    return picture


def upright(picture: Image.Image, side: int | None = None) -> Image.Image:
    """Decode, turn upright by EXIF, reduce to RGB; with ``side``, no larger than that on its longest side.

    A JPEG is decoded at the smallest of its built-in reductions that still is large enough: a 12-megapixel frame at
    640 pixels takes 35 ms this way instead of 110 ms. Raises PictureError.
    """
    from PIL import Image, ImageOps

    try:
        if side is not None and picture.format == "JPEG":
            picture.draft("RGB", (side, side))
        picture.load()
        turned = ImageOps.exif_transpose(picture) or picture
        plain = _rgb(turned)
        if side is not None and max(plain.size) > side:
            plain.thumbnail(
                (side, side), Image.Resampling.BOX if max(plain.size) > 3 * side else Image.Resampling.LANCZOS
            )
        return plain
    except Image.DecompressionBombError:
        raise fault(Problem.TOO_LARGE) from None
    except MemoryError:
        raise fault(Problem.TOO_LARGE) from None
    except OSError as error:
        if error.errno in (errno.EIO, errno.EACCES):
            raise fault(Problem.UNREADABLE) from error
        raise fault(Problem.TRUNCATED) from error
    except Exception as error:  # decoders raise almost anything on damaged files
        raise fault(Problem.TRUNCATED) from error


def upright_size(picture: Image.Image) -> tuple[int, int]:
    """Width and height once turned upright."""
    try:
        sideways = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    except Exception:  # garbage in EXIF
        sideways = False
    return (picture.height, picture.width) if sideways else (picture.width, picture.height)


def pixels(path: Path, side: int | None = None) -> np.ndarray:
    """The upright picture as ``(h, w, 3)`` uint8 RGB. Raises PictureError."""
    import numpy as np

    with open_file(path) as picture:
        return np.asarray(upright(picture, side))


def _rgb(picture: Image.Image) -> Image.Image:
    import numpy as np
    from PIL import Image

    if picture.mode.startswith("I") or picture.mode == "F":
        # 16-bit and float greys: stretch what is there to 8 bits instead of cutting at 255.
        values = np.asarray(picture.convert("F"))
        low, high = float(values.min()), float(values.max())
        stretched = (values - low) * (255.0 / (high - low) if high > low else 1.0)
        return Image.fromarray(stretched.astype(np.uint8)).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        alpha = picture.convert("RGBA")
        ground = Image.new("RGBA", alpha.size, (128, 128, 128, 255))
        return Image.alpha_composite(ground, alpha).convert("RGB")
    return picture if picture.mode == "RGB" else picture.convert("RGB")
