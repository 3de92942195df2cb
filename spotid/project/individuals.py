"""What the pages about individuals read: who there is, their portraits, pictures, places and times."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from spotid.project.sightings import OUT_SQL, SHOWS_OURS
from spotid.project.store import Store
from spotid.words import Flank

_T = TypeVar("_T")

ORDERS = ("code", "name", "count", "single", "last")
KINDS = ("", "once", "one_flank", "left", "right")
SHELVES = ("left", "right", "other", "unknown")
LAST = "9999"  # a picture without a time comes after all others
PORTRAIT = {Flank.LEFT.value: "portrait_left", Flank.RIGHT.value: "portrait_right"}

MEMBERS = (
    "FROM identity JOIN individual ON individual.id = identity.individual_id"
    f" JOIN sighting ON sighting.uid = identity.sighting_uid AND sighting.state NOT IN {OUT_SQL}"
    " JOIN media ON media.id = sighting.media_id LEFT JOIN station ON station.id = media.station_id"
)
SHELF = (
    "CASE WHEN flank IN ('left', 'right') THEN flank WHEN flank IN ('front', 'rear') THEN 'other' ELSE 'unknown' END"
)


@dataclass(frozen=True, slots=True)
class Animal:
    """An individual with sightings: what people said of it, how often, where and when it was seen.

    ``shelves`` counts its pictures by what they show (``SHELVES``); ``sighting`` is one of its sightings.
    """

    number: int
    code: str
    name: str
    facts: dict[str, str]
    count: int
    shelves: dict[str, int]
    first: str | None
    last: str | None
    stations: tuple[str, ...]
    sighting: str
    portraits: dict[str, str] = field(default_factory=dict)  # shelf → sighting

    @property
    def portrait(self) -> str:
        """The picture that stands for it: of a flank where there is one."""
        return next((self.portraits[one] for one in SHELVES if one in self.portraits), self.sighting)


def animals(store: Store, numbers: Sequence[int] | None = None) -> list[Animal]:
    """All individuals that have sightings, or those with the given numbers, in order of their numbers."""
    chosen = "" if numbers is None else f" WHERE individual.number IN ({_marks(numbers)})"
    sums = ", ".join(f"SUM({SHELF} = '{one}') AS n_{one}" for one in SHELVES)
    rows = store.all(
        f"SELECT individual.number, code, individual.name, facts, COUNT(*) AS n, {sums}, MIN(captured_at) AS first,"
        " MAX(captured_at) AS last, json_group_array(DISTINCT station.name) AS stations, MIN(sighting.uid) AS one"
        f" {MEMBERS}{chosen} GROUP BY individual.id ORDER BY individual.number",
        *(numbers or ()),
    )
    return [_animal(row) for row in rows]


def animal(store: Store, number: int) -> Animal | None:
    """One individual with its portraits; None where it has no sightings."""
    found = with_portraits(store, animals(store, [number]))
    return found[0] if found else None


def listed(
    store: Store, *, find: str = "", order: str = "code", kind: str = "", after: int = 0, limit: int = 60
) -> tuple[list[Animal], int, int | None]:
    """One page of individuals: (the page with portraits, how many there are in all, after which the next page begins).

    ``find``: words that code, name or stations hold, without regard to case. ``kind``: seen ``once``, ``one_flank``
    only, or with a picture of that flank. ``after``: the number of the last individual of the page before.
    """
    words = plain(find).split()
    kept = [one for one in animals(store) if _is(one, kind) and all(word in _told(one) for word in words)]
    kept.sort(key=lambda one: _place(one, order))
    begin = next((at + 1 for at, one in enumerate(kept) if one.number == after), 0)
    page = kept[begin : begin + limit]
    more = page[-1].number if page and begin + limit < len(kept) else None
    return with_portraits(store, page), len(kept), more


def plain(text: str) -> str:
    """A text as names are compared: without regard to case and to how accents are spelt."""
    return unicodedata.normalize("NFKC", text).casefold()


def _told(one: Animal) -> str:
    return plain(" ".join((one.code, one.name, *one.stations)))


def _is(one: Animal, kind: str) -> bool:
    left, right = one.shelves["left"], one.shelves["right"]
    return {
        "once": one.count == 1,
        "one_flank": bool(left) != bool(right),
        "left": bool(left),
        "right": bool(right),
    }.get(kind, True)


def _place(one: Animal, order: str) -> tuple[object, ...]:
    if order == "name":
        return (not one.name, plain(one.name), one.number)
    if order == "count":
        return (-one.count, one.number)
    if order == "single":
        return (one.count, one.number)
    if order == "last":
        return (one.last is None, [-ord(letter) for letter in one.last or ""], one.number)
    return (one.number,)


def with_portraits(store: Store, found: Iterable[Animal]) -> list[Animal]:
    """The same individuals with their portraits: chosen by a person, else the best picture of each flank."""
    known = {one.number: one for one in found}
    rows = []
    for part in _parts(list(known)):
        rows += store.all(
            f"SELECT * FROM (SELECT individual.number, sighting.uid, {SHELF} AS shelf, ROW_NUMBER() OVER"
            f" (PARTITION BY individual.id, {SHELF} ORDER BY recipe IS NULL, quality DESC, sighting.id) AS at"
            f" {MEMBERS} WHERE individual.number IN ({_marks(part)})) WHERE at = 1",
            *part,
        )
    for row in rows:
        known[row["number"]].portraits[row["shelf"]] = row["uid"]
    _choose(store, known)
    return list(known.values())


def _choose(store: Store, known: dict[int, Animal]) -> None:
    """Put portraits that people chose in the place of the best ones, while they still belong to the individual."""
    wanted = {
        one.facts[fact]: (one, flank)
        for one in known.values()
        for flank, fact in PORTRAIT.items()
        if one.facts.get(fact)
    }
    for part in _parts(list(wanted)):
        rows = store.all(
            f"SELECT sighting.uid, individual.number {MEMBERS} WHERE sighting.uid IN ({_marks(part)})", *part
        )
        for row in rows:
            one, flank = wanted[row["uid"]]
            if one.number == row["number"]:
                one.portraits[flank] = row["uid"]


def gallery(store: Store, number: int, shelf: str, after: int = 0, limit: int = 48) -> list[sqlite3.Row]:
    """The pictures of one flank of an individual, oldest first, from after the sighting with row ``after`` on."""
    return store.all(
        "SELECT sighting.id, sighting.uid, flank, flank_by, quality, captured_at, media.uid AS media_uid, media.camera,"
        f" station.name AS station {MEMBERS} WHERE individual.number = ?1 AND {SHELF} = ?2 AND (?3 = 0 OR"
        " (COALESCE(captured_at, ?4), sighting.id) > (SELECT COALESCE(before.captured_at, ?4), told.id"
        " FROM sighting AS told JOIN media AS before ON before.id = told.media_id WHERE told.id = ?3))"
        " ORDER BY COALESCE(captured_at, ?4), sighting.id LIMIT ?5",
        *(number, shelf, after, LAST, limit),
    )


def stations_of(store: Store, number: int) -> list[sqlite3.Row]:
    """Where an individual was seen: name (or None), coordinates, how often, first and last time."""
    return store.all(
        "SELECT station.name, latitude, longitude, x_m, y_m, COUNT(*) AS n, MIN(captured_at) AS first,"
        " MAX(captured_at) AS last"
        f" {MEMBERS} WHERE individual.number = ? GROUP BY station.id ORDER BY n DESC, station.name",
        number,
    )


def places(store: Store, limit: int = 1000) -> list[sqlite3.Row]:
    """Stations whose places are known, in degrees or to each other."""
    return store.all(
        "SELECT name, latitude, longitude, x_m, y_m FROM station WHERE latitude + longitude IS NOT NULL"
        " OR x_m + y_m IS NOT NULL ORDER BY id LIMIT ?",
        limit,
    )


def times_of(store: Store, number: int, limit: int = 5000) -> list[sqlite3.Row]:
    """When an individual was seen: time, flank, station; oldest first, without pictures that have no time."""
    return store.all(
        f"SELECT captured_at, flank, sighting.uid, station.name AS station {MEMBERS}"
        " WHERE individual.number = ? AND captured_at IS NOT NULL ORDER BY captured_at, sighting.id LIMIT ?",
        number,
        limit,
    )


def span(store: Store) -> tuple[str, str] | None:
    """The first and the last moment at which any animal was photographed."""
    row = store.one(f"SELECT MIN(captured_at) AS first, MAX(captured_at) AS last FROM media WHERE {SHOWS_OURS}")
    return None if row is None or row["first"] is None else (row["first"], row["last"])


def counts(store: Store) -> dict[str, int]:
    """How many individuals there are, and how many sightings they have together."""
    row = store.one(f"SELECT COUNT(DISTINCT individual.id) AS individuals, COUNT(*) AS sightings {MEMBERS}")
    assert row is not None, "a count always gives a row"
    return {"individuals": int(row["individuals"]), "sightings": int(row["sightings"])}


def beside(store: Store, number: int) -> tuple[int | None, int | None]:
    """The numbers of the individuals before and after this one."""
    having = "SELECT {}(number) FROM individual WHERE number {} ? AND id IN (SELECT individual_id FROM identity)"
    return store.value(having.format("MAX", "<"), number), store.value(having.format("MIN", ">"), number)


def members(store: Store, number: int) -> set[str]:
    """All sightings of an individual, the withdrawn included."""
    rows = store.all(
        "SELECT sighting_uid FROM identity JOIN individual ON individual.id = individual_id WHERE number = ?", number
    )
    return {row["sighting_uid"] for row in rows}


def numbers_of(store: Store, uids: Sequence[str]) -> dict[str, int]:
    """Sighting → number of its individual, for those that have one."""
    found: dict[str, int] = {}
    for part in _parts(uids):
        rows = store.all(
            "SELECT sighting_uid, number FROM identity JOIN individual ON individual.id = individual_id"
            f" WHERE sighting_uid IN ({_marks(part)})",
            *part,
        )
        found.update({row["sighting_uid"]: row["number"] for row in rows})
    return found


def recent(store: Store, answers: int = 400) -> list[int]:
    """Numbers of the individuals that the newest ``answers`` answers were about, newest first."""
    rows = store.all(
        "SELECT number, MAX(decision.id) AS newest FROM (SELECT id, a, b FROM decision ORDER BY id DESC LIMIT ?)"
        " AS decision JOIN identity ON identity.sighting_uid IN (decision.a, decision.b)"
        " JOIN individual ON individual.id = identity.individual_id GROUP BY number ORDER BY newest DESC",
        answers,
    )
    return [row["number"] for row in rows]


def _animal(row: sqlite3.Row) -> Animal:
    facts = json.loads(row["facts"] or "{}")
    return Animal(
        number=row["number"],
        code=row["code"],
        name=row["name"] or "",
        facts={key: value for key, value in facts.items() if isinstance(value, str)},
        count=row["n"],
        shelves={one: int(row[f"n_{one}"]) for one in SHELVES},
        first=row["first"],
        last=row["last"],
        stations=tuple(sorted(name for name in json.loads(row["stations"]) if name)),
        sighting=row["one"],
    )


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _parts(values: Sequence[_T], size: int = 500) -> Iterable[Sequence[_T]]:
    return (values[start : start + size] for start in range(0, len(values), size))  # SQLite's limit on variables
