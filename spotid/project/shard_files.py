"""The files of one shard: the vectors, the table that says whose they are, and the seal that both are whole.

The table tells enough of every sighting to build a project around a folder of embeddings alone (``rebuild``). Schema 1
had the first nine columns; it is still read.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spotid import __version__
from spotid.project.cells import read_back, written
from spotid.project.files import write_whole
from spotid.project.store import Store

if TYPE_CHECKING:
    import numpy as np

SCHEMA = 2
FIRST_COLUMNS = ("row", "sighting", "media_sha256", "path", "x", "y", "w", "h", "flank")
COLUMNS = (
    *FIRST_COLUMNS,
    *("media", "root", "bytes", "modified_ns", "width", "height", "captured_at", "time_source"),
    *("station", "camera", "visit", "score", "boxed_by", "how", "species", "quality", "recipe", "cut_score"),
)
_ROWS = """
SELECT sighting.id, sighting.uid AS sighting, media.sha256 AS media_sha256, media.relpath AS path, sighting.x,
       sighting.y, sighting.w, sighting.h, sighting.flank, media.uid AS media, root.path AS root, media.bytes,
       media.modified_ns, media.width, media.height, media.captured_at, media.time_source, station.name AS station,
       media.camera, media.visit, sighting.score, sighting.boxed_by, sighting.how, sighting.species, sighting.quality,
       sighting.recipe, sighting.cut_score
FROM sighting JOIN media ON media.id = media_id JOIN root ON root.id = root_id
LEFT JOIN station ON station.id = station_id
"""
UNIT = 0.01  # by so much the length of a float16 unit row may differ from 1


@dataclass
class Shard:
    """A shard as it lies on the disk. ``trouble`` says of ``npy``, ``csv`` and ``json`` what is wrong with them."""

    stem: Path
    rows: list[dict[str, str]] = field(default_factory=list)
    vectors: np.ndarray | None = None
    trouble: dict[str, str] = field(default_factory=dict)

    def file(self, kind: str) -> Path:
        """One of its files."""
        return self.stem.with_suffix(f".{kind}")


def sealed(document: dict[str, Any]) -> bytes:
    """A JSON document that notices its own damage."""
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    return json.dumps({**document, "self": digest}, indent=2).encode()


def unsealed(content: bytes) -> dict[str, Any]:
    """The document in ``content``. Raises ValueError where it is damaged."""
    document = json.loads(content)
    if not isinstance(document, dict) or json.dumps(document, indent=2).encode() != content:
        raise ValueError("it is not as it was written")
    digest = document.pop("self", None)
    whole = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    if digest != whole and (digest is not None or document.get("schema", 1) != 1):
        raise ValueError("it has been changed")
    return document


def table(store: Store, sightings: Sequence[int]) -> bytes:
    """The table of sightings, by their row ids, in this order; 0 stands for a vector that nobody refers to any more."""
    facts = {}
    for start in range(0, len(sightings), 500):  # SQLite's limit on variables
        part = sightings[start : start + 500]
        marks = ",".join("?" * len(part))
        facts.update({row["id"]: row for row in store.all(f"{_ROWS} WHERE sighting.id IN ({marks})", *part)})
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for index, one in enumerate(sightings):
        if not one:
            writer.writerow([index, *[""] * (len(COLUMNS) - 1)])
            continue
        row = facts[one]
        writer.writerow(
            [index, *(f"{row[name]:.6f}" if name in "xywh" else written(row[name]) for name in COLUMNS[1:])]
        )
    return text.getvalue().encode("utf-8", "surrogateescape")


def write(stem: Path, npy: bytes | None, text: bytes, rows: int, encoder: dict[str, Any]) -> None:
    """Write the table, the vectors (unless they lie there already) and, last, the seal.

    ``encoder`` has name, identity and dim, so that the shard can be understood without the manifest.
    """
    if npy is not None:
        write_whole(stem.with_suffix(".npy"), npy)
    write_whole(stem.with_suffix(".csv"), text)
    content = npy if npy is not None else stem.with_suffix(".npy").read_bytes()
    seal = {
        "schema": SCHEMA,
        "npy_sha256": hashlib.sha256(content).hexdigest(),
        "csv_sha256": hashlib.sha256(text).hexdigest(),
        "rows": rows,
        "encoder": encoder,
        "software": f"SpotID {__version__}",
    }
    write_whole(stem.with_suffix(".json"), sealed(seal))


def read(stem: Path, dim: int) -> Shard:
    """A shard with whatever is wrong with it: a bad seal, files that differ from it, vectors that are none."""
    shard = Shard(stem)
    seal: dict[str, Any] = {}
    try:
        seal = unsealed(shard.file("json").read_bytes())
        if not {"npy_sha256", "csv_sha256", "rows"} <= seal.keys():
            raise ValueError("parts of it are missing")
    except (OSError, ValueError) as error:
        shard.trouble["json"] = _told(error)
    contents: dict[str, bytes] = {}
    for kind in ("npy", "csv"):
        try:
            contents[kind] = shard.file(kind).read_bytes()
        except OSError as error:
            shard.trouble[kind] = _told(error)
            continue
        if "json" not in shard.trouble and hashlib.sha256(contents[kind]).hexdigest() != seal[f"{kind}_sha256"]:
            shard.trouble[kind] = "has been changed"
    if "npy" not in shard.trouble:
        shard.vectors, shard.trouble["npy"] = _vectors(contents["npy"], dim, sealed="json" not in shard.trouble)
    if "csv" not in shard.trouble:
        shard.rows, shard.trouble["csv"] = _rows(contents["csv"])
    if shard.vectors is not None and shard.rows and len(shard.vectors) != len(shard.rows):
        shard.trouble["csv"] = f"has {len(shard.rows)} rows for {len(shard.vectors)} vectors"
    shard.trouble = {kind: said for kind, said in shard.trouble.items() if said}
    return shard


def _vectors(content: bytes, dim: int, *, sealed: bool) -> tuple[np.ndarray | None, str]:
    import numpy as np

    try:
        vectors = np.load(io.BytesIO(content), allow_pickle=False)
    except (OSError, ValueError, EOFError, SyntaxError) as error:
        return None, f"is no array ({error})"
    if vectors.ndim != 2 or vectors.shape[1] != dim or vectors.dtype != np.float16:
        return None, "has another shape"
    if sealed:
        return vectors, ""
    lengths = np.linalg.norm(vectors.astype(np.float32), axis=1)
    good = np.abs(lengths - 1) < UNIT
    return (vectors, "") if bool(good.all()) else (None, f"has {int((~good).sum())} rows that are no unit vectors")


def _rows(content: bytes) -> tuple[list[dict[str, str]], str]:
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8", "surrogateescape"), newline="")))
    except csv.Error as error:
        return [], f"is no table ({error})"
    if not rows or not set(FIRST_COLUMNS) <= rows[0].keys() or None in rows[0]:
        return [], "has other columns"
    return [{name: read_back(cell or "") for name, cell in row.items()} for row in rows], ""


def _told(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "is missing"
    return f"is damaged ({getattr(error, 'strerror', None) or error})"
