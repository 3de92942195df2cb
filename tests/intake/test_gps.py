"""Where a camera says that it was: read from the picture, kept, and never guessed from garbage."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from spotid.intake import clock, exif
from spotid.intake.collect import read_pending, scan_roots
from spotid.progress import Silent
from spotid.project import media
from spotid.settings import settings


def picture(told: dict[int, object], taken: str = "2026:03:01 10:00:00") -> bytes:
    notes = Image.Exif()
    notes.get_ifd(0x8769)[0x9003] = taken
    notes.get_ifd(0x8825).update(told)
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30)).save(buffer, "JPEG", exif=notes)
    return buffer.getvalue()


def angle(degrees: int, minutes: int, seconds: float) -> tuple[IFDRational, ...]:
    return (IFDRational(degrees), IFDRational(minutes), IFDRational(round(seconds * 100), 100))


SOUTH_EAST = {1: "S", 2: angle(15, 30, 0), 3: "E", 4: angle(28, 15, 36)}


@pytest.mark.parametrize(
    ("told", "right"),
    [
        (SOUTH_EAST, (-15.5, 28.26)),
        ({1: "N", 2: angle(38, 6, 3.6), 3: "W", 4: angle(75, 0, 0)}, (38.101, -75.0)),
        ({2: angle(38, 6, 0), 4: angle(75, 0, 0)}, (38.1, 75.0)),
        ({}, None),
        ({1: "N", 2: angle(0, 0, 0), 3: "E", 4: angle(0, 0, 0)}, None),
        ({1: "N", 2: angle(95, 0, 0), 3: "E", 4: angle(5, 0, 0)}, None),
        ({1: "N", 2: (IFDRational(1, 0),) * 3, 3: "E", 4: angle(5, 0, 0)}, None),
        ({1: "N", 2: angle(5, 0, 0)}, None),
        ({1: b"\xff\xfe", 2: angle(5, 0, 0), 4: angle(5, 0, 0)}, (5.0, 5.0)),
    ],
)
def test_what_a_receiver_wrote(told: dict[int, object], right: tuple[float, float] | None) -> None:
    with Image.open(io.BytesIO(picture(told))) as opened:
        notes = exif.camera_notes(opened)
    assert notes.captured_at == "2026-03-01T10:00:00", "the rest of the notes is read in any case"
    assert notes.gps is None if right is None else notes.gps == pytest.approx(right)


def test_a_run_keeps_the_place_and_the_doubtful_time(project, tmp_path) -> None:
    folder = tmp_path / "cards" / "K12"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(picture(SOUTH_EAST))
    (folder / "b.jpg").write_bytes(picture(SOUTH_EAST, "2000:01:01 00:05:00"))
    media.root_id(project.store, tmp_path / "cards")
    scan_roots(project, Silent())
    read_pending(project, settings(), Silent())
    one, two = project.store.all("SELECT * FROM media ORDER BY relpath")
    assert (one["gps_latitude"], one["gps_longitude"]) == (-15.5, 28.26)
    assert (two["clock_at"], two["captured_at"], two["time_source"]) == ("2000-01-01T00:05:00", None, "unset")
    station = project.store.one("SELECT * FROM station")
    assert (station["latitude"], station["longitude"], station["placed_by"]) == (-15.5, 28.26, "photographs")


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("02__Station18__Camera1__2012-8-4__16-23-6(1).jpg", "2012-08-04T16:23:06"),
        ("02__Station24__Camera1__2012-8-27__16-0-44(4).jpg", "2012-08-27T16:00:44"),
        ("2019-03-01_19-49.jpg", "2019-03-01T19:49:00"),
        ("2012-8-28 (2).jpg", None),
        ("2012-08-28_12-1.jpg", None),
    ],
)
def test_times_in_names_without_noughts_in_front(name: str, moment: str | None) -> None:
    assert clock.from_name(name) == moment
