"""What spots have said so far of confirmed sightings: with it, a head is judged by the order that people are shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spotid.match.blending import PARTS
from spotid.match.order_lists import ANCHORS, EVIDENCE
from spotid.project import shards
from spotid.project.candidates import Candidates
from spotid.project.folder import Project


def evidence_of(project: Project, encoder: shards.EncoderRow, ids: Sequence[int]) -> np.ndarray | None:
    """The evidence of every pair of these sightings, (m, m) float32: votes and agreeing spots; 0 where a pair was not
    compared. None where nothing was compared yet, or where the embedding itself is a part of the evidence.

    A pair that only another head would bring into a list counts as not compared, so that a head's gain is not told
    too well.
    """
    candidates = Candidates(project.layout, encoder.scope)
    try:
        if candidates.note(PARTS):
            return None
        place = {one: at for at, one in enumerate(ids)}
        evidence = np.zeros((len(ids), len(ids)), np.float32)
        some = False
        for table in candidates.numbers(ANCHORS, EVIDENCE, worth=True):
            at = np.array([place.get(int(one), -1) for one in table["anchor"].tolist()], np.int64)
            beside = np.array([place.get(int(one), -1) for one in table["candidate"].tolist()], np.int64)
            rows = np.flatnonzero((at >= 0) & (beside >= 0))
            evidence[at[rows], beside[rows]] = (np.nan_to_num(table["local"], nan=0.0) + table["votes"])[rows]
            some = some or len(rows) > 0
        return evidence if some else None
    finally:
        candidates.close()
