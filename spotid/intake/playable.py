"""A clip as browsers play it by themselves, so that a page can show it from a frame's moment without a network.

What browsers play (Chrome, Edge, Firefox, Safari): MP4 with 8-bit H.264 and AAC or MP3, and WebM. Other containers with
H.264 (MOV, MTS, most AVI) are packed anew without touching a picture. All else (MJPEG, MPEG-4, HEVC) is shown picture
by picture (``film_at``): packing it anew would take as long as the clip, and encoders that the program need not carry.
Moments stay the same: second 12.3 of the original is second 12.3 of the copy.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spotid.intake.film_file import no_picture, opened
from spotid.intake.film_reader import ClipReader
from spotid.words import Word

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

MP4, WEBM = "video/mp4", "video/webm"
SOUND_IN_MP4, SOUND_IN_WEBM = frozenset({"aac", "mp3", "mp3float"}), frozenset({"opus", "libopus", "vorbis"})
PLAIN_PIXELS = frozenset({"yuv420p", "yuvj420p"})
LATE_S = 0.02
LOOKED_AT = 40  # frames of an AVI that are looked at for another order than the stored one


class Way(Word):
    """How a clip gets into the page."""

    AS_IS = "as_is", "Browsers play the file as it is."
    COPIED = "copied", "The same pictures in another container."
    PICTURES = "pictures", "Browsers can't play this kind of clip; its pictures are shown one after the other."


@dataclass(frozen=True, slots=True)
class Playable:
    """What to hand the browser: the file, its media type, and how it came about."""

    path: Path
    mime: str
    way: Way


def way(path: Path) -> Way:
    """How the clip at ``path`` can be played; reads little of it. Raises PictureError, MemoryError."""
    with opened(path) as (container, stream):
        if next(ClipReader(container, stream).frames(0), None) is None:
            raise no_picture(path)
        kind, codec = container.format.name, stream.codec_context
        sounds = {one.codec_context.name if one.codec_context else "" for one in container.streams.audio}
        if kind.startswith("matroska") and _is_webm(path):
            plain = codec.name in ("vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d") and sounds <= SOUND_IN_WEBM
            return Way.AS_IS if plain else Way.PICTURES
        if codec.name != "h264" or codec.pix_fmt not in PLAIN_PIXELS:
            return Way.PICTURES
        if kind == "avi" and _is_reordered(container, stream):
            return Way.PICTURES
        mp4 = kind.startswith("mov") and container.metadata.get("major_brand", "qt  ") != "qt  "
        # Browsers begin to count before the first picture where that comes late; a copy begins with it.
        mp4 = mp4 and abs(float((stream.start_time or 0) * (stream.time_base or 0))) < LATE_S
        return Way.AS_IS if mp4 and sounds <= SOUND_IN_MP4 else Way.COPIED


def playable(path: Path, copy: Path, *, tell: Callable[[float], None] | None = None) -> Playable:
    """The clip for a browser: itself, or ``copy`` (an .mp4), which is written whole or not at all.

    Of a clip that browsers can't play nothing is written.

    ``tell`` hears the seconds written so far and may raise to stop. Raises PictureError, MemoryError, OSError.
    """
    how = way(path)
    if how is not Way.COPIED:
        return Playable(path, WEBM if _is_webm(path) else MP4, how)
    copy.parent.mkdir(parents=True, exist_ok=True)
    part = copy.with_name(copy.name + ".part")
    try:
        _copied(path, part, tell)
        os.replace(part, copy)
    finally:
        part.unlink(missing_ok=True)
    return Playable(copy, MP4, how)


def _new(part: Path) -> OutputContainer:
    import av

    # "bitexact" leaves the library's version out of the file; "faststart" puts the table of contents first.
    return av.open(str(part), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"})


def _copied(path: Path, part: Path, tell: Callable[[float], None] | None) -> None:
    import av

    with opened(path) as (container, stream), _new(part) as out:
        sounds = [
            one for one in container.streams.audio if one.codec_context and one.codec_context.name in SOUND_IN_MP4
        ]
        new: dict[int, Any] = {one.index: out.add_stream_from_template(one) for one in (stream, *sounds[:1])}
        first = None if container.format.name == "avi" else float((stream.start_time or 0) * (stream.time_base or 0))
        packets, after, written = container.demux([stream, *sounds[:1]]), dict[int, int](), 0
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.error.FFmpegError):
                break  # a clip that is cut off plays as far as it goes
            if container.format.name == "avi":
                packet.pts = packet.dts  # the order is that of the file (see ``way``); AVI tells one time only
            if first is None and packet.size and packet.stream is stream and packet.dts is not None:
                first = float(packet.dts * (packet.time_base or 0))  # an AVI may begin with empty frames
            if not packet.size or not _stamped(packet, first or 0.0, after):
                continue
            if tell and packet.stream is stream:
                tell(float((packet.dts or 0) * (packet.time_base or 0)))
            packet.stream = new[packet.stream.index]
            out.mux(packet)
            written += 1
        if not written:
            raise no_picture(path)


def _stamped(packet: Packet, first: float, after: dict[int, int]) -> bool:
    """Give a packet times from the clip's own beginning; False where it can't be placed in order."""
    base = packet.time_base
    if base is None or (packet.dts is None and packet.pts is None):
        return False
    shift = round(first / float(base))
    dts = (packet.dts if packet.dts is not None else packet.pts or 0) - shift
    pts = (packet.pts - shift) if packet.pts is not None else dts
    index = packet.stream.index
    if dts <= after.get(index, dts - 1) or pts < dts:
        return False
    packet.dts, packet.pts, after[index] = dts, pts, dts
    return True


def _is_webm(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(64)
    return head[:4] == b"\x1aE\xdf\xa3" and b"webm" in head


def _is_reordered(container: InputContainer, stream: VideoStream) -> bool:
    """Whether frames are shown in another order than they are stored in, which AVI has no times for."""
    import av

    before, seen = None, 0
    try:
        for frame in container.decode(stream):
            if frame.pts is None or frame.dts is None or (before is not None and frame.pts <= before):
                return True
            before, seen = frame.pts, seen + 1
            if seen >= LOOKED_AT:
                break
    except av.error.FFmpegError:
        return True
    return seen == 0
