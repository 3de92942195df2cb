"""Answers worth a second look, of a project: found, and taken back or let stand."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import answers, ledger, stations_told
from spotid.project.stations_told import Line
from spotid.review import deeds, doubts, second
from spotid.review.desk import Desk
from spotid.review.identity import replay
from spotid.words import Verdict


class Fixed:
    """Chances that rise with the score."""

    label = "of a test"

    @staticmethod
    def chances(pairs: Any) -> list[float]:
        return [min(0.99, max(0.01, float(pair["score"]))) for pair in pairs]


def say(desk: Desk, kind: str, a: str, b: str, **evidence: Any) -> str:
    uid = str(uuid.uuid4())
    desk.keep(ledger.Answer(uid, Verdict(kind), a, b, None, "JD", 4.0, evidence or None))
    return uid


def found(desk: Desk, earned: bool = True) -> list[doubts.Doubted]:
    with desk.lock:
        return doubts.doubts(desk, Fixed(), earned)


def impossible(stock: Any) -> Desk:
    """A desk whose stations are 100 km apart, all pictures of one minute."""
    store = stock.project.store
    stations_told.keep_table(store, [Line("North", "", 0.0, 36.0), Line("South", "", 0.0, 36.9)])
    with store.write() as connection:
        connection.execute("UPDATE media SET captured_at = '2026-03-01T06:00:00'")
    return Desk(stock.project, 5)


def far_pair(desk: Desk) -> tuple[str, str]:
    stations = {uid: one.station for uid, one in desk.seen.items()}
    a = min(stations)
    return a, min(uid for uid in stations if stations[uid] != stations[a])


def test_an_impossible_same_is_shown_until_it_is_settled(stock: Any) -> None:
    desk = impossible(stock)
    a, b = far_pair(desk)
    wrong = say(desk, "same", a, b)
    (one,) = found(desk, earned=False)
    assert (one.doubt.reason, one.card.kind, one.card.witnesses[0].uid) == ("impossible", "doubt", wrong)
    assert one.kmh and one.limit and one.kmh > one.limit
    deed = doubts.keep(desk, "upheld-once", wrong, "MK")
    assert doubts.keep(desk, "upheld-once", wrong, "MK").repeated and not deed.repeated
    assert found(desk) == [] and answers.upheld(stock.project.store) == {wrong, "upheld-once"}
    second.revert(desk, "revert-that", "upheld-once")
    assert len(found(desk)) == 1, "it was looked at by nobody any more"
    deeds.take_back(desk, "taken-back", wrong)
    assert found(desk) == []
    store = stock.project.store
    assert replay(ledger.events(store)).individuals() == ledger.stored_identity(store)


def test_what_is_in_a_conflict_is_not_shown_twice(stock: Any) -> None:
    desk = impossible(stock)
    a, b = far_pair(desk)
    say(desk, "same", a, b)
    say(desk, "different", a, b)
    assert found(desk) == []


def test_pictures_speak_only_when_chances_are_earned(stock: Any) -> None:
    desk = Desk(stock.project, 5)
    pairs = [(anchor, offer) for anchor, offers in desk.queue.offers.items() for offer in offers]
    anchor, alike = max(pairs, key=lambda pair: pair[1].score)
    apart = say(desk, "different", *alike.pair(anchor))
    desk.lists._lists = {  # all others look like nothing
        one: [
            offer._replace(score=0.99 if {one, offer.comparison} == set(alike.pair(anchor)) else 0.01)
            for offer in entries
        ]
        for one, entries in desk.lists._lists.items()
    }
    assert found(desk, earned=False) == []
    (one,) = found(desk)
    assert (one.card.witnesses[0].uid, one.doubt.reason, one.card.parting[0].uid) == (apart, "alike", apart)


def test_what_cannot_be_kept(stock: Any) -> None:
    desk = Desk(stock.project, 5)
    a, b, *_ = stock.uids
    given = say(desk, "same", a, b)
    with pytest.raises(NotFoundError):
        doubts.keep(desk, "upheld-none", "nothing-here")
    doubts.keep(desk, "upheld-once", given)
    with pytest.raises(BadRequestError):
        doubts.keep(desk, "upheld-once", "upheld-other")
    new = desk.answer("called-new-1", "new", stock.uids[3])[0].uid
    with pytest.raises(BadRequestError):
        doubts.keep(desk, "upheld-more", new)
    deeds.take_back(desk, "taken-back", given)
    with pytest.raises(NotFoundError):
        doubts.keep(desk, "upheld-late", given)
