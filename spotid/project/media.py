"""Files found: one row each, from the first look to its shelf."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spotid.project.filenames import kept, on_disk
from spotid.project.inside import original
from spotid.project.store import Store
from spotid.words import MediaState, SightingState

UID_LENGTH = 16
INNER = "originals"  # the folder of a project in which ZIPs are unpacked
SAID = "('sheet', 'person', 'strip', 'clip', 'package')"  # who knows better than the file itself
FRAMES = "frames"  # the folder of a project in which the stills of clips lie; no walk goes through it


@dataclass(frozen=True, slots=True)
class Found:
    """A file as the walk through the folder saw it."""

    relpath: str  # with forward slashes, below the root
    bytes: int
    modified_ns: int
    kind: str = "picture"


@dataclass(frozen=True, slots=True)
class Facts:
    """What reading a picture told."""

    media_id: int
    sha256: str
    width: int
    height: int
    captured_at: str | None
    time_source: str | None
    station: str | None
    camera: str
    make: str | None
    model: str | None
    serial: str | None
    station_by: str = ""  # who told the station: "table", "name" (of the file), "folder"
    remark: str | None = None  # a sentence for people, of a file that can be used all the same
    seen: tuple[int, int] | None = None  # bytes and modified_ns when it was read, where they differ from the walk's
    small_seal: str | None = None  # checksum of the small picture
    clock_at: str | None = None  # as the camera's clock had it, trusted or not
    gps: tuple[float, float] | None = None  # latitude and longitude that the camera wrote


def media_uid(relpath: str, size: int, attempt: int = 0) -> str:
    """A name for a file that two laptops with the same folder agree on; ``attempt`` parts rare twins."""
    text = f"{relpath}\0{size}\0{attempt}"
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:UID_LENGTH]


def root_id(store: Store, folder: Path) -> int:
    """The row of a folder of originals, made when it is new."""
    with store.write() as connection:
        name = kept(str(folder))
        connection.execute("INSERT OR IGNORE INTO root (path) VALUES (?)", (name,))
        row = connection.execute("SELECT id FROM root WHERE path = ?", (name,)).fetchone()
    return int(row[0])


def roots(store: Store) -> dict[int, Path]:
    """All folders of originals."""
    return {row["id"]: root_folder(store, row["path"]) for row in store.all("SELECT id, path FROM root")}


def root_folder(store: Store, path: str) -> Path:
    """The folder that a root's row means; one in the project itself (``INNER``) moves with it."""
    return store.path.parent / on_disk(path)


def add_found(store: Store, root: int, files: Sequence[Found]) -> int:
    """Add files not known yet; one that has changed since is read again. Returns how many rows are new or changed."""
    touched = 0
    with store.write() as connection:
        for file in files:
            known = connection.execute(
                "SELECT id, bytes, modified_ns, state FROM media WHERE root_id = ? AND relpath = ?",
                (root, file.relpath),
            ).fetchone()
            if known is None:
                _insert(connection, root, file)
                touched += 1
            elif known["state"] == MediaState.MISSING or (known["bytes"], known["modified_ns"]) != (
                file.bytes,
                file.modified_ns,
            ):
                # Sightings made from the file before stay: answers may hang on them. A file that came back as it was
                # goes on where it was; one that has changed is read again (see ``changed``).
                came_back = (known["bytes"], known["modified_ns"]) == (file.bytes, file.modified_ns)
                state = MediaState.ANIMAL if came_back and _has_sightings(connection, known["id"]) else MediaState.FOUND
                connection.execute(
                    "UPDATE media SET bytes = ?, modified_ns = ?, state = ?, problem = NULL, problem_detail = NULL"
                    " WHERE id = ?",
                    (file.bytes, file.modified_ns, state, known["id"]),
                )
                touched += 1
    return touched


def _has_sightings(connection: sqlite3.Connection, media_id: int) -> bool:
    found = connection.execute(
        "SELECT 1 FROM sighting WHERE media_id = ? AND state != ? LIMIT 1", (media_id, SightingState.WITHDRAWN)
    )
    return found.fetchone() is not None


def _insert(connection: sqlite3.Connection, root: int, file: Found) -> None:
    attempt = 0
    while True:
        uid = media_uid(file.relpath, file.bytes, attempt)
        taken = connection.execute("SELECT 1 FROM media WHERE uid = ?", (uid,)).fetchone()
        if not taken:
            break
        attempt += 1
    connection.execute(
        "INSERT INTO media (uid, root_id, relpath, bytes, modified_ns, kind) VALUES (?, ?, ?, ?, ?, ?)",
        (uid, root, file.relpath, file.bytes, file.modified_ns, file.kind),
    )


def mark_missing(store: Store, root: int, seen: set[str], unseen: Sequence[str] = ()) -> int:
    """Mark the files of ``root`` that were known and are not there now. Returns how many.

    Of what lies below the folders ``unseen``, which could not be looked into, nothing is known: it is left as it is.
    """
    rows = store.all("SELECT id, relpath FROM media WHERE root_id = ? AND state != ?", root, MediaState.MISSING)
    closed = tuple(f"{folder}/" if folder else "" for folder in unseen)
    gone = [
        (MediaState.MISSING, row["id"])
        for row in rows
        if row["relpath"] not in seen and not row["relpath"].startswith(closed)
    ]
    if gone:
        with store.write() as connection:
            connection.executemany(
                "UPDATE media SET state = ?, problem_detail = CASE WHEN problem IS NULL THEN problem_detail END,"
                " problem = NULL WHERE id = ?",
                gone,
            )
    return len(gone)


