"""Backup, restore, check and looking, as the pages ask for them."""

from __future__ import annotations

import shutil
import threading
import uuid

from spotid.project import backup, ledger
from spotid.project.folder import open_project
from spotid.web import bench_of, create_app


def answer(client, project) -> dict:
    pair = client.get(f"/api/project/{project.id}/pair").json
    said = {"uid": str(uuid.uuid4()), "kind": "same", "a": pair["anchor"]["uid"], "b": pair["comparison"]["uid"]}
    reply = client.post(f"/api/project/{project.id}/answers", json=said)
    assert reply.status_code == 200, reply.json
    return said


def rows(app) -> int:
    return ledger.last_row(bench_of(app).project(app.stocked.id).store)


def test_a_backup_is_made_listed_and_put_back(app, client) -> None:
    api = f"/api/project/{app.stocked.id}"
    assert client.get(f"/project/{app.stocked.id}/care").status_code == 200
    answer(client, app.stocked)
    made = client.post(f"{api}/backup", json={}).json
    assert made["made"] == made["backups"][0]["name"] and made["backups"][0]["answers"] == 1 == made["answers"]
    answer(client, app.stocked)
    assert rows(app) == 2
    done = client.post(f"{api}/restore", json={"name": made["made"]})
    assert done.status_code == 200, done.json
    assert done.json["answers"] == 1 == rows(app)
    assert any("1 answers given after" in one for one in done.json["sentences"])
    assert client.get(f"{api}/pair").json["progress"]["answered"] == 1
    newest = done.json["backups"][0]
    assert newest["reason"] == "before restore" and newest["answers"] == 2
    client.post(f"{api}/restore", json={"name": newest["name"]})
    assert rows(app) == 2


def test_nothing_is_put_back_while_a_job_runs_and_no_name_leads_elsewhere(app, client, monkeypatch) -> None:
    api = f"/api/project/{app.stocked.id}"
    name = client.post(f"{api}/backup", json={}).json["made"]
    for bad in ("../project.sqlite", "nothing.sqlite", "/etc/passwd"):
        assert client.post(f"{api}/restore", json={"name": bad}).status_code == 404
    job = bench_of(app).jobs.start(bench_of(app).project(app.stocked.id), "check")
    monkeypatch.setattr(type(job), "running", property(lambda _: True))
    reply = client.post(f"{api}/restore", json={"name": name})
    assert reply.status_code == 409 and "at work" in reply.json["error"]["sentence"]
    job.wait(60)


def test_a_check_tells_what_is_wrong(app, client) -> None:
    api = f"/api/project/{app.stocked.id}"
    before = client.get(f"{api}/care").json
    assert "looked_at" not in before["check"].get("result", {})
    assert client.post(f"{api}/check", json={}).json["busy"] == "check"
    assert bench_of(app).jobs.of(app.stocked).wait(60)
    told = client.get(f"{api}/care").json["check"]
    assert told["state"] == "done" and told["result"]["wrong"] == 9 and len(told["result"]["findings"]) == 9


def test_a_project_held_by_another_program_is_looked_at(app, client) -> None:
    other = create_app()
    theirs = other.test_client()
    path = str(app.stocked.path)
    try:
        held = theirs.post("/api/projects/open", json={"path": path})
        assert (held.status_code, held.json["error"]["code"]) == (423, "project-locked")
        seen = theirs.post("/api/projects/look", json={"path": path})
        assert seen.status_code == 200
        page = theirs.get(seen.json["url"]).text
        assert "Open for looking only" in page and "looking_only.js" in page
        answer(client, app.stocked)
        api = f"/api/project/{seen.json['id']}"
        assert theirs.get(f"{api}/pair").json["progress"]["answered"] == 1
        for rest, content in (
            ("answers", {"uid": "x", "kind": "same", "a": "a", "b": "b"}),
            ("job", {"action": "start"}),
            ("export", {"folder": "/tmp/x"}),
            ("backup", {}),
            ("check", {}),
        ):
            reply = theirs.post(f"{api}/{rest}", json=content)
            assert (reply.status_code, reply.json["error"]["code"]) == (423, "project-readonly"), rest
        for page in ("", "run", "review", "boxes", "individuals", "sightings", "export", "care"):
            assert theirs.get(f"/project/{seen.json['id']}/{page}").status_code == 200, page
        assert rows(app) == 1
        bench_of(app).close()
        work = theirs.post("/api/projects/open", json={"path": path})
        assert work.status_code == 200
        assert "Open for looking only" not in theirs.get(work.json["url"]).text
    finally:
        bench_of(other).close()


def test_a_damaged_project_is_put_back_from_the_start_page(app, client) -> None:
    answer(client, app.stocked)
    backup.write(app.stocked.layout, "by hand")
    bench_of(app).close()
    path = app.stocked.path
    (path / "project.sqlite").write_bytes(b"ruin" * 4000)
    reply = client.post("/api/projects/open", json={"path": str(path)})
    assert reply.json["error"]["code"] == "project-damaged" and "1 answers" in reply.json["error"]["advice"]
    assert client.get("/care", query_string={"path": str(path)}).status_code == 200
    listed = client.get("/api/care", query_string={"path": str(path)}).json["backups"]
    done = client.post("/api/care/restore", json={"path": str(path), "name": listed[0]["name"]})
    assert done.status_code == 200 and client.get(done.json["url"]).status_code == 200
    assert rows(app) == 1
    assert client.get("/care", query_string={"path": str(path.parent)}).status_code == 404


def test_a_folder_of_embeddings_is_offered_a_project(app, client, tmp_path, monkeypatch) -> None:
    (tmp_path / "vectors").mkdir()
    (tmp_path / "vectors" / "manifest.json").write_text("{}")
    reply = client.post("/api/projects/open", json={"path": str(tmp_path / "vectors")})
    assert reply.json["error"]["code"] == "embeddings-only"
    reply = client.post("/api/care/rebuild", json={"path": str(tmp_path / "vectors")})
    assert reply.status_code == 409 and "whole" in reply.json["error"]["sentence"]


def test_every_five_hundred_answers_there_is_a_backup(app, client, monkeypatch) -> None:
    monkeypatch.setattr(backup, "EVERY_ANSWERS", 2)
    for _ in range(5):
        answer(client, app.stocked)
    for thread in threading.enumerate():
        if thread.name == "backup":
            thread.join(20)
    assert sum(one.reason == "answers" for one in backup.names(app.stocked.layout)) == 2


def test_the_start_page_makes_nothing_in_the_folders_that_it_lists(app, client) -> None:
    bench_of(app).close()
    before = sorted(path.name for path in app.stocked.path.iterdir())
    assert "6 sightings" in client.get("/").text
    assert sorted(path.name for path in app.stocked.path.iterdir()) == before


def test_a_copy_with_a_log_beside_it_is_listed_with_its_answers(app, client, tmp_path) -> None:
    answer(client, app.stocked)
    shutil.copytree(app.stocked.path, tmp_path / "copy")
    looked = open_project(tmp_path / "copy", readonly=True)
    assert ledger.last_row(looked.store) == 1
    looked.close()
