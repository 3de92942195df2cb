"""Shelves: every file found is on exactly one of them."""

from __future__ import annotations

import uuid

from spotid.project import media, views
from spotid.review.desk import Desk
from spotid.words import MediaState, Problem


def test_shelves_add_up_whatever_happens(stock, picture) -> None:
    store = stock.project.store
    root = stock.root
    media.add_found(store, root, [media.Found("bad.jpg", 0, 1), media.Found("later.jpg", 5, 1)])
    bad = store.one("SELECT id FROM media WHERE relpath = 'bad.jpg'")["id"]
    media.put_aside(store, bad, Problem.EMPTY, "empty")
    stock.add("empty.jpg", picture(), ())
    desk = Desk(stock.project, 5)
    desk.answer(str(uuid.uuid4()), "same", stock.uids[0], stock.uids[1])
    desk.answer(str(uuid.uuid4()), "unusable", stock.uids[2])
    counts = views.shelf_counts(store)
    assert counts == {
        **{"review": 3, "identified": 2, "unusable": 1, "other": 0, "no_animal": 1},
        **{"unread": 1, "unsearched": 0, "clip": 0, "problem": 1, "missing": 0},
    }
    assert sum(counts.values()) == media.count(store)
    listed = [row["relpath"] for shelf in views.SHELVES for row in views.on_shelf(store, shelf, 0, 100)]
    assert sorted(listed) == sorted(row["relpath"] for row in store.all("SELECT relpath FROM media"))


def test_every_state_of_a_file_has_a_shelf(stock) -> None:
    for state in MediaState:
        with stock.project.store.write() as connection:
            connection.execute("UPDATE media SET state = ?", (state,))
        assert sum(views.shelf_counts(stock.project.store).values()) == 6, state
