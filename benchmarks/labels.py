"""What is known of labelled pictures: who, which side, which encounter, where in the picture."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from spotid.boxes import Box

HOUR = 3600
BOXED_QUALITY = 95  # JPEG quality of pictures cut to their boxes


class Label:
    """What is known of one animal in one picture."""

    def __init__(self, row: dict[str, str]) -> None:
        self.path, self.side = row["path"], row.get("side") or row.get("flank") or ""
        self.identity = row.get("identity") or row.get("individual") or ""
        self.encounter = row.get("encounter") or row.get("burst") or ""
        self.camera = row.get("camera") or row.get("station") or ""
        self.time: datetime | None
        try:
            self.time = datetime.fromisoformat(row.get("datetime") or "")
        except ValueError:
            self.time = None
        sides = row["box"].split() if row.get("box") else [row.get(side) or "" for side in "xywh"]
        self.box = Box(*map(float, sides)) if len(sides) == 4 and all(sides) else None

    def same_encounter(self, other: Label) -> bool:
        """By the column where there is one, else by the number of the sighting in names, else by camera and hour."""
        if self.encounter and other.encounter:
            return self.encounter == other.encounter
        if self.sighting_number():
            return self.sighting_number() == other.sighting_number()
        if self.time is None or other.time is None:
            return False
        return self.camera == other.camera and abs((self.time - other.time).total_seconds()) <= HOUR

    def sighting_number(self) -> str:
        """124 of ``124_leftphoto.jpg``: pictures that share it were taken on one occasion."""
        number, *rest = Path(self.path).stem.split("_")
        return number if rest and len(rest[-1]) > 0 and rest[-1].endswith("photo") else ""


class LabelledSet:
    """A folder of pictures and the labels in it: a generated survey, or pictures with a ``manifest.csv``."""

    def __init__(self, folder: Path, same_side: bool) -> None:
        truth = folder / "truth" / "sightings.csv"
        self.folder, self.name, self.generated = folder, folder.name, truth.is_file()
        with (truth if self.generated else folder / "manifest.csv").open(newline="", encoding="utf-8-sig") as file:
            self.labels = [Label(row) for row in csv.DictReader(file)]
        # Generated coats differ from side to side, as real ones do, and nothing else tells a generated animal.
        self.same_side = same_side or self.generated

    @property
    def pictures(self) -> list[str]:
        """The pictures that show a labelled animal, in the order of the labels."""
        return list(dict.fromkeys(label.path for label in self.labels))

    @property
    def individual(self) -> dict[str, str]:
        """Number of the label → who it is, where that is known."""
        return {str(number): label.identity for number, label in enumerate(self.labels) if label.identity}

    @property
    def allowed(self) -> Callable[[str, str], bool]:
        """Whether one label counts as a candidate for another: not of its encounter, and of its side if asked."""

        def count(query: str, candidate: str) -> bool:
            a, b = self.labels[int(query)], self.labels[int(candidate)]
            if a.path == b.path or a.same_encounter(b):
                return False
            return not (self.same_side and a.side and b.side and a.side != b.side)

        return count

    def cut_to_boxes(self, into: Path) -> LabelledSet:
        """The same pictures cut to their true boxes; those without one are left out where any has one."""
        from PIL import Image, ImageOps

        boxed = LabelledSet.__new__(LabelledSet)
        boxed.folder, boxed.name, boxed.generated = into, f"{self.name}, true boxes", False
        boxed.same_side = self.same_side
        some = any(label.box for label in self.labels)
        boxed.labels = [label for label in self.labels if label.box or not some]
        for number, label in enumerate(boxed.labels):
            old, folder = self.folder / label.path, into / Path(label.path).parent
            folder.mkdir(parents=True, exist_ok=True)
            several = sum(label.path == other.path for other in self.labels) > 1
            new = folder / f"{old.stem}{f' {number}' if several else ''}.jpg"
            with Image.open(old) as opened:
                picture = ImageOps.exif_transpose(opened).convert("RGB")
                if label.box:
                    picture = picture.crop(label.box.pixels(*picture.size))
                picture.save(new, quality=BOXED_QUALITY, exif=picture.getexif().tobytes())
            label.path, label.box = str(new.relative_to(into).as_posix()), None
        return boxed
