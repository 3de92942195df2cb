"""The reviewer's desk: nothing implied is asked, nothing answered is lost, and a double click is one answer."""

from __future__ import annotations

import sqlite3
import threading
import uuid

import pytest

from spotid.errors import AnswerNotKeptError, BadRequestError, NotFoundError, NothingToUndoError
from spotid.project import ledger, notes
from spotid.project.store import Store
from spotid.review.desk import ANCHOR_NOTE, Desk
from spotid.words import Verdict


def new_uid() -> str:
    return str(uuid.uuid4())


def say(desk: Desk, kind: str, a: str, b: str | None = None) -> ledger.Event:
    return desk.answer(new_uid(), kind, a, b)[0]


def asked_until_done(desk: Desk, truth: dict[str, int]) -> list[tuple[str, str]]:
    """Answer everything by the truth; the pairs that were asked."""
    asked = []
    question = desk.question()
    while question.state == "pair":
        a, b = question.anchor, question.offer.comparison
        asked.append((a, b))
        kind = "same" if truth[a] == truth[b] else "different"
        question = desk.answer(new_uid(), kind, a, b)[2]
        assert len(asked) < 200, "the questions never end"
    assert question.state == "all_done"
    return asked


def test_nothing_implied_is_asked_and_no_pair_twice(stock) -> None:
    desk = Desk(stock.project, 5)
    truth = dict(zip(stock.uids, [1, 1, 1, 2, 2, 3], strict=True))
    asked = asked_until_done(desk, truth)
    pairs = [frozenset(pair) for pair in asked]
    assert len(pairs) == len(set(pairs)), "a pair or its mirror was shown twice"
    assert len(pairs) < 15, "six pictures have fifteen pairs, and some of them are implied"
    assert desk.queue.total.left == 0
    groups = {frozenset(desk.identities.group(uid)) for uid in stock.uids}
    assert groups == {frozenset(stock.uids[:3]), frozenset(stock.uids[3:5]), frozenset(stock.uids[5:])}


def test_every_answer_leaves_less_to_do_and_the_counts_are_exact(stock) -> None:
    desk = Desk(stock.project, 5)
    truth = dict(zip(stock.uids, [1, 2, 1, 2, 1, 3], strict=True))
    question, left = desk.question(), desk.queue.total.left
    while question.state == "pair":
        a, b = question.anchor, question.offer.comparison
        question = desk.answer(new_uid(), "same" if truth[a] == truth[b] else "different", a, b)[2]
        assert desk.queue.total.left < left
        left = desk.queue.total.left
        fresh = Desk(stock.project, 5)
        assert (fresh.queue.total.left, fresh.queue.total.implied) == (left, desk.queue.total.implied)


def test_reopening_goes_on_where_it_was(stock) -> None:
    desk = Desk(stock.project, 5)
    for _ in range(3):
        question = desk.question()
        say(desk, "different", question.anchor, question.offer.comparison)
    before = desk.question()
    again = Desk(stock.project, 5)
    assert again.question() == before
    assert again.queue.total == desk.queue.total


def test_a_double_click_is_one_answer(stock) -> None:
    desk, uid = Desk(stock.project, 5), new_uid()
    a, b = stock.uids[:2]
    first, repeated, _ = desk.answer(uid, "same", a, b)
    second, again, _ = desk.answer(uid, "same", a, b)
    assert (repeated, again) == (False, True)
    assert first.row == second.row
    assert len(ledger.events(stock.project.store)) == 1
    with pytest.raises(BadRequestError):
        desk.answer(uid, "different", a, b)


def test_undo_shows_the_pair_again_and_never_ends_early(stock) -> None:
    desk = Desk(stock.project, 5)
    asked = []
    for kind in ("different", "same", "cannot_tell", "not_comparable"):
        question = desk.question()
        asked.append((question.anchor, question.offer.comparison))
        say(desk, kind, *asked[-1])
    for pair in reversed(asked):
        question = desk.undo(new_uid())[2]
        assert (question.anchor, question.offer.comparison) == pair
    assert desk.identities.individuals() == {}
    with pytest.raises(NothingToUndoError, match="no answer to take back"):
        desk.undo(new_uid())
    assert len(ledger.events(stock.project.store)) == 8, "taking back is an answer too; nothing is erased"


