"""Search again: after people have drawn boxes, the frames that nobody looked at and nothing hangs on."""

from __future__ import annotations

from spotid.project import frames
from spotid.project.folder import Project
from spotid.words import MediaState


def count(project: Project) -> int:
    """How many frames would be searched again."""
    return len(_open(project))


def queue(project: Project) -> int:
    """Put these frames back before the search; the next run searches them. Returns how many.

    Nothing is withdrawn here: a frame's sightings stay until the new search has its result (``frames.keep_search``),
    and frames that are answered in the meantime keep their boxes even then.
    """
    ids = _open(project)
    with project.store.write() as connection:
        connection.executemany(
            "UPDATE media SET state = ? WHERE id = ? AND state IN (?, ?)",
            [(MediaState.READ, media_id, MediaState.ANIMAL, MediaState.NO_ANIMAL) for media_id in ids],
        )
    return len(ids)


def _open(project: Project) -> list[int]:
    """Row ids of searched frames that no person answered and on whose sightings no standing answer hangs."""
    store = project.store
    said = frames.all_newest(store)
    answered = frames.answered_sightings(store.reader)
    held = {row["media_id"] for row in store.all("SELECT uid, media_id FROM sighting") if row["uid"] in answered}
    rows = store.all(
        "SELECT id, uid FROM media WHERE state IN (?, ?) ORDER BY id", MediaState.ANIMAL, MediaState.NO_ANIMAL
    )
    return [row["id"] for row in rows if row["uid"] not in said and row["id"] not in held]
