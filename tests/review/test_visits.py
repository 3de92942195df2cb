"""Visits are compared once: their frames are one unit, until something is known that speaks against it."""

from __future__ import annotations

import itertools

import pytest
from review_helpers import asked_until_done, new_uid, say

from spotid.boxes import Box
from spotid.errors import BadRequestError
from spotid.project import flanks, ledger, media
from spotid.project.candidates import Candidates
from spotid.review.desk import Desk
from spotid.review.visits import MOST
from spotid.words import Flank


def test_a_visit_is_one_anchor_and_is_compared_once(visits) -> None:
    desk = Desk(visits.project, 5)
    assert desk.queue.anchors == [frames[0] for frames in visits.frame]
    assert all(desk.units.frames(one) == tuple(frames) for frames in visits.frame for one in frames)
    shown = asked_until_done(desk, dict.fromkeys(visits.uids, 1) | dict.fromkeys(visits.frame[4], 2))
    visit_of = {one: number for number, frames in enumerate(visits.frame) for one in frames}
    pairs = [frozenset((visit_of[a], visit_of[b])) for a, b in shown]
    assert len(pairs) == len(set(pairs)) <= 10 and all(len(pair) == 2 for pair in pairs)
    assert desk.identities.group(visits.frame[0][0]) == set(itertools.chain(*visits.frame[:4]))


def test_the_best_pair_of_frames_is_shown(visits) -> None:
    visits.list_all(lambda a, b: 0.9 if {a, b} == {1, 5} else 0.3)
    question = Desk(visits.project, 5).question()
    assert question.anchor == visits.frame[0][0] and question.offer.comparison == visits.frame[1][0]
    assert question.shown == (visits.frame[0][1], visits.frame[1][2])
    assert question.offer.score == 0.9 and question.of == 4


def test_an_answer_covers_what_was_shown_and_undo_uncovers_it(visits) -> None:
    desk = Desk(visits.project, 5)
    before = desk.queue.total, desk.queue.offers
    a, b = desk.question().shown
    event = say(desk, "different", a, b, whole=True)
    kept = ledger.evidence_of(visits.project.store, event.uid)["with"]
    assert kept == {a: sorted(set(visits.frame[0]) - {a}), b: sorted(set(visits.frame[1]) - {b})}
    assert not desk.queue.is_open(visits.frame[0][0], visits.frame[1][0])
    assert desk.queue.total.left == before[0].left - 1
    desk.undo(new_uid())
    assert (desk.queue.total, desk.queue.offers) == before


def test_without_cover_only_the_two_pictures_are_answered(visits) -> None:
    desk = Desk(visits.project, 5)
    first, second = visits.frame[0], visits.frame[1]
    say(desk, "different", first[0], second[0])
    assert desk.queue.is_open(first[0], second[0]), "eight pairs of frames are open"
    assert desk.queue.open_frames(first[0], second[0], first[0], second[0]) != (first[0], second[0])
    for one, other in itertools.product(first, second):
        say(desk, "different", one, other)
    assert not desk.queue.is_open(first[0], second[0])


def test_what_was_left_out_of_an_answer_is_asked_for_itself(visits) -> None:
    desk = Desk(visits.project, 5)
    a, b, out = visits.frame[0][0], visits.frame[1][0], visits.frame[0][2]
    desk.answer(new_uid(), "same", a, b, covered={a: [visits.frame[0][1]], b: visits.frame[1][1:]})
    assert desk.identities.group(a) == {*visits.frame[0][:2], *visits.frame[1]}
    assert desk.units.frames(out) == (out,) and desk.units.frames(a) == tuple(visits.frame[0][:2])
    assert out in desk.queue.anchors and desk.queue.is_open(out, a), "and compared within the visit"
    assert desk.units.told_apart(a) == 0
    say(desk, "different", out, a)
    assert (desk.units.told_apart(a), desk.units.told_apart(out)) == (1, 2)


def test_told_apart_within_a_visit_frames_follow_the_nearest_in_time(visits) -> None:
    desk = Desk(visits.project, 5)
    first, second, third = visits.frame[0]
    say(desk, "different", first, second)
    assert desk.units.frames(first) == (first,)
    assert desk.units.frames(third) == (second, third)
    desk.undo(new_uid())
    assert desk.units.frames(third) == (first, second, third)


def test_new_names_the_whole_visit_and_unusable_sets_it_aside(visits) -> None:
    desk = Desk(visits.project, 5)
    say(desk, "new", visits.frame[0][1], whole=True)
    assert {desk.identities.individual(one) for one in visits.frame[0]} == {1}
    assert desk.units.frames(visits.frame[0][2]) == tuple(visits.frame[0])
    say(desk, "unusable", visits.frame[1][0])
    assert desk.units.frames(visits.frame[1][1]) == tuple(visits.frame[1][1:])
    say(desk, "unusable", visits.frame[1][1], whole=True)
    assert all(desk.identities.is_unusable(one) for one in visits.frame[1])


