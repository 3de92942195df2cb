"""Trap nights: examples counted by hand, and what holds for all deployments, outages and occasions."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.errors import BadRequestError, NotFoundError
from spotid.project import clocks, deployments, effort, effort_chart, spans, stations_kept, surveys
from spotid.project.deployments import Deployment, Outage
from spotid.project.effort import Stood, stood
from tests.project.camera_days import Card


def made(
    starts: str | None,
    ends: str | None,
    *gaps: tuple[str, str | None],
    first: str | None = None,
    last: str | None = None,
) -> Stood:
    outages = tuple(Outage(n, 1, one, other, "") for n, (one, other) in enumerate(gaps))
    seen = 0 if first is None else 2
    return stood(
        Deployment(1, 1, "K", "A", starts, ends, "table", None, seen, 0, 0, first, last or first, (), outages, False)
    )


@pytest.mark.parametrize(
    ("starts", "ends", "gaps", "nights", "lost"),
    [
        ("2019-03-01", "2019-03-02", (), 1, 0),
        ("2019-03-01", "2019-03-01", (), 0, 0),
        ("2019-03-01", "2019-06-01", (), 92, 0),  # 31 + 30 + 31
        ("2020-02-28", "2020-03-01", (), 2, 0),  # a leap year
        ("2019-03-01T16:30:00", "2019-03-04T09:00:00", (), 3, 0),
        ("2019-03-01", "2019-04-01", (("2019-03-10", "2019-03-15"),), 26, 5),
        ("2019-03-01", "2019-04-01", (("2019-03-10", "2019-03-10"),), 31, 0),  # stopped and mended on one day
        ("2019-03-01", "2019-04-01", (("2019-03-10", None),), 9, 22),
        ("2019-03-01", "2019-04-01", (("2019-03-10", "2019-03-15"), ("2019-03-12", "2019-03-20")), 21, 10),
        ("2019-03-01", "2019-04-01", (("2019-03-10", "2019-03-20"), ("2019-03-12", "2019-03-13")), 21, 10),
        ("2019-03-01", "2019-04-01", (("2019-02-01", "2019-03-04"), ("2019-03-30", "2019-05-01")), 26, 5),
        ("2019-03-01", "2019-04-01", (("2019-01-01", "2020-01-01"), ("2019-03-05", None)), 0, 31),
    ],
)
def test_nights_counted_by_hand(starts: str, ends: str, gaps, nights: int, lost: int) -> None:
    one = made(starts, ends, *gaps)
    assert (spans.count(one.worked()), spans.count(one.lost), one.guessed) == (nights, lost, "")


@pytest.mark.parametrize(
    ("starts", "ends", "first", "last", "nights", "guessed"),
    [
        (None, None, "2019-03-01T22:00:00", "2019-03-02T03:00:00", 1, "both"),  # one night
        (None, None, "2019-03-01T10:00:00", "2019-03-01T14:00:00", 2, "both"),  # before noon is the night before
        (None, None, "2019-03-01T22:00:00", "2019-03-04T03:00:00", 3, "both"),
        ("2019-02-25", None, "2019-03-01T22:00:00", "2019-03-04T03:00:00", 7, "end"),
        (None, "2019-03-10", "2019-03-01T22:00:00", "2019-03-04T03:00:00", 9, "start"),
        (None, None, None, None, 0, "both"),
        ("2019-03-01", None, None, None, 0, "end"),
    ],
)
def test_where_nobody_said_photographs_stand_in(starts, ends, first, last, nights: int, guessed: str) -> None:
    one = made(starts, ends, first=first, last=last)
    assert (spans.count(one.worked()), one.guessed) == (nights, guessed)


def test_quiet_nights_count_unless_proof_is_asked_for() -> None:
    one = made(
        "2019-03-01",
        "2019-04-01",
        ("2019-03-20", "2019-03-22"),
        first="2019-03-03T20:00:00",
        last="2019-03-25T20:00:00",
    )
    assert spans.count(one.worked()) == 29
    assert spans.count(one.worked(proven=True)) == 21  # 3 to 25 March are 23 nights, less 2
    assert spans.count(made("2019-03-01", "2019-04-01").worked(proven=True)) == 0


nights = st.tuples(st.integers(0, 60), st.integers(0, 30)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(nights, max_size=5), st.lists(nights, max_size=6), st.integers(1, 12))
def test_gaps_are_taken_off_once_and_never_too_many(there, gaps, days: int) -> None:
    bounds = (0, 100)
    left = spans.without(there, gaps)
    right = {n for first, last in there for n in range(first, last)}
    right -= {n for first, last in gaps for n in range(first, last)}
    assert {n for first, last in left for n in range(first, last)} == right
    assert spans.count(left) == len(right)
    cuts = effort.occasions(*bounds, days)
    assert sum(spans.count(spans.within(left, cut)) for cut in cuts) == len(right), "the occasions add up"
    assert all(spans.count(spans.within(left, cut)) <= cut[1] - cut[0] for cut in cuts)


day = st.dates(date(2019, 1, 1), date(2019, 4, 30)).map(str)


@given(day, day, st.lists(st.tuples(day, st.none() | day), max_size=5))
def test_effort_of_a_deployment_is_never_negative_and_adds_up(one: str, other: str, gaps) -> None:
    starts, ends = sorted((one, other))
    gaps = [(min(a, b), max(a, b)) if b else (a, None) for a, b in gaps]
    found = made(starts, ends, *gaps)
    assert spans.count(found.worked()) + spans.count(found.lost) == spans.day(ends) - spans.day(starts)
    assert spans.count(found.worked()) >= 0


@pytest.fixture
def valley(project) -> Card:
    """K with two cameras and an outage of one; L with a camera that nobody declared; a survey of March."""
    card = Card(project)
    card.take("K", "A", "2019-03-02T20:00:00", "2019-03-28T20:00:00")
    card.take("K", "B", "2019-03-03T20:00:00")
    card.take("L", "", "2019-03-10T20:00:00", "2019-03-14T02:00:00", "2000-01-01T00:00:00")
    clocks.settle(card.store)
    station = next(one.id for one in stations_kept.stations(card.store) if one.name == "K")
    deployments.add(card.store, station, "A", "2019-03-01", "2019-04-01")
    second = deployments.add(card.store, station, "B", "2019-03-01", "2019-03-21")
    deployments.add_outage(card.store, second, "2019-03-05", "2019-03-15")
    clocks.settle(card.store)
    surveys.add(card.store, "March", "2019-03-06", "2019-03-27", 7)
    return card


def test_a_survey_counted_by_hand(valley) -> None:
    store = valley.store
    each = {(one.station, one.camera): one for one in effort.by_deployment(store)}
    assert [(one.nights, one.lost, one.quiet, one.guessed) for one in each.values()] == [
        (31, 0, 4, ""),  # the night of the 1st, and those of the 29th to the 31st
        (10, 10, 9, ""),  # its one photograph is of the night of the 3rd
        (4, 0, 0, "both"),  # the nights of 10, 11, 12, 13
    ]
    assert [
        (one.station, one.cameras, one.nights, one.camera_nights, one.lost) for one in effort.by_station(store)
    ] == [*(("K", 2, 31, 41, 10), ("L", 1, 4, 4, 0))]
    assert effort.total(store) == effort.Total(2, 3, 35, 45, 10, 1)
    (survey,) = surveys.surveys(store)
    assert effort.total(store, survey.id) == effort.Total(2, 3, 25, 31, 9, 1)  # 21 nights of A, 6 of B, 4 of L
    found = effort.by_occasion(store, survey.id)
    assert found.starts == ["2019-03-06", "2019-03-13", "2019-03-20"]
    assert dict(zip(found.stations, found.nights, strict=True)) == {"K": [7, 7, 7], "L": [3, 1, 0]}
    proven = effort.by_occasion(store, survey.id, proven=True)
    assert dict(zip(proven.stations, proven.nights, strict=True)) == {"K": [7, 7, 7], "L": [3, 1, 0]}
    assert effort.total(store, proven=True).nights == 27 + 4
    told = " ".join(effort.told(store))
    assert "Deployments without a start or an end: 1." in told and "the least that it can have been" in told


def test_the_chart(valley) -> None:
    a, b, lone = effort_chart.chart(valley.store)
    assert (a.start, a.end, a.outages, a.days) == (
        *("2019-03-01", "2019-04-01", []),
        [("2019-03-02", 1, 0), ("2019-03-28", 1, 0)],
    )
    assert (b.start, b.end, b.outages) == ("2019-03-01", "2019-03-21", [("2019-03-05", "2019-03-15")])
    assert (lone.start, lone.end, lone.guessed, lone.doubtful) == ("2019-03-10", "2019-03-15", "both", 1)
    assert lone.days[-1][0] == "2019-03-14", "its last photograph, of the night before, is within its bar"
    (survey,) = surveys.surveys(valley.store)
    assert effort_chart.chart(valley.store, survey.id)[0].start == "2019-03-06"


def test_a_corrected_clock_moves_the_effort(valley) -> None:
    lone = next(one for one in deployments.deployments(valley.store) if one.station == "L")
    clocks.say(valley.store, lone.id, 86_400, from_at="2019-03-12")
    clocks.settle(valley.store)
    assert effort.by_deployment(valley.store)[-1].nights == 5


def test_deployments_that_overlap_and_empty_ones_are_told(valley) -> None:
    station = next(one.id for one in stations_kept.stations(valley.store) if one.name == "K")
    deployments.add(valley.store, station, "A", "2019-03-25", "2019-04-10")
    deployments.add(valley.store, station, "C", "2019-03-25", None)
    told = effort.told(valley.store)
    assert any("Nights that count twice: 7." in one for one in told)
    assert any("Deployments with no night to count: K · C." in one for one in told)
    assert next(one for one in effort.by_station(valley.store) if one.station == "K").nights == 40


def test_surveys_are_kept(project) -> None:
    one = surveys.add(project.store, " Long  rains ", "2019-03-01", "2019-06-01T10:00:00", 5)
    assert surveys.survey(project.store, one) == surveys.Survey(one, "Long rains", "2019-03-01", "2019-06-01", 5)
    surveys.change(project.store, one, "Rains", None, None, 1)
    assert surveys.survey(project.store, one).starts_at is None
    assert effort.by_occasion(project.store, one) == effort.Occasions([], [], [])
    for title, starts, ends, length, words in (
        ("", None, None, 1, "needs a title"),
        ("x", "2019-06-01", "2019-03-01", 1, "before its start"),
        ("x", None, None, 0, "1 to 366 days"),
    ):
        with pytest.raises(BadRequestError, match=words):
            surveys.add(project.store, title, starts, ends, length)
    surveys.remove(project.store, one)
    with pytest.raises(NotFoundError):
        surveys.survey(project.store, one)
