"""The ledger of human answers: append only; taking an answer back is another answer."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spotid.codes import TOLD
from spotid.errors import BadRequestError, SpotIDError
from spotid.project import flanks
from spotid.project.store import Store, now
from spotid.words import TWO_SIGHTINGS, Verdict

SAYS_MORE = frozenset({Verdict.SPLIT, Verdict.RELEASE, Verdict.DESCRIBE, Verdict.SECOND})
IMPORTED = "import-"  # what the uids of answers begin with that a collection gave, and no person at the screen


@dataclass(frozen=True, slots=True)
class Event:
    """One answer as it stands in the ledger. ``a`` < ``b`` are sighting uids; ``target`` is the answer taken back."""

    row: int
    uid: str
    kind: str
    a: str | None = None
    b: str | None = None
    target: str | None = None
    at: str = ""
    more: Mapping[str, Any] | None = None  # of the evidence, what identities depend on


# Numbers of individuals born, sighting → number where it has changed, number → facts where they may have changed.
Follows = tuple[Sequence[int], Mapping[str, int | None], Mapping[int, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer about to be kept. ``uid`` comes from the browser, so that a double click is one answer."""

    uid: str
    kind: Verdict
    a: str | None = None
    b: str | None = None
    target: str | None = None
    reviewer: str = ""
    seconds: float | None = None
    evidence: Mapping[str, Any] | None = None


class GrownError(SpotIDError):
    """Another process has written answers meanwhile: they have to be followed before this one's number is known."""

    code, status = "ledger-grown", 409

    def __init__(self) -> None:
        super().__init__("Answers were added to this project meanwhile.", "Reload the page and answer again.")


def event_of(row: sqlite3.Row) -> Event:
    """A ledger row as an event."""
    # Sightings stand in many answers; each name is kept once, since all answers stay in memory while people review.
    a, b = (None if name is None else sys.intern(name) for name in (row["a"], row["b"]))
    return Event(row["id"], row["uid"], sys.intern(row["kind"]), a, b, row["target"], row["made_at"], _more(row))


def _more(row: sqlite3.Row) -> Mapping[str, Any] | None:
    """What an answer says beyond its two sightings.

    ``with``: sighting → other pictures of the same visit that the answer covers too; ``out`` and ``stay``: the two
    parts of an individual that was split, ``cut``: the answers that joined them; ``facts``: what was said of an
    individual; ``said``: a second opinion; ``word``: what the codes of individuals begin with that are born of it.
    """
    if row["kind"] not in SAYS_MORE and not any(f'"{name}"' in row["evidence"] for name in ("with", TOLD)):
        return None  # most answers: their evidence is for people and is not read here
    evidence = json.loads(row["evidence"])
    return {key: evidence[key] for key in ("with", "out", "stay", "cut", "facts", "said", TOLD) if key in evidence}


def events(store: Store, after: int = 0) -> list[Event]:
    """All answers with row numbers above ``after``, oldest first."""
    return [event_of(row) for row in store.all("SELECT * FROM decision WHERE id > ? ORDER BY id", after)]


def find(store: Store, uid: str) -> Event | None:
    """The answer with this uid."""
    row = store.one("SELECT * FROM decision WHERE uid = ?", uid)
    return None if row is None else event_of(row)


def evidence_of(store: Store, uid: str) -> dict[str, Any]:
    """What an answer was given on: ``anchor`` is the picture that was the anchor on the screen, and so on."""
    row = store.one("SELECT evidence FROM decision WHERE uid = ?", uid)
    return {} if row is None else dict(json.loads(row["evidence"]))


def newest_standing(store: Store) -> Event | None:
    """The newest answer that has not been taken back, or None. What a collection said is taken back as a whole, and
    never by going back step by step."""
    row = store.one(
        # Asked row by row from the newest on: the time does not grow with the ledger.
        f"SELECT * FROM decision WHERE kind != 'undo' AND uid NOT GLOB '{IMPORTED}*' AND NOT EXISTS"
        " (SELECT 1 FROM decision AS taken WHERE taken.target = decision.uid AND taken.kind = 'undo')"
        " ORDER BY id DESC LIMIT 1"
    )
    return None if row is None else event_of(row)


