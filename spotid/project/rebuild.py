"""Build a project around a folder of embeddings whose database is gone or was never copied.

The tables beside the vectors tell whose they are, so sightings, files, stations and visits come back. Answers of people
are not in there: they come back from the folder ``backups`` where that lies beside the embeddings.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spotid.errors import NotFoundError, ProjectError
from spotid.project import backup, media, restore, salvage, schema, shard_files, shards, swap
from spotid.project.damage import database_is_whole
from spotid.project.files import disk_error
from spotid.project.folder import check_own, create_project, open_project
from spotid.project.layout import Layout, embeddings_in
from spotid.project.lock import IN_USE, Lock
from spotid.words import MediaState, SightingState

OURS = frozenset({"embeddings", "backups", "cache", "crops", "cutouts", "exports", "frames", "logs"})
UNKNOWN_ROOT = "the folder of the originals is not known"
VISIT_MINUTES = 30.0
_STILL = re.compile(r"@(\d{9})\.jpg$")  # the moment in a still's name


@dataclass
class Rebuilt:
    """What a rebuild made: the project folder, its counts, and in sentences what was left out."""

    folder: Path
    sightings: int = 0
    files: int = 0
    with_original: int = 0
    answers_from: Path | None = None  # the backup that the whole project, with its answers, came from
    left_out: list[str] = field(default_factory=list)


@dataclass
class _Source:
    """One encoder's folder, as the manifest or its shards describe it."""

    name: str
    identity: str
    dim: int
    folder: Path
    stems: list[Path]


def target_of(folder: Path) -> Path:
    """Where the project is made: around an ``embeddings`` folder that lies alone or among a project's other folders,
    else in a new folder beside it, called like it with ``.spotid`` at its end."""
    inner = _inner(folder)
    parent = inner.parent
    if inner.name == "embeddings":
        names = {entry.name for entry in parent.iterdir() if not entry.name.startswith((".", "project."))}
        if names <= OURS:
            return parent
    return parent / f"{inner.name}.spotid"


def rebuild(folder: Path, target: Path | None = None, originals: Path | None = None) -> Rebuilt:
    """Make a project of the embeddings in ``folder``, ready for look-alikes and review.

    ``originals`` is the folder of photographs where it is not where it was. Raises NotFoundError where there are no
    embeddings, ProjectError where the new folder can't be used, DiskFullError; what is there stays as it is then.
    """
    inner = _inner(folder)
    place = (target or target_of(folder)).expanduser().absolute()
    layout = Layout(place)
    in_place = inner == layout.embeddings
    if in_place:
        check_own(layout)
        if layout.database.is_file() and database_is_whole(layout.database):
            raise ProjectError(f"“{place}” is a project already.", "Open it; nothing has to be built anew.")
        good = backup.newest_good(layout)
        if good is not None:
            done = restore.restore(place, good.path)
            return _counted(Rebuilt(place, answers_from=done.backup))
    else:
        create_project(place).close()  # refuses a folder with other things in it
        if _files(place):
            raise ProjectError(f"“{place}” is a project already.", "Choose another folder, or open that one.")
    made = Rebuilt(place)
    lock = Lock(layout.lock, IN_USE)
    try:
        sources = list(_sources(inner, made.left_out))
        if in_place:
            restore.set_aside(layout, salvage.Ledger())  # a damaged database without a backup
        _fill(layout, inner, sources, originals, made)
        swap.begin(layout)
        swap.finish(layout)
    except sqlite3.Error as error:
        raise ProjectError(f"The project could not be made: {error}.", "Nothing was changed.") from error
    except OSError as error:
        raise disk_error(error, place) from error
    finally:
        swap.part(layout).unlink(missing_ok=True)
        lock.release()
    return _counted(made)


def _inner(folder: Path) -> Path:
    folder = folder.expanduser().absolute()
    inner = embeddings_in(folder)
    if inner is None:
        raise NotFoundError(f"There are no embeddings in “{folder}”.", "Choose the folder that holds manifest.json.")
    return inner


