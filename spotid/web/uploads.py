"""Files sent by the page, piece by piece: begun, kept, asked about, cancelled."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from spotid.errors import BadRequestError, ProjectReadOnlyError
from spotid.intake.received import KINDS, PIECE
from spotid.project.folder import check_new
from spotid.project.layout import looks_like_project
from spotid.project.store import LOOKING, LOOKING_ADVICE
from spotid.web.common import bench, body, folder, text

pages = Blueprint("uploads", __name__)


@pages.get("/api/uploads")
def waiting() -> ResponseReturnValue:
    """The whole files that wait to be looked at or thrown away."""
    return jsonify(uploads=[one.told() for one in bench().uploads.waiting()])


@pages.post("/api/uploads/begin")
def begin() -> ResponseReturnValue:
    """Make room for a file; it is meant for the project at ``project_path``, which need not be there yet."""
    content = body()
    kind, size = content.get("kind"), content.get("size")
    if not isinstance(kind, str) or kind not in KINDS or not isinstance(size, int) or isinstance(size, bool):
        raise BadRequestError("The request could not be understood.", "Reload the page and try again.")
    project = folder(content, "project_path", "“Path for embeddings output”")
    writable(project)
    return jsonify(bench().uploads.begin(project, text(content, "name", "The file's name"), size, kind).told())


@pages.post("/api/uploads/<uid>/piece")
def piece(uid: str) -> ResponseReturnValue:
    """Keep one piece, the request's body as it is; ``have`` says where the next one begins."""
    at = request.args.get("at", -1, type=int)
    if request.content_length is None or request.content_length > PIECE:
        raise BadRequestError("This piece of the file is too large.", "Reload the page and try again.")
    return jsonify(bench().uploads.add(uid, at, request.stream.read(PIECE)).told())


@pages.get("/api/uploads/<uid>")
def state(uid: str) -> ResponseReturnValue:
    """How much of a file is kept."""
    return jsonify(bench().uploads.get(uid).told())


@pages.post("/api/uploads/<uid>/cancel")
def cancel(uid: str) -> ResponseReturnValue:
    """Take a file away; nothing of it stays on the disk."""
    bench().uploads.cancel(bench().uploads.get(uid).uid)
    return jsonify(gone=True)


def writable(path: Path) -> None:
    """Refuse what is meant for a project that is open for looking only, or for a folder that holds other things.

    Raises ProjectReadOnlyError and ProjectError.
    """
    if not looks_like_project(path):
        check_new(path)
    if any(one.looking and one.path == path.absolute() for one in bench().projects()):
        raise ProjectReadOnlyError(LOOKING, LOOKING_ADVICE)
