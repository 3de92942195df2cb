"""Which of three ways a collection is kept in, told with the reason and never silently."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from spotid.intake import folder_roles as roles
from spotid.intake.layout import SHEET, SORTED, UNSORTED, Layout, tell
from spotid.intake.listing import Listing, listing, of_folder, of_zip


def told(*paths: str, stations: tuple[str, ...] = (), **answers: str) -> Layout:
    return tell(files(*paths), stations, answers)


def files(*paths: str) -> Listing:
    return listing("cards", [(path, 1, "") for path in paths])


@pytest.mark.parametrize(
    ("paths", "kind", "asks", "words"),
    [
        (("a.jpg", "b.mp4"), UNSORTED, False, "2 files in one folder"),
        (("DCIM/100RECNX/a.jpg", "DCIM/101RECNX/b.jpg"), UNSORTED, False, "a memory card"),
        (("2020-01-02/a.jpg", "2020-01-03/b.jpg"), UNSORTED, False, "a day"),
        (("Station 1/a.jpg", "Station 2/b.jpg"), UNSORTED, True, "a station"),
        (("K12/100RECNX/a.jpg", "K13/100RECNX/b.jpg"), UNSORTED, True, "divided into memory cards"),
        (("F1/left/a.jpg", "F1/right/b.jpg", "M2/c.jpg"), SORTED, True, "left and right sides"),
        (("Anna/a.jpg", "Bela/b.jpg", "unknown/c.jpg"), SORTED, True, "beside them lies “unknown”"),
        (("Cat1/a.jpg", "Cat2/b.jpg"), SORTED, True, "spelt like individuals"),
        (("metadata.csv", "F1/a.jpg"), SHEET, False, "“metadata.csv” lies in the root."),
        (("Metadata.XLSX", "a.jpg"), SHEET, False, "lies in the root"),
        (("metadata.csv", "metadata.xlsx", "a.jpg"), SHEET, True, "and so does “metadata.xlsx”"),
        (("survey/metadata.csv", "survey/cam1/a.jpg"), SHEET, False, "lies in the root"),
        (tuple(f"K{n}/{i}.jpg" for n in (1, 2) for i in range(400)), UNSORTED, True, "400 files or more"),
    ],
)
def test_the_layout_is_told_with_its_reason(paths: tuple[str, ...], kind: str, asks: bool, words: str) -> None:
    layout = told(*paths)
    assert (layout.kind, layout.asks) == (kind, asks)
    assert words in layout.sentence
    assert kind in {reading.key for reading in layout.readings}


def test_a_person_has_the_last_word() -> None:
    paths = ("K12/a.jpg", "K13/b.jpg")
    assert told(*paths, layout=UNSORTED).files["K12/a.jpg"].name == ""
    sorted_now = told(*paths, layout=SORTED, **{"folder:K13": roles.STATION})
    assert not sorted_now.asks
    assert sorted_now.files["K12/a.jpg"].name == "K12"
    assert (sorted_now.files["K13/b.jpg"].name, sorted_now.files["K13/b.jpg"].station) == ("", "K13")
    assert told("a.jpg", layout=SHEET).kind == UNSORTED  # there is no sheet


@pytest.mark.parametrize(
    ("path", "name", "flank", "role"),
    [
        ("F1/left/a.jpg", "F1", "left", roles.INDIVIDUAL),
        ("F1/R/a.jpg", "F1", "right", roles.INDIVIDUAL),
        ("F1/F1_left/a.jpg", "F1", "left", roles.INDIVIDUAL),
        ("F1/Left Flank/DCIM/a.jpg", "F1", "left", roles.INDIVIDUAL),
        ("unknown/L/a.jpg", "", "left", roles.NOBODY),
        ("Empty/a.jpg", "", "", roles.NOTHING),
        ("no_animal/a.jpg", "", "", roles.NOTHING),
        ("Panthera pardus/F9/a.jpg", "F9", "", roles.INDIVIDUAL),
        ("Site 4/F8/a.jpg", "F8", "", roles.INDIVIDUAL),
        ("F7  old/a.jpg", "F7 old", "", roles.INDIVIDUAL),
    ],
)
def test_what_folders_say_of_a_file(path: str, name: str, flank: str, role: str) -> None:
    said = told("F1/left/x.jpg", "unknown/x.jpg", "F2/x.jpg", path).files[path]
    assert (said.name, said.flank, said.role) == (name, flank, role)


@pytest.mark.parametrize("folder", ["unknown", "Empty", "Left", "L", "DCIM", "Station 3", "ridge_top"])
def test_folders_that_are_hardly_individuals_are_recognised(folder: str) -> None:
    layout = told(f"{folder}/a.jpg", "F1/b.jpg", "F2/c.jpg", stations=("Ridge_Top",), layout=SORTED)
    assert layout.files[f"{folder}/a.jpg"].name == ""
    asked = {one.key for one in layout.understood if one.asks}
    assert (f"folder:{folder}" in asked) == (folder != "DCIM")
    said = told(f"{folder}/a.jpg", "F1/b.jpg", layout=SORTED, **{f"folder:{folder}": roles.INDIVIDUAL})
    assert said.files[f"{folder}/a.jpg"].name == folder


def test_stations_in_file_names_speak_for_individuals() -> None:
    stamp = "2012-7-5__12-17-34(1).jpg"
    layout = told(*(f"{cat}/Station{n}__Camera1__{stamp}" for cat in ("Aba", "Bor") for n in (1, 2)))
    assert layout.kind == SORTED
    assert "name more than one station" in layout.sentence


def test_a_zip_and_its_folder_are_listed_alike(tmp_path: Path) -> None:
    root = tmp_path / "survey"
    for name in ("F1/a.jpg", "F1/b.mp4", "metadata.csv", ".DS_Store", "__MACOSX/._a.jpg", "notes.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())
    with zipfile.ZipFile(tmp_path / "survey.zip", "w") as zipped:
        for path in sorted(root.rglob("*")):
            zipped.write(path, path.relative_to(root).as_posix())
    one, other = of_folder(root), of_zip(tmp_path / "survey.zip")
    assert [(file.path, file.kind) for file in one.files] == [
        ("F1/a.jpg", "picture"),
        ("F1/b.mp4", "clip"),
        ("metadata.csv", "sheet"),
        ("notes.txt", "other"),
    ]
    assert [(file.path, file.bytes, file.kind) for file in one.files] == [
        (file.path, file.bytes, file.kind) for file in other.files
    ]
    assert all(file.digest for file in other.files)
