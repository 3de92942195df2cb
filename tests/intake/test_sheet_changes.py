"""A later sheet, held against what is known."""

from __future__ import annotations

from spotid.intake.sheet_changes import changes
from spotid.intake.sheet_parts import SheetRow

ROW = SheetRow(2, "a.jpg", "leopard", "F1", "K1", -15.5, 28.25, "2020-03-01T10:00:00", file="a.jpg")


def test_what_is_known_already_changes_nothing() -> None:
    known = ROW.says() | {"latitude": -15.500001, "unique_name": "f 1"}
    assert changes([ROW], {"a.jpg": known}) == changes([], {}).__class__([], 1)


def test_what_is_new_and_what_overrules_are_told_apart() -> None:
    known = ROW.says() | {"unique_name": "M2", "locality name": ""}
    found = changes([ROW], {"a.jpg": known}).changes
    assert [(one.column, one.was, one.now, one.overrules) for one in found] == [
        ("unique_name", "M2", "F1", True),
        ("locality name", "", "K1", False),
    ]


def test_an_empty_cell_takes_nothing_away() -> None:
    assert changes([SheetRow(2, "a.jpg", file="a.jpg")], {"a.jpg": ROW.says()}).changes == []
