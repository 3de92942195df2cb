"""Take over the answers that were given in another copy of a project, on another laptop: what is new is appended.

Answers are known by their uids, which browsers draw at random, so that two ledgers never need renumbering. What stands
after a merge is what stands in either ledger less what was taken back in either, whichever was merged into which.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spotid.errors import BadRequestError, NotFoundError, ProjectDamagedError, ProjectError
from spotid.project import flanks, ledger, salvage, schema
from spotid.project.folder import ID, TITLE, Project, check_own
from spotid.project.foreign_answers import equal, fault, object_of
from spotid.project.layout import Layout, looks_like_project
from spotid.project.look import Look
from spotid.project.store import BUSY_SECONDS, Store, now
from spotid.words import Verdict

ENOUGH = 0.5  # share of the answered sightings that must be known here: fewer, and it is another survey's folder
REASON = "before-merge"
MAGIC = b"SQLite format 3\0"


class OtherSurveyError(BadRequestError):
    """The other project is of other photographs, as far as one can tell; who is sure may merge all the same."""

    code = "other-survey"


@dataclass(frozen=True, slots=True)
class Other:
    """The ledger of another project, as it was read. ``paths``: sighting uid → its photograph, below its folder."""

    path: Path
    project_id: str
    title: str
    answers: Sequence[salvage.Row]
    paths: Mapping[str, str]
    sightings: frozenset[str]
    frames: int  # photographs in which people drew boxes there


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that is not taken over, and why."""

    row: int
    uid: str
    why: str


@dataclass
class Plan:
    """What a merge would do, row by row."""

    taken: list[salvage.Row] = field(default_factory=list)
    known: int = 0  # answers that are here already
    refused: list[Refused] = field(default_factory=list)
    unknown: list[salvage.Row] = field(default_factory=list)  # of ``taken``: about sightings that are not here
    answered: int = 0  # sightings that the other ledger speaks of
    answered_here: int = 0  # of them, known here

    @property
    def share(self) -> float:
        """Which share of the answered sightings is known here."""
        return self.answered_here / self.answered if self.answered else 1.0


def read(path: Path) -> Other:
    """Read another project's folder, or a backup's file, without changing anything there.

    Raises NotFoundError, NewerProjectError, ProjectDamagedError, or ProjectError for what is no SpotID database.
    """
    path = path.expanduser().absolute()
    database = path
    if path.is_dir():
        folder = path.parent if path.name == "embeddings" and looks_like_project(path.parent) else path
        layout = Layout(folder)
        if not looks_like_project(folder):
            raise NotFoundError(f"“{folder}” is not a SpotID project.", "Choose the project folder of the other one.")
        check_own(layout)
        database = layout.pending if layout.pending.is_file() else layout.database
    if not database.is_file():
        raise NotFoundError(f"There is no file “{database}”.", "Choose a project folder, or a backup's file.")
    with database.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise ProjectError(f"“{database.name}” is no SpotID database.", "Choose a project folder or a backup.")
    project_id, title = _about(database)
    found = salvage.read(database)
    if not found.whole:
        raise ProjectDamagedError(
            f"“{database.name}” is damaged, or no SpotID database; nothing was taken over.",
            "On the other laptop, use “Backup and check” to put a backup in its place; or choose a backup's file.",
        )
    frames = {row["media_uid"] for row in found.frames}
    known = frozenset(found.uids.values())
    return Other(path, project_id, title or path.stem, found.answers, found.paths, known, len(frames))


def _about(database: Path) -> tuple[str, str]:
    """The id and the title noted in a database. Raises as ``read`` does."""
    look = Look(database, copied=True)
    try:
        with contextlib.closing(look.connect(BUSY_SECONDS)) as connection:
            schema.check(connection, database)
            if schema.version(connection) == 0:
                raise ProjectError(f"“{database.name}” is no SpotID database.", "Choose a project folder or a backup.")
            rows = dict(connection.execute("SELECT name, value FROM note WHERE name IN (?, ?)", (ID, TITLE)).fetchall())
        return str(rows.get(ID, "")), str(rows.get(TITLE, ""))
    except (sqlite3.DatabaseError, OSError) as error:
        raise ProjectDamagedError(
            f"“{database.name}” can't be read ({error}); nothing was taken over.",
            "On the other laptop, use “Backup and check” to put a backup in its place; or choose a backup's file.",
        ) from None
    finally:
        look.close()


