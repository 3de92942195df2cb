"""The page of other species where a classifier named the animals: which one, how sure, and what it was not sure of."""

from __future__ import annotations

import re
from typing import Any

import pytest

from spotid.profiles.names import Names
from spotid.project import classified, parts_kept, species
from spotid.project.classified import Word
from spotid.web import bench_of

OURS = Names(["leopard"]).ours
HYENA = Word("spotted hyaena (Crocuta crocuta)", 0.93, "mammalia;carnivora;hyaenidae;crocuta;crocuta")
GUESS = Word("<b>serval</b>", 0.41)


@pytest.fixture
def told(app: Any) -> tuple[Any, list[str]]:
    """A hyaena on the shelf, an animal of which the classifier was not sure, and one that a person named."""
    store = app.stocked.store
    rows = store.all("SELECT id, uid FROM sighting ORDER BY id")
    row = classified.begin(store, "0123456789abcdef", "deepfaune-1-5", 0.8, lambda words, least: None)
    classified.keep(store, row, [(rows[0]["id"], [HYENA, GUESS], HYENA), (rows[1]["id"], [GUESS], None)])
    classified.keep(store, row, [(rows[2]["id"], [HYENA], HYENA)])
    classified.put_in_force(store, row)
    species.settle(store, OURS)
    species.say(store, [rows[2]["uid"]], "dog", OURS)
    bench_of(app).boxes_changed(app.stocked.id)
    return app.stocked, [row["uid"] for row in rows]


def test_the_shelf_tells_which_classifier_said_it_and_how_sure_it_was(client, told) -> None:
    project, uids = told
    text = client.get(f"/project/{project.id}/species").text
    card = re.search(rf"pick-{uids[0]}.*?pick-{uids[0]}", text, re.S)
    assert card is not None
    assert "deepfaune-1-5" in card[0] and "93 %" in card[0] and "0123456789abcdef" in card[0]
    assert "spotted hyaena (Crocuta crocuta) 93\u00a0%" in card[0] and "&lt;b&gt;serval" in card[0]
    other = re.search(rf"pick-{uids[2]}.*?pick-{uids[2]}", text, re.S)
    assert other is not None and "said by a person" in other[0] and "deepfaune" not in other[0]
    line = client.get(f"/project/{project.id}/species?shelf=line").text
    assert "perhaps" in line and "&lt;b&gt;serval&lt;/b&gt; 41\u00a0%" in line and "<b>serval" not in line


def test_sorting_and_taking_back_gives_the_classifiers_word_back(client, told) -> None:
    project, uids = told
    address = f"/api/project/{project.id}/species"
    reply = client.post(f"{address}/sort", json={"sightings": uids[:1], "ours": True}).json
    assert reply["before"] == [[uids[0], HYENA.name, "classifier", 0.93]]
    assert project.store.value("SELECT state FROM sighting WHERE uid = ?", uids[0]) == "cropped"
    assert client.post(f"{address}/sort-back", json={"before": reply["before"]}).json == {"sorted": 1}
    row = project.store.one("SELECT * FROM sighting WHERE uid = ?", uids[0])
    assert (row["species_by"], row["state"]) == ("classifier", "other")


def test_the_country_is_kept_where_a_classifier_asks_for_it(client, told) -> None:
    project, _ = told
    page = f"/project/{project.id}/species"
    assert 'id="country"' not in client.get(page).text
    parts_kept.keep(project.store, "leopard", {"classifier": "deepfaune-1-5"})  # knows no countries
    assert 'id="country"' not in client.get(page).text
    parts_kept.keep(project.store, "leopard", {"classifier": "speciesnet"})
    assert 'id="country"' in client.get(page).text
    address = f"/api/project/{project.id}/species/country"
    assert client.post(address, json={"country": " ken "}).json == {"country": "KEN"}
    assert 'value="KEN"' in client.get(page).text
    assert classified.country(project.store) == "KEN" and classified.country(project.store, "tza") == "TZA"
    for wrong in ("Kenya", "K3N", "<b>", 7, None, ["KEN"]):
        assert client.post(address, json={"country": wrong}).status_code == 400, wrong
    assert client.post(address, json={"country": ""}).json == {"country": ""}


def test_while_only_looking_no_country_is_kept(app, client, told) -> None:
    project, _ = told
    project.close()
    bench_of(app)._opened.clear()
    looking = bench_of(app).open(project.path, looking=True)
    assert client.post(f"/api/project/{looking.id}/species/country", json={"country": "KEN"}).status_code == 423
    assert "93 %" in client.get(f"/project/{looking.id}/species").text
