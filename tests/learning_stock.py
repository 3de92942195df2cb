"""A project whose animals are confirmed and whose embeddings have something to teach, made without any picture."""

from __future__ import annotations

import uuid
from pathlib import Path

import numpy as np

from spotid.boxes import WHOLE
from spotid.embed.registry import encoder
from spotid.project import media, shards, sightings
from spotid.project.folder import Project, create_project
from spotid.review.desk import Desk

ANIMALS, EACH, VIEWS = 14, 4, 4
CODES = 3  # animals that nobody has confirmed, beside them


def vectors_of(who: np.ndarray, dim: int, seed: int = 0, view: float = 2.0, noise: float = 0.6) -> np.ndarray:
    """Unit rows (n, dim) float32: the animal, one of a few strong views that all animals share, and noise."""
    draw = np.random.default_rng(seed)
    animals, views = (draw.normal(size=(count, dim)) for count in (int(who.max()) + 1, VIEWS))
    rows = animals[who] + view * views[draw.integers(0, VIEWS, len(who))] + noise * draw.normal(size=(len(who), dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def encoder_row(project: Project) -> shards.EncoderRow:
    """The row of the encoder that such a project works with."""
    part = encoder("coat-vlad")
    return shards.encoder_row(project.store, part.identity(), part.name, part.dim)


def survey(folder: Path, view: float = 2.0) -> Project:
    """Every animal on ``EACH`` visits; those after the first ``ANIMALS`` are confirmed by nobody."""
    project = create_project(folder)
    store, who = project.store, np.repeat(np.arange(ANIMALS + CODES), EACH)
    root = media.root_id(store, folder.parent / "cards")
    media.add_found(store, root, [media.Found(f"North/{at:03d}.JPG", 1, 1) for at in range(len(who))])
    files = [row["id"] for row in store.all("SELECT id FROM media ORDER BY relpath")]
    with store.write() as connection:
        connection.execute("UPDATE media SET state = 'animal', visit = id, sha256 = uid, width = 64, height = 48")
    new = [sightings.NewSighting(WHOLE, 0.9, "by hand")]
    sightings.keep_detections(store, [(one, new) for one in files], "test")
    rows = store.all("SELECT * FROM sighting ORDER BY media_id")
    vectors = vectors_of(who, encoder_row(project).dim, view=view)
    shards.append(project.layout, store, encoder_row(project), rows, vectors.astype(np.float16))
    with store.write() as connection:
        connection.execute(
            "UPDATE sighting SET state = 'embedded', recipe = 'test', flank_by = 'person', flank = 'left'"
        )
    desk, uids = Desk(project, 5), [row["uid"] for row in rows]
    for at in range(len(who)):
        if who[at] < ANIMALS and at % EACH:
            desk.answer(str(uuid.UUID(int=at)), "same", uids[at - 1], uids[at])
    return project