def plan(store: Store, other: Other) -> Plan:
    """Which of the other's answers are new here, which are known, and which can't be taken."""
    made = Plan()
    here = {row["uid"]: dict(row) for row in store.all("SELECT uid, kind, a, b, target, evidence FROM decision")}
    ours = {row["uid"] for row in store.all("SELECT uid FROM sighting")}
    answered: set[str] = set()
    coming: set[str] = set()
    not_taken: set[str] = set()
    for row in other.answers:
        about = {one for one in (row["a"], row["b"]) if isinstance(one, str)}
        answered |= about
        why = fault(row)
        known = here.get(row["uid"]) if not why else None
        if known is not None and not equal(known, row):
            why = "Another answer here has its number."
        elif not why and row["kind"] == Verdict.UNDO:
            if row["target"] in not_taken:
                why = "It takes back an answer that was not taken over."
            elif row["target"] not in here and row["target"] not in coming:
                why = "It takes back an answer that is not there."
        if why:
            made.refused.append(Refused(int(row["id"]), str(row["uid"])[:64], why))
            not_taken.add(row["uid"])
        elif known is not None:
            made.known += 1
        else:
            coming.add(row["uid"])
            made.taken.append(row)
            if about - ours:
                made.unknown.append(row)
    made.answered, made.answered_here = len(answered), len(answered & ours)
    return made


def write(
    project: Project,
    uid: str,
    other: Other,
    made: Plan,
    follow: Callable[[ledger.Event], ledger.Follows],
    code_of: Callable[[int], str],
    report: Callable[[], Mapping[str, Any]],
    after: int | None = None,
) -> Mapping[str, Any]:
    """Append the answers of a plan and all that follows from them, in one transaction; the report that was kept.

    ``follow`` is told each answer in order, as ``ledger.keep`` does; ``report`` is asked when all were followed, and
    gets the first and the last row added to it. Where anything fails, or the power goes, nothing has changed. Raises
    GrownError where there are answers here beyond the row ``after``.
    """
    whose: dict[str, int | None] = {}
    described: dict[int, Mapping[str, str]] = {}
    judged: set[str] = set()
    rows: list[int] = []
    with project.store.write() as connection:
        ledger.check_known(connection, after)
        for row in made.taken:
            event = _append(connection, row)
            rows.append(event.row)
            born, changed, facts = follow(event)
            connection.executemany(
                "INSERT INTO individual (number, code, born_of) VALUES (?, ?, ?)",
                [(number, code_of(number), event.row) for number in born],
            )
            whose |= changed
            described |= facts
            about = ledger.judged(connection, event)
            judged |= {about} if about is not None else set()
        ledger.write_identity(connection, whose)
        ledger.write_facts(connection, described)
        for sighting in sorted(judged):
            flanks.settle(connection, sighting)
        told = {**report(), "first_row": rows[0], "last_row": rows[-1]} if rows else dict(report())
        if connection.execute("SELECT 1 FROM ledger_merge WHERE uid = ?", (uid,)).fetchone() is not None:
            uid = str(uuid.uuid4())  # sent again after the reply was lost, and more was answered there meanwhile
        connection.execute(
            "INSERT INTO ledger_merge (uid, project_id, title, merged_at, taken, known, report)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (uid, other.project_id, other.title, now(), len(rows), made.known, json.dumps(told, ensure_ascii=False)),
        )
    return told


def _append(connection: sqlite3.Connection, row: Mapping[str, Any]) -> ledger.Event:
    cursor = connection.execute(
        "INSERT INTO decision (uid, kind, a, b, target, reviewer_id, made_at, seconds, evidence)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(row["uid"], row["kind"], row["a"], row["b"], row["target"]),
            *(ledger.reviewer_id(connection, row["reviewer"]), row["made_at"], row["seconds"], row["evidence"]),
        ),
    )
    return ledger.event_of(connection.execute("SELECT * FROM decision WHERE id = ?", (cursor.lastrowid,)).fetchone())


def merges(store: Store) -> list[dict[str, Any]]:
    """Earlier merges, newest first: when, from where, how many answers, and the report."""
    found = []
    for row in store.all("SELECT * FROM ledger_merge ORDER BY id DESC"):
        report = object_of(row["report"]) or {}
        found.append(
            {**{name: row[name] for name in ("title", "merged_at", "taken", "known", "uid")}, "report": report}
        )
    return found


def batches(store: Store) -> list[tuple[int, int]]:
    """First and last row of the answers of each merge, oldest first."""
    reports = [one["report"] for one in reversed(merges(store))]
    return [(int(one["first_row"]), int(one["last_row"])) for one in reports if "first_row" in one]


def waiting(store: Store) -> frozenset[str]:
    """The answers that were taken over although their pictures are not here: they count as soon as these are."""
    return frozenset(str(uid) for one in merges(store) for uid in one["report"].get("unknown_uids") or ())


def refuse_strangers(other: Other, made: Plan) -> None:
    """Raises OtherSurveyError where the other project is of other photographs, BadRequestError where it is empty."""
    if not other.answers:
        raise BadRequestError("Nobody has answered anything in that project.", "Choose the project folder once more.")
    if made.share < ENOUGH:
        raise OtherSurveyError(
            f"Only {made.answered_here:,} of the {made.answered:,} pictures that were answered there are in this"
            f" project, {made.share:.0%}; at least {ENOUGH:.0%} should be.",
            "Two projects fit where both were made from the same folder of photographs, chosen at the same level. If"
            " this is the right one all the same, say that you are sure; answers on other pictures are kept, and wait.",
        )
