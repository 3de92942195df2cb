"""Search frames so that one which breaks the detector takes no other along."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

from spotid.errors import SpotIDError
from spotid.prepare.parts import Detection, Detector, Frame
from spotid.progress import Cancelled
from spotid.project.aside import memory_left

_log = logging.getLogger(__name__)


class Search:
    """One detector at work on many frames; remembers which of them break it."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._broken: dict[str, Exception] = {}
        self._sound: set[str] = set()

    def search(
        self, frames: Sequence[Frame], context: Sequence[Frame]
    ) -> tuple[dict[str, list[Detection]], dict[str, Exception]]:
        """The animals of each frame by its uid, and for the others what went wrong.

        Where the detector fails on all of them together, every frame is tried alone, those of ``context`` too: a frame
        that breaks it is left out of every memory from then on. Raises what is no frame's fault.
        """
        known = [frame for frame in context if frame.uid not in self._broken]
        try:
            return dict(zip((frame.uid for frame in frames), self._detect(frames, known), strict=True)), {}
        except Exception as error:
            _raise_if_general(error)
            _log.warning("a batch of frames failed and is searched frame by frame", exc_info=error)
        for frame in (*frames, *known):
            if frame.uid not in self._sound and frame.uid not in self._broken:
                self._try(frame)
        known = [frame for frame in known if frame.uid in self._sound]
        found: dict[str, list[Detection]] = {}
        for frame in frames:
            if frame.uid in self._sound:
                try:
                    found[frame.uid] = self._detect([frame], known)[0]
                except Exception as error:
                    _raise_if_general(error)
                    self._broken[frame.uid] = error
        return found, {frame.uid: self._broken[frame.uid] for frame in frames if frame.uid in self._broken}

    def _try(self, frame: Frame) -> None:
        try:
            self._detect([frame], [frame])
        except Exception as error:
            _raise_if_general(error)
            self._broken[frame.uid] = error
        else:
            self._sound.add(frame.uid)

    def _detect(self, frames: Sequence[Frame], context: Sequence[Frame]) -> list[list[Detection]]:
        found = self._detector.detect(frames, context)
        for one in (one for boxes in found for one in boxes):
            numbers = (one.box.x, one.box.y, one.box.w, one.box.h, one.score)
            if not all(map(math.isfinite, numbers)) or min(one.box.w, one.box.h) <= 0:
                raise ValueError(f"the detector gave a box that is none: {numbers}")
        return found


def _raise_if_general(error: Exception) -> None:
    """What no single frame is to blame for."""
    if isinstance(error, SpotIDError | Cancelled) or (isinstance(error, MemoryError) and not memory_left()):
        raise error
