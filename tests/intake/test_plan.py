"""The preview of an import: all that was found, and all that is odd, before anything is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from spotid.intake.layout import tell
from spotid.intake.listing import Listing, listing
from spotid.intake.plan import Plan, by_name, plan
from spotid.intake.plan_odd import Oddity
from spotid.intake.sheet import read_sheet
from spotid.intake.sheet_paths import place
from tests.intake.sheets import lines

FOLDERS = (
    *(("F1/left/a.jpg", 3, "aa"), ("F1/right/b.jpg", 4, "bb"), ("F1/c.mp4", 9, "")),
    *(("f1/d.jpg", 3, "cc"), ("M2/left/e.jpg", 3, "aa"), ("M2/f.jpg", 5, "ff"), ("M2/g.jpg", 5, "ff")),
    *(("leopard_12/h.jpg", 1, ""), ("x" * 101 + "/i.jpg", 1, ""), ("unknown/j.jpg", 0, ""), ("k.jpg", 1, "")),
    *(("notes.txt", 1, ""), ("M2/metadata.csv", 1, "")),
)


def odd(found: Plan, kind: str) -> Oddity | None:
    return next((one for one in found.oddities if one.kind == kind), None)


def sorted_plan(files: Listing, **answers: str) -> Plan:
    return plan(files, tell(files, answers=answers), answers=answers)


def test_folders_of_individuals() -> None:
    found = sorted_plan(listing("cards", FOLDERS))
    assert found.layout == "sorted"
    assert (found.pictures, found.clips, found.others) == (10, 1, 2)
    first = next(one for one in found.individuals if one.name == "F1")
    assert (first.pictures, first.clips, first.left, first.right) == (1, 1, 0, 1)  # the contradicted one is left out
    twins = odd(found, "two names")
    assert twins is not None
    assert twins.examples == ("F1/left/a.jpg = M2/left/e.jpg",)
    kinds = {one.kind for one in found.oddities}
    assert kinds == {"two names", "spelling", "names", "one picture", "twice", "empty files", "beside", "sheet below"}
    names = odd(found, "names")
    assert names is not None
    assert len(names.examples) == 2
    assert found.asks
    assert next(one for one in found.files if one.path == "unknown/j.jpg").shelf == "nobody"
    assert json.loads(json.dumps(found.shown()))["pictures"] == 10


def test_contradictions_are_settled_by_a_person() -> None:
    files = listing("cards", FOLDERS)
    found = sorted_plan(files, **{"two names": "as told", "spelling": "one"})
    own: Mapping[str, list] = by_name(found)
    assert {one.path for one in own["F1"]} == {"F1/left/a.jpg", "F1/right/b.jpg", "F1/c.mp4", "f1/d.jpg"}
    assert "M2/left/e.jpg" in {one.path for one in own["M2"]}
    asked = {one.key for one in found.understood if one.asks}
    assert "spelling" not in asked
    assert "two names" not in asked
    assert "layout" in asked


def test_everything_answered_nothing_is_asked() -> None:
    answers = {"two names": "none", "spelling": "several", "layout": "sorted", "folder:unknown": "nobody"}
    assert not sorted_plan(listing("cards", FOLDERS), **answers).asks


def test_unsorted_names_nobody() -> None:
    files = listing("cards", [("DCIM/a.jpg", 1, ""), ("DCIM/b.jpg", 1, "")])
    found = sorted_plan(files)
    assert (found.layout, found.named, found.individuals, found.asks) == ("unsorted", 0, [], False)


def test_an_individual_in_two_places_is_told() -> None:
    files = listing("cards", [("North/F1/a.jpg", 1, ""), ("South/F1/b.jpg", 1, ""), ("South/F2/c.jpg", 1, "")])
    two = odd(sorted_plan(files), "two places")
    assert two is not None
    assert two.examples == ("“North/F1”, “South/F1”",)


def test_a_sheet(tmp_path: Path) -> None:
    head = "original_path,predicted_category,unique_name,locality name,latitude,longitude,datetime"
    content = lines(
        *("a/1.jpg,leopard,F1,K1,-15.5,28,2020-03-01 10:00", "a/2.jpg,leopard,F1,K1,-15.6,28,2020-03-04 10:00"),
        *("b/3.mp4,leopard,M2,K2,,,soon", "b/none.jpg,,F1,,,,", "b/4.jpg,hyena,,K2,,,"),
        head=head,
    )
    path = tmp_path / "metadata.csv"
    path.write_bytes(content)
    names = ("a/1.jpg", "a/2.jpg", "b/3.mp4", "b/4.jpg", "b/5.jpg", "metadata.csv")
    files = listing("cards", [(f"survey/{name}", 1, "") for name in names])
    layout = tell(files)
    inner = [one.path for one in files.inside(layout.base).originals()]
    found = plan(files, layout, place(read_sheet(path), inner, {}))
    assert (layout.base, layout.sheet) == ("survey", "metadata.csv")
    assert [(one.name, one.pictures, one.clips) for one in found.individuals] == [("F1", 2, 0), ("M2", 0, 1)]
    assert [(one.name, one.files) for one in found.stations] == [("K1", 2), ("K2", 2)]
    assert [(one.name, one.files) for one in found.species] == [("hyena", 1), ("leopard", 3)]
    assert (found.days.first, found.days.last, found.days.days, found.days.without) == (
        "2020-03-01",
        "2020-03-04",
        2,
        3,
    )
    assert [one.line for one in found.refused] == [5]
    assert found.others == 0
    for kind, example in (
        *(("not named", "b/5.jpg"), ("cells", "Line 4: “soon” is no day and time; the line has no time.")),
        *(("moving stations", "K1: 2 places"), ("one picture", "M2")),
    ):
        one = odd(found, kind)
        assert one is not None
        assert one.examples == (example,)
    assert not found.asks
