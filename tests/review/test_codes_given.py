"""Codes of individuals in a project of several species: given by species, kept for good, the same in every replay."""

from __future__ import annotations

import csv
import shutil
import uuid
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from spotid.export.folders import export_matches
from spotid.jobs.doctor import examine
from spotid.progress import Silent
from spotid.project import ledger
from spotid.project.folder import Project, open_project
from spotid.review import deeds, merging
from spotid.review.coding import noted
from spotid.review.desk import Desk
from spotid.review.following import Pen
from spotid.words import Verdict

STOCK = ("6 files have no visit", "6 sightings count as described")


class Kinds:
    """Which animal is seen where, as people think at the moment."""

    def __init__(self, uids: list[str]) -> None:
        self.of = dict(zip(uids, ["leopard", "leopard", "tiger", "tiger", "tiger", "snow_leopard"], strict=True))

    def __call__(self, uids: Collection[str]) -> dict[str, str]:
        return {uid: self.of[uid] for uid in uids}


@pytest.fixture
def kinds(stock) -> Kinds:
    return Kinds(stock.uids)


@pytest.fixture
def desk(stock, kinds) -> Desk:
    return Desk(stock.project, 5, words_of=kinds)


def new() -> str:
    return str(uuid.uuid4())


def code(desk: Desk, uid: str) -> str:
    number = desk.identities.individual(uid)
    return "" if number is None else desk.identities.code_of(number)


def evidence(project: Project, uid: str) -> object:
    return ledger.evidence_of(project.store, uid).get("word")


def right(project: Project) -> bool:
    """Whether a check finds that all codes follow from the answers, beside what a stock lacks."""
    return [one.sentence for one in examine(project, pictures=False) if not one.sentence.startswith(STOCK)] == []


def test_the_first_sighting_gives_the_word_and_one_counter_counts_all(desk, stock) -> None:
    uids = stock.uids
    desk.answer(new(), "same", uids[2], uids[3])
    desk.answer(new(), "new", uids[0])
    desk.answer(new(), "new", uids[5])
    assert ledger.codes(stock.project.store) == {1: "tiger_1", 2: "leopard_2", 3: "snow_leopard_3"}
    assert [code(desk, one) for one in uids] == ["leopard_2", "", "tiger_1", "tiger_1", "", "snow_leopard_3"]
    assert right(stock.project)


def test_codes_stay_when_species_change_and_when_groups_are_merged_and_parted(desk, stock, kinds) -> None:
    uids = stock.uids
    desk.answer(new(), "same", uids[2], uids[3])
    desk.answer(new(), "new", uids[0])
    kinds.of |= dict.fromkeys(uids, "lynx")
    deeds.assign(desk, new(), uids[1], uids[0])
    deeds.merge(desk, new(), uids[2], uids[0])
    assert {code(desk, one) for one in uids[:4]} == {"tiger_1"}
    deeds.split(desk, new(), [uids[0], uids[1]])
    assert code(desk, uids[0]) == "leopard_2", "its own number comes back, with its code"
    desk.answer(new(), "new", uids[4])
    assert code(desk, uids[4]) == "lynx_3"
    before = ledger.stored_individuals(stock.project.store)
    fresh = Desk(stock.project, 5)  # who knows nothing of species replays the same
    assert {one: fresh.identities.code_of(one) for one in before} == {one: code for one, (code, _) in before.items()}
    assert right(stock.project)


def test_a_project_of_leopards_keeps_nothing_more_than_before(desk, stock) -> None:
    one = new()
    desk.answer(one, "same", *stock.uids[:2])
    assert evidence(stock.project, one) is None and ledger.find(stock.project.store, one).more is None


def test_answers_on_which_nobody_can_be_born_note_nothing(desk, stock) -> None:
    uids, one = stock.uids, new()
    for kind in ("different", "cannot_tell", "not_comparable"):
        desk.answer(one := new(), kind, uids[2], uids[3])
        assert evidence(stock.project, one) is None


def test_taking_back_what_joined_two_species_parts_them_under_their_own_words(desk, stock) -> None:
    uids = stock.uids
    desk.answer(new(), "same", uids[0], uids[1])
    desk.answer(wrong := new(), "same", uids[1], uids[2])
    desk.answer(new(), "same", uids[2], uids[3])
    assert evidence(stock.project, wrong) == {uids[1]: "leopard", uids[2]: "tiger"}
    desk.undo(new(), target=wrong)
    assert [code(desk, one) for one in uids[:4]] == ["leopard_1", "leopard_1", "tiger_2", "tiger_2"]
    assert right(stock.project)


