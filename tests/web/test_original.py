"""The original's embeddings, opened from the start page."""

from __future__ import annotations

from pathlib import Path

from spotid.project import collections
from spotid.web import bench_of
from tests.jobs.test_original import made  # noqa: F401


def test_open_says_what_it_is_and_converting_opens_the_review(client, made, app) -> None:  # noqa: F811
    folder: Path = made()
    reply = client.post("/api/projects/open", json={"path": str(folder)})
    assert (reply.status_code, reply.json["error"]["code"]) == (409, "original-embeddings")
    done = client.post("/api/projects/original", json={"path": str(folder)}).json
    assert done["url"].endswith("/review") and any("6 crops" in one for one in done["sentences"])
    project_id = done["url"].split("/")[2]
    pair = client.get(f"/api/project/{project_id}/pair").json
    assert pair["state"] == "pair" and pair["anchor"]["views"] == ["original", "crop"]
    for view in ("original", "crop", "thumb"):
        picture = client.get(f"/project/{project_id}/picture/{pair['anchor']['uid']}/{view}")
        assert picture.status_code == 200 and picture.mimetype == "image/jpeg", view
    again = client.post("/api/projects/original", json={"path": str(folder)}).json
    assert again["url"] == done["url"] and again["sentences"] == []
    assert len(bench_of(app).projects()) == 2
    (kept,) = collections.listed(bench_of(app).project(project_id).store)
    outcome = client.get(f"/project/{project_id}/imports/{kept['uid']}").text
    assert "The original never kept “Not a match”" in outcome
    assert "matches of the original SpotID" in client.get(f"/project/{project_id}/imports").text


def test_crops_that_are_not_found_are_asked_for(client, made, tmp_path: Path) -> None:  # noqa: F811
    folder: Path = made()
    (folder.parent / "crops").rename(tmp_path / "elsewhere")
    reply = client.post("/api/projects/original", json={"path": str(folder)})
    assert (reply.status_code, reply.json["error"]["code"]) == (409, "original-pictures")
    body = {"path": str(folder), "crops": str(tmp_path / "elsewhere")}
    assert client.post("/api/projects/original", json=body).status_code == 200


def test_what_is_no_original_is_refused(client, tmp_path: Path) -> None:
    for body in ({"path": str(tmp_path)}, {"path": str(tmp_path / "nothing")}, {}):
        reply = client.post("/api/projects/original", json=body)
        assert reply.status_code in (400, 404, 409) and reply.json["error"]["sentence"]