def keep_facts(store: Store, facts: Iterable[Facts]) -> None:
    """Keep what reading told; the files go on to the search for animals, or on with those found in them before.

    A time, a station or a camera that somebody else told stays (``SAID``). See ``settling`` for the times put right.
    """
    with store.write() as connection:
        for fact in facts:
            station = station_id(connection, fact.station) if fact.station else None
            state = MediaState.ANIMAL if _has_sightings(connection, fact.media_id) else MediaState.READ
            connection.execute(
                "UPDATE media SET sha256 = ?, width = ?, height = ?, make = ?, model = ?, serial = ?, state = ?,"
                " problem = NULL, problem_detail = ?, bytes = COALESCE(?, bytes),"
                " modified_ns = COALESCE(?, modified_ns), small_seal = ?, gps_latitude = ?, gps_longitude = ?"
                " WHERE id = ?",
                (
                    *(fact.sha256, fact.width, fact.height, fact.make, fact.model, fact.serial, state, fact.remark),
                    *(*(fact.seen or (None, None)), fact.small_seal, *(fact.gps or (None, None)), fact.media_id),
                ),
            )
            connection.execute(
                "UPDATE media SET clock_at = ?, captured_at = ?, time_source = ? WHERE id = ?"
                f" AND (clock_at IS NULL OR COALESCE(time_source, '') NOT IN {SAID})",
                (fact.clock_at or fact.captured_at, fact.captured_at, fact.time_source, fact.media_id),
            )
            connection.execute(
                "UPDATE media SET station_id = ?, station_by = ?, camera = ?"
                f" WHERE id = ? AND station_by NOT IN {SAID}",
                (station, fact.station_by, fact.camera, fact.media_id),
            )


def station_id(connection: sqlite3.Connection, name: str) -> int:
    """The row of a station, made when it is new. Names differ by more than case."""
    connection.execute("INSERT OR IGNORE INTO station (name) VALUES (?)", (name,))
    return int(connection.execute("SELECT id FROM station WHERE name = ?", (name,)).fetchone()[0])


def put_aside(store: Store, media_id: int, problem: str, detail: str) -> None:
    """Put a file on the problems shelf with its reason."""
    with store.write() as connection:
        connection.execute(
            "UPDATE media SET state = ?, problem = ?, problem_detail = ? WHERE id = ?",
            (MediaState.PROBLEM, problem, detail, media_id),
        )


def in_state(store: Store, state: str, limit: int, after: int = 0) -> list[sqlite3.Row]:
    """Up to ``limit`` files in ``state`` with ids above ``after``, oldest first."""
    return store.all("SELECT * FROM media WHERE state = ? AND id > ? ORDER BY id LIMIT ?", state, after, limit)


def by_uid(store: Store, uid: str) -> sqlite3.Row | None:
    """One file."""
    return store.one("SELECT * FROM media WHERE uid = ?", uid)


def count(store: Store, state: str | None = None) -> int:
    """How many files there are, in all or in one state."""
    if state is None:
        return int(store.value("SELECT COUNT(*) FROM media"))
    return int(store.value("SELECT COUNT(*) FROM media WHERE state = ?", state))


def source_path(store: Store, media_id: int) -> Path:
    """Where the original lies. Raises PictureError for a name that leads out of its folder."""
    row = store.one(
        "SELECT root.path AS root, media.relpath FROM media JOIN root ON root.id = media.root_id WHERE media.id = ?",
        media_id,
    )
    assert row is not None, "media rows are never deleted"
    return original(root_folder(store, row["root"]), on_disk(row["relpath"]))


def number_visits(store: Store, minutes: float) -> None:
    """Number the visits: pictures of one camera of one station at most ``minutes`` after the one before.

    A picture without a time is a visit of its own, but the stills of one clip are always one visit. Files that were
    read and have gone since are numbered too: their sightings are still compared, and an old number would put them into
    a foreign visit. Numbers change as pictures are added; only equality means something.
    """
    rows = store.all(
        "SELECT media.id, visit, parent_id, COALESCE(station_id, -1) AS station, captured_at,"
        " (julianday(captured_at) - julianday('2000-01-01')) * 1440 AS minute FROM media"
        " WHERE width IS NOT NULL AND kind != 'clip' ORDER BY station, captured_at, media.id"
    )
    numbered: list[tuple[int, int]] = []
    of_clip: dict[int, int] = {}
    number, visit, last_station, last_minute = 0, 0, None, 0.0
    for row in rows:
        minute = row["minute"]
        if minute is None or row["station"] != last_station or minute - last_minute > minutes:
            number += 1
            visit = number
        if row["parent_id"] is not None:
            visit = of_clip.setdefault(row["parent_id"], visit)
        last_station, last_minute = (None, 0.0) if minute is None else (row["station"], minute)
        if row["visit"] != visit:
            numbered.append((visit, row["id"]))
    if numbered:
        with store.write() as connection:
            connection.executemany("UPDATE media SET visit = ? WHERE id = ?", numbered)


def shelves(store: Store) -> dict[str, int]:
    """How many files are in each state; the counts add up to the files found."""
    counts = {row["state"]: row["n"] for row in store.all("SELECT state, COUNT(*) AS n FROM media GROUP BY state")}
    return {state.value: counts.get(state.value, 0) for state in MediaState}


def stations_of_state(store: Store, state: str) -> Iterator[int | None]:
    """The stations that have files in ``state``; None stands for files without a station."""
    for row in store.all("SELECT DISTINCT station_id FROM media WHERE state = ? ORDER BY station_id", state):
        yield row["station_id"]


def station_names(store: Store) -> frozenset[str]:
    """The names of all known stations, in lower case."""
    return frozenset(row["name"].lower() for row in store.all("SELECT name FROM station"))
