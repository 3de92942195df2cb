"""The stage *flank*: which side of the animal each sighting shows; a person's word is never overwritten."""

from __future__ import annotations

import sqlite3

from spotid.boxes import Box
from spotid.prepare import flank
from spotid.progress import Progress
from spotid.project import aside, crashes, flanks, hand
from spotid.project.folder import Project
from spotid.project.scope import Scope
from spotid.words import Flank, Stage

BATCH = 64  # sightings between two commits


def tell_flanks(
    project: Project, progress: Progress, padding: float = flank.AROUND, scope: Scope | None = None
) -> None:
    """Tell the side of every cropped sighting that has none yet, or one by other weights; nothing without weights.

    ``padding`` is the share of a box's width and height that its crop has on every side. Where a crop is lost, the
    sighting is left for the run after the one that makes it again. With a ``scope``, of those in it alone.
    """
    if not flank.available():
        progress.expect(0)
        return
    name = flank.identity()
    progress.expect(flanks.count_pending(project.store, name, scope))
    after = 0
    fatal, judge = crashes.aside(project.store, Stage.FLANK), aside.Judge()
    while rows := flanks.pending(project.store, name, after, BATCH):
        after = rows[-1]["id"]
        rows = [row for row in rows if scope is None or row["id"] in scope.ids]
        guesses = []
        for part in hand.apart(
            project, Stage.FLANK, [row for row in rows if row["media_uid"] not in fatal], "media_uid"
        ):
            with hand.holding(project, Stage.FLANK, [row["media_uid"] for row in part]):
                guesses += [(row["id"], *told) for row in part if (told := _tell(project, row, padding, judge))]
        flanks.keep_guesses(project.store, name, guesses)
        progress.step(len(rows))


def _tell(project: Project, row: sqlite3.Row, padding: float, judge: aside.Judge) -> tuple[Flank, float, float] | None:
    """The side, how sure, and the lean to the left; None where the crop is lost or breaks the network."""
    import numpy as np
    from PIL import Image

    try:
        with Image.open(project.layout.crop(row["uid"], row["recipe"]), formats=("JPEG",)) as crop:
            rgb = np.asarray(crop.convert("RGB"))
    except MemoryError:
        raise
    except Exception:  # Pillow raises almost anything on damaged files
        return None
    box = Box(row["x"], row["y"], row["w"], row["h"])
    try:
        shares = flank.chances(rgb, within(box, box.padded(padding)))
    except Exception as error:  # the sighting goes on without a side: a person may say it
        judge.fault(error)
        return None
    judge.fine()
    return *flank.most_likely(shares), float(shares[0] - shares[1])


def within(box: Box, crop: Box) -> Box:
    """``box`` as fractions of ``crop``; both given as fractions of the picture."""
    return Box((box.x - crop.x) / crop.w, (box.y - crop.y) / crop.h, box.w / crop.w, box.h / crop.h)
