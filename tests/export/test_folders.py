"""The match directory: right animals, whole files, and a second export that only adds."""

from __future__ import annotations

import csv
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.errors import BadRequestError
from spotid.export import names
from spotid.export.folders import export_matches
from spotid.progress import Silent
from spotid.project import cells
from spotid.review.desk import Desk


def say(desk: Desk, kind: str, a: str, b: str | None = None) -> None:
    desk.answer(str(uuid.uuid4()), kind, a, b)


def export(stock, folder: Path) -> list[dict[str, str]]:
    export_matches(stock.project, folder, Silent())
    with (folder / "leopard_matches.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.suffix == ".jpg"}


def test_same_named_files_lie_under_the_right_animal(stock, tmp_path) -> None:
    """Every photograph of the stock is called IMG_0000 to IMG_0002, at two stations."""
    desk = Desk(stock.project, 5)
    say(desk, "same", stock.uids[0], stock.uids[1])
    say(desk, "same", stock.uids[3], stock.uids[4])
    rows = export(stock, tmp_path / "out")
    assert list(rows[0])[:2] == ["Image Path", "Leopard ID"]
    original = {uid: (stock.photographs / p).read_bytes() for uid, p in zip(stock.uids, paths(stock), strict=True)}
    by_code = {"leopard_1": set(stock.uids[0:2]), "leopard_2": set(stock.uids[3:5])}
    assert {(row["Leopard ID"], row["Sighting"]) for row in rows} == {
        (code, uid) for code, uids in by_code.items() for uid in uids
    }
    for row in rows:
        copy = tmp_path / "out" / row["Image Path"]
        assert copy.parent.name == row["Leopard ID"]
        assert copy.read_bytes() == original[row["Sighting"]]
    assert len({row["Image Path"].lower() for row in rows}) == 4


def paths(stock) -> list[str]:
    return [row["relpath"] for row in stock.project.store.all("SELECT relpath FROM media ORDER BY id")]


def test_a_second_export_adds_and_keeps_the_codes(stock, tmp_path) -> None:
    desk, out = Desk(stock.project, 5), tmp_path / "out"
    say(desk, "same", stock.uids[0], stock.uids[1])
    first = export(stock, out)
    (out / "leopard_1" / "my notes.txt").write_text("limps")
    before = files(out)
    say(desk, "same", stock.uids[2], stock.uids[3])
    second = export(stock, out)
    assert [row for row in second if row["Leopard ID"] == "leopard_1"] == first
    assert before.items() <= files(out).items()
    assert (out / "leopard_1" / "my notes.txt").read_text() == "limps"
    assert list((out / "earlier tables").glob("leopard_matches until *.csv"))


def test_a_merge_moves_the_copies_and_an_undo_takes_them_out(stock, tmp_path) -> None:
    desk, out = Desk(stock.project, 5), tmp_path / "out"
    say(desk, "same", stock.uids[0], stock.uids[1])
    say(desk, "same", stock.uids[2], stock.uids[3])
    export(stock, out)
    contents = sorted(files(out).values())
    say(desk, "same", stock.uids[1], stock.uids[2])
    rows = export(stock, out)
    assert {row["Leopard ID"] for row in rows} == {"leopard_1"}
    assert {Path(name).parent.name for name in files(out)} == {"leopard_1"}
    assert sorted(files(out).values()) == contents
    for _ in range(2):
        desk.undo(str(uuid.uuid4()))
    rows = export(stock, out)
    assert {row["Leopard ID"] for row in rows} == {"leopard_1"}
    assert {Path(name).parent.name for name in files(out)} == {"leopard_1", "no longer identified"}
    assert sorted(files(out).values()) == contents, "no copy is lost or doubled"


def test_a_file_of_the_same_name_that_we_did_not_write_stays(stock, tmp_path) -> None:
    desk, out = Desk(stock.project, 5), tmp_path / "out"
    say(desk, "same", stock.uids[0], stock.uids[1])
    (row, _) = export(stock, tmp_path / "probe")
    strange = out / row["Image Path"]
    strange.parent.mkdir(parents=True)
    strange.write_text("mine")
    export(stock, out)
    assert strange.read_text() == "mine"


def test_a_lost_original_is_told_and_a_lost_copy_made_again(stock, tmp_path) -> None:
    desk, out = Desk(stock.project, 5), tmp_path / "out"
    say(desk, "same", stock.uids[0], stock.uids[1])
    (first, _) = export(stock, out)
    (out / first["Image Path"]).unlink()
    assert len(export(stock, out)) == 2
    assert (out / first["Image Path"]).is_file()
    (stock.photographs / paths(stock)[0]).unlink()
    result = export_matches(stock.project, tmp_path / "other", Silent())
    assert result["files"] == 1
    assert len(result["not_copied"]) == 1


def test_a_contradiction_is_marked(stock, tmp_path) -> None:
    desk = Desk(stock.project, 5)
    say(desk, "same", stock.uids[0], stock.uids[1])
    say(desk, "same", stock.uids[1], stock.uids[2])
    say(desk, "different", stock.uids[0], stock.uids[2])
    marked = {row["Sighting"] for row in export(stock, tmp_path / "out") if row["Conflict"] == "yes"}
    assert marked == {stock.uids[0], stock.uids[2]}


def test_nothing_is_written_among_the_originals(stock) -> None:
    with pytest.raises(BadRequestError, match="among your originals"):
        export_matches(stock.project, stock.photographs / "North" / "out", Silent())


def test_every_file_is_in_the_table_of_sightings(stock, tmp_path) -> None:
    say(Desk(stock.project, 5), "same", stock.uids[0], stock.uids[1])
    export(stock, tmp_path / "out")
    with (tmp_path / "out" / "sightings.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["individual"] for row in rows] == ["leopard_1", "leopard_1", "", "", "", ""]
    assert [row["path"] for row in rows] == sorted(paths(stock))


@given(st.text(), st.text(), st.text(), st.sampled_from(["0123456789abcdef", "fedcba9876543210"]))
def test_names_are_accepted_everywhere(station: str, when: str, original: str, uid: str) -> None:
    name = names.export_name(station, when, original, uid)
    assert 0 < len(name) <= 220
    assert not set(name) & set('<>:"/\\|?*\0\n\r\t')
    assert name.isprintable() and not name.startswith(("-", " ")) and not name.endswith((" ", "."))
    assert uid[:8] in name


@pytest.mark.parametrize("name", ["NUL", "con", "LPT1.jpg", "..", "", "...", "-"])
def test_reserved_names_are_changed(name: str) -> None:
    assert names.safe(name).startswith("_")


@pytest.mark.parametrize(
    ("value", "written"),
    [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("-5.2", "-5.2"), ("-x", "'-x"), ("Ngoma", "Ngoma"), (7, 7)],
)
def test_no_cell_is_a_formula(value: object, written: object) -> None:
    assert cells.written(value) == written
