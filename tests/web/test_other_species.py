"""Animals of other species are in no list, page and export where they do not belong: all are looked through."""

from __future__ import annotations

import io
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image

from spotid.cli import main
from spotid.export.folders import export_matches, sighting_lines
from spotid.profiles.names import OTHER_SPECIES, Names
from spotid.progress import Silent
from spotid.project import (
    candidates,
    flanks,
    frame_queues,
    histories,
    individuals,
    moments,
    recent,
    results,
    shards,
    sightings,
    species,
    stations_kept,
    views,
)
from spotid.review.desk import Desk
from spotid.review.visits import read_seen
from spotid.web import bench_of

OURS = Names(["leopard"]).ours
# Where an animal of another species is shown, or may be asked for by its own number.
BELONGS = {"species.page", "shelves.files", "pictures.picture"}
# What a page of a whole photograph tells of all its boxes.
OF_FRAMES = {"boxes.look", "boxes.proposals"}


def away(project: Any, uids: list[str]) -> None:
    species.say(project.store, uids, OTHER_SPECIES, OURS)


@pytest.fixture
def told(app, client):
    """Two individuals, of whom one is gone with the animals of another species; one of those was called unusable."""
    project = app.stocked
    desk = bench_of(app).desk(project.id)
    uids = [row["uid"] for row in project.store.all("SELECT uid FROM sighting ORDER BY id")]
    desk.answer(str(uuid.uuid4()), "same", uids[0], uids[1])
    desk.answer(str(uuid.uuid4()), "same", uids[2], uids[3])
    desk.answer(str(uuid.uuid4()), "unusable", uids[4])
    with project.store.write() as connection:
        connection.execute("UPDATE sighting SET flank = 'left', score = 0.01 WHERE uid = ?", (uids[4],))
    away(project, [uids[2], uids[3], uids[4]])
    bench_of(app).boxes_changed(project.id)
    return project, uids


def test_no_page_shows_them_but_their_own(app, client, told) -> None:
    project, uids = told
    gone = uids[2:5]
    media = project.store.value("SELECT uid FROM media ORDER BY id LIMIT 1")
    numbers = [row["number"] for row in results.individuals(project.store)]
    assert len(numbers) == 1
    asked = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or "<project_id>" not in rule.rule or rule.rule.endswith("/events"):
            continue
        address = re.sub(r"<any\((\w+).*?>", r"\1", rule.rule).replace("<project_id>", project.id)
        address = address.replace("<media_uid>", media).replace("<uid>", uids[0])
        address = re.sub(r"<[^>]*number>", str(numbers[0]), address)
        address = re.sub(r"<[^>]+>", "1", address)
        for query in ("", "?shelf=unusable", "?shelf=identified", "?shelf=review", "?queue=weak", "?kind=run"):
            reply = client.get(address + query)
            assert reply.status_code < 500, address
            if rule.endpoint in BELONGS | OF_FRAMES or not (reply.is_json or "html" in (reply.mimetype or "")):
                continue
            asked += 1
            assert not [uid for uid in gone if uid in reply.text], (rule.rule, query)
    assert asked > 100
    shelf = client.get(f"/project/{project.id}/species").text
    assert all(uid in shelf for uid in gone) and uids[0] not in shelf
    told_of = client.get(
        f"/project/{project.id}/photograph/" + project.store.value("SELECT uid FROM media WHERE id = 3")
    )
    assert "In this photograph is 1 animal of another species:" in told_of.text
    line = client.get(f"/project/{project.id}/species?shelf=line").text
    assert uids[0] in line and not [uid for uid in gone if uid in line]


def test_the_review_asks_about_them_in_no_way(app, client, told) -> None:
    project, uids = told
    for way in ("anchor", "certain", "useful", "second", "blind"):
        for anchor in (uids[0], uids[2], uids[4], uids[5]):
            text = client.get(f"/api/project/{project.id}/pair?way={way}&anchor={anchor}").text
            assert not [uid for uid in uids[2:5] if uid in text], (way, anchor)
    desk = bench_of(app).desk(project.id)
    assert set(desk.seen) == {uids[0], uids[1], uids[5]} and desk.individuals == 1