def test_surely_opposite_sides_are_not_one_unit_and_come_together_again(visits) -> None:
    desk = Desk(visits.project, 5)
    a, b, c = visits.frame[0]
    desk.say_flank(new_uid(), a, "left", a)
    desk.say_flank(new_uid(), c, "right", a)
    assert desk.units.frames(a) == (a, b) and desk.units.frames(c) == (c,)
    desk.say_flank(new_uid(), c, "left", a)
    assert desk.units.frames(c) == (a, b, c)


def test_several_animals_in_a_photograph_leave_a_visit_to_its_frames(visits, picture) -> None:
    halves = (Box(0, 0, 0.4, 1), Box(0.5, 0, 0.5, 1))
    visits.stock.add("Dam/V0_9.JPG", picture(), halves, taken="2026-05-01T06:00:09")
    media.number_visits(visits.project.store, 30)
    desk = Desk(visits.project, 5)
    assert all(desk.units.frames(one) == (one,) for one in visits.frame[0])
    assert desk.units.frames(visits.frame[1][0]) == tuple(visits.frame[1])


def test_what_comes_by_minutes_later_may_be_another_animal(visits, picture) -> None:
    visits.stock.add("Dam/V0_9.JPG", picture((1, 2, 3)), taken="2026-05-01T06:10:00")
    visits.stock.add("Dam/V0_A.JPG", picture((1, 2, 4)), taken="2026-05-01T06:11:59")
    media.number_visits(visits.project.store, 30)
    late = visits.stock.uids[-2:]
    candidates = Candidates(visits.project.layout)
    first = visits.stock.ids[-2]
    candidates.keep_lists([(first, [(visits.stock.ids[-len(visits.uids) - 2], 0.5, 0.4, True)])])
    candidates.keep_checked("test", first, [], [])
    candidates.close()
    desk = Desk(visits.project, 5)
    assert len({desk.seen[one].visit for one in (*visits.frame[0], *late)}) == 1
    assert desk.units.frames(visits.frame[0][0]) == tuple(visits.frame[0])
    assert desk.units.frames(late[0]) == tuple(late), "each again the other's, two minutes apart at most"
    assert any(offer.comparison == visits.frame[0][0] for offer in desk.queue.offers[late[0]]), "and compared"


def test_a_visit_that_is_like_nothing_else_is_asked_frame_by_frame(stock, picture) -> None:
    from review_helpers import Visits

    desk = Desk(Visits(stock, picture, 1).project, 5)
    assert len(desk.queue.anchors) == 3 and desk.queue.total.left == 3


def test_a_unit_has_no_more_frames_than_a_person_can_look_through(stock, picture) -> None:
    for number in range(MOST + 3):
        stock.add(f"North/more{number}.JPG", picture(), taken=f"2026-03-01T06:00:{number + 1:02d}")
    media.number_visits(stock.project.store, 30)
    stock.list_all()
    desk = Desk(stock.project, 5)
    sizes = sorted(len(desk.units.frames(one)) for one in desk.queue.anchors)
    assert sizes == [*[1] * 5, 4, MOST]


@pytest.mark.parametrize("strange", ["stranger", "of another visit", "of the other picture"])
def test_only_frames_of_the_two_visits_can_be_covered(visits, strange: str) -> None:
    desk = Desk(visits.project, 5)
    a, b = visits.frame[0][0], visits.frame[1][0]
    covered = {
        "stranger": {a: ["f" * 16]},
        "of another visit": {a: [visits.frame[2][0]]},
        "of the other picture": {a: [b]},
    }
    with pytest.raises(BadRequestError, match="not of one visit"):
        desk.answer(new_uid(), "same", a, b, covered=covered[strange])
    assert ledger.events(visits.project.store) == []


def test_guessed_sides_of_a_visit_leave_pairs_out_only_where_all_frames_are_opposite(visits) -> None:
    guesses = [(0, Flank.LEFT, 0.95)] + [(place, Flank.RIGHT, 0.95) for place in range(3, 15)]
    first = visits.stock.ids[-15]
    flanks.keep_guesses(visits.project.store, "net", [(first + at, flank, s, 0.0) for at, flank, s in guesses])
    desk = Desk(visits.project, 5)
    assert desk.left_out == 0, "two frames of the first visit are of an unknown side"
    flanks.keep_guesses(visits.project.store, "net", [(first + at, Flank.LEFT, 0.95, 0.0) for at in range(3)])
    assert Desk(visits.project, 5).left_out == 4


def test_a_frame_that_leaves_its_unit_takes_its_open_pairs_along(visits) -> None:
    desk = Desk(visits.project, 5)
    first, second = visits.frame[0], visits.frame[1]
    for one, other in itertools.product(first[:2], second):
        say(desk, "different", one, other)
    assert desk.queue.is_open(first[0], second[0])
    say(desk, "unusable", first[2])
    assert not desk.queue.is_open(first[0], second[0])
    fresh = Desk(visits.project, 5)
    assert (desk.queue.total, desk.queue.offers) == (fresh.queue.total, fresh.queue.offers)
