"""Open a clip whatever its name says; every fault becomes a sentence.

A clip may come from a stranger. FFmpeg also reads playlists that name other files and addresses; so the kind is told
from the first bytes and forced, and the reader gets an open file, never a name: it can reach nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from spotid.errors import PictureError
from spotid.picture import check_plain
from spotid.words import Problem

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

MOST_PIXELS = 40_000_000  # 8K has 33 million; a decoder holds several frames of this size
LONGEST_SIDE = 16_384
BUFFER = 1 << 18
SCANNED = 1 << 20  # bytes at either end of a file that are searched for the mark of a protected clip
MOST_INDEX = 1 << 26  # bytes of a film's index; a day at 60 frames a second has 40 MB
MOV_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
# Sample entries of protected clips and the box of their licence: ISO/IEC 23001-7; "drmi" is Apple's.
PROTECTED = (b"encv", b"drmi", b"pssh", b"senc")
PROTECTED_ENTRY = re.compile(rb"stsd.{12}(?:encv|drmi)", re.DOTALL)


def fault(problem: Problem) -> PictureError:
    """The error that goes with a problem."""
    return PictureError(problem, problem.sentence, problem.advice)


def kind_of(head: bytes) -> str | None:
    """FFmpeg's name of the container that a file beginning with ``head`` (at least 400 bytes, if it has them) is."""
    if head[4:8] in MOV_BOXES:
        return "mov"
    if head[:4] == b"RIFF" and head[8:11] == b"AVI":
        return "avi"
    if head[:4] == b"\x1aE\xdf\xa3":
        return "matroska"
    # Packets of 188 bytes, or of 192 with a clock before each (what camcorders write), begin with 0x47.
    if any(head[at : at + 1] == head[at + size : at + size + 1] == b"G" for at, size in ((0, 188), (4, 192))):
        return "mpegts"
    return None


@contextmanager
def opened(path: Path, threads: int = 1) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The container and its first stream of pictures; closed again on leaving. Raises PictureError, MemoryError.

    More ``threads`` decode faster, hold more frames in memory and give the same pictures.
    """
    try:
        import av
    except ImportError:
        raise fault(Problem.CLIP_NO_READER) from None
    try:
        check_plain(path)
        with path.open("rb") as file:
            head = file.read(400)
            kind = kind_of(head)
            if kind is None:
                raise fault(Problem.NOT_A_CLIP if head.strip(b"\0") else Problem.CLIP_CUT_OFF)
            if kind == "mov" and _is_enciphered(file):
                raise fault(Problem.CLIP_PROTECTED)
            file.seek(0)
            with _container(file, kind) as container:
                yield container, _pictures(container, file, threads)
    except PictureError:
        raise
    except av.error.FFmpegError as error:
        raise fault(Problem.CLIP_CUT_OFF) from error
    except FileNotFoundError:
        raise PictureError(
            Problem.UNREADABLE, "The file is no longer where it was.", "Put it back, or run again to take note of it."
        ) from None
    except OSError as error:
        raise fault(Problem.UNREADABLE) from error


@contextmanager
def _container(file: BinaryIO, kind: str) -> Iterator[InputContainer]:
    import av

    try:
        container = av.open(
            file, format=kind, options={"protocol_whitelist": "none"}, metadata_errors="replace", buffer_size=BUFFER
        )
    except av.error.FFmpegError as error:
        raise fault(Problem.CLIP_PROTECTED if is_protected(file) else Problem.CLIP_CUT_OFF) from error
    assert isinstance(container, av.container.InputContainer)
    with container:
        yield container


def _pictures(container: InputContainer, file: BinaryIO, threads: int) -> VideoStream:
    """The first stream that is a film and not a cover picture. Raises PictureError."""
    import av

    streams = [one for one in container.streams.video if not one.disposition & av.stream.Disposition.attached_pic]
    if not streams:
        raise fault(Problem.CLIP_NO_PICTURES)
    stream = streams[0]
    codec = stream.codec_context
    if codec is None:
        raise fault(Problem.CLIP_PROTECTED if is_protected(file) else Problem.CLIP_NO_DECODER)
    check_size(codec.width, codec.height)
    # A frame may say another size than the header does; the decoder itself refuses it then.
    codec.options = {"max_pixels": str(MOST_PIXELS)}
    codec.thread_type, codec.thread_count = "AUTO" if threads != 1 else "SLICE", threads
    return stream


def check_size(width: int, height: int) -> None:
    """Raises PictureError for pictures that would need too much memory."""
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise fault(Problem.CLIP_TOO_LARGE)


def _is_enciphered(file: BinaryIO) -> bool:
    """Whether the index of an MP4 says that its pictures are enciphered.

    Asked before anything is decoded: of enciphered pictures about one in ten is taken for a picture by the decoder, and
    what it shows is noise.
    """
    end, at = file.seek(0, 2), 0
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        size = int.from_bytes(head[:4], "big")
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if head[4:8] == b"moov":
            file.seek(at)
            return PROTECTED_ENTRY.search(file.read(min(size or MOST_INDEX, MOST_INDEX))) is not None
        if size < 8:  # 0: to the end of the file
            return False
        at += size
    return False


def is_protected(file: BinaryIO) -> bool:
    """Whether a clip that gave no picture carries a mark of copy protection."""
    where = file.tell()
    file.seek(0)
    first = file.read(SCANNED)
    file.seek(max(0, file.seek(0, 2) - SCANNED))
    last = file.read(SCANNED)
    file.seek(where)
    return any(mark in part for mark in PROTECTED for part in (first, last))


def no_picture(path: Path) -> PictureError:
    """The error for a clip that opened and gave no picture."""
    with path.open("rb") as file:
        return fault(Problem.CLIP_PROTECTED if is_protected(file) else Problem.CLIP_CUT_OFF)
