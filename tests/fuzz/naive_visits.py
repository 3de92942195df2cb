"""Units, offers and counts of a desk worked out anew and naively, from the bare rows and from who is who."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import combinations, product
from typing import TYPE_CHECKING

from naive import ordered, rows_of

from spotid.words import Verdict

if TYPE_CHECKING:
    from spotid.review.desk import Desk


class NaiveVisits:
    """What should follow for a desk that offers the ``nearest`` units; who is who and sides are taken as they are."""

    def __init__(self, desk: Desk, nearest: int) -> None:
        self.desk, self.nearest, self.known = desk, nearest, desk.identities
        folder = desk.project.path
        self.rows = rows_of(
            folder / "project.sqlite",
            "SELECT sighting.id, sighting.uid, sighting.state, media_id, visit, station_id, camera, captured_at"
            " FROM sighting"
            " JOIN media ON media.id = media_id WHERE sighting.state != 'withdrawn'"
            " ORDER BY station_id, captured_at, media.id, sighting.id",
        )
        uid = {row["id"]: row["uid"] for row in self.rows}
        table = rows_of(
            folder / "cache" / "candidates.sqlite",
            "SELECT candidate.* FROM candidate JOIN ranked USING (anchor) ORDER BY anchor, score DESC, candidate",
        )
        self.lists: dict[str, list[tuple[str, float, bool]]] = {}
        for number, name in uid.items():
            listed = [row for row in table if row["anchor"] == number]
            if listed:
                entries = [(row["candidate"], row["score"], bool(row["same_visit"])) for row in listed[: 3 * nearest]]
                self.lists[name] = [(uid[one], score, same) for one, score, same in entries if one in uid]
        self.units = self._units()
        self.unit = {one: unit for unit in self.units for one in unit}
        self.order = [row["uid"] for row in self.rows]
        self.offers = self._offers()

    def _units(self) -> list[tuple[str, ...]]:
        visits: dict[object, list[str]] = {}
        crowded = {
            (one["visit"], one["station_id"], one["camera"])
            for one, two in combinations(self.rows, 2)
            if one["media_id"] == two["media_id"]
        }
        for row in self.rows:
            key = (row["visit"], row["station_id"], row["camera"])
            whole = row["visit"] is not None and row["state"] in ("cropped", "embedded") and key not in crowded
            visits.setdefault(key if whole else row["uid"], []).append(row["uid"])
        taken = {row["uid"]: row["captured_at"] for row in self.rows}
        found = []
        for frames in (burst for visit in visits.values() for burst in self._close(visit, taken)):
            beyond = any(other not in frames for one in frames for other, *_ in self.lists.get(one, ()))
            for unit in self._divided(frames) if beyond else [[one] for one in frames]:
                found.append(tuple(unit))
        return found

    @staticmethod
    def _close(frames: list[str], taken: dict[str, str]) -> list[list[str]]:
        """Frames parted where more than two minutes lie between two of them."""
        times = [datetime.fromisoformat(taken[one]) for one in frames] if len(frames) > 1 else []
        cuts = [i for i in range(1, len(times)) if times[i] - times[i - 1] > timedelta(minutes=2)]
        return [frames[i:j] for i, j in zip([0, *cuts], [*cuts, len(frames)], strict=True)]

    def _divided(self, frames: list[str]) -> list[list[str]]:
        units: list[list[str]] = []
        for one in frames:
            fitting = [unit for unit in units if self._fits(one, unit)]
            if fitting:
                newest = max(fitting, key=lambda unit: frames.index(unit[-1]))
                newest.append(one)
            else:
                units.append([one])
        return units

    def _fits(self, one: str, unit: list[str]) -> bool:
        known = self.known
        return (
            len(unit) < 12
            and not known.is_unusable(one)
            and not any(known.is_unusable(other) for other in unit)
            and all(known.individual(one) == known.individual(other) for other in unit)
            and not any(self.desk.sides.opposite(one, other) for other in unit)
            and not any(known.relation(one, other) == "different" for other in unit)
        )

    def _offers(self) -> dict[str, list[tuple[str, str, str]]]:
        """Head → (head, frame, frame) of its best other units."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        for unit in sorted(self.units, key=lambda unit: self.order.index(unit[0])):
            entries = [(one, *entry) for one in unit for entry in self.lists.get(one, ())]
            if not any(one in self.lists for one in unit):
                continue
            kept: dict[str, tuple[str, str, str]] = {}
            for one, other, score, same_visit in sorted(entries, key=lambda entry: -entry[2]):
                head = self.unit[other][0]
                hidden = not same_visit and self.desk.sides.opposite(one, other, score)
                shown = not hidden or self.known.answered(one, other)
                if other not in unit and head not in kept and len(kept) < self.nearest and shown:
                    kept[head] = (head, one, other)
            found[unit[0]] = list(kept.values())
        return found

    def open_frames(self, a: str, b: str) -> set[tuple[str, str]]:
        """Pairs of frames of two units that no answer settles."""
        known = self.known
        return {
            (one, other)
            for one, other in product(self.unit[a], self.unit[b])
            if known.relation(one, other) is None
            and not known.set_aside(one, other, before=self.desk._hard_before or 0)
            and not known.is_unusable(one)
            and not known.is_unusable(other)
        }

    def asked_by(self, a: str, b: str) -> list[str]:
        """Which of two units asks about the other."""
        return [
            one
            for one, two in ((a, b), (b, a))
            if any(two == head for head, *_ in self.offers.get(one, ())) and not self.known.is_new(one)
        ]

    def pairs(self) -> set[tuple[str, str]]:
        """All pairs of units that somebody is offered."""
        return {ordered(a, head) for a, offered in self.offers.items() for head, *_ in offered}

    def open_pairs(self) -> set[tuple[str, str]]:
        """All pairs of units that are asked."""
        return {(a, b) for a, b in self.pairs() if self.asked_by(a, b) and self.open_frames(a, b)}

    def left(self, passes: object = None, by_anchor: bool = False) -> int:
        """How many questions are left; ``passes`` says of one picture whether it passes a filter."""

        def counts(a: str, b: str) -> bool:
            heads = self.asked_by(a, b) if by_anchor else (a, b)
            return passes is None or any(passes(one) for head in heads for one in self.unit[head])  # type: ignore

        return len({self._question(a, b) for a, b in self.open_pairs() if counts(a, b)})

    def implied(self) -> int:
        """How many pairs of units follow from answers on others."""
        known = self.known
        return sum(
            all(known.relation(one, other) is not None for one, other in product(self.unit[a], self.unit[b]))
            and not any(known.answered(one, other) for one, other in product(self.unit[a], self.unit[b]))
            for a, b in self.pairs()
        )

    def _question(self, a: str, b: str) -> tuple[str, frozenset[str]]:
        """Several pictures of one individual are one question of the anchor that comes first among those offered."""
        offered = [one for one, two in ((a, b), (b, a)) if any(two == head for head, *_ in self.offers.get(one, ()))]
        owner = min(offered, key=self.order.index)
        return owner, frozenset(self.known.group(b if owner == a else a))


def visits_follow(desk: Desk, nearest: int) -> NaiveVisits:
    """Fail unless units, offers and counts are what follows; the naive side for more questions."""
    naive = NaiveVisits(desk, nearest)
    assert {one: desk.units.frames(one) for one in naive.order} == naive.unit
    queue = desk.queue
    offered = {
        anchor: [(offer.comparison, *offer.pair(anchor)) for offer in offers] for anchor, offers in queue.offers.items()
    }
    assert offered == naive.offers and queue.anchors == list(naive.offers)
    assert (queue.total.left, queue.total.implied) == (naive.left(), naive.implied())
    for a, b in naive.pairs():
        assert queue.is_open(a, b) == bool(naive.open_frames(a, b))
    known = desk.identities
    for one, other in (pair for unit in naive.units for pair in combinations(unit, 2)):
        assert known.relation(one, other) is not Verdict.DIFFERENT and not known.mates(one, other)
    return naive
