"""Vectors on disk: append-only shards that are written once, hashed, and never changed afterwards."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spotid import __version__
from spotid.project.files import sha256_of, write_whole
from spotid.project.layout import Layout
from spotid.project.store import Store
from spotid.words import SightingState

if TYPE_CHECKING:
    import numpy as np

ROWS_PER_SHARD = 4096
SCHEMA = 1
COLUMNS = ("row", "sighting", "media_sha256", "path", "x", "y", "w", "h", "flank")


@dataclass(frozen=True, slots=True)
class EncoderRow:
    """An encoder as the project knows it."""

    id: int
    identity: str
    name: str
    dim: int


def encoder_row(store: Store, identity: str, name: str, dim: int) -> EncoderRow:
    """The row of an encoder, made when it is new."""
    with store.write() as connection:
        connection.execute(
            "INSERT OR IGNORE INTO encoder (identity, name, dim) VALUES (?, ?, ?)", (identity, name, dim)
        )
        row = connection.execute("SELECT * FROM encoder WHERE identity = ?", (identity,)).fetchone()
    return EncoderRow(row["id"], row["identity"], row["name"], row["dim"])


def shard_folder(layout: Layout, encoder: EncoderRow) -> Path:
    """The folder of one encoder's shards: readable name, unmistakable identity."""
    return layout.embeddings / f"{encoder.name}-{encoder.identity[:8]}"


def append(
    layout: Layout, store: Store, encoder: EncoderRow, sightings: Sequence[sqlite3.Row], vectors: np.ndarray
) -> None:
    """Write one shard of at most 4,096 float16 unit rows and note its rows in the store.

    The files come first and the rows last: a kill in between leaves an unreferenced shard, which the next call
    replaces, because the shard's number is still free.
    """
    import numpy as np

    number = int(store.value("SELECT COALESCE(MAX(shard), 0) + 1 FROM embedding WHERE encoder_id = ?", encoder.id))
    folder, stem = shard_folder(layout, encoder), f"{number:06d}"
    array = io.BytesIO()
    np.save(array, np.ascontiguousarray(vectors, dtype=np.float16), allow_pickle=False)
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for index, row in enumerate(sightings):
        box = (f"{row[side]:.6f}" for side in "xywh")
        writer.writerow([index, row["uid"], row["sha256"], row["relpath"], *box, row["flank"]])
    text = table.getvalue().encode("utf-8", "surrogateescape")
    write_whole(folder / f"{stem}.npy", array.getvalue())
    write_whole(folder / f"{stem}.csv", text)
    seal = {
        "npy_sha256": hashlib.sha256(array.getvalue()).hexdigest(),
        "csv_sha256": hashlib.sha256(text).hexdigest(),
        "rows": len(sightings),
        "software": f"SpotID {__version__}",
    }
    write_whole(folder / f"{stem}.json", json.dumps(seal, indent=2).encode())
    with store.write() as connection:
        connection.executemany(
            "INSERT OR REPLACE INTO embedding (encoder_id, sighting_id, shard, row) VALUES (?, ?, ?, ?)",
            [(encoder.id, row["id"], number, index) for index, row in enumerate(sightings)],
        )
        connection.executemany(
            "UPDATE sighting SET state = ? WHERE id = ? AND state != ?",  # withdrawn meanwhile: stays so
            [(SightingState.EMBEDDED, row["id"], SightingState.WITHDRAWN) for row in sightings],
        )
    write_manifest(layout, store)


def write_manifest(layout: Layout, store: Store) -> None:
    """Describe every encoder's shards, so that the folder can be understood on its own."""
    encoders = []
    for row in store.all("SELECT * FROM encoder ORDER BY id"):
        encoder = EncoderRow(row["id"], row["identity"], row["name"], row["dim"])
        counts = store.all(
            "SELECT shard, COUNT(*) AS n FROM embedding WHERE encoder_id = ? GROUP BY shard ORDER BY shard", encoder.id
        )
        encoders.append(
            {
                "name": encoder.name,
                "identity": encoder.identity,
                "folder": shard_folder(layout, encoder).name,
                "dim": encoder.dim,
                "dtype": "float16",
                "metric": "inner product of unit rows",
                "shards": [f"{entry['shard']:06d}" for entry in counts],
                "rows": sum(entry["n"] for entry in counts),
            }
        )
    document: dict[str, Any] = {"schema": SCHEMA, "software": f"SpotID {__version__}", "encoders": encoders}
    write_whole(layout.embeddings / "manifest.json", json.dumps(document, indent=2).encode())


def load(layout: Layout, store: Store, encoder: EncoderRow) -> tuple[list[int], np.ndarray]:
    """The ids of all described sightings but the withdrawn, in order, and their ``(n, dim)`` float16 unit rows."""
    import numpy as np

    rows = store.all(
        "SELECT sighting_id, shard, row FROM embedding JOIN sighting ON sighting.id = sighting_id"
        " WHERE encoder_id = ? AND state != ? ORDER BY sighting_id",
        encoder.id,
        SightingState.WITHDRAWN,
    )
    vectors = np.zeros((len(rows), encoder.dim), np.float16)
    by_shard: dict[int, list[tuple[int, int]]] = {}
    for position, row in enumerate(rows):
        by_shard.setdefault(row["shard"], []).append((position, row["row"]))
    for shard, places in by_shard.items():
        path = shard_folder(layout, encoder) / f"{shard:06d}.npy"
        stored = np.load(path, mmap_mode="r", allow_pickle=False)
        positions, indices = np.array(places).T
        vectors[positions] = stored[indices]
    return [row["sighting_id"] for row in rows], vectors


def damaged(layout: Layout, store: Store) -> list[tuple[int, int, Path, str]]:
    """Shards that are missing or differ from their seal: (encoder row, shard number, file, what is wrong)."""
    found = []
    for row in store.all("SELECT * FROM encoder"):
        encoder = EncoderRow(row["id"], row["identity"], row["name"], row["dim"])
        for entry in store.all("SELECT DISTINCT shard FROM embedding WHERE encoder_id = ?", encoder.id):
            stem = shard_folder(layout, encoder) / f"{entry['shard']:06d}"
            try:
                seal = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
                for kind in ("npy", "csv"):
                    if sha256_of(stem.with_suffix(f".{kind}")) != seal[f"{kind}_sha256"]:
                        found.append((encoder.id, entry["shard"], stem.with_suffix(f".{kind}"), "has been changed"))
                        break
            except (OSError, ValueError, KeyError) as error:
                found.append((encoder.id, entry["shard"], stem.with_suffix(".npy"), f"is not whole ({error})"))
    return found


def forget(store: Store, encoder_id: int, shard: int) -> int:
    """Describe the sightings of a lost shard anew at the next run. Returns how many."""
    with store.write() as connection:
        affected = connection.execute(
            "UPDATE sighting SET state = ? WHERE state = ? AND id IN"
            " (SELECT sighting_id FROM embedding WHERE encoder_id = ? AND shard = ?)",
            (SightingState.CROPPED, SightingState.EMBEDDED, encoder_id, shard),
        ).rowcount
        connection.execute("DELETE FROM embedding WHERE encoder_id = ? AND shard = ?", (encoder_id, shard))
    return affected
