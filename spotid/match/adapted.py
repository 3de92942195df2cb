"""The survey's own head, kept in the cache with what it was made of. Embeddings on the disk never change."""

from __future__ import annotations

import hashlib
import io
import zipfile

import numpy as np

from spotid.heads.low_rank import LowRank
from spotid.match.adapt import AdaptSettings, adapt
from spotid.match.located import survey_records
from spotid.match.seen import Seen
from spotid.progress import Progress
from spotid.project import shards
from spotid.project.files import write_whole
from spotid.project.folder import Project
from spotid.project.layout import Layout

SURE = 0.5  # a flank that leans less is one that nobody knows


def adapted(
    project: Project, encoder: shards.EncoderRow, known: Seen, vectors: np.ndarray, progress: Progress
) -> tuple[np.ndarray, str]:
    """The vectors ``(n, d)`` as adapted to places and times, unit rows, and a word that changes with the head.

    Trained anew only where sightings, places, times or flanks have changed; the same head is applied again otherwise.
    Where place and time teach nothing, the vectors are as given, and the word is empty.
    """
    records = survey_records(project, known.ids)
    flank = np.where(np.abs(known.lean) >= SURE, np.sign(known.lean), 0).astype(np.int8)
    settings = AdaptSettings()
    parts = (np.array(known.ids, np.int64), records.at, records.days, flank)
    told = b"".join(np.ascontiguousarray(part).tobytes() for part in parts)
    made_of = f"{encoder.identity} {settings} {hashlib.sha256(told).hexdigest()}"
    word = hashlib.sha256(made_of.encode()).hexdigest()[:16]
    kept = _read(project.layout, word)
    if kept is None:
        found = adapt(vectors, records, settings, _Beside(progress), flank)
        weights = found.head.weights if sum(found.pairs_used) else []
        _write(project.layout, word, made_of, weights)
        kept = weights
    if not kept:
        return vectors, ""
    head = LowRank(vectors.shape[1], settings.rank, settings.seed)
    for mine, theirs in zip(head.weights, kept, strict=True):
        mine[...] = theirs
    return head.apply(vectors), word


def _read(layout: Layout, word: str) -> list[np.ndarray] | None:
    """The weights that are kept under this word; empty where place and time taught nothing. None: there are none."""
    try:
        with np.load(layout.adapted, allow_pickle=False) as stored:
            if str(stored["word"]) != word:
                return None
            return [stored[f"weights_{at}"] for at in range(int(stored["count"]))]
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def _write(layout: Layout, word: str, made_of: str, weights: list[np.ndarray]) -> None:
    content = io.BytesIO()
    arrays = {f"weights_{at}": one for at, one in enumerate(weights)}
    arrays |= {"word": np.array(word), "made_of": np.array(made_of), "count": np.array(len(weights))}
    np.savez(content, allow_pickle=False, **arrays)
    write_whole(layout.adapted, content.getvalue())


class _Beside:
    """The training has a course of its own; what the stage told is not disturbed, and it can be stopped."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def expect(self, total: int) -> None:
        """The stage has told its steps."""

    def step(self, count: int = 1, note: str = "") -> None:
        """Not one of the stage's; raises Cancelled like every other."""
        self._progress.step(0, note)
