"""What people said of whole frames: the boxes they drew or accepted, and what follows for the frame's sightings."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from spotid.boxes import Box
from spotid.errors import BadRequestError, NotFoundError
from spotid.project import sightings
from spotid.project.folder import Project
from spotid.project.store import Store, now
from spotid.words import MediaState, SightingState

# A row whose uid begins like this takes a frame's first answer back: nobody has said anything of the frame again.
UNSAID = "undo0-"
PERSON = "person"  # sighting.boxed_by of a box that a person drew or accepted
SAME_BOX = 0.9  # intersection over union above which a box was only moved slightly: its sighting and answers stay
SMALLEST_SIDE = 0.005  # of the picture; smaller is a slip of the mouse
MOST_BOXES = 40
SEARCHABLE = (MediaState.READ, MediaState.ANIMAL, MediaState.NO_ANIMAL)


@dataclass(frozen=True, slots=True)
class FrameAnswer:
    """One answer about a frame. No boxes: the person saw no animal. ``uid`` comes from the browser."""

    uid: str
    media_uid: str
    boxes: tuple[Box, ...]
    reviewer: str = ""
    seconds: float | None = None
    made_at: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """What an answer changed. ``sightings`` has one uid per box, in the order given."""

    sightings: tuple[str, ...]
    made: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    answers: dict[str, int] = field(default_factory=dict)  # withdrawn uid -> standing answers that hang on it
    repeated: bool = False


def keep(store: Store, answer: FrameAnswer) -> None:
    """Append one answer; nothing else changes. Raises as ``apply`` does."""
    with store.write() as connection:
        _append(connection, _checked(answer))


def newest(store: Store, media_uid: str) -> FrameAnswer | None:
    """What was said last of a frame; None where nobody said anything or it was taken back."""
    row = store.one(f"{_NEWEST} WHERE media_uid = ? GROUP BY media_uid", media_uid)
    return None if row is None or row["uid"].startswith(UNSAID) else _answer(row)


def all_newest(store: Store) -> dict[str, FrameAnswer]:
    """The newest answer of every frame that a person answered, by the frame's uid, oldest first."""
    rows = store.all(f"{_NEWEST} GROUP BY media_uid ORDER BY 1")
    return {row["media_uid"]: _answer(row) for row in rows if not row["uid"].startswith(UNSAID)}


def live(store: Store, media_uid: str) -> list[sqlite3.Row]:
    """The present sightings of a frame: those that nobody has withdrawn."""
    return store.all(_LIVE, media_uid, SightingState.WITHDRAWN)


def at_stake(store: Store, media_uid: str, boxes: Sequence[Box]) -> dict[str, int]:
    """Sightings that these boxes would withdraw and that carry standing answers: uid -> how many answers."""
    stays = {row["uid"] for row in _matched(live(store, media_uid), boxes) if row is not None}
    gone = [row["uid"] for row in live(store, media_uid) if row["uid"] not in stays]
    return standing(store.reader, gone)


def standing(connection: sqlite3.Connection, uids: Sequence[str]) -> dict[str, int]:
    """How many answers that were not taken back hang on each of these sightings; those without any are left out."""
    counts = {
        uid: int(
            connection.execute(
                "SELECT COUNT(*) FROM decision WHERE (a = ? OR b = ?) AND uid NOT IN"
                " (SELECT target FROM decision WHERE kind = 'undo')",
                (uid, uid),
            ).fetchone()[0]
        )
        for uid in uids
    }
    return {uid: count for uid, count in counts.items() if count}


def apply(
    project: Project,
    media_uid: str,
    boxes: Sequence[Box],
    reviewer: str,
    answer_uid: str,
    *,
    seconds: float | None = None,
) -> Applied:
    """Keep what a person said of a frame and let its sightings follow, in one transaction.

    A box that a sighting of the frame overlaps by more than ``SAME_BOX`` keeps that sighting with its crop and answers
    (also one withdrawn before); every other box becomes a new sighting, which the next run crops; every other sighting
    is withdrawn, never deleted. The same ``answer_uid`` again changes nothing.

    Raises NotFoundError for an unknown frame and BadRequestError for boxes or numbers that make no sense.
    """
    answer = _checked(FrameAnswer(answer_uid, media_uid, tuple(boxes), reviewer, seconds))
    with project.store.write() as connection:
        frame = connection.execute("SELECT id, state FROM media WHERE uid = ?", (media_uid,)).fetchone()
        if frame is None:
            raise NotFoundError("This picture is not in this project.", "Reload the page.")
        if frame["state"] not in SEARCHABLE:
            raise BadRequestError("This picture has not been read yet.", "Run first; then draw its boxes.")
        if not _append(connection, answer):
            now_live = connection.execute(_LIVE, (media_uid, SightingState.WITHDRAWN)).fetchall()
            uids = tuple(row["uid"] for row in _matched(now_live, answer.boxes) if row is not None)
            return Applied(uids, repeated=True)
        return replace(connection, frame["id"], media_uid, [_drawn(box) for box in answer.boxes], PERSON)