def _files(folder: Path) -> int:
    project = open_project(folder)
    try:
        return int(project.store.value("SELECT COUNT(*) FROM media"))
    finally:
        project.close()


def _sources(inner: Path, left_out: list[str]) -> Iterator[_Source]:
    """The encoders, by the manifest or, where that is damaged, by the seals of the shards themselves."""
    told: dict[str, dict[str, Any]] = {}
    try:
        for entry in shard_files.unsealed((inner / shards.MANIFEST).read_bytes())["encoders"]:
            told[str(entry["folder"])] = entry
    except (OSError, ValueError, KeyError, TypeError) as error:
        left_out.append(f"The manifest can't be read ({error}); the shards tell for themselves.")
    for folder in sorted(path for path in inner.iterdir() if path.is_dir() and not path.is_symlink()):
        stems = sorted(path.with_suffix("") for path in folder.glob("[0-9][0-9][0-9][0-9][0-9][0-9].npy"))
        entry = told.get(folder.name) or _by_seal(stems)
        if not stems or entry is None:
            if stems:
                left_out.append(f"Nothing says which encoder made the vectors in “{folder.name}”.")
            continue
        yield _Source(str(entry["name"]), str(entry["identity"]), int(entry["dim"]), folder, stems)


def _by_seal(stems: list[Path]) -> dict[str, Any] | None:
    for stem in stems:
        with contextlib.suppress(OSError, ValueError, KeyError):
            seal = shard_files.unsealed(stem.with_suffix(".json").read_bytes())
            return dict(seal["encoder"])
    return None


def _fill(layout: Layout, inner: Path, sources: list[_Source], originals: Path | None, made: Rebuilt) -> None:
    """Make the new database beside the old one, and copy the shards where they lie elsewhere."""
    part = swap.part(layout)
    part.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = DELETE")
        schema.migrate(connection)
        connection.execute("BEGIN")
        places = _Places(connection, layout.root, originals)
        for source in sources:
            cursor = connection.execute(
                "INSERT INTO encoder (identity, name, dim) VALUES (?, ?, ?)", (source.identity, source.name, source.dim)
            )
            encoder = shards.EncoderRow(int(cursor.lastrowid or 0), source.identity, source.name, source.dim)
            goal = shards.shard_folder(layout, encoder)
            for stem in source.stems:
                shard = shard_files.read(stem, source.dim)
                if shard.trouble or shard.vectors is None:
                    told = "; ".join(f"{shard.file(kind).name} {said}" for kind, said in shard.trouble.items())
                    made.left_out.append(f"A shard was left out: {told}.")
                    continue
                if stem.parent != goal:
                    goal.mkdir(parents=True, exist_ok=True)
                    for kind in ("npy", "csv", "json"):
                        shutil.copyfile(shard.file(kind), goal / shard.file(kind).name)
                for row in shard.rows:
                    if row["sighting"]:
                        connection.execute(
                            "INSERT OR REPLACE INTO embedding VALUES (?, ?, ?, ?)",  # described twice: the newer counts
                            (encoder.id, places.sighting(row), int(stem.name), int(row["row"])),
                        )
        connection.execute("COMMIT")
    if not places.known:
        raise ProjectError(f"No embeddings in “{inner}” are whole.", " ".join(made.left_out[:3]))
    backup.check(part)
    backup.flush(part)


