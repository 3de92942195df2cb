"""Proposals to link left-only and right-only animals: who is proposed, who is left out, and that clocks are minded."""

from __future__ import annotations

import uuid
from functools import partial

import pytest

from spotid.project import moments, stations_told
from spotid.project.moments import Shot
from spotid.project.stations_told import Line
from spotid.review import deeds, marks
from spotid.review.desk import Desk
from spotid.review.identity import Identities
from spotid.review.paired import proposals
from spotid.review.unseen import unseen


def shot(uid: str, second: float, flank: str, camera: str = "A", station: str = "North", visit: int = 1) -> Shot:
    return Shot(uid, station, camera, flank, 0.5, second, visit)


def pairs(shots: list[Shot], seconds: float = 10.0) -> list[tuple[str, str]]:
    return [(one.left.uid, one.right.uid) for one in proposals(shots, Identities(), seconds)]


def test_two_cameras_that_saw_both_sides() -> None:
    assert pairs([shot("a", 0, "right", "A"), shot("b", 4, "left", "B")]) == [("b", "a")]


@pytest.mark.parametrize(
    ("flanks", "cameras", "proposed"),
    [
        (("left", "right"), "AB", True),
        (("left", "right"), "AA", True),  # one station's two files
        (("left", "unknown"), "AB", True),
        (("unknown", "unknown"), "AB", True),
        (("left", "unknown"), "AA", False),  # a burst
        (("unknown", "unknown"), "AA", False),
        (("left", "left"), "AB", False),
        (("front", "left"), "AB", False),
        (("front", "unknown"), "AB", False),
    ],
)
def test_which_sides_and_cameras(flanks: tuple[str, str], cameras: str, proposed: bool) -> None:
    shots = [shot("a", 0, flanks[0], cameras[0]), shot("b", 1, flanks[1], cameras[1])]
    assert bool(pairs(shots)) is proposed


def test_only_one_station_and_only_within_the_seconds() -> None:
    assert pairs([shot("a", 0, "left", "A"), shot("b", 11, "right", "B")]) == []
    assert pairs([shot("a", 0, "left", "A"), shot("b", 10, "right", "B")]) == [("a", "b")]
    assert pairs([shot("a", 0, "left", "A"), shot("b", 1, "right", "B", station="South")]) == []


def test_two_bursts_are_one_question() -> None:
    left = [shot(f"l{n}", n, "left", "A") for n in range(3)]
    right = [shot(f"r{n}", n + 0.4, "right", "B") for n in range(3)]
    shots = sorted(left + right, key=lambda one: one.second)
    assert pairs(shots) == [("l0", "r0")]
    later = [shot("x", 5000, "left", "A", visit=2), shot("y", 5001, "right", "B", visit=2)]
    assert pairs(shots + later) == [("l0", "r0"), ("x", "y")]


def test_known_sides_come_before_unknown_ones_and_short_times_before_long_ones() -> None:
    shots = [
        *(shot("a", 0, "left", "A"), shot("b", 0, "unknown", "B")),
        *(shot("c", 1000, "left", "A", visit=2), shot("d", 1008, "right", "B", visit=2)),
        *(shot("e", 2000, "left", "A", visit=3), shot("f", 2003, "right", "B", visit=3)),
    ]
    assert pairs(shots) == [("e", "f"), ("c", "d"), ("a", "b")]


