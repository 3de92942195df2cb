"""Lists that several matchers or published models have part in: what all of them say of a pair becomes one evidence.

The built-in encoder with one built-in matcher is left as it is: its scores are on the scale that ``order`` was made
for. All others have scales of their own, which nobody knows before a survey; ``blend`` brings them onto one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spotid.match.blend import Blend, Scale, equal, fitted, scale_of
from spotid.match.order_lists import ANCHORS, Numbers
from spotid.match.parts import Matcher
from spotid.match.registry import MATCHERS
from spotid.match.seen import Seen
from spotid.progress import Progress
from spotid.project import shards
from spotid.project.asked import asked_pairs
from spotid.project.candidates import Candidates
from spotid.project.folder import Project
from spotid.weights import shelf

BUILT_IN = "coat-vlad"  # the encoder whose likeness ``order`` weighs as it is
EMBEDDING = "embedding"
PARTS, BLEND = "parts", "blend"  # notes of the look-alikes' file
NEWEST = 2500  # answers that curves and weights are fitted to
TINY = 1e-6  # nats: a list is written again only where it changes


@dataclass(frozen=True)
class Mixed:
    """What lists are made of where ``blend`` is needed."""

    names: tuple[str, ...]  # of the matchers, and EMBEDDING last where the encoder is a published one
    identities: tuple[str, ...]  # of the matchers
    voting: int | None  # which matcher's spots vote

    @property
    def embedding(self) -> bool:
        """Whether the likeness of embeddings is one of the parts."""
        return len(self.names) > len(self.identities)


def note_parts(
    candidates: Candidates, encoder: shards.EncoderRow, members: Sequence[Matcher], sightings: int
) -> Mixed | None:
    """Note what the lists are made of, for whoever reads them; None where the built-in parts are used alone."""
    published = encoder.name != BUILT_IN and encoder.name in shelf.models()
    if not published and len(members) == 1 and members[0].name in MATCHERS:
        if candidates.note(PARTS):
            candidates.keep_note(PARTS, "")
        return None
    identities = tuple(one.identity() for one in members)
    told = {
        "encoder": encoder.name,
        "encoder_identity": encoder.identity,
        "matchers": [
            {"name": one.name, "identity": identity, "quick": one.quick}
            for one, identity in zip(members, identities, strict=True)
        ],
        "sightings": sightings,
    }
    candidates.keep_note(PARTS, json.dumps(told, sort_keys=True))
    names = tuple(one.name for one in members) + ((EMBEDDING,) if published else ())
    voting = next((number for number, one in enumerate(members) if one.votes), None)
    return Mixed(names, identities, voting)


def blend_lists(project: Project, known: Seen, candidates: Candidates, mixed: Mixed, progress: Progress) -> Blend:
    """Put what all parts say of every pair into its list, as evidence on one scale; returns how it was blended.

    A list's ``local`` is then that evidence less the votes, so that both together are what ``order`` goes by.
    """
    numbers = Numbers(known)
    scales = _scales(known, candidates, mixed, numbers, progress)
    blend = taught(project, known, candidates, mixed, scales, equal(mixed.names, len(known.ids)))
    candidates.keep_note(BLEND, json.dumps(blend.to_json(), sort_keys=True))
    for table in candidates.by_matcher(ANCHORS, mixed.identities):
        rows, _, _ = numbers.of(table)
        columns = _columns(table, mixed)
        worths = [scale(column[rows]) for scale, column in zip(scales, columns, strict=True)]
        local = blend.evidence(worths) - table["votes"][rows]
        moved = ~(np.abs(local - table["local"][rows]) <= TINY)  # also where there was none
        if moved.any():
            keys = [table[name][rows[moved]].astype(np.int64).tolist() for name in ("anchor", "candidate")]
            candidates.keep_local(zip(local[moved].tolist(), *keys, strict=True))
        progress.step(0)
    return blend


def _columns(table: dict[str, np.ndarray], mixed: Mixed) -> list[np.ndarray]:
    """The raw scores of every part, NaN where it has not compared a pair. The votes belong to the matcher whose spots
    were asked."""
    columns = [table[str(number)] for number in range(len(mixed.identities))]
    if mixed.voting is not None:
        columns[mixed.voting] = np.nan_to_num(columns[mixed.voting], nan=0.0) + table["votes"]
    if mixed.embedding:
        columns.append(table["likeness"])
    return columns


def _scales(known: Seen, candidates: Candidates, mixed: Mixed, numbers: Numbers, progress: Progress) -> list[Scale]:
    """The scale of every part by all pairs of two visits, which are in nearly as many lists both ways."""
    found: list[list[np.ndarray]] = [[] for _ in mixed.names]
    for table in candidates.by_matcher(ANCHORS, mixed.identities):
        rows, _, _ = numbers.of(table)
        apart = rows[table["same_visit"][rows] == 0]
        for scores, column in zip(found, _columns(table, mixed), strict=True):
            told = column[apart]
            scores.append(told[told > 0].astype(np.float32))
        progress.step(0)
    count = len(known.ids)
    return [scale_of(np.concatenate([*scores, np.empty(0, np.float32)]), count) for scores in found]


def taught(
    project: Project, known: Seen, candidates: Candidates, mixed: Mixed, scales: Sequence[Scale], start: Blend
) -> Blend:
    """``start`` fitted to the project's answers on pairs of two visits."""
    rows: list[dict[str, Any]] = []
    same: list[float] = []
    for pair in asked_pairs(project.store, project.layout, NEWEST):
        if pair.facts["same_visit"] or not {pair.anchor, pair.candidate} <= known.row.keys():
            continue
        row: dict[str, Any] = {"votes": pair.facts["votes"], "likeness": pair.facts["likeness"]}
        for number, identity in enumerate(mixed.identities):
            checked = candidates.checked(pair.anchor, pair.candidate, identity)
            row[str(number)] = np.nan if checked is None else checked[0]
        rows.append(row)
        same.append(float(pair.same))
    if not rows:
        return start
    table = {name: np.array([row[name] for row in rows], np.float64) for name in rows[0]}
    worths = [scale(column) for scale, column in zip(scales, _columns(table, mixed), strict=True)]
    return fitted(start, worths, np.array(same))
