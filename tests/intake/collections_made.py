"""Small collections as people keep them, and projects that take them in without searching a single photograph."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from spotid.boxes import WHOLE, Box
from spotid.intake.collect import read_pending, scan_roots
from spotid.intake.source import unpack_pending
from spotid.intake.taking import look, take_in
from spotid.progress import Silent
from spotid.project import sightings
from spotid.project.folder import Project
from spotid.review.following import follow_collections
from spotid.settings import settings

LEFT, RIGHT = Box(0.0, 0.1, 0.4, 0.8), Box(0.6, 0.1, 0.4, 0.8)
SORTED_FILES = (
    *("F1/left/a.jpg", "F1/left/b.jpg", "F1/right/c.jpg", "F2/left/d.jpg", "F2/e.jpg"),
    *("Unknown/f.jpg", "Empty/g.jpg", "F10/h.jpg"),
)
SHEET = """original_path,predicted_category,unique_name,locality name,latitude,longitude,datetime
cards/a.jpg,leopard,F1,Kukuri,-15.5,28.25,2024-03-01 05:06:07
cards/b.jpg,leopard,F1,Lwiro,-15.6,28.3,2024-03-02 06:06:07
cards/c.jpg,leopard,F2,Kukuri,-15.5,28.25,2024-03-03 07:06:07
cards/d.jpg,leopard,,Kukuri,-15.5,28.25,
cards/e.jpg,empty,,,,,
cards/none.jpg,leopard,F3,,,,
"""
Picture = Callable[..., bytes]


def files(names: Sequence[str], picture: Picture) -> dict[str, bytes]:
    """A file for each name, no two alike."""
    return {name: picture((9 * number % 250, 40, 60)) for number, name in enumerate(names, 1)}


def sheet_files(picture: Picture, sheet: str = SHEET) -> dict[str, bytes]:
    """A collection described by a sheet."""
    named = [f"cards/{letter}.jpg" for letter in "abcdef"]
    return {**files(named, picture), "metadata.csv": sheet.encode()}


def folder(root: Path, content: Mapping[str, bytes]) -> Path:
    """The files in a folder."""
    for name, data in content.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def packed(path: Path, content: Mapping[str, bytes], inside: str = "") -> Path:
    """The files in a ZIP."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(inside + name, data)
    return path


def seen(source: Path, **answers: str) -> dict[str, str]:
    """All that is asked, answered as it was understood."""
    told = dict(answers)
    for _ in range(5):
        asked = [one for one in look(source, told).plan.understood if one.asks]
        told |= {one.key: one.chosen or "seen" for one in asked}
    return told


def taken(project: Project, source: Path, **answers: str) -> str:
    """Take a collection in, all asked answered as it was understood."""
    return take_in(project, source, seen(source, **answers), "AB")


def run(project: Project, boxes: Mapping[str, Sequence[Box]] | None = None, again: bool = True) -> None:
    """What a run does, with the boxes that a search would find: one for the whole picture unless told."""
    values = settings({})
    unpack_pending(project, Silent(), 1000)
    scan_roots(project, Silent())
    read_pending(project, values, Silent())
    for row in project.store.all("SELECT id, relpath FROM media WHERE state = 'read'"):
        found = (boxes or {}).get(row["relpath"], (WHOLE,))
        sightings.keep_detections(
            project.store, [(row["id"], [sightings.NewSighting(box, 0.9, "test") for box in found])], "test"
        )
    if again:
        follow_collections(project, Silent())


def groups(project: Project) -> dict[str, set[str]]:
    """Individual, by its name or else its code → the photographs that it is seen in."""
    found: dict[str, set[str]] = {}
    for row in project.store.all(
        "SELECT COALESCE(individual.name, individual.code) AS who, media.relpath FROM identity"
        " JOIN individual ON individual.id = individual_id JOIN sighting ON sighting.uid = sighting_uid"
        " JOIN media ON media.id = media_id"
    ):
        found.setdefault(row["who"], set()).add(row["relpath"])
    return found
