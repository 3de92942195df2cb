"""Collections of three kinds, as folders and ZIPs: looked at without a trace, taken in once and as they were shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spotid.errors import ArchiveError, BadRequestError, NotFoundError
from spotid.intake.taking import ChangedError, Looked, look, take_in
from spotid.project import collections, media
from spotid.project.folder import Project
from tests.intake.collections_made import (
    SHEET,
    SORTED_FILES,
    Picture,
    files,
    folder,
    groups,
    packed,
    run,
    seen,
    sheet_files,
    taken,
)
from tests.intake.sheets import book

UNSORTED = ("North/100MEDIA/a.jpg", "North/100MEDIA/b.jpg", "South/100MEDIA/a.jpg")


def made(kind: str, tmp_path: Path, content: dict[str, bytes]) -> Path:
    if kind == "folder":
        return folder(tmp_path / "Leopards", content)
    return packed(tmp_path / "Leopards.zip", content, "Leopards/" if kind == "ZIP of a folder" else "")


def base(looked: Looked) -> str:
    return f"{looked.base}/" if looked.base else ""


KINDS = pytest.mark.parametrize("kind", ["folder", "ZIP", "ZIP of a folder"])


@KINDS
def test_unsorted(kind: str, project: Project, tmp_path: Path, picture: Picture) -> None:
    source = made(kind, tmp_path, files(UNSORTED, picture))
    looked = look(source, {"layout": "unsorted"}, project)
    assert (looked.plan.layout, looked.asks, looked.plan.pictures) == ("unsorted", False, 3)
    taken(project, source, layout="unsorted")
    run(project)
    stations = project.store.all(
        "SELECT DISTINCT name FROM station JOIN media ON station_id = station.id ORDER BY name"
    )
    assert [row["name"] for row in stations] == ["North", "South"], "folders of unsorted pictures may name stations"
    assert groups(project) == {}


@KINDS
def test_sorted_by_individual(kind: str, project: Project, tmp_path: Path, picture: Picture) -> None:
    source = made(kind, tmp_path, files(SORTED_FILES, picture))
    looked = look(source, seen(source))
    assert (looked.plan.layout, [one.name for one in looked.plan.individuals]) == ("sorted", ["F1", "F10", "F2"])
    taken(project, source)
    run(project)
    assert {name: len(own) for name, own in groups(project).items()} == {"F1": 3, "F2": 2, "F10": 1}
    empty = project.store.one("SELECT said_species, said_by FROM media WHERE relpath LIKE '%Empty/g.jpg'")
    assert empty is not None and tuple(empty) == ("Empty", "folder")


@KINDS
@pytest.mark.parametrize("name", ["metadata.csv", "Metadata.XLSX"])
def test_described_by_a_sheet(kind: str, name: str, project: Project, tmp_path: Path, picture: Picture) -> None:
    content = sheet_files(picture)
    text = content.pop("metadata.csv").decode()
    rows = [line.split(",") for line in text.splitlines()]
    content[name] = text.encode() if name.endswith("csv") else book(rows)
    source = made(kind, tmp_path, content)
    uid = taken(project, source)
    run(project)
    start = base(look(source, seen(source)))
    assert groups(project) == {"F1": {f"{start}cards/a.jpg", f"{start}cards/b.jpg"}, "F2": {f"{start}cards/c.jpg"}}
    told = project.store.one(
        "SELECT said_species, said_by, station.name, captured_at, time_source, station_by, latitude, placed_by"
        " FROM media JOIN station ON station.id = station_id WHERE relpath = ?",
        f"{start}cards/a.jpg",
    )
    assert told is not None and tuple(told) == (
        *("leopard", "sheet", "Kukuri", "2024-03-01T05:06:07", "sheet", "sheet", -15.5, "sheet"),
    )
    refused = collections.rows(project.store, uid, ("refused",))
    assert [(one["lines"], one["relpath"]) for one in refused] == [("7", "")]
    assert "none.jpg" in refused[0]["why"]
    assert media.count(project.store) == 6, "a file that no line names is taken in all the same"


def test_looking_writes_nothing(project: Project, tmp_path: Path, picture: Picture) -> None:
    source = folder(tmp_path / "cats", sheet_files(picture))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file() and "-" not in path.name}
    tables = [dict(row) for row in project.store.all("SELECT * FROM root")]
    json.dumps(look(source, {}, project).shown())
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file() and "-" not in path.name}
    assert before == after and [dict(row) for row in project.store.all("SELECT * FROM root")] == tables == []


def test_nothing_is_taken_while_something_is_asked(project: Project, tmp_path: Path, picture: Picture) -> None:
    source = folder(tmp_path / "cats", files(SORTED_FILES, picture))
    assert look(source).asks
    with pytest.raises(BadRequestError, match="not answered yet"):
        take_in(project, source)
    assert media.roots(project.store) == {} and collections.listed(project.store) == []


def test_what_has_changed_since_is_not_taken(project: Project, tmp_path: Path, picture: Picture) -> None:
    source = folder(tmp_path / "cats", sheet_files(picture))
    told = seen(source)
    mark = look(source, told).mark
    (source / "metadata.csv").write_text(SHEET.replace("F1,Lwiro", "F9,Lwiro"))
    with pytest.raises(ChangedError):
        take_in(project, source, told, mark=mark)
    assert media.roots(project.store) == {}
    mark = look(source, told).mark
    (source / "cards/more.jpg").write_bytes(picture((1, 1, 1)))
    with pytest.raises(ChangedError):
        take_in(project, source, told, mark=mark)
    assert take_in(project, source, told, mark=look(source, told).mark)


def test_stopped_between_the_folder_and_its_rows(
    project: Project, tmp_path: Path, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = folder(tmp_path / "cats", files(SORTED_FILES, picture))
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(collections, "keep", _killed)
        taken(project, source)
    uid = taken(project, source)
    assert [one["uid"] for one in collections.listed(project.store)] == [uid]
    run(project)
    assert len(groups(project)) == 3 and media.count(project.store) == len(SORTED_FILES)


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_sheet_that_cannot_be_read_is_told_and_not_raised(project: Project, tmp_path: Path, picture: Picture) -> None:
    content = sheet_files(picture, "file_no,who\n1,F1\n")
    source = packed(tmp_path / "cats.zip", content)
    looked = look(source)
    assert "has no column “original_path”" in looked.trouble[0] and looked.trouble[1] and looked.asks
    asked = next(one for one in looked.plan.understood if one.key == "column original_path")
    assert [one.key for one in asked.readings] == ["file_no", "who"]
    with pytest.raises(BadRequestError, match="has no column"):
        take_in(project, source)
    assert not look(source, {"column original_path": "file_no"}).trouble[0]
    assert look(source, {"layout": "unsorted"}).plan.layout == "unsorted"


def test_a_table_of_another_name_is_offered(tmp_path: Path, picture: Picture) -> None:
    content = sheet_files(picture)
    content["list of 2024.csv"] = content.pop("metadata.csv")
    source = folder(tmp_path / "cats", content)
    first = look(source).plan.understood[0]
    assert "list of 2024.csv" in first.sentence and "sheet" in [one.key for one in first.readings]
    looked = look(source, {"sheet": "list of 2024.csv"})
    assert (looked.plan.layout, looked.sheet, looked.plan.named) == ("sheet", "list of 2024.csv", 3)


def test_a_look_may_take_the_listing_of_an_earlier_one(tmp_path: Path, picture: Picture) -> None:
    source = folder(tmp_path / "cats", files(SORTED_FILES, picture))
    first = look(source)
    (source / "F1/left/later.jpg").write_bytes(b"x")
    assert look(source, {"layout": "sorted"}, files=first.files).plan.pictures == first.plan.pictures
    assert look(source, {"layout": "sorted"}).plan.pictures == first.plan.pictures + 1


def test_what_is_no_collection(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.zip").write_bytes(b"PK\3\4 no more")
    with pytest.raises(NotFoundError):
        look(tmp_path / "empty")
    with pytest.raises(NotFoundError):
        look(tmp_path / "nowhere")
    with pytest.raises(ArchiveError):
        look(tmp_path / "broken.zip")


def test_the_same_photographs_in_another_zip_are_not_taken_twice(
    project: Project, tmp_path: Path, picture: Picture
) -> None:
    content = files(SORTED_FILES, picture)
    taken(project, packed(tmp_path / "cats.zip", content))
    run(project)
    again = packed(tmp_path / "cats (1).zip", content)
    with pytest.raises(BadRequestError, match="in the project already"):
        look(again, {}, project)
    others = {name: data + b" " for name, data in content.items()}
    assert look(packed(tmp_path / "others.zip", others), {}, project).plan.pictures == len(content)
    taken(project, tmp_path / "cats.zip")
    assert media.count(project.store) == len(content)


def test_first_unsorted_then_sorted(project: Project, tmp_path: Path, picture: Picture) -> None:
    source = folder(tmp_path / "cats", files(SORTED_FILES, picture))
    taken(project, source, layout="unsorted")
    run(project)
    stations = "SELECT COUNT(*) FROM media WHERE station_id IS NOT NULL"
    assert project.store.value(stations) > 0 and groups(project) == {}
    taken(project, source, layout="sorted")
    run(project)
    assert project.store.value(stations) == 0 and len(groups(project)) == 3
    assert look(source, {"layout": "sorted"}, project).known == {"files": len(SORTED_FILES), "imported": 1}
