"""The built-in detector: it remembers what each station looks like and reports what is new in a frame."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from spotid.boxes import Box
from spotid.prepare.detectors import background, scenes
from spotid.prepare.parts import Detection, Frame

RECIPE = "station background 1"
SAME_PLACE = 0.48  # likeness: of 412 pairs of one camera 96 % are above it, of 2,799 pairs of two cameras 99 % below
OTHER_STATION = 0.6  # for frames filed under another station
VISIT_GAP = timedelta(minutes=30)
MOST_CONTEXT = 240  # frames looked at per call, spread over time; a station may have thousands
MOST_REFERENCES = 24  # frames compared with: one costs about 1.5 ms
PER_VISIT = 3  # frames of one other visit, so that a resting animal does not outvote the place
ENOUGH_VISITS = 8  # reference frames of other visits that make those of the own visit unnecessary
SURE_EMPTY = 5  # reference frames of other visits from which on "nothing differs" means "no animal"
MOST_ANIMALS = 4
WEAKEST = 0.35  # share of the strongest blob's mass that another animal must reach
# Differences with less are mostly leaves and shadows. Without and with it, on the survey that it was chosen on (300
# generated frames): 70 and 31 false boxes in 90 empty frames, 199 and 197 of 220 right ones; on 43 boxed frames of snow
# leopards, looked at when choosing too: 34 and 33 right ones.
WEAKEST_SCORE = 0.3
USUAL_AREA = 0.01  # of the frame: smaller differences are more often leaves
WHOLE_PICTURE_SCORE = 0.1
KEPT_LOOKS, KEPT_PLANES = 4096, 96  # at most 20 MB and 30 MB


@dataclass(frozen=True)
class _Look:
    """What is kept of a frame: enough to tell places apart."""

    signature: np.ndarray
    rows: tuple[float, float]
    kind: tuple[int, int, int, int, bool]  # sizes and infrared: only frames of one kind are compared


class StationBackground:
    """Finds what differs from the frames of the same place in the same light; no weights.

    Frames are grouped by what they show, not only by their station, so that folders sorted in any other way work too.
    With fewer than two frames of a place nothing can differ, and the whole picture is returned with a low score.
    """

    name = "station-background"

    def __init__(self) -> None:
        self._looks: OrderedDict[str, _Look] = OrderedDict()
        self._planes: OrderedDict[str, np.ndarray] = OrderedDict()

    def identity(self) -> str:
        """A short hash of the recipe (there are no weights)."""
        numbers = [getattr(module, name) for module in (background, scenes) for name in dir(module) if name.isupper()]
        recipe = [
            RECIPE,
            SAME_PLACE,
            MOST_REFERENCES,
            PER_VISIT,
            ENOUGH_VISITS,
            SURE_EMPTY,
            WEAKEST,
            WEAKEST_SCORE,
            USUAL_AREA,
            *numbers,
        ]
        return hashlib.sha256(repr(recipe).encode()).hexdigest()[:12]

    def load(self) -> None:
        """Import OpenCV once, so that the first frame is not slower than the others."""
        import cv2

        cv2.setUseOptimized(True)

    def detect(self, frames: Sequence[Frame], context: Sequence[Frame]) -> list[list[Detection]]:
        """The animals of each frame, best first; an empty list where the place is known and looks as usual.

        Frames are compared with ``context`` alone, so that a run that was stopped half-way through a station goes on
        with the same result; without context they are compared with one another.
        """
        pool = {frame.uid: frame for frame in spread(context or frames, MOST_CONTEXT)}
        return [self._one(frame, pool) for frame in frames]

    def _one(self, frame: Frame, pool: dict[str, Frame]) -> list[Detection]:
        look = self._look(frame)
        same_kind = [other for other in pool.values() if self._look(other).kind[:4] == look.kind[:4]]
        rows = scenes.common_strips([self._look(other).rows for other in same_kind])
        references, elsewhen = self._references(frame, same_kind)
        if not references:
            return [_whole_picture(rows)]
        unlike = background.difference(self.plane(frame), [self.plane(other) for other in references])
        blobs = background.blobs(unlike, rows)
        if not blobs:
            return [] if elsewhen >= SURE_EMPTY else [_whole_picture(rows)]
        strong = [blob for blob in blobs if blob.mass >= WEAKEST * blobs[0].mass]
        # Many equal differences are grass in the wind or a shaken camera rather than a herd.
        doubt = 1.0 if len(strong) <= MOST_ANIMALS else 0.5
        found = [_detection(blob, len(references), doubt, frame.small.shape) for blob in strong[:MOST_ANIMALS]]
        found.sort(key=lambda detection: -detection.score)
        # A place that is not known well gives its strongest difference the benefit of the doubt.
        first = found[:1] if elsewhen < SURE_EMPTY else []
        return first + [detection for detection in found[len(first) :] if detection.score >= WEAKEST_SCORE]

    def memory(
        self, frame: Frame, pool: Mapping[str, Frame], known: Mapping[str, tuple[Box, ...]]
    ) -> tuple[list[Frame], int, tuple[float, float]]:
        """Frames of the same place to compare with, how many of them show it at another time or surely empty, and the
        ends of the picture proper. ``known``: animals of frames that a person looked at."""
        look = self._look(frame)
        same_kind = [other for other in pool.values() if self._look(other).kind[:4] == look.kind[:4]]
        rows = scenes.common_strips([self._look(other).rows for other in same_kind])
        references, elsewhen = self._references(frame, same_kind, frozenset(u for u, seen in known.items() if not seen))
        return references, elsewhen, rows

    def _references(
        self, frame: Frame, same_kind: Sequence[Frame], empty: frozenset[str] = frozenset()
    ) -> tuple[list[Frame], int]:
        """Frames of the same place to compare with, and how many of them are of other visits."""
        look, when = self._look(frame), frame_time(frame)
        alike = []
        for other in same_kind:
            theirs = self._look(other)
            if other.uid == frame.uid or theirs.kind != look.kind:
                continue
            degree = scenes.likeness(look.signature, theirs.signature)
            if degree >= (SAME_PLACE if other.station == frame.station else OTHER_STATION):
                alike.append((degree, other))
        alike.sort(key=lambda pair: (pair[1].uid not in empty, -pair[0], pair[1].uid))
        others, own, spare = [], [], []
        seen: list[datetime] = []
        for _, other in alike:
            time = frame_time(other)
            if other.uid in empty:
                others.append(other)
            elif when is not None and time is not None and abs(time - when) <= VISIT_GAP:
                own.append(other)
            elif time is not None and sum(abs(time - t) <= VISIT_GAP for t in seen) >= PER_VISIT:
                spare.append(other)
            else:
                others.append(other)
                seen += [time] if time is not None else []
        elsewhen = len(others) + len(spare)
        chosen = others if len(others) >= ENOUGH_VISITS else [*others, *spare, *own]
        chosen = chosen[:MOST_REFERENCES]
        return chosen, min(elsewhen, len(chosen))

    def _look(self, frame: Frame) -> _Look:
        look = self._looks.get(frame.uid)
        if look is None:
            small = frame.small
            kind = (frame.width, frame.height, small.shape[1], small.shape[0], scenes.is_infrared(small))
            look = _Look(scenes.signature(small), scenes.strips(small), kind)
            self._looks[frame.uid] = look
            if len(self._looks) > KEPT_LOOKS:
                self._looks.popitem(last=False)
        return look

    def plane(self, frame: Frame) -> np.ndarray:
        """The frame ready for comparing (``background.planes``)."""
        kept = self._planes.pop(frame.uid, None)
        if kept is None:
            kept = background.planes(frame.small).astype(np.float16)
        self._planes[frame.uid] = kept
        if len(self._planes) > KEPT_PLANES:
            self._planes.popitem(last=False)
        return kept.astype(np.float32)


def spread(context: Sequence[Frame], most: int) -> list[Frame]:
    """At most ``most`` of the frames, evenly over time."""
    if len(context) <= most:
        return list(context)
    ordered = sorted(context, key=lambda frame: (frame.captured_at or "", frame.uid))
    return [ordered[n * len(ordered) // most] for n in range(most)]


def frame_time(frame: Frame) -> datetime | None:
    """When a frame was taken, without time zone; None where that is unknown."""
    try:
        return datetime.fromisoformat(frame.captured_at).replace(tzinfo=None) if frame.captured_at else None
    except ValueError:
        return None


def _whole_picture(rows: tuple[float, float]) -> Detection:
    return Detection(Box(0.0, rows[0], 1.0, rows[1] - rows[0]), WHOLE_PICTURE_SCORE, how="whole picture")


def _detection(blob: background.Blob, references: int, doubt: float, shape: tuple[int, ...]) -> Detection:
    """A blob as a detection. Score: how far it stands out, how large it is, and how many frames say so."""
    import cv2

    height, width = blob.mask.shape
    left, top, right, bottom = blob.edges()
    box = Box(left / width, top / height, (right - left) / width, (bottom - top) / height)
    stands_out = 1.0 - float(np.exp(-max(0.0, blob.strength - 1.5) / 2.0))
    size = min(1.0, float(blob.mask.mean()) / USUAL_AREA) ** 0.25
    score = min(1.0, max(0.0, doubt * stands_out * size * references / (references + 1.0)))
    mask = cv2.resize(blob.mask.astype(np.uint8), (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR) > 0
    return Detection(box, score, how="station background", mask=mask)
