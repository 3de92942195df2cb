"""Pictures, by uid only: no path from the browser ever names a file."""

from __future__ import annotations

import io
import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, send_file
from flask.typing import ResponseReturnValue

from spotid.boxes import Box
from spotid.errors import NotFoundError, PictureError
from spotid.picture import open_file, upright
from spotid.project import clips, media, sightings
from spotid.project.folder import Project
from spotid.web.common import bench

if TYPE_CHECKING:
    from PIL import Image

pages = Blueprint("pictures", __name__)

UID = re.compile(r"[0-9a-f]{16}")
ORIGINAL_SIDE, SMALL_SIDE, THUMB_SIDE = 2048, 640, 240
KEPT_SECONDS = 3600
BEFORE_THE_CROP = ("crop", "thumb")  # views that a box has before the run has come to it
VIEWS = ("original", "crop", "cutout", "pattern", "edges", "thumb")


@pages.get("/project/<project_id>/picture/<uid>/<view>")
def picture(project_id: str, uid: str, view: str) -> ResponseReturnValue:
    """One view of a sighting."""
    project = bench().project(project_id)
    row = sightings.facts(project.store, uid) if UID.fullmatch(uid) and view in VIEWS else None
    if row is None:
        raise NotFoundError("There is no such picture.", "Reload the page.")
    layout, recipe = project.layout, row["recipe"]
    if view == "original":
        return _reduced(_original(project, row["media_id"]), ORIGINAL_SIDE)
    if recipe is None and view in BEFORE_THE_CROP:
        small = layout.small(row["media_uid"])
        whole = view == "crop" or not small.is_file()
        path = _original(project, row["media_id"]) if whole else small
        return _cut_out_of(path, row, ORIGINAL_SIDE if view == "crop" else SMALL_SIDE)
    if recipe is None:
        raise NotFoundError("This picture has not been cropped yet.", "Wait for the run to get there.")
    if view == "thumb":
        return _reduced(layout.crop(uid, recipe), THUMB_SIDE)
    made = {"crop": layout.crop, "cutout": layout.cutout, "pattern": layout.pattern, "edges": layout.edges}
    return _file(made[view](uid, recipe))


@pages.get("/project/<project_id>/media/<media_uid>/thumb")
def media_thumb(project_id: str, media_uid: str) -> ResponseReturnValue:
    """The small picture of a file."""
    project = bench().project(project_id)
    if not UID.fullmatch(media_uid):
        raise NotFoundError("There is no such picture.", "Reload the page.")
    row = media.by_uid(project.store, media_uid)
    shown = media_uid if row is None else clips.picture_of(project.store, row)["uid"]
    return _reduced(project.layout.small(shown), THUMB_SIDE)


@pages.get("/project/<project_id>/media/<media_uid>/<any(small, full):view>")
def frame(project_id: str, media_uid: str, view: str) -> ResponseReturnValue:
    """A whole file: the small picture of the search, or the original."""
    project = bench().project(project_id)
    row = media.by_uid(project.store, media_uid) if UID.fullmatch(media_uid) else None
    if row is None:
        raise NotFoundError("There is no such picture.", "Reload the page.")
    row = clips.picture_of(project.store, row)
    small = project.layout.small(row["uid"])
    if view == "small" and small.is_file():
        return _file(small)
    return _reduced(_original(project, row["id"]), SMALL_SIDE if view == "small" else ORIGINAL_SIDE)


def _cut_out_of(picture: Path, row: sqlite3.Row, side: int = SMALL_SIDE) -> Response:
    """A box that has no crop yet, or never gets one, cut out of its file or of the small picture of it."""
    try:
        with open_file(picture) as opened:
            whole = upright(opened, side)
    except PictureError as error:
        raise NotFoundError(error.sentence, error.advice) from None
    box = Box(row["x"], row["y"], row["w"], row["h"])
    response = _jpeg(whole.crop(box.pixels(whole.width, whole.height)))
    response.headers["Cache-Control"] = "no-store"  # a run may make the crop at any moment
    return response


def _original(project: Project, media_id: int) -> Path:
    try:
        return media.source_path(project.store, media_id)
    except PictureError as error:
        raise NotFoundError(error.sentence, error.advice) from None


def _file(path: Path) -> Response:
    if not path.is_file():
        raise NotFoundError("This picture was lost.", "Run again; it is made anew.")
    return _kept(send_file(path, max_age=KEPT_SECONDS))


def _reduced(path: Path, side: int) -> Response:
    """The picture turned upright and no larger than ``side``; its metadata (place, owner) stay on the disk."""
    try:
        with open_file(path) as opened:
            small = upright(opened, side)
    except PictureError as error:
        raise NotFoundError(error.sentence, error.advice) from None
    return _jpeg(small)


def _jpeg(small: Image.Image) -> Response:
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=88)
    buffer.seek(0)
    return _kept(send_file(buffer, mimetype="image/jpeg", max_age=KEPT_SECONDS))


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return response
