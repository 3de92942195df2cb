"""Assign, merge, link, split, release and describe: each one row, each undone like any other answer."""

from __future__ import annotations

import json
import uuid

import pytest

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import ledger
from spotid.review import deeds
from spotid.review.desk import Desk
from spotid.words import Verdict


def new_uid() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def desk(stock) -> Desk:
    """Six sightings; the first three are one individual, the fourth and fifth another."""
    made = Desk(stock.project, 5)
    a, b, c, d, e, _ = stock.uids
    for kind, one, other in (("same", a, b), ("same", b, c), ("same", d, e)):
        made.answer(new_uid(), kind, one, other)
    return made


def numbers(desk: Desk, uids: list[str]) -> list[int | None]:
    return [desk.identities.individual(uid) for uid in uids]


def kept_as_shown(desk: Desk) -> None:
    """Memory, the database and a replay say one thing."""
    store = desk.project.store
    assert desk.identities.known_facts() == ledger.stored_facts(store), "before anything reads it anew and mends it"
    assert desk.identities.individuals() == ledger.stored_identity(store)
    fresh = Desk(desk.project, 5)
    assert desk.identities.individuals() == fresh.identities.individuals() == ledger.stored_identity(store)
    assert desk.identities.known_facts() == fresh.identities.known_facts() == ledger.stored_facts(store)
    assert desk.identities.conflicts() == fresh.identities.conflicts()


def test_assigning_gives_the_individual_of_the_other(desk, stock) -> None:
    deed = deeds.assign(desk, new_uid(), stock.uids[5], stock.uids[0], reviewer="KR")
    assert numbers(desk, stock.uids) == [1, 1, 1, 2, 2, 1]
    kept_as_shown(desk)
    deeds.take_back(desk, new_uid(), deed.event.uid)
    assert numbers(desk, stock.uids) == [1, 1, 1, 2, 2, None]
    kept_as_shown(desk)


@pytest.mark.parametrize("join", [deeds.merge, deeds.link])
def test_joining_two_individuals_keeps_the_older_code_and_undo_gives_the_younger_back(desk, stock, join) -> None:
    deed = join(desk, new_uid(), stock.uids[4], stock.uids[0])
    assert numbers(desk, stock.uids) == [1, 1, 1, 1, 1, None]
    kept_as_shown(desk)
    with pytest.raises(BadRequestError, match="one individual already"):
        join(desk, new_uid(), stock.uids[3], stock.uids[1])
    deeds.take_back(desk, new_uid(), deed.event.uid)
    assert numbers(desk, stock.uids) == [1, 1, 1, 2, 2, None]
    kept_as_shown(desk)


def test_what_is_split_off_is_another_animal_and_the_rest_stays_together(desk, stock) -> None:
    a, b, c = stock.uids[:3]
    deed = deeds.split(desk, new_uid(), [b])  # the middle of the chain: nothing but the split holds a and c together
    assert numbers(desk, [a, b, c]) == [1, 3, 1]
    assert desk.identities.relation(a, b) is Verdict.DIFFERENT
    kept_as_shown(desk)
    deeds.take_back(desk, new_uid(), deed.event.uid)
    assert numbers(desk, [a, b, c]) == [1, 1, 1]
    kept_as_shown(desk)


def test_the_code_stays_even_where_the_first_picture_leaves(desk, stock) -> None:
    a, b, c = stock.uids[:3]
    deeds.split(desk, new_uid(), [a, b])
    assert numbers(desk, [a, b, c]) == [3, 3, 1]
    kept_as_shown(desk)


def test_splitting_what_was_merged_gives_the_old_code_back(desk, stock) -> None:
    deeds.merge(desk, new_uid(), stock.uids[0], stock.uids[3])
    deeds.split(desk, new_uid(), stock.uids[3:5])
    assert numbers(desk, stock.uids) == [1, 1, 1, 2, 2, None]


def test_splitting_all_or_of_two_individuals_is_refused(desk, stock) -> None:
    for out in (stock.uids[:3], [stock.uids[0], stock.uids[3]], [stock.uids[5]], []):
        with pytest.raises(BadRequestError):
            deeds.split(desk, new_uid(), out)
    assert len(ledger.events(stock.project.store)) == 3


def test_what_is_released_is_asked_again_and_the_rest_keeps_its_code(desk, stock) -> None:
    a, b, c = stock.uids[:3]
    left = desk.queue.total.left
    deed = deeds.release(desk, new_uid(), [a, b])
    assert numbers(desk, [a, b, c]) == [None, None, 1]
    assert desk.identities.relation(a, c) is None
    assert desk.queue.total.left > left
    kept_as_shown(desk)
    deeds.take_back(desk, new_uid(), deed.event.uid)
    assert (numbers(desk, [a, b, c]), desk.queue.total.left) == ([1, 1, 1], left)


