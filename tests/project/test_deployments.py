"""Which camera hung where from when until when: typed, of a table, swapped; and photographs that are of none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import cameras, clocks, deployments, stations_kept, stations_told
from spotid.project.stations_told import Line
from tests.project.camera_days import Card


@pytest.fixture
def card(project) -> Card:
    return Card(project)


def spans_of(store) -> list[tuple[str, str, str | None, str | None, str]]:
    return [
        (one.station, one.camera, one.starts_at, one.ends_at, one.told_by) for one in deployments.deployments(store)
    ]


def test_names_of_one_camera() -> None:
    assert (
        len({cameras.key(name) for name in ("A", "a", "Camera A", "cam_A", "A/DCIM/100RECNX", "Cam-a/101MEDIA")}) == 1
    )
    assert cameras.key("DCIM/100MEDIA") == "" and cameras.key("Camden") == "camden"
    assert cameras.key("Reconyx_1") == cameras.key("reconyx 1") == cameras.key("Reconyx-1")
    assert cameras.key("Camera1") == cameras.key("1") and cameras.key("left") != cameras.key("right")


def test_a_table_declares_what_photographs_had_made(card) -> None:
    card.take("K12", "A", "2019-03-05T10:00:00", "2019-07-05T10:00:00")
    card.take("K12", "B", "2019-03-05T10:00:00")
    clocks.settle(card.store)
    first = deployments.deployments(card.store)[0]
    clocks.say(card.store, first.id, 3600)
    deployments.add_outage(card.store, first.id, "2019-04-01", "2019-04-05")
    assert stations_told.keep_table(card.store, [Line("k12", "Camera A", None, None, "2019-03-01", "2019-06-01")]) == []
    settled = clocks.settle(card.store)
    assert spans_of(card.store) == [
        *(("K12", "B", None, None, "photographs"), ("K12", "Camera A", "2019-03-01", "2019-06-01", "table"))
    ]
    declared = deployments.deployments(card.store)[1]
    assert card.times()[0] == "2019-03-05T11:00:00", "the word has gone over"
    assert [outage.starts_at for outage in declared.outages] == ["2019-04-01"]
    assert settled.outside == 1 and card.homes()[1] is None
    assert card.times()[1] == "2019-07-05T10:00:00", "outside, the clock counts as it is"
    assert "outside every deployment" in deployments.outside(card.store)[0].why


def test_what_is_said_later_is_not_overruled_by_what_was_said_before(card) -> None:
    card.take("K12", "A", "2019-03-05T10:00:00")
    clocks.settle(card.store)
    clocks.say(card.store, deployments.deployments(card.store)[0].id, 60)
    stations_told.keep_table(card.store, [Line("K12", "A", None, None, "2019-03-01", "2019-06-01")])
    clocks.settle(card.store)
    (one,) = deployments.deployments(card.store)
    clocks.say(card.store, one.id, 120)
    for _ in range(2):
        clocks.settle(card.store)
        assert card.times() == ["2019-03-05T10:02:00"]
    assert [word.offset_s for word in clocks.history(card.store, one.id)] == [120, 60]
    clocks.undo(card.store, one.id)
    clocks.settle(card.store)
    assert card.times() == ["2019-03-05T10:01:00"]


def test_a_deployment_that_nobody_declared_goes_with_its_photographs(card) -> None:
    card.take("K12", "A", "2019-03-05T10:00:00")
    clocks.settle(card.store)
    stations_kept.give(card.store, card.uids, stations_kept.add(card.store, "L"), "B")
    clocks.settle(card.store)
    assert card.store.value("SELECT COUNT(*) FROM deployment") == 1
    assert [(one.station, one.camera) for one in deployments.deployments(card.store)] == [("L", "B")]


def test_a_table_of_whole_stations_takes_the_words_of_each_camera(card) -> None:
    card.take("K12", "A", "2019-03-05T10:00:00")
    card.take("K12", "B", "2019-03-05T10:00:00")
    clocks.settle(card.store)
    for one, offset in zip(deployments.deployments(card.store), (60, 120), strict=True):
        clocks.say(card.store, one.id, offset)
    stations_told.keep_table(
        card.store,
        [Line("K12", start="2019-03-01", end="2019-04-01"), Line("K12", start="2019-06-01", end="2019-07-01")],
    )
    clocks.settle(card.store)
    assert card.times() == ["2019-03-05T10:01:00", "2019-03-05T10:02:00"]
    assert [len(clocks.words(card.store, one.id)) for one in deployments.deployments(card.store)] == [2, 2]
    for one in deployments.deployments(card.store):
        deployments.remove(card.store, one.id)
    clocks.settle(card.store)
    assert card.times() == ["2019-03-05T10:01:00", "2019-03-05T10:02:00"], "declared by nobody again, and no word lost"


def test_a_table_read_again_changes_nothing_and_what_was_typed_stays(card) -> None:
    lines = [
        Line("K12", "A", 38.1, 75.1, "2019-03-01", "2019-06-01", (("2019-04-01", "2019-04-03"),)),
        Line("K12", "A", 38.1, 75.1, "2019-06-01", "2019-09-01"),
        Line("K13", "", 38.2, 75.2, "2019-03-01", None),
    ]
    for _ in range(2):
        assert stations_told.keep_table(card.store, lines) == []
        clocks.settle(card.store)
    before = spans_of(card.store)
    assert len(before) == 3 and len(deployments.deployments(card.store)[0].outages) == 1
    first = deployments.deployments(card.store)[0]
    deployments.change(card.store, first.id, "A", "2019-03-02", "2019-06-01")
    stations_kept.place(card.store, first.station_id, 38.11, 75.1)
    told = stations_told.keep_table(card.store, lines)
    assert [sentence.split(":")[0] for sentence in told][-1] == "“K12”, camera A" and "as was typed" in told[-1]
    assert any("stays where a person placed it, 1,112 m" in sentence for sentence in told)
    assert len(deployments.deployments(card.store)) == 3
    assert deployments.deployment(card.store, first.id).starts_at == "2019-03-02"


def test_a_corrected_line_takes_the_place_of_the_old_one_and_another_year_stays(card) -> None:
    stations_told.keep_table(card.store, [Line("K12", "A", None, None, "2018-03-01", "2018-06-01")])
    stations_told.keep_table(card.store, [Line("K12", "A", None, None, "2019-03-01", "2019-06-01")])
    stations_told.keep_table(card.store, [Line("K12", "A", None, None, "2019-03-04", "2019-06-08")])
    assert [span[2:4] for span in spans_of(card.store)] == [("2018-03-01", "2018-06-01"), ("2019-03-04", "2019-06-08")]


def test_of_lines_that_begin_on_one_day_the_last_counts(card) -> None:
    ends = ("2019-06-01", "2019-07-01", "2019-07-01")
    lines = [Line("K", "A", None, None, "2019-03-01", end) for end in ends]
    later = Line("K", "A", None, None, "2019-08-01", "2019-09-01")
    for _ in range(2):
        told = stations_told.keep_table(card.store, [*lines, later])
        assert told == ["“K”, camera A: two lines begin on the same day; the last of them counts."]
    assert [span[2:4] for span in spans_of(card.store)] == [("2019-03-01", "2019-07-01"), ("2019-08-01", "2019-09-01")]


def test_lines_that_overlap_are_told(card) -> None:
    lines = [Line("K", "A", None, None, "2019-03-01", "2019-06-01"), Line("K", "A", None, None, "2019-05-01", None)]
    assert "2019-03-01 to 2019-06-01 and 2019-05-01 to … overlap" in stations_told.keep_table(card.store, lines)[0]


def test_a_swap_parts_photographs_at_its_day(card) -> None:
    card.take("K12", "", "2019-03-05T10:00:00", "2019-05-05T10:00:00")
    clocks.settle(card.store)
    station = deployments.deployments(card.store)[0].station_id
    one = deployments.add(card.store, station, "A", "2019-03-01", "2019-09-01")
    two = deployments.swap(card.store, one, "2019-05-01", "C")
    clocks.settle(card.store)
    assert [span[1:4] for span in spans_of(card.store)] == [
        *(("A", "2019-03-01", "2019-05-01"), ("C", "2019-05-01", "2019-09-01"))
    ]
    assert card.homes() == [one, two], "nobody named their camera, and only one hung there at a time"
    with pytest.raises(BadRequestError, match="outside this deployment"):
        deployments.swap(card.store, one, "2019-12-01", "D")


def test_the_day_of_a_swap_goes_to_the_new_camera_of_one_name(card) -> None:
    card.take("K12", "A", "2019-05-01T10:00:00")
    clocks.settle(card.store)
    station = deployments.deployments(card.store)[0].station_id
    deployments.add(card.store, station, "A", "2019-03-01", "2019-05-01")
    two = deployments.add(card.store, station, "A", "2019-05-01", "2019-09-01")
    clocks.settle(card.store)
    assert card.homes() == [two]


def test_a_camera_that_the_table_does_not_name_is_not_taken_for_another(card) -> None:
    card.take("K12", "C", "2019-03-05T10:00:00")
    stations_told.keep_table(card.store, [Line("K12", "A", None, None, "2019-03-01", "2019-06-01")])
    clocks.settle(card.store)
    assert ("K12", "C", None, None, "photographs") in spans_of(card.store)


def test_serial_numbers_name_no_place(card) -> None:
    """Two bodies, one after the other, in a station whose folders name no camera."""
    card.take("K12", "H500", "2019-03-05T10:00:00", serial="H500")
    card.take("K12", "H501", "2019-05-05T10:00:00", serial="H501")
    clocks.settle(card.store)
    assert [one.camera for one in deployments.deployments(card.store)] == ["H500", "H501"]
    clocks.say(card.store, deployments.deployments(card.store)[1].id, 3600)
    stations_told.keep_table(card.store, [Line("K12", "A", None, None, "2019-03-01", "2019-06-01")])
    clocks.settle(card.store)
    (one,) = deployments.deployments(card.store)
    assert (one.camera, one.photographs, set(card.homes())) == ("A", 2, {one.id})
    assert len(clocks.words(card.store, one.id)) == 1, "and what was said of one of them is not lost"


def test_of_two_cameras_at_once_nobody_guesses(card) -> None:
    card.take("K12", "", "2019-03-05T10:00:00", None)
    stations_told.keep_table(
        card.store,
        [Line("K12", camera, None, None, "2019-03-01", "2019-06-01") for camera in ("A", "B")],
    )
    assert clocks.settle(card.store).outside == 2
    assert sorted(len(out.deployments) for out in deployments.outside(card.store)) == [2]
    first = deployments.deployments(card.store)[0].id
    assert deployments.pin(card.store, card.uids, first) == 2
    assert clocks.settle(card.store).outside == 0 and card.homes() == [first, first]
    deployments.pin(card.store, card.uids[:1], None)
    clocks.settle(card.store)
    assert card.homes() == [None, first]


def test_what_can_not_be_declared(card) -> None:
    station = stations_kept.add(card.store, "K12")
    one = deployments.add(card.store, station, "A", "2019-03-01", "2019-06-01")
    for starts, ends, words in (
        ("2019-06-01", "2019-03-01", "is before its start"),
        ("March", None, "no day for the start"),
        ("2019-03-01T10:00:00+02:00", None, "no day"),
        ("0019-03-01", None, "no day"),
        ("2019-03-01", "2019-04-01", "same start already"),
    ):
        with pytest.raises(BadRequestError, match=words):
            deployments.add(card.store, station, "cam A", starts, ends)
    for starts, ends, words in (
        ("", None, "needs the day"),
        ("2019-07-01", None, "outside the deployment"),
        ("2018-01-01", "2018-02-01", "outside the deployment"),
        ("2019-04-05", "2019-04-01", "before its start"),
    ):
        with pytest.raises(BadRequestError, match=words):
            deployments.add_outage(card.store, one, starts, ends)
    with pytest.raises(NotFoundError):
        deployments.add(card.store, 99)
    with pytest.raises(NotFoundError):
        deployments.change_outage(card.store, 99, "2019-04-05", None, "")
    assert deployments.deployment(card.store, one).outages == ()


def test_outages_are_kept_changed_and_taken_away(card) -> None:
    station = stations_kept.add(card.store, "K12")
    one = deployments.add(card.store, station, "A", "2019-03-01", "2019-06-01")
    gap = deployments.add_outage(card.store, one, "2019-04-01", None, " battery ")
    assert [(o.starts_at, o.ends_at, o.reason) for o in deployments.deployment(card.store, one).outages] == [
        ("2019-04-01", None, "battery")
    ]
    deployments.change_outage(card.store, gap, "2019-04-02", "2019-04-09", "elephant")
    assert deployments.deployment(card.store, one).outages[0].ends_at == "2019-04-09"
    deployments.remove_outage(card.store, gap)
    assert deployments.deployment(card.store, one).outages == ()


days = st.none() | st.dates(min_value=date(2019, 1, 1), max_value=date(2019, 3, 1)).map(str)
lines = st.builds(
    lambda station, camera, one, other: Line(station, camera, None, None, *sorted((one, other), key=lambda d: d or "")),
    st.sampled_from(["K", "L"]),
    st.sampled_from(["", "A", "B"]),
    days,
    days,
)


@hypothesis_settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(lines, max_size=5), st.lists(lines, max_size=5))
def test_whatever_is_declared_each_photograph_keeps_its_time_and_has_one_home(tmp_path_factory, first, then) -> None:
    from spotid.project.folder import create_project

    project = create_project(tmp_path_factory.mktemp("declared") / "p")
    try:
        card = Card(project)
        for camera in ("A", "B"):
            card.take("K", camera, *(f"2019-01-{day:02d}T12:00:00" for day in range(1, 29, 3)))
        clocks.settle(card.store)
        for one in deployments.deployments(card.store):
            clocks.say(card.store, one.id, 60)
        clocks.settle(card.store)
        stations_told.keep_table(card.store, first)
        clocks.settle(card.store)
        stations_told.keep_table(card.store, then)
        clocks.settle(card.store)
        known = {one.id: one for one in deployments.deployments(card.store)}
        for row in card.store.all("SELECT * FROM media"):
            home = known.get(row["deployment_id"])
            assert row["captured_at"][14:] == ("00:00" if home is None else "01:00"), "the word holds in every home"
            if home is not None:
                assert home.starts_at is None or home.starts_at <= row["captured_at"][:10]
                assert home.ends_at is None or row["captured_at"][:10] <= home.ends_at
        everything = [tuple(row) for row in card.store.all("SELECT * FROM media")]
        assert clocks.settle(card.store).changed == 0
        assert [tuple(row) for row in card.store.all("SELECT * FROM media")] == everything
    finally:
        project.close()
