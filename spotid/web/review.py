"""Review: the anchor beside its look-alikes, the answers, and undo."""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError
from spotid.project import flanks, ledger, sightings
from spotid.project.folder import Project
from spotid.review.desk import Desk, Question, code_of
from spotid.web.common import bench, body, number, shown, text
from spotid.web.pictures import VIEWS

if TYPE_CHECKING:
    from spotid.match.chance import Calibration

pages = Blueprint("review", __name__)

ANSWER_UID = re.compile(r"[0-9A-Za-z-]{8,64}")
AHEAD = 2  # how many of the following pairs the browser may fetch in advance
SENTENCES = {
    "pair": "",
    "anchor_done": "All look-alikes of this picture are answered.",
    "all_done": "Nothing is left to ask. Export the result, or add photographs and run again.",
    "empty": "There is nothing to compare yet. Run the model first.",
}


@pages.get("/project/<project_id>/review")
def review(project_id: str) -> ResponseReturnValue:
    """The page."""
    return render_template("review.html", project=shown(bench().project(project_id)))


@pages.get("/api/project/<project_id>/pair")
def pair(project_id: str) -> ResponseReturnValue:
    """What to ask: of the anchor given, or where the reviewer was."""
    desk = bench().desk(project_id)
    return jsonify(told(desk, desk.question(request.args.get("anchor") or None)))


@pages.post("/api/project/<project_id>/answers")
def answer(project_id: str) -> ResponseReturnValue:
    """Keep one answer; the reply says which row it is and what comes next."""
    content, desk = body(), bench().desk(project_id)
    event, repeated, question = desk.answer(
        _uid(content),
        text(content, "kind", longest=40),
        text(content, "a", longest=40),
        _named(content, "b"),
        seconds=number(content, "seconds"),
        evidence={"rank": number(content, "rank"), "score": number(content, "score")},
    )
    return jsonify(kept=kept(event), repeated=repeated, pair=told(desk, question))


@pages.post("/api/project/<project_id>/flank")
def flank(project_id: str) -> ResponseReturnValue:
    """Keep which side of the animal one of the two pictures shows; ``a`` and ``b`` are the pair on the screen."""
    content, desk = body(), bench().desk(project_id)
    event, repeated, question = desk.say_flank(
        _uid(content),
        text(content, "sighting", longest=40),
        text(content, "flank", longest=20),
        text(content, "a", longest=40),
        _named(content, "b"),
    )
    return jsonify(kept=kept(event), repeated=repeated, pair=told(desk, question))


@pages.post("/api/project/<project_id>/undo")
def undo(project_id: str) -> ResponseReturnValue:
    """Take the newest standing answer back."""
    desk = bench().desk(project_id)
    event, target, question = desk.undo(_uid(body()))
    undone = {"row": target.row, "kind": target.kind, "a": target.a, "b": target.b}
    return jsonify(kept=kept(event), undone=undone, pair=told(desk, question))


@pages.post("/api/project/<project_id>/anchor")
def anchor(project_id: str) -> ResponseReturnValue:
    """Go to the next or previous anchor with something to ask."""
    content, desk = body(), bench().desk(project_id)
    if content.get("move") not in ("next", "previous"):
        raise BadRequestError("Only next and previous are known here.")
    step = 1 if content["move"] == "next" else -1
    return jsonify(told(desk, desk.move(_named(content, "anchor"), step)))


def kept(event: ledger.Event) -> dict[str, Any]:
    """An answer as the page confirms it."""
    return {"row": event.row, "uid": event.uid, "kind": event.kind, "at": event.at}


def told(desk: Desk, question: Question) -> dict[str, Any]:
    """A question with all that the screen shows."""
    chances = bench().chances(desk.project.id) if question.offer else None
    with desk.lock:  # another window may be answering
        return _told(desk, question, chances)