def replace(
    connection: sqlite3.Connection,
    media_id: int,
    media_uid: str,
    boxes: Sequence[sightings.NewSighting],
    boxed_by: str,
) -> Applied:
    """Make ``boxes`` the boxes of a frame: nearly the same ones keep their sightings, the others are withdrawn."""
    rows = connection.execute(
        "SELECT * FROM sighting WHERE media_id = ? ORDER BY state = ?, id", (media_id, SightingState.WITHDRAWN)
    ).fetchall()
    matched = _matched(rows, [new.box for new in boxes])
    uids, made = [], []
    for new, row in zip(boxes, matched, strict=True):
        if row is None:
            uid = sightings.insert(connection, media_id, media_uid, new, boxed_by)
            made.append(uid)
        else:
            uid = row["uid"]
            connection.execute(_STAYS, (new.score, boxed_by, new.how, uid))
        uids.append(uid)
    gone = [row["uid"] for row in rows if row["state"] != SightingState.WITHDRAWN and row["uid"] not in uids]
    connection.executemany(
        "UPDATE sighting SET state = ? WHERE uid = ?", [(SightingState.WITHDRAWN, uid) for uid in gone]
    )
    state = MediaState.ANIMAL if uids else MediaState.NO_ANIMAL
    connection.execute(
        # Without a problem the detail is a remark, such as on the camera's clock: it stays.
        "UPDATE media SET state = ?, problem = NULL, problem_detail = CASE WHEN problem IS NULL THEN problem_detail END"
        " WHERE id = ?",
        (state, media_id),
    )
    return Applied(tuple(uids), tuple(made), tuple(gone), standing(connection, gone))


# The largest id of a group brings its whole row along (SQLite's rule for a bare column beside one MAX).
_NEWEST = (
    "SELECT MAX(frame_answer.id), frame_answer.*, reviewer.initials FROM frame_answer"
    " LEFT JOIN reviewer ON reviewer.id = frame_answer.reviewer_id"
)
_LIVE = (
    "SELECT sighting.* FROM sighting JOIN media ON media.id = media_id WHERE media.uid = ? AND sighting.state != ?"
    " ORDER BY sighting.id"
)
# A withdrawn sighting comes back to where it was: its crop and its numbers are still there.
_STAYS = """UPDATE sighting SET score = ?, boxed_by = ?, how = ?, state = CASE WHEN state != 'withdrawn' THEN state
  WHEN recipe IS NULL THEN 'detected' WHEN id IN (SELECT sighting_id FROM embedding) THEN 'embedded'
  ELSE 'cropped' END WHERE uid = ?"""


# What a detector tells along with a box counts as long as it tells it. Whom somebody else named keeps that name.
_TOLD = """UPDATE sighting SET species = ?1, species_by = CASE WHEN ?1 = '' THEN '' ELSE 'detector' END,
  species_score = CASE WHEN ?1 = '' THEN NULL ELSE ?2 END WHERE uid = ?3
  AND (species_by = 'detector' OR (?1 != '' AND species_by NOT IN ('person', 'recognitions')))"""


def _drawn(box: Box) -> sightings.NewSighting:
    return sightings.NewSighting(box, 1.0, PERSON)


def _matched(rows: Sequence[sqlite3.Row], boxes: Sequence[Box]) -> list[sqlite3.Row | None]:
    """For each box the sighting that is nearly the same, each at most once; earlier rows win among equals."""
    pairs = sorted(
        (
            (-box.iou(Box(row["x"], row["y"], row["w"], row["h"])), place, number)
            for number, box in enumerate(boxes)
            for place, row in enumerate(rows)
        ),
    )
    found: list[sqlite3.Row | None] = [None] * len(boxes)
    used: set[int] = set()
    for overlap, place, number in pairs:
        if -overlap > SAME_BOX and place not in used and found[number] is None:
            found[number] = rows[place]
            used.add(place)
    return found


