"""How fast this computer has worked so far, and how many things the stages ahead will have: for the time left."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from spotid.places import user_folder
from spotid.project import strips
from spotid.project.files import write_whole
from spotid.project.folder import Project
from spotid.words import Stage

FILE = "speeds.json"
OLD_COUNTS = 0.5  # of what was measured before, each time that a stage is measured anew
FEWEST_SEARCHED = 50  # files, before their share of animals is believed
STILLS_OF_A_CLIP = 6  # about
FEWEST_ITEMS, LEAST_SECONDS = 5, 1.0  # a stage with less says nothing about the speed


class Speeds:
    """Seconds for each step of every stage, as measured on this computer; kept in the user's folder."""

    def __init__(self, profile: str, path: Path | None = None) -> None:
        self._path = path or user_folder() / FILE
        self._profile = profile  # other parts, another speed
        self._known: dict[str, list[float]] = {}
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            known = json.loads(self._path.read_text(encoding="utf-8"))
            self._known = {str(name): [float(one) for one in pair] for name, pair in known.items() if len(pair) == 2}

    def seconds_each(self, stage: str) -> float | None:
        """Seconds for one step of a stage, or None where it was never measured."""
        seconds, items = self._known.get(f"{self._profile} {stage}", (0.0, 0.0))
        return seconds / items if items > 0 else None

    def keep(self, stage: str, seconds: float, items: float) -> None:
        """Remember what a stage took."""
        if items < FEWEST_ITEMS or seconds < LEAST_SECONDS:
            return
        name = f"{self._profile} {stage}"
        old = self._known.get(name, [0.0, 0.0])
        self._known[name] = [OLD_COUNTS * old[0] + seconds, OLD_COUNTS * old[1] + items]
        with contextlib.suppress(Exception):  # only a guess at the time left hangs on it
            write_whole(self._path, json.dumps(self._known, indent=1).encode())


def waiting(project: Project) -> dict[str, float]:
    """How many steps each stage of a run will about have, from what lies before it now.

    Before animals were searched for in enough files, one animal in two files is supposed.
    """
    store = project.store
    files = {row[0]: row[1] for row in store.all("SELECT state, COUNT(*) FROM media GROUP BY state")}
    seen = {row[0]: row[1] for row in store.all("SELECT state, COUNT(*) FROM sighting GROUP BY state")}
    clips = int(store.value("SELECT COUNT(*) FROM media WHERE state = 'found' AND kind = 'clip'"))
    found, read = files.get("found", 0) + clips * (STILLS_OF_A_CLIP - 1), files.get("read", 0)
    searched = files.get("animal", 0) + files.get("no_animal", 0)
    detected, cropped, embedded = (seen.get(state, 0) for state in ("detected", "cropped", "embedded"))
    known = detected + cropped + embedded
    share = known / searched if searched >= FEWEST_SEARCHED else (known + 1) / (searched + 2)
    new = share * (found + read)
    everyone = known + new
    return {
        Stage.CLIPS.value: clips,
        Stage.READ.value: found,
        Stage.STRIPS.value: strips.count_unread(store),
        Stage.DETECT.value: found + read,
        Stage.CROP.value: detected + new,
        Stage.FLANK.value: detected + new,
        Stage.EMBED.value: detected + cropped + new,
        Stage.NEIGHBOURS.value: everyone,
        Stage.POINTS.value: 3 * everyone,
    }
