"""What a later sheet would change of files that are in the project already, shown before it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spotid.intake.naming import same
from spotid.intake.sheet_parts import BOX, LATITUDE, LONGITUDE, NAME, TIME, SheetRow
from spotid.project.collection_known import BOTH

Value = str | float | None
DAY = len("2024-03-05")
NEAR = 1e-5  # degrees, about a metre: what two programs round otherwise


@dataclass(frozen=True, slots=True)
class Change:
    """One value that a line of the sheet changes. ``was`` is nothing where nothing was known: nothing is overruled."""

    file: str
    line: int
    column: str
    was: Value
    now: Value

    @property
    def overrules(self) -> bool:
        """Whether something else was said before."""
        return self.was not in ("", None)


@dataclass(frozen=True, slots=True)
class Changes:
    """All that a sheet would change, and how many of its rows say nothing new."""

    changes: list[Change]
    nothing_new: int


def changes(rows: Sequence[SheetRow], known: Mapping[str, Mapping[str, Value]]) -> Changes:
    """Hold the rows against what is known: file → column → value. An empty cell says nothing and changes nothing."""
    found: list[Change] = []
    nothing_new = 0
    for row in rows:
        about = known.get(row.file or row.path, {})
        own = [
            Change(row.file or row.path, row.line, column, about.get(column), value)
            for column, value in row.says().items()
            if value not in ("", None) and column != BOX and not _agree(column, about.get(column), value)
        ]
        nothing_new += not own
        found += own
    return Changes(found, nothing_new)


def _agree(column: str, was: Value, now: Value) -> bool:
    if column in (LATITUDE, LONGITUDE):
        return isinstance(was, float | int) and isinstance(now, float | int) and abs(was - now) < NEAR
    if column == NAME and was:
        return same(str(now)) in {same(name) for name in str(was).split(BOTH)}
    if column == TIME and was and len(str(now)) == DAY:
        return str(was).startswith(str(now))
    return was == now
