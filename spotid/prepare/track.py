"""An animal that a person boxed in one frame, in the other frames of its visit: box and confidence, or gone.

Every frame's proposals (``detectors.proposals``) are joined by places where the drawn picture itself is found again and
by the drawn box; a judge weighs how likely each holds an animal at all, and how much it is the drawn one by colours,
size and shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from spotid.boxes import Box
from spotid.errors import NotFoundError
from spotid.prepare import find
from spotid.prepare.detectors import layered, proposals
from spotid.prepare.detectors.sums import Sums
from spotid.prepare.parts import Frame
from spotid.project import aside, frames
from spotid.project.folder import Project
from spotid.settings import DEFAULTS

if TYPE_CHECKING:
    from spotid.prepare.detectors.chance import Judge

MEMORY = 40  # frames of the station that are read to know the place
_FRAMES = "SELECT media.*, station.name AS station FROM media LEFT JOIN station ON station.id = media.station_id"
SURE = 0.35  # below this chance the animal is taken to have left
SIDE = 320  # pixels of the longer side that templates are searched at
SCALES = (0.7, 0.85, 1.0, 1.2, 1.4)  # an animal that comes nearer grows
BINS = 12  # of each colour channel
PROPOSED = 20  # of the frame's own proposals, the most likely ones
# Also tried: the correlation of the pictures in both boxes, the way travelled, the overlap with the drawn box. They
# helped on generated bursts (102 instead of 100 of 107) and harmed on photographs of snow leopards (64, not 69 of 78).
NAMES = ("chance", "best chance of the frame", "colours inside", "colours around", "growth", "change of shape")


@dataclass(frozen=True, slots=True)
class Proposed:
    """Where a drawn animal is in another frame. ``of`` is the drawn box's number; no box: it has left."""

    media_uid: str
    box: Box | None
    confidence: float
    of: int


@dataclass(frozen=True)
class Drawn:
    """A drawn animal: its frame, box, and the colours that tell it from what is around it."""

    frame: Frame
    box: Box
    colours: np.ndarray  # (BINS, BINS, BINS) logarithm of how much likelier a colour is on the animal

    @staticmethod
    def of(frame: Frame, box: Box) -> Drawn:
        """Learn the colours of a box."""
        height, width = frame.small.shape[:2]
        left, top, right, bottom = box.pixels(width, height)
        # The corners of a box are mostly ground: only the ellipse in it counts as the animal.
        ys, xs = np.mgrid[0:height, 0:width]
        far = ((xs - (left + right) / 2) / ((right - left) / 2)) ** 2 + (
            (ys - (top + bottom) / 2) / ((bottom - top) / 2)
        ) ** 2
        codes = _codes(frame.small)
        inside = np.bincount(codes[far <= 0.8], minlength=BINS**3).reshape(BINS, BINS, BINS).astype(np.float32)
        outside = np.bincount(codes[far > 1.6], minlength=BINS**3).reshape(BINS, BINS, BINS).astype(np.float32)
        inside, outside = _smoothed(inside), _smoothed(outside)
        odds = np.log((inside / inside.sum() + 1e-4) / (outside / max(1.0, outside.sum()) + 1e-4))
        return Drawn(frame, box, np.clip(odds, -3, 3).astype(np.float32))


def follow(
    drawn: Drawn, target: Frame, detector: layered.Layered, pool: Mapping[str, Frame], judge: Judge | None = None
) -> tuple[Box | None, float]:
    """Where the drawn animal is in ``target``, and how sure: box (None: it has left) and chance.

    ``pool``: frames of the station for the detector's memory. What is drawn should be known to the detector.
    """
    boxes, rows = describe(drawn, target, detector, pool)
    chances = (judge or layered.shipped_judges()["track"]).chances(rows)
    best = int(np.argmax(chances))
    return (boxes[best] if chances[best] >= SURE else None), float(chances[best])


def describe(
    drawn: Drawn, target: Frame, detector: layered.Layered, pool: Mapping[str, Frame]
) -> tuple[list[Box], np.ndarray]:
    """Boxes in ``target`` where the drawn animal may be, and their numbers ``(n, len(NAMES))``."""
    evidence = detector.evidence(target, pool)
    proposed = proposals.propose(evidence)
    judge = detector.judge(evidence)
    rows = proposals.describe(evidence, proposed)
    chances = judge.chances(rows) if judge is not None and proposed else np.zeros(len(proposed))
    order = np.argsort(-chances, kind="stable")[:PROPOSED]
    templates = _template(drawn, target)
    boxes = [proposed[n].box() for n in order] + [box for box, _ in templates] + [drawn.box]
    # A template's box has the chance of the frame's own proposal that it overlaps, as far as it does.
    own = [(proposed[n].box(), float(chances[n])) for n in order]
    likely = [chance for _, chance in own]
    likely += [max((box.iou(other) * chance for other, chance in own), default=0.0) for box in boxes[len(own) :]]
    odds = drawn.colours.reshape(-1)[_codes(target.small)]
    sums = Sums(odds)
    top = max(likely, default=0.0)
    height, width = target.small.shape[:2]
    numbers = np.zeros((len(boxes), len(NAMES)), np.float32)
    for n, box in enumerate(boxes):
        edges = box.pixels(width, height)
        numbers[n] = (
            *(_logit(likely[n]), _logit(top), sums.mean(edges), sums.ring(edges)),
            abs(np.log(box.w * box.h / (drawn.box.w * drawn.box.h))),
            abs(np.log(box.w / box.h * drawn.box.h / drawn.box.w)),
        )
    return boxes, numbers


