"""A project's parts: chosen once, kept, switched without mixing; several species, each by its own parts."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from spotid import profiles
from spotid.errors import BadRequestError, NotFoundError
from spotid.jobs import cutting, parts, switching
from spotid.jobs.stages import Line, line_of
from spotid.progress import Silent
from spotid.project import notes, parts_kept, shards, species
from spotid.project.candidates import Candidates
from spotid.project.folder import Project
from spotid.review.desk import Desk
from spotid.settings import settings
from spotid.weights import shelf
from spotid.weights.troubles import MissingModelError
from spotid.words import Stage
from tests.conftest import Stock
from tests.jobs.shades import TABLES, asked

pytest.importorskip("cv2")
pytest.importorskip("faiss")
LINE = (Stage.SPECIES, Stage.CROP, Stage.EMBED, Stage.NEIGHBOURS, Stage.POINTS)
USUAL = {"detector": "layered", "cutout": "network", "encoder": "coat-vlad", "matcher": "coat-spots", "classifier": ""}


@pytest.fixture
def survey(project: Project, tmp_path, picture: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch) -> Stock:
    """Six animals in six photographs, found but not yet cropped; quick parts of every kind can be chosen."""
    for path, table in TABLES.items():
        for name, made_by in table.items():
            monkeypatch.setitem(_of(path), name, made_by)
    made = Stock(project, tmp_path / "cards")
    for number in range(6):
        made.add(f"S/IMG_{number}.JPG", picture((40 * number, 90, 60)), taken=f"2026-03-0{number + 1}T06:00:00")
    with project.store.write() as connection:
        connection.execute("UPDATE sighting SET state = 'detected', recipe = NULL")
    leopard = profiles.load_profile()
    parts.choose(project, leopard, {"cutout": "whole", "encoder": "grey", "matcher": "rows"})
    asked.clear()
    return made


def _of(path: str) -> dict[str, str]:
    module, name = path.rsplit(".", 1)
    import importlib

    return dict.__getitem__(vars(importlib.import_module(module)), name)


def run(project: Project) -> Line:
    """The computing stages of a run, in this process."""
    line = line_of(project, settings())
    line.prepare()
    for stage in LINE:
        line.work(stage)(Silent())
    return line


def choose(project: Project, **names: str) -> None:
    parts.choose(project, profiles.load_profile(), names)


def rows(project: Project, sql: str) -> list[tuple]:
    return [tuple(row) for row in project.store.all(sql)]


def lists(project: Project) -> set[tuple[int, int]]:
    connection = sqlite3.connect(project.layout.candidates)
    found = set(connection.execute("SELECT anchor, candidate FROM candidate"))
    connection.close()
    return found


# --- choosing ---------------------------------------------------------------------------------------------------------


def test_a_new_project_takes_the_first_that_is_here_and_keeps_it(project: Project, monkeypatch) -> None:
    leopard = profiles.load_profile()
    assert vars_of(parts.chosen(project, leopard)) == USUAL
    monkeypatch.setattr(shelf, "here", lambda model: model.name in ("mobile-sam", "mdv1000-sorrel"))
    found = parts.chosen(project, leopard)
    assert (found.detector, found.cutout, found.encoder) == ("mdv1000-sorrel", "mobile-sam", "coat-vlad")
    parts.decide(project, [leopard])
    monkeypatch.setattr(shelf, "here", lambda model: True)  # what comes later changes nothing by itself
    assert parts.chosen(project, leopard) == found
    assert parts_kept.kept(project.store, "leopard") == vars_of(found)


def test_a_project_of_an_earlier_release_goes_on_with_what_it_was_made_with(stock: Stock, monkeypatch) -> None:
    monkeypatch.setattr(shelf, "here", lambda model: True)
    assert vars_of(parts.chosen(stock.project, profiles.load_profile())) == USUAL


def vars_of(found: parts_kept.Chosen) -> dict[str, str]:
    return {role: found.of(role) for role in parts_kept.ROLES}


def test_a_part_that_is_missing_stops_the_run_with_a_sentence(survey: Stock, monkeypatch) -> None:
    with monkeypatch.context() as once:
        once.setattr(shelf, "here", lambda model: True)
        choose(survey.project, encoder="miewid-msv3")
    line = line_of(survey.project, settings())
    with pytest.raises(MissingModelError) as told:
        line.prepare()
    assert "works with the encoder “miewid-msv3”. The model" in told.value.sentence
    assert "is not on this computer" in told.value.sentence
    assert "spotid models get miewid-msv3" in told.value.advice and "reviewing goes on" in told.value.advice
    with pytest.raises(MissingModelError):
        parts.made("encoder", "miewid-msv3")
    assert line.chosen.encoder == "miewid-msv3"  # no other takes its place
    Desk(survey.project, 5)  # and the review opens
    parts_kept.keep(survey.project.store, "leopard", {"encoder": "our-own-network"})
    with pytest.raises(MissingModelError, match="which this computer does not know"):
        line_of(survey.project, settings()).prepare()


def test_the_score_that_a_profile_asks_for_reaches_the_detector(project: Project, monkeypatch) -> None:
    asked_for: list[float] = []

    class Detector:
        keep_from = staticmethod(asked_for.append)

    monkeypatch.setattr(parts, "made", lambda role, name: Detector())
    monkeypatch.setattr("spotid.prepare.find.find_animals", lambda *_: None)
    line = line_of(project, settings())
    line.work(Stage.DETECT)(Silent())
    assert asked_for == []
    Line(project, line.settings, replace(line.profile, threshold=0.12)).work(Stage.DETECT)(Silent())
    assert asked_for == [0.12]


def test_what_can_not_be_chosen_is_refused_and_changes_nothing(project: Project) -> None:
    leopard = profiles.load_profile()
    for names, error in (
        ({"encoder": "moon"}, NotFoundError),
        ({"encoder": "mobile-sam"}, NotFoundError),  # a cut-out
        ({"matcher": "coat-spots+moon"}, NotFoundError),
        ({"cutout": "grabcut", "encoder": "miewid-msv3"}, MissingModelError),
        ({"nose": "coat-vlad"}, BadRequestError),
        ({"matcher": "coat-spots+coat-spots"}, BadRequestError),
        ({"encoder": ""}, NotFoundError),
    ):
        with pytest.raises(error):
            parts.choose(project, leopard, names)
    assert parts_kept.kept(project.store, "leopard") == {}
    parts.choose(project, leopard, {"matcher": "coat-spots+coat-points", "classifier": ""})
    assert parts.chosen(project, leopard).matcher == "coat-spots+coat-points"


def test_every_role_offers_what_is_built_in_and_what_is_in_the_list(project: Project) -> None:
    for role in parts_kept.ROLES:
        found = {one.name: one for one in parts.options(role)}
        for name in profiles.load_profile().choices.get(role, ()):
            assert name in found
        assert all(one.here or (one.why_not and one.advice) for one in found.values())
        assert all(one.here for one in found.values() if one.built_in)


@pytest.mark.parametrize("note", ["", "[]", "{", '{"leopard": 3}', '{"leopard": {"encoder": 1, "nose": "x"}}', "null"])
def test_a_note_that_can_not_be_read_is_none(project: Project, note: str) -> None:
    notes.put(project.store, parts_kept.NOTE, note)
    notes.put(project.store, parts_kept.MORE, note)
    assert parts_kept.kept(project.store, "leopard") == {}
    assert parts_kept.profiles(project.store) == ["leopard"]


# --- switching --------------------------------------------------------------------------------------------------------


def test_encoders_are_switched_and_switched_back_without_mixing_or_computing_again(survey: Stock) -> None:
    project = survey.project
    run(project)
    assert asked["grey"] == 6 and len(lists(project)) == 30
    choose(project, encoder="colour")
    line = line_of(project, settings())
    assert switching.described(line, line.profile) == (0, 6)
    run(project)
    assert (asked["grey"], asked["colour"]) == (6, 6)
    by = {one.name: shards.load(project.layout, project.store, one) for one in shards.encoder_rows(project.store)}
    assert {name: vectors.shape for name, (_, vectors) in by.items()} == {"grey": (6, 4), "colour": (6, 3)}
    for name in ("grey", "colour", "grey"):
        choose(project, encoder=name)
        line = line_of(project, settings())
        assert "nothing is computed again" in switching.told(line, line.profile, "encoder", name)[0]
        run(project)
        likeness = dict(by_pair(project))
        ids, vectors = by[name]
        for (a, b), said in likeness.items():
            mine, other = (vectors[ids.index(one)].astype(np.float32) for one in (a, b))
            assert said == pytest.approx(float(mine @ other), abs=1e-5)
    assert (asked["grey"], asked["colour"]) == (6, 6)
    assert asked["rows"] == 15  # pairs are compared once, whatever the encoder


def by_pair(project: Project) -> list[tuple[tuple[int, int], float]]:
    connection = sqlite3.connect(project.layout.candidates)
    found = [((a, b), like) for a, b, like in connection.execute("SELECT anchor, candidate, likeness FROM candidate")]
    connection.close()
    return found


def test_a_switch_that_was_stopped_half_way_costs_nothing_when_taken_back(survey: Stock) -> None:
    project = survey.project
    run(project)
    choose(project, encoder="colour")
    line = line_of(project, settings({"batch": "1"}))

    class Stopped(Silent):
        def step(self, count: int = 1, note: str = "") -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        line.work(Stage.EMBED)(Stopped())
    assert rows(project, "SELECT DISTINCT state FROM sighting") == [("cropped",)]
    choose(project, encoder="grey")
    run(project)
    assert asked["grey"] == 6 and rows(project, "SELECT DISTINCT state FROM sighting") == [("embedded",)]


def test_matchers_are_switched_and_what_was_compared_is_kept(survey: Stock) -> None:
    project = survey.project
    run(project)
    choose(project, matcher="columns")
    run(project)
    assert (asked["rows"], asked["columns"]) == (15, 15)
    choose(project, matcher="rows")
    run(project)
    assert (asked["rows"], asked["columns"], asked["rows points"]) == (15, 15, 6)


def test_a_project_is_evaluated_by_what_it_works_with_wherever_that_is(survey: Stock) -> None:
    from spotid.evaluate.of_project import described

    project = survey.project
    for name, dim in (("grey", 4), ("colour", 3), ("grey", 4)):
        choose(project, encoder=name)
        run(project)
        assert described(project).vectors.shape == (6, dim)
    parts_kept.keep(project.store, "leopard", {"encoder": "not-on-this-computer"})
    assert described(project).vectors.shape[0] == 6


def test_answers_and_a_running_review_stand_through_every_switch(survey: Stock) -> None:
    project = survey.project
    run(project)
    desk = Desk(project, 5)
    desk.answer(str(uuid.uuid4()), "same", survey.uids[0], survey.uids[1])
    offered = desk.queue.total.left
    choose(project, encoder="colour", matcher="columns", cutout="half")
    cutting.queue(line_of(project, settings()))
    assert offered and desk.queue.total.left == offered  # what lies on the desk stays there while the run goes on
    desk.answer(str(uuid.uuid4()), "different", survey.uids[0], survey.uids[2])
    run(project)
    desk.reload()
    assert desk.identities.answered(survey.uids[0], survey.uids[1])
    assert desk.identities.answered(survey.uids[0], survey.uids[2])
    assert set(desk.queue.anchors) <= set(survey.uids) and desk.queue.anchors


def test_crops_by_another_cut_out_stay_until_a_person_has_them_cut_anew(survey: Stock) -> None:
    project, layout = survey.project, survey.project.layout
    run(project)
    (old,) = {row["recipe"] for row in project.store.all("SELECT recipe FROM sighting")}
    before = rows(project, "SELECT uid FROM sighting ORDER BY id")
    choose(project, cutout="half")
    line = run(project)
    assert asked["whole"] == 6 and cutting.count(line) == 6
    assert {row["recipe"] for row in project.store.all("SELECT recipe FROM sighting")} == {old}
    (survey.photographs / "S/IMG_5.JPG").unlink()  # who has no original keeps the crop
    assert cutting.queue(line) == 5
    run(project)
    recipes = [row["recipe"] for row in project.store.all("SELECT recipe FROM sighting ORDER BY id")]
    assert recipes[5] == old and len(set(recipes[:5])) == 1 and recipes[0] != old
    assert rows(project, "SELECT uid FROM sighting ORDER BY id") == before
    assert not layout.crop(survey.uids[0], old).exists() and layout.crop(survey.uids[5], old).is_file()
    assert asked["grey"] == 11 and asked["rows points"] == 11
    assert asked["rows"] == 30  # every pair with a new crop in it was compared again
    assert rows(project, "SELECT DISTINCT state FROM sighting") == [("embedded",)] and cutting.count(line) == 1


def test_lists_of_an_earlier_release_are_compared_anew_where_crops_are(survey: Stock) -> None:
    project = survey.project
    run(project)
    connection = sqlite3.connect(project.layout.candidates)
    connection.execute("DROP TABLE cut")  # an earlier release kept none
    connection.close()
    choose(project, cutout="half")
    cutting.queue(line_of(project, settings()))
    run(project)
    assert asked["rows"] == 30


def test_a_crop_that_is_made_anew_is_described_anew_by_every_encoder(survey: Stock) -> None:
    project = survey.project
    run(project)
    choose(project, encoder="colour")
    run(project)
    choose(project, cutout="half")
    cutting.queue(line_of(project, settings()))
    run(project)
    choose(project, encoder="grey")
    run(project)
    assert (asked["grey"], asked["colour"]) == (12, 12)


# --- several species --------------------------------------------------------------------------------------------------


@pytest.fixture
def mixed(survey: Stock) -> Stock:
    """Two leopards, two zebras, a lion, and one of whom nothing was told; zebras are described by another encoder."""
    store = survey.project.store
    parts_kept.keep_profiles(store, ["leopard", "stripes"])
    parts.choose(
        survey.project,
        profiles.load_profile("stripes"),
        {"cutout": "whole", "encoder": "colour", "matcher": "columns"},
    )
    names = line_of(survey.project, settings()).names
    for number, name in enumerate(["leopard", "Panthera pardus", "zebra", "Equus quagga", "lion"]):
        species.say(store, [survey.uids[number]], name, names.ours)
    return survey


def test_two_species_in_one_project_are_never_compared(mixed: Stock) -> None:
    project, ids = mixed.project, mixed.ids
    run(project)
    pairs = lists(project)
    leopards, zebras = {ids[0], ids[1], ids[5]}, {ids[2], ids[3]}
    assert {frozenset(pair) for pair in pairs} == {
        *(frozenset({a, b}) for a in leopards for b in leopards if a != b),
        frozenset(zebras),
    }
    assert (asked["grey"], asked["colour"], asked["rows"], asked["columns"]) == (3, 2, 3, 1)
    assert rows(project, f"SELECT state FROM sighting WHERE id = {ids[4]}") == [("other",)]  # lions wait on the shelf
    for one in shards.encoder_rows(project.store):
        described, _ = shards.load(project.layout, project.store, one)
        assert set(described) == (leopards if one.name == "grey" else zebras)
    run(project)
    assert lists(project) == pairs and (asked["grey"], asked["colour"], asked["rows"]) == (3, 2, 3)


def test_an_animal_told_to_be_of_the_other_species_goes_over_to_its_lists(mixed: Stock) -> None:
    project, ids = mixed.project, mixed.ids
    run(project)
    line = line_of(project, settings())
    species.say(project.store, [mixed.uids[5]], "zebra", line.names.ours)
    run(project)
    zebras = {ids[2], ids[3], ids[5]}
    assert {frozenset(pair) for pair in lists(project)} == {
        frozenset({ids[0], ids[1]}),
        *(frozenset({a, b}) for a in zebras for b in zebras if a != b),
    }
    # A project that loses a profile keeps what it has; its animals wait on the shelf.
    parts_kept.keep_profiles(project.store, ["leopard"])
    run(project)
    waiting = rows(project, "SELECT id FROM sighting WHERE state = 'other' ORDER BY id")
    assert [one for (one,) in waiting] == sorted([*zebras, ids[4]])
    parts_kept.keep_profiles(project.store, ["leopard", "stripes"])
    run(project)
    assert asked["colour"] == 3


def test_flanks_matter_where_the_profile_of_the_animal_says_so(mixed: Stock) -> None:
    project = mixed.project
    assert line_of(project, settings()).flanks_matter is True
    parts_kept.keep_profiles(project.store, ["leopard", "bear"])
    species.say(project.store, [mixed.uids[0]], "bear", line_of(project, settings()).names.ours)
    matters = line_of(project, settings()).flanks_matter
    assert callable(matters) and not matters(mixed.uids[0]) and matters(mixed.uids[1])


def test_chances_of_movement_are_those_of_the_profile(mixed: Stock) -> None:
    from spotid.project import whereabouts

    run(mixed.project)
    store = mixed.project.store
    assert whereabouts.limits(store).range_km == profiles.load_profile().range_km
    assert whereabouts.limits(store, "stripes").range_km == profiles.load_profile("stripes").range_km


def test_lists_of_one_profile_are_begun_anew_alone(mixed: Stock) -> None:
    project, ids = mixed.project, mixed.ids
    run(project)
    candidates = Candidates(project.layout, next(scope for one, scope in line_of(project, settings()).scopes() if scope
                                                 and one.name == "stripes"))  # fmt: skip
    candidates.begin("something else")
    candidates.close()
    assert {a for a, _ in lists(project)} == {ids[0], ids[1], ids[5]}
