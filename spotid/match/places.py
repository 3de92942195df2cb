"""Which visits show one place, as the pictures show it: folders may be sorted in any way."""

from __future__ import annotations

import sqlite3

import numpy as np

from spotid.errors import PictureError
from spotid.picture import pixels
from spotid.progress import Progress
from spotid.project import media
from spotid.project.folder import Project
from spotid.scenery import likenesses, signature

PER_VISIT = 3  # frames that stand for a visit, spread over it: an animal may hide the place in one
SMALL_SIDE = 640
LOOKED_AT = 40  # frames that agree most on the whole are compared block by block
VISITS_EACH_WAY = 20  # of a station, in order of time
BATCH = 256
# Of 276 pairs of frames of one camera and two visits 91 % reach a likeness of 0.48, of pairs of two cameras 0.7 %; the
# doubtful ones count in part.
DOUBTFUL, CERTAIN = 0.44, 0.58


def places_of(project: Project, progress: Progress) -> dict[int, dict[int, float]]:
    """Visit → other visits of the same place, and how surely, above 0 to 1; symmetric.

    Sightings without a visit have one of their own, numbered by minus their id. Two visits to a station of a table or
    of the files' own names are of one place for sure (those nearest in time); names of folders prove nothing, they may
    be the animals'.
    """
    frames, owner = _frames(project, progress)
    found = _of_stations(project)
    if not len(frames):
        return found
    flat = frames.reshape(len(frames), -1).astype(np.float32)
    for start in range(0, len(flat), BATCH):
        agreement = flat[start : start + BATCH] @ flat.T
        most = np.argsort(-agreement, axis=1, kind="stable")[:, :LOOKED_AT]
        for row, others in enumerate(most, start):
            degrees = np.clip((likenesses(frames[row], frames[others]) - DOUBTFUL) / (CERTAIN - DOUBTFUL), 0.0, 1.0)
            for other, degree in zip(owner[others].tolist(), degrees.tolist(), strict=True):
                mine = int(owner[row])
                if degree > 0 and other != mine:
                    for a, b in ((mine, other), (other, mine)):
                        known = found.setdefault(a, {})
                        known[b] = max(degree, known.get(b, 0.0))
        progress.step(0)
    return found


def _of_stations(project: Project) -> dict[int, dict[int, float]]:
    stations: dict[int, dict[int, None]] = {}  # in order of time
    for row in project.store.all(
        "SELECT sighting.id, visit, station_id FROM sighting JOIN media ON media.id = media_id"
        " WHERE sighting.state = 'embedded' AND station_by IN ('table', 'name') ORDER BY captured_at, media.id"
    ):
        stations.setdefault(row["station_id"], {})[row["visit"] or -row["id"]] = None
    found: dict[int, dict[int, float]] = {}
    for visits in map(list, stations.values()):
        for index, visit in enumerate(visits):
            for other in visits[index + 1 : index + 1 + VISITS_EACH_WAY]:
                found.setdefault(visit, {})[other] = 1.0
                found.setdefault(other, {})[visit] = 1.0
    return found


def _frames(project: Project, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
    """Signatures ``(n, blocks, values)`` float16 of the frames that stand for visits, and their visits ``(n,)``."""
    visits: dict[int, dict[int, sqlite3.Row]] = {}
    for row in project.store.all(
        "SELECT sighting.id, media.id AS media, media.uid, visit FROM sighting JOIN media ON media.id = media_id"
        " WHERE sighting.state = 'embedded' ORDER BY captured_at, media.id, sighting.id"
    ):
        visits.setdefault(row["visit"] or -row["id"], {}).setdefault(row["media"], row)
    found, owner = [], []
    for visit, rows in visits.items():
        for row in _few(list(rows.values())):
            shown = _signature(project, row)
            if shown is not None:
                found.append(shown)
                owner.append(visit)
        progress.step(0)
    return (np.stack(found) if found else np.empty((0, 0, 0), np.float16)), np.array(owner, np.int64)


def _few(rows: list[sqlite3.Row]) -> list[sqlite3.Row]:
    count = min(PER_VISIT, len(rows))
    return [rows[n * len(rows) // count] for n in range(count)]


def _signature(project: Project, row: sqlite3.Row) -> np.ndarray | None:
    path = project.layout.small(row["uid"])
    try:
        return signature(pixels(path if path.is_file() else media.source_path(project.store, row["media"]), SMALL_SIDE))
    except PictureError:
        return None
