"""A new project's database: whole, or not there."""

from __future__ import annotations

import contextlib

from spotid.project import schema
from spotid.project.backup import flush
from spotid.project.layout import DATABASE, Layout
from spotid.project.look import SIDES, side
from spotid.project.store import connect

NAME = f"{DATABASE}.new"


def make(layout: Layout) -> None:
    """Make the tables under another name first: a kill in between leaves a folder that is no project yet.

    Only the holder of the project's lock may call this.
    """
    new = layout.root / NAME
    for left in (new, *(side(new, ending) for ending in SIDES)):
        left.unlink(missing_ok=True)
    with contextlib.closing(connect(new)) as connection:
        schema.migrate(connection)
    flush(new)
    new.replace(layout.database)
    flush(layout.root)
