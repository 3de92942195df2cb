"""The parts of a project on its run page."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from spotid.jobs.runner import Jobs
from spotid.project import parts_kept
from spotid.web import bench_of


@pytest.fixture
def api(client: Any, app: Any) -> Any:
    def call(path: str = "", body: dict[str, Any] | None = None, status: int = 200) -> Any:
        address = f"/api/project/{app.stocked.id}/parts{path}"
        reply = client.get(address) if body is None else client.post(address, json=body)
        assert reply.status_code == status, reply.text
        return reply.json

    return call


def chosen(told: dict[str, Any], profile: int = 0) -> dict[str, str]:
    return {role["role"]: role["chosen"] for role in told["profiles"][profile]["roles"]}


def test_all_parts_are_told_with_what_could_take_their_places(api: Any) -> None:
    told = api()
    assert chosen(told) == {
        **{"detector": "layered", "cutout": "network", "encoder": "coat-vlad", "matcher": "coat-spots"},
        "classifier": "",
    }
    for role in told["profiles"][0]["roles"]:
        names = [option["name"] for option in role["options"]]
        assert role["chosen"] in names and len(set(names)) == len(names)
        assert all(option["here"] or option["reason"] for option in role["options"])
    assert {"name": "tiger", "title": "Tiger"} in told["more"] and not told["busy"]


def test_a_part_is_switched_and_its_price_told(api: Any, app: Any) -> None:
    told = api("/choose", {"profile": "leopard", "role": "cutout", "part": "grabcut"})
    assert "by grabcut" in told["sentences"][0] and chosen(told)["cutout"] == "grabcut"
    assert parts_kept.kept(app.stocked.store, "leopard") == {"cutout": "grabcut"}
    told = api("/choose", {"profile": "leopard", "role": "encoder", "part": "coat-vlad"})
    assert "never mixed in" in " ".join(told["sentences"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"profile": "leopard", "role": "encoder", "part": "miewid-msv3"}, 404),
        ({"profile": "leopard", "role": "encoder", "part": "moon"}, 404),
        ({"profile": "leopard", "role": "nose", "part": "moon"}, 400),
        ({"profile": "tiger", "role": "encoder", "part": "coat-vlad"}, 404),
        ({"profile": "leopard", "role": "encoder"}, 400),
        ({"profile": "leopard", "role": "encoder", "part": "x" * 5000}, 400),
        ({"role": "encoder", "part": "coat-vlad"}, 400),
        ({}, 400),
    ],
)
def test_what_can_not_be_chosen_is_refused_with_a_sentence(api: Any, app: Any, body: dict, status: int) -> None:
    assert api("/choose", body, status)["error"]["sentence"]
    assert parts_kept.kept(app.stocked.store, "leopard") == {}


def test_several_species_are_chosen(api: Any, app: Any) -> None:
    told = api("/profiles", {"profiles": ["leopard", "hyena"]})
    assert [one["name"] for one in told["profiles"]] == ["leopard", "hyena"]
    # Nobody knows the species before the animals are found: one detector for all.
    assert set(chosen(told, 1)) == {"cutout", "encoder", "matcher"}
    api("/choose", {"profile": "hyena", "role": "matcher", "part": "coat-points"})
    assert parts_kept.kept(app.stocked.store, "hyena") == {"matcher": "coat-points"}
    for wrong in ([], ["unicorn"], "leopard", [3], [[]], None, ["leopard"] * 30):
        assert api("/profiles", {"profiles": wrong}, 404 if wrong == ["unicorn"] else 400)["error"]["sentence"]
    assert parts_kept.profiles(app.stocked.store) == ["leopard", "hyena"]


def test_nothing_is_switched_while_a_run_is_at_work(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Running:
        running = True

    monkeypatch.setattr(Jobs, "of", lambda self, project: Running())
    assert api()["busy"]
    assert (
        "at work"
        in api("/choose", {"profile": "leopard", "role": "cutout", "part": "grabcut"}, 409)["error"]["sentence"]
    )


def test_a_project_open_for_looking_keeps_its_parts(app: Any, client: Any) -> None:
    folder = app.stocked.path
    bench_of(app).close()
    looked = bench_of(app).open(folder, looking=True)
    body = {"profile": "leopard", "role": "cutout", "part": "grabcut"}
    assert client.post(f"/api/project/{looked.id}/parts/choose", json=body).status_code == 423


def test_the_run_page_says_what_is_missing_here_and_reviewing_goes_on(app: Any, client: Any) -> None:
    parts_kept.keep(app.stocked.store, "leopard", {"encoder": "miewid-msv3", "matcher": "aliked-lightglue"})
    page = client.get(f"/project/{app.stocked.id}/run").text
    assert "works with the encoder “miewid-msv3”" in page and "works with the matcher “aliked-lightglue”" in page
    assert client.get(f"/project/{app.stocked.id}/review").status_code == 200
    assert client.get(f"/api/project/{app.stocked.id}/pair").json["state"] == "pair"
    uids = [row["uid"] for row in app.stocked.store.all("SELECT uid FROM sighting ORDER BY id LIMIT 2")]
    spots = client.get(f"/api/project/{app.stocked.id}/spots?a={uids[0]}&b={uids[1]}")
    assert spots.status_code == 200 and spots.json["pairs"] == []


def test_a_run_can_be_asked_to_cut_anew_and_to_search_again(app: Any, client: Any, monkeypatch) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(Jobs, "start", lambda self, project, kind, **what: asked.append(what))
    for action in ("cut_anew", "search_again"):
        assert client.post(f"/api/project/{app.stocked.id}/job", json={"action": action}).status_code == 200
    assert [one.keys() & {"cut_anew", "again"} for one in asked] == [{"cut_anew"}, {"again"}]


def test_asking_for_parts_loads_no_heavy_library(stock) -> None:  # type: ignore[no-untyped-def]
    stock.project.close()
    code = (
        "import sys\nfrom pathlib import Path\nfrom spotid.web import bench_of, create_app\napp = create_app()\n"
        "project = bench_of(app).open(Path(sys.argv[1]))\nclient = app.test_client()\n"
        "assert client.get(f'/api/project/{project.id}/parts').status_code == 200\n"
        "assert client.get(f'/project/{project.id}/run').status_code == 200\n"
        "bench_of(app).close()\nprint(sorted({'cv2', 'faiss', 'torch', 'timm', 'kornia'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(stock.project.path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_a_person_says_of_which_kind_an_animal_is(api: Any, app: Any, client: Any) -> None:
    store = app.stocked.store
    api("/profiles", {"profiles": ["leopard", "hyena"]})
    uid = str(store.value("SELECT uid FROM sighting ORDER BY id LIMIT 1"))
    page = client.get(f"/project/{app.stocked.id}/species?shelf=line").text
    assert 'id="sort-kind"' in page and "spotted hyena" in page
    address = f"/api/project/{app.stocked.id}/species/sort"
    body = {"sightings": [uid], "ours": True, "species": "spotted hyena"}
    assert client.post(address, json=body).json["sorted"] == 1
    assert store.value("SELECT species FROM sighting WHERE uid = ?", uid) == "spotted hyena"
    assert client.post(address, json=body | {"species": "lion"}).status_code == 400
    assert client.post(address, json=body | {"species": ""}).json["sorted"] == 1  # as before there were several
    assert store.value("SELECT species FROM sighting WHERE uid = ?", uid) == "leopard"
    api("/profiles", {"profiles": ["leopard"]})
    assert 'id="sort-kind"' not in client.get(f"/project/{app.stocked.id}/species?shelf=line").text
