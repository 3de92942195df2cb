"""Review: the anchor beside its look-alikes, the answers, and undo."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError
from spotid.review import filters
from spotid.review.desk import Desk
from spotid.review.question import Asked
from spotid.review.visits import MOST
from spotid.web.common import bench, body, number, reviewer, shown, text
from spotid.web.told import kept, told

pages = Blueprint("review", __name__)

ANSWER_UID = re.compile(r"[0-9A-Za-z-]{8,64}")
SEEN = ("rank", "score", "chance", "spots")
LONGEST = 40  # characters of a sighting's uid, and of a kind


@pages.get("/project/<project_id>/review")
def review(project_id: str) -> ResponseReturnValue:
    """The anchor beside its look-alikes, and the answers."""
    return render_template("review.html", project=shown(bench().project(project_id)))


@pages.get("/api/project/<project_id>/pair")
def pair(project_id: str) -> ResponseReturnValue:
    """What to ask on a way and among the pictures that filters let pass: of the anchor given, or where one was."""
    asked = _asked(request.args, request.args)
    desk = _desk(project_id)
    return jsonify(told(desk, desk.question(request.args.get("anchor") or None, asked), asked))


@pages.get("/api/project/<project_id>/filters")
def choices(project_id: str) -> ResponseReturnValue:
    """What can be filtered by, with how many pictures there are of each."""
    desk = bench().desk(project_id)
    with desk.lock:
        desk.fresh()
        return jsonify(filters.choices(desk.seen, desk.sides))


@pages.post("/api/project/<project_id>/answers")
def answer(project_id: str) -> ResponseReturnValue:
    """Keep one answer; the reply says which row it is and what comes next."""
    content, desk = body(), _desk(project_id)
    asked = _said(content)
    a, b = text(content, "a", longest=LONGEST), _named(content, "b")
    covered = {a: _frames(content, "a_with")} | ({b: _frames(content, "b_with")} if b and b != a else {})
    event, repeated, question = desk.answer(
        _uid(content),
        text(content, "kind", longest=LONGEST),
        a,
        b,
        seconds=number(content, "seconds"),
        # What the person saw when answering: told on the card where answers contradict one another.
        evidence={name: number(content, name) for name in SEEN if number(content, name) is not None},
        reviewer=asked.reviewer,
        asked=asked,
        covered=covered,
    )
    return jsonify(kept=kept(event), repeated=repeated, pair=told(desk, question, asked))


@pages.post("/api/project/<project_id>/flank")
def flank(project_id: str) -> ResponseReturnValue:
    """Keep which side of the animal one of the two pictures shows; ``a`` and ``b`` are the pair on the screen."""
    content, desk = body(), _desk(project_id)
    asked = _said(content)
    event, repeated, question = desk.say_flank(
        _uid(content),
        text(content, "sighting", longest=LONGEST),
        text(content, "flank", longest=20),
        text(content, "a", longest=LONGEST),
        _named(content, "b"),
        asked.reviewer,
        asked,
    )
    return jsonify(kept=kept(event), repeated=repeated, pair=told(desk, question, asked))


@pages.post("/api/project/<project_id>/undo")
def undo(project_id: str) -> ResponseReturnValue:
    """Take the newest standing answer back, or the one that ``target`` names."""
    content, desk = body(), _desk(project_id)
    asked = _said(content)
    target = None if content.get("target") is None else text(content, "target", longest=64)
    event, about, question = desk.undo(_uid(content), asked.reviewer, target, asked)
    undone = {"row": about.row, "uid": about.uid, "kind": about.kind, "a": about.a, "b": about.b}
    return jsonify(kept=kept(event), undone=undone, pair=told(desk, question, asked))


@pages.post("/api/project/<project_id>/anchor")
def anchor(project_id: str) -> ResponseReturnValue:
    """Go to the next or previous anchor with something to ask; on other ways, leave this pair for later."""
    content, desk = body(), _desk(project_id)
    asked = _said(content)
    if content.get("move") not in ("next", "previous"):
        raise BadRequestError("Only next and previous are known here.")
    step = 1 if content["move"] == "next" else -1
    question = desk.move(_named(content, "anchor"), step, asked, _named(content, "b"))
    return jsonify(told(desk, question, asked))


def _desk(project_id: str) -> Desk:
    """The desk, which knows the chances that questions may be ordered by."""
    desk = bench().desk(project_id)
    if desk.queue.anchors:
        desk.weigh(bench().chances(project_id))
    return desk


def _said(content: dict[str, Any]) -> Asked:
    chosen = content.get("filters")
    if chosen is not None and not isinstance(chosen, dict):
        raise BadRequestError("The filters could not be understood.", "Reload the page and choose them again.")
    return _asked(content, chosen or {})


def _asked(content: Mapping[str, Any], chosen: Mapping[str, Any]) -> Asked:
    way = content.get("way") or "anchor"
    if not isinstance(way, str) or len(way) > LONGEST:
        raise BadRequestError("There is no such way through the work.", "Choose one of those in the list.")
    return Asked(way, filters.read(chosen), reviewer({"reviewer": content.get("reviewer")}))


def _frames(content: dict[str, Any], name: str) -> list[str]:
    """Other pictures of a visit that an answer covers."""
    value = content.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MOST or not all(isinstance(one, str) for one in value):
        raise BadRequestError("The pictures of the visit could not be understood.", "Reload the page.")
    return [text({name: one}, name, longest=LONGEST) for one in value]


def _named(content: dict[str, Any], name: str) -> str | None:
    """A sighting that need not be told."""
    return text(content, name, longest=LONGEST) if isinstance(content.get(name), str) and content[name] else None


def _uid(content: dict[str, Any]) -> str:
    uid = text(content, "uid", longest=64)
    if not ANSWER_UID.fullmatch(uid):
        raise BadRequestError("The answer has no proper number.", "Reload the page and answer again.")
    return uid
