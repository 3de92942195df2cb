"""The irreplaceable part of a project: is the database whole, and does everything follow from the answers?"""

from __future__ import annotations

import json
from collections.abc import Iterator

from spotid.boxes import Box
from spotid.errors import SpotIDError
from spotid.jobs.finding import Finding, Visit, many, some
from spotid.project import backup, flanks, frames, ledger, ledger_merge, media, salvage, sightings, views
from spotid.review.identity import Identities
from spotid.words import TWO_SIGHTINGS, MediaState, SightingState, Verdict


def examine(visit: Visit) -> Iterator[Finding]:
    """Findings about the database, the ledger, and what is derived from it."""
    yield from _database(visit)
    yield from _ledger(visit)
    yield from _backups_agree(visit)
    yield from _identity(visit)
    yield from _frames(visit)
    yield from _counts(visit)


def _database(visit: Visit) -> Iterator[Finding]:
    store = visit.project.store
    for row in store.all("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield Finding(f"The database is damaged: {row[0]}. Put a backup in its place.")
    for row in store.all("PRAGMA foreign_key_check"):
        yield Finding(f"A row of the table {row[0]} points to nothing.")


def _ledger(visit: Visit) -> Iterator[Finding]:
    """Answers that no person can have given, or about sightings that are not there."""
    store = visit.project.store
    known = {row["uid"] for row in store.all("SELECT uid FROM sighting")}
    waiting = ledger_merge.waiting(store)  # from another laptop, on photographs that are not here yet
    said: set[str] = set()
    for row in store.all("SELECT * FROM decision ORDER BY id"):
        name = f"Answer {row['id']} ({row['kind']}, {row['made_at'][:16]})"
        if row["kind"] not in set(Verdict):
            yield Finding(f"{name} is of no kind that this program knows.")
        elif row["kind"] == Verdict.UNDO:
            if row["target"] not in said:
                yield Finding(f"{name} takes back an answer that is not there.")
        elif row["a"] is None or (row["kind"] in TWO_SIGHTINGS) != (row["b"] is not None):
            yield Finding(f"{name} is not about the right number of sightings.")
        for uid in {row["a"], row["b"]} - {None} - known if row["uid"] not in waiting else ():
            yield Finding(f"{name} is about the sighting {uid}, which is not in the project.")
        try:
            json.loads(row["evidence"])
        except ValueError:
            yield Finding(f"{name} has evidence that can't be read.")
        said.add(row["uid"])


def _backups_agree(visit: Visit) -> Iterator[Finding]:
    """Answers are never rewritten: where the newest backup has one too, both must say the same."""
    good = backup.newest_good(visit.project.layout)
    if good is None:
        return
    try:
        before = {row["uid"]: row for row in salvage.read(good.path).answers}
    except SpotIDError:
        return
    for row in visit.project.store.all("SELECT * FROM decision"):
        old = before.get(row["uid"])
        fields = ("kind", "a", "b", "target", "made_at", "evidence")
        if old is not None and any(old[name] != row[name] for name in fields):
            yield Finding(f"Answer {row['id']} is another one than in the backup of {good.made_at}. Compare the two.")


def _identity(visit: Visit) -> Iterator[Finding]:
    store = visit.project.store
    known, born = Identities(), dict[int, tuple[str, int]]()
    for together in sightings.photo_mates(store):
        known.photograph(together)
    for event in ledger.events(store):
        for number in known.apply(event).founded:
            born[number] = (known.code_of(number), event.row)
    stored, given = ledger.stored_identity(store), known.individuals()
    wrong = sum(given.get(uid) != stored.get(uid) for uid in given.keys() | stored.keys())
    found = ledger.stored_individuals(store)
    strange = sorted(number for number in born.keys() | found.keys() if born.get(number) != found.get(number))
    if visit.repair and strange:
        ledger.rewrite_individuals(store, born, given)
    elif visit.repair and wrong:
        ledger.rewrite_identity(store, given)
    if wrong:
        yield Finding(
            f"{many(wrong, 'sighting stands', 'sightings stand')} under an individual that the answers do not give.",
            visit.repair,
        )
    if strange:
        numbers = some([str(number) for number in strange])
        yield Finding(
            f"{many(len(strange), 'individual is', 'individuals are')} not as the answers give: number {numbers}.",
            visit.repair,
        )
    if known.known_facts() != ledger.stored_facts(store):
        if visit.repair:
            ledger.rewrite_facts(store, known.known_facts())
        yield Finding("Names or notes of individuals are not as the answers give them.", visit.repair)
    for conflict in known.conflicts():
        yield Finding(
            f"Answers both join and part the sightings {conflict.a} and {conflict.b}:"
            " settle it on the page “Conflicts”."
        )
    apart = flanks.apart(store)
    if apart:
        if visit.repair:
            flanks.replay(store)
        yield Finding(
            f"{many(len(apart), 'sighting has', 'sightings have')} another flank than was said.", visit.repair
        )


def _frames(visit: Visit) -> Iterator[Finding]:
    """What people drew in a picture must be its boxes."""
    store = visit.project.store
    for uid, answer in frames.all_newest(store).items():
        row = media.by_uid(store, uid)
        if row is None:
            yield Finding(f"Boxes were drawn in the picture {uid}, which is not in the project.")
            continue
        if row["state"] not in (MediaState.ANIMAL, MediaState.NO_ANIMAL):
            continue  # waits for a search, which puts the person's boxes in
        live = [Box(one["x"], one["y"], one["w"], one["h"]) for one in frames.live(store, uid)]
        same = all(any(box.iou(one) > frames.SAME_BOX for one in live) for box in answer.boxes)
        if same and len(live) == len(answer.boxes):
            continue
        if visit.repair:
            new = [sightings.NewSighting(box, 1.0, frames.PERSON) for box in answer.boxes]
            with store.write() as connection:
                frames.replace(connection, row["id"], uid, new, frames.PERSON)
        yield Finding(f"The boxes of {row['relpath']} are not those that a person drew.", visit.repair)


def _counts(visit: Visit) -> Iterator[Finding]:
    store = visit.project.store
    total, shelved = media.count(store), sum(views.shelf_counts(store).values())
    if total != shelved:
        yield Finding(f"{total} files were found and {shelved} lie on shelves.")
    states = ", ".join(f"'{state}'" for state in SightingState)
    odd = int(store.value(f"SELECT COUNT(*) FROM sighting WHERE state NOT IN ({states})"))
    if odd:
        yield Finding(f"{many(odd, 'sighting is', 'sightings are')} in a state that this program does not know.")
    unseen = int(store.value("SELECT COUNT(*) FROM media WHERE state IN ('animal', 'no_animal') AND visit IS NULL"))
    mixed = int(
        store.value(
            "SELECT COUNT(*) FROM (SELECT visit FROM media WHERE visit IS NOT NULL AND state IN ('animal', 'no_animal')"
            " GROUP BY visit HAVING COUNT(DISTINCT COALESCE(station_id, -1)) > 1)"
        )
    )
    if unseen or mixed:
        if visit.repair:
            media.number_visits(store, visit.visit_minutes)
        yield Finding(
            f"{many(unseen, 'file has', 'files have')} no visit, and {many(mixed, 'visit', 'visits')} mix stations.",
            visit.repair,
        )
