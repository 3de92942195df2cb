"""The table of how well reviewers agree, beside the matches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from spotid.export import tables
from spotid.export.folders import EARLIER, _not_replaced, _put_away
from spotid.project.files import write_whole

AGREEMENT_FILE = "agreement.csv"
AGREEMENT = (
    ("reviewers", "two people; same: one person twice; unknown: initials are missing"),
    ("measure", "what was counted or worked out"),
    ("value", "the figure; empty where there are too few pairs to say"),
    ("low", "lower end of its 95 % interval"),
    ("high", "upper end of its 95 % interval"),
    ("count", "how many pairs, for a share"),
    ("of", "of how many pairs, for a share"),
    ("meaning", "the measure in a sentence, with what it takes for granted"),
)


def write_agreement(folder: Path, lines: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Write the table, where any pair was judged twice; the name of the file for the export's result.

    What lies there under its name and says otherwise is put among the earlier tables. Raises ProjectError.
    """
    path, content = folder / AGREEMENT_FILE, text(lines)
    if path.is_file() and (not lines or path.read_bytes() != content):
        stamp = datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
        _put_away(path, folder / EARLIER / f"{path.stem} until {stamp}{path.suffix}")
    if not lines:
        return {}
    try:
        write_whole(path, content)
    except OSError as error:
        raise _not_replaced(path, error) from None
    return {"agreement": path.name}


def text(lines: Sequence[Mapping[str, Any]]) -> bytes:
    """The table as it is written."""
    return tables.text_of(AGREEMENT, lines)
