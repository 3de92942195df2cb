"""How a lesson is learnt from frames that people looked at, and when it is better not to have learnt.

An eye learns where this project's animals are likely (``detectors.eye``); judges that hear it come with the program.
Their last layer may bend too, drawn from the shipped weights towards the drawn frames. Which of this, how far, and from
which chance on a box is kept, is chosen by leaving visits out in turn; where nothing clearly beats the shipped numbers
on frames that it was not taught with, the shipped numbers stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spotid.boxes import Box
from spotid.prepare.detectors import eye, layered, proposals
from spotid.prepare.detectors.chance import Judge
from spotid.prepare.parts import Frame

STRENGTHS = (100.0, 30.0, 10.0)  # of the pull back to the shipped judge, weakest lesson first
KEEPS = (0.2, 0.25, 0.3, 0.4, 0.5)
WITH_EYE = (
    0.4  # with an eye a box needs this chance at least: below, false boxes in empty frames doubled (4 to 8 in 24)
)
FOLDS = 5
HIT = 0.5  # intersection over union with a drawn box that makes a proposal right
FALSE_COSTS = 0.5  # a false box costs half of what an animal found is worth
# Both, and that false boxes may not grow, were set after lessons of smaller gains had lost 2 of 32 animals.
GAIN, LEAST = 0.02, 1.5  # per drawn frame, and in all: what is taught must find so much more than what is shipped


@dataclass(frozen=True)
class Study:
    """One frame that a person looked at: what each layer says of it, and the animals drawn (perhaps none)."""

    group: str  # frames of one group (a visit) are never on both sides of a trial
    evidence: proposals.Evidence
    looks: np.ndarray  # ``eye.looks``
    drawn: tuple[Box, ...]


@dataclass(frozen=True)
class Example:
    """The proposals of one frame as numbers and boxes, and the animals drawn."""

    group: str
    layers: str  # which judge decides
    rows: np.ndarray  # (n, numbers)
    boxes: tuple[Box, ...]
    drawn: tuple[Box, ...]


@dataclass(frozen=True)
class Choice:
    """What was learnt: eye, judges, the chance from which on a box is kept, and the trial that decided it."""

    eye: eye.Eye | None
    judges: Mapping[str, Judge]
    keep: float
    strength: float  # 0: the shipped judges stay
    gain: float  # of the trial, per frame
    anything: bool = True  # whether anything beat the shipped numbers


def study_of(
    detector: layered.Layered, frame: Frame, pool: Mapping[str, Frame], drawn: tuple[Box, ...], group: str
) -> Study:
    """A frame with what a person drew, as the untaught layers see it."""
    evidence = detector.evidence(frame, pool)
    return Study(group, evidence, eye.looks(frame.small, evidence), drawn)


def example_of(study: Study, taught_eye: eye.Eye | None = None) -> Example:
    """The proposals of a frame, with or without a taught eye."""
    evidence = study.evidence
    if taught_eye is not None:
        evidence = layered.seen_by(taught_eye, study.looks, evidence)
    proposed = proposals.propose(evidence)
    rows = proposals.describe(evidence, proposed)
    return Example(study.group, layered.layers_of(evidence), rows, tuple(one.box() for one in proposed), study.drawn)


def choose(studies: Sequence[Study], shipped: Mapping[str, Judge]) -> Choice:
    """What finds most on frames left out in turn: with or without an eye, the judges bent more or less, and the chance
    from which on a box is kept; the shipped numbers unless clearly beaten."""
    groups = sorted({study.group for study in studies})
    drawn = sum(bool(study.drawn) for study in studies)
    if len(groups) < 3 or drawn < 3:
        return Choice(None, shipped, layered.KEEP, 0.0, 0.0, False)
    fold = {group: number % FOLDS for number, group in enumerate(groups)}
    folds = sorted(set(fold.values()))
    plain = [example_of(study) for study in studies]
    eyes = {n: fitted_eye([study for study in studies if fold[study.group] != n]) for n in folds}
    eyed = [example_of(study, eyes[fold[study.group]]) for study in studies]
    options: list[tuple[int, int, bool, float, float]] = []
    for with_eye, examples, least in ((False, plain, 0.0), (True, eyed, WITH_EYE)):
        for strength in (0.0, *STRENGTHS):
            trial = []
            for n in folds:
                inside = [example for example in examples if fold[example.group] != n]
                judges = learnt(inside, shipped, strength) if strength else shipped
                trial += [(one, chances_of(judges, one)) for one in examples if fold[one.group] == n]
            options += [(*counted(trial, keep), with_eye, strength, keep) for keep in KEEPS if keep >= least]
    found, false = next((a, b) for a, b, *rest in options if rest == [False, 0.0, layered.KEEP])

    def gained(option: tuple[int, int, bool, float, float]) -> float:
        return option[0] - found - FALSE_COSTS * (option[1] - false)

    # More false boxes are never taken in exchange. Among equals the gentlest lesson and the usual threshold.
    best = max(
        (option for option in options if option[1] <= false),
        key=lambda one: (gained(one), -abs(one[4] - layered.KEEP), not one[2], -1 / (one[3] or 1e9)),
    )
    gain = gained(best) / len(studies)
    if gained(best) < max(LEAST, GAIN * len(studies)):
        return Choice(None, shipped, layered.KEEP, 0.0, gain, False)
    *_, with_eye, strength, keep = best
    judges = learnt(eyed if with_eye else plain, shipped, strength) if strength else dict(shipped)
    return Choice(fitted_eye(studies) if with_eye else None, judges, keep, strength, gain)


def fitted_eye(studies: Sequence[Study]) -> eye.Eye:
    """An eye from these frames."""
    return eye.fitted([(study.looks, study.drawn) for study in studies])


def learnt(examples: Sequence[Example], shipped: Mapping[str, Judge], strength: float) -> dict[str, Judge]:
    """Every judge after seeing the examples that it decides on."""
    judges = dict(shipped)
    for name, judge in shipped.items():
        mine = [example for example in examples if example.layers == name and len(example.boxes)]
        if mine:
            rows = np.concatenate([example.rows for example in mine])
            hits = np.concatenate([right(example) for example in mine])
            # Every frame has the same say, however many boxes were proposed there.
            share = np.concatenate([np.full(len(example.boxes), 12.0 / len(example.boxes)) for example in mine])
            judges[name] = judge.learnt(rows, hits, strength, share)
    return judges


def right(example: Example) -> np.ndarray:
    """Which proposals fit a drawn box: ``(n,)`` of 0 and 1."""
    return np.array([any(box.iou(one) > HIT for one in example.drawn) for box in example.boxes], float)


def counted(trial: Sequence[tuple[Example, np.ndarray]], keep: float) -> tuple[int, int]:
    """Animals found and false boxes, over frames with the chances of their proposals."""
    right = false = 0
    for example, chances in trial:
        found = [example.boxes[n] for n in layered.chosen_boxes(example.boxes, chances, keep)]
        right += sum(any(box.iou(one) > HIT for box in found) for one in example.drawn)
        false += sum(not any(box.iou(one) > HIT for one in example.drawn) for box in found)
    return right, false


def chances_of(judges: Mapping[str, Judge], example: Example) -> np.ndarray:
    """The chance of each proposal of a frame."""
    judge = judges.get(example.layers)
    return np.zeros(len(example.boxes)) if judge is None else judge.chances(example.rows)
