"""Whose photograph it is: the short way says what the long one says, and what is said is right."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from spotid.project import trust
from spotid.project.clock_rows import Word
from spotid.project.placing import Declared, Group, Placed, Placing

EDGES = ["2019-03-01", "2019-03-01T12:00:00", "2019-03-02", "2019-03-05T00:00:00"]
moments = st.sampled_from(
    [
        f"{day}T{time}"
        for day in ("2019-02-28", "2019-03-01", "2019-03-02", "2019-03-05")
        for time in ("00:00:00", "12:00:00")
    ]
    + ["2000-06-01T00:00:00", "1970-01-01T00:00:00", "2190-01-01T00:00:00"]
)
declared = st.lists(
    st.builds(
        lambda number, station, camera, ends, told: Declared(number, station, camera, ends[0], ends[1], told),
        st.integers(1, 10**6),
        st.integers(1, 2),
        st.sampled_from(["", "A", "B"]),
        st.tuples(st.none() | st.sampled_from(EDGES), st.none() | st.sampled_from(EDGES)),
        st.sampled_from(["table", "photographs"]),
    ),
    max_size=4,
    unique_by=lambda one: one.id,
)
groups = st.builds(
    Group, st.integers(1, 2), st.sampled_from(["", "A", "Camera B", "H500"]), st.none() | st.just("H500")
)


@given(declared, groups, moments, st.integers(-1, 1))
def test_the_short_way_says_what_the_long_one_says(known: list[Declared], group: Group, clock: str, hours: int) -> None:
    words = {one.id: [Word(1, one.id, "", None, hours * 3600, "", None, "")] for one in known if hours}
    placing = Placing(known, words)
    home = placing.home(group, clock)
    placed = placing.place(group, clock, "exif", None)
    if home is not None:
        assert placed == Placed(home, clock)
    if placed.deployment_id is not None:
        one = next(one for one in known if one.id == placed.deployment_id)
        assert one.station_id == group.station_id
    if placed.captured_at is not None:
        assert trust.doubt(placed.captured_at) is None


def test_a_clock_that_began_anew_is_looked_at() -> None:
    placing = Placing([Declared(1, 1, "A", None, None, "table")], {})
    assert placing.home(Group(1, "A", None), "2019-03-01T00:00:00") == 1
    assert placing.home(Group(1, "A", None), "2000-03-01T00:00:00") is None
    assert placing.home(None, "2019-03-01T00:00:00") is None


def test_the_whole_last_day_belongs_to_a_deployment() -> None:
    placing = Placing([Declared(1, 1, "A", "2019-03-01", "2019-03-05", "table")], {})
    assert placing.home(Group(1, "A", None), "2019-03-05T23:59:59") == 1
    assert placing.home(Group(1, "A", None), "2019-03-06T00:00:00") is None
