"""What the light in pictures says of a clock: right ones are left alone, wrong ones are told with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.project import sky
from spotid.project.clock_shots import Shot, Sky
from spotid.project.clock_signs import against, sign
from spotid.project.clock_years import year_offset
from spotid.sun import UP, Sun
from tests import places_stock

NAIROBI = Sky(sky.sun_of(*places_stock.NAIROBI, 180), "zone")


def shots(wrong: timedelta = timedelta(), days: int = 20) -> list[Shot]:
    return [Shot((moment + wrong).isoformat(), light) for moment, light in places_stock.passing(days)]


@pytest.mark.parametrize("known", [NAIROBI, Sky(sky.sun_of(*places_stock.NAIROBI, 120), "place"), Sky()])
def test_a_clock_that_is_right_is_left_alone(known: Sky) -> None:
    assert sign(shots(), known).kind == "fine"
    assert sign(shots(timedelta(hours=1)), known).kind == "fine", "an hour can't be seen, and nothing is claimed"


@pytest.mark.parametrize("known", [NAIROBI, Sky(sky.sun_of(*places_stock.NAIROBI, 120), "place"), Sky()])
@pytest.mark.parametrize("hours", [12, -12])
def test_twelve_hours_are_seen_and_both_ways_are_offered(known: Sky, hours: int) -> None:
    found = sign(shots(timedelta(hours=hours)), known)
    assert (found.kind, found.offsets) == ("hours", (43_200, -43_200))
    assert found.sentence == "The clock seems 12 hours off."
    assert "pictures taken in the dark lie between" in found.reason
    assert not (found.from_at or found.until_at)
    right = shots(timedelta(hours=hours))
    assert (
        sign(
            [Shot((datetime.fromisoformat(one.at) + timedelta(hours=12)).isoformat(), one.light) for one in right],
            known,
        ).kind
        == "fine"
    )


@pytest.mark.parametrize("hours", [-8, 6, 9])
def test_other_hours_are_told_roughly(hours: int) -> None:
    found = sign(shots(timedelta(hours=hours), 40), NAIROBI)
    assert found.kind == "hours" and len(found.offsets) == 1
    assert abs(found.offsets[0] / 3600 + hours) <= 2, found
    assert ("slow" in found.sentence) == (hours < 0)


def test_the_reason_names_how_many_and_when() -> None:
    noon = [Shot(f"2026-03-{day:02d}T12:30:00", "infrared") for day in range(1, 11)]
    night = [Shot(f"2026-03-{day:02d}T00:30:00", "daylight") for day in range(1, 6)]
    found = sign(sorted(noon + night, key=lambda one: one.at), NAIROBI)
    assert found.reason == "By this clock, 10 of 10 pictures taken in the dark lie between 12:00 and 13:00."
    found = sign(
        sorted(
            noon[:3] + [Shot(one.at[:-8] + at, "daylight") for one in night for at in ("23:10:00", "01:10:00")],
            key=lambda one: one.at,
        ),
        NAIROBI,
    )
    assert found.reason == "By this clock, 10 of 10 pictures taken by daylight lie between 23:00 and 02:00."


def test_few_pictures_and_pictures_without_light_say_nothing() -> None:
    assert sign([], NAIROBI).kind == "few"
    assert sign(shots(timedelta(hours=12))[:7], NAIROBI).kind == "few"
    assert sign([Shot(one.at, None) for one in shots(timedelta(hours=12))], NAIROBI).kind == "few"


def test_a_clock_set_anew_in_between_is_not_explained_by_one_offset() -> None:
    first, second = shots(days=20), shots(timedelta(hours=12), days=20)
    later = [Shot((datetime.fromisoformat(one.at) + timedelta(days=20)).isoformat(), one.light) for one in second]
    found = sign(first + later, NAIROBI)
    assert found.kind == "mixed" and found.offsets == ()


def test_a_camera_that_is_grey_by_day_and_night_is_not_called_wrong_by_twelve_hours() -> None:
    grey = [Shot(one.at, "infrared") for one in shots()]
    assert sign(grey, NAIROBI).kind in ("mixed", "fine")


def test_where_the_sun_does_not_set_nothing_in_colour_is_odd() -> None:
    summer = Sky(lambda day: Sun(0, 0, UP), "zone")
    assert against([Shot(one.at, "daylight") for one in shots()], summer) == []


def test_a_clock_that_began_anew() -> None:
    found = sign(shots(datetime(2000, 1, 1) - places_stock.FIRST), NAIROBI, ("2026-03-01T00:00:00", None))
    assert found.kind == "reset" and "2000-01-01" in found.reason
    begin = datetime.fromisoformat(shots()[0].at)
    assert found.offsets and (
        datetime(2000, 1, 1) + (begin - places_stock.FIRST) + timedelta(seconds=found.offsets[0])
    ) == datetime(2026, 3, 1)


def test_a_year_that_is_not_the_deployments_own() -> None:
    span = ("2026-02-25", "2026-04-05")
    found = sign(shots(timedelta(days=-3653)), NAIROBI, span)
    assert found.kind == "year" and found.offsets == (3653 * 86_400,)
    assert sign(shots(), NAIROBI, span).kind == "fine"
    future = sign(shots(timedelta(days=40_000)), NAIROBI)
    assert future.kind == "year" and "can't be" in future.reason


def test_a_year_in_which_no_other_camera_was_at_work() -> None:
    others = [("2026-03-01T00:00:00", "2026-03-20T00:00:00"), ("2026-02-01T00:00:00", "2026-05-20T00:00:00")]
    found = sign(shots(timedelta(days=-3653)), NAIROBI, others=others)
    assert found.kind == "year" and found.offsets == (3653 * 86_400,)
    assert sign(shots(timedelta(days=-3653)), NAIROBI, others=others[:1]).kind == "fine", (
        "one other camera proves nothing"
    )
    assert sign(shots(timedelta(days=-200)), NAIROBI, others=others).kind == "fine", "a survey of last autumn"


def test_only_a_part_of_the_pictures_is_of_a_clock_that_began_anew() -> None:
    reset = shots(datetime(2000, 1, 1) - places_stock.FIRST, 5)
    found = sign([*reset, *shots()], NAIROBI)
    assert (found.kind, found.from_at, found.until_at) == ("reset", None, shots()[0].at)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2090, 1, 1)).map(lambda one: one.replace(microsecond=0)),
    st.integers(1990, 2090),
)
def test_a_year_is_put_right_to_the_same_day_and_time(at: datetime, year: int) -> None:
    there = at + timedelta(seconds=year_offset(at.isoformat(), year))
    assert there.year == year and there.time() == at.time()
    if (at.month, at.day) != (2, 29):
        assert (there.month, there.day) == (at.month, at.day)


@given(
    st.lists(
        st.tuples(st.integers(0, 60 * 24 * 400), st.sampled_from(["daylight", "infrared", "flash", None])), max_size=60
    ),
    st.booleans(),
)
def test_any_pictures_at_all_give_a_sign(minutes: list[tuple[int, str | None]], placed: bool) -> None:
    seen = sorted(
        (Shot((datetime(2025, 1, 1) + timedelta(minutes=minute)).isoformat(), light) for minute, light in minutes),
        key=lambda one: one.at,
    )
    found = sign(seen, NAIROBI if placed else Sky())
    assert found.kind in ("fine", "few", "mixed", "hours") and found.sentence.endswith(".")
    assert all(abs(offset) <= 43_200 for offset in found.offsets)
