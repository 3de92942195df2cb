"""The original SpotID's folder of embeddings and its database of matches.

Read off its source (acse-dc1823/spotID: leopard_id/inference_embeddings.py, interface/app.py): ``embeddings.npy`` has
one row for each line of ``image_filenames.txt`` (crops, absolute paths of that computer) and of
``binary_image_filenames.txt`` (their pictures of edges); the database is the graph of matches as networkx writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from spotid.errors import BadRequestError
from spotid.intake import original_graph
from spotid.intake.recognised import Odd

if TYPE_CHECKING:
    import numpy as np

VECTORS, NAMES, EDGES, DISTANCES = (
    *("embeddings.npy", "image_filenames.txt"),
    *("binary_image_filenames.txt", "distance_matrix.npy"),
)
NO_EDGES = "No corresponding binary image"  # what stands in the list where there was none
MATCHES = "leopard_matches.csv"
ROWS = 4096  # rows given at once
CHECKED = 32  # pairs by which the kind of distance is recognised
# PytorchWildlife names a crop: class of the detection, number of the detection, name of the photograph.
_CROP = re.compile(r"(\d{1,2})_(\d{1,3})_(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class OldPicture:
    """One crop: ``row`` of its vector, where it lay, and the photograph it was cut from, as its name tells.

    ``number`` is the number of the detection in that photograph, None where the name does not tell.
    """

    row: int
    path: str
    edges: str
    photograph: str
    number: int | None


@dataclass(frozen=True, slots=True)
class OldDecision:
    """What a person said of two crops, by their rows; ``same`` or different. The original only kept the former."""

    a: int
    b: int
    same: bool = True


@dataclass(slots=True)
class Original:
    """An original folder as read. ``metric`` is its kind of distance where that could be told."""

    folder: Path
    pictures: list[OldPicture] = field(default_factory=list)
    dim: int = 0
    metric: str = ""
    decisions: list[OldDecision] = field(default_factory=list)
    database: Path | None = None
    remarks: list[str] = field(default_factory=list)

    def vectors(self) -> Iterator[tuple[list[int], np.ndarray]]:
        """The rows of the pictures with their ``(n, dim)`` float32 unit vectors, at most ``ROWS`` at once."""
        import numpy as np

        stored = np.load(self.folder / VECTORS, mmap_mode="r", allow_pickle=False)
        rows = [picture.row for picture in self.pictures]
        for start in range(0, len(rows), ROWS):
            part = rows[start : start + ROWS]
            values = np.asarray(stored[part], np.float32)
            yield part, values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-12)


def is_original(folder: Path) -> bool:
    """Whether a folder is one of the original SpotID's."""
    return (folder / VECTORS).is_file() and (folder / NAMES).is_file()


def read(folder: Path, database: Path | None = None) -> Original:
    """Read a folder of embeddings, and the matches in ``database``: its JSON, or the exported leopard_matches.csv.

    Without ``database`` it is looked for in the folder and beside it. Raises BadRequestError where the folder is none,
    OSError where it can't be read.
    """
    if not is_original(folder):
        raise BadRequestError(
            f"“{folder}” is no folder of the original SpotID.", f"Choose the folder that holds {VECTORS} and {NAMES}."
        )
    found, odd = Original(folder), Odd()
    names, edges = _lines(folder / NAMES), _lines(folder / EDGES) if (folder / EDGES).is_file() else []
    good = _check_vectors(found, len(names))
    seen: set[str] = set()
    for row, path in enumerate(names):
        if not path or row >= len(good):
            continue
        if path in seen:
            odd.note("crops stand twice in the list; the first counts", path)
        elif not good[row]:
            odd.note("crops have a vector that is empty or no number, and were left out", path)
        else:
            found.pictures.append(_picture(row, path, edges[row] if row < len(edges) else ""))
        seen.add(path)
    if edges and len(edges) != len(names):
        found.remarks.append(f"“{EDGES}” has {len(edges):,} lines for {len(names):,} crops; edges may be mixed up.")
    named = sum(picture.number is not None for picture in found.pictures)
    if named < len(found.pictures):
        found.remarks.append(
            f"The names of {len(found.pictures) - named:,} crops do not tell which photograph they were cut from."
        )
    found.remarks.append(
        "Where in its photograph each crop lay was never written down: the crops themselves are the pictures now."
    )
    found.database = database or _database(folder)
    _decide(found, odd)
    found.remarks += odd.sentences()
    return found


