"""Pictures and crops of the sample survey, enlarged to what cameras of today take, for benchmarks/parts.py."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spotid.boxes import Box
from spotid.places import program_folder

if TYPE_CHECKING:
    import numpy as np

WIDE, HIGH = 2048, 1536
LARGEST = 0.7  # of the picture's width or height: such a box leaves no surroundings


@dataclass(frozen=True)
class Picture:
    """A picture as a run has it: the photograph, and the small one that the line keeps for the search."""

    uid: str
    large: Path
    small: Path
    station: str
    captured_at: str


@dataclass(frozen=True)
class Cropped:
    """A crop with its longer side as long as SpotID keeps it: ``rgb``, true outline, and the box within the crop."""

    rgb: np.ndarray
    mask: np.ndarray
    inner: Box


def write(folder: Path, pictures: int, crops: int) -> None:
    """Make so many of both at most; upright pictures without a fault alone."""
    from PIL import Image

    from spotid.picture import is_picture_name, pixels
    from spotid.settings import settings

    sample, listed = program_folder() / "sample_data", []
    folder.mkdir(parents=True)
    for row in _rows(sample / "truth" / "frames.csv"):
        if not row["problem"] and is_picture_name(row["path"]) and len(listed) < pictures:
            picture = Image.fromarray(pixels(sample / row["path"])).resize((WIDE, HIGH), Image.Resampling.BICUBIC)
            number = len(listed)
            picture.save(folder / f"{number}.jpg", quality=88)
            small = picture.copy()
            small.thumbnail((settings()["small_side"],) * 2)
            small.save(folder / f"{number}-small.jpg", quality=88)
            listed.append([row["station"], row["datetime"]])
    (folder / "pictures.json").write_text(json.dumps(listed), encoding="utf-8")
    for number, crop in zip(range(crops), _cut(sample, settings()["crop_side"]), strict=False):
        _keep(folder / f"{number}.npz", crop)


def read_pictures(folder: Path) -> list[Picture]:
    """The pictures that ``write`` made."""
    listed = json.loads((folder / "pictures.json").read_text(encoding="utf-8"))
    return [
        Picture(f"{number:016x}", folder / f"{number}.jpg", folder / f"{number}-small.jpg", station, when)
        for number, (station, when) in enumerate(listed)
    ]


def read_crops(folder: Path) -> list[Cropped]:
    """The crops that ``write`` made."""
    import numpy as np

    found = []
    for path in sorted(folder.glob("*.npz"), key=lambda path: int(path.stem)):
        with np.load(path) as kept:
            found.append(Cropped(kept["rgb"], kept["mask"], Box(*kept["inner"].tolist())))
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _cut(sample: Path, side: int) -> Iterator[Cropped]:
    """Crops of animals of which nothing is hidden, padded as a run pads them."""
    import numpy as np
    from PIL import Image

    from spotid.picture import pixels
    from spotid.profiles import load_profile

    seen: dict[str, int] = {}
    whole = {row["path"] for row in _rows(sample / "truth" / "frames.csv") if not row["problem"]}
    for row in _rows(sample / "truth" / "sightings.csv"):
        seen[row["path"]] = seen.get(row["path"], 0) + 1
        box = Box(*(float(row[name]) for name in "xywh"))
        if row["path"] not in whole or float(row["occlusion"]) > 0.1 or max(box.w, box.h) > LARGEST:
            continue
        rgb = pixels(sample / row["path"])
        outline = sample / "truth" / "masks" / f"{row['path'].removesuffix('.JPG')}_{seen[row['path']]}.png"
        with Image.open(outline) as picture:
            mask = np.asarray(picture.convert("L")) > 127
        outer = box.padded(load_profile().padding)
        left, top, right, bottom = outer.pixels(rgb.shape[1], rgb.shape[0])
        scale = side / max(right - left, bottom - top)
        size = (round((right - left) * scale), round((bottom - top) * scale))
        cut = Image.fromarray(rgb[top:bottom, left:right]).resize(size, Image.Resampling.BICUBIC)
        shape = Image.fromarray(mask[top:bottom, left:right]).resize(size, Image.Resampling.NEAREST)
        inner = Box((box.x - outer.x) / outer.w, (box.y - outer.y) / outer.h, box.w / outer.w, box.h / outer.h)
        yield Cropped(np.asarray(cut), np.asarray(shape), inner)


def _keep(path: Path, crop: Cropped) -> None:
    import numpy as np

    arrays: dict[str, Any] = {"rgb": crop.rgb, "mask": crop.mask}
    buffer = io.BytesIO()
    np.savez(buffer, inner=np.array([crop.inner.x, crop.inner.y, crop.inner.w, crop.inner.h]), **arrays)
    path.write_bytes(buffer.getvalue())
