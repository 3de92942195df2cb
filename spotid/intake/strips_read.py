"""The stage *strips*: what the writing in pictures without a date says. Nothing of it is used before a person confirms.

Only the strips of Reconyx cameras were measured on real pictures (see ``benchmarks/strips.py``); those of others are
read as they are drawn in the tests.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from spotid.errors import PictureError
from spotid.intake.strip import Seen, look
from spotid.intake.strip_dates import Moment
from spotid.intake.strip_letters import Letters, letters
from spotid.picture import open_file, upright
from spotid.progress import Progress
from spotid.project import aside, hand, media, settling, strips
from spotid.project.filenames import on_disk
from spotid.project.folder import Project
from spotid.project.inside import original
from spotid.words import Stage


def read_strips(project: Project, settings: dict[str, Any], progress: Progress) -> None:
    """Read the writing of every picture that has no time to be trusted; one decode of each.

    A file that can't be opened again is passed over, not put aside: it was read before, and goes on without a time.
    """
    progress.expect(total := strips.count_unread(project.store))
    if not total:
        return
    roots = {root: folder for root, folder in media.roots(project.store).items() if aside.is_there(folder)}
    reader, after, found, lost = letters(), 0, 0, 0
    while rows := strips.unread(project.store, settings["batch"], after):
        after = rows[-1]["id"]
        done: list[strips.Reading] = []
        try:
            for row in rows:
                if row["root_id"] in roots:
                    with hand.holding(project, Stage.STRIPS, [row["uid"]]):
                        done.append(_read(row, roots[row["root_id"]], reader))
        finally:
            lost += strips.keep(project.store, done)
        found += sum(bool(one.times) for one in done)
        progress.step(len(rows))
    if lost:
        settling.settle(project.store, settings["visit_minutes"])
    if found:
        progress.step(
            0, f"{found:,} pictures without a date carry one in their writing. It waits for you to confirm it."
        )


def _read(row: sqlite3.Row, root: Path, reader: Letters) -> strips.Reading:
    try:
        with open_file(original(root, on_disk(row["relpath"]))) as picture:
            seen = look(np.asarray(upright(picture)), reader)
    except (PictureError, OSError):
        aside.check_there(root)
        seen = None
    text = None if seen is None else written(seen)
    times = tuple(when.isoformat() for _, when in seen.moment.by_order) if seen and seen.moment else ()
    return strips.Reading(row["id"], strips.card_of(row), row["sha256"], text, times)


def written(seen: Seen) -> str:
    """What one picture shows, as it is kept."""
    said = seen.moment
    times = {order: when.isoformat() for order, when in said.by_order} if said else {}
    kept = {"text": seen.text, "names": seen.names, "times": times}
    return json.dumps(kept | ({"half": said.half_day, "sure": round(said.sure, 4)} if said else {}), ensure_ascii=False)


def seen_of(text: str) -> Seen:
    """The inverse of ``written``, but for where in the line the date stands; what can't be read says nothing."""
    try:
        kept = json.loads(text)
        times = tuple((str(order), datetime.fromisoformat(when)) for order, when in kept["times"].items())
        said = Moment(times, bool(kept["half"]), float(kept["sure"]), ()) if times else None
        return Seen(str(kept["text"]), said, tuple(str(name) for name in kept["names"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Seen("", None, ())
