"""The match directory: one folder per individual with copies of the originals, and the tables beside them."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from spotid import __version__
from spotid.errors import BadRequestError, DiskFullError, PictureError, ProjectError
from spotid.export import places, tables
from spotid.export.animals import animal_lines
from spotid.export.names import export_name, safe
from spotid.progress import Progress
from spotid.project import results
from spotid.project.filenames import on_disk, shown
from spotid.project.files import copy_whole, sha256_of, write_whole
from spotid.project.folder import Project
from spotid.project.inside import original
from spotid.project.media import root_folder, roots
from spotid.words import Problem

MATCHES_FILE = "leopard_matches.csv"
SIGHTINGS_FILE = "sightings.csv"
INDIVIDUALS_FILE = "individuals.csv"
METADATA_FILE = "metadata.csv"
EARLIER = "earlier tables"
NO_LONGER = "no longer identified"


def default_folder(project: Project) -> Path:
    """Where a project's matches are written unless the user chooses another folder."""
    return project.layout.exports / "matches"


def export_matches(project: Project, folder: Path, progress: Progress, *, coordinates: bool = False) -> dict[str, Any]:
    """Write or bring up to date the match directory. Returns folder, individuals and files for the person.

    ``coordinates``: the table of stations also tells where sensitive ones are.

    A second export adds what is new. A copy whose individual has changed since is moved, so that no photograph stays
    under the wrong animal; nothing is deleted, and files that we did not write are never touched.
    Raises BadRequestError or ProjectError for a folder that can't be used, DiskFullError when there is no room.
    """
    folder = folder.expanduser().absolute()
    for originals in roots(project.store).values():
        if folder == originals or originals in folder.parents:
            raise BadRequestError(
                "That folder lies among your originals.", "Choose another one; nothing is written beside originals."
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProjectError(
            f"The folder “{folder}” can't be made: {error.strerror or error}.", "Choose a folder you may write to."
        ) from None
    rows = list(results.identified(project.store))
    progress.expect(len(rows))
    before = results.written_before(project.store, str(folder))
    _move_stale(project, folder, rows, before)
    conflicts = results.contradicted(project.store)
    joined = results.joining_rows(project.store)
    lines: list[dict[str, Any]] = []
    unreadable: list[str] = []
    for row in rows:
        relpath = before.get((row["uid"], row["code"]))
        if relpath is None or not (folder / relpath).is_file():
            relpath = _copy(project, folder, row, unreadable)
        if relpath is not None:
            lines.append(_line(project, row, relpath, joined, conflicts))
        progress.step()
    _write_tables(project, folder, lines, unreadable, conflicts, coordinates)
    individuals = len({line["Leopard ID"] for line in lines})
    results.note_export(project.store, "matches", str(folder), individuals, len(lines))
    return {
        "folder": str(folder),
        "individuals": individuals,
        "files": len(lines),
        "not_copied": unreadable,
        "conflicts": len({line["Leopard ID"] for line in lines if line["Conflict"]}),
    }


def _copy(project: Project, folder: Path, row: sqlite3.Row, unreadable: list[str]) -> str | None:
    root = root_folder(project.store, row["root"])
    source = root / on_disk(row["relpath"])
    name = export_name(row["station"], row["captured_at"], source.name, row["uid"])
    relpath = f"{safe(row['code'])}/{name}"
    target, attempt = folder / relpath, 1
    while target.exists():  # a file of the same name that we did not write stays as it is
        attempt += 1
        relpath = f"{safe(row['code'])}/{target.stem}-{attempt}{target.suffix}"
        target = folder / relpath
    try:
        _check_unchanged(row, original(root, on_disk(row["relpath"])))
        copy_whole(source, target)
    except DiskFullError:
        raise
    except PictureError as error:
        unreadable.append(f"{shown(str(source))}: {error}")
        return None
    except OSError as error:
        unreadable.append(f"{shown(str(source))}: {error.strerror or error}")
        return None
    results.note_written(project.store, str(folder), relpath, row["uid"], row["code"])
    return relpath


def _check_unchanged(row: sqlite3.Row, source: Path) -> None:
    """Raises PictureError where another picture lies there now: no animal is given a photograph of something else."""
    about = source.stat()
    same = (about.st_size, about.st_mtime_ns) == (row["bytes"], row["modified_ns"])
    if (not same or row["problem"] == Problem.REPLACED) and sha256_of(source) != row["sha256"]:
        raise PictureError(
            Problem.REPLACED, "The file has changed since it was read, so it was not copied.", "Run again, then export."
        )


def _move_stale(project: Project, folder: Path, rows: list[sqlite3.Row], before: dict[tuple[str, str], str]) -> None:
    """Move our copies whose individual has changed to where they belong now."""
    now_of = {row["uid"]: row for row in rows}
    for (uid, code), relpath in list(before.items()):
        row = now_of.get(uid)
        if row is not None and row["code"] == code:
            continue
        old = folder / relpath
        if old.is_file():
            home = safe(row["code"]) if row is not None else NO_LONGER
            new = folder / home / old.name
            new.parent.mkdir(parents=True, exist_ok=True)
            if new.exists():  # the right copy is there already; the stale one is kept apart rather than deleted
                new = folder / NO_LONGER / f"{safe(code)}__{old.name}"
                new.parent.mkdir(parents=True, exist_ok=True)
            try:
                old.replace(new)
            except OSError as error:
                raise ProjectError(
                    f"The copy “{shown(relpath)}” can't be moved: {error.strerror or error}.",
                    "Close the programs that show it, then export again.",
                ) from None
            if row is not None and new.parent.name == home:
                before[(uid, row["code"])] = f"{home}/{new.name}"
                results.note_written(project.store, str(folder), f"{home}/{new.name}", uid, row["code"])
            with contextlib.suppress(OSError):
                old.parent.rmdir()  # succeeds only when it is empty
        results.note_removed(project.store, str(folder), relpath)


def _line(
    project: Project, row: sqlite3.Row, relpath: str, joined: dict[str, int], conflicts: frozenset[str]
) -> dict[str, Any]:
    return {
        "Image Path": relpath,
        "Leopard ID": row["code"],
        "Original Path": str(project.path / (row["clip_root"] or row["root"]) / (row["clip"] or row["relpath"])),
        "Station": row["station"],
        "Camera": row["camera"],
        "Time": row["captured_at"],
        "Flank": row["flank"],
        "Sighting": row["uid"],
        "Box": " ".join(f"{row[side]:.5f}" for side in "xywh"),
        "Decision Row": joined.get(row["uid"]),
        "Conflict": "yes" if row["uid"] in conflicts else "",
        "Name": row["name"],
        "Clip Second": _second(row["at_ms"]),
    }


def _second(at_ms: int | None) -> str | None:
    """A moment in a clip as the tables have it."""
    return None if at_ms is None else f"{at_ms / 1000:.3f}"


def _as_collection(line: dict[str, Any]) -> dict[str, Any]:
    """A row of ``leopard_matches.csv`` as one of ``metadata.csv``."""
    return {
        "original_path": line["Image Path"],
        "unique_name": line["Name"] or line["Leopard ID"],
        "locality name": line["Station"],
        "datetime": line["Time"],
        "flank": "" if line["Flank"] == "unknown" else line["Flank"],
        "box": line["Box"],
    }


def sighting_lines(project: Project) -> Iterator[dict[str, Any]]:
    """Every file found with its sightings: the rows of ``sightings.csv``."""
    for row in results.every_file(project.store):
        state = row["sighting_state"] or row["media_state"]
        reason = row["sighting_problem"] or row["problem_detail"]
        line = {side: None if row[side] is None else f"{row[side]:.6f}" for side in "xywh"}
        for name in ("score", "quality"):
            line[name] = None if row[name] is None else f"{row[name]:.4f}"
        yield line | {
            "path": row["clip"] or row["relpath"],
            "species": row["species"],
            "flank": row["flank"],
            "station": row["station"],
            "time": row["captured_at"],
            "individual": row["code"],
            "state": f"{state}: {reason}" if reason else state,
            "clip_second": _second(row["at_ms"]),
        }


def _write_tables(
    project: Project,
    folder: Path,
    lines: list[dict[str, Any]],
    unreadable: list[str],
    conflicts: frozenset[str],
    coordinates: bool,
) -> None:
    stamp = datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
    documents = {
        MATCHES_FILE: tables.text_of(tables.MATCHES, lines),
        METADATA_FILE: tables.text_of(tables.METADATA, map(_as_collection, lines)),
        SIGHTINGS_FILE: tables.text_of(tables.SIGHTINGS, sighting_lines(project)),
        INDIVIDUALS_FILE: tables.text_of(tables.INDIVIDUALS, animal_lines(project, conflicts)),
        **places.documents(project.store, coordinates),
        "README.txt": _readme(project, unreadable, coordinates).encode("utf-8"),
        "manifest.json": json.dumps(
            {
                "software": f"SpotID {__version__}",
                "project": project.id,
                "title": project.title,
                "written_at": stamp,
                "individuals": len({line["Leopard ID"] for line in lines}),
                "files": [line["Image Path"] for line in lines],
                "not_copied": unreadable,
            },
            indent=2,
            ensure_ascii=False,
        ).encode(),
    }
    for name, content in documents.items():
        path = folder / name
        if path.is_file() and name.endswith(".csv") and path.read_bytes() != content:
            _put_away(path, folder / EARLIER / f"{path.stem} until {stamp}{path.suffix}")
        try:
            write_whole(path, content)
        except OSError as error:
            raise _not_replaced(path, error) from None


def _put_away(path: Path, kept: Path) -> None:
    """Move a table of an earlier export aside; two exports within a second, or a clock set back, lose none."""
    attempt, stem = 1, kept.stem
    while kept.exists():
        attempt += 1
        kept = kept.with_name(f"{stem} ({attempt}){kept.suffix}")
    try:
        kept.parent.mkdir(exist_ok=True)
        path.replace(kept)
    except OSError as error:
        raise _not_replaced(path, error) from None


def _not_replaced(path: Path, error: OSError) -> ProjectError:
    return ProjectError(
        f"The file “{path.name}” can't be replaced: {error.strerror or error}.",
        "Close it in Excel or whatever shows it, then export again.",
    )


def _readme(project: Project, unreadable: list[str], coordinates: bool) -> str:
    missing = "\n".join(f"  {line}" for line in unreadable)
    return (
        f"Matches of “{project.title}”, written by SpotID {__version__}.\n\n"
        "Each folder holds copies of the photographs of one individual; the originals are untouched.\n"
        "Photographs of animals that nobody has identified yet are listed in sightings.csv and not copied.\n"
        "When an answer is changed, the next export moves the copies; a photograph whose answer was taken back lies\n"
        f"in “{NO_LONGER}”. Tables that an export replaced lie in “{EARLIER}”.\n\n"
        f"{MATCHES_FILE}\n{tables.explained(tables.MATCHES)}\n\n"
        f"{METADATA_FILE}\n  With it, this folder can be imported into another SpotID project as it is.\n"
        f"{tables.explained(tables.METADATA)}\n\n"
        f"{SIGHTINGS_FILE}\n{tables.explained(tables.SIGHTINGS)}\n\n"
        f"{INDIVIDUALS_FILE}\n{tables.explained(tables.INDIVIDUALS)}\n\n"
        f"{places.readme(project.store, coordinates)}"
        f"Reading the tables\n{tables.READING}"
        + (f"\nThese photographs could not be copied:\n{missing}\n" if unreadable else "")
    )
