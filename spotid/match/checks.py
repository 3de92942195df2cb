"""The stage *points*: every sighting's rare spots asked of all others, then the best pairs compared spot by spot."""

from __future__ import annotations

from datetime import datetime

from spotid.match.adapted import adapted
from spotid.match.blending import blend_lists, note_parts
from spotid.match.chance import refit
from spotid.match.comparing import compare_best, sides_of
from spotid.match.learnt import Through, through
from spotid.match.located import relearn, whereabouts_of
from spotid.match.order_lists import order_lists
from spotid.match.parts import Matcher
from spotid.match.places import places_of
from spotid.match.seen import Seen, seen
from spotid.match.several import Several, members_of
from spotid.match.votes import cast_votes
from spotid.progress import Progress
from spotid.project import hand, shards
from spotid.project.candidates import Candidates
from spotid.project.folder import Project
from spotid.words import Stage

AFTER_A_YEAR = 0.75  # half of the chance, as the logarithm that evidence is
NEIGHBOURS_AT_PLACE = 12  # sightings of one place that are in a list in any case, nearest in time first


def check_lookalikes(
    project: Project,
    encoder: shards.EncoderRow,
    matcher: Matcher | Several,
    depth: int,
    padding: float,
    progress: Progress,
    fusion: str = "calibrated",
    adapt: bool = False,
) -> None:
    """Complete every list by votes, place and time, compare its best pairs spot by spot, and order it.

    ``depth`` of the most alike by embedding are among those; ``padding`` is the share of a box's sides that its crop
    has around it; ``fusion`` and ``adapt`` are as the settings say. Where only these, a place or a clock have
    changed, pairs compared before are not compared again.
    """
    matcher.load()
    ids, vectors = shards.load(project.layout, project.store, encoder)
    if len(ids) < 2:
        return
    sides = sides_of(project, members_of(matcher), padding)
    voting = next((side for side in sides if side.matcher.votes), None)
    candidates = Candidates(project.layout, encoder.scope)
    try:
        known = seen(project, ids, encoder.scope)
        where = whereabouts_of(project, known, fusion)
        candidates.begin_checks(f"{matcher.identity()} {depth}{'' if where is None else f' {where.digest()}'}")
        mixed = note_parts(candidates, encoder, [side.matcher for side in sides], len(ids))
        progress.expect(3 * len(ids))
        learnt = through(project, encoder, vectors, progress)
        if adapt:
            learnt.vectors, _ = adapted(project, learnt.named(encoder), known, learnt.vectors, progress)
        known.places = places_of(project, progress)
        if voting is not None:
            cast_votes(known, voting.cache, voting.matcher, candidates, progress)
        else:
            candidates.begin_votes("")
            progress.step(2 * len(ids))
        members = _members(known)
        ranked = candidates.have_ranked()
        file_of = "SELECT sighting.id, media.uid FROM sighting JOIN media ON media.id = sighting.media_id"
        files: dict[int, str] = {row[0]: row[1] for row in project.store.all(file_of)}
        for anchor in ids:
            if anchor not in ranked:
                with hand.holding(project, Stage.POINTS, [files[anchor]]):
                    near = set() if where is None else {ids[one] for one in where.near(known.row[anchor])}
                    _complete(anchor, known, members, learnt, candidates, near)
                    compare_best(anchor, sides, candidates, depth, near)
            progress.step()
        if where is not None:
            relearn(project, known, where)
        if mixed is not None:
            blend_lists(project, known, candidates, mixed, progress)
        order_lists(known, candidates, where, fusion, progress)
    finally:
        candidates.close()
    refit(project, encoder.scope)


def _complete(
    anchor: int,
    known: Seen,
    members: dict[int, list[int]],
    learnt: Through,
    candidates: Candidates,
    roaming: set[int],
) -> None:
    """Add to an anchor's list who shares rare spots with it and who was at its place, or near it, about that time."""
    row = known.row[anchor]
    opposite, side, here = known.opposite(row), known.side(row), known.places.get(int(known.visit[row]), {})
    votes = {one: value for one, value in candidates.votes_of(anchor).items() if one in known.row}
    listed = {entry.candidate for entry in candidates.list_of(anchor)} & known.row.keys()
    near = _nearest_in_time(known, anchor, [one for visit in sorted(here) for one in members[visit]])
    rows = []
    for one in sorted({*listed, *votes, *near, *roaming}):
        other = known.row[one]
        if known.visit[other] != known.visit[row]:
            alike = learnt.alike(other, row)
            place = here.get(int(known.visit[other]), 0.0) * fading(known.time[row], known.time[other])
            rows.append((one, alike, votes.get(one, 0.0), place, float(side[other]), bool(opposite[other])))
    candidates.add(anchor, rows)


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
