"""Left and right at the desk: opposite sides are not asked, counted, and come back when a side is corrected."""

from __future__ import annotations

import itertools
import uuid

import pytest

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import flanks, ledger
from spotid.project.flanks import Side
from spotid.review.desk import Desk
from spotid.review.identity import replay
from spotid.review.sides import SURE_FROM, Sides
from spotid.words import Flank, Verdict


def new_uid() -> str:
    return str(uuid.uuid4())


def guess(stock, sides: dict[int, tuple[str, float]]) -> None:
    flanks.keep_guesses(
        stock.project.store, "net", [(stock.ids[n], Flank(side), score, 0.0) for n, (side, score) in sides.items()]
    )


def asked(desk: Desk) -> set[frozenset[str]]:
    return {frozenset((a, offer.comparison)) for a in desk.queue.anchors for _, offer in desk.queue.open_offers(a)}


def test_opposite_sides_are_left_out_and_counted_and_unknown_meets_both(stock) -> None:
    guess(
        stock, {0: ("left", 0.95), 1: ("right", 0.95), 2: ("right", SURE_FROM), 3: ("front", 0.99), 4: ("right", 0.85)}
    )
    desk, uids = Desk(stock.project, 5), stock.uids
    apart = {frozenset((uids[0], uids[n])) for n in (1, 2)}
    assert asked(desk) == {frozenset(pair) for pair in itertools.combinations(uids, 2)} - apart
    assert desk.left_out == 2
    assert desk.queue.total.left == 13


def test_lists_are_filled_up_with_the_next_look_alikes(stock) -> None:
    guess(stock, {0: ("left", 0.95), 1: ("right", 0.95)})
    desk = Desk(stock.project, 2)
    first = [offer.comparison for _, offer in desk.queue.open_offers(stock.uids[0])]
    assert first == [stock.uids[2], stock.uids[3]]


def test_a_profile_may_say_that_sides_do_not_matter(stock) -> None:
    guess(stock, {0: ("left", 0.99), 1: ("right", 0.99)})
    assert Desk(stock.project, 5, flanks_matter=False).left_out == 0


def test_one_visit_and_answered_pairs_stay() -> None:
    from spotid.review.identity import Identities
    from spotid.review.lists import Lists
    from spotid.review.queue import Offer

    side = {"a": flanks.Side(Flank.LEFT, None, flanks.PERSON), "b": flanks.Side(Flank.RIGHT, None, flanks.PERSON)}
    found = {"a": [Offer("b", 0.5, 3, 0.5, same_visit=True)], "b": [Offer("a", 0.5, 3, 0.5, same_visit=False)]}
    lists = Lists(found, 5, Sides(side), Identities())
    assert (len(lists.chosen("a")), len(lists.chosen("b")), lists.left_out) == (1, 0, 1)
    known = replay([ledger.Event(1, "x", "different", "a", "b")])
    lists = Lists(found, 5, Sides(side), known)
    assert (len(lists.chosen("b")), lists.left_out) == (1, 0)


def test_saying_a_side_keeps_the_pair_and_undo_brings_the_guess_back(stock) -> None:
    desk = Desk(stock.project, 5)
    question = desk.question()
    anchor, comparison = question.anchor, question.offer.comparison
    event, repeated, after = desk.say_flank(new_uid(), comparison, "left", anchor, comparison, "KR")
    assert (event.kind, event.a, event.b, repeated) == (Verdict.FLANK, comparison, None, False)
    assert after == question
    assert flanks.sides(stock.project.store)[comparison] == flanks.Side(Flank.LEFT, None, "person", "KR")
    _, target, again = desk.undo(new_uid())
    assert target.row == event.row and again == question
    assert flanks.sides(stock.project.store) == {}


def test_a_pair_that_shows_opposite_sides_is_passed_and_undo_shows_it_again(stock) -> None:
    desk = Desk(stock.project, 5)
    question = desk.question()
    anchor, comparison = question.anchor, question.offer.comparison
    left = desk.queue.total.left
    desk.say_flank(new_uid(), anchor, "left", anchor, comparison)
    after = desk.say_flank(new_uid(), comparison, "right", anchor, comparison)[2]
    assert (after.anchor, desk.left_out, desk.queue.total.left) == (anchor, 1, left - 1)
    assert after.offer.comparison != comparison
    assert desk.undo(new_uid())[2] == question
    assert (desk.left_out, desk.queue.total.left) == (0, left)


def test_a_persons_unknown_opens_the_pair(stock) -> None:
    guess(stock, {0: ("left", 0.99), 1: ("right", 0.99)})
    desk = Desk(stock.project, 5)
    assert desk.left_out == 1
    desk.say_flank(new_uid(), stock.uids[1], "unknown", stock.uids[0])
    assert desk.left_out == 0


def test_identities_know_nothing_of_sides(stock) -> None:
    desk = Desk(stock.project, 5)
    a, b = stock.uids[:2]
    desk.answer(new_uid(), "same", a, b)
    before = desk.identities.individuals()
    desk.say_flank(new_uid(), a, "left", a, b)
    assert desk.identities.individuals() == before
    desk.undo(new_uid())
    assert desk.identities.individuals() == before == Desk(stock.project, 5).identities.individuals()
    desk.undo(new_uid())
    assert desk.identities.individuals() == {}


def test_a_double_click_is_one_answer(stock) -> None:
    desk, uid = Desk(stock.project, 5), new_uid()
    a, b = stock.uids[:2]
    assert [desk.say_flank(uid, b, "left", a, b)[1] for _ in range(2)] == [False, True]
    assert len(ledger.events(stock.project.store)) == 1


def test_what_is_no_side_and_who_is_no_sighting_are_refused(stock) -> None:
    desk = Desk(stock.project, 5)
    a, b = stock.uids[:2]
    with pytest.raises(BadRequestError):
        desk.say_flank(new_uid(), a, "upside down", a, b)
    with pytest.raises(NotFoundError):
        desk.say_flank(new_uid(), "f" * 16, "left", a, b)
    with pytest.raises(BadRequestError):
        desk.answer(new_uid(), "flank", a, b)


def test_reopening_remembers_sides(stock) -> None:
    desk = Desk(stock.project, 5)
    a, b = stock.uids[:2]
    desk.say_flank(new_uid(), a, "left", a, b)
    desk.say_flank(new_uid(), b, "right", a, b)
    again = Desk(stock.project, 5)
    assert (again.left_out, again.queue.total) == (desk.left_out, desk.queue.total) == (1, desk.queue.total)


def test_a_guess_never_hides_pairs_with_many_agreeing_spots_but_a_persons_word_does() -> None:
    guessed = Sides({"a": Side(Flank.LEFT, 0.95, "net"), "b": Side(Flank.RIGHT, 0.95, "net")})
    assert guessed.opposite("a", "b", 0.5) and not guessed.opposite("a", "b", 0.95)
    said = Sides({"a": Side(Flank.LEFT, None, "person"), "b": Side(Flank.RIGHT, None, "person")})
    assert said.opposite("a", "b", 0.95)
    said.learn(["b"], {"b": Side(Flank.LEFT, None, "person")})
    assert not said.opposite("a", "b", 0.0)
