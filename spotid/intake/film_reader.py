"""Go through a clip: its frames with their moments, some of them or those of given moments, whatever its clock does."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from spotid.intake import film_file

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

MOST_HELD = 32  # frames that a decoder may hold back
USUAL_RATE = Fraction(25)
LEAST_LEAP_MS = 1_000  # MPEG-TS is searched by the times at which frames are decoded, not shown
LONGEST_GAP_MS = 6 * 3600 * 1000  # a clock that leaps further is broken: camera traps film for minutes
# Every frame stands for itself: those between two samples need no decoding.
INTRA = frozenset({"mjpeg", "mjpegb", "prores", "dnxhd", "rawvideo", "dvvideo", "huffyuv", "ffv1", "jpeg2000", "png"})


class ClipReader:
    """Reads one opened clip once, from its beginning; ``bad`` counts what could not be decoded on the way.

    ``guessed`` tells that a frame had no usable time, so that its moment was counted on from the frame before: such a
    clip can only be read from its beginning.
    """

    def __init__(self, container: InputContainer, stream: VideoStream) -> None:
        self._container, self._stream = container, stream
        rates = (stream.average_rate, stream.guessed_rate)
        self.rate = next((rate for rate in rates if rate and 0 < rate <= 1000), USUAL_RATE)
        self.intra = stream.codec_context.name in INTRA
        # AVI has no times for frames that are shown in another order than they are stored in: the first that is shown
        # has the time of the first that is stored, and so on.
        self._stored: deque[int] | None = deque() if container.format.name == "avi" and not self.intra else None
        # An AVI may begin with empty frames, which no copy of it has.
        self._start = None if container.format.name == "avi" else stream.start_time
        self._shift, self._last = 0, -1
        self._base = stream.time_base or Fraction(1, 1000)
        self.guessed = self._stored is not None
        self.bad = 0
        self.last_ms = 0

    def frames(self, every: int, keys: bool = False) -> Iterator[tuple[int, VideoFrame]]:
        """(ms since the beginning, frame) of one frame each ``every`` ms, of all with 0; ``keys``: key frames only."""
        due = 0
        for frame in self._decoded(every, keys):
            ms = self._moment(frame)
            self.last_ms = ms
            if ms >= due:
                film_file.check_size(frame.width, frame.height)
                yield ms, frame
                due = max(due + every, ms + every // 2)

    def sought(self, moments: dict[int, int]) -> Iterator[tuple[int, VideoFrame]]:
        """The frames of moments (ms to time stamp) by leaping to each; one that is not found where it should be is
        left out."""
        import av

        for ms, stamp in sorted(moments.items()):
            try:
                self._container.seek(stamp, stream=self._stream, backward=True)
            except av.error.FFmpegError:
                continue
            for frame in self._decoded(0, False):
                if frame.pts is None or frame.pts > stamp:
                    break
                if frame.pts == stamp:
                    yield ms, frame
                    break

    def at(self, ms: int, leap: bool = True) -> tuple[int, VideoFrame] | None:
        """(ms, frame) of what is shown at a moment: the last frame that begins by then, or the first that is met.

        Leaps to a key frame before it, where the clip's clock can be trusted for that; where the leap went too far, the
        frame's moment is later than ``ms``. For a new reader.
        """
        import av

        if self.intra:
            return self._alone(ms)
        if leap and ms > LEAST_LEAP_MS and self._start is not None and not self.guessed:
            stamp = self._start + round((ms - LEAST_LEAP_MS) / 1000 / self._base)
            with suppress(av.error.FFmpegError):
                self._container.seek(stamp, stream=self._stream, backward=True)
        shown: tuple[int, VideoFrame] | None = None
        for frame in self._decoded(0, False):
            moment = self._moment(frame)
            if shown is not None and moment > ms:
                break
            shown = moment, frame
        return shown

    def _alone(self, ms: int) -> tuple[int, VideoFrame] | None:
        """``at`` where every frame stands for itself: all but one are passed by."""
        import av

        wanted, about, step = None, -1, round(1000 / self.rate)
        with suppress(av.error.FFmpegError):
            for packet in self._container.demux(self._stream):
                if not packet.size:
                    continue
                told = self._packet_ms(packet)
                moment = about + step if told is None else told
                if wanted is not None and moment > ms:
                    break
                wanted, about = packet, max(moment, 0)
        with suppress(av.error.FFmpegError):
            for frame in wanted.decode() if wanted is not None else ():
                return about, frame
        return None

    def _decoded(self, every: int, keys: bool) -> Iterator[VideoFrame]:
        import av

        packets = self._container.demux(self._stream)
        passed = -every
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.error.FFmpegError:
                self.bad += 1  # the file ends before it should: what came before is good
                return
            if packet.size and keys and not packet.is_keyframe:
                continue
            if packet.size and self._stored is not None and packet.dts is not None:
                self._stored.append(packet.dts)
            if packet.size and every and (self.intra or keys):  # each of these stands for itself
                about = self._packet_ms(packet)
                if about is not None and passed <= about < passed + every - 500 / self.rate:
                    self.last_ms = max(self.last_ms, about)
                    continue
                passed = passed + every if about is None else about
            try:
                yield from packet.decode()
            except av.error.FFmpegError:
                self.bad += 1

    def _packet_ms(self, packet: Packet) -> int | None:
        stamp = packet.pts if packet.pts is not None else packet.dts
        if self._start is None:
            self._start = stamp
        return None if stamp is None else round((stamp - (self._start or 0)) * self._base * 1000)

    def _moment(self, frame: VideoFrame) -> int:
        """Whole ms since the beginning; always later than the frame before."""
        step = max(1, round(1000 / self.rate))
        stamp = frame.pts
        if self._stored is not None:
            stamp = self._stored.popleft() if self._stored else None
            while len(self._stored) > MOST_HELD:  # frames were lost on the way
                self._stored.popleft()
        if stamp is not None:
            if self._start is None:
                self._start = stamp
            ms = round((stamp - self._start) * self._base * 1000) + self._shift
            if self._last < ms <= self._last + LONGEST_GAP_MS:
                self._last = ms
                return ms
            if abs(ms - self._last) > 1000:  # the clock began anew: go on from here
                self._shift += self._last + step - ms
        self.guessed = True
        self._last = self._last + step if self._last >= 0 else 0
        return self._last


def key_gap_ms(container: InputContainer, stream: VideoStream, most: int = 600) -> int | None:
    """The longest time between two key frames at the beginning of a clip, or None where fewer than three were met."""
    import av

    base = stream.time_base or Fraction(1, 1000)
    stamps: list[int] = []
    try:
        for number, packet in enumerate(container.demux(stream)):
            stamp = packet.pts if packet.pts is not None else packet.dts
            if packet.size and packet.is_keyframe and stamp is not None:
                stamps.append(stamp)
            if number >= most:
                break
    except av.error.FFmpegError:
        pass
    gaps = [round((b - a) * base * 1000) for a, b in pairwise(stamps)]
    return max(gaps) if len(gaps) >= 2 and min(gaps) > 0 else None


def wanted(frames: Iterator[tuple[int, VideoFrame]], moments: Collection[int]) -> Iterator[tuple[int, VideoFrame]]:
    """Those of ``frames`` that have one of the ``moments``; ends after the last."""
    left = set(moments)
    if not left:
        return
    for ms, frame in frames:
        if ms in left:
            yield ms, frame
            left.discard(ms)
            if not left:
                return
