"""Files that are looked at again: put aside for a reason that may have passed, or changed since they were searched."""

from __future__ import annotations

from spotid.project.frames import UNSAID
from spotid.project.store import Store
from spotid.words import MediaState, Problem, SightingState

# What may be well at the next run without the file having changed. A file that took the program along is not among
# them: a person says when that one is tried again.
PASSING = (Problem.UNREADABLE, Problem.NO_DECODER, Problem.CLIP_NO_READER, Problem.CHANGING, Problem.UNEXPECTED)


def try_again(store: Store, root: int) -> int:
    """Queue the files of a folder, and the sightings, that were put aside for a passing reason. Returns how many."""
    marks = ",".join("?" * len(PASSING))
    with store.write() as connection:
        files = connection.execute(
            "UPDATE media SET state = ?, problem = NULL, problem_detail = NULL"
            f" WHERE root_id = ? AND state = ? AND problem IN ({marks})",
            (MediaState.FOUND, root, MediaState.PROBLEM, *PASSING),
        ).rowcount
        sightings = connection.execute(
            "UPDATE sighting SET state = ?, problem = NULL WHERE state = ? AND COALESCE(problem, '') != ?"
            " AND media_id IN (SELECT id FROM media WHERE root_id = ? AND state IN (?, ?))",
            (
                *(SightingState.DETECTED, SightingState.PROBLEM, Problem.CRASHED.sentence),
                *(root, MediaState.ANIMAL, MediaState.FOUND),
            ),
        ).rowcount
    return int(files + sightings)


def anything_hangs(store: Store, media_id: int) -> bool:
    """Whether more than a bare box was made of what a file showed: crops, vectors, or what a person said of it."""
    made = store.value(
        "SELECT 1 FROM sighting WHERE media_id = ? AND state != ? AND recipe IS NOT NULL LIMIT 1",
        *(media_id, SightingState.WITHDRAWN),
    )
    said = store.value(
        "SELECT uid FROM frame_answer WHERE media_uid = (SELECT uid FROM media WHERE id = ?) ORDER BY id DESC LIMIT 1",
        media_id,
    )
    return made is not None or (said is not None and not str(said).startswith(UNSAID))


def start_anew(store: Store, media_id: int) -> None:
    """Take the boxes of a file that shows something else now away; its next search makes new ones."""
    with store.write() as connection:
        connection.execute(
            "UPDATE sighting SET state = ? WHERE media_id = ? AND state != ?",
            (SightingState.WITHDRAWN, media_id, SightingState.WITHDRAWN),
        )
