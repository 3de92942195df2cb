"""Folders of photographs that are gone, as the overview asks for them and links them anew."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from spotid.intake import relink
from spotid.project import media
from spotid.project.folder import open_project
from spotid.web import bench_of, create_app


@pytest.fixture
def moved(app, tmp_path: Path, monkeypatch) -> Path:
    """The stocked photographs, with their true checksums, in a place where they are not looked for."""
    monkeypatch.setattr(relink, "_disks", lambda: iter(()))
    monkeypatch.setattr(relink, "DEEP", 1)  # or the same photographs of other tests are found
    cards, store = tmp_path / "cards", app.stocked.store
    with store.write() as connection:
        for row in store.all("SELECT id, relpath FROM media"):
            digest = hashlib.sha256((cards / row["relpath"]).read_bytes()).hexdigest()
            connection.execute("UPDATE media SET sha256 = ? WHERE id = ?", (digest, row["id"]))
    place = tmp_path / "a" / "b" / "c" / "d" / "<b>cards & co</b>"
    place.parent.mkdir(parents=True)
    return cards.rename(place)


def test_nothing_is_told_where_all_is_there(app, client) -> None:
    assert client.get(f"/api/project/{app.stocked.id}/gone").json == {"gone": []}
    assert 'id="relink"' in client.get(f"/project/{app.stocked.id}/").text


def test_a_folder_that_is_gone_is_told_looked_for_and_linked(app, client, moved: Path, tmp_path: Path) -> None:
    api = f"/api/project/{app.stocked.id}"
    (gone,) = client.get(f"{api}/gone").json["gone"]
    assert (gone["path"], gone["files"]) == (str(tmp_path / "cards"), 6)
    (done,) = client.post(f"{api}/relink", json={"root": gone["root"]}).json["done"]
    assert not done["linked"] and done["sentences"] == ["The photographs were not found in the likely places."]
    said = {"root": gone["root"], "folder": str(moved)}
    (done,) = client.post(f"{api}/relink", json=said).json["done"]
    assert done["linked"] and "The contents of 6 of them were compared; 6 are the same." in done["sentences"]
    assert client.get(f"{api}/gone").json == {"gone": []}
    assert list(media.roots(app.stocked.store).values()) == [moved]


@pytest.mark.parametrize("root", [None, True, "1", 0, -1, 10**30, 77, []])
def test_a_root_that_is_none_is_refused(app, client, root) -> None:
    reply = client.post(f"/api/project/{app.stocked.id}/relink", json={"root": root})
    assert reply.status_code in (400, 404) and reply.json["error"]["sentence"]


def test_who_only_looks_links_nothing(app, moved: Path) -> None:
    other = create_app()
    project = bench_of(other).open(app.stocked.path, looking=True)
    reply = other.test_client().post(f"/api/project/{project.id}/relink", json={"root": 1, "folder": str(moved)})
    assert reply.status_code == 423
    bench_of(other).close()


def test_the_row_is_on_the_disk(app, client, moved: Path) -> None:
    client.post(f"/api/project/{app.stocked.id}/relink", json={"root": 1, "folder": str(moved)})
    looked = open_project(app.stocked.path, readonly=True)
    assert list(media.roots(looked.store).values()) == [moved]
    looked.close()
