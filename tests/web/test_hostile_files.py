"""Hostile originals, projects and folders: links, devices and names that lead elsewhere are never shown."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from spotid.project import media
from spotid.web import bench_of

SECRET = "canary-5b1e-never-to-be-seen"


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file with a secret, which nobody may be told."""
    (tmp_path / "canary").mkdir()
    path = tmp_path / "canary" / "secret.jpg"
    path.write_text(SECRET)
    return path


needs_links = pytest.mark.skipif(os.name != "posix", reason="making links needs rights that not every user has")


def originals(app) -> dict[str, str]:
    """Addresses of both ways to an original: by file and by sighting."""
    row = app.stocked.store.one(
        "SELECT media.uid AS media_uid, media.id, sighting.uid FROM media JOIN sighting ON media_id = media.id LIMIT 1"
    )
    here = f"/project/{app.stocked.id}"
    return {"id": row["id"], "file": f"{here}/media/{row['media_uid']}/full", "view": f"{here}/picture/{row['uid']}/"}


@needs_links
@pytest.mark.parametrize("way", ["link", "climb", "absolute", "folder", "loop", "nul", "pipe"])
def test_no_original_outside_its_folder_is_shown(client, app, canary: Path, way: str) -> None:
    Image.new("RGB", (20, 20), (255, 0, 255)).save(canary, "JPEG")  # a proper picture: only the check keeps it back
    places = originals(app)
    assert client.get(places["file"]).status_code == 200
    path = media.source_path(app.stocked.store, places["id"])
    root = next(iter(media.roots(app.stocked.store).values()))
    named = {"climb": "../canary/secret.jpg", "absolute": str(canary), "nul": "a\0b.jpg"}
    if way in named:
        with app.stocked.store.write() as connection:
            connection.execute("UPDATE media SET relpath = ? WHERE id = ?", (named[way], places["id"]))
    elif way == "folder":
        path.parent.rename(root / "moved")
        path.parent.symlink_to(canary.parent)
        (canary.parent / path.name).write_bytes(canary.read_bytes())
    else:
        path.unlink()
        if way == "link":
            path.symlink_to(canary)
        elif way == "loop":
            path.symlink_to(path.name)
        else:
            os.mkfifo(path)
    for address in (places["file"], places["view"] + "original"):
        reply = client.get(address)
        assert reply.status_code == 404 and b"JFIF" not in reply.data


@needs_links
def test_a_link_within_the_folder_is_shown(client, app) -> None:
    places = originals(app)
    path = media.source_path(app.stocked.store, places["id"])
    path.rename(path.with_name("real.jpg"))
    path.symlink_to("real.jpg")
    assert client.get(places["file"]).status_code == 200


def test_a_recipe_of_a_hostile_database_leads_nowhere(client, app, canary: Path) -> None:
    for recipe in ("../../../canary/secret", "/etc/passwd", "a/b", "..", "", "a\0b", "x" * 5000):
        with app.stocked.store.write() as connection:
            connection.execute("UPDATE sighting SET recipe = ?", (recipe,))
        _leads_nowhere(client, originals(app)["view"], recipe)


def _leads_nowhere(client, address: str, recipe: str) -> None:
    for view in ("crop", "cutout", "pattern", "edges", "thumb"):
        reply = client.get(address + view)
        assert 400 <= reply.status_code < 500, (view, recipe)
        assert SECRET not in reply.text


@needs_links
def test_a_crop_that_is_a_link_is_not_shown(client, app, canary: Path) -> None:
    view = originals(app)["view"]
    row = app.stocked.store.one("SELECT uid, recipe FROM sighting LIMIT 1")
    layout = app.stocked.layout
    crop = layout.crop(row["uid"], row["recipe"])
    crop.parent.parent.mkdir(parents=True, exist_ok=True)
    crop.parent.symlink_to(canary.parent)
    (canary.parent / crop.name).write_text(SECRET)
    edges = layout.edges(row["uid"], row["recipe"])
    edges.parent.mkdir(parents=True, exist_ok=True)
    edges.symlink_to(canary)
    for name in ("crop", "thumb", "edges"):
        reply = client.get(view + name)
        assert 400 <= reply.status_code < 500 and SECRET not in reply.text


@needs_links
@pytest.mark.parametrize(
    "name", ["project.json", "crops", "cache", "embeddings", "exports", "backups", "project.sqlite"]
)
def test_a_project_whose_parts_lie_elsewhere_is_not_opened(client, app, stock, tmp_path: Path, name: str) -> None:
    bench_of(app).close()
    part = stock.project.path / name
    elsewhere = tmp_path / f"elsewhere {name}"
    if part.exists():
        part.rename(elsewhere)
    else:
        elsewhere.mkdir()
    part.symlink_to(elsewhere)
    reply = client.post("/api/projects/open", json={"path": str(stock.project.path)})
    assert reply.status_code == 409 and name in reply.json["error"]["sentence"]


def test_a_copy_of_an_open_project_does_not_take_its_place(client, app, tmp_path: Path) -> None:
    """Otherwise a project from elsewhere with the same id would get the answers of the pages that are open."""
    copy = tmp_path / "copy"
    shutil.copytree(app.stocked.path, copy, ignore=shutil.ignore_patterns("*.lock", ".lock", "*-wal", "*-shm"))
    reply = client.post("/api/projects/open", json={"path": str(copy)})
    assert reply.status_code == 409 and "copy" in reply.json["error"]["sentence"]
    assert bench_of(app).project(app.stocked.id).path == app.stocked.path


@needs_links
def test_the_folder_chooser_copes_with_odd_folders(client, tmp_path: Path, canary: Path) -> None:
    odd = tmp_path / "odd"
    odd.mkdir()
    (odd / "loop").symlink_to(odd)
    (odd / "nowhere").symlink_to(odd / "gone")
    os.mkfifo(odd / "pipe.jpg")
    (odd / "file.jpg").symlink_to(canary)
    (odd / "shut").mkdir(mode=0o000)
    (odd / os.fsdecode(b"caf\xe9")).mkdir()
    reply = client.get("/api/browse", query_string={"path": str(odd)})
    assert reply.status_code == 200 and SECRET not in reply.text
    assert {folder["name"] for folder in reply.json["folders"]} >= {"loop", "shut"}
    shut = client.get("/api/browse", query_string={"path": str(odd / "shut")})
    assert shut.status_code in (200, 404)  # the test may run as somebody for whom nothing is shut
    for path in ("/proc", "/dev", "/proc/self/fd", "/proc/self/root", "/sys", "/"):
        if Path(path).is_dir():
            assert client.get("/api/browse", query_string={"path": path}).status_code in (200, 404), path
