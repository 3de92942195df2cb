"""From a folder to rows: any depth, any case, bad files as rows with their reason, originals untouched."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from PIL import Image

from spotid.errors import NotFoundError
from spotid.intake import clock, scan, stations
from spotid.intake.collect import read_pending, scan_roots
from spotid.picture import open_file, pixels, upright
from spotid.progress import Silent
from spotid.project import media
from spotid.settings import settings
from spotid.words import MediaState, Problem


def collect(project, folder: Path) -> dict[str, object]:
    media.root_id(project.store, folder)
    scan_roots(project, Silent())
    read_pending(project, settings(), Silent())
    return {row["relpath"]: row for row in project.store.all("SELECT * FROM media")}


@pytest.fixture
def cards(tmp_path, picture) -> Path:
    folder = tmp_path / "cards"
    files = {
        "Ngoma/100MEDIA/IMG_0001.JPG": picture(taken="2026:01:02 03:04:05", serial="C1"),
        "Luambe/100MEDIA/IMG_0001.JPG": picture((1, 2, 3), taken="1970:01:01 00:00:00"),
        "deep/er/and/deeper/still/x.jpeg": picture(),
        "turned.jpg": picture(size=(64, 48), orientation=6),
        "2021-03-04_18-05-59_cam.PnG": picture(kind="PNG"),
        "cut.jpg": picture(size=(640, 480))[:900],
        "empty.jpg": b"",
        "letter.jpg": b"this is not a picture at all",
        ".hidden.jpg": picture(),
        "._IMG_0001.JPG": b"mac",
        "Thumbs.db": b"x",
        "notes.txt": b"x",
        "$RECYCLE.BIN/gone.jpg": picture(),
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_every_picture_becomes_a_row_and_bad_ones_say_why(project, cards) -> None:
    rows = collect(project, cards)
    assert len(rows) == 8
    problems = {name: row["problem"] for name, row in rows.items() if row["state"] == MediaState.PROBLEM}
    assert problems == {"cut.jpg": "truncated", "empty.jpg": "empty", "letter.jpg": "not_a_picture"}
    assert all(rows[name]["problem_detail"] for name in problems)


def test_times_cameras_stations_and_hashes(project, cards) -> None:
    rows = collect(project, cards)
    one = rows["Ngoma/100MEDIA/IMG_0001.JPG"]
    assert (one["captured_at"], one["time_source"], one["serial"]) == ("2026-01-02T03:04:05", "exif", "C1")
    assert rows["Luambe/100MEDIA/IMG_0001.JPG"]["captured_at"] is None, "1970 is a clock that was never set"
    assert rows["2021-03-04_18-05-59_cam.PnG"]["captured_at"] == "2021-03-04T18:05:59"
    name = dict(project.store.all("SELECT id, name FROM station"))
    assert name[one["station_id"]] == "Ngoma"
    content = (cards / "Ngoma/100MEDIA/IMG_0001.JPG").read_bytes()
    assert one["sha256"] == hashlib.sha256(content).hexdigest()


def test_pictures_are_turned_upright_once(project, cards) -> None:
    row = collect(project, cards)["turned.jpg"]
    assert (row["width"], row["height"]) == (48, 64)
    assert pixels(project.layout.small(row["uid"])).shape == (64, 48, 3)


def test_originals_are_untouched(project, cards) -> None:
    def seen() -> dict[str, tuple[bytes, int]]:
        return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in cards.rglob("*") if p.is_file()}

    before = seen()
    collect(project, cards)
    assert seen() == before


def test_a_second_run_touches_only_what_is_new_or_changed(project, cards, picture) -> None:
    collect(project, cards)
    (cards / "new.jpg").write_bytes(picture())
    (cards / "empty.jpg").write_bytes(picture((9, 9, 9)))
    (cards / "turned.jpg").unlink()
    scan_roots(project, Silent())
    waiting = [row["relpath"] for row in media.in_state(project.store, MediaState.FOUND, 100)]
    assert waiting == ["empty.jpg", "new.jpg"]
    rows = collect(project, cards)
    assert rows["empty.jpg"]["state"] == MediaState.READ
    assert rows["turned.jpg"]["state"] == MediaState.MISSING


def test_an_unplugged_disk_does_not_make_files_missing(project, cards) -> None:
    collect(project, cards)
    cards.rename(cards.with_name("unplugged"))
    scan_roots(project, Silent())
    assert media.count(project.store, MediaState.MISSING) == 0


def test_two_files_of_one_name_are_two_files(project, cards) -> None:
    rows = collect(project, cards)
    a, b = rows["Ngoma/100MEDIA/IMG_0001.JPG"], rows["Luambe/100MEDIA/IMG_0001.JPG"]
    assert a["uid"] != b["uid"]
    assert project.layout.small(a["uid"]).read_bytes() != project.layout.small(b["uid"]).read_bytes()


def test_links_to_folders_and_projects_are_left_out(project, cards, tmp_path) -> None:
    os.symlink(cards, cards / "loop")
    (cards / "other.spotid").mkdir()
    (cards / "other.spotid" / "project.json").write_text("{}")
    (cards / "other.spotid" / "crop.jpg").write_bytes(b"x")
    (cards / "masks").mkdir()
    (cards / "masks" / ".nomedia").touch()
    (cards / "masks" / "mask.png").write_bytes(b"x")
    names = [found.relpath for found in scan.walk(cards)]
    assert not [name for name in names if name.startswith(("loop", "other", "masks"))]
    with pytest.raises(NotFoundError):
        list(scan.walk(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("CMYK", "JPEG"), ("L", "JPEG"), ("P", "PNG"), ("RGBA", "PNG"), ("LA", "PNG"), ("1", "PNG"), ("I;16", "PNG")],
)
def test_every_kind_of_picture_becomes_rgb(tmp_path, mode: str, kind: str) -> None:
    path = tmp_path / f"x.{kind.lower()}"
    Image.new(mode, (40, 30)).save(path)
    assert pixels(path).shape == (30, 40, 3)


def test_a_picture_of_too_many_pixels_is_refused(tmp_path, monkeypatch) -> None:
    from spotid import picture as module
    from spotid.errors import PictureError

    path = tmp_path / "big.png"
    Image.new("L", (200, 200)).save(path)
    monkeypatch.setitem(module.DEFAULTS, "max_pixels", 10_000)
    with pytest.raises(PictureError) as caught:
        open_file(path)
    assert caught.value.problem == Problem.TOO_LARGE


def test_small_pictures_keep_their_proportions(tmp_path) -> None:
    path = tmp_path / "wide.jpg"
    Image.new("RGB", (4000, 1000)).save(path)
    with open_file(path) as opened:
        assert upright(opened, 640).size == (640, 160)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("0_0_BG-102B-2019-03-01_19-49-36.jpg", "2019-03-01T19:49:36"),
        ("20190301_194936.jpg", "2019-03-01T19:49:36"),
        ("IMG_20190301194936.JPG", "2019-03-01T19:49:36"),
        ("S1__2016-03-06__00-28-56.JPG", "2016-03-06T00:28:56"),
        ("2019-13-01_19-49-36.jpg", None),
        ("IMG_0001.JPG", None),
        ("1970-01-01_00-00-00.jpg", None),
    ],
)
def test_dates_in_names(name: str, expected: str | None) -> None:
    assert clock.from_name(name) == expected


@pytest.mark.parametrize(
    ("relpath", "level", "station"),
    [
        ("North/Camera A/DCIM/100MEDIA/IMG_0001.JPG", "auto", "North"),
        ("North/IMG_0001.JPG", "auto", "North"),
        ("IMG_0001.JPG", "auto", "S-9"),
        ("DCIM/100EK113/IMG_0001.JPG", "auto", "S-9"),
        ("North/A/IMG_0001.JPG", "0", "A"),
        ("North/A/IMG_0001.JPG", "1", "North"),
        ("North/A/IMG_0001.JPG", "3", ""),
        ("North/A/IMG_0001.JPG", "none", ""),
    ],
)
def test_which_folder_names_the_station(relpath: str, level: str, station: str) -> None:
    assert stations.place(relpath, level, "S-9").station == station


def test_the_station_table_decides_where_there_is_one(project, tmp_path, picture) -> None:
    folder = tmp_path / "photos"
    (folder / "K12" / "Cam1").mkdir(parents=True)
    (folder / "K12" / "Cam1" / "a.jpg").write_bytes(picture())
    (folder / "stations.csv").write_text(
        "Station,Camera,Latitude,LONGITUDE\nk12,Cam1,-15.5,28\nNA,,91,0\n", "utf-8-sig"
    )
    rows = collect(project, folder)
    station = project.store.one("SELECT * FROM station WHERE id = ?", rows["K12/Cam1/a.jpg"]["station_id"])
    assert (station["name"], station["latitude"], station["longitude"]) == ("k12", -15.5, 28.0)
    assert project.store.value("SELECT latitude FROM station WHERE name = 'NA'") is None, "91 degrees is no latitude"


def test_visits_are_pictures_of_one_station_close_in_time(project, tmp_path, picture) -> None:
    folder = tmp_path / "photos"
    (folder / "K").mkdir(parents=True)
    for minute, name in ((0, "a"), (20, "b"), (45, "c"), (99, "d")):
        (folder / "K" / f"{name}.jpg").write_bytes(
            picture(taken=f"2026:01:01 {10 + minute // 60}:{minute % 60:02d}:00")
        )
    rows = collect(project, folder)
    visits = [rows[f"K/{name}.jpg"]["visit"] for name in "abcd"]
    assert visits[0] == visits[1] == visits[2] != visits[3]


def test_heic_is_read(tmp_path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    path = tmp_path / "phone.HEIC"
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), (200, 10, 10))).save(path)
    assert pixels(path).shape == (48, 64, 3)


@pytest.mark.parametrize(
    ("name", "station", "camera"),
    [
        ("x/StationA__Camera1__2012-07-05__12-17-34(1).JPG", "StationA", "Camera1"),
        ("x/02__Station04__Camera2__2012-7-5__12-17-34(10).jpg", "02-Station04", "Camera2"),
        ("x/StationA__2012-07-05__12-17-34(1).JPG", "StationA", ""),
        ("x/2012-07-05__12-17-34.JPG", "x", ""),
        ("x/StationA__Camera1.JPG", "x", ""),
        ("x/__2012-07-05__12-17-34.JPG", "x", ""),
    ],
)
def test_a_name_in_the_camtrapr_form_tells_the_station(name: str, station: str, camera: str) -> None:
    found = stations.place(name, "auto", None)
    assert (found.station, found.camera) == (station, camera)
    assert found.by == ("folder" if station == "x" else "name")


def test_a_station_of_the_table_comes_before_the_files_name() -> None:
    assert stations.place("Kopje/StationA__2012-07-05__12-17-34.JPG", "auto", None, frozenset({"kopje"})).by == "table"
