"""Boxes: a person looks through frames, draws or accepts boxes, and lets the search learn from them."""

from __future__ import annotations

import math
import re
import sqlite3
from typing import Any

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from spotid.boxes import Box
from spotid.errors import BadRequestError, NotFoundError
from spotid.jobs import teaching
from spotid.project import clips, frame_queues, frame_steps, frames
from spotid.project.folder import Project
from spotid.web.common import bench, body, number, shown, text
from spotid.web.pictures import UID
from spotid.web.run import describe
from spotid.words import MediaState

pages = Blueprint("boxes", __name__)

ANSWER_UID = re.compile(r"(?!undo|csv)[0-9A-Za-z-]{8,64}")  # those two beginnings have a meaning of their own
DRAWABLE = (MediaState.READ, MediaState.ANIMAL, MediaState.NO_ANIMAL)  # READ: waits to be searched, or searched again
EDGE = 1e-6  # a box drawn to the very edge may lie this much outside by rounding


@pages.get("/project/<project_id>/boxes")
def boxes(project_id: str) -> ResponseReturnValue:
    """Pictures one after the other, to draw, correct and accept boxes."""
    return render_template("boxes.html", project=shown(bench().project(project_id)), queues=frame_queues.QUEUES)


@pages.get("/api/project/<project_id>/frames")
def look(project_id: str) -> ResponseReturnValue:
    """A frame of a queue: the one asked for, or the first that nobody has looked at."""
    project = bench().project(project_id)
    queue, of = _queue(request.args)
    wanted = request.args.get("frame") or (of if queue == "visit" else None)
    if wanted is not None:
        _frame(project, wanted)
    return jsonify(told(project, queue, of, wanted or frame_queues.first(project.store, queue, of)))


@pages.post("/api/project/<project_id>/frames/<media_uid>")
def answer(project_id: str, media_uid: str) -> ResponseReturnValue:
    """Keep what a person said of a frame: all its boxes, or none. The reply says its row and what comes next."""
    project, content = bench().project(project_id), body()
    queue, of = _queue(content)
    row, said, uid = _frame(project, media_uid), _boxes(content), _uid(content)
    # Asked before the answer is kept: afterwards the frame may stand in another queue.
    place = frame_queues.place(project.store, queue, media_uid, of)
    before, last = frame_steps.newest(project.store, media_uid), frame_steps.last_row(project.store, media_uid)
    sure = content.get("sure") is True
    kept = frame_steps.keep(project, media_uid, said, uid, seconds=number(content, "seconds"), sure=sure)
    overtaken = before if before is not None and not kept.repeated and last != content.get("seen") else None
    if not kept.repeated:
        bench().boxes_changed(project_id)
        _proposals().forget(project, media_uid)
        if said and row["mates"] > 1:
            _proposals().begin(project, media_uid, said, (row["station_id"], row["visit"]))
    return jsonify(
        kept={"row": kept.row, "boxes": len(kept.boxes), "name": _name(row)},
        repeated=kept.repeated,
        overtaken=None if overtaken is None else {"row": overtaken.row, "boxes": len(overtaken.boxes)},
        **told(project, queue, of, place.next_open),
    )


@pages.post("/api/project/<project_id>/frames/undo")
def undo(project_id: str) -> ResponseReturnValue:
    """Take the newest answer back by another one, and show its frame."""
    project, content = bench().project(project_id), body()
    queue, of = _queue(content)
    undone = frame_steps.take_back(project, _uid(content), sure=content.get("sure") is True)
    bench().boxes_changed(project_id)
    _proposals().forget(project, undone.media_uid)
    return jsonify(undone={"row": undone.target, "kept": undone.row}, **told(project, queue, of, undone.media_uid))


@pages.get("/api/project/<project_id>/frames/<media_uid>/proposals")
def proposals(project_id: str, media_uid: str) -> ResponseReturnValue:
    """Boxes proposed for a frame from those drawn in its neighbours; ``working`` while they are being looked for."""
    project = bench().project(project_id)
    row = _frame(project, media_uid)
    working = _proposals().working(project)  # asked first: what is found between the two questions is not lost
    return jsonify(working=working, boxes=_proposed(project, row), seen=frame_steps.last_row(project.store, media_uid))


@pages.post("/api/project/<project_id>/frames/search")
def search_again(project_id: str) -> ResponseReturnValue:
    """Search all frames again that nobody has looked at, with what was shown."""
    project = bench().project(project_id)
    status = teaching.status(project)
    if not status["ready"]:
        raise BadRequestError(status["sentence"], "Draw or accept a few more boxes first.")
    bench().run(project, again=True)
    return jsonify(describe(project, bench().jobs))


