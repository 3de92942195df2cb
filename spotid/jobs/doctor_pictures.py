"""The pictures of a project: crops, cut-outs and pattern views, small pictures, and on request the originals."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from spotid.errors import PictureError
from spotid.intake.reader import small_picture
from spotid.jobs.finding import Finding, Visit, many, some
from spotid.project import clips, crops, media, seals, sightings
from spotid.project.aside import is_there
from spotid.project.files import sha256_of, write_whole
from spotid.words import MediaState, SightingState

PAGE = 1000
READ = (MediaState.READ, MediaState.ANIMAL, MediaState.NO_ANIMAL)
MADE = re.compile(r"[0-9a-f]{16}\.[\w-]+\.(jpg|webp|png)")


def steps(visit: Visit) -> int:
    """How many steps ``examine`` takes."""
    store = visit.project.store
    files = sum(media.count(store, state) for state in READ)
    return _cropped(visit) + files * (2 if visit.originals else 1)


def _cropped(visit: Visit) -> int:
    return sum(sightings.count(visit.project.store, state) for state in (SightingState.CROPPED, SightingState.EMBEDDED))


def examine(visit: Visit) -> Iterator[Finding]:
    """Findings about pictures."""
    yield from _views(visit)
    yield from _strangers(visit)
    yield from _small(visit)
    yield from _stills(visit)
    if visit.originals:
        yield from _originals(visit)


def _views(visit: Visit) -> Iterator[Finding]:
    store, layout = visit.project.store, visit.project.layout
    unsealed: list[tuple[str, int]] = []
    for state in (SightingState.CROPPED, SightingState.EMBEDDED):
        after = 0
        while rows := sightings.in_state(store, state, PAGE, after):
            after = rows[-1]["id"]
            kept = _seals(visit, [row["id"] for row in rows])
            for row in rows:
                visit.progress.step()
                if row["recipe"] is None and row["boxed_by"] == sightings.ORIGINAL:
                    continue  # it came as a crop, and the run has not come to it yet
                paths = seals.views(layout, row) if row["recipe"] else ()
                trouble = seals.trouble(paths, kept[row["id"]]) if paths else "lost"
                if trouble:
                    yield _view(visit, row, trouble)
                elif kept[row["id"]] is None:
                    unsealed.append((seals.of(*(path.read_bytes() for path in paths)), row["id"]))
    if visit.repair and unsealed:  # of a project made before there were seals
        with store.write() as connection:
            connection.executemany("UPDATE sighting SET seal = ? WHERE id = ?", unsealed)


def _seals(visit: Visit, ids: list[int]) -> dict[int, str | None]:
    rows = visit.project.store.all("SELECT id, seal FROM sighting WHERE id BETWEEN ? AND ?", ids[0], ids[-1])
    return {row["id"]: row["seal"] for row in rows}


def _view(visit: Visit, row: sqlite3.Row, trouble: str) -> Finding:
    what = f"The crop of sighting {row['uid']} ({row['relpath']}) is {trouble}"
    if _original(visit, row["media_id"]) is None:
        return Finding(f"{what}, and its original is not there to make it again.")
    if visit.repair:
        crops.make_again(visit.project.store, row["id"])
    return Finding(f"{what}.", visit.repair)


def _original(visit: Visit, media_id: int) -> Path | None:
    try:
        path = media.source_path(visit.project.store, media_id)
    except PictureError:
        return None
    return path if path.is_file() else None


def _strangers(visit: Visit) -> Iterator[Finding]:
    """Pictures of sightings, or of ways of cropping, that the project does not know; they only take room."""
    layout, store = visit.project.layout, visit.project.store
    rows = store.all("SELECT uid, recipe FROM sighting WHERE recipe IS NOT NULL")
    known = {f"{row['uid']}.{row['recipe']}" for row in rows}
    found, room = [], 0
    folders = (layout.root / "crops", layout.root / "cutouts", layout.cache / "pattern", layout.cache / "edges")
    for folder in folders:
        for inner, _, names in os.walk(folder):
            for name in names:
                if MADE.fullmatch(name) and name.rsplit(".", 1)[0] not in known:
                    found.append(Path(inner) / name)
                    room += found[-1].stat().st_size
    if found:
        if visit.repair:
            for path in found:
                path.unlink(missing_ok=True)
        pictures = many(len(found), "picture belongs", "pictures belong")
        yield Finding(f"{pictures} to no sighting and take {room / 1e6:,.1f} MB.", visit.repair)


def _small(visit: Visit) -> Iterator[Finding]:
    store, layout = visit.project.store, visit.project.layout
    bad: dict[str, list[str]] = {"lost": [], "damaged": []}
    mended, sealed = 0, list[tuple[str, int]]()
    for state in READ:
        after = 0
        while rows := media.in_state(store, state, PAGE, after):
            after = rows[-1]["id"]
            for row in rows:
                visit.progress.step()
                path = layout.small(row["uid"])
                trouble = seals.trouble([path], row["small_seal"])
                if trouble:
                    bad[trouble].append(row["relpath"])
                    mended += visit.repair and _small_again(visit, row, path, sealed)
                elif row["small_seal"] is None and visit.repair:
                    sealed.append((seals.of(path.read_bytes()), row["id"]))
    if sealed:
        with store.write() as connection:
            connection.executemany("UPDATE media SET small_seal = ? WHERE id = ?", sealed)
    total = sum(map(len, bad.values()))
    for trouble, names in bad.items():
        if names:
            said = {"lost": "missing", "damaged": "damaged"}[trouble]
            pictures = many(len(names), "small picture is", "small pictures are")
            yield Finding(f"{pictures} {said}: {some(names)}.", mended == total)


def _small_again(visit: Visit, row: sqlite3.Row, path: Path, sealed: list[tuple[str, int]]) -> bool:
    """Make a small picture again from an original that is still the one that was read."""
    original = _original(visit, row["id"])
    if original is None:
        return False
    about = original.stat()
    same = (about.st_size, about.st_mtime_ns) == (row["bytes"], row["modified_ns"])
    if not same and sha256_of(original) != row["sha256"]:
        return False
    try:
        content = small_picture(original, visit.small_side)
    except (PictureError, OSError, ValueError):
        return False
    write_whole(path, content)
    sealed.append((seals.of(content), row["id"]))
    return True


def _stills(visit: Visit) -> Iterator[Finding]:
    """Stills of clips that were lost: the run that follows a repair takes them out of their clips again."""
    lost = [row["relpath"].rsplit("/", 1)[-1] for rows in clips.lost(visit.project.store).values() for row in rows]
    if lost:
        pictures = many(len(lost), "still picture of a clip is", "still pictures of clips are")
        yield Finding(
            f"{pictures} missing: {some(lost)}. The next run takes them out of the clips again.", visit.repair
        )


def _originals(visit: Visit) -> Iterator[Finding]:
    """Read every original once more. Nothing is mended here: they are never written."""
    store = visit.project.store
    gone: dict[str, int] = {}
    for state in READ:
        after = 0
        while rows := media.in_state(store, state, PAGE, after):
            after = rows[-1]["id"]
            roots = {root: folder for root, folder in media.roots(store).items() if is_there(folder)}
            for row in rows:
                visit.progress.step()
                if row["kind"] == clips.STILL and _original(visit, row["id"]) is None:
                    continue  # told of already
                if row["root_id"] not in roots:
                    name = str(media.roots(store)[row["root_id"]])
                    gone[name] = gone.get(name, 0) + 1
                    continue
                path = _original(visit, row["id"])
                if path is None:
                    yield Finding(f"The original {row['relpath']} is gone.")
                    continue
                try:
                    if row["sha256"] and sha256_of(path) != row["sha256"]:
                        yield Finding(f"The original {row['relpath']} is not the file that was read.")
                except OSError as error:
                    yield Finding(f"The original {row['relpath']} can't be read: {error.strerror or error}.")
    for name, count in gone.items():
        yield Finding(f"The folder {name} with {many(count, 'original', 'originals')} is not there now.")
