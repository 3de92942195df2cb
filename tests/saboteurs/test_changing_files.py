"""Files that change, vanish and come back while they are worked on, and disks that are pulled out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from spotid.errors import PictureError
from spotid.intake import reader
from spotid.intake.collect import scan_roots
from spotid.project import aside, media
from spotid.project.aside import FolderGoneError
from spotid.words import MediaState, Problem
from tests.saboteurs import pictures
from tests.saboteurs.conftest import Breaks


def later(path: Path, content: bytes) -> None:
    """Write a file and give it another time than before, however coarse the clock of the disk is."""
    path.write_bytes(content)
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 3_000_000_000))


def test_gone_between_scan_and_read(stages, cards) -> None:
    scan_roots(stages.project, stages)
    (cards / "Ngoma" / "1.jpg").unlink()
    from spotid.intake.collect import read_pending
    from tests.saboteurs.conftest import SETTINGS

    read_pending(stages.project, SETTINGS, stages)
    assert stages.files()["1.jpg"] == Problem.UNREADABLE
    stages.read()
    assert stages.files()["1.jpg"] == MediaState.MISSING
    (cards / "Ngoma" / "1.jpg").write_bytes(pictures.jpeg(61))
    assert stages.read().files()["1.jpg"] == MediaState.READ


def test_gone_between_read_and_crop_and_back_again(stages, cards) -> None:
    path = cards / "Ngoma" / "1.jpg"
    stages.read().find()
    kept = path.read_bytes(), path.stat().st_mtime_ns
    path.unlink()
    stages.crop()
    assert stages.files()["1.jpg"] == Problem.UNREADABLE
    assert stages.sightings()["1.jpg"] == "problem"
    assert stages.sightings()["0.jpg"] == "cropped"
    stages.read()
    assert stages.files()["1.jpg"] == MediaState.MISSING
    path.write_bytes(kept[0])
    os.utime(path, ns=(kept[1], kept[1]))
    stages.read().find().crop().embed()
    assert stages.files()["1.jpg"] == MediaState.ANIMAL
    assert stages.sightings()["1.jpg"] == "embedded"


def test_replaced_between_read_and_crop_is_never_cropped_by_the_old_box(stages, cards) -> None:
    path = cards / "Ngoma" / "1.jpg"
    stages.read().find()
    later(path, pictures.jpeg(77))
    stages.crop()
    assert stages.sightings()["1.jpg"] == "detected"
    assert any("changed while the run was going on" in note for note in stages.notes)
    stages.read()
    assert stages.files()["1.jpg"] == MediaState.READ, "nothing hung on the old box: the picture is searched anew"
    stages.find().crop().embed()
    assert stages.sightings()["1.jpg"] == "embedded"


def test_another_picture_under_an_old_name_never_takes_the_old_ones_place(stages, cards, tmp_path) -> None:
    path = cards / "Ngoma" / "1.jpg"
    stages.read().find().crop().embed()
    old = path.read_bytes()
    crops = sorted(p.read_bytes() for p in (stages.project.path / "crops").rglob("*.jpg"))
    later(path, pictures.taken("2026:04:01 06:00:00", 78))
    stages.read().find().crop().embed()
    assert stages.files()["1.jpg"] == Problem.REPLACED
    assert stages.sightings()["1.jpg"] == "embedded", "what was made of the old picture is kept"
    assert sorted(p.read_bytes() for p in (stages.project.path / "crops").rglob("*.jpg")) == crops
    assert stages.read().files()["1.jpg"] == Problem.REPLACED

    # An export gives nobody the wrong photograph.
    from spotid.export.folders import export_matches
    from spotid.progress import Silent
    from spotid.review.desk import Desk

    uid = stages.project.store.value(
        "SELECT sighting.uid FROM sighting JOIN media ON media.id = media_id WHERE relpath LIKE '%1.jpg'"
    )
    Desk(stages.project, 5).answer("one-answer", "new", uid)
    result = export_matches(stages.project, tmp_path / "out", Silent())
    assert result["files"] == 0 and "changed since it was read" in result["not_copied"][0]

    # As the advice says: the new picture under its own name, the old one back.
    (cards / "Ngoma" / "1 b.jpg").write_bytes(path.read_bytes())
    later(path, old)
    stages.read().find().crop().embed()
    assert stages.files()["1.jpg"] == stages.files()["1 b.jpg"] == MediaState.ANIMAL
    assert export_matches(stages.project, tmp_path / "out", Silent())["files"] == 1


def test_a_program_that_writes_tags_makes_no_other_photograph(stages, cards) -> None:
    path = cards / "Ngoma" / "1.jpg"
    stages.read().find().crop().embed()
    before = stages.project.store.one("SELECT sha256, visit FROM media WHERE relpath LIKE '%1.jpg'")
    old = path.read_bytes()
    later(path, old[:2] + b"\xff\xfe\x00\x08hello!" + old[2:])
    stages.read().find().crop().embed()
    assert stages.files()["1.jpg"] == MediaState.ANIMAL
    after = stages.project.store.one("SELECT sha256, visit FROM media WHERE relpath LIKE '%1.jpg'")
    assert after["sha256"] != before["sha256"]
    assert stages.sightings()["1.jpg"] == "embedded"


def test_a_file_that_grows_while_it_is_read_waits(stages, cards, monkeypatch) -> None:
    path, content = cards / "Ngoma" / "1.jpg", (cards / "Ngoma" / "1.jpg").read_bytes()
    real = reader.sha256_of

    def growing(asked: Path) -> str:
        if asked.name == "1.jpg":
            later(asked, asked.read_bytes() + b"more")
        return real(asked)

    monkeypatch.setattr(reader, "sha256_of", growing)
    stages.read()
    assert stages.files()["1.jpg"] == Problem.CHANGING
    monkeypatch.undo()
    path.write_bytes(content)
    assert stages.read().files()["1.jpg"] == MediaState.READ


def test_half_copied_and_repaired_files_are_read_again(stages, cards) -> None:
    path = cards / "Ngoma" / "1.jpg"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert stages.read().files()["1.jpg"] == Problem.TRUNCATED
    assert stages.read().files()["1.jpg"] == Problem.TRUNCATED
    later(path, content)
    assert stages.read().files()["1.jpg"] == MediaState.READ


def test_truncated_after_everything_was_made_of_it(stages, cards) -> None:
    path = cards / "Ngoma" / "1.jpg"
    stages.read().find().crop().embed()
    later(path, path.read_bytes()[:700])
    stages.read().find().crop().embed()
    assert stages.files()["1.jpg"] == Problem.TRUNCATED
    assert stages.sightings()["1.jpg"] == "embedded"


def test_what_could_not_be_opened_is_tried_at_every_run(stages, monkeypatch) -> None:
    real = reader.open_file

    def locked(path: Path):
        if path.name == "1.jpg":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(reader, "open_file", locked)
    assert stages.read().files()["1.jpg"] == Problem.UNREADABLE
    detail = stages.project.store.value("SELECT problem_detail FROM media WHERE problem IS NOT NULL")
    assert "may not open" in detail
    monkeypatch.undo()
    assert stages.read().files()["1.jpg"] == MediaState.READ


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user may open everything")
def test_a_file_without_permission(stages, cards) -> None:
    (cards / "Ngoma" / "1.jpg").chmod(0)
    assert stages.read().files()["1.jpg"] == Problem.UNREADABLE


def test_a_folder_that_can_not_be_opened_loses_nothing(stages, cards, monkeypatch) -> None:
    stages.read().find()
    before = stages.files()
    real = os.scandir

    def scandir(path):
        if str(path).endswith("Ngoma"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    scan_roots(stages.project, stages)
    assert stages.files() == before
    assert any("can't be opened" in note and "Ngoma" in note for note in stages.notes)


@pytest.mark.parametrize("left", ["nothing", "an empty folder"])
@pytest.mark.parametrize("stage", ["read", "find", "crop"])
def test_a_disk_pulled_out_in_the_middle_stops_the_run_and_blames_no_file(
    stages, cards, monkeypatch, stage: str, left: str
) -> None:
    away = cards.with_name("away")

    def pull() -> None:
        if cards.is_dir() and not away.exists():
            cards.rename(away)
            if left != "nothing":
                cards.mkdir()

    if stage == "read":
        real = reader.open_file
        monkeypatch.setattr(reader, "open_file", lambda path: (pull() if path.name == "1.jpg" else None, real(path))[1])
    else:
        stages.read()
        if stage == "crop":
            stages.find()
        else:
            # The search needs the originals only where the cache was emptied.
            for small in (stages.project.path / "cache" / "small").rglob("*.jpg"):
                small.unlink()
        from spotid.prepare import crop, find

        real = media.source_path
        monkeypatch.setattr(
            crop if stage == "crop" else find,
            "media",
            _Pulling(pull, real),
        )
    with pytest.raises(FolderGoneError) as caught:
        getattr(stages, stage)()
    assert "not there any more" in caught.value.sentence and "resume" in caught.value.advice
    monkeypatch.undo()
    problems = {name: state for name, state in stages.files().items() if state in set(Problem)}
    assert problems == {} and MediaState.MISSING not in stages.files().values()
    assert "problem" not in stages.sightings().values()

    # Without the disk everything waits, and no file is lost.
    before = stages.files()
    stages.read().find().crop()
    assert stages.files().keys() == before.keys()
    assert not {MediaState.PROBLEM, MediaState.MISSING} & {
        row["state"] for row in stages.project.store.all("SELECT state FROM media")
    }
    # With it, the run ends as if nothing had happened.
    if cards.is_dir():
        cards.rmdir()
    away.rename(cards)
    stages.read().find().crop().embed()
    assert stages.sightings() == {f"{number}.jpg": "embedded" for number in range(5)}


class _Pulling:
    """The module ``media`` with a disk that is pulled out when the first original is asked for."""

    def __init__(self, pull, real) -> None:
        self._pull, self._real = pull, real

    def source_path(self, store, media_id: int) -> Path:
        self._pull()
        return self._real(store, media_id)

    def __getattr__(self, name: str):
        return getattr(media, name)


def test_a_pipe_in_the_place_of_a_photograph_never_holds_the_run_up(stages, cards) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no pipes")
    stages.read().find()
    path = cards / "Ngoma" / "1.jpg"
    path.unlink()
    os.mkfifo(path)
    stages.crop(Breaks())
    assert stages.files()["1.jpg"] == Problem.NOT_A_FILE
    with pytest.raises(PictureError):
        media.source_path(stages.project.store, 2)
    assert aside.is_there(cards)