def test_undo_sent_twice_takes_back_one(stock) -> None:
    desk = Desk(stock.project, 5)
    say(desk, "different", *stock.uids[:2])
    say(desk, "different", *stock.uids[1:3])
    uid = new_uid()
    assert desk.undo(uid)[1].row == desk.undo(uid)[1].row == 2
    assert ledger.newest_standing(stock.project.store).row == 1


def test_a_new_animal_gets_a_code_and_is_passed_over(stock) -> None:
    desk = Desk(stock.project, 5)
    question = desk.question()
    following = desk.answer(new_uid(), "new", question.anchor)[2]
    assert desk.identities.code_of(desk.identities.individual(question.anchor)) == "leopard_1"
    assert following.anchor != question.anchor
    assert ledger.stored_identity(stock.project.store) == {question.anchor: 1}


def test_an_unusable_sighting_is_never_shown_again(stock) -> None:
    desk = Desk(stock.project, 5)
    gone = desk.question().anchor
    say(desk, "unusable", gone)
    truth = dict.fromkeys(stock.uids, 0) | {uid: place for place, uid in enumerate(stock.uids)}
    assert all(gone not in pair for pair in asked_until_done(desk, truth))


def test_hard_pairs_return_when_all_else_is_answered_and_once_in_a_sitting(stock) -> None:
    desk = Desk(stock.project, 5)
    question = desk.question()
    hard = (question.anchor, question.offer.comparison)
    say(desk, "cannot_tell", *hard)
    assert not Desk(stock.project, 5).queue.is_open(*hard), "reopening goes on where it was, not with the hard pair"
    asked = []
    while (question := desk.question()).state == "pair":
        asked.append((question.anchor, question.offer.comparison))
        say(desk, "cannot_tell" if asked[-1] == hard else "different", *asked[-1])
    assert asked[-1] == hard
    assert asked.count(hard) == 1
    assert desk.question().state == "all_done"
    assert Desk(stock.project, 5).question().offer.comparison in hard, "and again the next time"


def test_two_animals_of_one_photograph_are_never_asked(stock, picture) -> None:
    from spotid.boxes import Box

    stock.add("East/two.jpg", picture(), (Box(0, 0, 0.4, 1), Box(0.5, 0, 0.5, 1)))
    stock.list_all()
    desk = Desk(stock.project, 7)
    assert not desk.queue.is_open(*stock.uids[-2:])
    assert desk.identities.relation(*stock.uids[-2:]) is Verdict.DIFFERENT


def test_a_failed_write_is_said_and_leaves_no_trace(stock, monkeypatch) -> None:
    desk = Desk(stock.project, 5)
    question = desk.question()
    original = Store.write

    def broken(self: Store):
        raise AnswerNotKeptError("The disk is gone.")

    monkeypatch.setattr(Store, "write", broken)
    with pytest.raises(AnswerNotKeptError):
        say(desk, "same", question.anchor, question.offer.comparison)
    monkeypatch.setattr(Store, "write", original)
    assert desk.question() == question
    assert desk.identities.individuals() == {}
    assert say(desk, "same", question.anchor, question.offer.comparison).row == 1


def test_a_commit_that_fails_does_not_reach_memory(stock) -> None:
    desk = Desk(stock.project, 5)
    question = desk.question()
    with stock.project.store.write() as connection:
        connection.execute(
            "CREATE TEMP TRIGGER full AFTER INSERT ON main.identity BEGIN SELECT RAISE(ABORT, 'database is full'); END"
        )
    with pytest.raises(sqlite3.Error):
        say(desk, "same", question.anchor, question.offer.comparison)
    assert desk.question() == question
    assert desk.identities.individuals() == {}
    assert ledger.events(stock.project.store) == []


