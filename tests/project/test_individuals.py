"""What the pages about individuals read: lists by key, portraits, galleries, histories, the bin, what lies beside."""

from __future__ import annotations

import uuid

import pytest

from spotid.project import histories, individuals, views
from spotid.review import deeds, marks
from spotid.review.desk import Desk


def new() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def desk(stock) -> Desk:
    """leopard_1: pictures 0 (left), 1 (right), 2 (unknown); leopard_2: 3 (left); leopard_3: 4, 5 (right, front)."""
    sides = ("left", "right", "unknown", "left", "right", "front")
    with stock.project.store.write() as connection:
        for number, (uid, side) in enumerate(zip(stock.uids, sides, strict=True)):
            connection.execute("UPDATE sighting SET flank = ?, quality = ? WHERE uid = ?", (side, number / 10, uid))
    made = Desk(stock.project, 5)
    deeds.assign(made, new(), stock.uids[0], stock.uids[1])
    deeds.assign(made, new(), stock.uids[2], stock.uids[1])
    marks.mark(made, new(), "new", stock.uids[3])
    deeds.assign(made, new(), stock.uids[4], stock.uids[5])
    return made


def numbers(stock, **how) -> list[int]:
    return [one.number for one in individuals.listed(stock.project.store, **how)[0]]


def test_the_list_in_every_order_and_kind(stock, desk) -> None:
    assert numbers(stock) == [1, 2, 3]
    assert numbers(stock, order="count") == [1, 3, 2]
    assert numbers(stock, order="single") == [2, 3, 1]
    assert numbers(stock, order="last") == [3, 2, 1]
    assert numbers(stock, kind="once") == [2]
    assert numbers(stock, kind="one_flank") == [2, 3]
    assert numbers(stock, kind="left") == [1, 2]
    assert numbers(stock, kind="right") == [1, 3]
    assert numbers(stock, order="nonsense", kind="nonsense") == [1, 2, 3]


def test_names_codes_and_stations_are_found_whatever_the_case(stock, desk) -> None:
    deeds.describe(desk, new(), stock.uids[4], {"name": "Ñandú de la Sierra"})
    assert numbers(stock, find="ÑANDÚ sierra") == [3]
    assert numbers(stock, find="andu\u0301") == [3], "an accent spelt as two letters"
    assert numbers(stock, find="leopard_2") == [2]
    assert numbers(stock, find="north") == [1]
    assert numbers(stock, find="south") == [2, 3]
    assert numbers(stock, find="100%") == numbers(stock, find="_ _ x") == []
    assert numbers(stock, order="name") == [3, 1, 2]


def test_pages_go_by_key_and_give_everyone_once(stock, desk) -> None:
    for order in individuals.ORDERS:
        seen: list[int] = []
        after: int | None = 0
        while after is not None and len(seen) < 9:
            page, found, after = individuals.listed(stock.project.store, order=order, after=after, limit=1)
            seen += [one.number for one in page]
            assert found == 3
        assert seen == numbers(stock, order=order)
    assert individuals.listed(stock.project.store, after=99)[2] is None


def test_what_is_known_of_one(stock, desk) -> None:
    deeds.describe(desk, new(), stock.uids[0], {"name": "Tiga", "sex": "female", "age": "adult", "notes": "a = b"})
    one = individuals.animal(stock.project.store, 1)
    assert one is not None
    assert (one.code, one.name, one.count) == ("leopard_1", "Tiga", 3)
    assert one.shelves == {"left": 1, "right": 1, "other": 0, "unknown": 1}
    assert (one.first, one.last) == ("2026-03-01T06:00:00", "2026-03-03T06:00:00")
    assert one.stations == ("North",)
    assert one.facts["notes"] == "a = b"
    assert individuals.animal(stock.project.store, 9) is None
    assert individuals.beside(stock.project.store, 2) == (1, 3)
    assert individuals.beside(stock.project.store, 3) == (2, None)


