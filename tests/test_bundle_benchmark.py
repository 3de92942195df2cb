"""The comparison of a bundle's results with the source's: it finds what differs, and says by how much."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from benchmarks.bundle_same import compare


@pytest.fixture
def two(stock, tmp_path: Path) -> tuple[Path, Path]:
    """A closed project with a crop, and a copy of it."""
    ours, theirs = stock.project.path, tmp_path / "theirs"
    stock.project.close()
    crop = ours / "crops" / "ab" / "abcd.jpg"
    crop.parent.mkdir(parents=True)
    crop.write_bytes(b"a crop")
    shutil.copytree(ours, theirs)
    return ours, theirs


def change(database: Path, statement: str) -> None:
    connection = sqlite3.connect(database)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_copy_is_the_same(two: tuple[Path, Path]) -> None:
    told = compare(*two)
    assert [one for one in told if one.different] == []
    counts = {one.name: one.count for one in told}
    assert counts["boxes"] == 6 and counts["candidate"] == 30 and counts["crops"] == 1
    assert "boxes: 6 equal" in [str(one) for one in told]


def test_what_differs_is_counted_and_measured(two: tuple[Path, Path]) -> None:
    ours, theirs = two
    change(theirs / "project.sqlite", "UPDATE sighting SET x = x + 0.25 WHERE id = 1")
    change(theirs / "cache" / "candidates.sqlite", "UPDATE candidate SET score = score + 0.5 WHERE anchor = 2")
    next((theirs / "crops").rglob("*.jpg")).write_bytes(b"another")
    told = {one.name: one for one in compare(ours, theirs)}
    assert (told["boxes"].different, told["boxes"].largest) == (1, 0.25)
    assert (told["candidate"].different, told["candidate"].largest) == (5, 0.5)
    assert (told["crops"].different, told["crops"].largest) == (1, float("inf"))
    assert "5 of 30 differ, by 0.5 at most" in str(told["candidate"])


def test_numbers_of_sightings_may_differ(two: tuple[Path, Path]) -> None:
    """A run that was killed and went on numbers them in another order."""
    ours, theirs = two
    change(theirs / "project.sqlite", "UPDATE sighting SET id = id + 100")
    for column in ("anchor", "candidate"):
        change(theirs / "cache" / "candidates.sqlite", f"UPDATE candidate SET {column} = {column} + 100")
    assert [one for one in compare(ours, theirs) if one.different] == []
