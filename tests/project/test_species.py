"""Who waits on the shelf of other species, who comes back, and that nobody's answer is lost on the way."""

from __future__ import annotations

import uuid

import pytest

from spotid.profiles.names import OTHER_SPECIES, Names
from spotid.project import media, results, sightings, species, species_shelf, views
from spotid.review.desk import Desk
from spotid.words import MediaState, SightingState

OURS = Names(["leopard", "Panthera pardus"]).ours


@pytest.fixture
def stock(stock):
    """The usual stock, its animals described."""
    with stock.project.store.write() as connection:
        connection.execute("INSERT INTO encoder (id, identity, name, dim) VALUES (1, 'i', 'n', 2)")
        connection.execute("INSERT INTO embedding SELECT 1, id, 1, id FROM sighting")
    return stock


def states(stock) -> list[str]:
    rows = {row["uid"]: row["state"] for row in stock.project.store.all("SELECT uid, state FROM sighting")}
    return [rows[uid] for uid in stock.uids]


def say_of_picture(stock, number: int, name: str, by: str = "sheet") -> None:
    with stock.project.store.write() as connection:
        connection.execute(
            "UPDATE media SET said_species = ?, said_by = ? WHERE id = (SELECT media_id FROM sighting WHERE uid = ?)",
            (name, by, stock.uids[number]),
        )


def told_by_a_file(stock, number: int, name: str, score: float = 0.4) -> None:
    with stock.project.store.write() as connection:
        connection.execute(
            "UPDATE sighting SET species = ?, species_by = 'recognitions', species_score = ? WHERE uid = ?",
            (name, score, stock.uids[number]),
        )


def test_what_a_sheet_or_folder_says_of_a_picture_is_followed_and_can_change(stock) -> None:
    store = stock.project.store
    say_of_picture(stock, 0, "spotted hyaena")
    say_of_picture(stock, 1, "Leopards")
    say_of_picture(stock, 2, "unknown animal", "folder")
    assert species.settle(store, OURS) == species.Settled(out=1)
    assert states(stock) == ["other"] + ["embedded"] * 5  # of whom nothing is told goes on
    assert species.settle(store, OURS) == species.Settled()  # nothing is done twice
    say_of_picture(stock, 0, "leopard")
    assert species.settle(store, OURS) == species.Settled(back=1)
    say_of_picture(stock, 0, "dog")
    species.settle(store, OURS)
    say_of_picture(stock, 0, "", "")  # the import was taken back
    assert species.settle(store, OURS) == species.Settled(back=1)
    assert store.value("SELECT COUNT(*) FROM sighting WHERE species_by IN ('sheet') AND species = 'dog'") == 0


@pytest.mark.parametrize(
    ("state", "recipe", "described", "comes_back_as"),
    [
        ("detected", None, False, "detected"),
        ("cropped", "r", False, "cropped"),
        ("embedded", "r", True, "embedded"),
    ],
)
def test_an_animal_comes_back_to_where_it_was(stock, state, recipe, described, comes_back_as) -> None:
    store = stock.project.store
    with store.write() as connection:
        connection.execute("UPDATE sighting SET state = ?, recipe = ?", (state, recipe))
        if not described:
            connection.execute("DELETE FROM embedding")
    before = species.say(store, stock.uids[:2], "dog", OURS)
    assert states(stock)[:2] == ["other", "other"] and len(before) == 2
    species.say(store, stock.uids[:1], "leopard", OURS)
    assert states(stock)[:3] == [comes_back_as, "other", state]


def test_a_person_counts_more_than_a_file_more_than_a_sheet(stock) -> None:
    store = stock.project.store
    say_of_picture(stock, 0, "dog")
    told_by_a_file(stock, 0, "leopard")
    species.settle(store, OURS)
    assert states(stock)[0] == "embedded"
    told_by_a_file(stock, 0, "dog")
    say_of_picture(stock, 0, "leopard")
    species.settle(store, OURS)
    assert states(stock)[0] == "other"
    species.say(store, stock.uids[:1], "leopard", OURS)
    say_of_picture(stock, 0, "dog")
    species.settle(store, OURS)
    assert states(stock)[0] == "embedded"
    say_of_picture(stock, 1, "dog", species.PERSON)
    told_by_a_file(stock, 1, "leopard")
    species.settle(store, OURS)
    assert states(stock)[1] == "other"


def test_saying_can_be_taken_back(stock) -> None:
    store = stock.project.store
    told_by_a_file(stock, 0, "dog", 0.3)
    species.settle(store, OURS)
    before = species.say(store, stock.uids, "leopard", OURS)
    assert set(states(stock)) == {"embedded"} and len(before) == 6
    assert species.put_back(store, before, OURS) == 6
    assert states(stock) == ["other"] + ["embedded"] * 5
    row = store.one("SELECT * FROM sighting WHERE uid = ?", stock.uids[0])
    assert (row["species"], row["species_by"], row["species_score"]) == ("dog", "recognitions", 0.3)
    assert species.put_back(store, before, OURS) == 0  # only what a person said is taken back


