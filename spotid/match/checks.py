"""The stage *points*: every sighting's rare spots asked of all others, then the best pairs compared spot by spot."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from spotid.match.cache import PointCache
from spotid.match.chance import refit
from spotid.match.order import Pairs, likely, scores
from spotid.match.parts import Matcher
from spotid.match.places import places_of
from spotid.match.seen import Seen, seen
from spotid.match.votes import cast_votes
from spotid.progress import Progress
from spotid.project import hand, shards
from spotid.project.candidates import Candidate, Candidates
from spotid.project.folder import Project
from spotid.words import Stage

COMPARED = 15  # of the sightings with most votes, compared spot by spot beside the most alike by embedding
AFTER_A_YEAR = 0.75  # half of the chance, as the logarithm that evidence is
NEIGHBOURS_AT_PLACE = 12  # sightings of one place that are in a list in any case, nearest in time first


def check_lookalikes(
    project: Project, encoder: shards.EncoderRow, matcher: Matcher, depth: int, padding: float, progress: Progress
) -> None:
    """Complete every list by votes and by place, compare its best pairs spot by spot, and order it.

    ``depth`` of the most alike by embedding are among those; ``padding`` is the share of a box's sides that its crop
    has around it.
    """
    matcher.load()
    ids, vectors = shards.load(project.layout, project.store, encoder)
    if len(ids) < 2:
        return
    cache = PointCache(project, matcher, padding)
    candidates = Candidates(project.layout)
    try:
        candidates.begin_checks(f"{matcher.identity()} {depth}")
        known = seen(project, ids)
        progress.expect(3 * len(ids))
        known.places = places_of(project, progress)
        cast_votes(known, cache, matcher, candidates, progress)
        members = _members(known)
        ranked = candidates.have_ranked()
        file_of = "SELECT sighting.id, media.uid FROM sighting JOIN media ON media.id = sighting.media_id"
        files: dict[int, str] = {row[0]: row[1] for row in project.store.all(file_of)}
        for anchor in ids:
            if anchor not in ranked:
                with hand.holding(project, Stage.POINTS, [files[anchor]]):
                    _complete(anchor, known, members, vectors, candidates)
                    _compare(anchor, cache, matcher, candidates, depth)
            progress.step()
        order_lists(known, candidates)
    finally:
        candidates.close()
    refit(project)


def _complete(
    anchor: int, known: Seen, members: dict[int, list[int]], vectors: np.ndarray, candidates: Candidates
) -> None:
    """Add to an anchor's list who shares rare spots with it and who was at its place about that time."""
    row = known.row[anchor]
    opposite, side, here = known.opposite(row), known.side(row), known.places.get(int(known.visit[row]), {})
    votes = {one: value for one, value in candidates.votes_of(anchor).items() if one in known.row}
    listed = {entry.candidate for entry in candidates.list_of(anchor)} & known.row.keys()
    near = _nearest_in_time(known, anchor, [one for visit in sorted(here) for one in members[visit]])
    rows = []
    for one in sorted({*listed, *votes, *near}):
        other = known.row[one]
        if known.visit[other] != known.visit[row]:
            alike = float(vectors[other].astype(np.float32) @ vectors[row].astype(np.float32))
            place = here.get(int(known.visit[other]), 0.0) * fading(known.time[row], known.time[other])
            rows.append((one, alike, votes.get(one, 0.0), place, float(side[other]), bool(opposite[other])))
    candidates.add(anchor, rows)


def _compare(anchor: int, cache: PointCache, matcher: Matcher, candidates: Candidates, depth: int) -> None:
    """Compare the best of an anchor's list spot by spot; pairs compared before are not compared again."""
    identity = matcher.identity()
    fresh: list[tuple[int, int, float, int]] = []
    kept: list[tuple[int, float | None, int | None, float]] = []
    full = candidates.list_of(anchor)
    chosen = _short(full, depth)
    for one in full:
        pair = candidates.checked(anchor, one.candidate, identity)
        if pair is None and one.candidate in chosen:
            a, b = cache.get(min(anchor, one.candidate)), cache.get(max(anchor, one.candidate))
            if a is None or b is None:
                continue
            try:
                result = matcher.compare(a, b)
            except Exception as error:  # the pair is ordered by its likeness alone
                cache.judge.fault(error)
                continue
            cache.judge.fine()
            pair = (result.score, len(result.pairs))
            fresh.append((anchor, one.candidate, *pair))
        local, spots = pair or (None, None)
        score = likely((local or 0.0) + one.votes, one.likeness, one.place, one.side)
        kept.append((one.candidate, local, spots, score))
    candidates.keep_checked(identity, anchor, fresh, kept)


def _members(known: Seen) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = {}
    for one, visit in zip(known.ids, known.visit.tolist(), strict=True):
        groups.setdefault(visit, []).append(one)
    return groups


def _nearest_in_time(known: Seen, anchor: int, others: list[int]) -> list[int]:
    """Of the sightings of other visits to a place, those just before and after the anchor."""
    others.sort(key=lambda one: (known.time[known.row[one]], one))
    at = sum(1 for one in others if (known.time[known.row[one]], one) < (known.time[known.row[anchor]], anchor))
    first = max(0, min(at - NEIGHBOURS_AT_PLACE // 2, len(others) - NEIGHBOURS_AT_PLACE))
    return others[first : first + NEIGHBOURS_AT_PLACE]


def fading(a: str, b: str) -> float:
    """What a common place counts, 1 for the same day down to ``AFTER_A_YEAR``; animals die and make room for others."""
    try:
        gap = abs(datetime.fromisoformat(a).replace(tzinfo=None) - datetime.fromisoformat(b).replace(tzinfo=None))
    except ValueError:
        return (1.0 + AFTER_A_YEAR) / 2.0
    return 1.0 - (1.0 - AFTER_A_YEAR) * min(1.0, gap.days / 365.0)


def _short(full: list[Candidate], depth: int) -> set[int]:
    """Who of a list is compared spot by spot: own visit, most votes, most alike, same place; opposite flanks never."""
    fit = [one for one in full if not one.opposite]
    mates = [one.candidate for one in fit if one.same_visit]
    others = [one for one in fit if not one.same_visit]
    voted = sorted((one for one in others if one.votes > 0), key=lambda one: (-one.votes, one.candidate))[:COMPARED]
    placed = [one.candidate for one in others if one.place > 0]
    return {*mates, *(one.candidate for one in voted), *placed, *(one.candidate for one in others[:depth])}


def order_lists(known: Seen, candidates: Candidates) -> None:
    """Score every pair with all lists in view."""
    rows = [row for row in candidates.every_row() if row["anchor"] in known.row and row["candidate"] in known.row]
    if not rows:
        return
    pairs = Pairs(
        count=len(known.ids),
        anchor=np.array([known.row[row["anchor"]] for row in rows], np.int64),
        candidate=np.array([known.row[row["candidate"]] for row in rows], np.int64),
        evidence=np.array([(row["local"] or 0.0) + row["votes"] for row in rows], np.float64),
        likeness=np.array([row["likeness"] for row in rows], np.float64),
        place=np.array([row["place"] for row in rows], np.float64),
        same_visit=np.array([row["same_visit"] for row in rows], bool),
        side=np.array([row["side"] for row in rows], np.float64),
    )
    result = scores(pairs, known.visit)
    candidates.keep_order(
        (float(score), row["anchor"], row["candidate"]) for score, row in zip(result, rows, strict=True)
    )
