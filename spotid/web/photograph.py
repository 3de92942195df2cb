"""One photograph with its animals: who each of them is, and what a person may say of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from spotid.errors import NotFoundError
from spotid.project import histories, media, views
from spotid.project.filenames import shown as plain
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
    name = histories.station_name(project.store, row["station_id"])
    boxes = [dict(box) for box in histories.boxes(project.store, row["id"])]
    return render_template(
        "photograph.html",
        project=shown(project),
        page="sightings",
        photo={
            "uid": row["uid"],
            "name": plain(row["relpath"].rsplit("/", 1)[-1]),
            "path": plain(row["relpath"]),
            "station": plain(name) if name else None,
            "camera": plain(row["camera"]),
            "captured_at": row["captured_at"],
            "remark": row["problem_detail"],
            "width": row["width"] or 4,
            "height": row["height"] or 3,
        },
        boxes=boxes,
        twice=_twice(boxes),
        visit=[dict(one) for one in histories.visit(project.store, row["visit"])],
        before=before,
        following=following,
        shelf=shelf,
        flanks=FLANKS,
        wanted=request.args.get("box", ""),
    )


def _twice(boxes: list[dict[str, Any]]) -> list[str]:
    """Codes that two boxes of the photograph have: two animals in one photograph are different."""
    codes = [box["code"] for box in boxes if box["code"]]
    return sorted({code for code in codes if codes.count(code) > 1})
