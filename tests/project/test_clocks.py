"""What people say of cameras' clocks, what becomes of times, and that no word is ever lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from spotid.errors import BadRequestError, NotFoundError, ProjectReadOnlyError
from spotid.project import clock_rows, clocks, deployments, moments
from spotid.project.clock_rows import Word
from tests.project.camera_days import Card

HOUR, DAY = 3600, 86_400


@pytest.fixture
def card(project) -> Card:
    return Card(project)


def only(store) -> int:
    """The one deployment that there is."""
    (one,) = deployments.deployments(store)
    return one.id


def test_a_camera_that_nobody_declared_has_a_deployment_that_words_can_hang_on(card) -> None:
    card.take("K12", "A", "2019-03-01T10:00:00", "2000-01-01T00:05:00", None)
    settled = clocks.settle(card.store)
    (one,) = deployments.deployments(card.store)
    assert (one.station, one.camera, one.told_by, one.starts_at, one.ends_at) == ("K12", "A", "photographs", None, None)
    assert (one.photographs, one.doubtful) == (3, 2)
    assert card.times() == ["2019-03-01T10:00:00", None, None]
    assert (settled.assigned, settled.outside, settled.untrusted) == (3, 0, 1)
    assert clocks.settle(card.store).changed == 0 and only(card.store) == one.id


def test_a_wrong_year_is_put_right_and_taken_back(card) -> None:
    card.take("K12", "A", "2018-03-01T10:00:00", "2018-03-02T23:59:59")
    clocks.settle(card.store)
    one = only(card.store)
    offset = clocks.by_year(card.store, one, "A", 2019)
    assert offset == 365 * DAY
    seen = clocks.preview(card.store, one, offset, "A")
    assert (seen.photographs, seen.first_after, seen.last_after) == (2, "2019-03-01T10:00:00", "2019-03-02T23:59:59")
    assert card.times()[0] == "2018-03-01T10:00:00", "a preview writes nothing"
    word = clocks.say(card.store, one, offset, "A", reason="set wrong", reviewer="mk")
    assert (word.reviewer, word.reason, word.camera) == ("mk", "set wrong", "")
    assert clocks.settle(card.store).changed == 2
    assert card.times() == ["2019-03-01T10:00:00", "2019-03-02T23:59:59"]
    assert [row["clock_at"] for row in card.store.all("SELECT clock_at FROM media")] == [
        *("2018-03-01T10:00:00", "2018-03-02T23:59:59")
    ], "what the camera said stays"
    (clock,) = clocks.clocks(card.store)
    assert (clock.offset_s, clock.first_clock, clock.first) == (offset, "2018-03-01T10:00:00", "2019-03-01T10:00:00")
    assert moments.corrected(card.store) == 1
    taken = clocks.undo(card.store, one)
    assert taken is not None and taken.id == word.id
    clocks.settle(card.store)
    assert card.times()[0] == "2018-03-01T10:00:00" and clocks.words(card.store, one) == []
    assert len(clocks.history(card.store, one)) == 2 and clocks.undo(card.store, one) is None


def test_a_leap_day_in_a_year_that_has_none(card) -> None:
    card.take("K12", "A", "2020-02-29T10:00:00")
    clocks.settle(card.store)
    assert clocks.by_year(card.store, only(card.store), "A", 2019) == -365 * DAY


def test_words_from_moments_on_add_to_the_base_and_stay_when_it_changes(card) -> None:
    card.take("K12", "A", "2019-03-30T12:00:00", "2019-03-31T01:59:59", "2019-03-31T02:00:00")
    clocks.settle(card.store)
    one = only(card.store)
    clocks.say(card.store, one, HOUR, from_at="2019-03-31 02:00", reason="summer time")
    clocks.settle(card.store)
    assert card.times() == ["2019-03-30T12:00:00", "2019-03-31T01:59:59", "2019-03-31T03:00:00"]
    clocks.say(card.store, one, 12 * HOUR)
    clocks.settle(card.store)
    assert card.times() == ["2019-03-31T00:00:00", "2019-03-31T13:59:59", "2019-03-31T15:00:00"]
    clocks.say(card.store, one, -12 * HOUR)  # replaces the base, and nothing else
    clocks.settle(card.store)
    assert card.times() == ["2019-03-30T00:00:00", "2019-03-30T13:59:59", "2019-03-30T15:00:00"]
    back = clocks.undo(card.store, one)
    assert back is not None and back.offset_s == -12 * HOUR
    assert [word.offset_s for word in clocks.words(card.store, one)] == [12 * HOUR, HOUR]
    clocks.undo(card.store, one)
    assert [word.offset_s for word in clocks.words(card.store, one)] == [HOUR]


def test_a_stretch_of_a_clock_alone(card) -> None:
    """A battery was out: the clock began anew, and was set right later."""
    card.take("K12", "A", "2000-01-01T00:10:00", "2000-01-05T06:00:00", "2019-04-20T10:00:00")
    clocks.settle(card.store)
    assert card.times() == [None, None, "2019-04-20T10:00:00"]
    one = only(card.store)
    offset = clocks.exact(card.store, card.uids[0], "2019-04-10 12:10")
    clocks.say(card.store, one, offset, until_at="2001-01-01")
    clocks.settle(card.store)
    assert card.times() == ["2019-04-10T12:10:00", "2019-04-14T18:00:00", "2019-04-20T10:00:00"]
    row = card.store.one("SELECT problem_detail, time_source FROM media ORDER BY id")
    assert row["problem_detail"] is None, "the remark that it has no time is gone"
    assert len(list(moments.shots(card.store))) == 0 and moments.untimed(card.store) == 0
    clocks.undo(card.store, one)
    clocks.settle(card.store)
    assert card.times() == [None, None, "2019-04-20T10:00:00"]
    row = card.store.one("SELECT problem_detail, time_source FROM media ORDER BY id")
    assert "said 2000-01-01 00:10:00" in row["problem_detail"] and row["time_source"] == "unset"


def test_a_word_may_also_lead_out_of_all_trust(card) -> None:
    card.take("K12", "A", "2019-04-20T10:00:00")
    clocks.settle(card.store)
    seen = clocks.preview(card.store, only(card.store), 60 * 365 * DAY)
    assert (seen.untrusted_after, seen.first_after) == (1, None)


def test_exact_leaves_later_words_standing(card) -> None:
    card.take("K12", "A", "2019-03-30T12:00:00", "2019-06-01T12:00:00")
    clocks.settle(card.store)
    one = only(card.store)
    clocks.say(card.store, one, HOUR, from_at="2019-03-31T02:00:00")
    clocks.say(card.store, one, clocks.exact(card.store, card.uids[1], "2019-06-01T20:00:00"))
    clocks.settle(card.store)
    assert card.times() == ["2019-03-30T19:00:00", "2019-06-01T20:00:00"]


def test_a_clock_word_brings_photographs_into_their_deployment(card) -> None:
    card.take("K12", "A", "2018-03-05T10:00:00", "2019-03-06T10:00:00")
    clocks.settle(card.store)
    station = deployments.deployments(card.store)[0].station_id
    one = deployments.add(card.store, station, "A", "2019-03-01", "2019-06-01")
    settled = clocks.settle(card.store)
    assert only(card.store) == one, "the one made by photographs has gone over into the one declared"
    assert (settled.outside, card.homes()) == (1, [None, one])
    (out,) = deployments.outside(card.store)
    assert (out.station, out.camera, out.photographs, out.deployments) == ("K12", "A", 1, (one,))
    assert [picture.inside for picture in clocks.pictures(card.store, one)] == [False, True]
    seen = clocks.preview(card.store, one, 365 * DAY, until_at="2018-12-31")
    assert (seen.inside_before, seen.inside_after) == (1, 2)
    clocks.say(card.store, one, 365 * DAY, until_at="2018-12-31")
    assert clocks.settle(card.store).outside == 0 and card.homes() == [one, one]
    assert card.times() == ["2019-03-05T10:00:00", "2019-03-06T10:00:00"]


def test_two_cameras_under_one_declaration_have_clocks_of_their_own(card) -> None:
    card.take("K12", "A", "2019-03-05T10:00:00")
    card.take("K12", "B/DCIM/100RECNX", "2019-03-05T10:00:30")
    card.take("K12", "B/DCIM/101RECNX", "2019-03-05T10:00:40")
    clocks.settle(card.store)
    assert [one.camera for one in deployments.deployments(card.store)] == ["A", "B"], "a changed card is no new camera"
    station = deployments.deployments(card.store)[0].station_id
    one = deployments.add(card.store, station, "", "2019-03-01", "2019-06-01")
    clocks.settle(card.store)
    assert only(card.store) == one
    clocks.say(card.store, one, -30, "B")
    clocks.settle(card.store)
    assert card.times() == ["2019-03-05T10:00:00", "2019-03-05T10:00:00", "2019-03-05T10:00:10"]
    assert [(clock.camera, clock.photographs, clock.offset_s) for clock in clocks.clocks(card.store)] == [
        *(("A", 1, 0), ("B", 2, -30))
    ]
    assert len(clocks.pictures(card.store, one, "B")) == 2 and len(clocks.pictures(card.store, one)) == 3
    clocks.say(card.store, one, 60)  # of all cameras
    clocks.settle(card.store)
    assert card.times() == ["2019-03-05T10:01:00", "2019-03-05T10:01:00", "2019-03-05T10:01:10"]


def test_what_a_person_said_of_one_photograph_is_no_clock(card) -> None:
    card.take("K12", "A", "2019-03-05T10:00:00", "2019-03-05T11:00:00")
    with card.store.write() as connection:
        connection.execute("UPDATE media SET time_source = 'person' WHERE uid = ?", (card.uids[0],))
        connection.execute("UPDATE media SET time_source = 'sheet' WHERE uid = ?", (card.uids[1],))
    clocks.settle(card.store)
    clocks.say(card.store, only(card.store), HOUR)
    clocks.settle(card.store)
    assert card.times() == ["2019-03-05T10:00:00", "2019-03-05T12:00:00"]


def test_visits_follow_the_times(card) -> None:
    card.take("K12", "A", "2019-03-05T10:00:00")
    card.take("K12", "B", "2019-03-05T22:01:00")
    clocks.settle(card.store, 30)
    visits = [row["visit"] for row in card.store.all("SELECT visit FROM media ORDER BY id")]
    assert visits[0] != visits[1]
    second = next(one.id for one in deployments.deployments(card.store) if one.camera == "B")
    clocks.say(card.store, second, -12 * HOUR)
    clocks.settle(card.store)
    visits = [row["visit"] for row in card.store.all("SELECT visit FROM media ORDER BY id")]
    assert visits[0] == visits[1]


def test_what_can_not_be_said(card, project) -> None:
    card.take("K12", "A", "2019-03-05T10:00:00", None)
    clocks.settle(card.store)
    one = only(card.store)
    with pytest.raises(BadRequestError, match="hundred years"):
        clocks.say(card.store, one, 200 * 366 * DAY)
    with pytest.raises(BadRequestError, match="no day for the first moment"):
        clocks.say(card.store, one, 5, from_at="yesterday")
    with pytest.raises(BadRequestError, match="not after the first"):
        clocks.say(card.store, one, 5, from_at="2019-03-05", until_at="2019-03-05")
    with pytest.raises(NotFoundError):
        clocks.say(card.store, 99, 5)
    with pytest.raises(BadRequestError, match="Day and time"):
        clocks.exact(card.store, card.uids[0], "2019-03-05")
    with pytest.raises(BadRequestError, match="no time of its clock"):
        clocks.exact(card.store, card.uids[1], "2019-03-05 10:00")
    with pytest.raises(BadRequestError, match="no year"):
        clocks.by_year(card.store, one, "A", 19)
    assert clocks.history(card.store, one) == []


def test_an_older_program_kept_doubtful_times_in_the_remark(card) -> None:
    card.take("K12", "A", "2000-01-01T00:10:00")
    with card.store.write() as connection:
        connection.execute("UPDATE media SET clock_at = NULL")
    clocks.settle(card.store)
    assert card.store.value("SELECT clock_at FROM media") == "2000-01-01T00:10:00"


def test_looking_changes_nothing(card, project) -> None:
    from spotid.project.folder import open_project

    card.take("K12", "A", "2019-03-05T10:00:00")
    clocks.settle(card.store)
    one = only(card.store)
    project.close()
    looking = open_project(project.path, readonly=True)
    try:
        assert len(clocks.clocks(looking.store)) == 1 and clocks.preview(looking.store, one, 60).photographs == 1
        with pytest.raises(ProjectReadOnlyError):
            clocks.say(looking.store, one, 60)
    finally:
        looking.close()


def word(number: int, moment: str | None, offset: int) -> Word:
    return Word(number, 1, "", moment, offset, "", None, "")


@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(0, 20).map(lambda day: f"2019-03-{day + 1:02d}T00:00:00"), st.integers(-9, 9)
        ),
        max_size=12,
    )
)
def test_words_add_up_and_the_newest_of_a_moment_counts(said: list[tuple[str | None, int]]) -> None:
    known = clock_rows.standing(word(n, moment, offset) for n, (moment, offset) in enumerate(said)).get(1, [])
    newest = dict(said)
    for day in range(1, 29):
        clock = f"2019-03-{day:02d}T12:00:00"
        right = sum(offset for moment, offset in newest.items() if moment is None or moment <= clock)
        assert clock_rows.offset_at(clock_rows.steps(known, "a"), clock) == right


@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 9), st.integers(1, 9), st.booleans()), max_size=4))
def test_a_stretch_moves_only_its_own_times_and_undo_brings_them_back(tmp_path_factory, said) -> None:
    from spotid.project.folder import create_project

    project = create_project(tmp_path_factory.mktemp("clocks") / "p")
    try:
        card = Card(project)
        start = datetime(2019, 3, 1, 12)
        card.take("K", "A", *((start + timedelta(days=day)).isoformat() for day in range(20)))
        clocks.settle(card.store)
        one = only(card.store)
        states = [card.times()]
        for hours, first, days, _ in said:
            before = card.times()
            begin, end = start + timedelta(days=first, hours=-1), start + timedelta(days=first + days, hours=-1)
            clocks.say(card.store, one, hours * HOUR, from_at=begin.isoformat(), until_at=end.isoformat())
            clocks.settle(card.store)
            after = card.times()
            assert before[:first] == after[:first] and before[first + days :] == after[first + days :]
            states.append(after)
        for state in reversed(states[:-1]):
            assert clocks.undo(card.store, one) is not None
            clocks.settle(card.store)
            assert card.times() == state
    finally:
        project.close()