def test_no_list_of_the_project_has_them(told) -> None:
    project, uids = told
    store, gone = project.store, set(uids[2:5])
    one = individuals.animals(store)
    assert [animal.count for animal in one] == [2] and individuals.counts(store) == {"individuals": 1, "sightings": 2}
    assert sightings.count(store) == 3 and sightings.withdrawn(store) == gone
    assert not gone & set(read_seen(project))
    assert not gone & {row["uid"] for row in results.identified(store)}
    assert results.contradicted(store) == frozenset() and sightings.photo_mates(store) == []
    assert histories.unusable(store) == [] and histories.count_unusable(store) == 0
    assert not gone & {shot.uid for shot in moments.shots(store)}
    assert flanks.count_pending(store, "new") == 3 and views.singletons(store) == 0
    rows = store.all("SELECT id, uid FROM media ORDER BY id")
    assert (
        frame_queues.first(store, "weak") == rows[0]["uid"]
    )  # not the weakest box of all, which is of another species
    assert frame_queues.counts(store)["weak"] == 3
    assert histories.boxes(store, rows[2]["id"]) == []
    assert {one.name: one.animals for one in stations_kept.stations(store)} == {"North": 2, "South": 1}
    assert individuals.span(store) == ("2026-03-01T06:00:00", "2026-03-06T06:00:00")
    with store.write() as connection:
        connection.execute("UPDATE media SET captured_at = NULL WHERE id = 3")
    assert moments.untimed(store) == 0
    recent.remember(project)
    assert [one["sightings"] for one in recent.recents()] == [3]
    counts = views.shelf_counts(store)
    assert counts["other"] == 3 and counts["identified"] == 2 and counts["review"] == 1 and counts["unusable"] == 0
    with store.write() as connection:
        connection.execute("INSERT INTO encoder (id, identity, name, dim) VALUES (1, 'i', 'n', 2)")
        connection.execute("INSERT INTO embedding SELECT 1, id, 1, id FROM sighting WHERE state = 'other'")
    encoder = shards.encoder_rows(store)[0]
    assert shards.load(project.layout, store, encoder)[0] == []
    assert candidates.Candidates(project.layout).of(
        1, 5
    )  # what was computed before is kept: it counts if one comes back


def test_no_export_has_them_but_the_table_of_all_files(told, tmp_path: Path) -> None:
    project, uids = told
    done = export_matches(project, tmp_path / "out", Silent())
    assert (done["individuals"], done["files"]) == (1, 2)
    lines = list(sighting_lines(project))
    others = [line for line in lines if line["state"] == "other"]
    assert len(lines) == 6 and len(others) == 3
    assert {line["individual"] for line in others} == {None} and {line["species"] for line in others} == {OTHER_SPECIES}
    written = "".join(path.read_text("utf-8", "replace") for path in (tmp_path / "out").glob("*matches.csv"))
    assert uids[0] in written and not [uid for uid in uids[2:5] if uid in written]
    ranks = tmp_path / "ranks.csv"
    project.close()
    assert CliRunner().invoke(main, ["rank", "--project", str(project.path), "--out", str(ranks)]).exit_code == 0
    text = ranks.read_text("utf-8-sig")
    assert "North/100MEDIA/IMG_0000.JPG" in text and "North/100MEDIA/IMG_0002.JPG" not in text


def test_a_box_without_a_crop_is_shown_from_the_small_picture(app, client, told) -> None:
    project, uids = told
    row = project.store.one(
        "SELECT media.uid FROM media JOIN sighting ON media.id = media_id WHERE sighting.uid = ?", uids[2]
    )
    small = project.layout.small(row["uid"])
    small.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 48), (10, 200, 30)).save(small)
    with project.store.write() as connection:
        connection.execute(
            "UPDATE sighting SET recipe = NULL, x = 0, y = 0, w = 0.5, h = 0.5 WHERE uid = ?", (uids[2],)
        )
    reply = client.get(f"/project/{project.id}/picture/{uids[2]}/thumb")
    assert reply.status_code == 200 and Image.open(io.BytesIO(reply.data)).size == (32, 24)
    assert client.get(f"/project/{project.id}/picture/{uids[2]}/cutout").status_code == 404


