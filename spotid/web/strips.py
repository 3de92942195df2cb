"""Times read from the writing in pictures: card by card, beside the strips themselves, to be confirmed or refused."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, jsonify, render_template, request, send_file
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError, NotFoundError, PictureError
from spotid.intake import strip_cards
from spotid.intake.strip_cards import Card, Read
from spotid.intake.strip_picture import strip_picture
from spotid.project import media, strips
from spotid.project.filenames import shown as readable
from spotid.project.folder import Project
from spotid.web.common import bench, body, reviewer, shown, text
from spotid.web.pictures import KEPT_SECONDS, UID

pages = Blueprint("strips", __name__)
MOST = 500  # cards told at once


@pages.get("/project/<project_id>/strips")
def page(project_id: str) -> ResponseReturnValue:
    """Times that were read from the pictures themselves, card by card, to be confirmed."""
    return render_template("strips.html", project=shown(bench().project(project_id)))


@pages.get("/api/project/<project_id>/strips")
def state(project_id: str) -> ResponseReturnValue:
    """All cards, those that wait first."""
    return jsonify(_state(bench().project(project_id)))


@pages.get("/api/project/<project_id>/strip-card")
def card(project_id: str) -> ResponseReturnValue:
    """One card with examples, read by the order of day and month that is tried."""
    found = strip_cards.card(
        bench().project(project_id), request.args.get("card", ""), request.args.get("day_order", "")
    )
    reads = [_read(one) for one in strip_cards.examples(found)]
    return jsonify(_summary(found) | {"examples": reads})


@pages.post("/api/project/<project_id>/strip-word")
def say(project_id: str) -> ResponseReturnValue:
    """Confirm the times of a card, refuse them, or take that back."""
    project, content = bench().project(project_id), body()
    uid, said, who = text(content, "card", "The card"), content.get("said"), reviewer(content)
    minutes = bench().settings["visit_minutes"]
    if said == "confirm":
        order = text(content, "day_order") if content.get("day_order") else ""
        named = content.get("camera") is True
        changed = strip_cards.confirm(project, uid, order, camera=named, reviewer=who, minutes=minutes)
    elif said == "refuse":
        changed = strip_cards.refuse(project, uid, reviewer=who)
    elif said == "back":
        changed = strip_cards.take_back(project, uid, reviewer=who, minutes=minutes)
    else:
        raise BadRequestError("The request could not be understood.", "Reload the page and try again.")
    bench().boxes_changed(project_id)  # visits and times are in the desk's memory
    return jsonify(_state(project) | {"changed": changed})


@pages.get("/project/<project_id>/media/<media_uid>/strip")
def strip(project_id: str, media_uid: str) -> ResponseReturnValue:
    """The strips of a picture alone."""
    project = bench().project(project_id)
    row = media.by_uid(project.store, media_uid) if UID.fullmatch(media_uid) else None
    if row is None:
        raise NotFoundError("There is no such picture.", "Reload the page.")
    try:
        cut = strip_picture(media.source_path(project.store, row["id"]))
    except PictureError as error:
        raise NotFoundError(error.sentence, error.advice) from None
    buffer = io.BytesIO()
    cut.save(buffer, "JPEG", quality=90)
    buffer.seek(0)
    reply = send_file(buffer, mimetype="image/jpeg", max_age=KEPT_SECONDS)
    reply.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return reply


def _state(project: Project) -> dict[str, Any]:
    found = strip_cards.listed(project)
    waiting = sum(card.state == strips.WAITS for card in found)
    told = [
        {"card": one.uid, "folder": readable(one.folder), "pictures": one.pictures, "state": one.state}
        for one in found[:MOST]
    ]
    return {"cards": told, "waiting": waiting, "more": max(0, len(found) - MOST)}


def _summary(found: Card) -> dict[str, Any]:
    return {
        "card": found.uid,
        "folder": readable(found.folder),
        "station": readable(found.station),
        "camera": readable(found.camera),
        "orders": found.orders,
        "order": found.order,
        "state": found.state,
        "pictures": found.pictures,
        "times": found.times,
        "sure": found.sure,
        "first": found.first,
        "last": found.last,
        "used": sum(one.state == strips.USED for one in found.reads),
    }


def _read(one: Read) -> dict[str, Any]:
    return {
        "media": one.media_uid,
        "name": readable(one.relpath.rpartition("/")[2]),
        "writing": readable(one.text.replace("\n", "  ")),
        "time": one.time,
        "sure": one.sure,
        "state": one.state,
        "in_use": one.in_use,
    }
