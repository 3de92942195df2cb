"""Cards of contradictions: the chain that is shown, what makes an answer weak, and how a dispute is settled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import answers, ledger, sightings
from spotid.project.answers import Said
from spotid.review import conflicts, deeds, second
from spotid.review.conflicts import Believed, Card
from spotid.review.desk import Desk
from spotid.review.identity import replay
from spotid.words import Verdict


class Table:
    """A desk on the stock, and a short way to answer."""

    def __init__(self, stock) -> None:
        self.stock, self.desk, self.given = stock, Desk(stock.project, 5), 0
        self.uids = sorted(stock.uids)  # so that pairs are kept in the order in which they are written here

    def say(
        self, kind: str, a: int, b: int | None = None, who: str = "JD", seconds: float | None = 9.0, **evidence: Any
    ) -> str:
        self.given += 1
        uid = f"answer-{self.given:04d}"
        other = None if b is None else self.uids[b]
        self.desk.keep(ledger.Answer(uid, Verdict(kind), self.uids[a], other, None, who, seconds, evidence or None))
        return uid

    def second(self, a: int, b: int, said: str, who: str = "MK") -> str:
        self.given += 1
        deeds.second(self.desk, f"answer-{self.given:04d}", self.uids[a], self.uids[b], said, reviewer=who)
        return f"answer-{self.given:04d}"

    def cards(self, chance: float | None = None) -> list[Card]:
        known, store = self.desk.identities, self.stock.project.store
        said = {row.uid: row for row in answers.everything(store)}
        return conflicts.cards(known, said, lambda *_: Believed(chance), answers.usual_seconds(store))

    def weak(self, card: Card) -> list[str]:
        return [one.uid for one in card.witnesses]


@pytest.fixture
def table(stock) -> Iterator[Table]:
    yield Table(stock)


def names(card: Card, uid: str) -> set[str]:
    return {reason.name for one in card.witnesses if one.uid == uid for reason in one.reasons}


def test_the_card_shows_the_shortest_chain(table: Table) -> None:
    long = [table.say("same", 0, 1), table.say("same", 1, 2), table.say("same", 2, 3)]
    short = [table.say("same", 0, 4), table.say("same", 3, 4)]
    apart = table.say("different", 0, 3)
    (card,) = table.cards()
    assert card.kind == "contradiction"
    assert [one.uid for step in card.joins for one in step] == short
    assert [one.uid for one in card.parting] == [apart]
    assert card.pictures == (table.uids[0], table.uids[4], table.uids[3])
    assert not set(long) & set(table.weak(card))
    assert "another_way" in names(card, short[0]) and "lone" in names(card, apart)


def test_undoing_any_answer_of_a_simple_chain_settles_it(table: Table) -> None:
    given = [table.say("same", 0, 1), table.say("same", 1, 2), table.say("different", 0, 2)]
    for place, target in enumerate(given):
        (card,) = table.cards()
        assert sorted(table.weak(card)) == sorted(given)
        deeds.take_back(table.desk, f"undo-it-{place}", target)
        assert table.cards() == [] and conflicts.count(table.desk.identities)["contradiction"] == 0
        given[place] = second.again(table.desk, f"again-it-{place}", target).event.uid


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"chance": 0.04}, "unlikely"),
        ({"spots": 2}, "few_spots"),
        ({"seconds": 0.4}, "quick"),
    ],
)
def test_what_makes_a_join_the_weakest(table: Table, how: dict[str, Any], reason: str) -> None:
    table.say("same", 0, 1)
    weak = table.say("same", 1, 2, **how)
    table.say("different", 0, 2)
    (card,) = table.cards()
    assert table.weak(card)[0] == weak and reason in names(card, weak)


def test_parting_pictures_that_look_alike_is_weak(table: Table) -> None:
    table.say("same", 0, 1, chance=0.9)
    table.say("same", 1, 2, chance=0.9)
    weak = table.say("different", 0, 2, chance=0.97)
    (card,) = table.cards()
    assert table.weak(card)[0] == weak


def test_the_program_is_asked_now_where_no_chance_was_kept(table: Table) -> None:
    table.say("same", 0, 1)
    apart = table.say("different", 0, 1)
    assert table.weak(table.cards(chance=0.99)[0])[0] == apart
    assert table.weak(table.cards(chance=0.02)[0])[0] != apart


def test_doubt_and_second_opinions_weigh(table: Table) -> None:
    doubted = table.say("same", 0, 1)
    table.say("cannot_tell", 0, 1, who="MK")
    table.say("same", 1, 2)
    apart = table.say("different", 0, 2)
    (card,) = table.cards()
    assert table.weak(card)[0] == doubted and "doubt" in names(card, doubted)
    table.second(0, 2, "same")
    disputed = next(one for one in table.cards() if one.kind == "contradiction")
    assert table.weak(disputed)[0] == apart and "opposed" in names(disputed, apart)


def test_the_lone_answer_against_several_comes_first(table: Table) -> None:
    bridge = table.say("same", 2, 3)
    for a, b in ((0, 1), (1, 2), (3, 4), (4, 5)):
        table.say("same", a, b)
    for a, b in ((0, 5), (1, 4), (0, 4)):
        table.say("different", a, b)
    for card in table.cards():
        assert table.weak(card)[0] == bridge and "crowd" in names(card, bridge)


def test_cards_with_the_weakest_answer_come_first(table: Table) -> None:
    table.say("same", 0, 1)
    table.say("different", 0, 1)
    table.say("same", 2, 3, chance=0.01)
    table.say("different", 2, 3)
    first, last = table.cards()
    assert first.pictures == tuple(table.uids[2:4]) and first.weakness > last.weakness


def test_two_boxes_of_one_photograph_that_were_joined(stock) -> None:
    one, other = sorted(stock.uids[:2])
    with stock.project.store.write() as connection:
        connection.execute(
            "UPDATE sighting SET media_id = (SELECT media_id FROM sighting WHERE uid = ?) WHERE uid = ?", (one, other)
        )
    table = Table(stock)
    table.uids = [one, other]
    joined = table.say("same", 0, 1)
    (card,) = table.cards()
    assert card.kind == "photograph" and card.parting == () and table.weak(card) == [joined]
    assert conflicts.count(table.desk.identities) == {"contradiction": 0, "photograph": 1, "opinion": 0}


def test_only_open_disputes_are_shown(table: Table) -> None:
    first = table.say("different", 0, 1)
    opinion = table.second(0, 1, "same")
    table.second(2, 3, "same")  # of a pair that nobody answered
    table.say("same", 4, 5)
    table.second(4, 5, "cannot_tell")
    (dispute,) = second.disputes(table.desk.identities)
    assert (dispute.second, dispute.first) == (opinion, (first,))
    table.say("cannot_tell", 0, 1)  # a later answer settles it
    assert second.disputes(table.desk.identities) == []


@pytest.mark.parametrize("said", ["same", "different"])
@pytest.mark.parametrize("right", ["first", "second"])
def test_a_dispute_is_settled_either_way_once_and_can_be_opened_again(table: Table, said: str, right: str) -> None:
    other = {"same": "different", "different": "same"}[said]
    table.say(other, 0, 1)
    opinion = table.second(0, 1, said)
    a, b = table.uids[:2]
    deed = second.settle(table.desk, "settled-now", opinion, right, "AB")
    again = second.settle(table.desk, "settled-now", opinion, right, "AB")
    assert again.repeated and again.event == deed.event
    with pytest.raises(BadRequestError):
        second.settle(table.desk, "settled-now", opinion, {"first": "second", "second": "first"}[right])
    with pytest.raises(NotFoundError):
        second.settle(table.desk, "settled-later", opinion, right)
    known = table.desk.identities
    assert known.relation(a, b) == Verdict(other if right == "first" else said)
    assert second.disputes(known) == [] and table.cards() == []
    second.revert(table.desk, "revert-it", "settled-now", "AB")
    assert table.desk.identities.relation(a, b) == Verdict(other)
    assert len(second.disputes(table.desk.identities)) == 1
    replayed = replay(ledger.events(table.stock.project.store), sightings.photo_mates(table.stock.project.store))
    assert replayed.individuals() == ledger.stored_identity(table.stock.project.store)


def test_a_settling_that_was_cut_short_is_finished_when_sent_again(table: Table) -> None:
    first = table.say("different", 0, 1)
    opinion = table.second(0, 1, "same")
    deeds.take_back(table.desk, second._derived("settled-now", first), first)  # and then the power went
    assert second.disputes(table.desk.identities) == []
    second.settle(table.desk, "settled-now", opinion, "second")
    assert table.desk.identities.relation(*table.uids[:2]) is Verdict.SAME


def test_an_answer_is_given_again_as_it_was(table: Table) -> None:
    given = table.say("same", 0, 1, who="JD", seconds=3.5, chance=0.7)
    undone = deeds.take_back(table.desk, "undo-that", given, "MK").event.uid
    deed = second.revert(table.desk, "again-that", undone, "MK")
    found = answers.by_uid(table.stock.project.store, [deed.event.uid])[deed.event.uid]
    assert (found.kind, found.reviewer, found.seconds, found.number("chance")) == ("same", "JD", 3.5, 0.7)
    assert found.evidence["by"] == "MK" and found.evidence["again"] == given
    with pytest.raises(BadRequestError):
        second.again(table.desk, "again-more", deed.event.uid)
    with pytest.raises(NotFoundError):
        second.again(table.desk, "again-none", "nothing-here")


def test_a_quick_answer_is_quick_for_who_gave_it() -> None:
    slow = conflicts._of_speed(Said(1, "u", "same", seconds=2.0), [10.0] * 9)
    brisk = conflicts._of_speed(Said(1, "u", "same", seconds=2.0), [3.0] * 9)
    assert [one.name for one in slow] == ["quick"] and brisk == []
