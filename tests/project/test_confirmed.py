"""What people have confirmed, as learning reads it."""

from __future__ import annotations

import uuid

from spotid.project import confirmed
from spotid.review.desk import Desk


def pairs(store) -> list[set[int]]:
    return [set(pair) for pair in confirmed.compared(store)]


def test_confirmed_sightings_and_compared_pairs(stock) -> None:
    store, uids, ids = stock.project.store, stock.uids, stock.ids
    with store.write() as connection:
        connection.execute("UPDATE media SET visit = 7 WHERE relpath LIKE 'North%'")
    desk = Desk(stock.project, 5)

    def say(kind: str, a: int, b: int | None = None) -> str:
        uid = str(uuid.uuid4())
        desk.answer(uid, kind, uids[a], None if b is None else uids[b])
        return uid

    assert confirmed.sightings(store, ids) == [] and confirmed.count(store) == 0
    say("same", 0, 1)
    say("new", 5)
    taken_back = say("same", 3, 4)
    found = confirmed.sightings(store, ids)
    assert [one.id for one in found] == [ids[0], ids[1], ids[3], ids[4], ids[5]]
    assert [one.visit for one in found[:2]] == [7, 7] and found[0].code == "leopard_1"
    assert pairs(store) == [{ids[0], ids[1]}, {ids[3], ids[4]}]
    assert confirmed.count(store) == 5 and confirmed.seen_again(store) == 1, "3 and 4: two visits"
    assert [one.id for one in confirmed.sightings(store, ids[:1])] == ids[:1]
    desk.undo(str(uuid.uuid4()))
    assert taken_back and pairs(store) == [{ids[0], ids[1]}]
    assert confirmed.count(store) == 3 and confirmed.seen_again(store) == 0


def test_animals_about_whom_answers_contradict_teach_nothing(stock) -> None:
    desk = Desk(stock.project, 5)
    for kind, a, b in (("same", 0, 1), ("same", 1, 2), ("different", 0, 2), ("same", 3, 4)):
        desk.answer(str(uuid.uuid4()), kind, stock.uids[a], stock.uids[b])
    found = confirmed.sightings(stock.project.store, stock.ids)
    assert [one.id for one in found] == [stock.ids[3], stock.ids[4]]
