"""Every setting with its default."""

from __future__ import annotations

from typing import Any

from spotid.reference import marks
from spotid.settings import SETTINGS

LEAD = """\
The settings of the program. The defaults are meant to be left alone; a run takes others with
`--setting NAME=VALUE`, as often as needed. What was worked on already keeps the values that it was made with."""


def page() -> str:
    """The page, as Markdown."""
    rows = [(marks.code(one.name), _default(one.default)) for one in SETTINGS]
    lines = [(*row, marks.plain(one.sentence)) for row, one in zip(rows, SETTINGS, strict=True)]
    return marks.page("Settings", LEAD, marks.table(("name", "default", "what it is"), lines))


def _default(value: Any) -> str:
    if isinstance(value, str):
        return marks.code(value)
    return f"{value:,}" if value > 9999 else str(value)
