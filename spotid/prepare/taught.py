"""What people's boxes teach the search: when there is enough to learn from, and where the learnt numbers are kept.

The numbers lie in the project's cache and can be made again from the answers at any time; how they are learnt, and when
nothing is, says ``lesson``.
"""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from spotid.boxes import Box
from spotid.progress import Progress
from spotid.project import aside, frames
from spotid.project.files import write_whole
from spotid.project.folder import Project

if TYPE_CHECKING:
    from spotid.prepare.detectors.layered import Layered, Lessons
    from spotid.prepare.lesson import Choice, Study

NEEDED = 5  # drawn boxes from which on something is learnt
RECIPE = "taught 1"
MOST = 240  # frames learnt from, the newest; one costs about 0.2 s


@runtime_checkable
class Teachable(Protocol):
    """A detector that takes lessons."""

    def teach(self, lessons: Lessons) -> None:
        """Use these lessons from now on."""
        ...


@dataclass(frozen=True, slots=True)
class TeachingStatus:
    """How far the teaching is. ``learnt``: frames in the numbers now used."""

    frames: int
    boxes: int
    empty: int
    needed: int
    ready: bool
    learnt: int
    sentence: str


def status(project: Project) -> TeachingStatus:
    """How many frames people answered and whether that is enough; SQL only."""
    said = frames.all_newest(project.store)
    boxes = sum(len(answer.boxes) for answer in said.values())
    empty = sum(not answer.boxes for answer in said.values())
    learnt = int(_kept(taught_file(project)).get("frames", 0))
    needed = max(0, NEEDED - boxes)
    drawn = "1 box drawn" if boxes == 1 else f"{boxes} boxes drawn"
    sentence = (
        f"{drawn}; from {NEEDED} on the search learns from them."
        if needed
        else f"{drawn}, {empty} frames called empty. The next search learns from them."
    )
    return TeachingStatus(len(said), boxes, empty, needed, not needed, learnt, sentence)


def taught_file(project: Project) -> Path:
    """Where the learnt numbers lie; remakeable from the answers."""
    return project.layout.cache / "taught.npz"


def lessons(project: Project, detector: Any, settings: dict[str, Any], progress: Progress) -> Lessons:
    """The lessons of a project: from the cache where nothing was answered since, else learnt anew (seconds)."""
    from spotid.prepare import lesson
    from spotid.prepare.detectors.layered import Lessons

    said = frames.all_newest(project.store)
    known = {uid: answer.boxes for uid, answer in said.items()}
    if sum(len(boxes) for boxes in known.values()) < NEEDED:
        return Lessons(known)
    detector.teach(Lessons())
    made_of = _digest(known, detector.identity())
    path = taught_file(project)
    kept = _read(path, known) if _kept(path).get("made_of") == made_of else None
    if kept is None:
        progress.step(0, f"Learning from {len(known)} frames that people looked at.")
        newest = sorted(said.values(), key=lambda answer: (answer.made_at, answer.uid))[-MOST:]
        studies = _studies(project, detector, {answer.media_uid for answer in newest}, known, settings)
        choice = lesson.choose(studies, detector.judges())
        _write(path, choice, made_of, len(studies))
        kept = Lessons(known, choice.judges if choice.strength else {}, choice.keep, choice.eye)
    return kept


def _studies(
    project: Project,
    detector: Layered,
    wanted: set[str],
    known: Mapping[str, tuple[Box, ...]],
    settings: dict[str, Any],
) -> list[Study]:
    from spotid.prepare import lesson
    from spotid.prepare.detectors import layered
    from spotid.prepare.find import load_frame, station_frames

    by_station: dict[int | None, list[sqlite3.Row]] = {}
    for row in project.store.all(
        "SELECT media.*, station.name AS station FROM media LEFT JOIN station ON station.id = media.station_id"
        " ORDER BY station_id, media.id"
    ):
        if row["uid"] in wanted:
            by_station.setdefault(row["station_id"], []).append(row)
    found, judge = [], aside.Judge()
    for station, rows in by_station.items():
        pool = {frame.uid: frame for frame in station_frames(project, station, settings)}
        for row in rows:
            frame = load_frame(project, row, settings)
            if frame is not None:
                # The frame itself is judged as if nobody had looked at it; what is known of the others counts.
                detector.teach(layered.Lessons({uid: boxes for uid, boxes in known.items() if uid != frame.uid}))
                try:
                    study = lesson.study_of(detector, frame, pool, known[frame.uid], f"{station} {row['visit']}")
                except Exception as error:  # nothing is learnt from this frame
                    judge.fault(error)
                    continue
                judge.fine()
                found.append(study)
    return found


def _digest(known: Mapping[str, tuple[Box, ...]], detector: str) -> str:
    from spotid.prepare import lesson

    numbers = [RECIPE, NEEDED, MOST, *(getattr(lesson, name) for name in sorted(dir(lesson)) if name.isupper())]
    text = repr((detector, numbers, sorted((uid, *map(repr, boxes)) for uid, boxes in known.items())))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write(path: Path, choice: Choice, made_of: str, count: int) -> None:
    import numpy as np

    notes = {
        "made_of": made_of,
        "frames": count,
        "keep": choice.keep,
        "strength": choice.strength,
        "gain": round(choice.gain, 4),
    }
    buffer = io.BytesIO()
    tables = {name: judge.stacked() for name, judge in choice.judges.items()} if choice.strength else {}
    if choice.eye is not None:
        tables["eye"] = choice.eye.stacked()
    np.savez(buffer, allow_pickle=False, **tables)
    write_whole(path, buffer.getvalue())
    write_whole(path.with_suffix(".json"), json.dumps(notes).encode())


def _read(path: Path, known: Mapping[str, tuple[Box, ...]]) -> Lessons | None:
    """The lessons kept in a file; None where it is damaged."""
    import zipfile

    import numpy as np

    from spotid.prepare.detectors.chance import Judge
    from spotid.prepare.detectors.eye import Eye
    from spotid.prepare.detectors.layered import Lessons

    try:
        with np.load(path, allow_pickle=False) as stored:
            judges = {name: Judge.of(stored[name]) for name in stored.files if name != "eye"}
            taught_eye = Eye.of(stored["eye"]) if "eye" in stored.files else None
        return Lessons(known, judges, float(_kept(path)["keep"]), taught_eye)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _kept(path: Path) -> dict[str, Any]:
    """The notes beside the learnt numbers; empty where there are none."""
    try:
        notes = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        return dict(notes) if path.is_file() else {}
    except (OSError, ValueError):
        return {}