class _Places:
    """Rows of files and sightings, made when they are first named."""

    def __init__(self, connection: sqlite3.Connection, project: Path, originals: Path | None) -> None:
        self._connection, self._project = connection, project
        self._originals = originals.expanduser().absolute() if originals else None
        self._media: dict[str, tuple[int, bool]] = {}
        self.known: dict[str, int] = {}

    def sighting(self, row: dict[str, str]) -> int:
        """The row id of the sighting that a table's row is about."""
        uid = row["sighting"]
        if uid in self.known:
            return self.known[uid]
        media_id, there = self._file(row)
        # Where the original is there its crop is made again; the vector stays what it is.
        state = SightingState.DETECTED if there else SightingState.EMBEDDED
        values = {
            **{side: float(row[side]) for side in "xywh"},
            **{"uid": uid, "media_id": media_id, "state": state, "flank": row["flank"] or "unknown"},
            **{"score": _number(row, "score") or 0.0, "boxed_by": row.get("boxed_by") or "rebuilt"},
            **{"how": row.get("how") or "", "species": row.get("species") or "", "recipe": row.get("recipe") or None},
            **{"quality": _number(row, "quality"), "cut_score": _number(row, "cut_score")},
        }
        self.known[uid] = _insert(self._connection, "sighting", values)
        return self.known[uid]

    def _file(self, row: dict[str, str]) -> tuple[int, bool]:
        name = row.get("media") or f"{row['path']}\0{row['media_sha256']}"
        if name in self._media:
            return self._media[name]
        root = self._root(row)
        path = root / row["path"]
        about = path.stat() if path.is_file() else None
        moment = _STILL.search(row["path"]) if row.get("root") == media.FRAMES else None
        size = int(row.get("bytes") or (about.st_size if about else 0))
        values: dict[str, Any] = {
            **{"uid": row.get("media") or media.media_uid(row["path"], size), "root_id": self._root_id(root)},
            **{"relpath": row["path"], "bytes": size},
            # Where the original is there it is read again, which makes its small picture.
            **{"state": MediaState.ANIMAL if about is None else MediaState.FOUND},
            **{"modified_ns": int(row.get("modified_ns") or (about.st_mtime_ns if about else 0))},
            **{"sha256": row["media_sha256"] or None, "camera": row.get("camera") or ""},
            **{"captured_at": row.get("captured_at") or None, "clock_at": row.get("captured_at") or None},
            **{"time_source": row.get("time_source") or None},
            **{"width": _number(row, "width"), "height": _number(row, "height")},
            **{"station_id": self._station(row.get("station") or "")},
            # Its clip is found by the next run, and takes it over (see ``clips.keep``).
            **({"kind": "still", "at_ms": int(moment[1])} if moment else {}),
        }
        self._media[name] = (_insert(self._connection, "media", values), about is not None)
        return self._media[name]

    def _root(self, row: dict[str, str]) -> Path:
        told = self._project / row["root"] if row.get("root") else None  # an absolute one stays what it is
        if told is not None and row["root"] == media.FRAMES:
            return told
        if self._originals is not None and (told is None or not (told / row["path"]).is_file()):
            return self._originals
        return told or Path("/") / UNKNOWN_ROOT

    def _root_id(self, root: Path) -> int:
        name = media.FRAMES if root == self._project / media.FRAMES else str(root)
        self._connection.execute("INSERT OR IGNORE INTO root (path) VALUES (?)", (name,))
        return int(self._connection.execute("SELECT id FROM root WHERE path = ?", (name,)).fetchone()[0])

    def _station(self, name: str) -> int | None:
        return media.station_id(self._connection, name) if name else None


def _insert(connection: sqlite3.Connection, table: str, values: dict[str, Any]) -> int:
    marks = ", ".join("?" * len(values))
    cursor = connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))
    return int(cursor.lastrowid or 0)


def _number(row: dict[str, str], name: str) -> float | None:
    return float(row[name]) if row.get(name) else None


def _counted(made: Rebuilt) -> Rebuilt:
    """Number the visits, describe the shards, and count what there is."""
    project = open_project(made.folder)
    try:
        if made.answers_from is None:
            media.number_visits(project.store, VISIT_MINUTES)
            shards.write_manifest(project.layout, project.store)
        made.sightings = int(project.store.value("SELECT COUNT(*) FROM sighting"))
        made.files = int(project.store.value("SELECT COUNT(*) FROM media"))
        rows = project.store.all("SELECT id FROM media")
        made.with_original = sum(media.source_path(project.store, row["id"]).is_file() for row in rows)
    finally:
        project.close()
    return made
