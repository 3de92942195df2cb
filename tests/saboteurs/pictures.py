"""Pictures and what is wrong with them, as bytes made from nothing."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

SIZE = (160, 120)


def drawing(seed: int, size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    """A soft picture that is the same wherever it is made; no two seeds look alike."""
    wide, high = size
    chance = np.random.default_rng(seed)
    coarse = chance.integers(30, 220, (max(1, min(6, high)), max(1, min(8, wide)), 3), dtype=np.uint8)
    picture = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    return picture if mode == "RGB" else picture.convert(mode)


def encoded(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The file of a picture."""
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def jpeg(seed: int = 1, **options: Any) -> bytes:
    """A sound JPEG."""
    return encoded(drawing(seed), **options)


def taken(when: str | bytes, seed: int = 1, orientation: object = None, tag: int = 0x9003) -> bytes:
    """A JPEG whose EXIF says when it was taken, whatever nonsense that is."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[tag] = when
    if orientation is not None:
        exif[0x0112] = orientation
    return jpeg(seed, exif=exif)


def with_exif(block: bytes, seed: int) -> bytes:
    """A sound JPEG with any bytes as its EXIF."""
    content = jpeg(seed)
    body = b"Exif\0\0" + block
    return content[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + content[2:]


def tiff_block(entries: list[tuple[int, int, int, bytes]], following: int = 0) -> bytes:
    """A little EXIF directory: (tag, type, count, four bytes of value), and where the next one is said to be."""
    lines = b"".join(struct.pack("<HHI", tag, kind, count) + value for tag, kind, count, value in entries)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(entries)) + lines + struct.pack("<I", following)


EXIF_GARBAGE = {
    "bad offsets": tiff_block([(0x8769, 4, 1, struct.pack("<I", 0x7FFFFFF0)), (0x0132, 2, 20, b"\xff\xff\xff\x7f")]),
    "a loop": tiff_block([(0x8769, 4, 1, struct.pack("<I", 8)), (0x0112, 3, 1, b"\1\0\0\0")], following=8),
    "huge counts": tiff_block([(0x9286, 7, 0xFFFFFFFF, b"\0\0\0\0"), (0x0132, 2, 0x7FFFFFFF, b"\x08\0\0\0")]),
    "cut off": b"II*\0\x08\0\0\0\xff",
    "no TIFF at all": b"\0" * 40,
}


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(header: tuple[int, int, int, int], data: bytes, *more: bytes) -> bytes:
    """A PNG by hand: (width, height, depth, colour type), compressed data, further chunks before it."""
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", *header, 0, 0, 0))
    return start + b"".join(more) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def bomb(side: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that opens to ``side`` times ``side`` pixels of nothing."""
    press = zlib.compressobj(1)
    line = bytes(side // 8 + 2)
    data = b"".join(press.compress(line * 100) for _ in range(side // 100)) + press.flush()
    return png((side, side, 1, 0), data)


def text_bomb() -> bytes:
    """A PNG whose comment opens to 80 MB."""
    whole = encoded(drawing(3), "PNG")
    bomb_chunk = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80_000_000), 1))
    return whole[:33] + bomb_chunk + whole[33:]


def inverted_cmyk(seed: int) -> bytes:
    """CMYK as Photoshop writes it: inverted, with Adobe's own segment."""
    content = encoded(drawing(seed, mode="CMYK"))
    adobe = b"\xff\xee" + struct.pack(">H", 14) + b"Adobe" + struct.pack(">HHHB", 100, 0, 0, 2)
    return content[:2] + adobe + content[2:]


def frames(kind: str, **options: Any) -> bytes:
    """Several pictures in one file."""
    first, *others = [drawing(seed) for seed in (40, 41, 42)]
    return encoded(first, kind, save_all=True, append_images=others, **options)


def float_tiff(*, odd: bool) -> bytes:
    """A TIFF of floating-point numbers; ``odd`` ones hold infinities and what is no number."""
    values = np.linspace(-3.0, 900.0, SIZE[0] * SIZE[1], dtype=np.float32).reshape(SIZE[1], SIZE[0])
    if odd:
        values[::7], values[::11], values[0] = np.nan, np.inf, -np.inf
    return encoded(Image.fromarray(values), "TIFF")


def deep_grey(kind: str) -> bytes:
    """16 bits a pixel."""
    values = np.linspace(0, 65535, SIZE[0] * SIZE[1]).astype(np.uint16).reshape(SIZE[1], SIZE[0])
    return encoded(Image.fromarray(values), kind)


def heic(seed: int) -> bytes:
    """A telephone's picture; raises ImportError where the library is missing."""
    import pillow_heif

    buffer = io.BytesIO()
    pillow_heif.from_pillow(drawing(seed)).save(buffer, quality=60)
    return buffer.getvalue()
