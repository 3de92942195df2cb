"""The last step of a restore, which every opening of a project ends where it was interrupted."""

from __future__ import annotations

from pathlib import Path

from spotid.project.backup import flush
from spotid.project.layout import Layout
from spotid.project.look import SIDES, side


def begin(layout: Layout) -> None:
    """Give the database that was made ready the name that says it is whole: the moment from which it counts."""
    part(layout).replace(layout.pending)
    flush(layout.root)


def part(layout: Layout) -> Path:
    """Where the new database is made ready; not whole yet."""
    return layout.pending.with_name(layout.pending.name + ".part")


def finish(layout: Layout) -> bool:
    """End a restore that was begun; whether there was one. Only the holder of the project's lock may call this."""
    if not layout.pending.is_file():
        return False
    for ending in SIDES:
        side(layout.database, ending).unlink(missing_ok=True)  # they belong to the database that goes
    layout.pending.replace(layout.database)
    flush(layout.root)
    return True
