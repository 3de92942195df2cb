"""The stage that takes stills out of clips: rows, counts, problems, kills, lost stills, and what clips say of them."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from spotid.errors import DiskFullError
from spotid.intake import film
from spotid.intake.clips import take_stills
from spotid.intake.collect import read_pending, scan_roots
from spotid.progress import Cancelled, Silent
from spotid.project import clips, crashes, media, settling, views
from spotid.project.files import disk_error, sha256_of
from spotid.project.folder import Project
from spotid.settings import settings
from spotid.words import MediaState, Problem, Stage
from tests.intake.films import BLUE, RED, make, shows

pytest.importorskip("av")
BEGAN = {"creation_time": "2024-03-01T05:06:07.000000Z"}


def collect(project: Project, folder: Path) -> dict[str, object]:
    """What a run does before it looks for animals."""
    media.root_id(project.store, folder)
    scan_roots(project, Silent())
    take_stills(project, settings(), Silent())
    read_pending(project, settings(), Silent())
    return {row["relpath"]: row for row in project.store.all("SELECT * FROM media ORDER BY id")}


def stills(project: Project) -> list[dict[str, object]]:
    return [
        dict(row) for row in project.store.all("SELECT * FROM media WHERE kind = 'still' ORDER BY parent_id, at_ms")
    ]


def on_disk(project: Project) -> dict[str, bytes]:
    frames = project.path / media.FRAMES
    return {str(path.relative_to(frames)): path.read_bytes() for path in frames.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two animals in 12 seconds."""
    folder = tmp_path_factory.mktemp("drawn")
    return make(folder / "a.mp4", seconds=12, rate=4, animals=[(1, 4, RED), (8, 11, BLUE)], metadata=BEGAN, g="4")


@pytest.fixture
def card(tmp_path: Path, drawn: Path, picture) -> Path:
    folder = tmp_path / "card"
    (folder / "Ngoma" / "100MEDIA").mkdir(parents=True)
    shutil.copy(drawn, folder / "Ngoma" / "100MEDIA" / "IMG_0005.MP4")
    (folder / "Ngoma" / "100MEDIA" / "IMG_0004.JPG").write_bytes(picture(taken="2024:03:01 05:05:00"))
    return folder


def test_a_clip_gives_stills_of_both_animals_that_go_on_like_photographs(project: Project, card: Path) -> None:
    rows = collect(project, card)
    clip = rows["Ngoma/100MEDIA/IMG_0005.MP4"]
    assert (clip["kind"], clip["state"], clip["seconds"], clip["captured_at"]) == (
        *("clip", MediaState.CLIP, pytest.approx(12, abs=0.3)),
        "2024-03-01T05:06:07",
    )
    found = stills(project)
    assert found and {row["state"] for row in found} == {MediaState.READ}
    assert all(row["sha256"] and row["width"] == 160 and row["time_source"] == "clip" for row in found)
    where = [project.path / "frames" / row["relpath"] for row in found]
    assert any(shows(path, RED) for path in where) and any(shows(path, BLUE) for path in where)
    one = found[-1]
    assert one["parent_id"] == clip["id"] and one["station_id"] == clip["station_id"] and one["station_by"] == "folder"
    assert one["captured_at"] == f"2024-03-01T05:06:{7 + one['at_ms'] // 1000:02d}" == one["clock_at"]
    assert Path(one["relpath"]).name == f"IMG_0005.MP4@{one['at_ms']:09d}.jpg"
    photograph = rows["Ngoma/100MEDIA/IMG_0004.JPG"]
    assert {row["visit"] for row in found} == {photograph["visit"]}, "by time they are one visit"
    counts = views.shelf_counts(project.store)
    assert sum(counts.values()) == media.count(project.store) == 2 + len(found) and counts["clip"] == 1


