"""The project folder itself: its name card, leftovers, backups, locks, and the room on its disk."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from spotid.jobs.finding import Finding, Visit, many, some
from spotid.project import backup, notes
from spotid.project.files import free_bytes
from spotid.project.folder import ID, TITLE, read_document, write_document

SETTLED_SECONDS = 60.0  # a .part that nobody has touched for so long is nobody's


def examine(visit: Visit) -> Iterator[Finding]:
    """Findings about the folder."""
    yield from _card(visit)
    yield from _leftovers(visit)
    yield from _backups(visit)
    yield from _locks(visit)
    yield from _room(visit)


def _card(visit: Visit) -> Iterator[Finding]:
    project = visit.project
    known = (notes.get(project.store, ID), notes.get(project.store, TITLE))
    try:
        document = read_document(project.layout)
        good = known == ("", "") or known == (document["id"], document["title"])
    except (OSError, ValueError, KeyError, TypeError):
        good = False
    if not good:
        if visit.repair:
            write_document(project.layout, known[1], known[0])
        yield Finding(f"{project.layout.project_file.name} does not name this project.", visit.repair)


def _leftovers(visit: Visit) -> Iterator[Finding]:
    """Halves of files that a killed program has left; they are never read."""
    found = []
    for folder, _, names in os.walk(visit.project.path):
        for name in names:
            path = Path(folder) / name
            if name.endswith(".part") and time.time() - path.stat().st_mtime > SETTLED_SECONDS:
                found.append(path)
    if found:
        if visit.repair:
            for path in found:
                path.unlink(missing_ok=True)
        halves = many(len(found), "half-written file was", "half-written files were")
        yield Finding(f"{halves} left behind: {some([path.name for path in found])}.", visit.repair)


def _backups(visit: Visit) -> Iterator[Finding]:
    for one in backup.listed(visit.project.layout):
        if not one.trouble or one.reason.endswith("damaged"):
            continue  # what was set aside as it was is meant to be as it is
        if visit.repair:
            one.path.replace(one.path.with_name(f"{one.path.name}.unreadable"))
        yield Finding(f"The backup {one.path.name} can't be used.", visit.repair)
    if visit.repair and backup.newest_good(visit.project.layout) is None:
        backup.write(visit.project.layout, "daily")


def _locks(visit: Visit) -> Iterator[Finding]:
    """Notes of programs that are gone. The locks themselves are freed by the system, whatever happens."""
    for lock in (visit.project.layout.lock, visit.project.layout.worker_lock):
        note = lock.with_name(lock.name + ".pid")
        try:
            owner = int(note.read_text(encoding="ascii"))
        except FileNotFoundError:
            continue
        except (OSError, ValueError):
            owner = 0
        if not owner or not psutil.pid_exists(owner):
            if visit.repair:
                note.unlink(missing_ok=True)
            yield Finding(f"The note {note.name} names a program that is gone.", visit.repair)


def _room(visit: Visit) -> Iterator[Finding]:
    free = free_bytes(visit.project.path) / 1e6
    if free < visit.least_mb:
        yield Finding(f"Only {free:,.0f} MB are free on the disk of this project.")
