"""Clips over the wire: any range of their bytes, by uid alone, and nothing is written where nothing may be."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from spotid.intake.clips import take_stills
from spotid.intake.collect import read_pending, scan_roots
from spotid.progress import Silent
from spotid.project import media
from spotid.settings import settings
from spotid.web import bench_of, create_app
from tests.intake.films import RED, make

pytest.importorskip("av")
START = "/project/{}/media/{}/clip"


@pytest.fixture
def clipped(app: Any, tmp_path: Path) -> dict[str, Any]:
    """The stocked project with clips of three kinds: rows by file name, and the stills of the first."""
    folder = tmp_path / "clips"
    folder.mkdir()
    for name in ("a.webm", "b.mts", "c.avi"):
        make(folder / name, seconds=3, animals=[(0.5, 2, RED)], g="10")
    project = app.stocked
    media.root_id(project.store, folder)
    scan_roots(project, Silent())
    take_stills(project, settings(), Silent())
    read_pending(project, settings(), Silent())
    rows = {row["relpath"]: dict(row) for row in project.store.all("SELECT * FROM media WHERE kind = 'clip'")}
    still = project.store.one("SELECT * FROM media WHERE parent_id = ?", rows["a.webm"]["id"])
    return {"project": project, "folder": folder, "still": dict(still), **rows}


def asked(client: Any, clipped: dict[str, Any], uid: str, start: str = f"/api{START}") -> Any:
    return client.get(start.format(clipped["project"].id, uid))


def test_a_clip_comes_in_ranges(client, clipped) -> None:
    whole = (clipped["folder"] / "a.webm").read_bytes()
    address = START.format(clipped["project"].id, clipped["still"]["uid"])
    got = client.get(address)
    assert got.data == whole and got.mimetype == "video/webm" and got.headers["Accept-Ranges"] == "bytes"
    part = client.get(address, headers={"Range": "bytes=100-299"})
    assert part.status_code == 206 and part.data == whole[100:300]
    assert part.headers["Content-Range"] == f"bytes 100-299/{len(whole)}"
    end = client.get(address, headers={"Range": "bytes=-50"})
    assert end.status_code == 206 and end.data == whole[-50:]
    assert client.get(address, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416
    assert "media-src 'self'" in got.headers["Content-Security-Policy"]


def test_what_is_told_of_a_clip(client, clipped) -> None:
    told = asked(client, clipped, clipped["still"]["uid"]).json
    assert (told["way"], told["name"], told["at"]) == ("play", "a.webm", clipped["still"]["at_ms"] / 1000)
    assert told["film"] == START.format(clipped["project"].id, clipped["a.webm"]["uid"])
    assert (
        told["stills"] and told["seconds"] == pytest.approx(3, abs=0.2) and (told["width"], told["height"]) == (160, 96)
    )
    assert all(client.get(one["thumb"]).mimetype == "image/jpeg" for one in told["stills"])
    assert asked(client, clipped, clipped["a.webm"]["uid"]).json["at"] is None
    assert asked(client, clipped, clipped["b.mts"]["uid"]).json["way"] == "play"
    pictures = asked(client, clipped, clipped["c.avi"]["uid"]).json
    assert pictures["way"] == "pictures" and pictures["film"] is None
    with Image.open(io.BytesIO(client.get(f"{pictures['picture']}1200").data)) as picture:
        assert picture.size == (160, 96)
    assert asked(client, clipped, clipped["c.avi"]["uid"], START).status_code == 404


def test_a_copy_is_made_once_and_the_original_left_alone(client, clipped, monkeypatch) -> None:
    before = (clipped["folder"] / "b.mts").read_bytes()
    got = asked(client, clipped, clipped["b.mts"]["uid"], START)
    assert got.mimetype == "video/mp4" and got.data[4:8] == b"ftyp"
    monkeypatch.setattr("spotid.intake.playable._copied", lambda *_: pytest.fail("packed again"))
    assert asked(client, clipped, clipped["b.mts"]["uid"], START).data == got.data
    assert (clipped["folder"] / "b.mts").read_bytes() == before and len(list(clipped["folder"].iterdir())) == 3


def test_only_clips_that_were_read_are_given(client, app, clipped, stock) -> None:
    photograph = app.stocked.store.one("SELECT uid FROM media WHERE kind = 'picture'")["uid"]
    for uid in (photograph, "0" * 16, "..", "a.webm", "%2e%2e%2fa.webm"):
        for start in (START, f"/api{START}", START + "/at/0"):
            assert asked(client, clipped, uid, start).status_code == 404, (uid, start)
    with app.stocked.store.write() as connection:
        connection.execute("UPDATE media SET seconds = NULL, state = 'found' WHERE id = ?", (clipped["a.webm"]["id"],))
    assert asked(client, clipped, clipped["still"]["uid"]).status_code == 404, "one that was never read may do harm"
    with app.stocked.store.write() as connection:
        connection.execute(
            "UPDATE media SET seconds = 3, relpath = '../../secret.webm' WHERE id = ?", (clipped["a.webm"]["id"],)
        )
    assert asked(client, clipped, clipped["still"]["uid"]).json["way"] == "gone"
    assert asked(client, clipped, clipped["still"]["uid"], START).status_code == 404


def test_a_clip_that_is_away(client, clipped) -> None:
    (clipped["folder"] / "a.webm").unlink()
    told = asked(client, clipped, clipped["still"]["uid"]).json
    assert told["way"] == "gone" and told["sentence"] and told["advice"] and told["stills"]
    gone = asked(client, clipped, clipped["still"]["uid"], START)
    assert gone.status_code == 404 and "not there" in gone.get_data(as_text=True)


def test_a_project_that_is_only_looked_at_gets_no_copy(client, app, clipped) -> None:
    folder = app.stocked.path
    bench_of(app).close()
    other = create_app()
    looking = bench_of(other).open(folder, looking=True)
    try:
        client = other.test_client()
        told = client.get(f"/api{START}".format(looking.id, clipped["b.mts"]["uid"])).json
        assert told["way"] == "pictures" and not (folder / "cache" / "clips").exists()
        assert client.get(f"/api{START}".format(looking.id, clipped["still"]["uid"])).json["way"] == "play"
    finally:
        bench_of(other).close()
