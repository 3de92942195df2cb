"""The stage *embed*: a vector for every cropped sighting, in append-only shards."""

from __future__ import annotations

import sqlite3
from typing import Any

from spotid.embed.parts import Crop, Encoder
from spotid.progress import Progress
from spotid.project import crops, shards, sightings
from spotid.project.folder import Project
from spotid.words import SightingState

SHARD_BATCH = 256  # rows between two commits; a kill costs at most so many


def encode_pending(project: Project, encoder: Encoder, settings: dict[str, Any], progress: Progress) -> None:
    """Describe every sighting that this encoder has not described."""
    import numpy as np

    encoder.load()
    row = shards.encoder_row(project.store, encoder.identity(), encoder.name, encoder.dim)
    _queue_undescribed(project, row.id)
    progress.expect(sightings.count(project.store, SightingState.CROPPED))
    after = 0
    while pending := sightings.in_state(project.store, SightingState.CROPPED, SHARD_BATCH, after):
        after = pending[-1]["id"]
        described: list[sqlite3.Row] = []
        vectors = []
        for start in range(0, len(pending), settings["batch"]):
            batch = pending[start : start + settings["batch"]]
            loaded = [(sighting, crops.load(project.layout, sighting)) for sighting in batch]
            for sighting, crop in loaded:
                if crop is None:
                    crops.make_again(project.store, sighting["id"])
            whole = [(sighting, Crop(*crop)) for sighting, crop in loaded if crop is not None]
            if whole:
                vectors.append(encoder.encode([crop for _, crop in whole]))
                described.extend(sighting for sighting, _ in whole)
            progress.step(len(batch))
        if described:
            shards.append(project.layout, project.store, row, described, np.concatenate(vectors))


def _queue_undescribed(project: Project, encoder_id: int) -> None:
    """Sightings described by another encoder only are described by this one too."""
    with project.store.write() as connection:
        connection.execute(
            "UPDATE sighting SET state = ? WHERE state = ? AND id NOT IN"
            " (SELECT sighting_id FROM embedding WHERE encoder_id = ?)",
            (SightingState.CROPPED, SightingState.EMBEDDED, encoder_id),
        )