def in_visit(project: Project, media_uid: str, boxes: Sequence[Box], *, most: int = 12) -> list[Proposed]:
    """Where drawn boxes are in the other frames of the same visit, nearest in time first: one for each frame and box.

    At most ``most`` frames; those that a person answered are left out. About 0.3 s a frame, and once per call the
    reading of up to ``MEMORY`` frames of the station. Raises NotFoundError for an unknown frame.
    """
    row = project.store.one(f"{_FRAMES} WHERE media.uid = ?", media_uid)
    if row is None:
        raise NotFoundError("This picture is not in this project.", "Reload the page.")
    known = {uid: answer.boxes for uid, answer in frames.all_newest(project.store).items()}
    mates = project.store.all(
        f"{_FRAMES} WHERE station_id IS ? AND visit IS ? AND visit IS NOT NULL AND media.uid != ?"
        " AND state IN ('read', 'animal', 'no_animal')",
        *(row["station_id"], row["visit"], media_uid),
    )
    when = row["captured_at"]
    mates = sorted(
        (mate for mate in mates if mate["uid"] not in known),
        key=lambda mate: (seconds_between(mate["captured_at"], when), mate["id"]),
    )[:most]
    frame = find.load_frame(project, row, DEFAULTS)
    if frame is None or not mates or not boxes:
        return []
    detector = layered.Layered()
    detector.load()
    detector.teach(layered.Lessons({**known, media_uid: tuple(boxes)}))
    targets = [one for mate in mates if (one := find.load_frame(project, mate, DEFAULTS)) is not None]
    memory = find.station_frames(project, row["station_id"], DEFAULTS, MEMORY)
    pool = {one.uid: one for one in (*memory, frame, *targets)}
    animals = [Drawn.of(frame, box) for box in boxes]
    found = []
    judge = aside.Judge()
    for target in targets:
        for number, drawn in enumerate(animals):
            try:
                box, confidence = follow(drawn, target, detector, pool)
            except Exception as error:  # nothing is proposed for this frame
                judge.fault(error)
                continue
            judge.fine()
            found.append(Proposed(target.uid, box, confidence, number))
    return found


def seconds_between(a: str | None, b: str | None) -> float:
    """How far apart two frames were taken; a day where a time is unknown."""
    try:
        return abs((datetime.fromisoformat(a or "") - datetime.fromisoformat(b or "")).total_seconds())
    except (ValueError, TypeError):
        return 86400.0


def _template(drawn: Drawn, target: Frame) -> list[tuple[Box, float]]:
    """Where the drawn picture itself is found again, by normalised correlation of brightness: the two best sizes."""
    import cv2

    scale = SIDE / max(target.small.shape[:2])
    size = (round(target.small.shape[1] * scale), round(target.small.shape[0] * scale))
    there = cv2.resize(cv2.cvtColor(target.small, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    left, top, right, bottom = drawn.box.pixels(drawn.frame.small.shape[1], drawn.frame.small.shape[0])
    piece = cv2.cvtColor(drawn.frame.small[top:bottom, left:right], cv2.COLOR_RGB2GRAY)
    found = []
    for factor in SCALES:
        wide, high = round((right - left) * scale * factor), round((bottom - top) * scale * factor)
        if not (6 <= wide < size[0] and 6 <= high < size[1]):
            continue
        shape = cv2.resize(piece, (wide, high), interpolation=cv2.INTER_AREA)
        if shape.std() < 2:
            continue
        answer = cv2.matchTemplate(there, shape, cv2.TM_CCOEFF_NORMED)
        _, strength, _, (x, y) = cv2.minMaxLoc(answer)
        found.append((Box(x / size[0], y / size[1], wide / size[0], high / size[1]), float(strength)))
    return sorted(found, key=lambda one: -one[1])[:2]


def _codes(small: np.ndarray) -> np.ndarray:
    """The colour bin of every pixel ``(h, w)``, brightness relative to the frame's own."""
    import cv2

    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    lab[..., 0] *= 110.0 / max(20.0, float(np.median(lab[..., 0])))
    steps = (np.array([256.0, 64.0, 64.0]) / BINS).astype(np.float32)
    bins = np.clip((lab - np.array([0.0, 96.0, 96.0], np.float32)) / steps, 0, BINS - 1).astype(np.int32)
    return np.asarray((bins[..., 0] * BINS + bins[..., 1]) * BINS + bins[..., 2])


def _smoothed(counts: np.ndarray) -> np.ndarray:
    for axis in range(3):
        before, after = np.roll(counts, 1, axis), np.roll(counts, -1, axis)
        counts = 0.5 * counts + 0.25 * (before + after)
    return counts


def _logit(chance: float) -> float:
    bounded = min(0.999, max(0.001, chance))
    return float(np.log(bounded / (1.0 - bounded)))
