"""The stages *neighbours* and *points*: every sighting's look-alikes, then the best of them spot by spot."""

from __future__ import annotations

import hashlib
import io
import sqlite3
from collections import OrderedDict
from typing import Any

from spotid.match.fuse import fuse
from spotid.match.neighbours import nearest
from spotid.match.parts import Matcher, Points
from spotid.progress import Progress
from spotid.project import crops, shards, sightings
from spotid.project.candidates import Candidates
from spotid.project.files import write_whole
from spotid.project.folder import Project

LIST_BATCH = 200
MATES = 8  # look-alikes kept from the anchor's own visit
POINTS_IN_MEMORY = 4000  # about 100 kB each


def list_lookalikes(project: Project, encoder: shards.EncoderRow, settings: dict[str, Any], progress: Progress) -> None:
    """List every sighting's nearest vectors: so many of other visits, and the nearest of its own visit."""
    import numpy as np

    ids, vectors = shards.load(project.layout, project.store, encoder)
    progress.expect(len(ids))
    if len(ids) < 2:
        return
    visit_of: dict[int, int | None] = _pairs(
        project.store.all("SELECT sighting.id, visit FROM sighting JOIN media ON media.id = media_id")
    )
    visit = np.array([visit_of[one] or -one for one in ids], np.int64)
    photo_of: dict[int, int] = _pairs(project.store.all("SELECT id, media_id FROM sighting"))
    digest = hashlib.sha256(np.array(ids).tobytes() + visit.tobytes()).hexdigest()[:16]
    made_of = f"{encoder.identity} {digest} {settings['neighbours']}"
    members: dict[int, list[int]] = {}
    for index, number in enumerate(visit):
        members.setdefault(int(number), []).append(index)
    candidates = Candidates(project.layout)
    try:
        candidates.begin(made_of)
        have = candidates.have_lists()
        progress.step(len(have))
        queries = np.array([index for index, one in enumerate(ids) if one not in have], np.int64)
        batch: list[tuple[int, list[tuple[int, float, float, bool]]]] = []
        for query, found, scores in nearest(vectors, queries, settings["neighbours"], visit):
            entries = [(ids[int(i)], float(s), fuse(float(s), None), False) for i, s in zip(found, scores, strict=True)]
            mates = [m for m in members[int(visit[query])] if photo_of[ids[m]] != photo_of[ids[query]]]
            likeness = vectors[mates].astype(np.float32) @ vectors[query].astype(np.float32)
            order = np.argsort(-likeness, kind="stable")[:MATES]
            entries += [(ids[mates[int(i)]], float(likeness[i]), fuse(float(likeness[i]), None), True) for i in order]
            batch.append((ids[query], entries))
            if len(batch) == LIST_BATCH:
                candidates.keep_lists(batch)
                progress.step(len(batch))
                batch = []
        candidates.keep_lists(batch)
        progress.step(len(batch))
    finally:
        candidates.close()


def _pairs(rows: list[sqlite3.Row]) -> dict[int, Any]:
    return {row[0]: row[1] for row in rows}


class PointCache:
    """The spots of sightings: in memory while they last, else on disk, else extracted from the crop."""

    def __init__(self, project: Project, matcher: Matcher) -> None:
        self._project, self._matcher, self._recipe = project, matcher, matcher.identity()
        self._kept: OrderedDict[int, Points | None] = OrderedDict()

    def get(self, sighting_id: int) -> Points | None:
        """The spots of a sighting; None where its crop is lost."""
        if sighting_id in self._kept:
            self._kept.move_to_end(sighting_id)
            return self._kept[sighting_id]
        points = self._load(sighting_id)
        self._kept[sighting_id] = points
        if len(self._kept) > POINTS_IN_MEMORY:
            self._kept.popitem(last=False)
        return points

    def _load(self, sighting_id: int) -> Points | None:
        import numpy as np

        row = self._project.store.one(f"{sightings.FACTS} WHERE sighting.id = ?", sighting_id)
        assert row is not None, "sightings are never deleted"
        path = self._project.layout.points(row["uid"], f"{row['recipe']}-{self._recipe}")
        try:
            with np.load(path, allow_pickle=False) as stored:
                return Points(stored["xy"], stored["size"], stored["angle"], stored["descriptor"])
        except (OSError, ValueError, KeyError, EOFError):
            pass
        crop = crops.load(self._project.layout, row)
        if crop is None:
            crops.make_again(self._project.store, sighting_id)
            return None
        points = self._matcher.extract(*crop)
        buffer = io.BytesIO()
        np.savez(buffer, xy=points.xy, size=points.size, angle=points.angle, descriptor=points.descriptor)
        write_whole(path, buffer.getvalue())
        return points


def check_lookalikes(project: Project, matcher: Matcher, depth: int, progress: Progress) -> None:
    """Compare every sighting with the ``depth`` best of its list spot by spot; both kinds of evidence order it then."""
    matcher.load()
    identity = matcher.identity()
    cache = PointCache(project, matcher)
    candidates = Candidates(project.layout)
    try:
        candidates.begin_checks(f"{identity} {depth}")
        anchors = sorted(candidates.have_lists())
        ranked = candidates.have_ranked()
        progress.expect(len(anchors))
        progress.step(len(ranked))
        for anchor in anchors:
            if anchor in ranked:
                continue
            fresh: list[tuple[int, int, float, int]] = []
            scores: list[tuple[int, float, int, float]] = []
            for candidate, likeness in candidates.short_list(anchor, depth):
                known = candidates.checked(anchor, candidate, identity)
                if known is None:
                    a, b = cache.get(min(anchor, candidate)), cache.get(max(anchor, candidate))
                    if a is None or b is None:
                        continue
                    result = matcher.compare(a, b)
                    known = (result.score, len(result.pairs))
                    fresh.append((anchor, candidate, *known))
                scores.append((candidate, *known, fuse(likeness, known[0])))
            candidates.keep_checked(identity, anchor, fresh, scores)
            progress.step()
    finally:
        candidates.close()
