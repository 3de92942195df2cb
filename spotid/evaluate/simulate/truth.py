"""The truth that goes with a simulated survey: tables and their description."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SIGHTING_COLUMNS = (
    "path",
    "individual",
    "flank",
    "x",
    "y",
    "w",
    "h",
    "station",
    "datetime",
    "burst",
    "occlusion",
    "camera",
    "light",
)
FRAME_COLUMNS = ("path", "station", "camera", "datetime", "light", "animals", "burst", "problem")

README = """# What is true about this survey

This survey is simulated: no real animal, place or camera. It was written by `spotid simulate`.

- `sightings.csv`: one row per animal in a picture. `path` below the survey's folder; `individual`; `flank` (left or
  right side of the animal); `x`, `y`, `w`, `h` the box round its visible part as fractions of the upright picture;
  `station`; `datetime` local time of the camera; `burst` the same for pictures of one pass at one camera; `occlusion`
  the share of the animal that is hidden or outside the picture (0 to 1); `camera`; `light` (day, infrared, flash).
- `frames.csv`: one row per file. `animals` counts the sightings in it, 0 is an empty picture; `problem` is `empty` or
  `truncated` for the files that are broken on purpose and `rotated` for the picture stored lying on its side.
- `masks/` (only when asked for): one 1-bit PNG per sighting, white where the animal is visible.
"""


@dataclass(frozen=True)
class SightingTruth:
    """One animal in one picture; the columns of ``sightings.csv``."""

    path: str
    individual: str
    flank: str
    x: float
    y: float
    w: float
    h: float
    station: str
    datetime: str
    burst: str
    occlusion: float
    camera: str
    light: str


@dataclass(frozen=True)
class FrameTruth:
    """One file; the columns of ``frames.csv``."""

    path: str
    station: str
    camera: str
    datetime: str
    light: str
    animals: int
    burst: str
    problem: str


@dataclass
class SurveyTruth:
    """Everything that is true about a survey, in the order of the files."""

    sightings: list[SightingTruth] = field(default_factory=list)
    frames: list[FrameTruth] = field(default_factory=list)


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV file in UTF-8 with Unix line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_truth(folder: Path, truth: SurveyTruth) -> None:
    """Write ``sightings.csv``, ``frames.csv`` and ``README.md`` into ``folder``."""
    write_table(
        folder / "sightings.csv",
        SIGHTING_COLUMNS,
        ([_plain(getattr(row, column)) for column in SIGHTING_COLUMNS] for row in truth.sightings),
    )
    write_table(
        folder / "frames.csv",
        FRAME_COLUMNS,
        ([getattr(row, column) for column in FRAME_COLUMNS] for row in truth.frames),
    )
    (folder / "README.md").write_text(README, encoding="utf-8", newline="\n")
    (folder / ".nomedia").touch()  # masks are no photographs: a run leaves this folder out


def _plain(value: object) -> object:
    return f"{value:.5f}" if isinstance(value, float) else value


def read_sightings(folder: Path) -> list[SightingTruth]:
    """The rows of ``sightings.csv`` in a truth folder."""
    with (folder / "sightings.csv").open(encoding="utf-8", newline="") as file:
        return [
            SightingTruth(
                **{k: (float(v) if k in {"x", "y", "w", "h", "occlusion"} else v) for k, v in row.items()}  # type: ignore[arg-type]
            )
            for row in csv.DictReader(file)
        ]


def read_frames(folder: Path) -> list[FrameTruth]:
    """The rows of ``frames.csv`` in a truth folder."""
    with (folder / "frames.csv").open(encoding="utf-8", newline="") as file:
        return [FrameTruth(**{**row, "animals": int(row["animals"])}) for row in csv.DictReader(file)]  # type: ignore[arg-type]
