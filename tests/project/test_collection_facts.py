"""What sheets and folders say of places, times and species: the newest word counts, a person's stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from spotid.project import collection_facts, collections, stations_kept
from spotid.project.collection_facts import apply_facts
from spotid.project.collections import Row
from spotid.project.folder import Project
from tests.conftest import Stock

A, B = "North/100MEDIA/IMG_0000.JPG", "North/100MEDIA/IMG_0001.JPG"


def keep(stock: Stock, *rows: Row, kind: str = "sheet") -> str:
    return collections.keep(stock.project.store, kind, Path("x"), [(stock.root, row) for row in rows], root=stock.root)[
        0
    ]


def facts(project: Project, relpath: str = A) -> tuple[object, ...]:
    row = project.store.one(
        "SELECT said_species, said_by, station.name, station_by, clock_at, time_source FROM media"
        " LEFT JOIN station ON station.id = station_id WHERE relpath = ?",
        relpath,
    )
    assert row is not None
    return tuple(row)


def test_the_newest_word_counts_and_an_empty_cell_says_nothing(stock: Stock) -> None:
    keep(stock, Row(A, species="leopard", station="Ridge", taken="2026-01-02T03:04:05"))
    keep(stock, Row(A, station="river"), Row(B, species="empty"), kind="sorted")
    assert apply_facts(stock.project.store) > 0
    assert facts(stock.project) == ("leopard", "sheet", "river", "folder", "2026-01-02T03:04:05", "sheet")
    assert facts(stock.project, B)[:2] == ("empty", "folder")
    assert apply_facts(stock.project.store) == 0, "nothing is written twice"


def test_what_a_person_said_stays(stock: Stock) -> None:
    with stock.project.store.write() as connection:
        connection.execute(
            "UPDATE media SET said_by = 'person', said_species = 'cow', station_by = 'person', time_source = 'person'"
        )
    before = facts(stock.project)
    keep(stock, Row(A, species="leopard", station="Ridge", taken="2026-01-02T03:04:05"))
    apply_facts(stock.project.store)
    assert facts(stock.project) == before


def test_a_day_alone_is_no_moment(stock: Stock) -> None:
    before = facts(stock.project)
    keep(stock, Row(A, taken="2026-01-02"))
    assert apply_facts(stock.project.store) == 0 and facts(stock.project) == before


@pytest.mark.parametrize(("second", "placed"), [(-15.5005, True), (-15.9, False)])
def test_a_station_is_placed_where_its_rows_agree(stock: Stock, second: float, placed: bool) -> None:
    spots = [Row(A, station="Ridge", latitude=-15.5, longitude=28.0)]
    keep(stock, *spots, Row(B, station="ridge", latitude=second, longitude=28.0))
    apply_facts(stock.project.store)
    row = stock.project.store.one("SELECT latitude, placed_by FROM station WHERE name = 'Ridge'")
    assert row is not None and (row["latitude"] is not None) is placed
    assert stock.project.store.value("SELECT gps_latitude FROM media WHERE relpath = ?", B) == second


def test_a_place_that_is_known_is_not_moved(stock: Stock) -> None:
    stations_kept.add(stock.project.store, "Ridge", 1.0, 2.0)
    keep(stock, Row(A, station="Ridge", latitude=-15.5, longitude=28.0))
    apply_facts(stock.project.store)
    assert stock.project.store.value("SELECT latitude FROM station WHERE name = 'Ridge'") == 1.0


def test_taken_back_it_says_nothing_any_more(stock: Stock) -> None:
    uid = keep(stock, Row(A, species="leopard", station="Ridge", taken="2026-01-02T03:04:05"))
    apply_facts(stock.project.store)
    number = collections.one(stock.project.store, uid)["id"]
    with stock.project.store.write() as connection:
        connection.execute("UPDATE collection SET taken_back_at = 'now' WHERE id = ?", (number,))
        assert collection_facts.forget(connection, number) == 1
    assert facts(stock.project) == ("", "", None, "", None, None), "the next run reads the file again"
    assert stock.project.store.value("SELECT state FROM media WHERE relpath = ?", A) == "found"
    assert facts(stock.project, B)[2] == "North" and apply_facts(stock.project.store) == 0


def test_the_same_words_are_one_collection(stock: Stock) -> None:
    store, said = stock.project.store, [(stock.root, Row(A, name="F1"))]
    uid, known = collections.keep(store, "sheet", Path("x"), said, root=stock.root)
    assert not known and collections.keep(store, "sheet", Path("y"), said, root=stock.root) == (uid, True)
    other, known = collections.keep(store, "sheet", Path("x"), said, root=None)
    assert not known and other != uid
    assert collections.keep(store, "sheet", Path("x"), [(stock.root, Row(A, name="F2"))], root=stock.root)[0] != uid