def test_a_second_run_does_nothing(project: Project, card: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collect(project, card)
    before = project.store.all("SELECT * FROM media ORDER BY id")
    files = on_disk(project)
    for name in ("watch", "again"):
        monkeypatch.setattr(film, name, lambda *_, **__: pytest.fail("the clip was read again"))
    collect(project, card)
    assert [tuple(row) for row in project.store.all("SELECT * FROM media ORDER BY id")] == [tuple(r) for r in before]
    assert on_disk(project) == files


def test_stopped_in_the_middle_of_a_clip_it_begins_that_clip_again(project, card, drawn, monkeypatch) -> None:
    whole = collect_elsewhere(project, card)
    real, calls = film._Writer.__call__, 0

    def cut(self, ms, frame, what):
        nonlocal calls
        calls += 1
        if calls == 3:
            raise Cancelled
        return real(self, ms, frame, what)

    monkeypatch.setattr(film._Writer, "__call__", cut)
    media.root_id(project.store, card)
    scan_roots(project, Silent())
    with pytest.raises(Cancelled):
        take_stills(project, settings(), Silent())
    assert not stills(project) and clips.count_waiting(project.store) == 1
    left = on_disk(project)
    assert len(left) == 2 and all(whole[name] == content for name, content in left.items()), "no half still"
    (project.path / "frames" / next(iter(left))).with_name("x.jpg.part").write_bytes(b"half")
    monkeypatch.undo()
    collect(project, card)
    assert on_disk(project) == whole and len(stills(project)) == len(whole)


def collect_elsewhere(project: Project, card: Path) -> dict[str, bytes]:
    """The stills as an undisturbed run writes them."""
    from spotid.project.folder import create_project

    other = create_project(project.path.with_name("undisturbed"))
    collect(other, card)
    files = on_disk(other)
    other.close()
    return files


def test_lost_stills_are_made_again_at_their_moments(project: Project, card: Path) -> None:
    collect(project, card)
    before, rows = on_disk(project), stills(project)
    with project.store.write() as connection:
        connection.execute("UPDATE media SET state = 'animal' WHERE id = ?", (rows[0]["id"],))
    names = sorted(before)
    for name in (names[0], names[-1]):
        (project.path / "frames" / name).unlink()
    collect(project, card)
    assert on_disk(project) == before
    again = stills(project)
    assert [row["uid"] for row in again] == [row["uid"] for row in rows]
    assert (again[0]["state"], again[-1]["state"]) == ("animal", "read")
    assert all(sha256_of(project.path / "frames" / row["relpath"]) == row["sha256"] for row in again)
    shutil.rmtree(project.path / "frames")
    collect(project, card)
    assert on_disk(project) == before


def test_while_the_clip_is_away_lost_stills_wait(project: Project, card: Path, tmp_path: Path) -> None:
    collect(project, card)
    before = on_disk(project)
    card.rename(tmp_path / "unplugged")
    shutil.rmtree(project.path / "frames")
    rows = collect(project, card)
    assert rows["Ngoma/100MEDIA/IMG_0005.MP4"]["state"] == MediaState.CLIP
    assert {row["state"] for row in stills(project)} == {MediaState.READ}
    (tmp_path / "unplugged").rename(card)
    collect(project, card)
    assert on_disk(project) == before


def test_bad_clips_say_why_and_harm_no_other(project: Project, card: Path, drawn: Path) -> None:
    (card / "cut.avi").write_bytes(drawn.read_bytes()[:700])
    (card / "letter.mov").write_bytes(b"this is no clip at all" * 40)
    (card / "empty.mts").write_bytes(b"")
    os.mkfifo(card / "pipe.webm")
    rows = collect(project, card)
    found = {name: row["problem"] for name, row in rows.items() if row["state"] == MediaState.PROBLEM}
    assert found == {
        "cut.avi": Problem.CLIP_CUT_OFF,
        "letter.mov": Problem.NOT_A_CLIP,
        "empty.mts": Problem.EMPTY,
        "pipe.webm": Problem.NOT_A_FILE,
    }
    assert all(rows[name]["problem_detail"] for name in found)
    assert rows["Ngoma/100MEDIA/IMG_0005.MP4"]["state"] == MediaState.CLIP


def test_a_clip_that_kills_the_worker_twice_is_put_aside(project: Project, card: Path) -> None:
    media.root_id(project.store, card)
    scan_roots(project, Silent())
    (clip,) = clips.waiting(project.store, 9)
    crashes.died(project.store, Stage.CLIPS, [clip["uid"]])
    assert clips.count_waiting(project.store) == 1
    assert crashes.died(project.store, Stage.CLIPS, [clip["uid"]]) == clip["relpath"]
    rows = collect(project, card)
    assert rows[clip["relpath"]]["problem"] == Problem.CRASHED and not stills(project)
    crashes.try_again(project.store, clip["uid"])
    assert collect(project, card)[clip["relpath"]]["state"] == MediaState.CLIP and stills(project)


def test_another_clip_under_the_same_name(project: Project, card: Path) -> None:
    collect(project, card)
    before = {row["uid"] for row in stills(project)}
    path = card / "Ngoma" / "100MEDIA" / "IMG_0005.MP4"
    path.unlink()
    make(path, seconds=6, rate=4, animals=[(2, 5, BLUE)], g="4")
    rows = collect(project, card)
    assert rows["Ngoma/100MEDIA/IMG_0005.MP4"]["seconds"] == pytest.approx(6, abs=0.3)
    live = clips.stills_of(project.store, rows["Ngoma/100MEDIA/IMG_0005.MP4"]["id"])
    assert live and not any(shows(project.path / "frames" / row["relpath"], RED) for row in live)
    assert {row["state"] for row in stills(project)} <= {MediaState.READ, MediaState.MISSING}
    assert before & {row["uid"] for row in stills(project)}
    # Once something was made of it, the new clip has to get another name.
    with project.store.write() as connection:
        connection.execute(
            "INSERT INTO sighting (uid, media_id, x, y, w, h, score, boxed_by, recipe)"
            " VALUES ('0123456789abcdef', ?, 0, 0, 1, 1, 1, 'test', 'test')",
            (live[0]["id"],),
        )
    path.unlink()
    make(path, seconds=5, rate=4, animals=[(2, 4, RED)], g="4")
    row = collect(project, card)["Ngoma/100MEDIA/IMG_0005.MP4"]
    assert (row["state"], row["problem"]) == (MediaState.PROBLEM, Problem.REPLACED)
    assert all((project.path / "frames" / one["relpath"]).is_file() for one in live)


def test_stills_of_a_clip_without_a_time_are_one_visit(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    unset = {"creation_time": "1970-01-01T00:00:09.000000Z"}
    for name in ("a.mp4", "b.mp4"):
        make(folder / name, seconds=8, rate=4, animals=[(1, 3, RED), (5, 7, BLUE)], metadata=unset, g="4")
    rows = collect(project, folder)
    assert (rows["a.mp4"]["captured_at"], rows["a.mp4"]["clock_at"]) == (None, "1970-01-01T00:00:09")
    assert rows["a.mp4"]["time_source"] == "unset" and "1970-01-01" in rows["a.mp4"]["problem_detail"]
    by_clip = {name: {one["visit"] for one in clips.stills_of(project.store, rows[name]["id"])} for name in rows}
    assert len(by_clip["a.mp4"]) == len(by_clip["b.mp4"]) == 1 and by_clip["a.mp4"] != by_clip["b.mp4"]
    one = clips.stills_of(project.store, rows["a.mp4"]["id"])[-1]
    assert one["captured_at"] is None and one["clock_at"] == f"1970-01-01T00:00:{9 + one['at_ms'] // 1000:02d}"


def test_what_is_said_of_a_clip_is_said_of_its_stills(project: Project, card: Path) -> None:
    collect(project, card)
    clip = project.store.one("SELECT * FROM media WHERE kind = 'clip'")
    first, *rest = stills(project)
    with project.store.write() as connection:
        other = media.station_id(connection, "Kafue")
        connection.execute(
            "UPDATE media SET station_id = ?, station_by = 'sheet', camera = 'B', clock_at = '2025-01-01T00:00:00',"
            " time_source = 'sheet', said_species = 'genet', said_by = 'sheet' WHERE id = ?",
            (other, clip["id"]),
        )
        connection.execute("UPDATE media SET said_species = 'leopard', said_by = 'person' WHERE id = ?", (first["id"],))
    assert clips.follow(project.store) == len(rest) + 1
    settling.settle(project.store)
    assert clips.follow(project.store) == 0
    now = stills(project)
    assert {(row["station_id"], row["camera"], row["time_source"]) for row in now} == {(other, "B", "sheet")}
    assert [row["said_species"] for row in now] == ["leopard", *["genet"] * len(rest)]
    assert now[-1]["captured_at"] == f"2025-01-01T00:00:{now[-1]['at_ms'] // 1000:02d}"
    # The clip is read again (its file was touched): what the sheet said stays.
    os.utime(card / clip["relpath"])
    with project.store.write() as connection:
        connection.execute("UPDATE media SET sha256 = NULL, seconds = NULL WHERE id = ?", (clip["id"],))
    collect(project, card)
    row = project.store.one("SELECT * FROM media WHERE kind = 'clip'")
    assert (row["station_id"], row["camera"], row["captured_at"]) == (other, "B", "2025-01-01T00:00:00")


def test_a_full_disk_stops_the_run_and_blames_no_clip(project, card, monkeypatch) -> None:
    def full(path: Path, content: bytes) -> None:
        raise disk_error(OSError(errno.ENOSPC, "No space left on device"), path)

    monkeypatch.setattr("spotid.project.aside.write_whole", full)
    media.root_id(project.store, card)
    scan_roots(project, Silent())
    with pytest.raises(DiskFullError):
        take_stills(project, settings(), Silent())
    assert clips.count_waiting(project.store) == 1 and not stills(project)
