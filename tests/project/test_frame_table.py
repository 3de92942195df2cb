"""Boxes as a table: in and out again, bad lines in words, twice the same file."""

from __future__ import annotations

from pathlib import Path

import pytest

from spotid.boxes import Box
from spotid.errors import BadRequestError
from spotid.project import frame_steps, frame_table, frames


def write(folder: Path, *lines: str, head: str = "path,x,y,w,h") -> Path:
    path = folder / "boxes.csv"
    path.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
    return path


def uid_of(stock, relpath: str) -> str:
    return str(stock.project.store.value("SELECT uid FROM media WHERE relpath = ?", relpath))


def test_in_and_out_again(stock, tmp_path) -> None:
    table = write(
        tmp_path,
        "North/100MEDIA/IMG_0000.JPG,0.1,0.2,0.3,0.4",
        "North/100MEDIA/IMG_0000.JPG,0.6,0.2,0.3,0.4",
        "South/100MEDIA/IMG_0001.JPG,,,,",
    )
    done = frame_table.bring_in(stock.project, table)
    assert (done.frames, done.known, done.boxes, done.bad) == (2, 0, 2, ())
    assert len(frames.live(stock.project.store, uid_of(stock, "North/100MEDIA/IMG_0000.JPG"))) == 2
    assert frames.live(stock.project.store, uid_of(stock, "South/100MEDIA/IMG_0001.JPG")) == []
    text, count, boxes = frame_table.export(stock.project.store)
    assert (count, boxes) == (2, 2)
    assert text.splitlines() == [
        "path,x,y,w,h",
        "North/100MEDIA/IMG_0000.JPG,0.10000,0.20000,0.30000,0.40000",
        "North/100MEDIA/IMG_0000.JPG,0.60000,0.20000,0.30000,0.40000",
        "South/100MEDIA/IMG_0001.JPG,,,,",
    ]
    (tmp_path / "again.csv").write_text(text, encoding="utf-8", newline="")
    twice = frame_table.bring_in(stock.project, tmp_path / "again.csv")
    assert (twice.frames, twice.known) == (0, 2)
    assert stock.project.store.value("SELECT COUNT(*) FROM frame_answer") == 2


def test_semicolons_commas_in_numbers_and_backslashes(stock, tmp_path) -> None:
    table = write(tmp_path, "North\\100MEDIA\\IMG_0000.JPG;0,1;0,2;0,3;0,4", head="\ufeffpath;x;y;w;h")
    assert frame_table.bring_in(stock.project, table).boxes == 1
    newest = frame_steps.newest(stock.project.store, uid_of(stock, "North/100MEDIA/IMG_0000.JPG"))
    assert newest is not None and newest.boxes == (Box(0.1, 0.2, 0.3, 0.4),)


def test_bad_lines_are_told_and_their_frames_left_out_whole(stock, tmp_path) -> None:
    good, spoilt = "North/100MEDIA/IMG_0001.JPG", "North/100MEDIA/IMG_0000.JPG"
    table = write(
        tmp_path,
        f"{spoilt},0.1,0.2,0.3,0.4",
        f"{spoilt},0.6,0.2,0.9,0.4",
        f"{good},0.1,0.2,0.3,0.4",
        "nowhere.jpg,0.1,0.2,0.3,0.4",
        ",0.1,0.2,0.3,0.4",
        f"{spoilt},120,80,300,200",
        f"{spoilt},0.1,0.2,,0.4",
        f"{spoilt},left,0.2,0.1,0.4",
        f"{spoilt},nan,0.2,0.1,0.4",
        f"{spoilt},0.1,0.2,0.0001,0.4",
        "",
    )
    done = frame_table.bring_in(stock.project, table)
    assert (done.frames, done.boxes) == (1, 1)
    for line, words in (
        (3, "outside"),
        (5, "no picture of this project"),
        (6, "path is empty"),
        (7, "fractions"),
        (8, "no four numbers"),
        (9, "no four numbers"),
        (10, "fractions"),
        (11, "too small"),
    ):
        assert any(text.startswith(f"Line {line}:") and words in text for text in done.bad), (line, done.bad)
    assert len(done.bad) == 8
    assert frame_steps.newest(stock.project.store, uid_of(stock, spoilt)) is None


@pytest.mark.parametrize("content", ["", "path,x,y,w\n", "file;box\na;b\n", b"\xff\xfe\x00p"])
def test_a_file_that_is_no_such_table_is_refused(stock, tmp_path, content: str | bytes) -> None:
    path = tmp_path / "boxes.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadRequestError) as told:
        frame_table.bring_in(stock.project, path)
    assert told.value.advice
    with pytest.raises(BadRequestError, match="can't be read"):
        frame_table.bring_in(stock.project, tmp_path / "nowhere.csv")


def test_two_boxes_on_one_animal_are_told(stock, tmp_path) -> None:
    name = "North/100MEDIA/IMG_0000.JPG"
    done = frame_table.bring_in(stock.project, write(tmp_path, f"{name},0.1,0.1,0.5,0.5", f"{name},0.1,0.1,0.5,0.51"))
    assert done.frames == 0 and "same animal" in done.bad[0]
