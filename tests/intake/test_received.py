"""Files that a page sends: kept piece by piece, gone on with, and gone without a trace."""

from __future__ import annotations

import errno
import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.errors import ArchiveError, BadRequestError, DiskFullError, NotFoundError, ProjectError
from spotid.intake import received
from spotid.intake.received import PIECE, Received


def a_zip(size: int = 40_000) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        zipped.writestr("Station 1/IMG_0001.JPG", os.urandom(size))
    return buffer.getvalue()


@pytest.fixture
def uploads(tmp_path: Path) -> Iterator[Received]:
    made = Received(tmp_path / "notes")
    yield made
    made.close()


def send(uploads: Received, project: Path, content: bytes, name: str = "Leopards.zip", piece: int = PIECE) -> str:
    upload = uploads.begin(project, name, len(content), "zip")
    while upload.have < len(content):
        uploads.add(upload.uid, upload.have, content[upload.have : upload.have + piece])
    return upload.uid


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def test_pieces_become_the_file_and_it_is_taken_from_where_it_lies(uploads: Received, tmp_path: Path) -> None:
    content, project = a_zip(), tmp_path / "Survey"
    uid = send(uploads, project, content, piece=1000)
    assert [one.uid for one in uploads.waiting()] == [uid]
    path = uploads.take(uid)
    assert path.read_bytes() == content and path.name == "Leopards.zip" and path.is_relative_to(project)
    assert received.own(project, path) and not received.own(tmp_path, path)
    uploads.close()
    assert path.exists(), "what was taken is the project's"
    received.forget(path)
    assert left(project) == []


def test_a_piece_that_is_not_next_changes_nothing(uploads: Received, tmp_path: Path) -> None:
    content = a_zip()
    upload = uploads.begin(tmp_path / "Survey", "a.zip", len(content), "zip")
    uploads.add(upload.uid, 0, content[:1000])
    for at, piece in ((0, content[:1000]), (2000, content[2000:3000]), (1000, b""), (1000, content), (-1, b"x")):
        assert uploads.add(upload.uid, at, piece).have == 1000
    assert upload.part.read_bytes() == content[:1000]
    uploads.add(upload.uid, 1000, content[1000:])
    assert upload.whole and upload.path.read_bytes() == content


def test_nothing_is_left_of_what_was_cancelled(uploads: Received, tmp_path: Path) -> None:
    there = tmp_path / "disk"
    there.mkdir()
    for size in (0, 1000):
        upload = uploads.begin(there / "new" / "Survey", "a.zip", 40_000, "zip")
        uploads.add(upload.uid, 0, b"x" * size)
        uploads.cancel(upload.uid)
        uploads.cancel(upload.uid)
        assert left(there) == [] and left(tmp_path / "notes") == []
        with pytest.raises(NotFoundError):
            uploads.add(upload.uid, size, b"x")


def test_what_else_lies_in_the_project_stays(uploads: Received, tmp_path: Path) -> None:
    (tmp_path / "Survey").mkdir()
    (tmp_path / "Survey" / "project.sqlite").write_bytes(b"answers")
    first, second = (uploads.begin(tmp_path / "Survey", name, 100, "zip") for name in ("a.zip", "b.zip"))
    uploads.cancel(first.uid)
    assert second.part.exists()
    uploads.close()
    assert left(tmp_path / "Survey") == ["project.sqlite"]


def test_the_next_start_takes_away_what_a_killed_program_has_left(tmp_path: Path) -> None:
    killed = Received(tmp_path / "notes")
    upload = killed.begin(tmp_path / "disk" / "Survey", "a.zip", 40_000, "zip")
    killed.add(upload.uid, 0, b"x" * 1000)
    gone = killed.begin(tmp_path / "stick" / "Survey", "b.zip", 40_000, "zip")
    (tmp_path / "notes" / "spoilt.json").write_text("{")
    (tmp_path / "notes" / "evil.json").write_text(f'{{"folder": "{tmp_path}", "below": "{tmp_path}", "folders": []}}')
    assert gone.part.exists()
    Received(tmp_path / "notes").clean()
    assert left(tmp_path) == ["notes"]


