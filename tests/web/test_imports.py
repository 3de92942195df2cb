"""Taking a collection in through the pages: nothing is written before it was seen, and all of it can be undone."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from spotid.intake import source
from spotid.intake.received import FOLDER, PIECE
from spotid.jobs.preview import PAGE
from spotid.progress import Silent
from spotid.project import collections, results
from spotid.project.collections import Row
from spotid.review import imports
from spotid.web import bench_of, create_app
from tests.intake.test_camtrapdp import BLANK, BOXED, EVENT, MACHINE
from tests.intake.test_package_in import tables

RAW = "application/octet-stream"


@pytest.fixture
def plain(tmp_path: Path, monkeypatch):
    """The program without a project; runs are only noted, in ``app.ran``."""
    made = create_app()
    made.ran = []
    monkeypatch.setattr(type(bench_of(made)), "run", lambda self, project, **_: made.ran.append(project.path))
    yield made
    bench_of(made).close()


@pytest.fixture
def cards(tmp_path: Path, picture) -> Path:
    """Two known individuals, one folder of unknown ones."""
    for number, name in enumerate(("F12 Tiga", "M02", "Unknown")):
        for side in ("left", "right"):
            folder = tmp_path / "Leopards" / name / (side if name != "Unknown" else "")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"IMG_{number}{side[0]}.JPG").write_bytes(picture((40 * number, 90, len(side) * 20)))
    return tmp_path / "Leopards"


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def look(client: FlaskClient, project: Path, **what: Any) -> dict[str, Any]:
    reply = client.post("/api/imports/look-at", json={"project_path": str(project), **what})
    assert reply.status_code == 200, reply.text
    assert client.get(reply.json["url"]).status_code == 200
    return told(client, reply.json["id"])


def told(client: FlaskClient, uid: str) -> dict[str, Any]:
    while (state := client.get(f"/api/imports/{uid}").json)["state"] == "looking":
        pass
    return state


def answer_all(client: FlaskClient, state: dict[str, Any]) -> dict[str, Any]:
    while state["plan"]["asks"]:
        answers = {one["key"]: one["chosen"] or "seen" for one in state["plan"]["questions"]["rows"] if one["asks"]}
        client.post(f"/api/imports/{state['id']}/answer", json={"answers": answers})
        state = told(client, state["id"])
    return state


def take(client: FlaskClient, state: dict[str, Any], **more: Any):
    mark = state["plan"]["mark"]
    return client.post(f"/api/imports/{state['id']}/take", json={"mark": mark, "reviewer": "AB", **more})


def test_nothing_is_written_before_import_and_all_of_it_after(plain, cards: Path, tmp_path: Path) -> None:
    client, project, before = plain.test_client(), tmp_path / "Survey", tree(tmp_path)
    state = look(client, project, images_path=str(cards))
    assert state["plan"]["layout"] == "sorted" and state["plan"]["asks"]
    assert [one["name"] for one in state["plan"]["lists"]["individuals"]["rows"]] == ["F12 Tiga", "M02"]
    refused = take(client, state)
    assert refused.status_code == 400 and "asked" in refused.json["error"]["sentence"]
    state = answer_all(client, state)
    assert tree(tmp_path) == before and plain.ran == []
    done = take(client, state)
    assert done.status_code == 200 and done.json["url"].endswith("/run")
    assert take(client, state).json == done.json, "pressed twice it is taken once"
    assert plain.ran == [project]
    opened = bench_of(plain).projects()[0]
    [kept] = collections.listed(opened.store)
    assert kept["reviewer"] == "AB" and kept["counts"]["waits"] == 4
    page = client.get(f"/project/{opened.id}/imports").text
    assert kept["uid"] in page and str(cards) in page
    assert client.get(f"/project/{opened.id}/imports/{kept['uid']}").status_code == 200
    assert told(client, state["id"])["url"] == done.json["url"], "the back button leads to what was made of it"


def test_what_changed_after_it_was_seen_is_looked_at_again(plain, cards: Path, tmp_path: Path, picture) -> None:
    client = plain.test_client()
    state = answer_all(client, look(client, tmp_path / "Survey", images_path=str(cards)))
    (cards / "M02" / "left" / "IMG_new.JPG").write_bytes(picture((9, 9, 9)))
    refused = take(client, state)
    assert refused.status_code == 400 and refused.json["error"]["code"] == "collection-changed"
    client.post(f"/api/imports/{state['id']}/answer", json={"answers": {}, "again": True})
    state = told(client, state["id"])
    assert state["plan"]["pictures"] == 7
    assert take(client, state).status_code == 200


def test_an_answer_does_not_list_the_folder_again(plain, cards: Path, tmp_path: Path, monkeypatch) -> None:
    from spotid.intake import listing

    walked: list[Path] = []
    real = listing.of_folder
    monkeypatch.setattr(listing, "of_folder", lambda root, *more: walked.append(root) or real(root, *more))
    client = plain.test_client()
    answer_all(client, look(client, tmp_path / "Survey", images_path=str(cards)))
    assert walked == [cards]


def test_a_sent_zip_is_taken_from_where_it_lies_and_gone_once_it_is_unpacked(plain, cards, tmp_path: Path) -> None:
    client, project = plain.test_client(), tmp_path / "Survey"
    archive = tmp_path / "Leopards.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for path in cards.rglob("*.JPG"):
            zipped.write(path, f"Leopards/{path.relative_to(cards)}")
    content = archive.read_bytes()
    about = {"project_path": str(project), "name": "Leopards.zip", "size": len(content), "kind": "zip"}
    upload = client.post("/api/uploads/begin", json=about).json["id"]
    early = client.post("/api/imports/look-at", json={"project_path": str(project), "upload": upload})
    assert early.status_code == 400, "not before all of it is there"
    assert len(content) <= PIECE
    client.post(f"/api/uploads/{upload}/piece?at=0", data=content, content_type=RAW)
    state = answer_all(client, look(client, project, upload=upload))
    assert state["uploaded"] and [path.name for path in project.iterdir()] == [FOLDER], "no project yet"
    assert take(client, state).status_code == 200
    assert client.get("/api/uploads").json["uploads"] == []
    opened = bench_of(plain).projects()[0]
    client.post(f"/api/imports/{state['id']}/leave", json={})
    assert (project / FOLDER / upload / "Leopards.zip").is_file(), "leaving the page later takes nothing away"
    source.unpack_pending(opened, Silent(), 1000)
    assert not (project / FOLDER).exists()
    assert len(list((project / "originals").rglob("*.JPG"))) == 6
    assert archive.is_file(), "the person's own is none of ours"


def test_leaving_takes_away_what_was_sent(plain, tmp_path: Path, cards: Path) -> None:
    client, project, archive = plain.test_client(), tmp_path / "Survey", tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.write(next(cards.rglob("*.JPG")), "F1/a.JPG")
    about = {"project_path": str(project), "name": "a.zip", "size": archive.stat().st_size, "kind": "zip"}
    upload = client.post("/api/uploads/begin", json=about).json["id"]
    client.post(f"/api/uploads/{upload}/piece?at=0", data=archive.read_bytes(), content_type=RAW)
    state = look(client, project, upload=upload)
    for status in (200, 404):
        assert client.post(f"/api/imports/{state['id']}/leave", json={}).status_code == status
    assert not project.exists()
    assert client.get(f"/api/imports/{state['id']}").status_code == 404
    assert client.get(f"/import/{state['id']}").status_code == 404


def test_twenty_thousand_lines_are_not_listed_at_once(plain, tmp_path: Path, picture) -> None:
    folder = tmp_path / "Survey of years"
    folder.mkdir()
    (folder / "IMG_x.JPG").write_bytes(picture())
    lines = ["original_path,unique_name,locality name", "IMG_x.JPG,F1,Ridge"]
    lines += [f"lost/IMG_{number}.JPG,F{number % 300},Ridge" for number in range(20_000)]
    (folder / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    client = plain.test_client()
    reply = client.post(
        "/api/imports/look-at", json={"project_path": str(tmp_path / "P"), "images_path": str(folder)}
    ).json
    state = told(client, reply["id"])
    refused = state["plan"]["lists"]["refused"]
    assert refused["total"] == 20_000 and len(refused["rows"]) == PAGE
    assert len(json.dumps(state)) < 100_000
    last = client.get(f"/api/imports/{reply['id']}/list?of=refused&after=19990").json
    assert len(last["rows"]) == 10 and last["next"] is None
    assert client.get(f"/api/imports/{reply['id']}/list?of=files").status_code == 400


def test_a_later_sheet_is_shown_as_changes_before_it_counts(client, app, tmp_path: Path, monkeypatch) -> None:
    project = app.stocked
    monkeypatch.setattr(type(bench_of(app)), "run", lambda *_, **__: None)
    relpath = project.store.one("SELECT relpath FROM media ORDER BY id LIMIT 1")["relpath"]
    sheet = tmp_path / "later.csv"
    sheet.write_text(f"original_path,locality name\n{relpath},Far Ridge\nnowhere.jpg,Ridge\n", encoding="utf-8")
    address = f"/api/project/{project.id}/imports/look-at-sheet"
    assert client.post(address, json={"sheet_path": str(tmp_path / "none.csv")}).status_code == 404
    reply = client.post(address, json={"sheet_path": str(sheet)})
    assert client.get(reply.json["url"]).status_code == 200
    state = answer_all(client, told(client, reply.json["id"]))
    [change] = state["plan"]["lists"]["changes"]["rows"]
    assert (change["was"], change["now"], change["overrules"]) == ("North", "Far Ridge", True)
    assert state["plan"]["lists"]["refused"]["total"] == 1
    assert station_of(project, relpath) == "North"
    done = take(client, state)
    assert done.status_code == 200 and "/imports/" in done.json["url"]
    assert station_of(project, relpath) == "Far Ridge"
    assert "later.csv" in client.get(f"/project/{project.id}/imports").text


def test_a_package_is_shown_and_taken_as_one(plain, tmp_path: Path, picture) -> None:
    folder, client = tmp_path / "package", plain.test_client()
    (folder / "media").mkdir(parents=True)
    for name, content in tables(EVENT + BOXED + MACHINE + BLANK).items():
        (folder / name).write_text(content, encoding="utf-8")
    for name in "abd":
        (folder / "media" / f"{name}.JPG").write_bytes(picture())
    state = look(client, tmp_path / "Survey", images_path=str(folder))
    assert state["state"] == "ready" and state["plan"]["layout"] == "package" and not state["plan"]["asks"]
    assert "Camtrap DP" in state["plan"]["sentence"] and state["plan"]["lists"]["species"]["total"] == 1
    assert not (tmp_path / "Survey").exists()
    changed = client.post(f"/api/imports/{state['id']}/take", json={"mark": "of another one"})
    assert changed.json["error"]["code"] == "collection-changed"
    assert take(client, state).status_code == 200
    [kept] = collections.listed(bench_of(plain).projects()[0].store)
    assert kept["kind"] == "package"
    page = client.get(f"/project/{bench_of(plain).projects()[0].id}/imports").text
    assert "a Camtrap DP package" in page


def station_of(project: Any, relpath: str) -> str:
    sql = "SELECT station.name FROM media JOIN station ON station.id = station_id WHERE relpath = ?"
    return str(project.store.one(sql, relpath)["name"])


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ({"images_path": "nowhere"}, 404),
        ({"images_path": ""}, 400),
        ({"upload": "0" * 16}, 404),
        ({"images_path": "Leopards", "station_level": "9"}, 400),
        ({"images_path": "Leopards", "project_path": "Leopards/inside"}, 400),
        ({"images_path": "Leopards/M02", "project_path": "Leopards"}, 409),
    ],
)
def test_what_can_not_be_looked_at_is_said_at_once(plain, cards, tmp_path: Path, what, status: int) -> None:
    paths = {name: str(tmp_path / value) if value and "path" in name else value for name, value in what.items()}
    reply = plain.test_client().post("/api/imports/look-at", json={"project_path": str(tmp_path / "P"), **paths})
    assert reply.status_code == status and reply.json["error"]["sentence"]


def test_a_folder_without_photographs_says_what_is_read(plain, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    client = plain.test_client()
    reply = client.post(
        "/api/imports/look-at", json={"project_path": str(tmp_path / "P"), "images_path": str(tmp_path / "empty")}
    )
    state = told(client, reply.json["id"])
    assert state["state"] == "failed" and "No photographs" in state["error"]["sentence"]
    assert take(client, {"id": state["id"], "plan": {"mark": "x"}}).status_code == 404


def test_a_project_that_is_only_looked_at_is_given_nothing(client, app, cards: Path) -> None:
    folder = app.stocked.path
    bench_of(app).close()
    project = bench_of(app).open(folder, looking=True)
    what = {"images_path": str(cards), "sheet_path": str(cards / "metadata.csv")}
    for address in (
        "/api/imports/look-at",
        f"/api/project/{project.id}/imports/look-at",
        f"/api/project/{project.id}/imports/look-at-sheet",
        f"/api/project/{project.id}/imports/rows/1",
        f"/api/project/{project.id}/imports/x/take-back-all",
    ):
        reply = client.post(address, json={"project_path": str(folder), **what})
        assert reply.status_code == 423, address
    assert client.get(f"/project/{project.id}/imports").status_code == 200


@pytest.fixture
def imported(app, monkeypatch) -> tuple[Any, str, list[int]]:
    """The stocked project with an import of two rows: one to be answered, one line that is not used."""
    project = app.stocked
    monkeypatch.setattr(type(bench_of(app)), "run", lambda *_, **__: None)
    row = project.store.one("SELECT root_id, relpath FROM media ORDER BY id LIMIT 1")
    rows = [
        (row["root_id"], Row(row["relpath"], "2", "F12", state="ask", why="There are two animals in it.")),
        (row["root_id"], Row("", "3", state="refused", why="It names no file.")),
    ]
    uid, _ = collections.keep(project.store, "sheet", Path("/cards"), rows, reviewer="AB")
    return project, uid, [row["id"] for row in collections.rows(project.store, uid)]


def test_the_outcome_tells_every_row_and_a_person_settles_what_is_asked(client, app, imported) -> None:
    project, uid, ids = imported
    api = f"/api/project/{project.id}/imports"
    assert client.get(api).json == {"count": 1, "url": f"/project/{project.id}/imports/{uid}"}
    assert "Row of an import to be answered" in client.get(f"/project/{project.id}/").text
    found = client.get(f"{api}/{uid}").json
    assert found["counts"]["ask"] == 1 and [row["state"] for row in found["rows"]] == ["ask", "refused"]
    [asked] = client.get(f"{api}/{uid}?state=ask").json["rows"]
    [sighting] = asked["sightings"]
    assert client.post(f"{api}/rows/{ids[0]}", json={"sighting": "0" * 16}).status_code == 400
    done = client.post(f"{api}/rows/{ids[0]}", json={"sighting": sighting, "reviewer": "CD"})
    assert done.status_code == 200 and done.json["row"]["state"] == "used"
    assert client.get(api).json["count"] == 0
    assert len(results.individuals(project.store)) == 1
    assert "F12" in client.get(f"/project/{project.id}/individuals").text


def test_a_row_is_left_and_an_unknown_one_refused(client, imported) -> None:
    project, _, ids = imported
    api = f"/api/project/{project.id}/imports"
    assert client.post(f"{api}/rows/{ids[0]}", json={"leave": True}).json["row"]["state"] == "refused"
    for number in (0, 999, 1 << 70):
        assert client.post(f"{api}/rows/{number}", json={"leave": True}).status_code == 404
    assert client.get(f"{api}/nothing").status_code == 404
    assert client.get(f"/project/{project.id}/imports/nothing").status_code == 404


def test_a_whole_import_is_taken_back_once_a_person_is_sure(client, app, imported) -> None:
    project, uid, ids = imported
    api = f"/api/project/{project.id}/imports"
    [asked] = client.get(f"{api}/{uid}?state=ask").json["rows"]
    client.post(f"{api}/rows/{ids[0]}", json={"sighting": asked["sightings"][0]})
    assert client.post(f"{api}/{uid}/take-back-all", json={}).status_code == 400
    done = client.post(f"{api}/{uid}/take-back-all", json={"sure": True, "reviewer": "AB"}).json
    assert done["answers"] >= 1 and done["counts"]["used"] == 0
    assert client.get(f"{api}/{uid}").json["taken_back_at"]
    assert list(results.individuals(project.store)) == []
    assert imports.take_back(bench_of(app).desk(project.id), uid) == 0


def test_many_rows_come_a_page_at_a_time(client, app) -> None:
    project = app.stocked
    rows = [(1, Row("", str(line), state="refused", why=f"Line {line}.")) for line in range(250)]
    uid, _ = collections.keep(project.store, "sheet", Path("/cards"), rows)
    seen, after = [], 0
    while after is not None:
        page = client.get(f"/api/project/{project.id}/imports/{uid}?after={after}").json
        assert len(page["rows"]) <= 100
        seen += [row["lines"] for row in page["rows"]]
        after = page["next_after"]
    assert seen == [str(line) for line in range(250)]