def test_portraits_are_the_best_pictures_or_those_that_a_person_chose(stock, desk) -> None:
    deeds.assign(desk, new(), stock.uids[3], stock.uids[1])
    store = stock.project.store
    assert individuals.animal(store, 1).portraits["left"] == stock.uids[3], "the better one of two left sides"
    deeds.describe(desk, new(), stock.uids[1], {"portrait_left": stock.uids[0]})
    assert individuals.animal(store, 1).portraits["left"] == stock.uids[0]
    marks.move(desk, new(), stock.uids[0], stock.uids[4])
    assert individuals.animal(store, 1).portraits["left"] == stock.uids[3], "it is no picture of this animal any more"
    assert individuals.animal(store, 3).portraits["left"] == stock.uids[0]


def test_a_gallery_goes_by_flank_and_date(stock, desk) -> None:
    store = stock.project.store
    deeds.assign(desk, new(), stock.uids[3], stock.uids[1])
    with store.write() as connection:
        connection.execute(
            "UPDATE media SET captured_at = NULL WHERE id = (SELECT media_id FROM sighting WHERE uid = ?)",
            (stock.uids[0],),
        )
    left = individuals.gallery(store, 1, "left")
    assert [row["uid"] for row in left] == [stock.uids[3], stock.uids[0]], "what has no time comes last"
    assert [row["uid"] for row in individuals.gallery(store, 1, "left", left[0]["id"])] == [stock.uids[0]]
    assert [row["uid"] for row in individuals.gallery(store, 1, "unknown")] == [stock.uids[2]]
    assert [row["uid"] for row in individuals.gallery(store, 3, "other")] == [stock.uids[5]]


def test_withdrawn_sightings_are_not_shown(stock, desk) -> None:
    with stock.project.store.write() as connection:
        connection.execute("UPDATE sighting SET state = 'withdrawn' WHERE uid IN (?, ?)", stock.uids[2:4])
    assert numbers(stock) == [1, 3]
    assert individuals.animal(stock.project.store, 1).count == 2
    assert individuals.counts(stock.project.store) == {"individuals": 2, "sightings": 4}


def test_the_history_tells_every_answer_and_what_took_it_back(stock, desk) -> None:
    store = stock.project.store
    told = deeds.describe(desk, new(), stock.uids[0], {"sex": "male"}, reviewer="AB").event
    deeds.take_back(desk, new(), told.uid)
    out = deeds.release(desk, new(), [stock.uids[2]]).event
    history = histories.of_individual(store, 1)
    assert [one.kind for one in history] == ["release", "describe", "assign", "assign"]
    assert [one.taken_back for one in history] == [None, told.row + 1, None, None]
    assert history[1].reviewer == "AB" and history[1].evidence["facts"] == {"sex": "male"}
    assert [one.row for one in histories.of_individual(store, 1, before=told.row, limit=1)] == [2]
    assert out.uid not in [one.uid for one in histories.of_individual(store, 3)]


def test_the_bin(stock, desk) -> None:
    store = stock.project.store
    deeds.release(desk, new(), stock.uids[4:])
    said = [marks.mark(desk, new(), "unusable", uid).event for uid in stock.uids[4:]]
    assert [row["answer"] for row in histories.unusable(store)] == [said[1].uid, said[0].uid]
    assert [row["uid"] for row in histories.unusable(store, after=said[1].row)] == [stock.uids[4]]
    assert histories.count_unusable(store) == 2
    deeds.take_back(desk, new(), said[0].uid)
    assert [row["uid"] for row in histories.unusable(store)] == [stock.uids[5]]


def test_what_lies_beside_a_photograph(stock, desk) -> None:
    store = stock.project.store
    media = store.all("SELECT media.id, media.uid FROM sighting JOIN media ON media.id = media_id ORDER BY sighting.id")
    uids = [row["uid"] for row in media]
    assert histories.beside(store, media[0]["id"]) == (None, uids[1])
    assert histories.beside(store, media[2]["id"]) == (uids[1], None), "the next station is another walk"
    assert histories.on_shelf_beside(store, "identified", media[3]["id"]) == (uids[2], uids[4])
    assert views.before(store, "review", media[0]["id"]) is None


def test_those_used_last_come_first(stock, desk) -> None:
    assert individuals.recent(stock.project.store) == [3, 2, 1]
    deeds.describe(desk, new(), stock.uids[0], {"sex": "male"})
    assert individuals.recent(stock.project.store) == [1, 3, 2]