def test_a_split_gives_the_part_that_leaves_its_own_word(desk, stock) -> None:
    uids = stock.uids
    desk.answer(new(), "same", uids[0], uids[1])
    deeds.assign(desk, new(), uids[2], uids[0])
    deeds.split(desk, new(), [uids[2]])
    assert code(desk, uids[2]) == "tiger_2" and code(desk, uids[0]) == "leopard_1"


def test_an_answer_said_again_has_the_words_of_its_own_moment(stock, kinds) -> None:
    uids = stock.uids
    said = ledger.Answer("one", Verdict.NEW, uids[2], evidence={"anchor": uids[2]})
    (tiger,) = noted(stock.project.store, [said], kinds)
    kinds.of[uids[2]] = "leopard"
    (again,) = noted(stock.project.store, [tiger], kinds)
    assert tiger.evidence == {"anchor": uids[2], "word": "tiger"} and again.evidence == said.evidence


def test_a_check_mends_codes_from_the_answers_alone(desk, stock) -> None:
    uids, store = stock.uids, stock.project.store
    desk.answer(new(), "same", uids[2], uids[3])
    desk.answer(new(), "new", uids[5])
    before = ledger.stored_individuals(store)
    with store.write() as connection:
        connection.execute("UPDATE individual SET code = 'leopard_' || number")
    assert not right(stock.project)
    list(examine(stock.project, repair=True, pictures=False))
    assert ledger.stored_individuals(store) == before and right(stock.project)


def test_a_collection_gives_codes_by_species_too(stock, kinds) -> None:
    uids, store = stock.uids, stock.project.store
    pen = Pen.of(store, kinds)
    pen.write(lambda: [ledger.Answer(f"import-{one}", Verdict.NEW, uids[one]) for one in (0, 2, 5)])
    assert list(ledger.codes(store).values()) == ["leopard_1", "tiger_2", "snow_leopard_3"]
    assert right(stock.project)


@pytest.fixture
def other(stock, tmp_path: Path) -> Iterator[Project]:
    """A copy of the project on another laptop."""
    shutil.copytree(stock.project.path, tmp_path / "other laptop" / stock.project.path.name)
    opened = open_project(tmp_path / "other laptop" / stock.project.path.name)
    yield opened
    opened.close()


def test_answers_of_another_laptop_bring_their_words_along(stock, other, kinds) -> None:
    uids, project = stock.uids, stock.project
    theirs, ours = Desk(other, 5, words_of=kinds), Desk(project, 5, words_of=kinds)
    theirs.answer(new(), "same", uids[2], uids[3])
    ours.answer(new(), "new", uids[0])
    for keep in (False, True):
        told = merging.merge(project, other.path, "the merge", keep=keep)
        assert [(one["theirs"], one["ours"]) for one in told["individuals"]] == [("tiger_1", ["tiger_2"])]
    assert ledger.codes(project.store) == {1: "leopard_1", 2: "tiger_2"} and right(project)


def test_one_imported_answer_is_one_though_the_laptops_tell_its_species_otherwise(stock, other, kinds) -> None:
    said = ledger.Answer("import-one", Verdict.NEW, stock.uids[2])
    Pen.of(other.store, kinds).write(lambda: [said])
    Pen.of(stock.project.store).write(lambda: [said])
    told = merging.merge(stock.project, other.path, "the merge")
    assert (told["known"], told["refused_count"], told["taken"]) == (1, 0, 0)
    assert ledger.codes(stock.project.store) == {1: "leopard_1"} and ledger.codes(other.store) == {1: "tiger_1"}


def test_the_export_of_two_species_has_a_folder_for_each_individual(desk, stock, tmp_path) -> None:
    uids, out = stock.uids, tmp_path / "out"
    desk.answer(new(), "same", uids[0], uids[1])
    desk.answer(new(), "same", uids[2], uids[3])
    export_matches(stock.project, out, Silent())
    assert {one.name for one in out.iterdir() if one.is_dir()} == {"leopard_1", "tiger_2"}
    assert [len(list((out / name).iterdir())) for name in ("leopard_1", "tiger_2")] == [2, 2]
    with (out / "leopard_matches.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["Leopard ID"] for row in rows} == {"leopard_1", "tiger_2"}
    assert all(row["Image Path"].startswith(f"{row['Leopard ID']}/") for row in rows)
