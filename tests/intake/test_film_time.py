"""When a clip began: local time as told, the ways in which cameras tell it wrong, and guesses marked as such."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from spotid.intake.film_time import at, began

TOLD = "2024-03-01T05:06:07.000000Z"


@pytest.mark.parametrize(
    ("told", "name", "moment", "source"),
    [
        ({"creation_time": TOLD}, "MOVI0001.mp4", "2024-03-01T05:06:07", "container"),
        ({"date": "Fri Mar  1 05:06:07 2024"}, "a.avi", "2024-03-01T05:06:07", "container"),
        ({"date": "2024-03-01 05:06:07"}, "a.avi", "2024-03-01T05:06:07", "container"),
        # The name has the same moment three hours later: the container was right to be in UTC.
        ({"creation_time": TOLD}, "20240301_080607.mp4", "2024-03-01T08:06:07", "name"),
        ({"creation_time": TOLD}, "20240301_050700.mp4", "2024-03-01T05:06:07", "container"),
        ({"creation_time": TOLD}, "20210713_050700.mp4", "2024-03-01T05:06:07", "container"),
        ({"creation_time": TOLD, "com.android.version": "14"}, "a.mp4", "2024-03-01T05:06:07", "container-utc"),
        (
            {"creation_time": TOLD, "com.apple.quicktime.creationdate": "2024-03-01T08:06:07+0300"},
            *("a.mov", "2024-03-01T08:06:07", "container"),
        ),
        ({"creation_time": "1904-01-01T00:00:00Z"}, "a.mp4", None, "unset"),
        ({"creation_time": "2000-01-01T00:00:00Z"}, "20240301_080607.mp4", "2024-03-01T08:06:07", "name"),
        ({"creation_time": "2099-01-01T00:00:00Z"}, "a.mp4", None, "future"),
        ({"creation_time": "gibberish"}, "20240301_080607.mp4", "2024-03-01T08:06:07", "name"),
        ({}, "20240301_080607.mp4", "2024-03-01T08:06:07", "name"),
    ],
)
def test_where_the_time_is_read(told: dict[str, str], name: str, moment: str | None, source: str) -> None:
    found = began(told, Path(name), 30)
    assert (found.moment, found.source) == (moment, source)
    assert found.sure == (source in ("container", "name"))
    assert (found.remark is None) == found.sure


def test_the_files_own_time_is_a_guess_and_marked_so(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    clip.write_bytes(b"x")
    os.utime(clip, (datetime(2024, 3, 1, 5, 6, 37).timestamp(),) * 2)
    found = began({}, clip, 30.0)
    assert (found.moment, found.source, found.sure) == ("2024-03-01T05:06:07", "file", False)
    assert "2024-03-01 05:06" in str(found.remark)
    assert began({}, tmp_path / "gone.mp4", 30.0).moment is None


def test_moments_after_the_beginning() -> None:
    assert at("2024-02-29T23:59:59", 1_999) == "2024-03-01T00:00:00"
