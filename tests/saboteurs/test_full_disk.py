"""A disk that is full, a database that is held or write-protected: a sentence, nothing half written, and it goes on."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spotid.errors import DiskFullError, ProjectError
from spotid.jobs.doctor import examine
from spotid.jobs.runner import Jobs
from spotid.project import files, media
from spotid.project.folder import Project, create_project, open_project
from spotid.words import JobState, MediaState
from tests.saboteurs import pictures
from tests.saboteurs.conftest import Breaks

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {"small_side": 320, "crop_side": 640, "low_disk_mb": 0}


def half_files(folder: Path) -> list[Path]:
    """Files that were begun, and pictures that do not open."""
    from PIL import Image

    found = [path for path in folder.rglob("*") if path.suffix == ".part"]
    for path in folder.rglob("*"):
        if path.suffix in (".jpg", ".webp", ".png"):
            try:
                with Image.open(path) as picture:
                    picture.load()
            except OSError:
                found.append(path)
    return found


def facts(project: Project) -> list[tuple]:
    rows = project.store.all("SELECT relpath, sha256, state, problem FROM media ORDER BY relpath")
    rows += project.store.all("SELECT uid, state, recipe, round(quality, 6) FROM sighting ORDER BY uid")
    return [tuple(row) for row in rows]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six photographs of the sample survey."""
    folder = tmp_path_factory.mktemp("few") / "ST06"
    folder.mkdir()
    for path in sorted((ROOT / "sample_data" / "ST06").rglob("*.JPG"))[:6]:
        shutil.copy(path, folder)
    return folder.parent


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB of its own."""
    place = tmp_path / "small disk"
    place.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only an administrator of Linux may make a small disk")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("no small disk can be made here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)


@pytest.mark.slow
def test_a_disk_that_fills_up_in_the_middle_of_a_run(few: Path, small_disk: Path, tmp_path: Path) -> None:
    undisturbed = create_project(tmp_path / "undisturbed")
    media.root_id(undisturbed.store, few)
    job = Jobs().start(undisturbed, "run", settings=SETTINGS)
    assert job.wait(120) and job.state is JobState.DONE, job.sentence
    wanted = facts(undisturbed)
    undisturbed.close()

    project = create_project(small_disk / "project")
    media.root_id(project.store, few)
    ballast = small_disk / "somebody's film"
    ballast.write_bytes(bytes(max(0, shutil.disk_usage(small_disk).free - 300_000)))
    job = Jobs().start(project, "run", settings=SETTINGS)
    while job.state is not JobState.PAUSED:
        assert not job.wait(0.1), job.sentence
    assert "full" in job.sentence and job.advice
    assert half_files(project.path) == []
    assert media.count(project.store, MediaState.PROBLEM) <= sum(row[3] is not None for row in wanted if len(row) == 4)
    ballast.unlink()
    job.resume()
    assert job.wait(120) and job.state is JobState.DONE, job.sentence
    assert facts(project) == wanted
    assert half_files(project.path) == []
    assert [one.sentence for one in examine(project) if "MB are free" not in one.sentence] == []
    project.close()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_every_write_of_the_line_may_be_the_one_that_fails(stages, monkeypatch, number: int) -> None:
    """Each write in turn meets the full disk; the run stops there, and goes on from there when there is room."""
    real, count = os.fsync, 0

    def fsync(handle: int) -> None:
        nonlocal count
        count += 1
        if math.isqrt(8 * count + 1) ** 2 == 8 * count + 1:  # the 1st, 3rd, 6th, 10th …
            raise OSError(number, "No space left on device")
        real(handle)

    monkeypatch.setattr(files.os, "fsync", fsync)
    stops = 0
    for stage in ("read", "find", "crop", "embed"):
        while True:
            try:
                getattr(stages, stage)()
                break
            except DiskFullError as error:
                assert "full" in error.sentence and error.advice
                stops += 1
                assert half_files(stages.project.path) == []
                assert media.count(stages.project.store, MediaState.PROBLEM) == 0
                assert stops < 40
    assert stops >= 5
    assert stages.sightings() == {f"{number}.jpg": "embedded" for number in range(5)}


def test_a_project_that_is_write_protected_stops_the_run(stages, monkeypatch) -> None:
    def refuse(handle: int) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(files.os, "fsync", refuse)
    with pytest.raises(ProjectError, match="Nothing can be written") as caught:
        stages.read()
    assert "write-protected" in caught.value.advice
    assert media.count(stages.project.store, MediaState.PROBLEM) == 0


def test_a_full_database_is_a_sentence_and_keeps_what_it_had(stages) -> None:
    stages.read()
    before = stages.files()
    connection = stages.project.store._writer
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFullError):
        for number in range(2000):
            media.add_found(stages.project.store, 1, [media.Found(f"{'x' * 200}{number}.jpg", 1, 1)])
    connection.execute("PRAGMA max_page_count = 1000000")
    assert before.items() <= stages.files().items()
    stages.read().find(Breaks())
    assert set(stages.sightings().values()) == {"detected"}


def test_a_database_held_by_another_program(project: Project, monkeypatch) -> None:
    project.store._writer.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(project.layout.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ProjectError, match="held by another program") as caught:
        media.root_id(project.store, Path("/x"))
    assert "cloud-sync" in caught.value.advice
    other.execute("ROLLBACK")
    other.close()
    assert media.root_id(project.store, Path("/x")) == 1


def test_a_project_on_a_write_protected_disk_is_a_sentence(small_disk: Path) -> None:
    create_project(small_disk / "project").close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    try:
        with pytest.raises(ProjectError) as caught:
            open_project(small_disk / "project").close()
        assert caught.value.sentence and caught.value.advice
        assert "damaged" not in caught.value.sentence
    finally:
        with contextlib.suppress(OSError):
            subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=False)


def test_opening_and_starting_on_a_full_disk_are_sentences(small_disk: Path, tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "a.jpg").write_bytes(pictures.jpeg(1))
    project = create_project(small_disk / "project")
    media.root_id(project.store, tmp_path / "cards")
    ballast = small_disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    with pytest.raises(DiskFullError) as caught:
        Jobs().start(project, "run", settings=SETTINGS)
    assert caught.value.sentence and caught.value.advice
    ballast.unlink()
    job = Jobs().start(project, "run", settings=SETTINGS)
    assert job.wait(60) and job.state is JobState.DONE, job.sentence
    project.close()
