"""Tables of stations as people send them: each is read, or told of in a sentence; none stops a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spotid.errors import BadRequestError
from spotid.intake.collect import scan_roots
from spotid.intake.station_table import read_stations
from spotid.project import media

PLAIN = "station,latitude,longitude\nK12,-15.5,28.25\nÉtang,-16,29\n"


class Listener:
    def __init__(self) -> None:
        self.notes: list[str] = []

    def expect(self, total: int) -> None: ...

    def step(self, count: int = 1, note: str = "") -> None:
        self.notes += [note] if note else []


def table(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "stations.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("cp1252"),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace(",", ";").replace(".", ",").encode("cp1252"),
        PLAIN.replace("\n", "\r\n").encode(),
        b"\n\n" + PLAIN.encode() + b"\n,,\n",
        "Longitude , STATION,note,latitude\n28.25,K12,x,-15.5\n29,Étang,,-16\n".encode(),
    ],
)
def test_every_usual_spelling_is_read(tmp_path, content: bytes) -> None:
    rows = {row.station: (row.latitude, row.longitude) for row in read_stations(table(tmp_path, content))}
    assert rows == {"K12": (-15.5, 28.25), "Étang": (-16.0, 29.0)}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n \n", "is empty"),
        (b"place,latitude\nK12,1\n", "no column"),
        (bytes(range(256)) * 8, "binary file"),
        (b"SQLite format 3\0" + bytes(900), "binary file"),
        (b"station\n" + b"x" * 200_000, "no whole table"),
    ],
)
def test_what_is_no_table_is_told_and_the_scan_goes_on(project, tmp_path, picture, content: bytes, words: str) -> None:
    folder = tmp_path / "cards"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(picture())
    path = table(folder, content)
    with pytest.raises(BadRequestError, match=words) as caught:
        read_stations(path)
    assert caught.value.advice
    heard = Listener()
    media.root_id(project.store, folder)
    scan_roots(project, heard)
    assert media.count(project.store) == 1
    assert any(words in note and "goes on without it" in note for note in heard.notes)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("K12,900,28", "“900” is no latitude"),
        ("K12,-15,181", "“181” is no longitude"),
        ("K12,12°30'S,28", "is no latitude"),
        ("K12,1,2\nk12,3,4", "has two places; the last one counts"),
        (",1,2", "names no station"),
        ("K12,inf,1", "is no latitude"),
    ],
)
def test_what_can_not_be_used_is_told(tmp_path, lines: str, words: str) -> None:
    told: list[str] = []
    read_stations(table(tmp_path, f"station,latitude,longitude\n{lines}\n".encode()), told.append)
    assert len(told) == 1 and words in told[0] and told[0].startswith("stations.csv: ")


def test_missing_coordinates_are_no_fault_and_names_stay_text(tmp_path) -> None:
    names = ["NA", "0", "1e5", "TRUE", "None", "null", "nan", "007", "-5", "=A1"]
    marks = ["NA", "", "n/a", "NaN", "-", "null", "None", "?", "NA", "na"]
    lines = "".join(f"{name},{mark},{mark}\n" for name, mark in zip(names, marks, strict=True))
    told: list[str] = []
    rows = read_stations(table(tmp_path, f"station,latitude,longitude\n{lines}".encode()), told.append)
    assert [row.station for row in rows] == names
    assert {row.latitude for row in rows} == {None} and told == []


def test_many_remarks_are_a_few(tmp_path) -> None:
    told: list[str] = []
    read_stations(table(tmp_path, b"station,latitude\n" + b"K,900\n" * 1000), told.append)
    assert len(told) == 6 and "995 more" in told[-1]


def test_a_second_scan_adds_no_deployment(project, tmp_path) -> None:
    folder = tmp_path / "cards"
    folder.mkdir()
    table(folder, b"station,camera,start,end\nK12,A,,2026-03-01\nK12,B,2026-01-01,\n")
    media.root_id(project.store, folder)
    for _ in range(3):
        scan_roots(project, Listener())
    assert project.store.value("SELECT COUNT(*) FROM deployment") == 2


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_sentence(tmp_path_factory, content: bytes) -> None:
    path = table(tmp_path_factory.mktemp("any"), b"station,latitude\n" + content)
    try:
        rows = read_stations(path)
    except BadRequestError as error:
        assert error.sentence and error.advice
    else:
        assert all(row.station for row in rows)
