"""The export's tables tell names, sex and age, who linked two flanks, and the rows that joined each picture."""

from __future__ import annotations

import csv
import uuid
from pathlib import Path

import pytest

from spotid.export import folders
from spotid.progress import Silent
from spotid.project import results
from spotid.review import deeds, marks
from spotid.review.desk import Desk


def new() -> str:
    return str(uuid.uuid4())


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def desk(stock) -> Desk:
    with stock.project.store.write() as connection:
        for number, uid in enumerate(stock.uids):
            connection.execute("UPDATE sighting SET flank = ? WHERE uid = ?", (("left", "right")[number % 2], uid))
    return Desk(stock.project, 5)


def test_the_table_of_individuals(stock, desk, tmp_path) -> None:
    deeds.link(desk, new(), stock.uids[0], stock.uids[1], reviewer="AB")
    marks.mark(desk, new(), "new", stock.uids[3])
    said = {"name": "=HYPERLINK(1)", "sex": "female", "age": "cub", "notes": "@scar"}
    deeds.describe(desk, new(), stock.uids[0], said)
    folders.export_matches(stock.project, tmp_path, Silent())
    one, two = table(tmp_path, "individuals.csv")
    assert (one["individual"], one["name"], one["notes"]) == ("leopard_1", "'=HYPERLINK(1)", "'@scar")
    assert (one["sex"], one["age"], one["sightings"]) == ("female", "cub", "2")
    assert (one["left"], one["right"], one["flanks"], one["linked"]) == ("1", "1", "both", "AB (row 1)")
    assert (one["first"], one["last"], one["stations"]) == ("2026-03-01T06:00:00", "2026-03-02T06:00:00", "North")
    assert (two["individual"], two["flanks"], two["linked"], two["conflict"]) == ("leopard_2", "right", "", "")
    assert "individuals.csv" in (tmp_path / "README.txt").read_text(encoding="utf-8")


def test_names_stand_beside_codes_and_folders_keep_the_code(stock, desk, tmp_path) -> None:
    deeds.assign(desk, new(), stock.uids[0], stock.uids[1])
    deeds.describe(desk, new(), stock.uids[0], {"name": "Tiga"})
    folders.export_matches(stock.project, tmp_path, Silent())
    rows = table(tmp_path, "leopard_matches.csv")
    assert list(rows[0])[:2] == ["Image Path", "Leopard ID"]
    assert {(row["Leopard ID"], row["Name"]) for row in rows} == {("leopard_1", "Tiga")}
    assert all((tmp_path / row["Image Path"]).is_file() and row["Image Path"].startswith("leopard_1/") for row in rows)


def test_a_link_that_was_taken_back_or_that_joins_no_more_is_not_told(stock, desk, tmp_path) -> None:
    a, b, c = stock.uids[:3]
    linked = deeds.link(desk, new(), a, b).event
    for one in (a, b):
        desk.answer(new(), "same", one, c)
    deeds.take_back(desk, new(), linked.uid)
    folders.export_matches(stock.project, tmp_path, Silent())
    assert [row["linked"] for row in table(tmp_path, "individuals.csv")] == [""]
    deeds.link(desk, new(), stock.uids[3], stock.uids[4])
    deeds.split(desk, new(), [stock.uids[4]])
    folders.export_matches(stock.project, tmp_path, Silent())
    assert {row["linked"] for row in table(tmp_path, "individuals.csv")} == {""}


def test_every_way_of_joining_is_the_decision_row(stock, desk) -> None:
    uids, store = stock.uids, stock.project.store
    covered = {"with": {uids[0]: [uids[2]]}}
    deeds.assign(desk, new(), uids[0], uids[1], evidence=covered)
    assert results.joining_rows(store) == dict.fromkeys(uids[:3], 1)
    deeds.merge(desk, new(), uids[1], uids[3])
    assert results.joining_rows(store) == {uids[0]: 1, uids[1]: 2, uids[2]: 1, uids[3]: 2}
    split = deeds.split(desk, new(), [uids[2], uids[3]]).event
    assert results.joining_rows(store) == dict.fromkeys(uids[:4], 3)
    deeds.take_back(desk, new(), split.uid)
    assert results.joining_rows(store)[uids[2]] == 1
    released = deeds.release(desk, new(), [uids[0]]).event
    assert set(desk.identities.individuals()) <= set(results.joining_rows(store))
    assert results.joining_rows(store)[uids[3]] == released.row


def test_a_contradiction_with_covered_pictures_is_marked(stock, desk, tmp_path) -> None:
    uids = stock.uids
    desk.answer(new(), "different", uids[0], uids[3], evidence={"with": {uids[0]: [uids[1]]}})
    deeds.assign(desk, new(), uids[1], uids[3])
    assert results.contradicted(stock.project.store) == {uids[1], uids[3]}
    folders.export_matches(stock.project, tmp_path, Silent())
    assert [row["conflict"] for row in table(tmp_path, "individuals.csv")] == ["yes"]
