"""Tables that say who is in each picture: heads and cells as people write them, and what can't be used."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.errors import BadRequestError
from spotid.evaluate import manifest_cells as cells
from spotid.evaluate.manifest import Manifest, read_manifest

PLAIN = """path,identity,station,x,y,datetime
a/1.jpg,Ada,S1,100,2000,2025-03-01 18:00:00
a/2.jpg,Ada,S1,,,2025-03-02T06:30:05Z
b/1.jpg,Bea,S2,400,2400,
"""


def read(folder: Path, text: str | bytes, **more: str) -> Manifest:
    file = folder / "who is who.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_manifest(file, **more)


def test_a_plain_manifest(tmp_path: Path) -> None:
    found = read(tmp_path, PLAIN, unit="m")
    assert [(one.line, one.path, one.identity, one.station) for one in found.entries] == [
        (2, "a/1.jpg", "Ada", "S1"),
        (3, "a/2.jpg", "Ada", "S1"),
        (4, "b/1.jpg", "Bea", "S2"),
    ]
    assert found.entries[1].at == (100, 2000), "a station has one place"
    assert found.entries[1].taken == datetime(2025, 3, 2, 6, 30, 5) and found.entries[2].taken is None
    assert found.km(found.entries[2].at) == (0.4, 2.4) and found.scaled and not found.degrees
    assert found.refused == []


def test_the_scale_of_places_is_told_or_relative(tmp_path: Path) -> None:
    assert read(tmp_path, PLAIN).unit == "relative"
    assert not read(tmp_path, PLAIN).scaled
    assert read(tmp_path, PLAIN, unit="km").km((3.0, 4.0)) == (3.0, 4.0)
    assert read(tmp_path, PLAIN.replace(",x,y", ",Easting,Northing")).unit == "m"
    assert read(tmp_path, PLAIN.replace(",x,y", ",X (km),Y (km)")).unit == "km"
    assert read(tmp_path, "path;identity;Lat;Long\na.jpg;A;-2,5;34,75\nb.jpg;A;95;3\n").unit == "degrees"


@pytest.mark.parametrize(
    "heads",
    [
        "image_path,individual_id,camera,rel_x,rel_y,timestamp",
        "\ufeffFile Name;Individual;Station Name;X;Y;Date time",
        "Image\tName\tLocality name\tRelative X\tRelative Y\tDatetime",
        "image_id,identity,camera,x_coord,y_coord,date",
    ],
)
def test_heads_as_people_write_them(tmp_path: Path, heads: str) -> None:
    sign = max(",;\t", key=heads.count)
    row = sign.join(["b\\1.jpg", "Bea", "S2", "1.5", "-2", "2025:03:01 18:00:00"])
    [entry] = read(tmp_path, f"{heads}\r\n\r\n{row}\r\n").entries
    assert (entry.line, entry.path, entry.identity, entry.at) == (3, "b/1.jpg", "Bea", (1.5, -2.0))
    assert entry.station or entry.camera
    assert entry.taken == datetime(2025, 3, 1, 18)


def test_every_line_that_is_not_used_is_told(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "path,identity,x,y,datetime\n,Ada,,,\nb.jpg,unidentifiable,,,\nc.jpg,Cleo,1,far,soon\nd.jpg,Dora,,,2025-01-04\n"
        "e.jpg,Eve,,,\ne.jpg,Eve,,,\nf.jpg,Fay,,,\n./f.jpg,Gil,,,\n",
    )
    assert [one.path for one in found.entries] == ["c.jpg", "d.jpg", "e.jpg"]
    told = dict(found.refused)
    assert set(told) == {2, 3, 4, 5, 7, 8, 9}
    assert "has no hour" in told[5] and "line 6 already" in told[7] and "2 individuals" in told[8] == told[9]
    assert all(one.at is None and one.taken is None for one in found.entries)
    assert not found.columns & {"x", "datetime"}, "columns that say nothing leave it to the project"


def test_two_animals_in_one_picture_need_boxes(tmp_path: Path) -> None:
    text = "path,identity,x,y,w,h,side\na.jpg,Ada,0.1,0.1,0.3,0.4,L\na.jpg,Bea,0.5,0.1,0.3,0.4,right\nb.jpg,Bea,,,,,\n"
    found = read(tmp_path, text)
    assert [one.box for one in found.entries] == [(0.1, 0.1, 0.3, 0.4), (0.5, 0.1, 0.3, 0.4), None]
    assert [one.flank for one in found.entries] == [1, -1, 0] and "x" not in found.columns
    listed = read(tmp_path, 'path,identity,bbox\na.jpg,Ada,"[10, 20, 300.5, 40]"\nb.jpg,Ada,near\n')
    assert listed.entries[0].box == (10, 20, 300.5, 40) and "can't be read" in listed.refused[0][1]


def test_days_before_months(tmp_path: Path) -> None:
    text = "path,identity,date,time\na.jpg,Ada,13/02/2025,18:00\nb.jpg,Ada,01/02/2025,6:05:09 pm\n"
    assert [one.taken for one in read(tmp_path, text).entries] == [
        datetime(2025, 2, 13, 18),
        datetime(2025, 2, 1, 18, 5, 9),
    ]
    unsure = text.replace("13/02", "03/02")
    with pytest.raises(BadRequestError, match="--days"):
        read(tmp_path, unsure)
    assert read(tmp_path, unsure, days="mdy").entries[0].taken == datetime(2025, 3, 2, 18)
    with pytest.raises(BadRequestError, match="can't be meant as mdy"):
        read(tmp_path, text, days="mdy")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04....", "workbook or a ZIP"),
        (b"identity,x\nAda,1\n", "where the pictures lie"),
        (b"path,x\na.jpg,1\n", "which individual"),
        (b"path,identity\n,\n", "No line of"),
        (b'path,identity\n"a.jpg,' + b"x" * 140_000 + b"\n", "can't be read"),
    ],
)
def test_what_is_no_manifest_says_so(tmp_path: Path, text: bytes, words: str) -> None:
    with pytest.raises(BadRequestError, match=words):
        read(tmp_path, text)


def test_a_manifest_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadRequestError, match="can't be read"):
        read_manifest(tmp_path / "none.csv")


def test_letters_of_other_programs(tmp_path: Path) -> None:
    assert read(tmp_path, PLAIN.replace("Ada", "Añá").encode("cp1252")).entries[0].identity == "Añá"
    assert read(tmp_path, PLAIN.replace("Ada", "Añá").encode("utf-16")).entries[0].identity == "Añá"


@settings(max_examples=40)
@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)))
def test_moments_come_back(when: datetime) -> None:
    when = when.replace(microsecond=0)
    for form in ("%Y-%m-%d %H:%M:%S", "%Y:%m:%d %H:%M:%S", "%Y%m%d_%H%M%S", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d_%H-%M-%S"):
        assert cells.moment(when.strftime(form)) == (when, True), form
    assert cells.moment(when.strftime("%m/%d/%Y %I:%M:%S %p"), "mdy") == (when, True)


@settings(max_examples=60)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_cell_is_read_or_refused(one: str, other: str) -> None:
    cells.moment(one), cells.number(one), cells.box(one), cells.order_of([one, other]), cells.plain(one)
