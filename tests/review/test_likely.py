"""Suggested merges: the pairs of individuals that look most alike, without those that were told apart."""

from __future__ import annotations

import uuid

import pytest

from spotid.review import marks
from spotid.review.desk import Desk
from spotid.review.likely import likely


@pytest.fixture
def desk(stock) -> Desk:
    """Three individuals of two sightings each; neighbours in ``uids`` are the most alike."""
    made = Desk(stock.project, 5)
    for a in (0, 2, 4):
        made.answer(str(uuid.uuid4()), "same", stock.uids[a], stock.uids[a + 1])
    return made


def numbers(desk: Desk, **how) -> list[tuple[int, int]]:
    return [(one.one, one.other) for one in likely(desk.queue.offers, desk.identities, **how)]


def test_the_most_alike_come_first(stock, desk) -> None:
    found = likely(desk.queue.offers, desk.identities)
    assert [(one.one, one.other) for one in found][:2] == [(1, 2), (2, 3)]
    assert numbers(desk)[2:] == [(1, 3)]
    assert (found[0].a, found[0].b) == (stock.uids[1], stock.uids[2])
    scores = [one.offer.score for one in found]
    assert scores == sorted(scores, reverse=True)


def test_of_one_individual_and_at_most_so_many(desk) -> None:
    assert numbers(desk, number=3) == [(2, 3), (1, 3)]
    assert numbers(desk, limit=1) == [(1, 2)]


def test_told_apart_joined_or_set_aside_is_not_suggested(stock, desk) -> None:
    told = marks.mark(desk, str(uuid.uuid4()), "different", stock.uids[0], stock.uids[3]).event
    assert numbers(desk) == [(2, 3), (1, 3)], "apart by any two of their pictures"
    desk.answer(str(uuid.uuid4()), "same", stock.uids[2], stock.uids[4])
    assert numbers(desk) == [], "leopard_3 is leopard_2 now, which is not leopard_1"
    assert told.row == 4


def test_pictures_that_can_never_be_compared_say_nothing(stock, desk) -> None:
    desk.answer(str(uuid.uuid4()), "not_comparable", stock.uids[1], stock.uids[2])
    best = likely(desk.queue.offers, desk.identities, number=1)[0]
    assert {best.a, best.b} != {stock.uids[1], stock.uids[2]}
    assert numbers(desk, usable=lambda anchor, offer: False) == []
