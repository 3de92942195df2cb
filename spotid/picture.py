"""Open a picture file once, turned upright, whatever kind it is; every fault becomes a sentence."""

from __future__ import annotations

import stat
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
CLIPS = frozenset({".mp4", ".m4v", ".mov", ".avi", ".webm", ".mkv", ".mts", ".m2ts", ".3gp"})
HEIF = frozenset({".heic", ".heif"})
# What is in a file need not be what its name says, and Pillow would hand an EPS to Ghostscript, which runs programs.
FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF")
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", b"GIF8")  # how pictures begin
GIANT_PIXELS = 40_000_000  # a picture with more may be what memory ran out for; with fewer, memory was gone before it


def is_picture_name(name: str) -> bool:
    """Whether a file's name says that it is a picture; spaces and dots at its end say nothing."""
    return Path(name.rstrip(" .\t\r\n")).suffix.lower() in EXTENSIONS


def is_clip_name(name: str) -> bool:
    """Whether a file's name says that it is a video clip; spaces and dots at its end say nothing."""
    return Path(name.rstrip(" .\t\r\n")).suffix.lower() in CLIPS


def is_original_name(name: str) -> bool:
    """Whether a file's name says that it is a picture or a clip."""
    return is_picture_name(name) or is_clip_name(name)


def fault(problem: Problem) -> PictureError:
    """The error that goes with a problem."""
    return PictureError(problem, problem.sentence, problem.advice)


def open_file(path: Path) -> Image.Image:
    """Open without decoding; a pipe or a device is never opened. Raises PictureError, MemoryError."""
    from PIL import Image

    head = b""
    try:
        check_plain(path)
        formats: tuple[str, ...] = FORMATS
        head = _head(path)
        if path.suffix.lower() in HEIF or _looks_like_heif(head):
            _prepare_heif()
            formats = (*FORMATS, "HEIF")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd EXIF and of large pictures; both are judged below
            picture = Image.open(path, formats=formats)
    except (PictureError, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise fault(Problem.TOO_LARGE) from None
    except FileNotFoundError:
        raise PictureError(
            Problem.UNREADABLE, "The file is no longer where it was.", "Put it back, or run again to take note of it."
        ) from None
    except PermissionError:
        raise PictureError(
            Problem.UNREADABLE, "You may not open this file.", "Change its permissions; every run tries again."
        ) from None
    except OSError as error:
        # Pillow says "cannot identify" by an OSError without an error number.
        raise fault(Problem.UNREADABLE if error.errno else _not_opened(head)) from error
    except Exception as error:
        raise fault(_not_opened(head)) from error
    if picture.width * picture.height > DEFAULTS["max_pixels"]:
        picture.close()
        raise fault(Problem.TOO_LARGE)
    return picture


def check_plain(path: Path) -> None:
    """Raises PictureError for what is no whole file, before it is opened: a pipe would hold the program up for ever."""
    try:
        about = path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            raise fault(Problem.DEAD_LINK) from None
        raise
    if not stat.S_ISREG(about.st_mode):
        raise fault(Problem.NOT_A_FILE)
    if about.st_size == 0:
        raise fault(Problem.EMPTY)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(12)


def _not_opened(head: bytes) -> Problem:
    """What is wrong with a file that begins so and can't be opened: damaged, or no picture from the start."""
    known = head.startswith(SIGNATURES) or head[8:12] == b"WEBP" or _looks_like_heif(head)
    return Problem.TRUNCATED if known else Problem.NOT_A_PICTURE


def _looks_like_heif(head: bytes) -> bool:
    """Whether the content is HEIC, whatever the name: telephones and sharing programs often name it .jpg."""
    return head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS


def _prepare_heif() -> None:
    try:
        import pillow_heif
    except ImportError:
        raise fault(Problem.NO_DECODER) from None
    pillow_heif.register_heif_opener()


def upright(picture: Image.Image, side: int | None = None) -> Image.Image:
    """Decode, turn upright by EXIF, reduce to RGB; with ``side``, no larger than that on its longest side.

    A JPEG is decoded at the smallest of its built-in reductions that still is large enough: a 12-megapixel frame at
    640 pixels takes 35 ms this way instead of 110 ms. Raises PictureError, MemoryError.
    """
    from PIL import Image, ImageOps

    try:
        if side is not None and picture.format in ("JPEG", "MPO"):
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
        if picture.width * picture.height < GIANT_PIXELS:
            raise
        raise fault(Problem.TOO_LARGE) from None
    except OSError as error:
        if error.errno:  # the disk's fault; a decoder's own has no number
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
        values = np.nan_to_num(np.asarray(picture.convert("F"), np.float64), nan=0.0, posinf=0.0, neginf=0.0)
        low, high = float(values.min()), float(values.max())
        stretched = (values - low) * (255.0 / (high - low) if high > low else 1.0)
        return Image.fromarray(stretched.astype(np.uint8)).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        alpha = picture.convert("RGBA")
        ground = Image.new("RGBA", alpha.size, (128, 128, 128, 255))
        return Image.alpha_composite(ground, alpha).convert("RGB")
    return picture if picture.mode == "RGB" else picture.convert("RGB")
