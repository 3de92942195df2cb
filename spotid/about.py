"""What this copy of SpotID is: how it was built, whose work it carries, and whether it is whole."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spotid import __version__
from spotid.places import program_folder

BUILD = "build.json"
FILES = "files.json"
LICENCES = "licences"


@dataclass(frozen=True, slots=True)
class Build:
    """How this copy was made: ``flavour`` is core, full, or source; the others are empty in a source checkout."""

    flavour: str
    version: str
    commit: str
    made_at: str  # ISO 8601, UTC
    releases: str  # the page where newer ones appear


@dataclass(frozen=True, slots=True)
class Licence:
    """A work that the bundle carries, and under which terms."""

    name: str
    version: str
    licence: str
    text_path: Path  # a file of all its texts


def build() -> Build:
    """This copy; a source checkout, and a bundle whose note is damaged, say what is certain."""
    told = _read(BUILD) if _frozen() else {}
    told = told if isinstance(told, dict) else {}
    return Build(
        flavour=str(told.get("flavour", "core" if _frozen() else "source")),
        version=str(told.get("version", __version__)),
        commit=str(told.get("commit", "")),
        made_at=str(told.get("made_at", "")),
        releases=str(told.get("releases", "")),
    )


def licences() -> list[Licence]:
    """Everything bundled, sorted by name; empty in a source checkout, where pip has installed it beside its texts."""
    told = _read(f"{LICENCES}/licences.json") if _frozen() else []
    folder = program_folder() / LICENCES
    try:
        return [
            Licence(str(one["name"]), str(one["version"]), str(one["licence"]), folder / str(one["file"]))
            for one in told or []
        ]
    except (KeyError, TypeError):
        return []


def missing() -> list[str]:
    """Files of the bundle that are gone or cut short, after an antivirus or an unpacking that broke off; sorted.

    Compares names and sizes with the list written at build time, folder by folder (4 ms for 700 files here). Whole, or
    not a bundle: an empty list. A program library may be longer than noted, because signing adds to it, and a tenth
    shorter, because macOS signs it anew.
    """
    if not _frozen():
        return []
    folder = program_folder()
    told = _read(FILES)
    if not isinstance(told, dict):
        return [FILES]
    gone = []
    try:
        for place, names in told.items():
            here = _sizes(folder / place)
            for name, (size, exact) in names.items():
                found = here.get(name, -1)
                if found < 0 or (found != size if exact else found < size * 0.9):
                    gone.append(f"{place}/{name}" if place else name)
    except (AttributeError, TypeError, ValueError):
        return [FILES]
    return sorted(gone)


def _sizes(folder: Path) -> dict[str, int]:
    """Size of each file of a folder, by name; on Windows the listing brings them along."""
    found = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    if entry.is_file():
                        found[entry.name] = entry.stat().st_size
                except OSError:
                    continue
    except OSError:
        pass
    return found


def _frozen() -> bool:
    return bool(getattr(sys, "frozen", False))


def _read(name: str) -> Any:
    try:
        return json.loads((program_folder() / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
