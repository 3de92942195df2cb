"""Clips drawn for the tests: a still scene, animals that pass in their colours, and a bar with each frame's number."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np

SIZE = (160, 96)
RED, BLUE = (220, 30, 30), (30, 30, 220)
CODECS = {".mp4": "libx264", ".mov": "libx264", ".webm": "libvpx", ".mts": "libx264", ".avi": "mjpeg"}
BITS = 12  # of the bar: frames up to number 4095
Animal = tuple[float, float, tuple[int, int, int]]  # from and to which second it is there, and its colour


def picture(number: int, second: float, animals: Iterable[Animal] = (), size: tuple[int, int] = SIZE) -> np.ndarray:
    """One frame, RGB: stripes in the ground, animals with spots, and the number as black and white cells on top."""
    wide, high = size
    frame = np.full((high, wide, 3), (120, 110, 90), np.uint8)
    frame[:, :: max(2, wide // 16)] = (90, 100, 70)
    for start, end, colour in animals:
        if start <= second < end:
            left = round((second - start) / (end - start) * (wide - wide // 5))
            body = frame[high // 2 : high // 2 + high // 4, left : left + wide // 5]
            body[:] = colour
            body[4::8, 2::6] = 0
    cell = wide // 2 // BITS
    for bit in range(BITS):
        frame[:4, bit * cell : (bit + 1) * cell] = 255 if number >> bit & 1 else 0
    return frame


def number_of(frame: np.ndarray) -> int:
    """The frame's number as its bar tells it."""
    cell = frame.shape[1] // 2 // BITS
    return sum(
        int(frame[1:3, bit * cell + cell // 4 : (bit + 1) * cell - cell // 4].mean() > 127) << bit
        for bit in range(BITS)
    )


def make(
    path: Path,
    *,
    seconds: float = 4,
    rate: int = 10,
    animals: Iterable[Animal] = (),
    codec: str | None = None,
    size: tuple[int, int] = SIZE,
    turned: int = 0,
    metadata: dict[str, str] | None = None,
    sound: bool = False,
    stamps: list[int] | None = None,
    muxing: dict[str, str] | None = None,
    **options: str,
) -> Path:
    """Write a clip; ``stamps`` are the moments of its frames in ms, otherwise they are even."""
    import av

    codec = codec or CODECS[path.suffix.lower()]
    kind = {".mts": "mpegts"}.get(path.suffix.lower())
    with av.open(str(path), "w", format=kind, options=muxing or {}) as out:
        out.metadata.update(metadata or {})
        stream = out.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.thread_count = 1
        if codec == "mjpeg":
            stream.codec_context.qmin, stream.codec_context.qmax = 2, 8
        base = Fraction(1, 1000) if stamps else Fraction(1, rate)
        if stamps:
            stream.codec_context.time_base = base
        if turned:
            stream.set_display_rotation(turned)
        voice = out.add_stream("aac" if path.suffix != ".webm" else "libopus", rate=48000) if sound else None
        for number in range(len(stamps) if stamps else round(seconds * rate)):
            second = stamps[number] / 1000 if stamps else number / rate
            frame = av.VideoFrame.from_ndarray(picture(number, second, animals, size), format="rgb24")
            frame.pts, frame.time_base = stamps[number] if stamps else number, base
            out.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
        out.mux(stream.encode(None))
        if voice is not None:
            _hum(out, voice, seconds)
    return path


def silent_film(path: Path) -> Path:
    """A file with sound and no picture."""
    import av

    with av.open(str(path), "w") as out:
        _hum(out, out.add_stream("aac", rate=48000), 1)
    return path


def _hum(out: object, voice: object, seconds: float) -> None:
    import av

    for start in range(0, round(seconds * 48000), 960):
        wave = (np.sin(np.arange(start, start + 960) / 20)[None] * 0.2).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2, axis=0), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
        out.mux(voice.encode(frame))  # type: ignore[attr-defined]
    out.mux(voice.encode(None))  # type: ignore[attr-defined]


def shows(still: Path, colour: tuple[int, int, int]) -> bool:
    """Whether an animal of that colour is in the picture."""
    from PIL import Image

    with Image.open(still) as opened:
        apart = np.abs(np.asarray(opened.convert("RGB")).astype(int) - colour).sum(axis=2)
    return bool((apart < 120).mean() > 0.01)
