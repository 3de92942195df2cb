"""The reference chapters of the manual, written from the code: ``python -m spotid.reference [--check]``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from spotid.places import program_folder
from spotid.reference import columns, commands, errors, models, routes, settings, words

PAGES: dict[str, Callable[[], str]] = {
    "settings": settings.page,
    "commands": commands.page,
    "columns": columns.page,
    "models": models.page,
    "words": words.page,
    "errors": errors.page,
    "routes": routes.page,
}


def folder() -> Path:
    """Where the pages lie."""
    return program_folder() / "docs" / "reference"


@cache
def page(name: str) -> str:
    """A page as it should be; the code does not change while this runs."""
    return PAGES[name]()


def write() -> list[str]:
    """Write every page anew; the names of those that have changed."""
    changed = stale()
    for name in changed:
        (folder() / f"{name}.md").write_bytes(page(name).encode("utf-8"))
    return changed


def stale() -> list[str]:
    """The names of the pages that do not say what the code says now."""
    return [name for name in PAGES if _text(folder() / f"{name}.md") != page(name)]


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8").replace("\r\n", "\n") if path.is_file() else ""
