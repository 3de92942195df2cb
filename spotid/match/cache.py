"""The spots of sightings: in memory while they last, else on disk, else extracted from the crop."""

from __future__ import annotations

import io
import sqlite3
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from spotid.boxes import Box
from spotid.match.laid import Laid
from spotid.match.parts import Matcher, Points
from spotid.project import aside, crashes, crops, hand, sightings
from spotid.project.files import write_whole
from spotid.project.folder import Project
from spotid.words import Stage

if TYPE_CHECKING:
    import numpy as np

IN_MEMORY = 1200  # about 250 kB each
WHOLE_PICTURE = 0.8  # of the frame: such a box is taken for a crop made by somebody else
SURE_OUTLINE = 0.8  # of a cut-out's score: the network where it is certain; GrabCut never is
MIDDLE = (0.42, 0.36)  # half axes of the ellipse, as shares of the crop
NEXT_TO_NOTHING = 0.1
PARTS = ("xy", "size", "angle", "descriptor", "kind")
MORE = ("frame", "back")  # what only some have


def middle_of(mask: np.ndarray) -> np.ndarray:
    """The part of an unsure outline ((h, w) bool) that lies in the middle of its crop; the middle alone where that is
    next to nothing.

    An outline that took in grass and rocks brings their spots along, and the middle nearly always shows the animal. On
    170 queries of nyala with outlines by GrabCut: 0.72 right with the middle of the outline, 0.68 with the middle, 0.61
    with the outline (this one in a whole run, which compares fewer pairs).
    """
    import numpy as np

    high, wide = mask.shape
    rows, columns = np.ogrid[:high, :wide]
    across, down = ((columns + 0.5) / wide - 0.5) / MIDDLE[0], ((rows + 0.5) / high - 0.5) / MIDDLE[1]
    middle = np.asarray(across**2 + down**2 < 1)
    both = mask & middle
    return both if both.mean() >= NEXT_TO_NOTHING else middle


class PointCache:
    """The spots of one project's sightings by one matcher."""

    def __init__(self, project: Project, matcher: Matcher, padding: float, in_memory: int = IN_MEMORY) -> None:
        self._padding, self._most = padding, in_memory
        self._project, self._matcher, self._recipe = project, matcher, matcher.identity()
        self._kept: OrderedDict[int, Points | None] = OrderedDict()
        self.judge = aside.Judge()
        self._fatal = crashes.aside(project.store, Stage.POINTS)

    def get(self, sighting_id: int) -> Points | None:
        """The spots of a sighting; None where its crop is lost or no spots can be made of it."""
        if sighting_id in self._kept:
            self._kept.move_to_end(sighting_id)
            return self._kept[sighting_id]
        points = self._load(sighting_id)
        self._kept[sighting_id] = points
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return points

    def _load(self, sighting_id: int) -> Points | None:
        import numpy as np

        row = self._project.store.one(f"{sightings.FACTS} WHERE sighting.id = ?", sighting_id)
        assert row is not None, "sightings are never deleted"
        if row["media_uid"] in self._fatal:
            return None
        stored = self.stored(row)
        if stored is not None:
            return stored
        crop = crops.load(self._project.layout, row)
        if crop is None:
            crops.make_again(self._project.store, sighting_id)
            return None
        rgb, mask = crop
        shown = mask if (row["cut_score"] or 0.0) >= SURE_OUTLINE else middle_of(mask)
        try:
            with hand.holding(self._project, Stage.POINTS, [row["media_uid"]]):
                points = self._extract(rgb, shown, mask)
            if not all(np.isfinite(part).all() for part in (points.xy, points.size, points.angle, points.descriptor)):
                raise ValueError("the spots have places that are no numbers")
        except Exception as error:  # compared by its embedding alone
            self.judge.fault(error)
            return None
        self.judge.fine()
        path = self._project.layout.points(row["uid"], f"{row['recipe']}-{self._recipe}")
        buffer = io.BytesIO()
        arrays = {name: getattr(points, name) for name in PARTS}
        if arrays["kind"] is None:
            arrays["kind"] = np.zeros(len(points.xy), np.uint8)
        arrays |= {name: getattr(points, name) for name in MORE if getattr(points, name) is not None}
        np.savez(buffer, **arrays)
        write_whole(path, buffer.getvalue())
        return self._placed(row, points)

    def _extract(self, rgb: np.ndarray, shown: np.ndarray, mask: np.ndarray) -> Points:
        if isinstance(self._matcher, Laid):
            return self._matcher.extract(rgb, shown, mask)
        return self._matcher.extract(rgb, shown)

    def stored(self, row: sqlite3.Row) -> Points | None:
        """The spots that lie on the disk for a sighting (a row of ``sightings.FACTS``); nothing is made or written."""
        import numpy as np

        path = self._project.layout.points(row["uid"], f"{row['recipe']}-{self._recipe}")
        try:
            with np.load(path, allow_pickle=False) as kept:
                more = {name: kept[name] for name in MORE if name in kept.files}
                xy, size, angle, descriptor, kind = (kept[name] for name in PARTS)
                return self._placed(row, Points(xy, size, angle, descriptor, kind, **more))
        except MemoryError:
            raise
        except Exception:  # none, or a damaged file of this kind, which raises almost anything
            return None

    def _placed(self, row: sqlite3.Row, points: Points) -> Points:
        """The spots with their places in the whole frame, where the crop is a part of it.

        Those of animals that were laid level have none: no camera stands still before fish and turtles.
        """
        import numpy as np

        if points.back is not None:
            return points
        box = Box(row["x"], row["y"], row["w"], row["h"])
        if box.w * box.h >= WHOLE_PICTURE or not row["width"]:
            return points
        left, top, right, bottom = box.padded(self._padding).pixels(row["width"], row["height"])
        size = np.array([row["width"], row["height"]], np.float32)
        at = (np.array([left, top]) + points.xy * np.array([right - left, bottom - top])) / size
        return replace(points, at=at.astype(np.float32))
