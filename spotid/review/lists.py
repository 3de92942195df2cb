"""Which look-alikes are offered to each anchor: the nearest, without those that surely show the other side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from spotid.project.candidates import Candidates
from spotid.project.folder import Project
from spotid.review.identity import Identities
from spotid.review.queue import Offer
from spotid.review.sides import Sides
from spotid.review.visits import Units

NO_KINDS: Mapping[str, int] = {}


class Lists:
    """The look-alikes of every sighting, and of them those that are offered to units as sides and answers stand.

    The lists of a unit's frames are read as one, best first; another unit is offered once, by the best pair of frames.
    Pairs of one visit that are not one unit stay: two cameras of a station see both sides of an animal, and the time
    tells that it is one. Pairs that were answered stay too, so that the answer can be looked at and taken back.
    """

    def __init__(
        self,
        lists: Mapping[str, Sequence[Offer]],
        nearest: int,
        sides: Sides,
        known: Identities,
        units: Units | None = None,
        impossible: Callable[[str, str], bool] = lambda one, other: False,
    ) -> None:
        self._lists, self._nearest, self._sides, self._known = lists, nearest, sides, known
        self._impossible = impossible
        self._units = units or Units()
        self._left_out: dict[str, list[tuple[str, str]]] = {}
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._listed: dict[str, list[str]] = {}  # sighting → sightings that it is a look-alike of
        for one, entries in lists.items():
            for offer in entries:
                self._listed.setdefault(offer.comparison, []).append(one)

    @property
    def left_out(self) -> int:
        """How many pairs are not offered because they show opposite sides."""
        return len(self._pairs)

    def anchors(self) -> list[str]:
        """The heads of all units of which a frame has look-alikes, in the order in which they were taken."""
        return list(dict.fromkeys(map(self._units.head, self._lists)))

    def has(self, head: str) -> bool:
        """Whether a unit is an anchor."""
        return any(one in self._lists for one in self._units.frames(head))

    def read(self, sighting: str) -> Sequence[Offer]:
        """All look-alikes of one sighting that were read, best first, whatever is offered."""
        return self._lists.get(sighting, ())

    def concerned(self, sightings: Iterable[str]) -> set[str]:
        """The units whose offers depend on what these sightings show, or on which units they are in."""
        near = {head for one in sightings for head in map(self._units.head, (one, *self._listed.get(one, ())))}
        return {head for head in near if self.has(head)}

    def chosen(self, anchor: str) -> list[Offer]:
        """The anchor's offers as things stand now, best first; behind them those whose journey is impossible.

        These are chosen like any other, and asked: a clock or a place may be wrong.
        """
        kept, left_out = self._walk(anchor, self._nearest)
        kept.sort(key=lambda offer: self._impossible(*offer.pair(anchor)))
        self.forget(anchor)
        if left_out:
            self._left_out[anchor] = [(anchor, other) if anchor < other else (other, anchor) for other in left_out]
            self._pairs.update(self._left_out[anchor])
        return kept

    def forget(self, anchor: str) -> None:
        """Count no pairs any more that are not offered to this anchor."""
        for pair in self._left_out.pop(anchor, ()):
            self._pairs[pair] -= 1
            if not self._pairs[pair]:
                del self._pairs[pair]

    def deeper(self, anchor: str, count: int) -> list[Offer]:
        """The best ``count`` offers of a unit, more than are asked at first."""
        return self._walk(anchor, count)[0]

    def _walk(self, anchor: str, count: int) -> tuple[list[Offer], list[str]]:
        """A unit's best offers, and the units that were left out on the way to them."""
        kept: dict[str, Offer] = {}
        left_out: dict[str, None] = {}
        head = self._units.head
        for frame, offer in self._entries(anchor):
            if len(kept) == count:
                break
            seen = offer.comparison
            other = head(seen)
            if other == anchor or other in kept:
                continue
            if (
                offer.same_visit
                or not self._sides.opposite(frame, seen, offer.score)
                or self._known.answered(frame, seen)
            ):
                if frame != anchor or seen != other:
                    offer = offer._replace(comparison=other, shown=frame, frame=seen)
                kept[other] = offer
            else:
                left_out[other] = None
        return list(kept.values()), [other for other in left_out if other not in kept]

    def _entries(self, anchor: str) -> Iterator[tuple[str, Offer]]:
        frames = self._units.frames(anchor)
        if len(frames) == 1:
            return ((anchor, offer) for offer in self._lists.get(anchor, ()))
        pooled = [(frame, offer) for frame in frames for offer in self._lists.get(frame, ())]
        return iter(sorted(pooled, key=lambda entry: -entry[1].score))


def read_lists(
    project: Project, order: Iterable[str], depth: int, kinds: Mapping[str, int] = NO_KINDS
) -> dict[str, list[Offer]]:
    """The ``depth`` best look-alikes of every sighting in ``order`` that has any, in that order. ``kinds``: sighting →
    which of the project's profiles it belongs to, where that is not the first.

    Only sightings in ``order`` are look-alikes: one that was withdrawn is neither.
    """
    known = set(order)
    uid_of = {row["id"]: row["uid"] for row in project.store.all("SELECT id, uid FROM sighting") if row["uid"] in known}
    candidates = Candidates(project.layout)
    try:
        found = {
            uid_of[anchor]: [
                Offer(uid_of[one], likeness, spots, score, bool(same_visit), place, "", "", located, feasible, kind)
                for one, likeness, spots, score, same_visit, place, located, feasible in rows
                if one in uid_of
            ]
            for anchor, rows in candidates.shown(depth)
            if anchor in uid_of
            for kind in (kinds.get(uid_of[anchor], 0),)
        }
    finally:
        candidates.close()
    return {uid: found[uid] for uid in order if uid in found}