def _lines(path: Path) -> list[str]:
    """One path a line, in UTF-8 or what an older Windows wrote; empty lines keep their place but for the last."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    lines = [line.strip() for line in text.split("\n")]  # splitlines would part names at odder marks
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _check_vectors(found: Original, names: int) -> list[bool]:
    """Which rows hold a vector that can be used. Raises BadRequestError where none can be read."""
    import numpy as np

    path = found.folder / VECTORS
    try:
        stored = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise BadRequestError(f"“{VECTORS}” can't be read ({error}).", "Copy the folder again.") from None
    if stored.ndim != 2 or not stored.shape[1] or stored.dtype.kind != "f":
        raise BadRequestError(f"“{VECTORS}” holds no table of numbers.", "Copy the folder again.")
    found.dim = int(stored.shape[1])
    if len(stored) != names:
        found.remarks.append(
            f"There are {len(stored):,} vectors for {names:,} crops; only the first {min(len(stored), names):,}"
            " are used, and whether they belong together should be looked at."
        )
    good: list[bool] = []
    for start in range(0, min(len(stored), names), ROWS):
        part = np.asarray(stored[start : min(start + ROWS, names)], np.float32)
        good += (np.isfinite(part).all(axis=1) & (np.abs(part).max(axis=1) > 0)).tolist()
    found.metric = _metric(found, stored)
    return good


def _metric(found: Original, stored: np.ndarray) -> str:
    """Whether the distances beside the vectors are cosine or Euclidean ones; they themselves are not needed."""
    import numpy as np

    path = found.folder / DISTANCES
    if not path.is_file() or len(stored) < 2:
        return ""
    try:
        distances = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError):
        distances = np.zeros((0, 0))
    if distances.shape != (len(stored), len(stored)):
        found.remarks.append(f"“{DISTANCES}” does not belong to the vectors; it is not needed.")
        return ""
    rows = np.asarray(stored[: CHECKED + 1], np.float64)
    told = np.asarray(distances[0, 1 : len(rows)], np.float64)
    units = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    for name, expected in (
        ("cosine", 1 - units[1:] @ units[0]),
        ("euclidean", np.linalg.norm(rows[1:] - rows[0], axis=1)),
    ):
        if np.allclose(told, expected, rtol=1e-3, atol=1e-3):
            return name
    found.remarks.append(f"“{DISTANCES}” does not belong to the vectors; it is not needed.")
    return ""


def _picture(row: int, path: str, edges: str) -> OldPicture:
    folder, slash, name = path.replace("\\", "/").rpartition("/")
    crop = _CROP.fullmatch(name)
    photograph = f"{folder}{slash}{crop.group(3)}" if crop else path.replace("\\", "/")
    return OldPicture(
        row, path, "" if edges in (NO_EDGES, "None") else edges, photograph, int(crop.group(2)) if crop else None
    )


def _database(folder: Path) -> Path | None:
    """The newest database in the folder or beside it, else the exported table."""
    places = (folder, folder.parent)
    found = [path for place in places for path in sorted(place.glob("*.json")) if original_graph.is_graph(path)]
    if found:
        return max(found, key=lambda path: path.stat().st_mtime)
    return next((place / MATCHES for place in places if (place / MATCHES).is_file()), None)


def _decide(found: Original, odd: Odd) -> None:
    if found.database is None:
        found.remarks.append(
            "No database of matches was found; the original kept it as a .json file in its own program folder."
        )
        return
    if found.database.suffix.lower() == ".csv":
        graph = original_graph.from_table(found.database)
        found.remarks.append("The table of leopards says who belongs together, not which pairs a person looked at.")
    else:
        graph = original_graph.from_json(found.database)
    rows = original_graph.rows_of(graph, {picture.path: picture.row for picture in found.pictures}, odd)
    told: dict[tuple[int, int], bool] = {}
    for one, other, same in graph.links:
        if one not in rows or other not in rows:
            odd.note("matches are of a crop that has no vector here and were left out", one if other in rows else other)
        elif rows[one] == rows[other]:
            odd.note("matches join a crop with itself and were left out", one)
        else:
            told[min(rows[one], rows[other]), max(rows[one], rows[other])] = same
    found.decisions = [OldDecision(a, b, same) for (a, b), same in told.items()]
    found.remarks += graph.remarks
    if found.database.suffix.lower() != ".csv" and all(told.values()):
        found.remarks.append(
            "The original never kept “Not a match”: pairs refused there are asked again where they look alike."
        )