def test_sorting_answers_in_sentences(app, client, told) -> None:
    project, uids = told
    address = f"/api/project/{project.id}/species"
    done = client.post(f"{address}/sort", json={"sightings": uids[2:4], "ours": True}).json
    assert done["sorted"] == 2 and len(results.individuals(project.store)) == 2  # with their answers
    assert client.post(f"{address}/sort-back", json={"before": done["before"]}).json == {"sorted": 2}
    assert len(results.individuals(project.store)) == 1
    for wrong in (
        {"sightings": [], "ours": True},
        {"sightings": ["../x"], "ours": True},
        {"sightings": uids, "ours": "yes"},
        {"sightings": uids, "ours": False, "species": "Leopard"},
        {"sightings": uids, "ours": False, "species": "x" * 100},
    ):
        reply = client.post(f"{address}/sort", json=wrong)
        assert reply.status_code == 400 and reply.json["error"]["sentence"], wrong
    for wrong in (
        [],
        [["x"]],
        [[uids[0], "dog", "me", None]],
        [[uids[0], "dog", "sheet", 7]],
        [[uids[0], 1, "", None]],
    ):
        assert client.post(f"{address}/sort-back", json={"before": wrong}).status_code == 400, wrong
    assert client.post(f"{address}/name", json={"species": "dog", "ours": 1}).status_code == 400
    reply = client.post(f"{address}/name", json={"species": OTHER_SPECIES, "ours": True}).json
    assert reply == {"out": 0, "back": 3, "kept": 0}


def test_nothing_is_sorted_or_taken_in_while_only_looking(app, client, told, tmp_path: Path) -> None:
    project, uids = told
    path = tmp_path / "found.json"
    name = project.store.value("SELECT relpath FROM media LIMIT 1")
    path.write_text(json.dumps({"images": [{"file": name, "detections": []}], "info": {}}), encoding="utf-8")
    project.close()
    bench_of(app)._opened.clear()
    looking = bench_of(app).open(project.path, looking=True)
    for deed, content in (
        ("species/sort", {"sightings": uids[:1], "ours": False}),
        ("species/sort-back", {"before": [[uids[2], "", "", None]]}),
        ("species/name", {"species": "dog", "ours": True}),
        ("recognitions/take-in", {"path": str(path)}),
    ):
        reply = client.post(f"/api/project/{looking.id}/{deed}", json=content)
        assert reply.status_code == 423, (deed, reply.text)
    assert client.get(f"/project/{looking.id}/species").status_code == 200


def test_the_desk_of_a_project_opened_anew_leaves_them_out(stock) -> None:
    away(stock.project, stock.uids[:2])
    desk = Desk(stock.project, 5)
    assert not set(stock.uids[:2]) & set(desk.seen)
    offered = {offer.comparison for anchor in desk.queue.anchors for offer in desk.lists.chosen(anchor)}
    assert not set(stock.uids[:2]) & offered


def test_a_package_is_looked_into_and_taken_in_on_the_same_page(
    app, client, stock, tmp_path: Path, monkeypatch
) -> None:
    from tests.intake.test_package_in import tables

    monkeypatch.setattr(type(bench_of(app)), "run", lambda *_, **__: None)
    project = app.stocked
    names = [row["relpath"] for row in project.store.all("SELECT relpath FROM media ORDER BY id")]
    folder = tmp_path / "package"
    folder.mkdir()
    for name, text in tables(
        "o1,d1,m1,,2020-05-31T02:57:37Z,,media,animal,,Crocuta crocuta,,,,,,,,,,,,,,,,,,\n"
    ).items():
        (folder / name).write_text(text.replace("media/a.JPG", names[0]), encoding="utf-8")
    address = f"/api/project/{project.id}/recognitions"
    looked = client.post(f"{address}/look-into", json={"path": str(folder)}).json
    assert looked["package"] and (looked["stations"], looked["found"]) == (2, 1)
    assert looked["species"] == [{"name": "Crocuta crocuta", "count": 1, "ours": False}]
    assert client.post(f"{address}/take-in", json={"path": str(folder)}).json["url"].endswith("/run")
    assert project.store.value("SELECT COUNT(*) FROM recognition") == 1
    assert "package" in client.get(f"/project/{project.id}/recognitions").text
    reply = client.post(f"{address}/look-into", json={"path": str(tmp_path)})
    assert reply.status_code == 400 and "is a folder" in reply.json["error"]["sentence"]
