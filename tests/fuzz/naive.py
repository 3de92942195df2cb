"""What a project's answers say, worked out anew and naively from the bare rows: nothing of the program is asked."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spotid.review.desk import Desk

PAIR = ("same", "different", "cannot_tell", "not_comparable")
Rows = list[dict[str, Any]]


def rows_of(path: Path, sql: str) -> Rows:
    """The rows of a query, through a connection of its own."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(sql)]
    finally:
        connection.close()


@dataclass
class Naive:
    """All that should follow from the database in ``folder`` for a desk that offers the ``nearest`` look-alikes."""

    folder: Path
    nearest: int
    hard_before: int = 0
    guessed: dict[str, tuple[str, float | None, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        database = self.folder / "project.sqlite"
        self.ledger = rows_of(database, "SELECT * FROM decision ORDER BY id")
        taken_back = {row["target"] for row in self.ledger if row["kind"] == "undo"}
        self.standing = [row for row in self.ledger if row["kind"] != "undo" and row["uid"] not in taken_back]
        sightings = rows_of(
            database,
            "SELECT sighting.*, station_id, captured_at FROM sighting JOIN media ON media.id = media_id"
            " ORDER BY station_id, captured_at, media.id, sighting.id",
        )
        self.everyone = [row["uid"] for row in sightings]
        live = [row for row in sightings if row["state"] != "withdrawn"]
        self.live = [row["uid"] for row in live]
        self.kept = {(r["a"], r["b"]): r for r in self.standing if r["kind"] in PAIR}
        self.new = {row["a"] for row in self.standing if row["kind"] == "new"}
        self.unusable = {row["a"] for row in self.standing if row["kind"] == "unusable"}
        same = [(row["a"], row["b"]) for row in self.standing if row["kind"] == "same"]
        apart = {(row["a"], row["b"]) for row in self.standing if row["kind"] == "different"}
        apart |= {
            ordered(one["uid"], two["uid"]) for one, two in combinations(live, 2) if one["media_id"] == two["media_id"]
        }
        self.group = connected(self.everyone, same)
        self.apart_groups = {frozenset((self.group[a], self.group[b])) for a, b in apart}
        self.conflicts = {(a, b) for a, b in apart if self.group[a] == self.group[b]}
        self.side = {row["uid"]: (row["flank"], row["flank_score"], row["flank_by"]) for row in sightings}
        self.number = self._numbers()
        self.offers, self.left_out = self._offers(live)

    def relation(self, a: str, b: str) -> str | None:
        """same, different, or None where it is open."""
        if self.group[a] == self.group[b]:
            return "same"
        return "different" if frozenset((self.group[a], self.group[b])) in self.apart_groups else None

    def is_open(self, a: str, b: str) -> bool:
        """Whether the pair is a question."""
        aside = any(
            row["kind"] == "not_comparable" or (row["kind"] == "cannot_tell" and row["id"] > self.hard_before)
            for row in self.standing
            if (row["a"], row["b"]) == ordered(a, b)
        )
        return self.relation(a, b) is None and not aside and not {a, b} & self.unusable

    def counts(self) -> tuple[int, int, int, int]:
        """Answered, left, implied, and individuals that are seen somewhere."""
        questions: set[tuple[str, frozenset[str]]] = set()
        implied = 0
        for a, b in {ordered(a, b) for a, offered in self.offers.items() for b in offered}:
            asking = [one for one, two in ((a, b), (b, a)) if two in self.offers.get(one, ())]
            owner = min(asking, key=list(self.offers).index)
            if self.relation(a, b) is not None:
                implied += (a, b) not in self.kept
            elif self.is_open(a, b) and not set(asking) <= self.new:
                questions.add((owner, self.group[b if owner == a else a]))
        answered = sum(row["kind"] in PAIR for row in self.standing)
        seen = {number for uid, number in self.number.items() if uid in self.live}
        return answered, len(questions), implied, len(seen)

    def asked(self) -> set[tuple[str, str]]:
        """Every (anchor, look-alike) that may be shown."""
        return {
            (a, b) for a, offered in self.offers.items() if a not in self.new for b in offered if self.is_open(a, b)
        }

    def _numbers(self) -> dict[str, int]:
        """Sighting → number of its individual, where only newest answers were taken back.

        A number stays with the sighting that it was founded on; a group goes by the oldest number founded in it.
        """
        founders: list[str] = []
        stack: list[dict[str, Any]] = []
        number: dict[str, int] = {}
        for row in self.ledger:
            if row["kind"] == "undo":
                assert stack.pop()["uid"] == row["target"], "not the newest was taken back"
            else:
                stack.append(row)
            group = connected(self.everyone, [(r["a"], r["b"]) for r in stack if r["kind"] == "same"])
            new = {r["a"] for r in stack if r["kind"] == "new"}
            number = {}
            for members in set(group.values()):
                if len(members) > 1 or members & new:
                    if not members & set(founders):
                        assert row["a"] in members, "an individual came from nowhere"
                        founders.append(row["a"])
                    oldest = min(place for place, one in enumerate(founders, 1) if one in members)
                    number |= dict.fromkeys(members, oldest)
        self.founded = len(founders)
        return number

    def _opposite(self, a: str, b: str, score: float) -> bool:
        ours, theirs = self.side[a], self.side[b]
        sure = all(by == "person" or (much or 0) >= 0.9 for _, much, by in (ours, theirs))
        people = ours[2] == theirs[2] == "person"
        return {ours[0], theirs[0]} == {"left", "right"} and sure and (score < 0.8 or people)

    def _offers(self, live: Rows) -> tuple[dict[str, list[str]], int]:
        uid_of = {row["id"]: row["uid"] for row in live}
        table = rows_of(
            self.folder / "cache" / "candidates.sqlite",
            "SELECT candidate.* FROM candidate JOIN ranked USING (anchor) ORDER BY anchor, score DESC, candidate",
        )
        left_out: set[tuple[str, str]] = set()
        offers: dict[str, list[str]] = {}
        for number, uid in uid_of.items():
            listed = [row for row in table if row["anchor"] == number]
            if not listed:
                continue
            kept = offers.setdefault(uid, [])
            for row in listed[: 3 * self.nearest]:
                other = uid_of.get(row["candidate"])
                if other is None or len(kept) == self.nearest:
                    continue
                hidden = not row["same_visit"] and self._opposite(uid, other, row["score"])
                if hidden and ordered(uid, other) not in self.kept:
                    left_out.add(ordered(uid, other))
                else:
                    kept.append(other)
        return offers, len(left_out)

    def sides_that_answers_give(self) -> dict[str, tuple[str, float | None, str]]:
        """What each sighting's flank should be: a person's newest word, else the guess that was there."""
        said = {row["a"]: json.loads(row["evidence"])["flank"] for row in self.standing if row["kind"] == "flank"}
        return {
            uid: (said[uid], None, "person") if uid in said else self.guessed.get(uid, ("unknown", None, ""))
            for uid in self.everyone
        }


def ordered(a: str, b: str) -> tuple[str, str]:
    """A pair in the order in which it is kept."""
    return (a, b) if a < b else (b, a)


def connected(everyone: list[str], edges: list[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Sighting → all sightings that it is joined to."""
    group = {one: frozenset((one,)) for one in everyone}
    for a, b in edges:
        joined = group[a] | group[b]
        group |= dict.fromkeys(joined, joined)
    return group


def follows(desk: Desk, naive: Naive) -> None:
    """Fail unless everything that the desk says follows from the answers."""
    known = desk.identities
    assert known.individuals() == naive.number
    assert {one: frozenset(known.group(one)) for one in naive.everyone} == naive.group
    for a, b in combinations(sorted(naive.everyone), 2):
        assert known.relation(a, b) == naive.relation(a, b)
    assert [(one.a, one.b) for one in known.conflicts()] == sorted(naive.conflicts)
    assert naive.side == naive.sides_that_answers_give()
    offered = {anchor: [offer.comparison for offer in entries] for anchor, entries in desk.queue.offers.items()}
    assert list(offered) == list(naive.offers) == desk.queue.anchors and offered == naive.offers
    assert desk.left_out == naive.left_out
    counted = (known.pair_answers, desk.queue.total.left, desk.queue.total.implied, desk.individuals)
    assert counted == naive.counts()
    shown = {(a, o.comparison) for a in offered if not known.is_new(a) for _, o in desk.queue.open_offers(a)}
    assert shown == naive.asked()