def test_a_disk_that_is_not_there_is_cleaned_when_it_is(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    killed = Received(tmp_path / "notes")
    killed.begin(stick / "Survey", "a.zip", 40_000, "zip")
    stick.rename(tmp_path / "pulled out")
    Received(tmp_path / "notes").clean()
    assert len(left(tmp_path / "notes")) == 1
    (tmp_path / "pulled out").rename(stick)
    Received(tmp_path / "notes").clean()
    assert left(stick) == [] and left(tmp_path / "notes") == []


def test_what_can_not_be_taken_away_now_is_when_the_program_starts_again(
    uploads: Received, tmp_path: Path, monkeypatch
) -> None:
    upload = uploads.begin(tmp_path / "Survey", "a.zip", 40_000, "zip")
    with monkeypatch.context() as held:  # as on Windows while something reads the file
        held.setattr(received.shutil, "rmtree", lambda *_, **__: None)
        uploads.cancel(upload.uid)
        Received(tmp_path / "notes").clean()
    assert upload.part.exists() and len(left(tmp_path / "notes")) == 1
    Received(tmp_path / "notes").clean()
    assert left(tmp_path) == ["notes"]


def test_a_closed_page_leaves_nothing_and_a_whole_file_waits(uploads: Received, tmp_path: Path) -> None:
    half = uploads.begin(tmp_path / "One", "a.zip", 40_000, "zip")
    whole = send(uploads, tmp_path / "Two", a_zip())
    for _ in range(received.SILENT_TICKS):
        uploads.tick()
    assert uploads.get(half.uid).silent == 0, "asking for it is being there"
    for _ in range(received.SILENT_TICKS + 1):
        uploads.tick()
    assert left(tmp_path / "One") == []
    assert [one.uid for one in uploads.waiting()] == [whole]
    for _ in range(received.WAITING_TICKS):
        uploads.tick()
    assert uploads.waiting() == [] and not (tmp_path / "Two").exists()


def test_what_is_no_zip_is_refused_and_gone(uploads: Received, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no ZIP"):
        send(uploads, tmp_path / "Survey", b"no zip at all" * 100)
    assert not (tmp_path / "Survey").exists()


def test_a_disk_without_room_says_so_before_anything_is_sent(uploads: Received, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(received, "free_bytes", lambda folder: 2_000_000_000)
    with pytest.raises(DiskFullError, match=r"12\.0 GB.*no room") as told:
        uploads.begin(tmp_path / "Survey", "a.zip", 12_000_000_000, "zip")
    assert "10,268 MB" in told.value.advice
    assert not (tmp_path / "Survey").exists()


def test_a_disk_that_fills_up_meanwhile_says_so_and_gives_its_room_back(uploads, tmp_path: Path, monkeypatch) -> None:
    upload = uploads.begin(tmp_path / "Survey", "a.zip", 40_000, "zip")
    uploads.add(upload.uid, 0, b"x" * 1000)
    real = Path.open

    def full(self: Path, mode: str = "r", *others, **more):
        if self == upload.part:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, mode, *others, **more)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(DiskFullError, match="is full"):
        uploads.add(upload.uid, 1000, b"x")
    assert not (tmp_path / "Survey").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everybody may write here")
def test_a_folder_that_can_not_be_written_says_so(uploads: Received, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ProjectError):
        uploads.begin(tmp_path / "Survey", "a.zip", 10, "zip")


def test_a_file_in_the_way_says_so(uploads: Received, tmp_path: Path) -> None:
    (tmp_path / "Survey").write_bytes(b"a file")
    with pytest.raises(ProjectError, match="can't be written"):
        uploads.begin(tmp_path / "Survey", "a.zip", 10, "zip")
    assert left(tmp_path) == ["Survey", "notes"]


@pytest.mark.parametrize(("name", "size"), [("a.zip", 0), ("a.zip", -1), ("a.zip", 1 << 50), ("a.exe", 9), ("", 9)])
def test_what_can_not_be_sent_is_said(uploads: Received, tmp_path: Path, name: str, size: int) -> None:
    with pytest.raises((BadRequestError, DiskFullError)):
        uploads.begin(tmp_path / "Survey", name, size, "zip")
    assert left(tmp_path) == []


def test_only_some_at_once(uploads: Received, tmp_path: Path) -> None:
    for _ in range(received.MOST):
        uploads.begin(tmp_path / "Survey", "a.zip", 10, "zip")
    with pytest.raises(BadRequestError, match="already"):
        uploads.begin(tmp_path / "Survey", "a.zip", 10, "zip")


@given(st.text(max_size=300), st.sampled_from(["", "../", "..\\", "C:\\x\\", "/etc/", "\0"]))
def test_no_name_leads_out_of_its_folder(stem: str, before: str) -> None:
    name = received._plain(f"{before}{stem}.ZIP", "zip")
    assert name.endswith(".zip") and 4 < len(name.encode("utf-8", "surrogatepass")) <= received.LONGEST_NAME + 4
    assert not set(name) & set('/\\\0<>:"|?*') and name.isprintable() and not name.startswith(".")
