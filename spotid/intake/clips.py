"""The stage *clips*: every clip found gives a few still pictures, which go on like photographs.

The stills of a clip are written one by one, each whole or not at all, and become rows together with the clip's own
facts in one transaction: a run that was stopped in the middle of a clip begins that clip again. What was taken once is
never decided anew: stills that were lost from the disk are made again at the very moments that they had.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from spotid.intake import film, stations
from spotid.picture import fault
from spotid.progress import Progress
from spotid.project import aside, changed, clips, collections, hand, media, notes
from spotid.project.filenames import on_disk, shown
from spotid.project.files import sha256_of
from spotid.project.folder import Project
from spotid.project.inside import inside, original
from spotid.words import Problem, Stage

STATION_LEVEL = "station_level"
THREADS = 2  # decoding in more is little faster and holds more frames in memory
TOLD_EVERY_S = 10.0  # of a clip, between two looks at whether a person asks to stop
LONGEST_NAME = 60  # letters of a clip's name in the names of its stills
_ODD = re.compile(r"[^\w.() -]|[. ]+$")


def take_stills(project: Project, settings: dict[str, Any], progress: Progress) -> None:
    """Take the stills out of every clip found, and make those again that are no longer on the disk.

    A clip that can't be used is put aside with its reason. Clips of a folder that is not there wait for it.
    """
    store = project.store
    frames = project.path / media.FRAMES
    for root in (root for root, folder in media.roots(store).items() if folder == frames):
        changed.try_again(store, root)
    roots = {root: folder for root, folder in media.roots(store).items() if aside.is_there(folder)}
    lost = clips.lost(store)
    if lost:
        clips.queue_again(store, lost, list(roots))
    taker = _Taker(project, notes.get(store, STATION_LEVEL, stations.AUTO), progress, lost)
    judge = aside.Judge()
    progress.expect(clips.count_waiting(store))
    after = 0
    while rows := clips.waiting(store, settings["batch"], after):
        after = rows[-1]["id"]
        for row in rows:
            if row["root_id"] in roots:
                with hand.holding(project, Stage.CLIPS, [row["uid"]]):
                    _take_one(project, row, roots[row["root_id"]], taker, judge)
            progress.step()


def _take_one(project: Project, row: sqlite3.Row, root: Path, taker: _Taker, judge: aside.Judge) -> None:
    try:
        taker.take(row, root)
    except Exception as error:
        reason = judge.fault(error, root)
        media.put_aside(project.store, row["id"], reason.problem, str(reason))
    else:
        judge.fine()


class _Taker:
    """Takes the stills of one clip after the other."""

    def __init__(self, project: Project, level: str, progress: Progress, lost: dict[int, list[sqlite3.Row]]) -> None:
        self._project, self._level, self._progress, self._lost = project, level, progress, lost
        self._known = media.station_names(project.store)
        self._individuals = collections.no_folder_stations(project.store)  # there folders name no stations

    def take(self, row: sqlite3.Row, root: Path) -> None:
        """Raises PictureError, Cancelled, and what a damaged clip makes the library raise."""
        store = self._project.store
        path = _path(row, root)
        before = _seen(path)
        digest = sha256_of(path)
        if row["seconds"] is not None and row["sha256"] == digest:  # read before: it decides nothing anew
            self._again(row, path)
            return
        kept = clips.stills_of(store, row["id"])
        if row["sha256"] not in (None, digest) and any(changed.anything_hangs(store, one["id"]) for one in kept):
            raise fault(Problem.REPLACED)
        folder, name = self._project.layout.frames(row["uid"]), _name(row["relpath"])
        watched = film.watch(path, folder, name=name, threads=THREADS, tell=self._told())
        if _seen(path) != before:
            raise fault(Problem.CHANGING)
        if row["sha256"] not in (None, digest):
            clips.start_anew(store, row["id"])
        _clear(folder, {still.path.name for still in watched.stills})
        clips.keep(store, self._facts(row, digest, before, watched.film), self._stills(watched.stills))

    def _told(self) -> Callable[[float], None]:
        heard = 0.0

        def tell(second: float) -> None:
            nonlocal heard
            if second >= heard + TOLD_EVERY_S:
                heard = second
                self._progress.step(0)

        return tell

    def _facts(self, row: sqlite3.Row, digest: str, seen: tuple[int, int], about: film.Film) -> clips.Facts:
        where = stations.place(row["relpath"], self._level, None, self._known)
        if where.by == "folder" and row["root_id"] in self._individuals:
            where = stations.Place("", "")
        began = about.began
        return clips.Facts(
            media_id=row["id"],
            sha256=digest,
            seen=seen,
            width=about.width,
            height=about.height,
            seconds=about.seconds,
            clock_at=began.moment if began.sure else began.told,
            captured_at=began.moment if began.sure else None,
            time_source="clip" if began.sure else began.source if began.told else None,
            station=where.station or None,
            camera=where.camera,
            station_by=where.by,
            make=about.make,
            model=about.model,
            remark=" ".join(text for text in (about.remark, began.remark) if text) or None,
        )

    def _stills(self, found: Sequence[film.Still]) -> list[clips.NewStill]:
        frames = self._project.path / media.FRAMES
        told = []
        for still in found:
            size, modified = _seen(still.path)
            told.append(clips.NewStill(still.ms, still.path.relative_to(frames).as_posix(), size, modified))
        return told

    def _again(self, row: sqlite3.Row, path: Path) -> None:
        """Make the lost stills of a clip that is what it was."""
        frames = self._project.path / media.FRAMES
        lost = {one["at_ms"]: one for one in self._lost.get(row["id"], ())}
        where = {moment: inside(frames / on_disk(one["relpath"]), frames) for moment, one in lost.items()}
        met = film.again(path, where, threads=THREADS) if where else set()
        made = [(lost[moment]["id"], *_seen(where[moment]), sha256_of(where[moment])) for moment in sorted(met)]
        clips.keep_again(self._project.store, row["id"], made)
        if made:
            self._progress.step(0, f"Made {len(made)} lost stills of {shown(path.name)} again.")


def _path(row: sqlite3.Row, root: Path) -> Path:
    path = root / on_disk(row["relpath"])
    path.lstat()  # raises what the system says, of a name that is too long for instance
    if path.is_symlink() and not path.exists():
        raise fault(Problem.DEAD_LINK)
    return original(root, on_disk(row["relpath"]))


def _name(relpath: str) -> str:
    """A clip's name as every disk takes it; the folder of its stills is the clip's own, so that it need not be one
    of a kind."""
    stem, dot, ending = relpath.rsplit("/", 1)[-1].rpartition(".")
    return f"{_ODD.sub('_', stem)[:LONGEST_NAME]}{dot}{_ODD.sub('_', ending)}"


def _seen(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_size, about.st_mtime_ns


def _clear(folder: Path, names: set[str]) -> None:
    """Take away what an earlier run left in the folder of a clip's stills."""
    if folder.is_dir():
        for entry in os.scandir(folder):
            if entry.name not in names and entry.is_file(follow_symlinks=False):
                Path(entry.path).unlink(missing_ok=True)
