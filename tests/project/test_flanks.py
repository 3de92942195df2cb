"""Which side a sighting shows: the program's guess, a person's word, taking it back, and replaying the ledger."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from spotid.project import flanks, ledger
from spotid.project.flanks import PERSON, Side
from spotid.words import Flank, Verdict

NET = "flank-1 0123abcd"


def no_identity(event: ledger.Event):
    return [], {}, {}


def say(stock, uid: str, flank: str, reviewer: str = "") -> ledger.Event:
    store = stock.project.store
    evidence = {"flank": flank, "was": flanks.was(store, uid)}
    answer = ledger.Answer(str(uuid.uuid4()), Verdict.FLANK, a=uid, reviewer=reviewer, evidence=evidence)
    return ledger.keep(store, answer, no_identity, str)


def take_back(stock, event: ledger.Event) -> None:
    answer = ledger.Answer(str(uuid.uuid4()), Verdict.UNDO, target=event.uid)
    ledger.keep(stock.project.store, answer, no_identity, str)


def side(stock, uid: str) -> Side:
    return flanks.sides(stock.project.store, [uid])[uid]


def test_guesses_are_kept_once_and_told_anew_by_other_weights(stock) -> None:
    store = stock.project.store
    assert flanks.count_pending(store, NET) == 6
    rows = flanks.pending(store, NET, 0, 4)
    assert [row["uid"] for row in rows] == stock.uids[:4]
    flanks.keep_guesses(store, NET, [(row["id"], Flank.LEFT, 0.93, 0.0) for row in rows])
    assert flanks.count_pending(store, NET) == 2
    assert side(stock, stock.uids[0]) == Side(Flank.LEFT, 0.93, NET)
    assert flanks.count_pending(store, "flank-2 other") == 6


def test_sightings_without_a_crop_are_not_asked(stock) -> None:
    with stock.project.store.write() as connection:
        for state, uid in (("detected", 0), ("problem", 1), ("withdrawn", 2)):
            connection.execute("UPDATE sighting SET state = ? WHERE uid = ?", (state, stock.uids[uid]))
    assert [row["uid"] for row in flanks.pending(stock.project.store, NET, 0, 9)] == stock.uids[3:]


def test_a_persons_word_stays_and_taking_it_back_brings_the_guess_back(stock) -> None:
    uid, store = stock.uids[0], stock.project.store
    flanks.keep_guesses(store, NET, [(stock.ids[0], Flank.LEFT, 0.93, 0.0)])
    first = say(stock, uid, "right", "KR")
    assert side(stock, uid) == Side(Flank.RIGHT, None, PERSON, "KR")
    flanks.keep_guesses(store, NET, [(stock.ids[0], Flank.LEFT, 0.99, 0.0)])
    assert side(stock, uid).flank is Flank.RIGHT, "no guess overwrites a person"
    second = say(stock, uid, "unknown")
    assert side(stock, uid) == Side(Flank.UNKNOWN, None, PERSON)
    take_back(stock, second)
    assert side(stock, uid) == Side(Flank.RIGHT, None, PERSON, "KR")
    take_back(stock, first)
    assert side(stock, uid) == Side(Flank.LEFT, 0.93, NET)


def test_without_a_guess_taking_back_leaves_it_to_the_next_run(stock) -> None:
    event = say(stock, stock.uids[0], "front")
    assert flanks.count_pending(stock.project.store, NET) == 5
    take_back(stock, event)
    assert side(stock, stock.uids[0]) == Side()
    assert flanks.count_pending(stock.project.store, NET) == 6


def test_the_older_of_two_answers_can_be_taken_back(stock) -> None:
    first = say(stock, stock.uids[0], "left")
    say(stock, stock.uids[0], "right")
    take_back(stock, first)
    assert side(stock, stock.uids[0]).flank is Flank.RIGHT


def test_what_is_derived_can_be_lost_and_is_replayed(stock) -> None:
    store = stock.project.store
    flanks.keep_guesses(store, NET, [(stock.ids[1], Flank.LEFT, 0.8, 0.0)])
    say(stock, stock.uids[0], "left", "KR")
    gone = say(stock, stock.uids[1], "right")
    take_back(stock, gone)
    with store.write() as connection:
        connection.execute("UPDATE sighting SET flank = 'unknown', flank_by = '' WHERE uid = ?", (stock.uids[0],))
        connection.execute("UPDATE sighting SET flank = 'rear', flank_by = 'person' WHERE uid = ?", (stock.uids[1],))
    assert flanks.replay(store) == 2
    assert side(stock, stock.uids[0]) == Side(Flank.LEFT, None, PERSON, "KR")
    assert side(stock, stock.uids[1]) == Side(Flank.LEFT, 0.8, NET)
    assert flanks.replay(store) == 0


def test_all_known_sides_at_once(stock) -> None:
    flanks.keep_guesses(
        stock.project.store, NET, [(stock.ids[0], Flank.LEFT, 0.9, 0.0), (stock.ids[1], Flank.UNKNOWN, 0.5, 0.0)]
    )
    say(stock, stock.uids[2], "unknown")
    known = flanks.sides(stock.project.store)
    assert set(known) == {stock.uids[0], stock.uids[2]}
    assert flanks.sides(stock.project.store, [stock.uids[1]])[stock.uids[1]] == Side(Flank.UNKNOWN, 0.5, NET)


@examples(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 1), st.sampled_from([*Flank, "undo", "guess"])), max_size=10))
def test_replay_agrees_with_what_was_kept_step_by_step(stock, steps) -> None:
    store = stock.project.store
    for which, what in steps:
        uid = stock.uids[which]
        if what == "guess":
            flanks.keep_guesses(store, NET, [(stock.ids[which], Flank.REAR, 0.7, 0.0)])
        elif what == "undo":
            newest = ledger.newest_standing(store)
            if newest is not None:
                take_back(stock, newest)
        else:
            say(stock, uid, what)
            assert side(stock, uid).flank == what
    before = flanks.sides(store, stock.uids)
    assert flanks.replay(store) == 0
    assert flanks.sides(store, stock.uids) == before


@pytest.mark.parametrize("evidence", [{}, {"flank": "sideways"}])
def test_evidence_that_can_not_be_read_is_unknown(stock, evidence) -> None:
    answer = ledger.Answer(str(uuid.uuid4()), Verdict.FLANK, a=stock.uids[0], evidence=evidence)
    ledger.keep(stock.project.store, answer, no_identity, str)
    assert side(stock, stock.uids[0]) == Side(Flank.UNKNOWN, None, PERSON)
