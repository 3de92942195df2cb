"""Read one photograph: what it is, when and where it was taken, and a small upright picture of it."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from spotid.intake import clock, exif, stations
from spotid.picture import fault, open_file, upright, upright_size
from spotid.project import aside, changed, clips, media, seals
from spotid.project.filenames import on_disk
from spotid.project.files import sha256_of
from spotid.project.folder import Project
from spotid.project.inside import original
from spotid.words import Problem

if TYPE_CHECKING:
    from PIL import Image

SMALL_QUALITY = 85
SAME_MOST, SAME_MEAN = 8.0, 0.25  # grey values by which two decodings of one picture may differ


class Reader:
    """Reads the files of one project; ``level`` and ``known`` say how a file's station is found."""

    def __init__(self, project: Project, level: str, known: frozenset[str], side: int) -> None:
        self._project, self._level, self._known, self._side = project, level, known, side

    def read(self, row: sqlite3.Row, root: Path) -> media.Facts:
        """The facts of a file found; its small picture is on the disk then.

        Raises PictureError for a file that can't be used, and whatever else a damaged file makes a library raise.
        """
        path = self._path(row, root)
        before = _seen(path)
        with open_file(path) as picture:
            size = upright_size(picture)
            notes = exif.camera_notes(picture)
            small = upright(picture, self._side)
        digest = sha256_of(path)
        if _seen(path) != before:
            raise fault(Problem.CHANGING)
        captured_at = notes.captured_at or clock.from_name(path.name)
        if row["sha256"] not in (None, digest):
            self._check_same(row, path, captured_at, size)
        content = _encoded(small)
        aside.keep_file(self._project.layout.small(row["uid"]), content)
        # Of a still its clip tells the station (see ``project.clips``).
        still = row["kind"] == clips.STILL
        where = (
            stations.Place("", "") if still else stations.place(row["relpath"], self._level, notes.serial, self._known)
        )
        doubtful = notes.told if captured_at is None else None
        return media.Facts(
            media_id=row["id"],
            sha256=digest,
            width=size[0],
            height=size[1],
            captured_at=captured_at,
            time_source="exif" if notes.captured_at else "name" if captured_at else doubtful and clock.doubt(doubtful),
            station=where.station or None,
            camera=where.camera,
            make=notes.make,
            model=notes.model,
            serial=notes.serial,
            station_by=where.by,
            remark=clock.remark(doubtful) if doubtful else None,
            seen=before,
            small_seal=seals.of(content),
            clock_at=captured_at or doubtful,
            gps=notes.gps,
        )

    def _path(self, row: sqlite3.Row, root: Path) -> Path:
        """Where the file lies; what can't even be looked at says so itself."""
        path = root / on_disk(row["relpath"])
        path.lstat()  # raises what the system says, of a name that is too long for instance
        if path.is_symlink() and not path.exists():
            raise fault(Problem.DEAD_LINK)
        return original(root, on_disk(row["relpath"]))

    def _check_same(self, row: sqlite3.Row, path: Path, captured_at: str | None, size: tuple[int, int]) -> None:
        """Raises PictureError where a file in which something was found before shows another picture now.

        A program that writes tags or a comment changes the file and not the picture: that is no other photograph. Cards
        copied into one folder, where each holds an ``IMG_0001.JPG``, are what this is for.
        """
        if not changed.anything_hangs(self._project.store, row["id"]):
            changed.start_anew(self._project.store, row["id"])
        elif not self._shows_the_same(row, path, captured_at, size):
            raise fault(Problem.REPLACED)

    def _shows_the_same(self, row: sqlite3.Row, path: Path, captured_at: str | None, size: tuple[int, int]) -> bool:
        import numpy as np
        from PIL import Image

        if size != (row["width"], row["height"]):
            return False
        try:
            with Image.open(self._project.layout.small(row["uid"]), formats=("JPEG",)) as kept:
                before = np.asarray(kept.convert("RGB"), np.float32)
        except (OSError, ValueError):  # the cache was emptied: the time is all that is left to compare
            return captured_at is not None and captured_at == row["clock_at"]
        with open_file(path) as picture:
            small = upright(picture, max(before.shape[:2]))
        with Image.open(io.BytesIO(_encoded(small))) as again:
            now = np.asarray(again.convert("RGB"), np.float32)
        apart = np.abs(now - before) if now.shape == before.shape else np.full(1, np.inf)
        return bool(apart.max() <= SAME_MOST and apart.mean() <= SAME_MEAN)


def small_picture(path: Path, side: int) -> bytes:
    """The small upright picture of a file, as ``read`` keeps it. Raises as ``read`` does."""
    with open_file(path) as picture:
        return _encoded(upright(picture, side))


def _seen(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_size, about.st_mtime_ns


def _encoded(small: Image.Image) -> bytes:
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=SMALL_QUALITY)
    return buffer.getvalue()