def test_answers_stay_and_come_back_with_the_animal(stock) -> None:
    store, desk = stock.project.store, Desk(stock.project, 5)
    desk.answer(str(uuid.uuid4()), "same", stock.uids[0], stock.uids[1])
    assert [row["n"] for row in results.individuals(store)] == [2]
    species.say(store, stock.uids[:1], OTHER_SPECIES, OURS)
    desk.reload()
    assert [row["n"] for row in results.individuals(store)] == [1] and stock.uids[0] not in desk.seen
    species.say(store, stock.uids[:2], OTHER_SPECIES, OURS)
    desk.reload()
    assert results.individuals(store) == [] and desk.individuals == 0
    species.say(store, stock.uids[:2], "leopard", OURS)
    desk.reload()
    assert [row["n"] for row in results.individuals(store)] == [2] and desk.individuals == 1
    assert store.value("SELECT COUNT(*) FROM decision") == 1


def test_a_machine_does_not_send_away_whom_a_person_identified(stock) -> None:
    store, desk = stock.project.store, Desk(stock.project, 5)
    desk.answer(str(uuid.uuid4()), "new", stock.uids[0])
    told_by_a_file(stock, 0, "dog")
    told_by_a_file(stock, 1, "dog")
    assert species.settle(store, OURS) == species.Settled(out=1, kept=1)
    assert states(stock)[:2] == ["embedded", "other"]
    species.say(store, stock.uids[:1], "dog", OURS)  # a person does
    assert states(stock)[0] == "other"


def test_a_name_that_people_of_the_project_call_theirs_counts(stock) -> None:
    store = stock.project.store
    told_by_a_file(stock, 0, "Tendwa")
    species.settle(store, OURS)
    assert states(stock)[0] == "other"
    species.say_word(store, "Tendwa", True)
    assert species.words(store) == {"Tendwa": True}
    assert species.settle(store, Names(["leopard"], species.words(store)).ours).back == 1
    species.say_word(store, "Tendwa", None)
    assert species.words(store) == {}


def test_withdrawn_boxes_and_those_with_a_problem_stay_what_they_are(stock) -> None:
    store = stock.project.store
    with store.write() as connection:
        connection.execute("UPDATE sighting SET state = 'withdrawn' WHERE uid = ?", (stock.uids[0],))
        connection.execute("UPDATE sighting SET state = 'problem' WHERE uid = ?", (stock.uids[1],))
    species.say(store, stock.uids, "dog", OURS)
    assert states(stock) == ["withdrawn", "problem"] + ["other"] * 4
    assert store.value("SELECT species FROM sighting WHERE uid = ?", stock.uids[0]) == ""


def test_the_work_on_an_animal_that_left_meanwhile_does_not_bring_it_back(stock) -> None:
    store = stock.project.store
    species.say(store, stock.uids[:3], "dog", OURS)
    sightings.keep_cropped(store, stock.ids[0], recipe="new", cut_by="x", cut_score=1, quality=1)
    sightings.put_aside(store, stock.ids[1], "broken")
    assert states(stock)[:3] == ["other"] * 3


def test_the_shelf_adds_up_and_shows_names_with_their_scores(stock) -> None:
    store = stock.project.store
    told_by_a_file(stock, 0, "dog", 0.12)
    told_by_a_file(stock, 1, "dog", 0.9)
    told_by_a_file(stock, 2, "pig")
    species.settle(store, OURS)
    counts = views.shelf_counts(store)
    assert counts["other"] == 3 and counts["review"] == 3 and sum(counts.values()) == media.count(store)
    told = species_shelf.names(store, species_shelf.OTHERS)
    assert [(one.species, one.count, one.by) for one in told] == [
        ("dog", 2, ("recognitions",)),
        ("pig", 1, ("recognitions",)),
    ]
    page = species_shelf.listed(store, species_shelf.OTHERS, "dog", 0, 1)
    assert [row["species_score"] for row in page] == [0.12]
    page = species_shelf.listed(store, species_shelf.OTHERS, "dog", page[0]["id"], 5)
    assert [row["species_score"] for row in page] == [0.9]
    assert species_shelf.count(store, species_shelf.LINE) == sightings.count(store) == 3
    assert species_shelf.files(store, species_shelf.OTHERS) == 3
    assert species_shelf.uids(store, species_shelf.OTHERS, "pig") == [stock.uids[2]]
    assert media.count(store, MediaState.ANIMAL) == 6
    assert sightings.count(store, SightingState.OTHER) == 3
