"""Everything that follows from deployments and clocks, brought up to date: which deployment each file belongs to, when
it was taken, which deployments nobody declared, where stations are, and the visits. Run again, it changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from spotid.project import cameras, clips, clock_rows, notes, stations_placed, trust
from spotid.project.clock_rows import Word
from spotid.project.media import number_visits
from spotid.project.placing import PHOTOGRAPHS, Declared, Group, Placing
from spotid.project.store import Store, now

BATCH = 20_000  # files read together
MINUTES_NOTE, MINUTES = "visit_minutes", 30.0
FIRST_NOTE = "settled_first"
EXIF, CLIP, STILL = "exif", "clip", "still"


@dataclass(frozen=True, slots=True)
class Settled:
    """How many files have another time now, belong to a deployment, are outside all of theirs, have no trusted time."""

    changed: int
    assigned: int
    outside: int
    untrusted: int


def settle(store: Store, minutes: float | None = None) -> Settled:
    """Bring all that is derived up to date. ``minutes``: what parts visits; left out, as it was the last time."""
    if minutes is None:
        minutes = float(notes.get(store, MINUTES_NOTE) or MINUTES)
    elif notes.get(store, MINUTES_NOTE) != str(minutes):
        notes.put(store, MINUTES_NOTE, str(minutes))
    settled = _derived(store)
    number_visits(store, minutes)
    return settled


def settle_first(store: Store) -> None:
    """Settle, once, a project that an earlier program made, so that its pages need not wait for a run. Visits stay."""
    if notes.get(store, MINUTES_NOTE) or notes.get(store, FIRST_NOTE):
        return
    if store.value("SELECT 1 FROM media LIMIT 1"):
        _derived(store)
        notes.put(store, FIRST_NOTE, now())


def _derived(store: Store) -> Settled:
    _recover(store)
    clips.follow(store)
    _declare(store)
    placing = placing_of(store)
    changed = assigned = outside = untrusted = 0
    for rows in _files(store):
        news = []
        for row in rows:
            if row["plain"]:
                home = placing.home(_group(row["station_id"], row["camera"], row["serial"]), row["clock_at"])
                if home is not None and home == row["deployment_id"]:
                    assigned += 1
                    continue
            new = _settled(row, placing)
            deployment, captured = new[0], new[1]
            assigned += deployment is not None
            outside += deployment is None and row["station_id"] is not None
            untrusted += captured is None and row["clock_at"] is not None
            if new != (row["deployment_id"], row["captured_at"], row["time_source"], row["remark"]):
                changed += captured != row["captured_at"]
                news.append((*new, row["id"]))
        if news:
            with store.write() as connection:
                connection.executemany(
                    "UPDATE media SET deployment_id = ?1, captured_at = ?2, time_source = ?3, problem_detail ="
                    " CASE WHEN problem IS NULL THEN ?4 ELSE problem_detail END WHERE id = ?5",
                    news,
                )
    _sweep(store)
    stations_placed.place_stations(store)
    return Settled(changed, assigned, outside, untrusted)


def _files(store: Store) -> Iterator[list[sqlite3.Row]]:
    after = 0
    while rows := store.all(
        "SELECT id, station_id, camera, serial, clock_at, captured_at, time_source, deployment_id, deployment_by, kind,"
        " problem IS NULL AS fine, CASE WHEN problem IS NULL THEN problem_detail END AS remark,"
        " captured_at IS clock_at AND clock_at IS NOT NULL AND deployment_by = '' AND time_source IS NOT 'future'"
        " AND (problem_detail IS NULL OR problem IS NOT NULL) AS plain FROM media"
        " WHERE id > ? ORDER BY id LIMIT ?",
        *(after, BATCH),
    ):
        after = rows[-1]["id"]
        yield rows


def _settled(row: sqlite3.Row, placing: Placing) -> tuple[int | None, str | None, str | None, str | None]:
    """Deployment, time, who told it, and the remark of one file as they should be."""
    clock, source, said = row["clock_at"], row["time_source"], row["remark"]
    pinned = row["deployment_id"] if row["deployment_by"] else None
    placed = placing.place(_group(row["station_id"], row["camera"], row["serial"]), clock, source, pinned)
    captured = placed.captured_at
    if clock is None or not row["fine"]:
        return placed.deployment_id, captured, source, said
    if captured is None and row["captured_at"] == clock and trust.doubt(clock) == trust.FUTURE:
        captured = clock  # it was trusted before: the computer's clock was set back since
    if captured is None and row["kind"] == STILL:
        pass  # its clip's remark is its own
    elif captured is None:
        known = trust.moment_of(said)
        if said is None or (known is not None and known != clock):
            what = "this clip" if row["kind"] == CLIP else "this photograph"
            said = trust.remark(clock).replace("this photograph", what)
    elif trust.moment_of(said) is not None:
        said = None
    if source == trust.FUTURE and captured == clock:
        # It lay ahead of the computer's clock when it was read, and does so no more.
        source = EXIF if row["kind"] == "picture" else CLIP
    return placed.deployment_id, captured, source, said


@lru_cache(maxsize=4096)
def _group(station: int | None, camera: str, serial: str | None) -> Group | None:
    return None if station is None else Group(station, camera, serial)


def _recover(store: Store) -> None:
    """Earlier programs kept a time that is not trusted in the remark alone."""
    rows = store.all(
        "SELECT id, problem_detail FROM media WHERE clock_at IS NULL AND problem IS NULL AND problem_detail IS NOT NULL"
    )
    told = [(moment, row["id"]) for row in rows if (moment := trust.moment_of(row["problem_detail"]))]
    if told:
        with store.write() as connection:
            connection.executemany("UPDATE media SET clock_at = ? WHERE id = ?", told)


def _declared(store: Store) -> list[Declared]:
    return [
        Declared(**dict(row))
        for row in store.all("SELECT id, station_id, camera, starts_at, ends_at, told_by FROM deployment")
    ]


def _declare(store: Store) -> None:
    """Make an open deployment of each camera of which nobody declared any; those declared since take its words over."""
    groups = [
        Group(row["station_id"], row["camera"], row["serial"])
        for row in store.all("SELECT DISTINCT station_id, camera, serial FROM media WHERE station_id IS NOT NULL")
    ]
    declared = _one_of_each(store)
    placing = Placing(declared, {})
    made: set[tuple[int, str]] = set()
    for group in sorted(groups, key=lambda one: (one.station_id, one.key, one.camera)):
        if any(placing.levels(group)) or (group.station_id, group.key) in made:
            continue
        made.add((group.station_id, group.key))
        with store.write() as connection:
            connection.execute(
                "INSERT INTO deployment (station_id, camera, told_by) VALUES (?, ?, ?)",
                (group.station_id, cameras.plain(group.camera), PHOTOGRAPHS),
            )
    named = {(one.station_id, one.key): one.named for one in sorted(groups, key=lambda one: one.named)}
    for one in declared:
        if one.told_by == PHOTOGRAPHS:
            whole = named.get((one.station_id, cameras.key(one.camera)), True)
            group = Group(one.station_id, one.camera, None if whole else one.camera)
            hand_on(store, one, [heir for level in placing.levels(group) for heir, _ in level])


def _one_of_each(store: Store) -> list[Declared]:
    """All deployments; of several of one camera that nobody declares any more, the first has what was said of all."""
    declared = _declared(store)
    first: dict[tuple[int, str], Declared] = {}
    for one in sorted((one for one in declared if one.told_by == PHOTOGRAPHS), key=lambda one: one.id):
        known = first.setdefault((one.station_id, cameras.key(one.camera)), one)
        if known is not one:
            with store.write() as connection:
                for table in ("clock_word", "outage"):
                    connection.execute(
                        f"UPDATE {table} SET deployment_id = ? WHERE deployment_id = ?", (known.id, one.id)
                    )
                forget(connection, one.id)
            declared.remove(one)
    return declared


def hand_on(store: Store, one: Declared, heirs: Iterable[Declared]) -> None:
    """Give heirs what was said of a deployment's clocks, unless something was said of theirs from the same moments on;
    and its outages, once."""
    said = clock_rows.words(store, one.id)
    gaps = store.all("SELECT starts_at, ends_at, reason FROM outage WHERE deployment_id = ?", one.id)
    others = [heir for heir in heirs if heir.id != one.id]
    for heir in others if said or gaps else ():
        known = {(cameras.key(word.camera), word.from_at) for word in clock_rows.history(store, heir.id)}
        with store.write() as connection:
            for word in said:
                camera = "" if heir.camera else word.camera or one.camera
                if (cameras.key(camera), word.from_at) not in known:
                    connection.execute(
                        "INSERT INTO clock_word (deployment_id, camera, from_at, offset_s, reason,"
                        " reviewer_id, made_at) SELECT ?, ?, from_at, offset_s, reason, reviewer_id, made_at"
                        " FROM clock_word WHERE id = ?",
                        (heir.id, camera, word.id),
                    )
            for gap in gaps:
                connection.execute(
                    "INSERT INTO outage (deployment_id, starts_at, ends_at, reason) VALUES (?, ?, ?, ?)",
                    (heir.id, gap["starts_at"], gap["ends_at"], gap["reason"]),
                )
    if gaps and others:
        with store.write() as connection:
            connection.execute("DELETE FROM outage WHERE deployment_id = ?", (one.id,))


def forget(connection: sqlite3.Connection, deployment_id: int) -> None:
    """Take a deployment away; its photographs find another when things are settled."""
    connection.execute("DELETE FROM clock_word WHERE deployment_id = ?", (deployment_id,))
    connection.execute("DELETE FROM outage WHERE deployment_id = ?", (deployment_id,))
    connection.execute(
        "UPDATE media SET deployment_id = NULL, deployment_by = '' WHERE deployment_id = ?", (deployment_id,)
    )
    connection.execute("DELETE FROM deployment WHERE id = ?", (deployment_id,))


def _sweep(store: Store) -> None:
    """Deployments that nobody declared go with their photographs, unless something was said of them."""
    rows = store.all(
        "SELECT id FROM deployment WHERE told_by = ? AND id NOT IN (SELECT deployment_id FROM clock_word)"
        " AND id NOT IN (SELECT deployment_id FROM outage)"
        " AND NOT EXISTS (SELECT 1 FROM media WHERE media.deployment_id = deployment.id)",
        PHOTOGRAPHS,
    )
    if rows:
        with store.write() as connection:
            for row in rows:
                forget(connection, row["id"])


def placing_of(store: Store, words: Mapping[int, Sequence[Word]] | None = None) -> Placing:
    """The deployments as they are now; ``words``: as if these had been said of the clocks."""
    return Placing(_declared(store), clock_rows.all_standing(store) if words is None else words)
