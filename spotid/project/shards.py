"""Vectors on disk: append-only shards that are written once, hashed, and never changed afterwards."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spotid import __version__
from spotid.project import shard_files
from spotid.project.files import write_whole
from spotid.project.layout import Layout
from spotid.project.scope import Scope
from spotid.project.sightings import OUT_SQL
from spotid.project.store import Store
from spotid.words import SightingState

if TYPE_CHECKING:
    import numpy as np

ROWS_PER_SHARD = 4096
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class EncoderRow:
    """An encoder as the project knows it; with a ``scope``, of these sightings alone."""

    id: int
    identity: str
    name: str
    dim: int
    scope: Scope | None = None

    def only(self, scope: Scope | None) -> EncoderRow:
        """The same encoder, of the sightings of one profile."""
        return replace(self, scope=scope)

    @property
    def card(self) -> dict[str, Any]:
        """What a shard says of its encoder."""
        return {"name": self.name, "identity": self.identity, "dim": self.dim}


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
    text = shard_files.table(store, [row["id"] for row in sightings])
    shard_files.write(folder / stem, array.getvalue(), text, len(sightings), encoder.card)
    with store.write() as connection:
        connection.executemany(
            "INSERT OR REPLACE INTO embedding (encoder_id, sighting_id, shard, row) VALUES (?, ?, ?, ?)",
            [(encoder.id, row["id"], number, index) for index, row in enumerate(sightings)],
        )
        connection.executemany(
            # What was taken out of the line meanwhile stays so.
            f"UPDATE sighting SET state = ? WHERE id = ? AND state NOT IN {OUT_SQL}",
            [(SightingState.EMBEDDED, row["id"]) for row in sightings],
        )
    write_manifest(layout, store)


def encoder_rows(store: Store) -> list[EncoderRow]:
    """All encoders that the project knows."""
    rows = store.all("SELECT * FROM encoder ORDER BY id")
    return [EncoderRow(row["id"], row["identity"], row["name"], row["dim"]) for row in rows]


def manifest(layout: Layout, store: Store) -> dict[str, Any]:
    """What the manifest says of every encoder's shards."""
    encoders = []
    for encoder in encoder_rows(store):
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
    return {"schema": shard_files.SCHEMA, "software": f"SpotID {__version__}", "encoders": encoders}


def write_manifest(layout: Layout, store: Store) -> None:
    """Describe every encoder's shards, so that the folder can be understood on its own."""
    write_whole(layout.embeddings / MANIFEST, shard_files.sealed(manifest(layout, store)))


def load(layout: Layout, store: Store, encoder: EncoderRow) -> tuple[list[int], np.ndarray]:
    """The ids of all described sightings in the line, in order, and their ``(n, dim)`` float16 unit rows; where the
    encoder has a scope, of those in it."""
    import numpy as np

    rows = store.all(
        "SELECT sighting_id, shard, row FROM embedding JOIN sighting ON sighting.id = sighting_id"
        f" WHERE encoder_id = ? AND state NOT IN {OUT_SQL} ORDER BY sighting_id",
        encoder.id,
    )
    if encoder.scope is not None:
        rows = [row for row in rows if row["sighting_id"] in encoder.scope.ids]
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


def numbers(store: Store, encoder: EncoderRow) -> list[int]:
    """The shards that an encoder's embeddings are in."""
    rows = store.all("SELECT DISTINCT shard FROM embedding WHERE encoder_id = ? ORDER BY shard", encoder.id)
    return [row["shard"] for row in rows]


def damaged(layout: Layout, store: Store) -> list[tuple[int, int, Path, str]]:
    """Shards that are missing or differ from their seal: (encoder row, shard number, file, what is wrong)."""
    return [
        (encoder.id, number, shard.file(kind), said)
        for encoder in encoder_rows(store)
        for number in numbers(store, encoder)
        for shard in [shard_files.read(shard_folder(layout, encoder) / f"{number:06d}", encoder.dim)]
        for kind, said in shard.trouble.items()
    ]


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
