"""What the review page is told: a question with all that the screen shows beside it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from flask import url_for

from spotid.project import clips, flanks, jobrows, ledger, media, sightings
from spotid.project.given import reviewer_of
from spotid.review.between import hours_between, saying
from spotid.review.desk import Desk
from spotid.review.question import Asked, Question
from spotid.review.ways import Way
from spotid.review.ways.useful import MostUseful
from spotid.web.common import bench
from spotid.web.pictures import VIEWS
from spotid.words import Flank, JobState, Verdict

if TYPE_CHECKING:
    from spotid.match.calibrations import Calibrations
    from spotid.project.folder import Project

PREFETCHED, STRIP = 6, 8
SENTENCES = {
    "pair": "",
    "anchor_done": "All look-alikes of this picture are answered.",
    "all_done": "Nothing is left to ask. Export the result, or add photographs and run again.",
    "empty": "There is nothing to compare yet. Run the model first.",
}
AT_WORK = "SpotID is at work on the look-alikes. The first pairs can be compared as soon as they are listed."
# Why there is nothing to compare once a run has come to its end: telling a person to run it would lead in a circle.
NO_FILES = "No photograph was found. Is it the right folder? Pictures such as JPEG and clips such as MP4 are read."
NO_ANIMALS = "No animal was found in the photographs. Look through them, and draw a box where you see one."
NO_ALIKE = "The animals found so far look like no others. Add photographs, or draw boxes where animals were missed."
FILTERED = "Nothing is left to ask of the pictures that you chose. Take a filter away to go on."
DONE = {
    "second": "No animal waits for a second look: those seen on one visit only have had theirs.",
    "blind": "No answer waits for your second opinion. More are drawn as the work goes on.",
}


def kept(event: ledger.Event) -> dict[str, Any]:
    """An answer as the page confirms it."""
    return {"row": event.row, "uid": event.uid, "kind": event.kind, "at": event.at}


def told(desk: Desk, question: Question, asked: Asked) -> dict[str, Any]:
    """A question with all that the screen shows."""
    chances = bench().chances(desk.project.id) if question.offer else None
    with desk.lock:  # another window may be answering
        return _told(desk, question, asked, chances)


def _told(desk: Desk, question: Question, asked: Asked, chances: Calibrations | None) -> dict[str, Any]:
    project, offer = desk.project, question.offer
    way = desk.ways.find(asked.way)
    uids = [uid for uid in question.shown if uid]
    rows = sightings.many(project.store, uids)
    one, other = (rows.get(uid or "") for uid in question.shown)
    open_ = None if question.blind else offer
    known = chances.of(offer.profile) if chances and offer and not question.blind else None
    ahead = list(dict.fromkeys(way.ahead(asked, question)))[:PREFETCHED] if offer else []
    hours = hours_between(one["captured_at"], other["captured_at"]) if one and other else None
    return {
        "state": question.state,
        "sentence": _sentence(project, question, asked),
        "way": asked.way,
        "ways": [_way(desk, name, asked) for name in desk.ways.names()],
        "filters": asked.filters.told(),
        "anchor": sighting(desk, one, question.blind),
        "comparison": sighting(desk, other, question.blind),
        "rank": question.rank,
        "of": question.of,
        "score": open_.score if open_ else None,
        # The vectors' likeness is no probability and misleads beside the spots: it is told only where these are not.
        "likeness": max(0.0, min(1.0, open_.likeness)) if open_ and open_.spots is None else None,
        "spots": open_.spots if open_ else None,
        # Fitted to drawn animals it is far too low on photographs: told, and kept with the answer, once it is earned.
        "chance": round(known.chance(open_), 3) if open_ and known and known.earned else None,
        "chance_by": known.label if known else None,
        "same_visit": open_.same_visit if open_ else False,
        "place": open_.place if open_ else 0.0,
        "days_between": None if hours is None else hours / 24,
        "same_station": bool(one and other and one["station"] and one["station"] == other["station"]),
        **_between(desk, *question.shown),
        # It is in the chance already; said by itself, since a person may know more of places and clocks.
        "located": round(open_.located, 2) if open_ and open_.located is not None else None,
        "located_says": saying(open_.located) if open_ else "",
        "joins": _joins(way, question),
        "flanks_compared": _flanks(desk, *question.shown),
        "progress": progress(desk, question, asked),
        "undo": _undo(desk, question.blind),
        "prefetch": [url_for("pictures.picture", project_id=project.id, uid=uid, view="crop") for uid in ahead],
        "next": ahead,
    }


def _sentence(project: Project, question: Question, asked: Asked) -> str:
    if question.state == "all_done":
        return FILTERED if asked.filters else DONE.get(asked.way, SENTENCES["all_done"])
    if question.state == "empty":
        job = bench().jobs.of(project)
        if job is not None and job.running and job.kind in ("run", "learn"):
            return AT_WORK
        run = jobrows.newest(project.store, "run")
        if run is not None and run["state"] == JobState.DONE:
            found = sightings.count(project.store)
            return NO_ALIKE if found else NO_ANIMALS if media.count(project.store) else NO_FILES
    return SENTENCES[question.state]


def _way(desk: Desk, name: str, asked: Asked) -> dict[str, Any]:
    way = desk.ways.find(name)
    return {"name": name, "label": way.label, "sentence": way.sentence, "left": way.left(asked)}


def _undo(desk: Desk, blind: bool) -> dict[str, Any] | None:
    """What would be taken back; blind, only a second opinion, since any other may be about the pair on the screen."""
    newest = ledger.newest_standing(desk.project.store)
    hidden = newest is None or (blind and newest.kind != Verdict.SECOND)
    return (
        None if newest is None or hidden else kept(newest) | {"reviewer": reviewer_of(desk.project.store, newest.uid)}
    )


def _joins(way: Way, question: Question) -> list[int] | None:
    """How many pictures a match would join with how many: why this is asked now, where that is the reason."""
    if not isinstance(way, MostUseful) or question.anchor is None or question.offer is None:
        return None
    return [*way.joins(question.anchor, question.offer.comparison)]


def _between(desk: Desk, one: str | None, other: str | None) -> dict[str, Any]:
    """The way between two sightings, how fast one animal would have been, and beyond which speed none is."""
    if one is None or other is None:
        return {"km_between": None, "kmh": None, "speed": "", "limit_kmh": None}
    found = desk.journeys.between(one, other)
    return {
        "km_between": None if found.km is None else round(found.km, 3),
        "kmh": None if found.kmh is None else round(found.kmh, 2),
        "speed": found.speed,
        "limit_kmh": found.limit,
    }


def _flanks(desk: Desk, one: str | None, other: str | None) -> str:
    """Whether the same sides are compared: where a side is not known it may be either, and all are compared."""
    ours, theirs = (desk.sides.side(uid or "").flank for uid in (one, other))
    if Flank.UNKNOWN in (ours, theirs) or one is None or other is None:
        return "unknown"
    return "opposite" if {ours, theirs} == {Flank.LEFT, Flank.RIGHT} else "same" if ours == theirs else "unknown"


def progress(desk: Desk, question: Question, asked: Asked) -> dict[str, Any]:
    """How much is answered, implied by answers, and left on this way."""
    head = desk.units.head(question.anchor or "")
    place = desk.queue.position(head)
    left = desk.ways.find(asked.way).left(asked)
    return {
        "answered": desk.identities.pair_answers,
        "implied": desk.queue.total.implied,
        "left": desk.queue.total.left if left is None else left,
        "left_out": desk.left_out,
        "seconds_each": round(desk.pace.seconds, 1),
        "seconds_left": round((desk.queue.total.left if left is None else left) * desk.pace.seconds),
        **_undiscovered(desk),
        "anchor_index": None if place is None else place + 1,
        "anchors": len(desk.queue.anchors),
        "individuals": desk.individuals,
        "conflicts": len(desk.identities.conflicts()),
    }


def _undiscovered(desk: Desk) -> dict[str, Any]:
    """How many matches wait, and before that can be said, which answers it takes."""
    found = desk.undiscovered()
    guess = found.estimate
    known = {"same": found.same, "different": found.different, "least": found.least}
    told = None if guess is None else {"low": guess.low, "best": guess.best, "high": guess.high}
    return {"undiscovered": told, "undiscovered_by": known}


def sighting(desk: Desk, row: sqlite3.Row | None, blind: bool = False) -> dict[str, Any] | None:
    """A sighting as the screen shows it; ``blind``: without anything that was said of who it is."""
    if row is None:
        return None
    uid = row["uid"]
    side = desk.sides.side(uid)
    known = None if blind else desk.identities.individual(uid)
    return {
        "uid": uid,
        "name": clips.shown_name(row["relpath"]),
        "path": row["relpath"],
        "clip": None if row["parent_id"] is None else {"media": row["media_uid"], "at": row["at_ms"] / 1000},
        "station": row["station"],
        "camera": row["camera"],
        "captured_at": row["captured_at"],
        "flank": side.flank.value,
        "flank_score": side.score,
        "flank_said": side.by == flanks.PERSON,
        "flank_reviewer": side.reviewer,
        "quality": row["quality"],
        "individual": None if known is None else desk.identities.code_of(known),
        "individual_name": None if known is None else desk.identities.name_of(known),
        "number": known,
        "individual_count": 1 if blind else len(desk.identities.group(uid)),
        "frames": [] if blind else [_frame(desk, one) for one in desk.units.frames(uid) if one != uid],
        "others": 0 if blind else desk.units.told_apart(uid),
        "strip": [] if known is None else _strip(desk, uid),
        "width": row["width"],
        "height": row["height"],
        "box": [row["x"], row["y"], row["w"], row["h"]],
        "views": [view for view in VIEWS if view != "thumb"] if row["recipe"] else ["original", "crop"],
    }


def _frame(desk: Desk, uid: str) -> dict[str, Any]:
    one = desk.seen[uid]
    flank = desk.sides.side(uid).flank.value
    return {"uid": uid, "captured_at": one.captured_at, "flank": flank, "quality": one.quality}


def _strip(desk: Desk, uid: str) -> list[dict[str, Any]]:
    """The best other pictures of a sighting's individual that show the same side; of all sides where it has none."""
    side = desk.sides.side(uid).flank
    others = [one for one in desk.identities.group(uid) if one != uid and one in desk.seen]
    if side is not Flank.UNKNOWN:
        others = [one for one in others if desk.sides.side(one).flank is side]
    others.sort(key=lambda one: (-(desk.seen[one].quality or 0.0), desk.seen[one].place))
    return [_frame(desk, one) | {"station": desk.seen[one].station} for one in others[:STRIP]]
