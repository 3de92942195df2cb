"""Check a project from end to end, and make again what can be made again. Answers are only ever read here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spotid.project import crops, ledger, media, shards, sightings, views
from spotid.project.folder import Project
from spotid.review.identity import replay
from spotid.words import SightingState

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be."""

    sentence: str
    repaired: bool = False


def examine(project: Project, *, repair: bool = False) -> Iterator[Finding]:
    """Everything that is wrong with a project; with ``repair``, what can be made again is queued or rewritten."""
    yield from _database(project)
    yield from _identity(project, repair)
    yield from _counts(project)
    yield from _crops(project, repair)
    yield from _shards(project, repair)


def _database(project: Project) -> Iterator[Finding]:
    for row in project.store.all("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield Finding(f"The database is damaged: {row[0]}. Put the newest file of “backups” in its place.")
    for row in project.store.all("PRAGMA foreign_key_check"):
        yield Finding(f"A row of the table {row[0]} points to nothing.")


def _identity(project: Project, repair: bool) -> Iterator[Finding]:
    known = replay(ledger.events(project.store), sightings.photo_mates(project.store))
    wrong = {
        uid
        for uid in known.individuals().keys() | ledger.stored_identity(project.store).keys()
        if known.individuals().get(uid) != ledger.stored_identity(project.store).get(uid)
    }
    if wrong:
        if repair:
            ledger.rewrite_identity(project.store, known.individuals())
        yield Finding(f"{len(wrong)} sightings stand under an individual that the answers do not give.", repair)
    missing = set(known.individuals().values()) - ledger.codes(project.store).keys()
    if missing:
        yield Finding(f"{len(missing)} individuals have no code.")
    for conflict in known.conflicts():
        yield Finding(f"Answers both join and part the sightings {conflict.a} and {conflict.b}.")


def _counts(project: Project) -> Iterator[Finding]:
    total, shelved = media.count(project.store), sum(views.shelf_counts(project.store).values())
    if total != shelved:
        yield Finding(f"{total} files were found and {shelved} lie on shelves.")


def _crops(project: Project, repair: bool) -> Iterator[Finding]:
    for state in (SightingState.CROPPED, SightingState.EMBEDDED):
        after = 0
        while rows := sightings.in_state(project.store, state, PAGE, after):
            after = rows[-1]["id"]
            for row in rows:
                if crops.load(project.layout, row) is None:
                    if repair:
                        crops.make_again(project.store, row["id"])
                    yield Finding(f"The crop of sighting {row['uid']} ({row['relpath']}) is lost.", repair)


def _shards(project: Project, repair: bool) -> Iterator[Finding]:
    for encoder_id, number, path, reason in shards.damaged(project.layout, project.store):
        if repair:
            shards.forget(project.store, encoder_id, number)
        yield Finding(f"The shard {path.name} {reason}.", repair)