def test_a_new_individual_can_be_released(desk, stock) -> None:
    last = stock.uids[5]
    desk.answer(new_uid(), "new", last)
    deed = deeds.release(desk, new_uid(), [last])
    assert desk.identities.individual(last) is None
    assert not desk.identities.is_new(last)
    kept_as_shown(desk)
    deeds.take_back(desk, new_uid(), deed.event.uid)
    assert desk.identities.individual(last) == 3
    assert desk.identities.is_new(last)
    kept_as_shown(desk)


def test_a_name_belongs_to_one_animal(desk, stock) -> None:
    a, d = stock.uids[0], stock.uids[3]
    deeds.describe(desk, new_uid(), a, {"name": " Tingana ", "sex": "male"})
    assert desk.identities.facts(1) == {"name": "Tingana", "sex": "male"}
    kept_as_shown(desk)
    for taken in ("tingana", "TINGANA", "NA", "n/a", "Unknown", "leopard_2", "Leopard 2", "x" * 61, "a\u200bb"):
        with pytest.raises(BadRequestError):
            deeds.describe(desk, new_uid(), d, {"name": taken})
    deeds.describe(desk, new_uid(), a, {"name": "TINGANA"})  # its own name, written otherwise
    deeds.describe(desk, new_uid(), a, {"name": ""})
    deeds.describe(desk, new_uid(), d, {"name": "Tingana"})
    assert desk.identities.number_named("tingana") == 2
    kept_as_shown(desk)


def test_after_a_merge_the_older_name_counts_and_nothing_said_is_lost(desk, stock) -> None:
    a, d = stock.uids[0], stock.uids[3]
    deeds.describe(desk, new_uid(), d, {"name": "Hosana", "notes": "torn ear"})
    deeds.describe(desk, new_uid(), a, {"name": "Tingana"})
    deed = deeds.merge(desk, new_uid(), a, d)
    assert desk.identities.facts(1) == {"name": "Tingana", "notes": "torn ear"}
    assert desk.identities.number_named("Hosana") is None
    kept_as_shown(desk)
    deeds.take_back(desk, new_uid(), deed.event.uid)
    assert desk.identities.facts(2) == {"name": "Hosana", "notes": "torn ear"}
    kept_as_shown(desk)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"sex": "hen"},
        {"age": "12"},
        {"colour": "red"},
        {"name": 7},
        {"notes": "x" * 2001},
        {"portrait_left": "../x"},
    ],
)
def test_what_makes_no_sense_is_refused(desk, stock, facts) -> None:
    with pytest.raises(BadRequestError):
        deeds.describe(desk, new_uid(), stock.uids[0], facts)


def test_nobody_can_be_described(desk, stock) -> None:
    with pytest.raises(NotFoundError):
        deeds.describe(desk, new_uid(), stock.uids[5], {"name": "Tingana"})


def test_a_second_opinion_changes_nothing(desk, stock) -> None:
    before = desk.identities.individuals(), desk.queue.total
    deeds.second(desk, new_uid(), stock.uids[0], stock.uids[1], "different")
    assert (desk.identities.individuals(), desk.queue.total) == before
    assert [one.more for one in desk.identities.second_opinions()] == [{"said": "different"}]
    with pytest.raises(BadRequestError):
        deeds.second(desk, new_uid(), stock.uids[0], stock.uids[1], "perhaps")


def test_every_deed_sent_twice_is_one_row(desk, stock) -> None:
    a, b, c, d, e, f = stock.uids
    steps = [
        lambda uid: deeds.assign(desk, uid, f, a),
        lambda uid: deeds.describe(desk, uid, a, {"age": "adult"}),
        lambda uid: deeds.split(desk, uid, [b]),
        lambda uid: deeds.release(desk, uid, [c]),
        lambda uid: deeds.merge(desk, uid, a, d),
        lambda uid: deeds.second(desk, uid, d, e, "same"),
    ]
    for step in steps:
        uid = new_uid()
        first, again = step(uid), step(uid)
        assert not first.repeated
        assert again.repeated
        assert first.event == again.event
    undone, uid = ledger.events(stock.project.store)[0].uid, new_uid()
    assert [deeds.take_back(desk, uid, undone).repeated for _ in range(2)] == [False, True]
    with pytest.raises(NotFoundError):
        deeds.take_back(desk, new_uid(), undone)
    with pytest.raises(BadRequestError, match="another one"):
        deeds.merge(desk, uid, a, d)
    kept_as_shown(desk)


def test_the_row_says_all_that_a_replay_needs(desk, stock) -> None:
    uid = deeds.split(desk, new_uid(), [stock.uids[1]]).event.uid
    said = json.loads(
        stock.project.store.value("SELECT evidence FROM decision WHERE uid = ?", uid),
    )
    joined = [event.uid for event in ledger.events(stock.project.store) if event.kind == "same"][:2]
    assert said == {
        "out": [stock.uids[1]],
        "stay": sorted([stock.uids[0], stock.uids[2]]),
        "cut": sorted(joined),
    }
