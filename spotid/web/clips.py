"""Clips in the page: played from the moment of a still, or shown picture by picture where browsers can't play them.

Only clips that a run has read are opened here, and only by the uid of the clip or of one of its stills.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, send_file, url_for
from flask.typing import ResponseReturnValue

from spotid.errors import NotFoundError, PictureError
from spotid.project import clips, media
from spotid.project.folder import Project
from spotid.web.common import bench
from spotid.web.pictures import UID

pages = Blueprint("clips", __name__)

KEPT_COPIES, KEPT_BYTES = 40, 2_000_000_000  # of clips in another container, in the project's cache
KEPT_SECONDS = 3600
GONE = "The clip is not there now; the still pictures taken out of it are."
GONE_ADVICE = "Plug in the disk with the originals and try again."
_packing = threading.Lock()


@pages.get("/api/project/<project_id>/media/<media_uid>/clip")
def about(project_id: str, media_uid: str) -> ResponseReturnValue:
    """How a clip is shown, where its film lies, and its stills. ``way``: "play", "pictures" or "gone"."""
    project = bench().project(project_id)
    row, clip = _rows(project, media_uid)
    way = _way(project, clip)
    return jsonify(
        name=clips.shown_name(clip["relpath"]),
        way=way,
        sentence=GONE if way == "gone" else "",
        advice=GONE_ADVICE if way == "gone" else "",
        film=url_for("clips.film", project_id=project.id, media_uid=clip["uid"]) if way == "play" else None,
        picture=url_for("clips.picture", project_id=project.id, media_uid=clip["uid"], ms=0).removesuffix("0"),
        seconds=clip["seconds"] or 0,
        width=clip["width"] or 16,
        height=clip["height"] or 9,
        at=None if row["at_ms"] is None else row["at_ms"] / 1000,
        stills=[_still(project, one) for one in clips.stills_of(project.store, clip["id"])],
    )


@pages.get("/project/<project_id>/media/<media_uid>/clip")
def film(project_id: str, media_uid: str) -> ResponseReturnValue:
    """The clip itself, or a copy of it in a container that browsers play; any range of its bytes."""
    project = bench().project(project_id)
    _, clip = _rows(project, media_uid)
    found = _playable(project, clip)
    if found is None:
        raise NotFoundError("This clip can't be played here.", "Look at its pictures one by one.")
    path, mime = found
    return _kept(send_file(path, mimetype=mime, conditional=True, max_age=KEPT_SECONDS))


@pages.get("/project/<project_id>/media/<media_uid>/clip/at/<int:ms>")
def picture(project_id: str, media_uid: str, ms: int) -> ResponseReturnValue:
    """The picture that a clip shows ``ms`` after its beginning."""
    from spotid.intake.film_at import picture_at

    project = bench().project(project_id)
    _, clip = _rows(project, media_uid)
    try:
        content = picture_at(_source(project, clip), min(ms, round((clip["seconds"] or 0) * 1000)))
    except PictureError as error:
        raise NotFoundError(error.sentence, error.advice) from None
    return _kept(Response(content, mimetype="image/jpeg"))


def _rows(project: Project, media_uid: str) -> tuple[sqlite3.Row, sqlite3.Row]:
    """A still, or a clip, and its clip. Raises NotFoundError for what is neither, and for a clip that was not read."""
    row = media.by_uid(project.store, media_uid) if UID.fullmatch(media_uid) else None
    clip = None if row is None else clips.clip_of(project.store, row)
    if row is None or clip is None or clip["kind"] != clips.CLIP or clip["seconds"] is None:
        raise NotFoundError("There is no such clip.", "Reload the page.")
    return row, clip


def _still(project: Project, row: sqlite3.Row) -> dict[str, Any]:
    return {
        "uid": row["uid"],
        "at": row["at_ms"] / 1000,
        "thumb": url_for("pictures.media_thumb", project_id=project.id, media_uid=row["uid"]),
        "url": url_for("photograph.photograph", project_id=project.id, media_uid=row["uid"]),
    }


def _source(project: Project, clip: sqlite3.Row) -> Path:
    """Raises NotFoundError where the clip is not there."""
    try:
        path = media.source_path(project.store, clip["id"])
    except PictureError as error:
        raise NotFoundError(error.sentence, error.advice) from None
    if not path.is_file():
        raise NotFoundError(GONE, GONE_ADVICE)
    return path


def _way(project: Project, clip: sqlite3.Row) -> str:
    try:
        _source(project, clip)
    except NotFoundError:
        return "gone"
    try:
        return "pictures" if _playable(project, clip) is None else "play"
    except NotFoundError:
        return "pictures"


def _playable(project: Project, clip: sqlite3.Row) -> tuple[Path, str] | None:
    """The file that a browser plays, and its media type; None where there is none. Raises NotFoundError."""
    from spotid.intake.playable import MP4, Way, playable, way

    path, copy = _source(project, clip), project.layout.played(clip["uid"], clip["sha256"] or "unread")
    try:
        with _packing:  # two requests for one clip pack it once
            if copy.is_file():
                return copy, MP4
            if project.looking and way(path) is Way.COPIED:
                return None  # nothing is written into a project that is only looked at
            found = playable(path, copy)
            if found.way is Way.COPIED:
                _make_room(copy)
    except PictureError as error:
        raise NotFoundError(error.sentence, error.advice) from None
    except OSError:
        return None  # no room for a copy: its pictures can still be seen
    return None if found.way is Way.PICTURES else (found.path, found.mime)


def _make_room(newest: Path) -> None:
    """Take away the oldest copies where there are too many; they are made again when they are wanted."""
    with contextlib.suppress(OSError):
        copies = sorted(newest.parents[1].glob("*/*.mp4"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        room = KEPT_BYTES
        for number, path in enumerate(copies):
            room -= path.stat().st_size
            if path != newest and (number >= KEPT_COPIES or room < 0):
                path.unlink(missing_ok=True)


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return response
