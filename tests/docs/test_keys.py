"""The page of all keys names every key of the two tables that the pages work by."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.docs.reading import ROOT

ENTRY = re.compile(r'\{ act: "([\w-]+)", keys: \[((?:"[^"]*"|[^"\]])*)\]')
NAMES = {"ArrowDown": "↓", "ArrowUp": "↑", " ": "Space", "Escape": "Esc", "PageDown": "Page down", "PageUp": "Page up"}
TABLES = {"keys.js": "Review", "box_keys.js": "Boxes"}


def keys(table: str) -> Iterator[tuple[str, str]]:
    """(act, name of its first key as the manual writes it); every one where an act has several of equal rank."""
    for act, listed in ENTRY.findall((ROOT / "static" / "js" / table).read_text(encoding="utf-8")):
        names = re.findall(r'"([^"]*)"', listed)
        for name in names if act in ("view", "queue") else names[:1]:
            if "arrow" not in name:
                yield act, NAMES.get(name) or "+".join(part.capitalize() for part in re.split(r"(?<=\w)\+", name))


def chapter(title: str) -> str:
    text = (ROOT / "docs" / "guide" / "keys.md").read_text(encoding="utf-8")
    return re.split(r"(?m)^## ", text.split(f"\n## {title}\n")[1])[0]


@pytest.mark.parametrize("table", TABLES)
def test_every_key_of_the_tables_is_on_the_page(table: str) -> None:
    told = set(re.findall(r"`([^`]+)`", chapter(TABLES[table])))
    named = list(keys(table))
    assert len(named) > 20
    missing = [(act, name) for act, name in named if name not in told]
    assert not missing