def _told(desk: Desk, question: Question, chances: Calibration | None) -> dict[str, Any]:
    project, offer = desk.project, question.offer
    wanted = [uid for uid in (question.anchor, offer.comparison if offer else None) if uid]
    ahead = [o.comparison for _, o in desk.queue.open_offers(question.anchor)[1 : 1 + AHEAD]] if question.anchor else []
    rows = sightings.many(project.store, wanted + ahead)
    one = rows.get(question.anchor or "")
    other = rows.get(offer.comparison) if offer else None
    undo_row = ledger.newest_standing(project.store)
    return {
        "state": question.state,
        "sentence": SENTENCES[question.state],
        "anchor": sighting(desk, one),
        "comparison": sighting(desk, other),
        "rank": question.rank,
        "of": question.of,
        "score": offer.score if offer else None,
        # The vectors' likeness is no probability and misleads beside the spots: it is told only where these are not.
        "likeness": max(0.0, min(1.0, offer.likeness)) if offer and offer.spots is None else None,
        "spots": offer.spots if offer else None,
        "chance": round(chances.chance(offer), 3) if offer and chances else None,
        "chance_by": chances.label if chances else None,
        "same_visit": offer.same_visit if offer else False,
        "place": offer.place if offer else 0.0,
        "days_between": _days(one, other),
        "same_station": bool(one and other and one["station"] and one["station"] == other["station"]),
        "progress": progress(desk, question.anchor),
        "undo": {"row": undo_row.row, "kind": undo_row.kind} if undo_row else None,
        "prefetch": [_address(project, uid, "crop") for uid in ahead],
    }


def progress(desk: Desk, anchor_uid: str | None) -> dict[str, Any]:
    """How much is answered, implied by answers, and left."""
    total = desk.queue.total
    place = desk.queue.position(anchor_uid or "")
    return {
        "answered": desk.identities.pair_answers,
        "implied": total.implied,
        "left": total.left,
        "left_out": desk.left_out,
        "anchor_index": None if place is None else place + 1,
        "anchors": len(desk.queue.anchors),
        "individuals": desk.individuals,
        "conflicts": len(desk.identities.conflicts()),
    }


def sighting(desk: Desk, row: sqlite3.Row | None) -> dict[str, Any] | None:
    """A sighting as the screen shows it."""
    if row is None:
        return None
    side = desk.sides.side(row["uid"])
    known = desk.identities.individual(row["uid"])
    return {
        "uid": row["uid"],
        "name": row["relpath"].rsplit("/", 1)[-1],
        "path": row["relpath"],
        "station": row["station"],
        "camera": row["camera"],
        "captured_at": row["captured_at"],
        "flank": side.flank.value,
        "flank_score": side.score,
        "flank_said": side.by == flanks.PERSON,
        "flank_reviewer": side.reviewer,
        "quality": row["quality"],
        "individual": None if known is None else code_of(known),
        "individual_count": len(desk.identities.group(row["uid"])),
        "width": row["width"],
        "height": row["height"],
        "box": [row["x"], row["y"], row["w"], row["h"]],
        "views": [view for view in VIEWS if view != "thumb"],
    }


def _address(project: Project, uid: str, view: str) -> str:
    return url_for("pictures.picture", project_id=project.id, uid=uid, view=view)


def _days(one: sqlite3.Row | None, other: sqlite3.Row | None) -> float | None:
    if one is None or other is None or not one["captured_at"] or not other["captured_at"]:
        return None
    gap = datetime.fromisoformat(one["captured_at"]) - datetime.fromisoformat(other["captured_at"])
    return abs(gap.total_seconds()) / 86400


def _named(content: dict[str, Any], name: str) -> str | None:
    """A sighting that need not be told."""
    return text(content, name, longest=40) if isinstance(content.get(name), str) and content[name] else None


def _uid(content: dict[str, Any]) -> str:
    uid = text(content, "uid", longest=64)
    if not ANSWER_UID.fullmatch(uid):
        raise BadRequestError("The answer has no proper number.", "Reload the page and answer again.")
    return uid
