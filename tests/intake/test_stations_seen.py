"""The preview names the stations that the run will read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from spotid.intake import stations
from spotid.intake.listing import of_folder, of_zip
from spotid.intake.stations_seen import seen
from spotid.intake.taking import look


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    for path in ("ST01/ST01A/100MEDIA/a.jpg", "ST01/ST01B/b.jpg", "ST02/ST02A/c.jpg"):
        (tmp_path / "cards" / path).parent.mkdir(parents=True)
        (tmp_path / "cards" / path).write_bytes(b"x")
    return tmp_path / "cards"


def test_they_are_as_the_run_reads_them(cards: Path) -> None:
    files = of_folder(cards)
    read = {stations.place(one.path, stations.AUTO, None).station for one in files.originals()}
    assert {one.name for one in seen(cards, files)} == read == {"ST01A", "ST01B", "ST02A"}


def test_a_table_of_stations_decides(cards: Path) -> None:
    (cards / "stations.csv").write_text("station,latitude,longitude\nst01,1,2\n", encoding="utf-8")
    assert [(one.name, one.files) for one in look(cards).plan.stations] == [("ST01", 2), ("ST02A", 1)]
    assert [one.name for one in seen(cards, of_folder(cards), ["ST02"])] == ["ST01", "ST02"]
    (cards / "stations.csv").write_text("no column\n1\n", encoding="utf-8")
    assert len(seen(cards, of_folder(cards))) == 3


def test_a_table_in_a_zip_is_not_guessed_at(cards: Path, tmp_path: Path) -> None:
    archive = tmp_path / "cards.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for path in cards.rglob("*.jpg"):
            zipped.write(path, str(path.relative_to(cards)))
    assert len(seen(archive, of_zip(archive))) == 3
    with zipfile.ZipFile(archive, "a") as zipped:
        zipped.writestr("stations.csv", "station\nST01\n")
    assert seen(archive, of_zip(archive)) == []
