"""Boxes that an animal might fill, and the numbers that tell the right ones from the others.

One difference map rarely shows an animal whole: in a burst its middle agrees with the same animal a second before, and
at night its legs vanish in the ground. So boxes are proposed from several maps, at several levels, alone and joined,
and every box is described by a row of numbers that a logistic regression judges (``chance``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from spotid.boxes import Box
from spotid.prepare.detectors import background
from spotid.prepare.detectors.sums import Sums

AGREES = (
    0.15,
    0.4,
    0.7,
)  # shares of the reference frames that must agree: resting animals ask for few, bursts for many
OUTLINES = (0.3, 0.5, 0.7)  # shares of a blob's strongest tenth at which it may end
NETWORK_LEVELS = (0.3, 0.5, 0.7)
HIGHEST = 12.0  # differences above count as much
FAINT = 1.3  # in units of the frame's usual difference: what a box may still gain from
NEAR = 0.12  # of the frame's width: pieces closer than this may be one animal
PIECES = 5  # of one map, largest first, that may be joined
NOBODY_KNOWS = 1e9  # a gap that is no gap
MOST = 60  # proposals of a frame

STATION_NAMES = (
    *("mean difference", "difference around", "strongest", "share of all", "edges", "weakest edge"),
    *(
        "mean difference in the visit",
        "difference around in the visit",
        "edges in the visit",
        "weakest edge in the visit",
    ),
    *("fill", "area", "shape", "touches", "height of the foot"),
    *("clutter", "references", "other visits", "share of proposals", "agreement of proposals"),
)
# Numbers of the box itself, which need no memory of the station.
PLAIN_NAMES = ("fill", "area", "shape", "touches", "height of the foot")
NETWORK_NAMES = (
    "animal inside",
    "animal around",
    "share of all animal",
    "animal at the edges",
    "animal at the weakest edge",
)
EYE_NAMES = tuple(f"{name}, as taught" for name in NETWORK_NAMES)
NAMES = STATION_NAMES + NETWORK_NAMES + EYE_NAMES


@dataclass(frozen=True)
class Evidence:
    """What is known of one frame at working size (h, w); maps of a missing layer are None."""

    few: np.ndarray | None  # difference from the nearest few reference frames, in units of the frame's usual one
    many: np.ndarray | None  # difference from most reference frames
    maps: tuple[np.ndarray, ...]  # all difference maps that boxes are proposed from
    blobs: tuple[background.Blob, ...]  # of the first map, as ``background.blobs`` gives them
    animal: np.ndarray | None  # the network's map, 0 to 1
    eye: np.ndarray | None  # the map of an eye that people taught, 0 to 1
    rows: tuple[float, float]  # the ends of the picture proper
    references: int
    elsewhen: int  # references of other visits
    shape: tuple[int, int]


@dataclass(frozen=True)
class Proposal:
    """A box at working size with its mask."""

    left: int
    top: int
    right: int
    bottom: int
    mask: np.ndarray  # (h, w) bool
    how: str

    def box(self) -> Box:
        """As fractions of the picture."""
        height, width = self.mask.shape
        return Box(
            self.left / width,
            self.top / height,
            (self.right - self.left) / width,
            (self.bottom - self.top) / height,
        )


def differences(
    target: np.ndarray, references: Sequence[np.ndarray], holes: Sequence[Sequence[Box]] = ()
) -> tuple[np.ndarray, ...]:
    """One difference map ``(h, w)`` float32 for each share of ``AGREES``, from ``background.planes``.

    As ``background.difference``, with several shares of agreement at the price of one. ``holes``: boxes of each
    reference where an animal is known to stand, so that it says nothing about the place there.
    """
    import cv2

    gaps = np.empty((len(references), *target.shape[:2]), np.float32)
    for n, reference in enumerate(references):
        gap = np.square(target - background.aligned(reference, target)).sum(axis=2)
        gaps[n] = cv2.GaussianBlur(gap, (0, 0), background.PATCH)
        for box in holes[n] if n < len(holes) else ():
            left, top, right, bottom = box.pixels(target.shape[1], target.shape[0])
            gaps[n, top:bottom, left:right] = NOBODY_KNOWS
    orders = sorted({min(len(references) - 1, int(share * len(references))) for share in AGREES})
    ordered = np.partition(gaps, orders, axis=0)
    found = []
    for order in orders:
        gap = np.sqrt(np.where(ordered[order] < NOBODY_KNOWS, ordered[order], 0.0))
        quiet = max(background.NOISE, float(np.percentile(gap, background.CALM)))
        found.append(np.asarray(np.minimum(gap / quiet, HIGHEST), np.float32))
    return tuple(found)


def propose(evidence: Evidence) -> list[Proposal]:
    """Boxes that an animal might fill, without order and without twins; at most ``MOST``."""
    found = of_station(evidence)
    for shares, how in ((evidence.animal, "animal network"), (evidence.eye, "what was taught")):
        found += of_map(shares, evidence.rows, how) if shares is not None else []
    return without_twins(found)


def of_station(evidence: Evidence) -> list[Proposal]:
    """Boxes from the station's memory."""
    found = [_proposal(blob.mask, "station background") for blob in evidence.blobs[:PIECES]]
    for unlike in evidence.maps:
        pieces = _pieces(unlike, evidence.rows, background.GROW)
        for outline in OUTLINES:
            inner: list[np.ndarray] = []
            for mask in pieces[:PIECES]:
                level = max(background.GROW, outline * float(np.percentile(unlike[mask], 90)))
                inner += _pieces(np.where(mask, unlike, 0.0), evidence.rows, level)[:2]
            found += _joined(inner, "station background")
        found += _joined(pieces, "station background")
    return found


