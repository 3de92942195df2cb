"""What several pages need: the open project of a request, and fields of a request's body."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import Any

from flask import current_app, request

from spotid.errors import BadRequestError
from spotid.project.folder import Project
from spotid.web.bench import Bench

LONGEST_INITIALS = 8


def bench() -> Bench:
    """The open projects of this program."""
    found: Bench = current_app.extensions["bench"]
    return found


def shown(project: Project) -> dict[str, Any]:
    """A project as the templates show it."""
    looking = {"looking": project.looking, "warning": project.warning}
    return {"id": project.id, "title": project.title, "path": str(project.path), **looking}


def body() -> dict[str, Any]:
    """The request's JSON object. Raises BadRequestError where it is none."""
    try:
        content = request.get_json(silent=True)
    except RecursionError:  # lists within lists within lists …
        content = None
    if not isinstance(content, dict):
        raise BadRequestError("The request could not be understood.", "Reload the page and try again.")
    return content


def text(content: dict[str, Any], name: str, label: str = "", *, longest: int = 4096) -> str:
    """A text field that must not be empty. Raises BadRequestError."""
    value = content.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadRequestError(f"{label or name} is empty.", "Fill it in and try again.")
    try:
        os.fsencode(value) if name.endswith(("path", "folder")) else value.encode()
    except UnicodeEncodeError:  # half of a character, which neither the database nor a disk can keep
        raise BadRequestError(f"{label or name} can't be used.", "Check what was typed.") from None
    if len(value) > longest or "\0" in value:
        raise BadRequestError(f"{label or name} can't be used.", "Check what was typed.")
    # Paths are often pasted with the quotation marks that a file manager puts around them.
    return value.strip().strip('"') if name.endswith("path") or name == "folder" else value


def folder(content: dict[str, Any], name: str, label: str = "") -> Path:
    """A field that holds the whole path of a folder, which need not exist. Raises BadRequestError."""
    return absolute(text(content, name, label), label or name)


def absolute(value: str, label: str) -> Path:
    """A typed path: ``~`` is the user's own folder. Raises BadRequestError for one that is not whole."""
    try:
        path = Path(value).expanduser()
        usable = path.is_absolute() and "\0" not in value
        path.exists()  # what the operating system can't even ask for
    except (OSError, RuntimeError, ValueError):
        usable = False
    if not usable:
        raise BadRequestError(
            f"{label} “{value[:200]}” can't be used.", "Give the whole path, from the disk or the first / on."
        )
    return path


def after() -> int:
    """The row after which a page of a list begins; what is no row number is the beginning."""
    asked: int = request.args.get("after", 0, type=int)
    return asked if 0 <= asked < 1 << 62 else 0


def number(content: dict[str, Any], name: str) -> float | None:
    """An optional number; anything else counts as not said."""
    value = content.get(name)
    good = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
    return float(value) if good and value is not None else None


def reviewer(content: dict[str, Any]) -> str:
    """The initials of who answers: letters and digits, at most eight; "" where nobody has said.

    Raises BadRequestError.
    """
    value = content.get("reviewer")
    if value is None:
        return ""
    if isinstance(value, str):
        initials = unicodedata.normalize("NFC", value).strip()
        if len(initials) <= LONGEST_INITIALS and (not initials or initials.isalnum()):
            return initials
    raise BadRequestError(
        "These initials can't be used.", f"Use letters and digits only, at most {LONGEST_INITIALS} of them."
    )
