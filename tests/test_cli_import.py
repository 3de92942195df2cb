"""Collections from the command line: shown first, sentences and no traces, nothing written before it is confirmed."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spotid.cli import main
from spotid.project import collections
from spotid.project.folder import Project, open_project
from tests.intake.collections_made import SHEET, SORTED_FILES, Picture, files, folder, groups, packed, run, sheet_files
from tests.intake.sheet_variants import VARIANTS
from tests.intake.test_sheet_variants import FILES


def command(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "project"


@pytest.fixture
def cats(tmp_path: Path, picture: Picture) -> Path:
    return folder(tmp_path / "cats", files(SORTED_FILES, picture))


@pytest.fixture
def opened(place: Path) -> Iterator[list[Project]]:
    held: list[Project] = []
    yield held
    for project in held:
        project.close()


@pytest.mark.parametrize(
    ("name", "content", "sentence"), [one[1:] for one in VARIANTS], ids=[one[0] for one in VARIANTS]
)
def test_every_fault_of_a_sheet_is_told(tmp_path: Path, place: Path, name: str, content: bytes, sentence: str) -> None:
    source = folder(tmp_path / "source", dict.fromkeys(FILES, b"x") | {name: content})
    if "differ by capitals" in sentence and (source / "CAM1").is_dir():
        pytest.skip("this disk takes names that differ by capitals for one")
    told = command("import", source, "--project", place, "--sheet", name, "--preview")
    assert sentence in told.output
    assert told.exit_code in (0, 2, 7) and "Traceback" not in told.output and not place.exists()


def test_nothing_is_written_before_it_is_confirmed(cats: Path, place: Path) -> None:
    told = command("import", cats, "--project", place, "--no-run")
    assert told.exit_code == 2 and "Nothing was imported" in told.output and not place.exists()
    assert '--answer "layout=sorted"' in told.output
    told = command("import", cats, "--project", place, "--no-run", "--answer", "layout=sorted")
    assert told.exit_code == 2 and "--yes" in told.output and not place.exists()
    assert command("import", cats, "--project", place, "--preview").exit_code == 0 and not place.exists()


def test_from_a_folder_to_individuals(cats: Path, place: Path, opened: list[Project]) -> None:
    told = command("import", cats, "--project", place, "--layout", "sorted", "--yes", "--no-run", "--reviewer", "AB")
    assert told.exit_code == 0 and "F1: 3 pictures (2 left, 1 right)" in told.output, told.output
    assert "7 waiting for the next run" in told.output
    again = command("import", cats, "--project", place, "--layout", "sorted", "--yes", "--no-run")
    assert again.exit_code == 0
    opened.append(open_project(place))
    assert len(collections.listed(opened[0].store)) == 1
    run(opened[0], {"F2/e.jpg": ()})
    opened.pop().close()
    listed = command("imports", "--project", place)
    assert "6 used, 1 waiting for your word" in listed.output and "F2/e.jpg (“F2”): No animal" in listed.output
    out = place.parent / "individuals.csv"
    assert command("individuals", "--project", place, "--out", out).exit_code == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        found = {row["name"]: (row["individual"], row["sightings"]) for row in csv.DictReader(file)}
    assert found == {"F1": ("leopard_1", "3"), "F2": ("leopard_2", "1"), "F10": ("leopard_3", "1")}
    uid = listed.output.split("Import ")[1].split(" ")[0]
    assert "12 answers were taken back" in command("imports", "--project", place, "--take-back", uid).output
    opened.append(open_project(place))
    assert groups(opened[0]) == {}


def test_a_sheet_of_another_name_and_other_heads(
    tmp_path: Path, place: Path, picture: Picture, opened: list[Project]
) -> None:
    content = sheet_files(picture, SHEET.replace("locality name", "where").replace("unique_name", "animal"))
    content["list.csv"] = content.pop("metadata.csv")
    archive = packed(tmp_path / "cats.zip", content, "Leopards/")
    given = ("import", archive, "--project", place, "--sheet", "list.csv", "--no-run")
    asked = command(*given)
    assert asked.exit_code == 2 and "“column unique_name”" in asked.output
    told = command(*given, "--column", "locality name=where", "--yes")
    assert told.exit_code == 0 and "2 stations: Kukuri (3), Lwiro (1)." in told.output, told.output
    assert "line 7: There is no picture and no clip “cards/none.jpg” here." in told.output
    opened.append(open_project(place))
    run(opened[0])
    assert groups(opened[0]) == {
        "F1": {"Leopards/cards/a.jpg", "Leopards/cards/b.jpg"},
        "F2": {"Leopards/cards/c.jpg"},
    }


def test_a_later_sheet(tmp_path: Path, place: Path, picture: Picture, opened: list[Project]) -> None:
    source = folder(tmp_path / "cats", sheet_files(picture))
    assert command("import", source, "--project", place, "--yes", "--no-run").exit_code == 0
    opened.append(open_project(place))
    run(opened[0])
    opened.pop().close()
    later = tmp_path / "later.csv"
    later.write_text("original_path,unique_name,locality name\ncards/b.jpg,F2,\ncards/d.jpg,F1,Ridge\nx.jpg,F1,\n")
    given = ("update-metadata", later, "--project", place)
    shown = command(*given, "--preview")
    assert shown.exit_code == 0 and "line 2: cards/b.jpg, unique_name: “F1” → “F2”" in shown.output
    assert "3 values of 2 files would change, 2 of them something that was known before" in shown.output
    assert "line 4: There is no picture" in shown.output
    assert command(*given, "--no-run").exit_code == 2
    assert command(*given, "--yes", "--no-run", "--reviewer", "CD").exit_code == 0
    opened.append(open_project(place))
    run(opened[0])
    assert groups(opened[0]) == {"F1": {"cards/a.jpg", "cards/d.jpg"}, "F2": {"cards/b.jpg", "cards/c.jpg"}}
    stations = opened[0].store.all("SELECT relpath, name FROM media JOIN station ON station.id = station_id")
    assert {row["relpath"]: row["name"] for row in stations}["cards/d.jpg"] == "Ridge"


@pytest.mark.parametrize(
    ("what", "said"),
    [("nowhere", "There is no folder"), ("empty", "No photographs"), ("text.zip", "There is no folder and no ZIP")],
)
def test_what_is_no_collection(tmp_path: Path, place: Path, what: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.zip").write_text("no ZIP")
    told = command("import", tmp_path / what, "--project", place, "--yes")
    assert told.exit_code != 0 and said in told.output and not place.exists()


@pytest.mark.skipif(not os.environ.get("SPOTID_TEST_DATA"), reason="SPOTID_TEST_DATA names no folder of photographs")
def test_leopards_by_their_manifest(place: Path, opened: list[Project]) -> None:
    source = Path(os.environ["SPOTID_TEST_DATA"]) / "leopards_crops"
    if not source.is_dir():
        pytest.skip("the folder SPOTID_TEST_DATA has no leopards_crops")
    given = ("--sheet", "manifest.csv", "--column", "locality name=camera", "--yes")
    told = command("import", source, "--project", place, *given)
    assert told.exit_code == 0 and "19 used" in told.output
    opened.append(open_project(place))
    with (source / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert groups(opened[0]) == {
        name: {row["path"] for row in rows if row["identity"] == name} for name in {row["identity"] for row in rows}
    }


@pytest.mark.skipif(not os.environ.get("SPOTID_TEST_DATA"), reason="SPOTID_TEST_DATA names no folder of photographs")
def test_snow_leopards_by_their_manifest(place: Path, opened: list[Project]) -> None:
    """Stations, cameras, times and encounters are those of the manifest; no animal is searched for here."""
    source = Path(os.environ["SPOTID_TEST_DATA"]) / "snow_leopard_frames"
    if not source.is_dir():
        pytest.skip("the folder SPOTID_TEST_DATA has no snow_leopard_frames")
    given = ("--sheet", "manifest.csv", "--column", "locality name=camera", "--yes", "--no-run")
    assert command("import", source, "--project", place, *given).exit_code == 0
    opened.append(open_project(place))
    run(opened[0])
    found = opened[0].store.all(
        "SELECT relpath, camera, station.name AS station, captured_at, visit FROM media"
        " JOIN station ON station.id = station_id"
    )
    seen = {row["relpath"]: row for row in found}
    with (source / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    told = {row["path"]: (row["camera"], row["unit"], row["datetime"]) for row in rows}
    assert {path: (row["station"], row["camera"], row["captured_at"]) for path, row in seen.items()} == told

    def together(key: dict[str, object]) -> set[frozenset[str]]:
        return {frozenset(path for path in key if key[path] == one) for one in set(key.values())}

    assert together({row["path"]: row["encounter"] for row in rows}) == together(
        {path: row["visit"] for path, row in seen.items()}
    )
    assert len(groups(opened[0])) == len({row["identity"] for row in rows})
