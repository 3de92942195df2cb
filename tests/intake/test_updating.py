"""A later sheet about files that are in the project: what it would change, and what of it waits for a person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spotid.errors import BadRequestError, NotFoundError
from spotid.intake.taking import ChangedError
from spotid.intake.updating import look_at, take
from spotid.project import collections
from spotid.project.folder import Project
from spotid.review import deeds
from spotid.review.desk import Desk
from tests.intake.collections_made import Picture, folder, groups, run, sheet_files, taken


@pytest.fixture
def known(project: Project, tmp_path: Path, picture: Picture) -> Project:
    """A project with F1 on a and b, F2 on c."""
    taken(project, folder(tmp_path / "cats", sheet_files(picture)))
    run(project)
    return project


def sheet(tmp_path: Path, *lines: str, head: str = "original_path,unique_name,locality name,datetime") -> Path:
    path = tmp_path / "later.csv"
    path.write_text("\n".join((head, *lines, "")), encoding="utf-8")
    return path


def test_what_would_change_is_shown(known: Project, tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        "cards/a.jpg,f1,Kukuri,2024-03-01",  # nothing new: capitals, and the day of the time that is known
        "cards/b.jpg,F2,,2024-03-02 07:00:00",
        "cards/d.jpg,F3,,",
        "cards/zzz.jpg,F3,,",
    )
    looked = look_at(known, path)
    shown = json.loads(json.dumps(looked.shown()))
    told = [(one["file"], one["column"], one["was"], one["now"], one["overrules"]) for one in shown["changes"]]
    assert told == [
        ("cards/b.jpg", "unique_name", "F1", "F2", True),
        ("cards/b.jpg", "datetime", "2024-03-02T06:06:07", "2024-03-02T07:00:00", True),
        ("cards/d.jpg", "unique_name", "", "F3", False),
    ]
    assert (shown["nothing_new"], [one["line"] for one in shown["refused"]]) == (1, [5])
    assert groups(known) == {"F1": {"cards/a.jpg", "cards/b.jpg"}, "F2": {"cards/c.jpg"}}, "looking changes nothing"


def test_what_a_sheet_said_a_later_sheet_may_correct(known: Project, tmp_path: Path) -> None:
    path = sheet(tmp_path, "cards/b.jpg,F2,Ridge,2024-03-02 07:00:00", "cards/d.jpg,F3,,")
    uid = take(known, path, mark=look_at(known, path).mark)
    row = known.store.one(
        "SELECT name, captured_at FROM media JOIN station ON station_id = station.id WHERE relpath = ?", "cards/b.jpg"
    )
    assert row is not None and tuple(row) == ("Ridge", "2024-03-02T07:00:00"), "places and times count at once"
    run(known)
    assert groups(known) == {"F1": {"cards/a.jpg"}, "F2": {"cards/b.jpg", "cards/c.jpg"}, "F3": {"cards/d.jpg"}}
    assert take(known, path) == uid
    run(known)
    assert groups(known)["F2"] == {"cards/b.jpg", "cards/c.jpg"}
    assert not Desk(known, 20).identities.conflicts()


def test_what_people_said_a_sheet_does_not_overrule(known: Project, tmp_path: Path) -> None:
    desk = Desk(known, 20)
    found = known.store.all("SELECT relpath, sighting.uid FROM sighting JOIN media ON media.id = media_id")
    uids = {row["relpath"]: row["uid"] for row in found}
    deeds.assign(desk, "person", uids["cards/d.jpg"], uids["cards/a.jpg"])
    uid = take(known, sheet(tmp_path, "cards/d.jpg,F2,,", "cards/a.jpg,F9,,"))
    run(known)
    asked = collections.rows(known.store, uid, ("ask",))
    assert {one["relpath"] for one in asked} == {"cards/d.jpg", "cards/a.jpg"}, asked
    assert groups(known) == {"F1": {"cards/a.jpg", "cards/b.jpg", "cards/d.jpg"}, "F2": {"cards/c.jpg"}}


def test_a_code_of_this_project_names_its_individual(known: Project, tmp_path: Path) -> None:
    take(known, sheet(tmp_path, "cards/d.jpg,leopard_2,,", "cards/e.jpg,F1,,"))
    run(known)
    assert groups(known) == {
        "F1": {"cards/a.jpg", "cards/b.jpg", "cards/e.jpg"},
        "F2": {"cards/c.jpg", "cards/d.jpg"},
    }


def test_the_sheet_or_the_project_has_changed(known: Project, tmp_path: Path) -> None:
    path = sheet(tmp_path, "cards/d.jpg,F3,,")
    mark = look_at(known, path).mark
    sheet(tmp_path, "cards/d.jpg,F4,,")
    with pytest.raises(ChangedError):
        take(known, path, mark=mark)


def test_what_cannot_be_read(known: Project, tmp_path: Path) -> None:
    looked = look_at(known, sheet(tmp_path, "1,F1", head="no,who"))
    assert "has no column" in looked.trouble[0] and looked.understood[0].key == "column original_path"
    with pytest.raises(BadRequestError):
        take(known, looked.source)
    with pytest.raises(NotFoundError):
        look_at(known, tmp_path / "nowhere.csv")


def test_an_empty_project_has_nothing_to_say_more_of(project: Project, tmp_path: Path) -> None:
    with pytest.raises(BadRequestError, match="no photographs yet"):
        look_at(project, sheet(tmp_path, "a.jpg,F1,,"))
