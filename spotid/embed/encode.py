"""The stage *embed*: a vector for every cropped sighting, in append-only shards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from spotid.embed.parts import Crop, Encoder
from spotid.progress import Progress
from spotid.project import aside, crops, hand, shards, sightings
from spotid.project.folder import Project
from spotid.project.scope import Scope
from spotid.words import SightingState, Stage

if TYPE_CHECKING:
    import numpy as np

SHARD_BATCH = 256  # rows between two commits; a kill costs at most so many


def encode_pending(
    project: Project, encoder: Encoder, settings: dict[str, Any], progress: Progress, scope: Scope | None = None
) -> None:
    """Describe every sighting that this encoder has not described; with a ``scope``, of those in it."""
    import numpy as np

    encoder.load()
    row = shards.encoder_row(project.store, encoder.identity(), encoder.name, encoder.dim)
    _queue_undescribed(project, row.id, scope)
    progress.expect(sightings.count(project.store, SightingState.CROPPED, scope))
    judge, after = aside.Judge(), 0
    while pending := sightings.in_state(project.store, SightingState.CROPPED, SHARD_BATCH, after):
        after = pending[-1]["id"]
        pending = [one for one in pending if scope is None or one["id"] in scope.ids]
        described: list[sqlite3.Row] = []
        vectors = []
        for start in range(0, len(pending), settings["batch"]):
            for batch in hand.apart(project, Stage.EMBED, pending[start : start + settings["batch"]], "media_uid"):
                with hand.holding(project, Stage.EMBED, [sighting["media_uid"] for sighting in batch]):
                    loaded = [(sighting, crops.load(project.layout, sighting)) for sighting in batch]
                    for sighting, crop in loaded:
                        if crop is None:
                            crops.make_again(project.store, sighting["id"])
                    whole = [(sighting, Crop(*crop)) for sighting, crop in loaded if crop is not None]
                    for sighting, vector in _encoded(project, encoder, whole, judge):
                        described.append(sighting)
                        vectors.append(vector)
                progress.step(len(batch))
        if described:
            shards.append(project.layout, project.store, row, described, np.stack(vectors))
    shards.write_manifest(project.layout, project.store)  # a kill may have come between the last shard and this


def _encoded(
    project: Project, encoder: Encoder, whole: Sequence[tuple[sqlite3.Row, Crop]], judge: aside.Judge
) -> Iterator[tuple[sqlite3.Row, np.ndarray]]:
    """The sightings of a batch with their vectors ``(dim,)``; one that breaks the encoder is put aside alone."""
    if not whole:
        return
    try:
        vectors = _numbers(encoder, [crop for _, crop in whole])
    except Exception as error:
        if len(whole) > 1:
            for one in whole:
                yield from _encoded(project, encoder, [one], judge)
            return
        sighting = whole[0][0]
        aside.put_sighting_aside(project.store, sighting["id"], sighting["media_id"], judge.fault(error))
        return
    judge.fine()
    yield from zip((sighting for sighting, _ in whole), vectors, strict=True)


def _numbers(encoder: Encoder, crops: Sequence[Crop]) -> np.ndarray:
    import numpy as np

    vectors = encoder.encode(crops)
    if vectors.shape != (len(crops), encoder.dim) or not np.isfinite(vectors).all():
        raise ValueError("the encoder gave no numbers")
    return vectors


def _queue_undescribed(project: Project, encoder_id: int, scope: Scope | None) -> None:
    """Sightings described by another encoder only are described by this one too; those that this one has described
    wait for nothing, whichever encoder was at work in between."""
    theirs = "(SELECT sighting_id FROM embedding WHERE encoder_id = ?)"
    inside, ids = ("", ()) if scope is None else (" AND id IN (SELECT value FROM json_each(?))", (scope.text,))
    with project.store.write() as connection:
        for queued, before, which in (
            (SightingState.CROPPED, SightingState.EMBEDDED, "NOT IN"),
            (SightingState.EMBEDDED, SightingState.CROPPED, "IN"),
        ):
            connection.execute(
                f"UPDATE sighting SET state = ? WHERE state = ? AND id {which} {theirs}{inside}",
                (queued, before, encoder_id, *ids),
            )