@pytest.mark.parametrize("kind", ["", "SAME", "merge", "undo"])
def test_what_is_not_an_answer_is_refused(stock, kind: str) -> None:
    with pytest.raises(BadRequestError):
        say(Desk(stock.project, 5), kind, *stock.uids[:2])


def test_strangers_and_self_pairs_are_refused(stock) -> None:
    desk = Desk(stock.project, 5)
    with pytest.raises(NotFoundError):
        say(desk, "same", stock.uids[0], "f" * 16)
    with pytest.raises(BadRequestError):
        say(desk, "same", stock.uids[0], stock.uids[0])
    with pytest.raises(BadRequestError):
        say(desk, "same", stock.uids[0])


def test_answers_from_two_threads_are_all_kept(stock) -> None:
    desk = Desk(stock.project, 5)
    pairs = [(a, b) for a in stock.uids for b in stock.uids if a < b]

    def work(part: list[tuple[str, str]]) -> None:
        for a, b in part:
            say(desk, "different", a, b)

    threads = [threading.Thread(target=work, args=(pairs[offset::2],)) for offset in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ledger.events(stock.project.store)) == len(pairs)
    assert desk.queue.total.left == 0


def test_the_number_of_an_answer_is_good_for_nothing_else(stock) -> None:
    desk = Desk(stock.project, 5)
    a, b, c = stock.uids[:3]
    for uid, say_it in (
        ("first", lambda uid: desk.answer(uid, "different", a, b)),
        ("second", lambda uid: desk.answer(uid, "new", c)),
        ("third", lambda uid: desk.say_flank(uid, a, "left", a, b)),
        ("fourth", desk.undo),
    ):
        say_it(uid)
    before = desk.identities.individuals(), ledger.events(stock.project.store)
    for wrong in (
        lambda: desk.undo("first"),
        lambda: desk.answer("second", "new", a, c),
        lambda: desk.answer("first", "different", a, c),
        lambda: desk.say_flank("third", a, "right", a, b),
        lambda: desk.answer("fourth", "unusable", a),
    ):
        with pytest.raises(BadRequestError, match="another one"):
            wrong()
    assert before == (desk.identities.individuals(), ledger.events(stock.project.store))


def test_asking_writes_nothing(stock) -> None:
    desk = Desk(stock.project, 5)
    first = desk.queue.anchors[0]
    say(desk, "new", first)
    notes.put(stock.project.store, ANCHOR_NOTE, first)  # another window was there, and this one is done with it
    stock.project.store.write = None  # nobody writes from here on
    assert desk.question().anchor == desk.queue.anchors[1]
    assert desk.question(desk.queue.anchors[2]).anchor == desk.queue.anchors[2]


def test_a_pair_of_a_new_individual_is_counted_where_the_other_asks_it(stock) -> None:
    desk = Desk(stock.project, 5)
    first, left = desk.queue.anchors[0], desk.queue.total.left
    say(desk, "new", first)
    assert desk.queue.total.left == left, "its pairs are asked of the others now"
    shown = {(a, o.comparison) for a in desk.queue.anchors[1:] for _, o in desk.queue.open_offers(a)}
    assert sum(first in pair for pair in shown) == 5


def test_individuals_without_a_present_sighting_are_not_counted(stock) -> None:
    desk = Desk(stock.project, 5)
    say(desk, "new", stock.uids[0])
    say(desk, "same", *stock.uids[1:3])
    with stock.project.store.write() as connection:
        connection.execute("UPDATE sighting SET state = 'withdrawn' WHERE uid IN (?, ?)", stock.uids[:2])
    desk.reload()
    assert (desk.individuals, desk.identities.count()) == (1, 2)


def test_what_is_read_stays_out_of_the_search_for_garbage(stock) -> None:
    import gc

    desk = Desk(stock.project, 5)
    assert gc.isenabled() and not any(one is desk.queue.offers for one in gc.get_objects())