def of_map(shares: np.ndarray, rows: tuple[float, float], how: str) -> list[Proposal]:
    """Boxes from a map of chances (h, w)."""
    found: list[Proposal] = []
    for level in NETWORK_LEVELS:
        found += _joined(_pieces(shares, rows, level), how)
    return found


def _pieces(values: np.ndarray, rows: tuple[float, float], level: float) -> list[np.ndarray]:
    height, width = values.shape
    inside = np.zeros(values.shape, bool)
    ends = slice(round(rows[0] * height), round(rows[1] * height))
    inside[ends] = values[ends] >= level
    masks = background.pieces(inside, 0.035 * width, 0.02 * width)
    return sorted(masks, key=lambda mask: -float(values[mask].sum()))


def _joined(masks: Sequence[np.ndarray], how: str) -> list[Proposal]:
    """Every piece alone, every near pair, and all that hang together by nearness."""
    alone = [_proposal(mask, how) for mask in masks[:PIECES]]
    found = list(alone)
    if len(alone) < 2:
        return found
    reach = NEAR * masks[0].shape[1]
    near = [[_gap(a, b) <= reach for b in alone] for a in alone]
    for a in range(len(alone)):
        for b in range(a):
            if near[a][b]:
                found.append(_proposal(alone[a].mask | alone[b].mask, how))
    group, grown = {0}, True
    while grown:
        more = {b for a in group for b in range(len(alone)) if near[a][b]} - group
        group, grown = group | more, bool(more)
    if len(group) > 2:
        found.append(_proposal(np.logical_or.reduce([alone[n].mask for n in sorted(group)]), how))
    return found


def _proposal(mask: np.ndarray, how: str) -> Proposal:
    return Proposal(*background.Blob(mask, 0.0).edges(), mask, how)


def _gap(a: Proposal, b: Proposal) -> float:
    across = max(0, max(a.left, b.left) - min(a.right, b.right))
    down = max(0, max(a.top, b.top) - min(a.bottom, b.bottom))
    return float(np.hypot(across, down))


def without_twins(found: list[Proposal]) -> list[Proposal]:
    """At most ``MOST`` of the proposals, those of earlier sources first, of nearly equal boxes one."""
    kept: dict[tuple[int, int, int, int], Proposal] = {}
    for one in found:
        kept.setdefault((one.left // 2, one.top // 2, one.right // 2, one.bottom // 2), one)
    return list(kept.values())[:MOST]


def describe(evidence: Evidence, proposals: Sequence[Proposal]) -> np.ndarray:
    """``(n, len(NAMES))`` float32: what a judge may go by. Numbers of a missing layer are 0."""
    rows = np.zeros((len(proposals), len(NAMES)), np.float32)
    if not proposals:
        return rows
    station = len(STATION_NAMES)
    height, width = evidence.shape
    few = Sums(evidence.few) if evidence.few is not None else None
    many = Sums(evidence.many) if evidence.many is not None else None
    excess = Sums(np.maximum(evidence.few - FAINT, 0.0)) if evidence.few is not None else None
    animal = Sums(evidence.animal) if evidence.animal is not None else None
    eye = Sums(evidence.eye) if evidence.eye is not None else None
    clutter = float((evidence.few >= background.GROW).mean()) if evidence.few is not None else 0.0
    boxes = [one.box() for one in proposals]
    for n, one in enumerate(proposals):
        edges = (one.left, one.top, one.right, one.bottom)
        wide, high = one.right - one.left, one.bottom - one.top
        if few is not None and excess is not None and evidence.few is not None:
            inner, outer = few.mean(edges), few.ring(edges)
            weakest, middle = few.bands(edges)
            rows[n, :6] = (
                *(np.log(inner + 0.3), np.log(outer + 0.3)),
                np.log(float(np.percentile(evidence.few[one.top : one.bottom, one.left : one.right], 95)) + 0.3),
                excess.total(edges) / (excess.whole + 20.0),
                *(middle, weakest),
            )
        if many is not None:
            weakest, middle = many.bands(edges)
            rows[n, 6:10] = (np.log(many.mean(edges) + 0.3), np.log(many.ring(edges) + 0.3), middle, weakest)
        area, shape = np.log(wide * high / (width * height)), np.log(wide / high)
        touches = (one.left <= 2) + (one.right >= width - 2) + (one.top <= 2) + (one.bottom >= height - 2)
        alike = sum(boxes[n].iou(other) > 0.5 for other in boxes) / len(boxes)
        rows[n, 10:station] = (
            float(one.mask.sum()) / (wide * high),
            *(area, shape, touches, one.bottom / height),
            *(clutter, np.log1p(evidence.references), min(evidence.elsewhen, 8) / 8.0),
            *(1.0 / len(proposals), alike),
        )
        for start, sums in ((station, animal), (station + len(NETWORK_NAMES), eye)):
            if sums is not None:
                weakest, middle = sums.bands(edges, 0.05)
                rows[n, start : start + len(NETWORK_NAMES)] = (
                    *(sums.mean(edges), sums.ring(edges)),
                    sums.total(edges) / (sums.whole + 0.002 * width * height),
                    *(middle, weakest),
                )
    return rows


def without(evidence: Evidence, *, station: bool = False, network: bool = False) -> Evidence:
    """The same frame with a layer taken away, to measure what it is worth."""
    if station:
        evidence = replace(evidence, few=None, many=None, maps=(), blobs=(), references=0, elsewhen=0)
    return replace(evidence, animal=None) if network else evidence