def told(project: Project, queue: str, of: str | None, media_uid: str | None) -> dict[str, Any]:
    """A frame with its boxes, where it stands in the queue, and how far the teaching is."""
    row = None if media_uid is None else frame_queues.facts(project.store, media_uid)
    of = of or (media_uid if queue == "visit" else None)
    place = frame_queues.place(project.store, queue, media_uid, of)
    standing = frame_steps.newest_standing(project.store)
    near = [uid for uid in (place.next_open, place.following, place.previous) if uid not in (None, media_uid)]
    return {
        "frame": None if row is None else _shown(project, row),
        "queue": {
            "key": queue,
            "of": of,
            "label": frame_queues.QUEUES[queue].label,
            "sentence": frame_queues.QUEUES[queue].sentence,
            "total": place.total,
            "left": place.left,
            "rank": place.rank,
            "previous": place.previous,
            "following": place.following,
        },
        "counts": frame_queues.counts(project.store),
        "teach": teaching.status(project),
        "undo": None if standing is None else {"row": standing.row, "boxes": len(standing.boxes)},
        "prefetch": [_address(project, str(uid), "small") for uid in dict.fromkeys(near)],
    }


def _shown(project: Project, row: sqlite3.Row) -> dict[str, Any]:
    newest = frame_steps.newest(project.store, row["uid"])
    return {
        "uid": row["uid"],
        "name": _name(row),
        "path": row["relpath"],
        "station": row["station"],
        "camera": row["camera"],
        "captured_at": row["captured_at"],
        "width": row["width"],
        "height": row["height"],
        "mates": row["mates"],
        "boxes": [_told(box) for box in frame_queues.boxes(project.store, row["id"])],
        "proposed": _proposed(project, row),
        "working": _proposals().working(project),
        "answer": None if newest is None else {"row": newest.row, "boxes": len(newest.boxes), "at": newest.at},
        "seen": frame_steps.last_row(project.store, row["uid"]),
        "small": _address(project, row["uid"], "small"),
        "full": _address(project, row["uid"], "full"),
    }


def _told(box: sqlite3.Row) -> dict[str, Any]:
    person = box["boxed_by"] == frames.PERSON
    return {
        **{side: box[side] for side in "xywh"},
        "by": "person" if person else "search",
        "how": "" if person else box["how"],
        "score": None if person else box["score"],
        "individual": box["code"],
    }


def _proposed(project: Project, row: sqlite3.Row) -> list[dict[str, Any]]:
    if frame_steps.newest(project.store, row["uid"]) is not None:
        return []
    return [
        {"x": one.box.x, "y": one.box.y, "w": one.box.w, "h": one.box.h}
        | {"by": "proposal", "how": "", "score": one.confidence, "individual": None}
        for one in _proposals().of(project, row["uid"])
    ]


def _queue(said: Any) -> tuple[str, str | None]:
    """The queue asked for and the frame whose visit is meant; an unknown name is the first queue."""
    queue, of = said.get("queue"), said.get("of")
    of = of if isinstance(of, str) and UID.fullmatch(of) else None
    nobody = queue == "visit" and of is None and not said.get("frame")  # a visit of which frame?
    known = isinstance(queue, str) and queue in frame_queues.QUEUES and not nobody
    return (str(queue) if known else next(iter(frame_queues.QUEUES))), of


def _frame(project: Project, media_uid: str) -> sqlite3.Row:
    row = frame_queues.facts(project.store, media_uid) if UID.fullmatch(media_uid) else None
    if row is None or row["state"] not in DRAWABLE:
        raise NotFoundError("There is no such picture to draw boxes in.", "Choose one from the shelves.")
    return row


def _boxes(content: dict[str, Any]) -> list[Box]:
    """The boxes of a request. Raises BadRequestError for anything that is no box inside the picture."""
    said = content.get("boxes")
    if not isinstance(said, list) or len(said) > frames.MOST_BOXES:
        raise BadRequestError("The boxes could not be understood.", "Reload the page and draw them again.")
    found: list[Box] = []
    for one in said:
        sides = [number(one, side) for side in "xywh"] if isinstance(one, dict) else []
        proper = [side for side in sides if side is not None and math.isfinite(side)]
        if len(proper) != 4:
            raise BadRequestError("A box has no proper sides.", "Reload the page and draw it again.")
        box = Box(*proper)
        if min(box.x, box.y) < -EDGE or box.x + box.w > 1 + EDGE or box.y + box.h > 1 + EDGE:
            raise BadRequestError("A box lies outside the picture.", "Draw it again inside the picture.")
        found.append(box.clipped())
    return found


def _uid(content: dict[str, Any]) -> str:
    uid = text(content, "uid", longest=64)
    if not ANSWER_UID.fullmatch(uid):
        raise BadRequestError("The answer has no proper number.", "Reload the page and answer again.")
    return uid


def _name(row: sqlite3.Row) -> str:
    return clips.shown_name(row["relpath"])


def _address(project: Project, media_uid: str, view: str) -> str:
    return url_for("pictures.frame", project_id=project.id, media_uid=media_uid, view=view)


def _proposals() -> teaching.Proposals:
    found: teaching.Proposals = current_app.extensions["proposals"]
    return found
