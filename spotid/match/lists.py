"""The stage *neighbours*: every sighting's look-alikes by embedding."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Any

from spotid.match.adapted import adapted
from spotid.match.learnt import through
from spotid.match.neighbours import nearest
from spotid.match.order import likely
from spotid.match.seen import seen
from spotid.progress import Progress
from spotid.project import shards
from spotid.project.candidates import Candidates
from spotid.project.folder import Project

LIST_BATCH = 200
MATES = 8  # look-alikes kept from the anchor's own visit


def list_lookalikes(project: Project, encoder: shards.EncoderRow, settings: dict[str, Any], progress: Progress) -> None:
    """List every sighting's nearest vectors: so many of other visits, and the nearest of its own visit.

    Vectors are put through the head that was learnt from answers, where one is in use, and with the setting ``adapt``
    through that of the survey's places and times.
    """
    import numpy as np

    ids, vectors = shards.load(project.layout, project.store, encoder)
    progress.expect(len(ids))
    if len(ids) < 2:
        return
    facts = {
        row["id"]: row
        for row in project.store.all(
            "SELECT sighting.id, visit, station_id, captured_at FROM sighting JOIN media ON media.id = media_id"
        )
    }
    visit = np.array([facts[one]["visit"] or -one for one in ids], np.int64)
    photo_of: dict[int, int] = _pairs(project.store.all("SELECT id, media_id FROM sighting"))
    # Lists are completed by who was at the same place about the same time: both may be put right by people.
    told = "\n".join(f"{facts[one]['station_id']} {facts[one]['captured_at']}" for one in ids)
    digest = hashlib.sha256(np.array(ids).tobytes() + visit.tobytes() + told.encode()).hexdigest()[:16]
    learnt = through(project, encoder, vectors, progress)
    vectors, encoder = learnt.vectors, learnt.named(encoder)
    made_of = f"{encoder.identity} {digest} {settings['neighbours']}"
    if settings.get("adapt"):
        vectors, head = adapted(project, encoder, seen(project, ids), vectors, progress)
        made_of += f" {head}" if head else ""
    members: dict[int, list[int]] = {}
    for index, number in enumerate(visit):
        members.setdefault(int(number), []).append(index)
    candidates = Candidates(project.layout, encoder.scope)
    try:
        candidates.forget_cut_anew(_recipes(project, ids))
        candidates.begin(made_of)
        have = candidates.have_lists()
        progress.step(len(have))
        queries = np.array([index for index, one in enumerate(ids) if one not in have], np.int64)
        batch: list[tuple[int, list[tuple[int, float, float, bool]]]] = []
        for query, found, cosines in nearest(vectors, queries, settings["neighbours"], visit):
            scores = learnt.likeness(cosines)
            entries = [
                (ids[int(i)], float(s), likely(0.0, float(s)), False) for i, s in zip(found, scores, strict=True)
            ]
            mates = [m for m in members[int(visit[query])] if photo_of[ids[m]] != photo_of[ids[query]]]
            likeness = learnt.likeness(vectors[mates].astype(np.float32) @ vectors[query].astype(np.float32))
            order = np.argsort(-likeness, kind="stable")[:MATES]
            entries += [(ids[mates[int(i)]], float(likeness[i]), likely(0.0, float(likeness[i])), True) for i in order]
            batch.append((ids[query], entries))
            if len(batch) == LIST_BATCH:
                candidates.keep_lists(batch)
                progress.step(len(batch))
                batch = []
        candidates.keep_lists(batch)
        progress.step(len(batch))
    finally:
        candidates.close()


def _recipes(project: Project, ids: list[int]) -> dict[int, str]:
    known = _pairs(project.store.all("SELECT id, recipe FROM sighting WHERE recipe IS NOT NULL"))
    return {one: known[one] for one in ids if one in known}


def _pairs(rows: list[sqlite3.Row]) -> dict[int, Any]:
    return {row[0]: row[1] for row in rows}