def stands(store: Store, uid: str) -> bool:
    """Whether this answer was given and never taken back."""
    return bool(
        store.value(
            "SELECT EXISTS (SELECT 1 FROM decision WHERE uid = ?1 AND kind != 'undo')"
            " AND NOT EXISTS (SELECT 1 FROM decision WHERE target = ?1 AND kind = 'undo')",
            uid,
        )
    )


def last_row(store: Store) -> int:
    """The number of the newest answer; 0 where there is none."""
    return int(store.value("SELECT COALESCE(MAX(id), 0) FROM decision"))


def keep(
    store: Store,
    answer: Answer,
    follow: Callable[[Event], Follows],
    code_of: Callable[[int], str],
    after: int | None = None,
) -> Event:
    """Append one answer and what follows from it, in one transaction.

    ``follow`` is told the event and gives the numbers of individuals born of it, the sightings whose individual has
    changed (sighting uid → individual number or None) and the facts of individuals that may have changed. The flank of
    a sighting follows from the ledger alone. When anything fails, nothing is kept and the error is raised. ``after``:
    the newest row that the caller knows; raises GrownError, before anything is followed, where there is a newer one.
    """
    return keep_many(store, [answer], follow, code_of, after)[0]


def keep_many(
    store: Store,
    answers: Sequence[Answer],
    follow: Callable[[Event], Follows],
    code_of: Callable[[int], str],
    after: int | None = None,
    also: Callable[[sqlite3.Connection], None] | None = None,
) -> list[Event]:
    """Append several answers in order, as ``keep`` does, in one transaction: all of them or none. ``also`` writes what
    belongs to them in the same transaction."""
    ordered = [_ordered(answer) for answer in answers]
    events: list[Event] = []
    with store.write() as connection:
        check_known(connection, after)
        for answer, (a, b) in zip(answers, ordered, strict=True):
            events.append(_append(connection, answer, a, b, follow, code_of))
        if also is not None:
            also(connection)
    return events


def check_known(connection: sqlite3.Connection, after: int | None) -> None:
    """Inside a transaction: raise GrownError where there are answers beyond the newest row that is known."""
    if after is not None:
        newest = connection.execute("SELECT COALESCE(MAX(id), 0) FROM decision").fetchone()[0]
        if newest != after:
            raise GrownError


def _append(
    connection: sqlite3.Connection,
    answer: Answer,
    a: str | None,
    b: str | None,
    follow: Callable[[Event], Follows],
    code_of: Callable[[int], str],
) -> Event:
    cursor = connection.execute(
        "INSERT INTO decision (uid, kind, a, b, target, reviewer_id, made_at, seconds, evidence)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(answer.uid, answer.kind, a, b, answer.target, reviewer_id(connection, answer.reviewer)),
            *(now(), answer.seconds, json.dumps(dict(answer.evidence or {}), sort_keys=True)),
        ),
    )
    row = connection.execute("SELECT * FROM decision WHERE id = ?", (cursor.lastrowid,)).fetchone()
    event = event_of(row)
    born, changed, facts = follow(event)
    born_of = [(number, code_of(number), event.row) for number in born]
    connection.executemany("INSERT INTO individual (number, code, born_of) VALUES (?, ?, ?)", born_of)
    write_identity(connection, changed)
    write_facts(connection, facts)
    about = judged(connection, event)
    if about is not None:
        flanks.settle(connection, about)
    return event


def judged(connection: sqlite3.Connection, event: Event) -> str | None:
    """The sighting whose flank an answer, or taking one back, is about."""
    if event.kind != Verdict.UNDO:
        return event.a if event.kind == Verdict.FLANK else None
    row = connection.execute("SELECT kind, a FROM decision WHERE uid = ?", (event.target,)).fetchone()
    return row["a"] if row is not None and row["kind"] == Verdict.FLANK else None


