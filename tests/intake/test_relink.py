"""Folders of originals that were moved or renamed are found again; folders of other photographs are not taken."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from spotid.cli import main
from spotid.errors import NotFoundError
from spotid.intake import relink, source
from spotid.intake.collect import read_pending, scan_roots
from spotid.project import media, moved
from spotid.settings import DEFAULTS
from spotid.words import MediaState


class Quiet:
    def expect(self, total: int) -> None: ...

    def step(self, count: int = 1, note: str = "") -> None: ...


@pytest.fixture(autouse=True)
def no_other_disks(monkeypatch, tmp_path: Path) -> None:
    """What else lies on this computer is no part of the test."""
    monkeypatch.setattr(relink, "_disks", lambda: iter([tmp_path / "disk E"]))


@pytest.fixture
def known(project, tmp_path: Path, picture) -> Path:
    """A folder of eight photographs at two stations, read into the project."""
    cards = tmp_path / "disk D" / "Season" / "Cards"
    for number in range(8):
        path = cards / f"ST0{number % 2}" / f"IMG_{number:04}.JPG"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture((10 + 25 * number, 30, 40)))
    source.take(project, source.checked(cards, project.path, "auto"), "auto")
    run(project)
    return cards


def run(project) -> None:
    scan_roots(project, Quiet())
    read_pending(project, DEFAULTS, Quiet())


def root_of(project) -> Path:
    (folder,) = media.roots(project.store).values()
    return folder


def uids(project) -> set[str]:
    return {row["uid"] for row in project.store.all("SELECT uid FROM media")}


def test_nothing_is_gone_where_all_is_there(project, known: Path) -> None:
    assert moved.gone(project.store) == []
    assert relink.relink(project) == []


@pytest.mark.parametrize(
    "place",
    [
        "disk D/Season/Renamed",
        "disk D/Older/2025/Cards",
        "disk E/Season/Cards",
        "disk E/Cards",
        "disk D/Season/Cards/Inner",
        "Beside the project",
    ],
)
def test_a_moved_folder_is_found_and_one_row_changes(project, known: Path, tmp_path: Path, place: str) -> None:
    before = uids(project)
    held = known.rename(tmp_path / "held")
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    held.rename(tmp_path / place)
    (gone,) = moved.gone(project.store)
    assert (gone.folder, gone.files) == (known, 8)
    (done,) = relink.relink(project)
    assert done.linked and done.folder == tmp_path / place == root_of(project)
    assert done.sentences[:2] == [
        f"8 of 8 files are in “{tmp_path / place}”, by name and size.",
        "The contents of 8 of them were compared; 8 are the same.",
    ]
    run(project)
    assert uids(project) == before and media.count(project.store, MediaState.READ) == 8


def test_a_drive_letter_of_another_system(project, known: Path, tmp_path: Path) -> None:
    with project.store.write() as connection:
        connection.execute("UPDATE root SET path = ?", ("D:\\Season\\Cards",))
    known.parent.rename(tmp_path / "disk E")
    (tmp_path / "disk E" / "Season").mkdir()
    shutil.move(tmp_path / "disk E" / "Cards", tmp_path / "disk E" / "Season" / "Cards")
    (done,) = relink.relink(project)
    assert done.linked and root_of(project) == tmp_path / "disk E" / "Season" / "Cards"


@pytest.mark.parametrize("said", [".", "..", "../..", "ST00"])
def test_who_names_the_folder_need_not_hit_it(project, known: Path, tmp_path: Path, said: str) -> None:
    place = tmp_path / "far" / "away" / "C"
    place.parent.mkdir(parents=True)
    known.rename(place)
    (done,) = relink.relink(project, (place / said).resolve())
    assert done.linked and root_of(project) == place


def other_photographs(known: Path) -> Path:
    """The same names and sizes, other contents."""
    place = known.parent / "Other"
    shutil.copytree(known, place)
    for path in place.rglob("*.JPG"):
        content = path.read_bytes()
        path.write_bytes(content[:-30] + bytes(28) + content[-2:])
    return place


def test_other_photographs_with_the_same_names_and_sizes_are_not_taken(project, known: Path, tmp_path: Path) -> None:
    place = other_photographs(known)
    shutil.rmtree(known)
    for folder in (None, place):
        (done,) = relink.relink(project, folder, partly=True)
        assert not done.linked and root_of(project) == known
        assert "The contents of 8 of them were compared; 0 are the same." in done.sentences
        assert done.sentences[-1] == "Nothing was changed: these are other photographs with the same names."


def test_a_folder_of_which_only_some_are_the_same_is_not_taken(project, known: Path) -> None:
    place = other_photographs(known)
    for number in (0, 2, 4, 6, 1):
        name = f"ST0{number % 2}/IMG_{number:04}.JPG"
        shutil.copyfile(known / name, place / name)
    shutil.rmtree(known)
    (done,) = relink.relink(project, place, partly=True)
    assert not done.linked and "The contents of 8 of them were compared; 5 are the same." in done.sentences


def test_the_right_ones_are_found_beside_other_ones_with_their_names(project, known: Path) -> None:
    other_photographs(known)
    known.rename(known.parent / "The right ones")
    (done,) = relink.relink(project)
    assert done.linked and root_of(project).name == "The right ones"


def test_one_damaged_file_is_told_and_does_not_keep_the_rest_away(project, known: Path, picture) -> None:
    for number in range(8, 24):
        (known / "ST01" / f"IMG_{number:04}.JPG").write_bytes(picture((10 + 9 * number, 90, 10)))
    run(project)
    place = known.rename(known.parent / "Copied")
    damaged = place / "ST00" / "IMG_0000.JPG"
    damaged.write_bytes(damaged.read_bytes()[:-2] + b"xx")
    (done,) = relink.relink(project)
    assert done.linked
    assert "Not the same as when it was read: ST00/IMG_0000.JPG." in done.sentences


def test_a_folder_of_which_a_part_is_missing_asks_first(project, known: Path) -> None:
    place = known.rename(known.parent / "Moved")
    shutil.rmtree(place / "ST01")
    (done,) = relink.relink(project)
    assert not done.linked and done.partly and root_of(project) == known
    assert "4 of 8 files" in done.sentences[0]
    assert "Folders of which nothing is there: ST01." in done.sentences
    (done,) = relink.relink(project, place, partly=True)
    assert done.linked and root_of(project) == place
    run(project)
    assert media.count(project.store, MediaState.MISSING) == 4 and media.count(project.store) == 8


def test_a_renamed_inner_folder_is_named(project, known: Path) -> None:
    place = known.rename(known.parent / "Moved")
    (place / "ST01").rename(place / "Station 1")
    (done,) = relink.relink(project)
    assert not done.linked and done.seen is not None and done.seen.renamed == {"ST01": "Station 1"}
    assert any("“ST01” seems to be called “Station 1” now" in one for one in done.sentences)
    (place / "Station 1").rename(place / "ST01")
    assert relink.relink(project)[0].linked


def test_a_few_files_that_are_gone_are_counted(project, known: Path, picture) -> None:
    for number in range(8, 24):
        (known / "ST01" / f"IMG_{number:04}.JPG").write_bytes(picture((10 + 9 * number, 90, 10)))
    run(project)
    place = known.rename(known.parent / "Moved")
    (place / "ST01" / "IMG_0001.JPG").unlink()
    (done,) = relink.relink(project)
    assert done.linked and "In “ST01” 1 of 20 files are not there." in done.sentences


def test_links_that_lead_out_prove_nothing(project, known: Path) -> None:
    real = known.rename(known.parent / "Real")
    fake = known.parent / "Fake"
    for path in real.rglob("*.JPG"):
        link = fake / path.relative_to(real)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(path)
    (done,) = relink.relink(project, fake)
    assert not done.linked or done.folder == real


def test_photographs_that_were_never_read_prove_nothing(project, known: Path) -> None:
    with project.store.write() as connection:
        connection.execute("UPDATE media SET sha256 = NULL")
    known.rename(known.parent / "Moved")
    (done,) = relink.relink(project)
    assert not done.linked and "nothing proves them" in done.sentences[-1]


def test_files_of_which_nothing_is_known_are_not_looked_for(project, known: Path) -> None:
    with project.store.write() as connection:
        connection.execute("UPDATE media SET bytes = 0, sha256 = NULL")
    assert moved.gone(project.store) == []
    known.rename(known.parent / "Moved")
    (done,) = relink.relink(project)
    assert not done.linked and "Nothing is known of these files" in done.sentences[0]


def test_a_folder_that_another_root_has_is_refused(project, known: Path) -> None:
    place = known.rename(known.parent / "Moved")
    media.root_id(project.store, place)
    (done,) = relink.relink(project)
    assert not done.linked and "a folder of photographs of this project already" in done.sentences[-1]


def test_what_is_taken_again_is_proven_too(project, known: Path) -> None:
    place = other_photographs(known)
    (root,) = media.roots(project.store)
    assert moved.same_photographs(project.store, root, known)
    assert not moved.same_photographs(project.store, root, place)


def test_from_the_command_line(project, known: Path, tmp_path: Path) -> None:
    project.close()
    ask = lambda *more: CliRunner().invoke(main, ["relink", *more, "--project", str(project.path)])  # noqa: E731
    assert "where they were" in ask().output
    held = known.rename(tmp_path / "x")
    (tmp_path / "empty").mkdir()
    shutil.move(held, tmp_path / "a" / "b" / "c" / "d" / "e")
    told = ask(str(tmp_path / "empty"))
    assert told.exit_code == NotFoundError.exit_code and "Not all photographs were found again." in told.output
    told = ask(str(tmp_path / "a" / "b" / "c"))
    assert told.exit_code == 0, told.output
    assert "8 of 8 files" in told.output and "8 are the same" in told.output
    assert ask("/nowhere").exit_code == NotFoundError.exit_code
