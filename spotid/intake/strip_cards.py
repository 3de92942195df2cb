"""Cards of pictures whose times were read from their writing, as a person looks at them to confirm or refuse them."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from dataclasses import dataclass, field

from spotid.errors import BadRequestError, NotFoundError
from spotid.intake.strip import Seen, Strip, orders, settle
from spotid.intake.strips_read import seen_of
from spotid.project import settling, strips, trust
from spotid.project.folder import Project

EXAMPLES = 12
ORDERS = ("DMY", "MDY", "YMD")


@dataclass(frozen=True, slots=True)
class Read:
    """One picture: what its writing says, and the time taken from it, None where it is not beyond doubt."""

    media_id: int
    media_uid: str
    relpath: str
    text: str
    time: str | None
    sure: bool
    state: str
    in_use: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A card in the list: ``pictures`` have writing; ``state`` as a card's."""

    uid: str
    folder: str
    pictures: int
    state: str


@dataclass(slots=True)
class Card:
    """A card. ``order``: the one by which its times are read, "" where a person has to choose among ``orders``.

    ``state``: "waits" (for a word of a person), "used" or "refused"; ``camera``: its name as the writing has it;
    ``pictures`` with writing, of which ``times`` have a time that is beyond doubt, ``sure`` of them backed by others.
    """

    uid: str
    folder: str
    station: str
    camera: str
    orders: list[str]
    order: str
    state: str
    pictures: int
    times: int
    sure: int
    first: str | None
    last: str | None
    reads: list[Read] = field(default_factory=list)


def listed(project: Project) -> list[Listed]:
    """All cards with writing that has a date: those that wait first. Nothing is weighed here: there may be many."""
    found = [
        Listed(
            str(row["card"]),
            row["relpath"].rpartition("/")[0],
            row["pictures"],
            strips.WAITS if row["waits"] else strips.USED if row["used"] else strips.REFUSED,
        )
        for row in strips.counts(project.store)
    ]
    return sorted(found, key=lambda one: (one.state != strips.WAITS, _natural(one.folder), one.uid))


def card(project: Project, uid: str, order: str = "") -> Card:
    """One card, read by an ``order`` that a person tries out. Raises NotFoundError, BadRequestError."""
    if order and order not in ORDERS:
        raise BadRequestError("This is no order of day and month.", "Choose one of those that are shown.")
    rows = strips.rows(project.store, uid)
    if not any(row["state"] for row in rows):
        raise NotFoundError("There is no such card.", "Load the page again.")
    return _card(project, uid, rows, order)


def examples(card: Card, most: int = EXAMPLES) -> list[Read]:
    """The first and the last picture, those that are not sure, and some in between, in the order of the card."""
    dated = [at for at, one in enumerate(card.reads) if one.time]
    unsure = [at for at, one in enumerate(card.reads) if one.time and not one.sure]
    chosen = set(dated[:1] + dated[-1:] + unsure[: most // 3])
    left = max(0, most - len(chosen))
    chosen |= {dated[round(step * (len(dated) - 1) / (left + 1))] for step in range(1, left + 1)} if dated else set()
    if not dated:
        chosen = set(range(min(most, len(card.reads))))
    return [card.reads[at] for at in sorted(chosen)]


def confirm(
    project: Project,
    uid: str,
    order: str = "",
    *,
    camera: bool = False,
    reviewer: str = "",
    minutes: float | None = None,
) -> int:
    """Use the times of a card from now on. Returns how many pictures have a time now that had none.

    Raises BadRequestError where it is not clear how day and month are written, or nothing waits.
    """
    found = card(project, uid, order)
    times = [(one.media_id, one.time) for one in found.reads if one.time and one.state in (strips.WAITS, strips.LEFT)]
    if not found.order and not times:
        raise BadRequestError(
            "It is not clear yet which number is the day and which the month.", "Choose one of the orders that fit."
        )
    if not times:
        raise BadRequestError("No time of this card waits to be confirmed.", "Load the page again.")
    name = found.camera if camera else ""
    used = strips.confirm(project.store, uid, found.order, [(one, str(time), name) for one, time in times], reviewer)
    settling.settle(project.store, minutes)
    return used


def refuse(project: Project, uid: str, *, reviewer: str = "") -> int:
    """Do not use the times of a card that wait. Returns how many pictures stay without one."""
    card(project, uid)
    return strips.refuse(project.store, uid, reviewer)


def take_back(project: Project, uid: str, *, reviewer: str = "", minutes: float | None = None) -> int:
    """Take back what was said of a card: it waits again. Returns how many pictures it is about."""
    card(project, uid)
    changed = strips.take_back(project.store, uid, reviewer)
    settling.settle(project.store, minutes)
    return changed


def _card(project: Project, uid: str, rows: list[sqlite3.Row], order: str = "") -> Card:
    rows = sorted(rows, key=lambda row: _natural(row["relpath"]))
    seen = [seen_of(row["seen"]) for row in rows]
    possible = orders(seen)
    chosen = order or (possible[0] if len(possible) == 1 else strips.last_order(project.store, uid))
    answers = settle(seen, chosen or None)
    reads = [_read(row, one, answer) for row, one, answer in zip(rows, seen, answers, strict=True)]
    times = sorted(one.time for one in reads if one.time)
    states = {one.state for one in reads}
    state = next((one for one in (strips.WAITS, strips.USED, strips.REFUSED) if one in states), strips.USED)
    names = Counter(answer.camera for answer in answers if answer and answer.camera)
    return Card(
        uid=uid,
        folder=rows[0]["relpath"].rpartition("/")[0],
        station=rows[0]["station"] or "",
        camera=names.most_common(1)[0][0] if names else "",
        orders=possible,
        order=chosen,
        state=state,
        pictures=len(reads),
        times=len(times),
        sure=sum(one.sure for one in reads),
        first=times[0] if times else None,
        last=times[-1] if times else None,
        reads=reads,
    )


def _read(row: sqlite3.Row, seen: Seen, answer: Strip | None) -> Read:
    time = answer.time.isoformat() if answer is not None and answer.time is not None else None
    if time is not None and trust.doubt(time) is not None:
        time = None
    sure = bool(time and answer is not None and answer.sure)
    open_ = row["state"] in (strips.WAITS, strips.LEFT)
    state = strips.NOTHING if open_ and row["captured_at"] is not None else row["state"]  # it has got one otherwise
    in_use = row["clock_at"] if row["time_source"] == strips.SOURCE else None
    return Read(row["media_id"], row["uid"], row["relpath"], seen.text, time, sure, state, in_use)


def _natural(text: str) -> list[tuple[int, int, str]]:
    return [(0, int(part), "") if part.isdigit() else (1, 0, part.lower()) for part in re.findall(r"\d+|\D+", text)]