def _checked(answer: FrameAnswer) -> FrameAnswer:
    boxes = tuple(box.clipped() for box in answer.boxes)
    if not answer.uid or len(answer.uid) > 100:
        raise BadRequestError("This answer has no number.", "Reload the page and draw again.")
    if len(boxes) > MOST_BOXES:
        raise BadRequestError(f"A frame can have {MOST_BOXES} boxes at most.")
    for number, box in enumerate(boxes):
        if not (box.w >= SMALLEST_SIDE and box.h >= SMALLEST_SIDE):  # false for "not a number" too
            raise BadRequestError("A box is too small to hold an animal.", "Draw it again, a little larger.")
        if any(box.iou(other) > SAME_BOX for other in boxes[:number]):
            raise BadRequestError("Two boxes lie on the same animal.", "Take one of them away.")
    return FrameAnswer(answer.uid, answer.media_uid, boxes, answer.reviewer.strip(), answer.seconds)


def _append(connection: sqlite3.Connection, answer: FrameAnswer) -> bool:
    """Add the row; False where it was kept before."""
    known = connection.execute("SELECT media_uid, boxes FROM frame_answer WHERE uid = ?", (answer.uid,)).fetchone()
    boxes = json.dumps([[round(side, 5) for side in (box.x, box.y, box.w, box.h)] for box in answer.boxes])
    if known is not None:
        if (known["media_uid"], known["boxes"]) != (answer.media_uid, boxes):
            raise BadRequestError("An answer with this number was kept before, and it was another one.", "Reload.")
        return False
    connection.execute(
        "INSERT INTO frame_answer (uid, media_uid, boxes, reviewer_id, made_at, seconds) VALUES (?, ?, ?, ?, ?, ?)",
        (
            *(answer.uid, answer.media_uid, boxes, _reviewer(connection, answer.reviewer)),
            *(now(), answer.seconds),
        ),
    )
    return True


def _reviewer(connection: sqlite3.Connection, initials: str) -> int | None:
    if not initials:
        return None
    connection.execute("INSERT OR IGNORE INTO reviewer (initials) VALUES (?)", (initials,))
    return int(connection.execute("SELECT id FROM reviewer WHERE initials = ?", (initials,)).fetchone()[0])


def _answer(row: sqlite3.Row) -> FrameAnswer:
    boxes = tuple(Box(*map(float, sides)) for sides in json.loads(row["boxes"]))
    return FrameAnswer(row["uid"], row["media_uid"], boxes, row["initials"] or "", row["seconds"], row["made_at"])


def answered_sightings(connection: sqlite3.Connection) -> frozenset[str]:
    """The uids of all sightings on which a standing answer hangs."""
    rows = connection.execute(
        "SELECT a, b FROM decision WHERE kind != 'undo' AND uid NOT IN"
        " (SELECT target FROM decision WHERE kind = 'undo')"
    )
    return frozenset(uid for row in rows for uid in row if uid is not None)


def keep_search(store: Store, found: Iterable[tuple[int, Sequence[sightings.NewSighting]]], boxed_by: str) -> None:
    """Keep what the detector found in each file, in one transaction; a file without an animal goes to that shelf.

    What people said counts more: a frame that a person answered gets the person's boxes, and one on whose sightings
    answers hang keeps those. Sightings of an earlier search that are not found again are withdrawn.
    """
    with store.write() as connection:
        answered = answered_sightings(connection)
        for media_id, boxes in found:
            row = connection.execute("SELECT uid FROM media WHERE id = ?", (media_id,)).fetchone()
            said = connection.execute(f"{_NEWEST} WHERE media_uid = ? GROUP BY media_uid", (row["uid"],)).fetchone()
            if said is not None and not said["uid"].startswith(UNSAID):
                drawn = [_drawn(box) for box in _answer(said).boxes]
                replace(connection, media_id, row["uid"], drawn, PERSON)
                continue
            present = connection.execute("SELECT uid, state FROM sighting WHERE media_id = ?", (media_id,)).fetchall()
            if any(one["uid"] in answered and one["state"] != SightingState.WITHDRAWN for one in present):
                connection.execute("UPDATE media SET state = ? WHERE id = ?", (MediaState.ANIMAL, media_id))
            else:
                kept = replace(connection, media_id, row["uid"], boxes, boxed_by).sightings
                told = [(new.species, new.score, uid) for new, uid in zip(boxes, kept, strict=True)]
                connection.executemany(_TOLD, told)
