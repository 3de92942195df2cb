"""What people do to an import: say which animal of a photograph is meant, leave a row out, take all of it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import collection_facts, collections, ledger
from spotid.project import following as rows
from spotid.project.collections import RowState
from spotid.project.store import now
from spotid.review.claims import REVIEWER, back_uid
from spotid.review.desk import Desk
from spotid.review.following import Pen, follow
from spotid.words import Verdict

if TYPE_CHECKING:
    import sqlite3

SETTLED = "This row of the import is settled already."


def choose(desk: Desk, row_id: int, sighting: str, reviewer: str = "") -> dict[str, Any]:
    """Say which animal of a photograph the row of an import means; the row as it stands then.

    What follows is this person's answer, and stands in the import, so that taking the import back takes it back too.
    Raises BadRequestError where answers that people gave before say otherwise.
    """
    store = desk.project.store
    with desk.lock:
        about = _open(desk, row_id)
        row = collections.row(store, row_id)
        if sighting not in row["sightings"]:
            raise BadRequestError("That animal is not in this photograph.", "Reload the page.")
        claims = follow(Pen.of(store, desk.words_of), about[0], [about[1]], {row_id: sighting}, reviewer)
        desk.reload()
    own = next((one for one in claims if one.row == row_id), None)
    if own is not None and own.state == RowState.ASK:
        raise BadRequestError(own.why, "Look at the individual, and correct what is wrong there.")
    return collections.row(store, row_id)


def leave(desk: Desk, row_id: int) -> None:
    """A person says that a row of an import is not to be used."""
    with desk.lock:
        _open(desk, row_id)
        collections.set_states(desk.project.store, [(row_id, RowState.REFUSED, "A person left it out.")])


def _open(desk: Desk, row_id: int) -> tuple[rows.Waiting, str]:
    row = collections.row(desk.project.store, row_id)
    about = rows.of_row(desk.project.store, row_id)
    if about is None or row["state"] not in rows.OPEN:
        raise BadRequestError(SETTLED, "Reload the page.")
    return about


def take_back(desk: Desk, uid: str, reviewer: str = "") -> int:
    """Take a whole import back: each of its standing answers by a row of its own, all of them in one step. What people
    answered themselves stays. How many answers; 0 where it was taken back before.

    Stations, times and species that it told go with it, and the next run reads them from the files again.
    """
    store, who = desk.project.store, reviewer or REVIEWER
    with desk.lock:
        collection = collections.one(store, uid)
        if collection["taken_back_at"]:
            return 0

        def make() -> list[ledger.Answer]:
            return [
                ledger.Answer(back_uid(one), Verdict.UNDO, target=one, reviewer=who, evidence={"for": uid})
                for one in rows.answers_of(store, uid)
            ]

        def also(connection: sqlite3.Connection) -> None:
            rows.taken_back(connection, collection["id"], now())
            collection_facts.forget(connection, collection["id"])

        done = Pen.of(store, desk.words_of).write(make, also)
        desk.reload()
    return len(done)


def check_there(desk: Desk, uid: str) -> None:
    """Raises NotFoundError where the project has no such import."""
    if all(one["uid"] != uid for one in collections.listed(desk.project.store)):
        raise NotFoundError("There is no such import in this project.", "Go back to the list of imports.")