def _ordered(answer: Answer) -> tuple[str | None, str | None]:
    if answer.kind in TWO_SIGHTINGS:
        if not answer.a or not answer.b or answer.a == answer.b:
            raise BadRequestError("This answer needs two different sightings.", "Reload the page and answer again.")
        return min(answer.a, answer.b), max(answer.a, answer.b)
    if answer.kind is Verdict.UNDO:
        if not answer.target:
            raise BadRequestError("There is no answer to take back.")
        return None, None
    if not answer.a:
        raise BadRequestError("This answer needs a sighting.", "Reload the page and answer again.")
    return answer.a, None


def reviewer_id(connection: sqlite3.Connection, initials: str) -> int | None:
    """The row of a reviewer, made where there is none; None for somebody who gave no initials."""
    if not initials:
        return None
    connection.execute("INSERT OR IGNORE INTO reviewer (initials) VALUES (?)", (initials,))
    return int(connection.execute("SELECT id FROM reviewer WHERE initials = ?", (initials,)).fetchone()[0])


def write_identity(connection: sqlite3.Connection, changed: Mapping[str, int | None]) -> None:
    """Note which individual sightings belong to now: number, or None for nobody."""
    for sighting, number in changed.items():
        if number is None:
            connection.execute("DELETE FROM identity WHERE sighting_uid = ?", (sighting,))
        else:
            connection.execute(
                "INSERT OR REPLACE INTO identity SELECT ?, id FROM individual WHERE number = ?", (sighting, number)
            )


def write_facts(connection: sqlite3.Connection, facts: Mapping[int, Mapping[str, str]]) -> None:
    """Note what people say of individuals now, by number."""
    for number, said in facts.items():
        connection.execute(
            "UPDATE individual SET name = ?, facts = ? WHERE number = ?",
            (said.get("name"), json.dumps(dict(said), sort_keys=True, ensure_ascii=False), number),
        )


def stored_facts(store: Store) -> dict[int, dict[str, str]]:
    """Individual number → what people said of it, as the derived table has it, where it has sightings."""
    sql = "SELECT number, facts FROM individual WHERE facts != '{}' AND id IN (SELECT individual_id FROM identity)"
    return {row["number"]: json.loads(row["facts"]) for row in store.all(sql)}


def rewrite_facts(store: Store, facts: Mapping[int, Mapping[str, str]], after: int | None = None) -> None:
    """Replace what is derived of individuals by what a replay of the rows up to ``after`` gives."""
    with store.write() as connection:
        check_known(connection, after)
        connection.execute("UPDATE individual SET name = NULL, facts = '{}' WHERE facts != '{}'")
        write_facts(connection, facts)


def rewrite_identity(store: Store, identity: Mapping[str, int], after: int | None = None) -> None:
    """Replace the derived table by what a replay of the ledger gives, of its rows up to ``after``."""
    with store.write() as connection:
        check_known(connection, after)
        connection.execute("DELETE FROM identity")
        write_identity(connection, identity)


def stored_individuals(store: Store) -> dict[int, tuple[str, int]]:
    """Individual number → (code, the answer that it was born of), as the derived table has it."""
    return {row["number"]: (row["code"], row["born_of"]) for row in store.all("SELECT * FROM individual")}


def rewrite_individuals(store: Store, born: Mapping[int, tuple[str, int]], identity: Mapping[str, int]) -> None:
    """Replace both derived tables by what a replay gives: number → (code, answer), sighting uid → number."""
    with store.write() as connection:
        connection.execute("DELETE FROM identity")
        connection.execute("DELETE FROM individual")
        connection.executemany(
            "INSERT INTO individual (number, code, born_of) VALUES (?, ?, ?)",
            [(number, *facts) for number, facts in sorted(born.items())],
        )
        write_identity(connection, identity)


def stored_identity(store: Store) -> dict[str, int]:
    """Sighting uid → individual number, as the derived table has it."""
    sql = "SELECT sighting_uid, number FROM identity JOIN individual ON individual.id = identity.individual_id"
    return {row["sighting_uid"]: row["number"] for row in store.all(sql)}


def codes(store: Store) -> dict[int, str]:
    """Individual number → code."""
    return {row["number"]: row["code"] for row in store.all("SELECT number, code FROM individual ORDER BY number")}
