"""Which look-alikes are offered to each anchor: the nearest, without those that surely show the other side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from spotid.project.candidates import Candidates
from spotid.project.folder import Project
from spotid.review.identity import Identities
from spotid.review.queue import Offer
from spotid.review.sides import Sides
from spotid.words import SightingState


class Lists:
    """The look-alikes of every anchor, and of them those that are offered as sides and answers stand.

    Pairs of one visit stay: two cameras of a station see both sides of an animal, and the time tells that it is one.
    Pairs that were answered stay too, so that the answer can be looked at and taken back.
    """

    def __init__(self, lists: Mapping[str, Sequence[Offer]], nearest: int, sides: Sides, known: Identities) -> None:
        self._lists, self._nearest, self._sides, self._known = lists, nearest, sides, known
        self._left_out: dict[str, list[tuple[str, str]]] = {}
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._listed: dict[str, list[str]] = {}  # sighting → anchors that it is a look-alike of
        for anchor, entries in lists.items():
            for offer in entries:
                self._listed.setdefault(offer.comparison, []).append(anchor)

    @property
    def left_out(self) -> int:
        """How many pairs are not offered because they show opposite sides."""
        return len(self._pairs)

    def concerned(self, sighting: str) -> Iterable[str]:
        """The anchors whose offers depend on the side that this sighting shows."""
        return ([sighting] if sighting in self._lists else []) + self._listed.get(sighting, [])

    def chosen(self, anchor: str) -> list[Offer]:
        """The anchor's offers as things stand now, best first."""
        kept: list[Offer] = []
        left_out: list[tuple[str, str]] = []
        for offer in self._lists.get(anchor, ()):
            if len(kept) == self._nearest:
                break
            other = offer.comparison
            if (
                offer.same_visit
                or not self._sides.opposite(anchor, other, offer.score)
                or self._known.answered(anchor, other)
            ):
                kept.append(offer)
            else:
                left_out.append((anchor, other) if anchor < other else (other, anchor))
        for pair in self._left_out.pop(anchor, ()):
            self._pairs[pair] -= 1
            if not self._pairs[pair]:
                del self._pairs[pair]
        if left_out:
            self._left_out[anchor] = left_out
            self._pairs.update(left_out)
        return kept


def read_lists(project: Project, depth: int) -> dict[str, list[Offer]]:
    """The ``depth`` best look-alikes of every sighting that has any, station by station in the order they were taken.

    Sightings that were withdrawn are neither anchors nor look-alikes.
    """
    uid_of = {
        row["id"]: row["uid"]
        for row in project.store.all(
            "SELECT sighting.id, sighting.uid FROM sighting JOIN media ON media.id = media_id"
            " WHERE sighting.state != ? ORDER BY station_id, captured_at, media.id, sighting.id",
            SightingState.WITHDRAWN,
        )
    }
    candidates = Candidates(project.layout)
    try:
        found = {
            anchor: [
                Offer(uid_of[one], likeness, spots, score, bool(same_visit), place)
                for one, likeness, spots, score, same_visit, place in rows
                if one in uid_of
            ]
            for anchor, rows in candidates.shown(depth)
            if anchor in uid_of
        }
    finally:
        candidates.close()
    return {uid: found[number] for number, uid in uid_of.items() if number in found}
