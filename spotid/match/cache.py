"""The spots of sightings: in memory while they last, else on disk, else extracted from the crop."""

from __future__ import annotations

import io
import sqlite3
from collections import OrderedDict
from dataclasses import replace

from spotid.boxes import Box
from spotid.match.parts import Matcher, Points
from spotid.project import crops, sightings
from spotid.project.files import write_whole
from spotid.project.folder import Project

IN_MEMORY = 1200  # about 250 kB each
WHOLE_PICTURE = 0.8  # of the frame: such a box is taken for a crop made by somebody else
PARTS = ("xy", "size", "angle", "descriptor", "kind")


class PointCache:
    """The spots of one project's sightings by one matcher."""

    def __init__(self, project: Project, matcher: Matcher, padding: float) -> None:
        self._padding = padding
        self._project, self._matcher, self._recipe = project, matcher, matcher.identity()
        self._kept: OrderedDict[int, Points | None] = OrderedDict()

    def get(self, sighting_id: int) -> Points | None:
        """The spots of a sighting; None where its crop is lost."""
        if sighting_id in self._kept:
            self._kept.move_to_end(sighting_id)
            return self._kept[sighting_id]
        points = self._load(sighting_id)
        self._kept[sighting_id] = points
        if len(self._kept) > IN_MEMORY:
            self._kept.popitem(last=False)
        return points

    def _load(self, sighting_id: int) -> Points | None:
        import numpy as np

        row = self._project.store.one(f"{sightings.FACTS} WHERE sighting.id = ?", sighting_id)
        assert row is not None, "sightings are never deleted"
        path = self._project.layout.points(row["uid"], f"{row['recipe']}-{self._recipe}")
        try:
            with np.load(path, allow_pickle=False) as stored:
                return self._placed(row, Points(*(stored[name] for name in PARTS)))
        except (OSError, ValueError, KeyError, EOFError):
            pass
        crop = crops.load(self._project.layout, row)
        if crop is None:
            crops.make_again(self._project.store, sighting_id)
            return None
        points = self._matcher.extract(*crop)
        buffer = io.BytesIO()
        arrays = {name: getattr(points, name) for name in PARTS}
        if arrays["kind"] is None:
            arrays["kind"] = np.zeros(len(points.xy), np.uint8)
        np.savez(buffer, **arrays)
        write_whole(path, buffer.getvalue())
        return self._placed(row, points)

    def _placed(self, row: sqlite3.Row, points: Points) -> Points:
        """The spots with their places in the whole frame, where the crop is a part of it."""
        import numpy as np

        box = Box(row["x"], row["y"], row["w"], row["h"])
        if box.w * box.h >= WHOLE_PICTURE or not row["width"]:
            return points
        left, top, right, bottom = box.padded(self._padding).pixels(row["width"], row["height"])
        size = np.array([row["width"], row["height"]], np.float32)
        at = (np.array([left, top]) + points.xy * np.array([right - left, bottom - top])) / size
        return replace(points, at=at.astype(np.float32))
