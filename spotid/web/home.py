"""Home: open existing embeddings, run the model from scratch, and the folder chooser that the server draws."""

from __future__ import annotations

import contextlib
import os
from datetime import date
from pathlib import Path
from typing import Any

import platformdirs
import psutil
from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError, NotFoundError
from spotid.intake.received import KINDS
from spotid.intake.scan import count_pictures, is_system_name
from spotid.places import projects_folder
from spotid.project import recent
from spotid.project.layout import looks_like_project
from spotid.web import session
from spotid.web.common import absolute, bench, body, folder

pages = Blueprint("home", __name__)

MOST_LISTED = 2000


@pages.get("/")
def home() -> ResponseReturnValue:
    """The first page."""
    suggested = projects_folder() / f"Survey {date.today().isoformat()}"
    waiting = [one.told() for one in bench().uploads.waiting() if one.kind == "zip"]
    return render_template("home.html", recents=recent.recents(), suggested_project=str(suggested), waiting=waiting)


@pages.get("/api/alive")
def alive() -> ResponseReturnValue:
    """Says to a second start that the program is running, and whether it is the one whose key that start found.

    Open to everybody; who does not know the key learns nothing from the proof.
    """
    return jsonify(program="SpotID", proof=session.proof_of(current_app, request.args.get("of", "")))


@pages.post("/api/projects/open")
def open_existing() -> ResponseReturnValue:
    """Open existing embeddings; goes to the review where there is something to review."""
    project = bench().open(folder(body(), "path", "“Path to existing embeddings folder”"))
    desk = bench().desk(project.id)
    page = "review.review" if desk.queue.anchors else "shelves.dashboard"
    return jsonify(id=project.id, url=url_for(page, project_id=project.id))


@pages.post("/api/projects/run")
def run_from_scratch() -> ResponseReturnValue:
    """Make the project and start the run."""
    content = body()
    project = bench().create(
        folder(content, "project_path", "“Path for embeddings output”"),
        folder(content, "images_path", "“Path to uncropped images”"),
        str(content.get("station_level") or "auto"),
    )
    return jsonify(id=project.id, url=url_for("run.run", project_id=project.id))


@pages.get("/api/browse")
def browse() -> ResponseReturnValue:
    """The folders in a folder, and the files of a kind where one is asked for; the browser may not look at the disk."""
    asked = request.args.get("path", "")
    try:
        found = absolute(asked, "The path") if asked else Path.home()
        there = found.is_dir()
    except (BadRequestError, OSError):
        there = False
    if not there:
        raise NotFoundError(f"There is no folder “{asked[:200]}”.", "Check the path.")
    folders: list[dict[str, Any]] = []
    try:
        with os.scandir(found) as entries:
            there_are = list(entries)
        names = sorted((entry.name for entry in there_are if _is_folder(entry)), key=str.lower)
        files = _files(there_are, KINDS.get(request.args.get("files", ""), ()))
    except OSError as error:
        raise NotFoundError(
            f"The folder “{found}” can't be opened: {error.strerror or error}.", "Choose another one."
        ) from None
    for name in names[:MOST_LISTED]:
        path = found / name
        folders.append(
            {"name": name, "path": str(path), "images": count_pictures(path), "is_project": looks_like_project(path)}
        )
    parent = str(found.parent) if found.parent != found else None
    pictures = count_pictures(found)
    return jsonify(path=str(found), parent=parent, folders=folders, files=files, places=_places(), pictures=pictures)


def _files(entries: list[os.DirEntry[str]], endings: tuple[str, ...]) -> list[dict[str, Any]]:
    """The files with one of these endings, by name."""
    found = []
    for entry in sorted(entries, key=lambda entry: entry.name.lower()):
        if endings and entry.name.lower().endswith(endings) and not is_system_name(entry.name):
            with contextlib.suppress(OSError):
                if entry.is_file():
                    found.append({"name": entry.name, "path": entry.path, "bytes": entry.stat().st_size})
    return found[:MOST_LISTED]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return not is_system_name(entry.name) and entry.is_dir()
    except OSError:
        return False


def _places() -> list[dict[str, str]]:
    places = {"Home": Path.home(), "Documents": Path(platformdirs.user_documents_dir())}
    places["Pictures"] = Path(platformdirs.user_pictures_dir())
    for disk in psutil.disk_partitions(all=False):
        if not disk.mountpoint.startswith(("/boot", "/snap", "/etc")):
            places[f"Disk {disk.mountpoint}"] = Path(disk.mountpoint)
    return [{"name": name, "path": str(path)} for name, path in places.items() if path.is_dir()]
