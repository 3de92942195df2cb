"""What was said of clocks, as the table has it; and what follows for one time. See ``clocks`` for saying something."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import cameras, spans
from spotid.project.store import Store, now

LONGEST = 200
MOST_S = 100 * 366 * 86_400
UNTIL, UNDO = "as before from here on", "undo "  # reasons that the program gives
Steps = list[tuple[str, int]]  # (moment of the clock, seconds to add from then on in all), in order


@dataclass(frozen=True, slots=True)
class Word:
    """What a person said of one clock: from ``from_at`` of that clock on (None: always) ``offset_s`` more is added."""

    id: int
    deployment_id: int
    camera: str  # "": every camera of the deployment
    from_at: str | None
    offset_s: int
    reason: str
    reviewer: str | None
    made_at: str


SELECT = (
    "SELECT clock_word.id, deployment_id, camera, from_at, offset_s, reason, initials AS reviewer, clock_word.made_at"
    " FROM clock_word LEFT JOIN reviewer ON reviewer.id = reviewer_id"
)


def read(row: sqlite3.Row) -> Word:
    """A row of ``SELECT``."""
    return Word(**{name: row[name] for name in Word.__dataclass_fields__})


def standing(rows: Iterable[Word]) -> dict[int, list[Word]]:
    """Deployment → the words that count, by moment: the newest of each camera and moment, without those taken back."""
    newest: dict[tuple[int, str, str], Word] = {}
    for word in sorted(rows, key=lambda one: one.id):
        newest[(word.deployment_id, cameras.key(word.camera), word.from_at or "")] = word
    found: dict[int, list[Word]] = {}
    for (deployment, _, _), word in sorted(newest.items(), key=lambda item: (item[0][2], item[0][1])):
        if word.offset_s:
            found.setdefault(deployment, []).append(word)
    return found


def all_standing(store: Store) -> dict[int, list[Word]]:
    """Deployment → its words that count."""
    return standing(read(row) for row in store.all(f"{SELECT} ORDER BY clock_word.id"))


def steps(words: Sequence[Word], camera: str) -> Steps:
    """What is to be added to a camera's clock, from which of its moments on; ``camera``: as ``cameras.key`` has it."""
    more: dict[str, int] = {}
    for word in words:
        if not word.camera or cameras.key(word.camera) == camera:
            more[word.from_at or ""] = more.get(word.from_at or "", 0) + word.offset_s
    found, total = [], 0
    for moment in sorted(more):
        total += more[moment]
        found.append((moment, total))
    return found


def offset_at(steps: Steps, clock: str) -> int:
    """The seconds to add to a time of the clock."""
    offset = 0
    for moment, total in steps:
        if moment > clock:
            break
        offset = total
    return offset


def shifted(moment: str, seconds: int) -> str:
    """An ISO time moved by so many seconds. Raises OverflowError or ValueError beyond the calendar."""
    if not seconds:
        return moment
    when = datetime.fromisoformat(moment) + timedelta(seconds=seconds)
    return when.isoformat(timespec="seconds")


def corrected(steps: Steps, clock: str) -> str | None:
    """The time that a time of the clock means; None where it lies beyond the calendar or is no time."""
    if not steps:
        return clock
    try:
        return shifted(clock, offset_at(steps, clock))
    except (OverflowError, ValueError):
        return None


def words(store: Store, deployment_id: int) -> list[Word]:
    """What counts of what was said of a deployment's clocks, by moment."""
    return standing(history(store, deployment_id)).get(deployment_id, [])


def history(store: Store, deployment_id: int) -> list[Word]:
    """All that was ever said of a deployment's clocks, newest first."""
    rows = store.all(f"{SELECT} WHERE deployment_id = ? ORDER BY clock_word.id DESC", deployment_id)
    return [read(row) for row in rows]


def proposed(
    known: Sequence[Word],
    deployment_id: int,
    camera: str,
    offset_s: int,
    from_at: str | None,
    until_at: str | None,
    reason: str,
) -> list[Word]:
    """The rows that ``say`` writes: the word, and the one that ends it."""
    if abs(offset_s) > MOST_S:
        raise BadRequestError("No clock is wrong by more than a hundred years.", "Look at the number.")
    first, last = spans.declared(from_at, "the first moment"), spans.declared(until_at, "the last moment")
    if first and last and last <= first:
        raise BadRequestError("The last moment is not after the first.", "Both are as the camera's clock had them.")
    word = Word(0, deployment_id, camera, first, offset_s, reason.strip()[:LONGEST], None, now())
    if last is None:
        return [word]
    step = _at(known, camera, last) + _at(known, camera, first) - offset_s
    return [word, replace(word, from_at=last, offset_s=step, reason=UNTIL)]


def _at(known: Sequence[Word], camera: str, moment: str | None) -> int:
    return sum(word.offset_s for word in known if own(word, camera) and word.from_at == moment)


def camera_of(store: Store, deployment_id: int, camera: str) -> str:
    """The camera as words name it: none where the deployment is of one camera. Raises NotFoundError."""
    row = store.one("SELECT camera FROM deployment WHERE id = ?", deployment_id)
    if row is None:
        raise NotFoundError("There is no such deployment.", "Look at the list; it may have been taken away.")
    return "" if row["camera"] else cameras.plain(camera)


def own(word: Word, camera: str) -> bool:
    return cameras.key(word.camera) == cameras.key(camera)


def about(word: Word, camera: str) -> bool:
    return not word.camera or own(word, camera)