@pytest.fixture
def both(stock):
    """The first three of ``stock`` taken by camera A, the last three by B, at one station and one minute."""
    with stock.project.store.write() as connection:
        connection.execute("UPDATE media SET station_id = (SELECT MIN(id) FROM station), visit = 1")
        for place, (uid, number) in enumerate(zip(stock.uids, stock.ids, strict=True)):
            connection.execute(
                "UPDATE media SET camera = ?, captured_at = ? WHERE id = (SELECT media_id FROM sighting WHERE id = ?)",
                ("AB"[place // 3], f"2026-03-01T06:{place % 3:02d}:0{2 * (place // 3)}", number),
            )
            connection.execute("UPDATE sighting SET flank = ? WHERE uid = ?", (("left", "right")[place // 3], uid))
        connection.execute("UPDATE media SET visit = CAST(substr(captured_at, 15, 2) AS INTEGER)")
    return stock


def asked(stock, desk: Desk) -> set[tuple[str, str]]:
    found = proposals(moments.shots(stock.project.store), desk.identities, unseen=partial(unseen, desk))
    return {(one.left.uid, one.right.uid) for one in found}


def test_what_was_answered_is_not_proposed_again_and_comes_back_when_it_is_taken_back(both) -> None:
    desk, uids = Desk(both.project, 5), both.uids
    assert asked(both, desk) == {(uids[0], uids[3]), (uids[1], uids[4]), (uids[2], uids[5])}
    linked = deeds.link(desk, str(uuid.uuid4()), uids[0], uids[3])
    assert asked(both, desk) == {(uids[1], uids[4]), (uids[2], uids[5])}
    marks.mark(desk, str(uuid.uuid4()), "different", uids[1], uids[4])
    marks.mark(desk, str(uuid.uuid4()), "unusable", uids[2])
    assert asked(both, desk) == set()
    deeds.take_back(desk, str(uuid.uuid4()), linked.event.uid)
    assert asked(both, desk) == {(uids[0], uids[3])}


def test_a_word_of_the_review_on_two_sides_keeps_no_proposal_away_and_a_link_takes_it_back(both) -> None:
    desk, uids = Desk(both.project, 5), both.uids
    mine = desk.answer(str(uuid.uuid4()), "different", uids[0], uids[3], reviewer="KR")[0]
    desk.answer(str(uuid.uuid4()), "not_comparable", uids[1], uids[4], reviewer="KR")
    theirs = desk.answer(str(uuid.uuid4()), "different", uids[2], uids[5], reviewer="AB")[0]
    assert asked(both, desk) == {(uids[0], uids[3]), (uids[1], uids[4]), (uids[2], uids[5])}
    deeds.link(desk, str(uuid.uuid4()), uids[0], uids[3], reviewer="KR")
    assert desk.identities.answer(mine.uid) is None and desk.identities.conflicts() == []
    deeds.link(desk, str(uuid.uuid4()), uids[2], uids[5], reviewer="KR")
    assert desk.identities.answer(theirs.uid) is not None, "nobody's word vanishes behind their back"
    assert len(desk.identities.conflicts()) == 1
    assert asked(both, desk) == {(uids[1], uids[4])}


def test_other_frames_of_bursts_that_were_answered_are_not_asked(both) -> None:
    desk, uids = Desk(both.project, 5), both.uids
    with both.project.store.write() as connection:  # all within one visit and some seconds
        connection.execute(
            "UPDATE media SET visit = 1, captured_at = '2026-03-01T06:00:0' || substr(captured_at, 16, 1)"
        )
    assert len(asked(both, desk)) == 1
    deeds.link(desk, str(uuid.uuid4()), uids[0], uids[3])
    assert asked(both, desk) == set()


def test_two_animals_in_a_photograph_are_never_proposed(both) -> None:
    desk = Desk(both.project, 5)
    with both.project.store.write() as connection:
        connection.execute(
            "INSERT INTO sighting (uid, media_id, x, y, w, h, score, boxed_by, state) SELECT 'aaaaaaaaaaaaaaaa',"
            " media_id, 0, 0, 0.1, 0.1, 1, 'x', 'embedded' FROM sighting WHERE uid = ?",
            (both.uids[0],),
        )
    assert (both.uids[0], both.uids[3]) not in asked(both, desk)
    assert len(asked(both, desk)) == 2


def test_untrusted_times_are_left_out_and_offsets_are_counted_in(both) -> None:
    desk, store = Desk(both.project, 5), both.project.store
    with store.write() as connection:
        connection.execute(
            "UPDATE media SET captured_at = NULL, time_source = 'unset'"
            " WHERE id = (SELECT media_id FROM sighting WHERE uid = ?)",
            (both.uids[1],),
        )
    assert moments.untimed(store) == 1
    assert (both.uids[1], both.uids[4]) not in asked(both, desk)
    station = store.value("SELECT MIN(id) FROM station")
    name = store.value("SELECT name FROM station WHERE id = ?", station)
    stations_told.keep_table(store, [Line(name, "B", None, None, "2026-01-01", "2026-12-31")])
    with store.write() as connection:
        connection.execute(  # B's clock was a minute slow
            "INSERT INTO clock_word (deployment_id, offset_s, made_at) SELECT id, 60, '' FROM deployment"
        )
        connection.execute("UPDATE media SET captured_at = datetime(captured_at, '+60 seconds') WHERE camera = 'B'")
    assert moments.corrected(store) == 1
    assert asked(both, desk) == {(both.uids[2], both.uids[4])}
