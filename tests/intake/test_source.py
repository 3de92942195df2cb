"""Photographs from a folder or a ZIP: what is taken, what is refused, and that it moves with the project."""

from __future__ import annotations

import csv
import shutil
import zipfile
from pathlib import Path

import pytest

from spotid.errors import BadRequestError, NotFoundError
from spotid.intake import source
from spotid.intake.collect import read_pending, scan_roots
from spotid.project import media
from spotid.project.folder import open_project
from spotid.settings import DEFAULTS
from spotid.words import MediaState


class Told:
    """Keeps the notes of a stage."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def expect(self, total: int) -> None: ...

    def step(self, count: int = 1, note: str = "") -> None:
        self.notes += [note] if note else []


@pytest.fixture
def card(tmp_path: Path, picture) -> Path:
    made = tmp_path / "Card 1.zip"
    with zipfile.ZipFile(made, "w") as zipped:
        zipped.writestr("ST01/IMG_0001.JPG", picture(taken="2026:03:01 10:00:00"))
        zipped.writestr("ST02/IMG_0001.JPG", picture((10, 20, 30)))
        zipped.writestr("../outside.jpg", picture())
    return made


def taken_in(project, images: Path) -> list[str]:
    told = Told()
    source.take(project, source.checked(images, project.path, "auto"), "auto")
    source.unpack_pending(project, told, DEFAULTS["unpack_mb"])
    scan_roots(project, told)
    read_pending(project, DEFAULTS, told)
    return told.notes


def test_the_photographs_of_a_zip_are_read(project, card: Path) -> None:
    notes = taken_in(project, card)
    assert media.count(project.store, MediaState.READ) == 2
    assert [row["name"] for row in project.store.all("SELECT name FROM station ORDER BY name")] == ["ST01", "ST02"]
    assert (project.path / "originals" / "Card 1" / "ST01" / "IMG_0001.JPG").is_file()
    assert not (project.path / "outside.jpg").exists() and not (project.path / "originals" / "outside.jpg").exists()
    assert any("1 entries of the ZIP were left out" in note and "outside of the folder" in note for note in notes)
    with (project.path / "originals" / "Card 1 left out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[0] for row in csv.reader(file)] == ["Entry", "../outside.jpg"]


def test_a_second_run_unpacks_nothing_and_a_second_card_of_that_name_gets_a_place_of_its_own(
    project, card: Path, tmp_path: Path, picture
) -> None:
    taken_in(project, card)
    assert taken_in(project, card) == [] and media.count(project.store) == 2
    other = tmp_path / "other" / card.name
    other.parent.mkdir()
    with zipfile.ZipFile(other, "w") as zipped:
        zipped.writestr("ST01/IMG_0001.JPG", picture((200, 20, 30)))
        zipped.writestr("ST02/IMG_0001.JPG", picture((10, 220, 30)))
    taken_in(project, other)
    assert media.count(project.store) == 4
    assert sorted(p.name for p in (project.path / "originals").iterdir() if p.is_dir()) == ["Card 1", "Card 1 2"]


def test_what_was_unpacked_moves_with_the_project(project, card: Path, tmp_path: Path) -> None:
    taken_in(project, card)
    project.close()
    moved = open_project(project.path.rename(tmp_path / "Elsewhere"))
    row = moved.store.one("SELECT id FROM media LIMIT 1")
    assert row is not None and media.source_path(moved.store, row["id"]).is_file()
    assert tmp_path / "Elsewhere" in media.source_path(moved.store, row["id"]).parents
    moved.close()


def test_a_zip_that_is_gone_or_damaged_is_told_of_and_stops_nothing(project, card: Path) -> None:
    source.take(project, source.checked(card, project.path, "auto"), "auto")
    whole = card.read_bytes()
    card.unlink()
    told = Told()
    source.unpack_pending(project, told, DEFAULTS["unpack_mb"])
    scan_roots(project, told)
    assert any(str(card) in note or card.name in note for note in told.notes) and media.count(project.store) == 0
    card.write_bytes(whole)
    taken_in(project, card)
    assert media.count(project.store) == 2


def test_what_is_neither_folder_nor_zip_is_refused(project, tmp_path: Path) -> None:
    (tmp_path / "notes.zip").write_text("no archive")
    for images in (tmp_path / "notes.zip", tmp_path / "nowhere"):
        with pytest.raises(NotFoundError, match="no folder and no ZIP"):
            source.checked(images, project.path, "auto")
    with pytest.raises(BadRequestError):
        source.checked(project.path.parent, project.path, "auto")
    assert media.roots(project.store) == {}


@pytest.fixture
def photographs(tmp_path: Path, picture) -> Path:
    made = tmp_path / "disk D" / "Photographs"
    for number in range(4):
        path = made / f"ST0{number % 2}" / f"IMG_000{number}.JPG"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture((10 + 40 * number, 30, 40)))
    return made


def test_photographs_on_a_disk_with_another_letter_are_the_same_ones(project, photographs: Path) -> None:
    taken_in(project, photographs)
    before = {row["uid"] for row in project.store.all("SELECT uid FROM media")}
    elsewhere = photographs.parents[1] / "disk E" / "Photographs"
    shutil.copytree(photographs, elsewhere, copy_function=shutil.copyfile)  # with other times
    shutil.rmtree(photographs.parent)
    taken_in(project, elsewhere)
    assert {row["uid"] for row in project.store.all("SELECT uid FROM media")} == before
    assert list(media.roots(project.store).values()) == [elsewhere]
    assert media.count(project.store, MediaState.READ) == 4


def test_a_copy_beside_the_photographs_is_not_taken_in_twice(project, photographs: Path) -> None:
    taken_in(project, photographs)
    copy = photographs.parent / "Copy"
    shutil.copytree(photographs, copy)
    for again in (copy, photographs / "ST01", photographs.parent):
        with pytest.raises(BadRequestError, match="in the project already"):
            source.take(project, again, "auto")
    source.take(project, photographs, "auto")
    assert list(media.roots(project.store).values()) == [photographs]


def test_another_card_with_the_same_names_is_taken_in(project, photographs: Path, picture) -> None:
    taken_in(project, photographs)
    other = photographs.parent / "Second season"
    shutil.copytree(photographs, other)
    for path in other.rglob("*.JPG"):
        path.write_bytes(path.read_bytes() + b" " * 9)
    taken_in(project, other)
    assert media.count(project.store, MediaState.READ) == 8
