"""Folders of photographs that are not where they were: told on the overview, looked for, and linked anew."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError
from spotid.intake import relink as looking
from spotid.project import moved
from spotid.project.filenames import shown as readable
from spotid.web.common import bench, body, folder

pages = Blueprint("relink", __name__)
MOST = 1 << 62


@pages.get("/api/project/<project_id>/gone")
def gone(project_id: str) -> ResponseReturnValue:
    """The folders of photographs that are gone. Asked once the page is drawn: a dead network drive takes long."""
    found = moved.gone(bench().project(project_id).store)
    return jsonify(gone=[{"root": one.root, "path": readable(str(one.folder)), "files": one.files} for one in found])


@pages.post("/api/project/<project_id>/relink")
def relink(project_id: str) -> ResponseReturnValue:
    """Look for a folder, in the one that is named or where it may be, and link it where it is proven."""
    project, content = bench().project(project_id), body()
    root = content.get("root")
    if not isinstance(root, int) or isinstance(root, bool) or not 0 < root < MOST:
        raise BadRequestError("It is not clear which photographs are looked for.", "Load the page again.")
    place = folder(content, "folder", "The folder") if content.get("folder") else None
    done = looking.relink(project, place, root, partly=content.get("partly") is True)
    return jsonify(done=[_told(one) for one in done])


def _told(one: looking.Relinked) -> dict[str, Any]:
    return {
        "folder": readable(str(one.folder)) if one.folder else None,
        "linked": one.linked,
        "partly": one.partly,
        "sentences": one.sentences,
    }
