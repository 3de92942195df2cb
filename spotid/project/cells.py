"""Cells of tables for people: no spreadsheet takes one for a formula, and reading them back gives what was meant.

A folder called ``=HYPERLINK(...)`` would otherwise run when somebody opens the table (OWASP, "CSV injection").
"""

from __future__ import annotations

import re
from typing import Any

# The last four are the broad forms of Japanese and Chinese keyboards, which Excel takes for the same.
_BEGIN = "=+\\-@\t\r\n＝＋－＠"
# Also within a cell: where semicolons part the columns, a spreadsheet begins a new cell after one, whatever we meant.
_PLACE = re.compile(rf"(^|[;\t\r\n])('*)(?=[{_BEGIN}])")
_MARKED = re.compile(rf"(^|[;\t\r\n])'('*)(?=[{_BEGIN}])")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?", re.ASCII)


def written(value: Any) -> Any:
    """A value as it stands in a table: an apostrophe before what would begin a formula; numbers stay numbers."""
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    return _PLACE.sub(r"\1'\2", value)


def read_back(text: str) -> str:
    """What ``written`` made a cell of."""
    return _MARKED.sub(r"\1\2", text)
