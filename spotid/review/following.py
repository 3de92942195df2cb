"""The stage *follow*: what collections say of who is seen becomes answers of the ledger, by the reviewer "import".

A wrong identity is worse than none: wherever a row does not fit the one animal that it must mean, or the answers that
people gave, nothing is written and a person is asked. The number of each answer follows from the collection and the
sighting, so that doing it again, on another laptop too, adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from spotid.progress import Progress
from spotid.project import following as rows
from spotid.project import ledger, notes, sightings
from spotid.project.collections import SET_STATE, USE, RowState
from spotid.project.folder import Project
from spotid.project.following import Said
from spotid.project.store import Store
from spotid.review.claims import REVIEWER, Claim, Claims
from spotid.review.coding import Words, noted
from spotid.review.identity import Change, Identities, replay

if TYPE_CHECKING:
    import sqlite3

FOLLOWED = "followed"  # a note: what there was when all open rows had been looked at
AT_ONCE = 200  # answers of one transaction; a person's answer waits for no more than these
TRIES = 50  # of a batch, where people answer meanwhile


@dataclass
class Pen:
    """Writes answers that a collection gives while people may be answering in another process."""

    store: Store
    words_of: Words = None  # what the codes of new individuals begin with
    identities: Identities = field(default_factory=Identities)
    row: int = 0  # the newest answer that was followed
    names: dict[str, int] = field(default_factory=dict)  # in lower case → the individual that goes by it
    _named: dict[int, str] = field(default_factory=dict)  # the same by individuals

    @classmethod
    def of(cls, store: Store, words_of: Words = None) -> Pen:
        """A pen that knows all answers so far."""
        events = ledger.events(store)
        known = replay(events, sightings.photo_mates(store))
        pen = cls(store, words_of, known, events[-1].row if events else 0)
        pen._learn(known.known_facts())
        return pen

    def _learn(self, facts: Mapping[int, Mapping[str, str]]) -> None:
        """Keep names in step; asked one by one, 2,000 names among 2,000 individuals took minutes."""
        for number, said in facts.items():
            before = self._named.pop(number, "")
            if before and self.names.get(before) == number:
                del self.names[before]
            if now := said.get("name", "").casefold():
                self._named[number] = now
                self.names.setdefault(now, number)

    def catch_up(self) -> None:
        """Follow what people have answered meanwhile."""
        for event in ledger.events(self.store, self.row):
            self._follow(event)

    def write(
        self, make: Callable[[], Sequence[ledger.Answer]], also: Callable[[sqlite3.Connection], None] | None = None
    ) -> list[ledger.Event]:
        """Keep the answers that ``make`` gives, with all that follows and what ``also`` writes, in one transaction.
        ``make`` is asked again whenever people have answered meanwhile."""
        for attempt in range(TRIES):
            self.catch_up()
            answers = noted(self.store, make(), self.words_of)
            try:
                return ledger.keep_many(self.store, answers, self._follow, self.identities.code_of, self.row, also)
            except ledger.GrownError:
                if attempt == TRIES - 1:
                    raise
        return []

    def _follow(self, event: ledger.Event) -> ledger.Follows:
        change: Change = self.identities.apply(event)
        self.row = event.row
        facts = self.identities.facts_after(change)
        self._learn(facts)
        return change.founded, change.individual, facts


def follow_collections(project: Project, progress: Progress, words_of: Words = None) -> None:
    """Follow every row that waits, or that a person was asked of and that may be clear by now. ``words_of`` says of
    sightings what the codes of new individuals begin with."""
    store = project.store
    rows.settle_plain(store)
    if notes.get(store, FOLLOWED) == rows.seen(store):
        progress.expect(0)
        return
    waiting = rows.waiting(store)
    progress.expect(sum(len(names) for _, names in waiting))
    pen = Pen.of(store, words_of) if waiting else Pen(store)
    for collection, names in waiting:
        for batch in _batches(names, collection.sizes):
            follow(pen, collection, batch)
            progress.step(len(batch))
    notes.put(store, FOLLOWED, rows.seen(store))


def _batches(names: Sequence[str], sizes: dict[str, int]) -> Iterable[list[str]]:
    """Names with few answers together; a name's own answers are never parted."""
    batch, count = list[str](), 0
    for name in names:
        if batch and count + sizes.get(name, 0) > AT_ONCE:
            yield batch
            batch, count = [], 0
        batch.append(name)
        count += sizes.get(name, 0)
    if batch:
        yield batch


def follow(
    pen: Pen,
    collection: rows.Waiting,
    names: Sequence[str],
    chosen: Mapping[int, str] | None = None,
    reviewer: str = REVIEWER,
) -> list[Claim]:
    """Follow what one collection says under these names; what became of each open row. ``chosen``: row → the sighting
    that ``reviewer`` says it is about."""
    claims: list[Claim] = []

    def codes() -> Mapping[int, str]:
        return ledger.codes(pen.store)  # asked for sentences alone

    def make() -> list[ledger.Answer]:
        nonlocal claims
        said: list[tuple[str, list[Said]]] = [(name, rows.said(pen.store, collection, name)) for name in names]
        if chosen:  # the others of this name wait for the run
            said = [(n, [one for one in own if one.state == RowState.USED or one.row in chosen]) for n, own in said]
        told = Claims(
            *(pen.identities, collection, pen.names.get, codes),
            *(lambda uid: rows.standing(pen.store, uid), lambda uids: rows.names_of(pen.store, collection.id, uids)),
            *(chosen, reviewer),
        )
        claims = [claim for name, own in said for claim in told.settle(name, own)]
        return told.answers

    def also(connection: sqlite3.Connection) -> None:
        used = [one for one in claims if one.state == RowState.USED]
        connection.executemany(USE, [(one.sighting, one.row) for one in used])
        others = [one for one in claims if one.state != RowState.USED]
        connection.executemany(SET_STATE, [(one.state, one.why, one.row) for one in others])

    pen.write(make, also)
    return claims
