"""Clocks that were never set, that began anew, that are ahead; and a computer whose own clock is behind."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from spotid.intake import clock
from spotid.intake.collect import read_pending, scan_roots
from spotid.progress import Silent
from spotid.project import media, trust
from spotid.settings import settings


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("1970-01-01T00:00:00", clock.UNSET),
        ("1980-01-01T00:00:00", clock.UNSET),
        ("2000-01-01T00:00:00", clock.UNSET),
        ("2000-02-17T13:00:00", clock.UNSET),
        ("2099-05-05T05:05:05", clock.FUTURE),
        ("1999-12-31T23:59:59", None),
        ("2001-01-01T00:00:00", None),
        ("2021-03-04T18:05:59", None),
    ],
)
def test_which_times_are_trusted(told: str, why: str | None) -> None:
    assert clock.doubt(told) == why
    assert clock.as_told(told.replace("-", ":").replace("T", " ")) == told
    assert clock.moment_of(clock.remark(told)) == told


@pytest.mark.parametrize("text", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2026:13:41 25:61:61", b"\1", None, ""])
def test_what_is_no_moment(text: object) -> None:
    assert clock.as_told(text) is None


def test_the_camera_may_be_a_day_ahead(monkeypatch) -> None:
    class Now(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2030, 6, 1, 12)

    monkeypatch.setattr(trust, "datetime", Now)
    assert clock.doubt("2030-06-02T11:00:00") is None  # another time zone, or an hour of summer time
    assert clock.doubt("2030-06-03T13:00:00") == clock.FUTURE


@pytest.fixture
def survey(project, tmp_path, picture) -> Path:
    folder = tmp_path / "cards"
    for station in ("Ngoma", "Luambe"):
        (folder / station).mkdir(parents=True)
        for number in range(3):
            content = picture((number, 9, 9), taken=f"2000:01:01 00:0{number}:00")
            (folder / station / f"{number}.jpg").write_bytes(content)
    (folder / "Ngoma" / "good.jpg").write_bytes(picture(taken="2026:03:04 18:05:59"))
    media.root_id(project.store, folder)
    return folder


def read(project) -> None:
    scan_roots(project, Silent())
    read_pending(project, settings(), Silent())


def test_a_clock_that_began_anew_gives_no_time_and_no_visit(project, survey) -> None:
    read(project)
    rows = project.store.all("SELECT * FROM media WHERE relpath NOT LIKE '%good%'")
    assert {row["state"] for row in rows} == {"read"}, "the photographs are in the survey like any other"
    assert {row["captured_at"] for row in rows} == {None}
    assert {row["time_source"] for row in rows} == {clock.UNSET}
    assert len({row["visit"] for row in rows}) == len(rows), "nothing says that two of them belong together"
    assert "said 2000-01-01 00:01:00" in rows[1]["problem_detail"], "what the camera said is kept"
    good = project.store.one("SELECT * FROM media WHERE relpath LIKE '%good%'")
    assert (good["captured_at"], good["time_source"], good["problem_detail"]) == ("2026-03-04T18:05:59", "exif", None)


def test_the_remark_stays_through_the_search_and_into_the_table(project, survey) -> None:
    from spotid.export.folders import sighting_lines
    from spotid.project import frames

    read(project)
    ids = [row["id"] for row in project.store.all("SELECT id FROM media")]
    frames.keep_search(project.store, [(one, []) for one in ids], "test")
    told = [line["state"] for line in sighting_lines(project)]
    assert sum("The camera's clock said 2000-01-01" in state for state in told) == 6


def test_a_date_of_editing_does_not_stand_in_for_a_clock_never_set(project, tmp_path) -> None:
    import io

    from PIL import Image

    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "1970:01:01 00:00:00"
    exif[0x0132] = "2026:05:05 10:00:00"  # when somebody saved it again
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30)).save(buffer, "JPEG", exif=exif)
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "x.jpg").write_bytes(buffer.getvalue())
    media.root_id(project.store, tmp_path / "cards")
    read(project)
    assert project.store.value("SELECT captured_at FROM media") is None


def test_a_computer_whose_clock_was_behind_mends_the_times_later(project, tmp_path, picture, monkeypatch) -> None:
    class Now(datetime):
        here = datetime(2015, 1, 1)

        @classmethod
        def now(cls, tz=None):
            return cls.here

    monkeypatch.setattr(trust, "datetime", Now)
    monkeypatch.setattr(trust, "AT_LEAST_NOW", datetime(2016, 1, 1))
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "x.jpg").write_bytes(picture(taken="2020:03:04 18:05:59"))
    media.root_id(project.store, tmp_path / "cards")
    read(project)
    row = project.store.one("SELECT * FROM media")
    assert (row["captured_at"], row["time_source"], row["state"]) == (None, clock.FUTURE, "read")
    Now.here = datetime(2021, 1, 1)
    read(project)
    row = project.store.one("SELECT * FROM media")
    assert (row["captured_at"], row["time_source"], row["problem_detail"]) == ("2020-03-04T18:05:59", "exif", None)
