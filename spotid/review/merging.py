"""Bring the answers of two laptops together, and say what comes of it: what is new, what contradicts, who is who."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from spotid.errors import BadRequestError
from spotid.project import backup, ledger, ledger_merge, salvage, sightings
from spotid.project.folder import Project
from spotid.project.foreign_answers import fault
from spotid.project.ledger_merge import Other, Plan
from spotid.project.store import Store
from spotid.review.identity import Identities, replay

TOLD = 200  # lines of each list that the report shows; all are counted


def merge(project: Project, path: Path, uid: str, *, sure: bool = False, keep: bool = True) -> dict[str, Any]:
    """Take over the answers of another project's folder, or a backup's file; what came of it, as a report.

    Without ``keep`` nothing is written and the report says what would come of it. ``uid`` is the number of this merge;
    doing it again adds nothing. A backup is made first. Whoever holds a desk on the project reloads it afterwards.
    Raises what ``ledger_merge.read`` raises, and BadRequestError for the project itself or one of other photographs,
    unless ``sure``.
    """
    if _same(path, project.path):
        raise BadRequestError("This is the project that is open.", "Choose the folder of the other laptop's project.")
    other = ledger_merge.read(path)
    made = ledger_merge.plan(project.store, other)
    if not sure:
        ledger_merge.refuse_strangers(other, made)
    last = ledger.last_row(project.store)
    known = replay(ledger.events(project.store), sightings.photo_mates(project.store))
    before = {(one.a, one.b) for one in known.conflicts()}
    ours = known.individuals()
    theirs = replay(_events(other.answers))

    def report() -> dict[str, Any]:
        told = _report(project.store, other, made)
        after = {(one.a, one.b) for one in known.conflicts()}
        new = [_pair(project.store, other, a, b) for a, b in sorted(after - before)[:TOLD]]
        who, clashes = who_is_who(theirs, known, ours)
        told["conflicts"] = {"before": len(before), "after": len(after), "new": new}
        told["individuals"], told["names"] = who[:TOLD], clashes[:TOLD]
        return told

    def follow(event: ledger.Event) -> ledger.Follows:
        change = known.apply(event)
        return change.founded, change.individual, known.facts_after(change)

    if not keep or not made.taken:
        for number, event in enumerate(_events(made.taken), start=ledger.last_row(project.store) + 1):
            known.apply(_at(event, number))
        return {**report(), "kept": False}
    saved = backup.write(project.layout, ledger_merge.REASON)
    told = ledger_merge.write(project, uid, other, made, follow, known.code_of, report, last)
    return {**told, "kept": True, "backup": saved.name}


def _same(path: Path, folder: Path) -> bool:
    try:
        return path.expanduser().resolve() in (folder.resolve(), folder.resolve() / "embeddings")
    except (OSError, RuntimeError):
        return False


def _events(rows: Sequence[salvage.Row]) -> list[ledger.Event]:
    """Answers of another database as events; those that can't be read are left out."""
    return [ledger.event_of(cast(Any, row)) for row in rows if not fault(row)]


def _at(event: ledger.Event, row: int) -> ledger.Event:
    return ledger.Event(row, event.uid, event.kind, event.a, event.b, event.target, event.at, event.more)


def _report(store: Store, other: Other, made: Plan) -> dict[str, Any]:
    kinds = Counter(row["kind"] for row in made.taken)
    unknown = [
        {"row": row["id"], "kind": row["kind"], "pictures": [_path(other, one) for one in (row["a"], row["b"]) if one]}
        for row in made.unknown[:TOLD]
    ]
    return {
        "path": str(other.path),
        "title": other.title,
        "answers": len(other.answers),
        "taken": len(made.taken),
        "kinds": dict(sorted(kinds.items())),
        "reviewers": dict(sorted(Counter(row["reviewer"] for row in made.taken).items())),
        "known": made.known,
        "refused": [{"row": one.row, "uid": one.uid, "why": one.why} for one in made.refused[:TOLD]],
        "refused_count": len(made.refused),
        "unknown": unknown,
        "unknown_count": len(made.unknown),
        "unknown_uids": sorted({row["uid"] for row in made.unknown}),
        "pictures": made.answered,
        "pictures_here": made.answered_here,
        "frames": other.frames,
    }


def _path(other: Other, uid: str) -> str:
    return other.paths.get(uid) or uid


def _pair(store: Store, other: Other, a: str, b: str) -> dict[str, str]:
    rows = sightings.many(store, [a, b])
    names = [rows[uid]["relpath"] if uid in rows else _path(other, uid) for uid in (a, b)]
    return {"a": a, "b": b, "a_path": names[0], "b_path": names[1]}


def who_is_who(
    theirs: Identities, now: Identities, ours: Mapping[str, int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Which of their individuals is which of ours, by sightings; and names that clash.

    ``theirs``: their ledger alone; ``now``: both; ``ours``: sighting → number before the merge. An individual of theirs
    may be several of ours where answers on either side part it.
    """
    members: dict[int, set[str]] = {}
    for sighting, number in theirs.individuals().items():
        members.setdefault(number, set()).add(sighting)
    called = {number: now.name_of(number) for number in sorted(set(now.individuals().values()))}
    found, clashes = [], []
    for number in sorted(members):
        places = [one for one in map(now.individual, sorted(members[number])) if one is not None]
        became = [one for one, _ in sorted(Counter(places).items(), key=lambda item: (-item[1], item[0]))]
        was = sorted({ours[one] for one in members[number] if one in ours})
        name = theirs.name_of(number) or ""
        found.append(
            {
                "theirs": theirs.code_of(number),
                "sightings": len(members[number]),
                "ours": [now.code_of(one) for one in became],
                "before": [now.code_of(one) for one in was],
                "name": name,
            }
        )
        for one, said in called.items():
            if name and said and (one in became) != (said.casefold() == name.casefold()):
                clashes.append(
                    {"name": name, "theirs": theirs.code_of(number), "ours": now.code_of(one), "our_name": said}
                )
    return found, clashes
