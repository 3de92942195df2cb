"""The layered detector: the memory of a station and the animal network propose boxes, a calibrated judge chooses."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from spotid import seal
from spotid.boxes import Box
from spotid.prepare.detectors import background, chance, eye, proposals, scenes, sums
from spotid.prepare.detectors.builtin import MOST_CONTEXT, StationBackground, spread
from spotid.prepare.parts import Detection, Frame

RECIPE = "layered 1"
JUDGES = Path(__file__).parents[1] / "weights" / "boxes.npz"  # fitted by training/boxes/fit.py on drawn surveys alone
STATION, NETWORK, BOTH = "station", "network", "both"
TAUGHT = " and eye"  # added to the name of a judge that hears a taught eye too
# A box is kept from this chance on. Chosen, as was how far the judge trusts the network, with two generated surveys and
# the 43 boxed frames of snow leopards in view (benchmarks/detect.py): 37 right and 3 wrong boxes there, 35 and 11 of
# the station's memory by its own rules.
KEEP = 0.25
WHOLE_PICTURE_SCORE, CROP_SCORE = 0.05, 0.5
UNSURE = 0.05  # where nothing is known of a place, a chance between this and ``KEEP`` gives the whole picture
MOST_ANIMALS = 4
MANY = 8  # pictures whose sizes tell by themselves that they were cut out
SAME_ANIMAL = 0.3  # intersection over union above which two boxes are one animal
INSIDE = 0.7  # share of the smaller box inside the other one above which they are one animal


@dataclass(frozen=True)
class Lessons:
    """What people taught about the cameras of a project. ``known``: frames whose animals are known, perhaps none."""

    known: Mapping[str, tuple[Box, ...]] = field(default_factory=dict)
    judges: Mapping[str, chance.Judge] = field(default_factory=dict)  # in place of the shipped ones
    keep: float | None = None  # in place of ``KEEP``
    eye: eye.Eye | None = None  # its map is a layer of its own

    def identity(self) -> str:
        """A short hash; ``"none"`` where nothing was taught."""
        if not self.known and not self.judges:
            return "none"
        text: list[object] = [sorted((uid, *map(repr, boxes)) for uid, boxes in self.known.items()), self.keep]
        text.append(self.eye and self.eye.identity())
        text.append([(name, judge.identity()) for name, judge in sorted(self.judges.items())])
        return hashlib.sha256(repr(text).encode()).hexdigest()[:12]


@lru_cache(maxsize=2)
def shipped_judges(path: Path = JUDGES) -> dict[str, chance.Judge]:
    """The judges that come with the program, by which layers they hear."""
    with np.load(io.BytesIO(seal.content(path)), allow_pickle=False) as stored:
        return {name: chance.Judge.of(stored[name]) for name in stored.files}


class Layered:
    """Station memory, network and judge. ``layers`` may leave one out, to measure what each is worth.

    Frames that a person boxed are known: their boxes are returned as they are, and what was drawn there is cut out of
    the memory of the place; frames that a person called empty are its best witnesses.
    """

    name = "layered"

    def __init__(self, layers: str = BOTH, lessons: Lessons | None = None) -> None:
        self._layers = layers
        self._lessons = lessons or Lessons()
        self._station = StationBackground()

    def identity(self) -> str:
        """A short hash of recipe, weights and lessons."""
        numbers = [
            getattr(module, name) for module in (proposals, sums, chance, eye) for name in dir(module) if name.isupper()
        ]
        mine = [
            RECIPE,
            self._layers,
            KEEP,
            UNSURE,
            WHOLE_PICTURE_SCORE,
            CROP_SCORE,
            MOST_ANIMALS,
            SAME_ANIMAL,
            INSIDE,
            MANY,
        ]
        parts = [*mine, *numbers, self._station.identity(), self._lessons.identity()]
        parts += [judge.identity() for _, judge in sorted(shipped_judges().items())]
        if self._layers != STATION:
            parts.append(_network_identity())
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]

    def teach(self, lessons: Lessons) -> None:
        """Use these lessons from now on."""
        self._lessons = lessons

    def judges(self) -> dict[str, chance.Judge]:
        """The shipped judges."""
        return dict(shipped_judges())

    def load(self) -> None:
        """Import OpenCV and the network once, so that the first frame is not slower than the others."""
        self._station.load()
        shipped_judges()

    def detect(self, frames: Sequence[Frame], context: Sequence[Frame]) -> list[list[Detection]]:
        """The animals of each frame, best first; a score is a chance. Without ``context`` frames are compared with one
        another."""
        pool = {frame.uid: frame for frame in spread(context or frames, MOST_CONTEXT)}
        return [self.detect_one(frame, pool) for frame in frames]

    def detect_one(self, frame: Frame, pool: Mapping[str, Frame]) -> list[Detection]:
        """The animals of one frame, best first; ``pool``: frames to compare with, by uid."""
        known = self._lessons.known.get(frame.uid)
        if known is not None:
            return [Detection(box, 1.0, how="person") for box in known]
        evidence = self.evidence(frame, pool)
        # Crops of one animal, one after the other, look like a place: many pictures of odd sizes outweigh that.
        if (not evidence.references or len(pool) >= MANY) and scenes.are_crops(
            [(one.width, one.height) for one in pool.values()]
        ):
            return [Detection(Box(0.0, 0.0, 1.0, 1.0), CROP_SCORE, how="already a crop")]
        return self.decided(evidence, (frame.small.shape[0], frame.small.shape[1]))

    def decided(self, evidence: proposals.Evidence, shape: tuple[int, int]) -> list[Detection]:
        """What follows from the evidence, best first; masks have ``shape`` (h, w)."""
        judge = self.judge(evidence)
        proposed = proposals.propose(evidence)
        if judge is None or not proposed:
            return [] if evidence.elsewhen or judge is not None else [_whole(evidence.rows)]
        chances = judge.chances(proposals.describe(evidence, proposed))
        if not evidence.references and UNSURE <= chances.max() < KEEP:
            return [_whole(evidence.rows)]
        keep = KEEP if self._lessons.keep is None else self._lessons.keep
        kept = chosen_boxes([one.box() for one in proposed], chances, keep)
        return [_detection(proposed[n], float(chances[n]), shape) for n in kept]

    def evidence(self, frame: Frame, pool: Mapping[str, Frame]) -> proposals.Evidence:
        """What each layer says of a frame."""
        import cv2

        references, elsewhen, rows = self._station.memory(frame, pool, self._lessons.known)
        target = self._station.plane(frame)
        shape = (target.shape[0], target.shape[1])
        maps: tuple[np.ndarray, ...] = ()
        if references and self._layers != NETWORK:
            holes = [self._lessons.known.get(other.uid, ()) for other in references]
            maps = proposals.differences(target, [self._station.plane(other) for other in references], holes)
        animal = None
        if self._layers != STATION and network_available():
            animal = cv2.resize(_animal_map(frame.small), (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
        few, many = (maps[0], maps[-1]) if maps else (None, None)
        blobs = tuple(background.blobs(few, rows)) if few is not None else ()
        plain = proposals.Evidence(few, many, maps, blobs, animal, None, rows, len(references), elsewhen, shape)
        return plain if self._lessons.eye is None else seen_by(self._lessons.eye, eye.looks(frame.small, plain), plain)

    def judge(self, evidence: proposals.Evidence) -> chance.Judge | None:
        """Who decides on a frame with this evidence; None where there is none."""
        name = layers_of(evidence)
        return self._lessons.judges.get(name) or shipped_judges().get(name)


def seen_by(taught: eye.Eye, looks: np.ndarray, plain: proposals.Evidence) -> proposals.Evidence:
    """The same evidence with the map of a taught eye beside it."""
    return replace(plain, eye=taught.map(looks, plain.shape))


def layers_of(evidence: proposals.Evidence) -> str:
    """Which layers spoke."""
    if evidence.few is None:
        name = NETWORK if evidence.animal is not None else ""
    else:
        name = STATION if evidence.animal is None else BOTH
    return f"{name}{TAUGHT}" if evidence.eye is not None and evidence.few is not None else name


def chosen_boxes(boxes: Sequence[Box], chances: np.ndarray, keep: float) -> list[int]:
    """Which of the proposed boxes are kept, best first: each animal once."""
    kept: list[int] = []
    for n in np.argsort(-chances, kind="stable"):
        if chances[n] < keep or len(kept) == MOST_ANIMALS:
            break
        if not any(_one_animal(boxes[n], boxes[k]) for k in kept):
            kept.append(int(n))
    return kept


def _one_animal(a: Box, b: Box) -> bool:
    wide = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    high = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    if wide <= 0 or high <= 0:
        return False
    return a.iou(b) > SAME_ANIMAL or wide * high > INSIDE * min(a.w * a.h, b.w * b.h)


def _detection(one: proposals.Proposal, score: float, shape: tuple[int, ...]) -> Detection:
    import cv2

    mask = cv2.resize(one.mask.astype(np.uint8), (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR) > 0
    return Detection(one.box(), score, how=one.how, mask=mask)


def _whole(rows: tuple[float, float]) -> Detection:
    return Detection(Box(0.0, rows[0], 1.0, rows[1] - rows[0]), WHOLE_PICTURE_SCORE, how="whole picture")


def network_available() -> bool:
    """Whether the animal network can be asked."""
    from spotid.prepare import segmenter

    return segmenter.available()


def _network_identity() -> str:
    from spotid.prepare import segmenter

    return f"{segmenter.fingerprint()} {segmenter.LOOKS}"


def _animal_map(small: np.ndarray) -> np.ndarray:
    from spotid.prepare import segmenter

    return segmenter.animal_map(small)
