"""The page: who may talk to it, what it answers, and that every page draws."""

from __future__ import annotations

import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from spotid.project import ledger


def api(app, rest: str) -> str:
    return f"/api/project/{app.stocked.id}/{rest}"


def say(client, app, pair, kind: str, **others) -> dict:
    said = {"uid": str(uuid.uuid4()), "kind": kind, "a": pair["anchor"]["uid"], "b": pair["comparison"]["uid"]} | others
    reply = client.post(api(app, "answers"), json=said)
    assert reply.status_code == 200, reply.json
    return reply.json


def test_importing_the_pages_loads_nothing_heavy() -> None:
    script = (
        "import sys, spotid.web, spotid.web.serve; spotid.web.create_app();"
        "print(sorted({'torch', 'cv2', 'faiss', 'ultralytics', 'timm', 'kornia'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("page", ["", "run", "review", "individuals", "sightings", "export", "sightings?shelf=problem"])
def test_every_page_draws(client, app, page: str) -> None:
    reply = client.get(f"/project/{app.stocked.id}/{page}")
    assert reply.status_code == 200
    assert "<title>" in reply.text
    assert "script-src 'self'" in reply.headers["Content-Security-Policy"]


def test_home_lists_the_project(client, app) -> None:
    page = client.get("/").text
    for label in ("Path for embeddings output", "Path to uncropped images", "Path to existing embeddings folder"):
        assert label in page
    assert app.stocked.title in page


def test_five_answers_and_an_undo(client, app) -> None:
    pair = client.get(api(app, "pair")).json
    left = pair["progress"]["left"]
    for row in range(1, 6):
        reply = say(client, app, pair, "different", seconds=2.5)
        assert reply["kept"]["row"] == row and not reply["repeated"]
        shown, pair = pair, reply["pair"]
    assert pair["progress"]["left"] == left - 5
    undone = client.post(api(app, "undo"), json={"uid": str(uuid.uuid4())}).json
    assert undone["undone"]["row"] == 5
    assert undone["pair"]["anchor"]["uid"] == shown["anchor"]["uid"]
    assert undone["pair"]["comparison"]["uid"] == shown["comparison"]["uid"]
    assert [event.kind for event in ledger.events(app.stocked.store)] == ["different"] * 5 + ["undo"]


def test_moving_between_anchors_is_remembered(client, app) -> None:
    first = client.get(api(app, "pair")).json["anchor"]["uid"]
    moved = client.post(api(app, "anchor"), json={"move": "next", "anchor": first}).json["anchor"]["uid"]
    assert moved != first
    assert client.get(api(app, "pair")).json["anchor"]["uid"] == moved
    back = client.post(api(app, "anchor"), json={"move": "previous", "anchor": moved}).json["anchor"]["uid"]
    assert back == first


@pytest.mark.parametrize(
    ("rest", "content"),
    [
        ("answers", {}),
        ("answers", {"uid": "x", "kind": "same", "a": "a", "b": "b"}),
        ("answers", {"uid": "12345678-x", "kind": "nonsense", "a": "a", "b": "b"}),
        ("answers", {"uid": "12345678-x", "kind": "same", "a": "a", "b": "b"}),
        ("answers", {"uid": "12345678-x", "kind": ["same"], "a": {}, "b": 3}),
        ("answers", []),
        ("undo", {"uid": "12345678-x"}),
        ("anchor", {"move": "sideways"}),
        ("job", {"action": "explode"}),
        ("export", {"folder": ""}),
    ],
)
def test_nonsense_is_refused_with_a_sentence(client, app, rest: str, content: object) -> None:
    reply = client.post(api(app, rest), json=content)
    assert 400 <= reply.status_code < 500
    assert reply.json["error"]["sentence"]
    assert ledger.events(app.stocked.store) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example:5000"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_foreign_writes_are_refused(client, app, headers: dict[str, str]) -> None:
    pair = client.get(api(app, "pair")).json
    said = {"uid": str(uuid.uuid4()), "kind": "same", "a": pair["anchor"]["uid"], "b": pair["comparison"]["uid"]}
    assert client.post(api(app, "answers"), json=said, headers=headers).status_code == 403
    assert ledger.events(app.stocked.store) == []


def test_a_foreign_name_reads_nothing_and_a_form_writes_nothing(client, app) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 403
    reply = client.post(api(app, "undo"), data="uid=12345678", content_type="application/x-www-form-urlencoded")
    assert reply.status_code == 403


@pytest.mark.parametrize("uid", ["../../etc/passwd", "..%2f..%2fproject.sqlite", "0" * 16, "%00", "ABCDEF0123456789"])
@pytest.mark.parametrize("view", ["original", "crop", "../../project.sqlite", "thumb"])
def test_no_path_names_a_picture(client, app, uid: str, view: str) -> None:
    assert client.get(f"/project/{app.stocked.id}/picture/{uid}/{view}").status_code == 404


def test_originals_are_shown_small_upright_and_without_their_metadata(client, app) -> None:
    uid = client.get(api(app, "pair")).json["anchor"]["uid"]
    reply = client.get(f"/project/{app.stocked.id}/picture/{uid}/original")
    assert reply.mimetype == "image/jpeg"
    assert b"Exif" not in reply.data


def test_the_folder_chooser_lists_folders_only(client, tmp_path, app) -> None:
    (tmp_path / "b & <b>").mkdir()
    (tmp_path / "secret.txt").write_text("x")
    reply = client.get("/api/browse", query_string={"path": str(tmp_path)}).json
    names = [folder["name"] for folder in reply["folders"]]
    assert "b & <b>" in names and "secret.txt" not in names
    assert {f["name"]: f["is_project"] for f in reply["folders"]}[app.stocked.path.name]
    for bad in ("relative", "/nowhere/at/all", str(tmp_path / "secret.txt")):
        assert client.get("/api/browse", query_string={"path": bad}).status_code == 404


def test_runs_need_folders_that_make_sense(client, tmp_path) -> None:
    images = tmp_path / "pictures of mine"
    images.mkdir()
    for content in (
        {"project_path": str(tmp_path / "p"), "images_path": str(tmp_path / "nowhere")},
        {"project_path": str(images / "inside"), "images_path": str(images)},
        {"project_path": "", "images_path": str(images)},
        {"project_path": str(tmp_path / "p"), "images_path": str(images), "station_level": "9"},
    ):
        reply = client.post("/api/projects/run", json=content)
        assert 400 <= reply.status_code < 500, content
        assert reply.json["error"]["advice"]
    assert not (tmp_path / "p").exists()


def test_unknown_addresses_answer_in_words(client) -> None:
    assert "nothing at this address" in client.get("/nowhere").text
    assert client.get("/api/project/none/pair").json["error"]["code"] == "not-found"


def test_no_page_needs_another_machine(repository: Path) -> None:
    import re

    remote = re.compile(r"""(?:src|href|url|import|fetch)\s*[=(]?\s*["'(]\s*(?:https?:)?//""")
    for folder in ("templates", "static"):
        for path in (repository / folder).rglob("*"):
            if path.suffix in (".html", ".css", ".js", ".svg"):
                found = remote.search(path.read_text(encoding="utf-8"))
                assert not found, f"{path.name}: {found and found.group()}"


def test_same_named_files_are_shown_as_what_they_are(client, app) -> None:
    """North and South each hold an IMG_0000.JPG, of another colour."""
    import io

    from PIL import Image

    rows = app.stocked.store.all("SELECT sighting.uid, relpath FROM sighting JOIN media ON media.id = media_id")
    assert len({row["relpath"].split("/")[-1] for row in rows}) == 3 < len(rows)
    for row in rows:
        reply = client.get(f"/project/{app.stocked.id}/picture/{row['uid']}/original")
        shown = Image.open(io.BytesIO(reply.data)).resize((1, 1)).getpixel((0, 0))
        place = ("North", "South").index(row["relpath"].split("/")[0]) * 3 + int(row["relpath"][-5])
        assert abs(shown[0] - 40 * place) < 6, row["relpath"]


def test_the_stream_of_a_run_tells_its_state(client, app) -> None:
    reply = client.get(api(app, "job/events"))
    assert reply.mimetype == "text/event-stream"
    assert reply.text.startswith("data: {") and '"state": "none"' in reply.text
