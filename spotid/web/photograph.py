"""One photograph with its animals: who each of them is, and what a person may say of it."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from spotid.errors import NotFoundError
from spotid.project import clips, histories, media, species_shelf, strips, views
from spotid.project.filenames import shown as plain
from spotid.project.store import Store
from spotid.web.common import bench, shown
from spotid.web.pictures import UID

pages = Blueprint("photograph", __name__)

FLANKS = ("left", "right", "front", "rear", "unknown")


@pages.get("/project/<project_id>/photograph/<media_uid>")
def photograph(project_id: str, media_uid: str) -> ResponseReturnValue:
    """One photograph with its animals; those before and after it are of the same ``shelf``."""
    project = bench().project(project_id)
    row = media.by_uid(project.store, media_uid) if UID.fullmatch(media_uid) else None
    if row is None:
        raise NotFoundError("There is no such photograph.", "Go back to the sightings.")
    shelf = request.args.get("shelf", "")
    if shelf in views.SHELVES:
        before, following = histories.on_shelf_beside(project.store, shelf, row["id"])
    else:
        shelf = ""
        before, following = histories.beside(project.store, row["id"])
    clip = clips.clip_of(project.store, row)
    name = histories.station_name(project.store, row["station_id"])
    boxes = [dict(box) for box in histories.boxes(project.store, row["id"])]
    return render_template(
        "photograph.html",
        project=shown(project),
        page="sightings",
        photo={
            "uid": row["uid"],
            "name": clips.shown_name(row["relpath"]),
            "path": plain((clip or row)["relpath"]),
            "station": plain(name) if name else None,
            "camera": plain(row["camera"]),
            "captured_at": row["captured_at"],
            "remark": row["problem_detail"],
            "from_strip": row["time_source"] == strips.SOURCE,
            "clock": row["clock_at"] if row["captured_at"] not in (None, row["clock_at"]) else None,
            "width": row["width"] or 4,
            "height": row["height"] or 3,
            "kind": row["kind"],
            "view": "small" if row["kind"] == clips.CLIP else "full",
            "at": None if row["at_ms"] is None else row["at_ms"] / 1000,
        },
        clip=None if clip is None else {"uid": clip["uid"], "name": clips.shown_name(clip["relpath"])},
        boxes=boxes,
        twice=_twice(boxes),
        others=[plain(one) for one in species_shelf.in_picture(project.store, row["id"])],
        visit=_visit(project.store, row),
        before=before,
        following=following,
        shelf=shelf,
        flanks=FLANKS,
        wanted=request.args.get("box", ""),
    )


def _visit(store: Store, row: sqlite3.Row) -> list[dict[str, Any]]:
    """The photographs of its visit; of a clip its stills."""
    found = clips.stills_of(store, row["id"]) if row["kind"] == clips.CLIP else histories.visit(store, row["visit"])
    return [{"uid": one["uid"], "captured_at": one["captured_at"]} for one in found]


def _twice(boxes: list[dict[str, Any]]) -> list[str]:
    """Codes that two boxes of the photograph have: two animals in one photograph are different."""
    codes = [box["code"] for box in boxes if box["code"]]
    return sorted({code for code in codes if codes.count(code) > 1})
