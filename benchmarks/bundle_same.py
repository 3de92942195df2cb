"""Whether two projects of the same photographs hold the same results: what differs, how often, by how much."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

BOXES = """SELECT sighting.uid, media.relpath, x, y, w, h, score, how, species, flank, flank_score, flank_lean, quality,
 cut_score, sighting.state, sighting.seal FROM sighting JOIN media ON media.id = media_id"""
FRAMES = """SELECT relpath, uid, sha256, width, height, captured_at, time_source, station_id, camera, visit, state,
 problem FROM media"""
# Tables of look-alikes: the columns that name sightings by the project's own numbers, then the others.
LISTS = {
    "candidate": ("anchor, candidate", "likeness, same_visit, votes, place, side, opposite, local, spots, score"),
    "vote": ("anchor, candidate", "votes"),
    "checked": ("a, b", "matcher, local, spots"),
}
# An export's files that tell when it was made or which project it is of.
DATED = {"manifest.json", "README.txt"}


@dataclass(frozen=True)
class Compared:
    """One kind of result: how many there are, how many differ, and the largest difference of a number (inf: text)."""

    name: str
    count: int
    different: int
    largest: float

    def __str__(self) -> str:
        if not self.different:
            return f"{self.name}: {self.count:,} equal"
        return f"{self.name}: {self.different:,} of {self.count:,} differ, by {self.largest:g} at most"


def compare(ours: Path, theirs: Path) -> list[Compared]:
    """Compare two project folders, and their exports where both have one. Raises OSError, sqlite3.Error."""
    found = [
        _rows("photographs", _table(ours, FRAMES), _table(theirs, FRAMES)),
        _rows("boxes", _table(ours, BOXES), _table(theirs, BOXES)),
        _rows("embeddings", _vectors(ours), _vectors(theirs)),
        *(_rows(name, _list(ours, name), _list(theirs, name)) for name in LISTS),
    ]
    for name, pattern in (("crops", "crops/**/*.*"), ("cutouts", "cutouts/**/*.*")):
        found.append(_rows(name, _files(ours, pattern), _files(theirs, pattern)))
    exports = "exports/matches/**/*.*"
    if (ours / "exports").is_dir() and (theirs / "exports").is_dir():
        found.append(_rows("exported files", _files(ours, exports), _files(theirs, exports)))
    return found


def _read(database: Path, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(question).fetchall()


def _table(project: Path, question: str) -> dict[Any, tuple[Any, ...]]:
    return {row[0]: row[1:] for row in _read(project / "project.sqlite", question)}


def _uids(project: Path) -> dict[int, str]:
    return dict(_read(project / "project.sqlite", "SELECT id, uid FROM sighting"))


def _list(project: Path, name: str) -> dict[Any, tuple[Any, ...]]:
    keys, others = LISTS[name]
    uids = _uids(project)
    rows = _read(project / "cache" / "candidates.sqlite", f"SELECT {keys}, {others} FROM {name}")
    found = {}
    for first, second, *rest in rows:
        pair = (uids[first], uids[second])
        # Pairs that were checked stand under the smaller number first; numbers depend on the order of the work.
        key: tuple[Any, ...] = tuple(sorted(pair)) if name == "checked" else pair
        found[(*key, rest.pop(0)) if name == "checked" else key] = tuple(rest)
    return found


def _vectors(project: Path) -> dict[Any, tuple[Any, ...]]:
    uids = _uids(project)
    where = _read(project / "project.sqlite", "SELECT sighting_id, shard, row FROM embedding")
    shards: dict[int, np.ndarray] = {}
    for path in (project / "embeddings").glob("*/*.npy"):
        shards[int(path.stem)] = np.load(path)
    return {uids[sighting]: tuple(shards[shard][row].tolist()) for sighting, shard, row in where}


def _files(project: Path, pattern: str) -> dict[Any, tuple[Any, ...]]:
    def all_of_them() -> Iterator[tuple[str, tuple[bytes]]]:
        for path in project.glob(pattern):
            if path.is_file() and path.name not in DATED:
                yield path.relative_to(project).as_posix(), (path.read_bytes(),)

    return dict(all_of_them())


def _rows(name: str, ours: Mapping[Any, tuple[Any, ...]], theirs: Mapping[Any, tuple[Any, ...]]) -> Compared:
    different, largest = 0, 0.0
    for key in ours.keys() | theirs.keys():
        mine, other = ours.get(key), theirs.get(key)
        if mine == other:
            continue
        different += 1
        largest = max(largest, _distance(mine, other))
    return Compared(name, len(ours.keys() | theirs.keys()), different, largest)


def _distance(mine: tuple[Any, ...] | None, other: tuple[Any, ...] | None) -> float:
    if mine is None or other is None or len(mine) != len(other):
        return float("inf")
    worst = 0.0
    for one, two in zip(mine, other, strict=True):
        if one != two:
            numbers = isinstance(one, int | float) and isinstance(two, int | float)
            worst = max(worst, abs(one - two) if numbers else float("inf"))
    return worst
