"""A subject out of a project: its vectors and lists, and who is who by its ledger or by a manifest."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spotid.errors import BadRequestError
from spotid.evaluate.manifest import Manifest
from spotid.evaluate.matching import matched
from spotid.evaluate.subject import LEFT, RIGHT, UNSIDED, Listed, Subject, subject_of
from spotid.evaluate.whence import records_by, visits_by
from spotid.project import notes, parts_kept, shards
from spotid.project.flanks import PERSON
from spotid.project.folder import Project
from spotid.project.look import Look
from spotid.project.settling import MINUTES, MINUTES_NOTE
from spotid.project.sightings import FACTS
from spotid.project.store import BUSY_SECONDS
from spotid.project.whereabouts import records
from spotid.words import Flank

ROWS = 100_000  # of lists, read at a time: a large survey has millions
COMPARED = (
    "SELECT anchor, candidate, COALESCE(local, 0) + COALESCE(votes, 0) FROM candidate"
    " WHERE local IS NOT NULL OR votes != 0"
)
SIDES = {Flank.LEFT.value: LEFT, Flank.RIGHT.value: RIGHT}


@dataclass(frozen=True)
class Described:
    """The described sightings of a project: ids, rows of facts in the same order, and vectors (n, d) float32."""

    ids: list[int]
    rows: list[sqlite3.Row]
    vectors: np.ndarray


def described(project: Project) -> Described:
    """All sightings with vectors of the encoder that the project works with, or else of the one that described most of
    them, the newest of several. No part needs to be on this computer.

    Raises BadRequestError where there are none.
    """
    store = project.store
    sizes = {row[0]: row[1] for row in store.all("SELECT encoder_id, COUNT(*) FROM embedding GROUP BY encoder_id")}
    encoders = [one for one in shards.encoder_rows(store) if sizes.get(one.id)]
    if not encoders:
        raise BadRequestError(
            f"Nothing in “{project.title}” is described by vectors yet.", "Run the project first; then evaluate it."
        )
    chosen = parts_kept.kept(store, parts_kept.profiles(store)[0]).get("encoder")
    encoder = max(encoders, key=lambda one: (one.name == chosen, sizes[one.id], one.id))
    ids, vectors = shards.load(project.layout, store, encoder)
    known = {row["id"]: row for row in store.all(f"{FACTS} WHERE sighting.id IN (SELECT value FROM json_each(?))",
                                                 json.dumps(ids))}  # fmt: skip
    return Described(ids, [known[one] for one in ids], vectors.astype(np.float32))


def of_project(project: Project, manifest: Manifest | None = None) -> Subject:
    """The sightings of a project whose individuals are known, by its ledger or by ``manifest``.

    What a manifest tells of places, times, sides and visits counts instead of what the project knows; of each line one
    sighting is taken, and lines without one are added to what the manifest refused. The project may be open for looking
    only: nothing in it is changed. Raises BadRequestError where no individual has a second sighting.
    """
    all_ = described(project)
    store = project.store
    told = records(store, all_.ids)
    # Only people's words: a wrong guess of the program would hide true matches from every way of asking.
    said = {row["id"] for row in store.all("SELECT id FROM sighting WHERE flank_by = ?", PERSON)}
    flank = np.array([SIDES.get(row["flank"], UNSIDED) if row["id"] in said else UNSIDED for row in all_.rows], np.int8)
    visit = np.array([row["visit"] if row["visit"] is not None else -row["id"] for row in all_.rows], np.int64)
    notes_: list[str] = []
    if manifest is None:
        names = _named(project)
        chosen = np.array([i for i, row in enumerate(all_.rows) if row["uid"] in names], np.int64)
        who = [names[all_.rows[i]["uid"]] for i in chosen]
        told = told.only(chosen)
        if len(chosen) < len(all_.rows):
            notes_.append(f"{len(all_.rows) - len(chosen):,} sightings that nobody has named yet are left out.")
    else:
        pairs = matched(manifest, all_.rows)
        chosen = np.array([place for _, place in pairs], np.int64)
        entries = [entry for entry, _ in pairs]
        who = [entry.identity for entry in entries]
        told = records_by(manifest, entries, told.only(chosen))
        visit[chosen] = visits_by(manifest, entries, told, visit[chosen], _minutes(project))
        if "flank" in manifest.columns:
            flank[chosen] = [entry.flank for entry in entries]
        notes_ += manifest.notes
    _check(project, who, manifest)
    rows = [all_.rows[int(i)] for i in chosen]
    made = subject_of(
        project.title,
        [row["uid"] for row in rows],
        [row["relpath"] for row in rows],
        who,
        flank[chosen],
        visit[chosen],
        told,
        all_.vectors[chosen],
        _listed(project, [all_.ids[int(i)] for i in chosen]),
        notes_,
    )
    made.notes.extend(_said(made))
    return made


def _named(project: Project) -> dict[str, str]:
    """Sighting → individual, by the ledger: its code, with its name where it has one."""
    rows = project.store.all(
        "SELECT sighting_uid, code, individual.name FROM identity JOIN individual ON individual.id = individual_id"
    )
    return {row["sighting_uid"]: f"{row['code']} {row['name'] or ''}".strip() for row in rows}


def _minutes(project: Project) -> float:
    try:
        return float(notes.get(project.store, MINUTES_NOTE) or MINUTES)
    except ValueError:
        return MINUTES


def _listed(project: Project, ids: Sequence[int]) -> Listed | None:
    """What was compared spot by spot among these sightings; None where no lists are there.

    Only columns that lists of every version have are read: lists of an earlier program tell the same.
    """
    if not project.layout.candidates.is_file():
        return None
    place = np.full(max(ids) + 1, -1, np.int64)
    place[list(ids)] = np.arange(len(ids))
    look = Look(project.layout.candidates)
    kept: list[np.ndarray] = []
    try:
        connection = look.connect(BUSY_SECONDS)
        try:
            cursor = connection.execute(COMPARED)
            while rows := cursor.fetchmany(ROWS):
                part = np.array(rows, np.float64)
                known = (part[:, :2] <= len(place) - 1).all(axis=1)
                part = part[known]
                part[:, :2] = place[part[:, :2].astype(np.int64)]
                kept.append(part[(part[:, :2] >= 0).all(axis=1)])
        finally:
            connection.close()
    except Exception:  # whatever is wrong with lists, they can be made again; vectors tell enough to go on
        return None
    finally:
        look.close()
    pairs = np.concatenate(kept) if kept else np.empty((0, 3))
    if not len(pairs):
        return None
    return Listed(pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64), pairs[:, 2].astype(np.float32))


def _check(project: Project, who: Sequence[str], manifest: Manifest | None) -> None:
    if not who:
        raise BadRequestError(
            f"Nobody in “{project.title}” is named yet." if manifest is None else
            f"None of the pictures in “{manifest.file.name}” was found.",
            "Review it first, or say who is who with --manifest." if manifest is None else
            "Its paths have to lead from the folder of photographs on.",
        )  # fmt: skip
    if len(set(who)) == len(who):
        raise BadRequestError(
            "No individual has a second sighting, so that nothing can be found again.",
            "Evaluate a survey in which individuals were seen more than once.",
        )


def _said(made: Subject) -> list[str]:
    """What a reader has to know of this subject."""
    said = []
    sizes = np.bincount(made.identity)
    single = int((sizes == 1).sum())
    if single:
        said.append(f"{single:,} of {len(sizes):,} individuals have one sighting each and can only be mistaken.")
    placed = int(np.isfinite(made.records.at).all(axis=1).sum())
    timed = int(np.isfinite(made.records.days).sum())
    for count, what in ((placed, "place"), (timed, "time")):
        if count < len(made):
            how = f"{len(made) - count:,} of {len(made):,} sightings have" if count else "No sighting has"
            said.append(f"{how} {'no ' if count else 'a '}known {what}: without it, where and when have no opinion.")
    if placed and not made.records.scaled:
        said.append("Distances are relative, of unknown scale: no speed in km/h can be told of any pair.")
    if made.listed is None:
        said.append("No pictures were compared spot by spot: what they say is the likeness of vectors alone.")
    return said
