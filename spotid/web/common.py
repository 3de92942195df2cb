"""What several pages need: the open project of a request, and fields of a request's body."""

from __future__ import annotations

from typing import Any

from flask import current_app, request

from spotid.errors import BadRequestError
from spotid.project.folder import Project
from spotid.web.bench import Bench


def bench() -> Bench:
    """The open projects of this program."""
    found: Bench = current_app.extensions["bench"]
    return found


def shown(project: Project) -> dict[str, str]:
    """A project as the templates show it."""
    return {"id": project.id, "title": project.title, "path": str(project.path)}


def body() -> dict[str, Any]:
    """The request's JSON object. Raises BadRequestError where it is none."""
    content = request.get_json(silent=True)
    if not isinstance(content, dict):
        raise BadRequestError("The request could not be understood.", "Reload the page and try again.")
    return content


def text(content: dict[str, Any], name: str, label: str = "", *, longest: int = 4096) -> str:
    """A text field that must not be empty. Raises BadRequestError."""
    value = content.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadRequestError(f"{label or name} is empty.", "Fill it in and try again.")
    if len(value) > longest or "\0" in value:
        raise BadRequestError(f"{label or name} can't be used.", "Check what was typed.")
    # Paths are often pasted with the quotation marks that a file manager puts around them.
    return value.strip().strip('"') if name.endswith("path") or name == "folder" else value


def number(content: dict[str, Any], name: str) -> float | None:
    """An optional number; anything else counts as not said."""
    value = content.get(name)
    good = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
    return float(value) if good and value is not None else None
