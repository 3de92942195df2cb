"""Left-only and right-only animals that paired cameras saw at one moment: proposals to call two animals one.

Left and right coats carry different spots, so no picture can tell that they belong together. Two cameras that face each
other can: one animal between them, photographed from both sides within seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from spotid.project.moments import Shot
from spotid.review.identity import Identities
from spotid.words import Flank, Verdict

SECONDS = 10.0  # the longest time between the two pictures unless a person says otherwise
SIDES = (Flank.LEFT, Flank.RIGHT)
Burst = tuple[str, str, str, int | None]  # station, camera, flank, visit


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two sightings that are probably one animal, ``seconds`` apart. ``left`` is the one that shows a left side where
    either does; ``cameras``: whether two cameras took them."""

    left: Shot
    right: Shot
    seconds: float
    cameras: bool


def proposals(
    shots: Iterable[Shot],
    known: Identities,
    seconds: float = SECONDS,
    unseen: Callable[[str, str, str], bool] = lambda one, other, uid: False,
) -> list[Proposal]:
    """Proposals, the shortest time apart first; ``shots`` come station by station in order of time.

    ``unseen`` says of an answer on two sightings whether nothing could be seen there: such answers don't count. Pairs
    that are joined, told apart or set aside are left out, with the other frames of their bursts, and pictures in
    which nobody can be identified. A burst or an individual stands in one proposal of a moment at most: the best one,
    so that two bursts of three frames are one question and not nine.
    """
    found: list[Proposal] = []
    settled: set[frozenset[Burst]] = set()
    for pair in _near(shots, seconds):
        if known.is_unusable(pair.left.uid) or known.is_unusable(pair.right.uid):
            continue
        if _open(pair, known, unseen):
            found.append(pair)
        else:
            settled.add(_bursts(pair))
    found = [pair for pair in found if _bursts(pair) not in settled]
    found.sort(key=lambda pair: (not _told(pair), pair.seconds, -pair.left.quality - pair.right.quality, pair.left.uid))
    kept: list[Proposal] = []
    taken: set[object] = set()
    for pair in found:
        groups = [(pair.left.visit, known.label(shot.uid)) for shot in (pair.left, pair.right)]
        marks = {*groups, *_bursts(pair), frozenset(label for _, label in groups)}
        if taken.isdisjoint(marks):
            taken |= marks
            kept.append(pair)
    return kept


def _bursts(pair: Proposal) -> frozenset[Burst]:
    """Frames of one camera's visit with one side: they show one animal, and one of them is asked at a time."""
    return frozenset((shot.station, shot.camera, shot.flank, shot.visit) for shot in (pair.left, pair.right))


def _near(shots: Iterable[Shot], seconds: float) -> Iterator[Proposal]:
    recent: list[Shot] = []
    for shot in shots:
        recent = [one for one in recent if one.station == shot.station and shot.second - one.second <= seconds]
        for one in recent:
            pair = _pair(one, shot)
            if pair is not None:
                yield pair
        recent.append(shot)


def _pair(one: Shot, other: Shot) -> Proposal | None:
    """The two as left and right; None where they do not show, or may not show, opposite sides.

    Of one camera both sides must be known: a burst of unknown sides is one animal that walks by.
    """
    cameras = one.camera != other.camera
    flanks = {one.flank, other.flank}
    opposite = flanks == set(SIDES)
    half = Flank.UNKNOWN in flanks and flanks <= {*SIDES, Flank.UNKNOWN}
    if not opposite and not (half and cameras):
        return None
    turned = one.flank == Flank.RIGHT or other.flank == Flank.LEFT
    left, right = (other, one) if turned else (one, other)
    return Proposal(left, right, round(abs(other.second - one.second), 1), cameras)


def _told(pair: Proposal) -> bool:
    return {pair.left.flank, pair.right.flank} == set(SIDES)


def _open(pair: Proposal, known: Identities, unseen: Callable[[str, str, str], bool]) -> bool:
    a, b = pair.left.uid, pair.right.uid
    if known.relation(a, b) is Verdict.SAME:
        return False
    if not all(uid and unseen(one, other, uid) for one, other, uid in known.parted(a, b)):
        return False
    return not known.set_aside(a, b) or all(unseen(a, b, uid) for uid in known.told(a, b))
