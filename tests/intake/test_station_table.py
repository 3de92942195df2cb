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
        ("K12,900,28", "“900 / 28” are no degrees. The station “K12” has no place"),
        ("K12,-15,181", "“-15 / 181” are no degrees"),
        ("K12,12°30'Q,28", "are no degrees"),
        ("K12,73.5,28\nK13,120,38", "line 3: “120 / 38”: a latitude is at most 90 degrees; the two may be in"),
        ("K12,0,0", "is what devices write that know no place"),
        ("K12,1,", "only one of latitude and longitude is told (“1”)"),
        ("K12,500000,4650000", "They may be metres of a map (UTM)"),
        ("K12,1,2\nk12,3,4", "has two places; the last one counts"),
        (",1,2", "names no station"),
        ("K12,inf,1", "are no degrees"),
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
    read_stations(table(tmp_path, b"station,latitude,longitude\n" + b"K,900,1\n" * 1000), told.append)
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


@pytest.mark.parametrize(
    "content",
    [
        'station,latitude,longitude\nK12,"38°06\'02.6""N","75°08\'12.7""E"\n',
        "Station;Lat;Long\nK12;38,100729;75,136866\n",
        "station,easting,northing,epsg\nK12,512000,4217000,32643\n",
        "Station,utm_x,utm_y,utm_zone\nK12,512000,4217000,43N\n",
        'station,x,y,zone\nK12,"512,000","4,217,000",43 S\n',
        'Site,Coordinates\nK12,"38.100729, 75.136866"\n',
        "trap,UTM\nK12,43S 512000 4217000\n",
        "station,x,y\nK12,75.136866,38.100729\n",
    ],
)
def test_every_form_of_a_place_is_the_same_place(tmp_path, content: str) -> None:
    told: list[str] = []
    (row,) = read_stations(table(tmp_path, content.encode()), told.append)
    assert row.latitude == pytest.approx(38.100729, abs=2e-5) and row.longitude == pytest.approx(75.136866, abs=2e-5)
    assert told == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("512000,4217000,", "No column tells the projection"),
        ("512000,4217000,99999", "PROJ knows no EPSG:99999"),
        ("512000,4217000,Pulkovo", "“Pulkovo” names no projection"),
        ("4217000,512000,32643", "outside the area of EPSG:32643. The two may be in each other's place"),
        ("512000,4217000,2193", "outside the area of EPSG:2193"),
        ("five,4217000,32643", "are no metres of a map"),
    ],
)
def test_metres_that_are_no_place_are_told(tmp_path, line: str, words: str) -> None:
    told: list[str] = []
    (row,) = read_stations(table(tmp_path, f"station,easting,northing,epsg\nK12,{line}\n".encode()), told.append)
    assert (row.latitude, row.longitude) == (None, None)
    assert len(told) == 1 and words in told[0]


def test_days_are_read_in_one_order_for_the_table_and_doubt_is_told(tmp_path) -> None:
    lines = "station,camera,setup_date,retrieval_date,Problem1_from,Problem1_to\n"
    told: list[str] = []
    content = lines + "K12,A,01/03/2019,15/06/2019,02/04/2019,05/04/2019\nK13,,1 April 2019,,,\n"
    first, second = read_stations(table(tmp_path, content.encode()), told.append)
    assert (first.start, first.end, first.outages) == ("2019-03-01", "2019-06-15", (("2019-04-02", "2019-04-05"),))
    assert (second.start, second.end, second.outages, told) == ("2019-04-01", None, (), [])
    content = lines + "K12,A,01/03/2019,05/06/2019,,\n"
    (row,) = read_stations(table(tmp_path, content.encode()), told.append)
    assert row.start == "2019-03-01" and "Nothing in the column tells whether month, day, year is meant" in told[0]
    (row,) = read_stations(table(tmp_path, content.encode()), answers={"dates": "mdy"})
    assert (row.start, row.end) == ("2019-01-03", "2019-05-06")


def test_days_that_can_not_be_are_told(tmp_path) -> None:
    told: list[str] = []
    content = "station,start,end\nK12,2019-06-15,2019-03-01\nK13,soon,2019-03-01\nK14,2019-02-30,\n"
    rows = read_stations(table(tmp_path, content.encode()), told.append)
    assert [(row.start, row.end) for row in rows] == [(None, None), (None, "2019-03-01"), (None, None)]
    assert [f"line {number}" in sentence for number, sentence in enumerate(told, 2)] == [True, True, True]
    assert "is before" in told[0] and "“soon” is no day" in told[1] and "“2019-02-30” is no day" in told[2]


def test_what_people_changed_is_not_undone_by_the_next_run(project, tmp_path) -> None:
    from spotid.project import deployments

    folder = tmp_path / "cards"
    folder.mkdir()
    table(folder, b"station,camera,start,end\nK12,A,2026-01-01,2026-03-01\nK12,B,2026-01-01,\n")
    media.root_id(project.store, folder)
    scan_roots(project, Listener())
    first, second = deployments.deployments(project.store)
    deployments.remove(project.store, second.id)
    deployments.change(project.store, first.id, "A", "2026-01-02", "2026-03-01")
    scan_roots(project, Listener())
    assert [(one.camera, one.starts_at) for one in deployments.deployments(project.store)] == [("A", "2026-01-02")]
    table(folder, b"station,camera,start,end\nK12,A,2026-01-01,2026-03-01\nK12,C,2026-01-01,\n")
    heard = Listener()
    scan_roots(project, heard)
    assert [(one.camera, one.starts_at) for one in deployments.deployments(project.store)] == [
        *(("A", "2026-01-02"), ("C", "2026-01-01"))
    ]
    assert any("as was typed" in note for note in heard.notes)


def test_maps_are_turned_into_degrees_without_the_network(monkeypatch) -> None:
    import socket

    import pyproj

    from spotid.intake import where
    from spotid.settings import QUIET

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refused)
    where._projection.cache_clear()
    found: list[object] = []
    for easting, northing, epsg in (("512000", "4650000", "32643"), ("3500000", "5400000", "31467")):
        found.append(where.projected(easting, northing, epsg))
    assert len(found) == 2 and not pyproj.network.is_network_enabled()
    assert QUIET["PROJ_NETWORK"] == "OFF", "of other threads, too"


@pytest.mark.parametrize(
    ("content", "unit", "place"),
    [
        ("station,x_m,y_m\nA,0,0\nB,1200.5,-350\n", None, (1200.5, -350.0)),
        ("Station;X (km);Y (km)\nA;0;0\nB;1,2005;-0,35\n", None, (1200.5, -350.0)),
        ("station,x,y\nA,0,0\nB,1200.5,-350\n", None, (1200.5, -350.0)),
        ("station,x,y\nA,0,0\nB,1.2005,-.35\n", "km", (1200.5, -350.0)),
        ("station,relative_x,relative_y\nA,0,0\nB,1.2005,-.35\n", "km", (1200.5, -350.0)),
        ("station,easting,northing\nA,0,0\nB,512000,4217000\n", "m", (512000.0, 4217000.0)),
        ('station,x_m,y_m\nA,0,0\nB,"512,000","4 217 000 m"\n', None, (512000.0, 4217000.0)),
    ],
)
def test_places_to_each_other_need_no_projection(tmp_path, content: str, unit: str | None, place: object) -> None:
    first, second = read_stations(table(tmp_path, content.encode()), answers={"unit": unit} if unit else None)
    assert (first.x_m, first.y_m) == (0.0, 0.0) and (second.x_m, second.y_m) == place
    assert {row.latitude for row in (first, second)} == {None}


def test_metres_without_a_map_are_told_kept_and_written_again(project, tmp_path) -> None:
    from spotid.export.places import station_table
    from spotid.project import stations_beside, stations_kept, stations_told

    told: list[str] = []
    path = table(tmp_path, b"station,x,y\nA,100,2000\nB,900,\nC,nan,\nD,1e99,3\nE,-700,33\n")
    rows = read_stations(path, told.append)
    assert [row.x_m for row in rows] == [100.0, None, None, None, -700.0]
    assert any("read as metres from one point" in one for one in told) and any("only one of x and y" in o for o in told)
    assert any("no metres between stations" in one for one in told) and len(told) == 3
    stations_told.keep_table(project.store, rows)
    stations_kept.place(project.store, stations_kept.add(project.store, "Far"), -1.5, 36.0)
    assert stations_beside.kinds(project.store) == stations_beside.Kinds(1, 2)
    assert "Of 3 stations 1 have their place in degrees" in stations_beside.told(project.store)[0]
    (tmp_path / "stations.csv").write_bytes(station_table(project.store, coordinates=True))
    again = {row.station: row for row in read_stations(tmp_path / "stations.csv")}
    assert (again["E"].x_m, again["E"].y_m, again["Far"].latitude, again["Far"].x_m) == (-700.0, 33.0, -1.5, None)
    kept_back = station_table(project.store).decode()
    assert "-700" not in kept_back and "-1.5" not in kept_back
    # What a person says of one station stands against the table, whichever kind it is.
    one = next(one for one in stations_kept.stations(project.store) if one.name == "A")
    stations_kept.place(project.store, one.id, 3.0, 4.0)
    assert "stays where a person placed it" in stations_told.keep_table(project.store, rows)[0]
    one = stations_kept.station(project.store, one.id)
    assert (one.latitude, one.x_m) == (3.0, None)


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_cells_are_metres_or_a_sentence(x: str, y: str) -> None:
    from spotid.intake.where_beside import beside

    try:
        east, north = beside(x, y, "km")
    except BadRequestError as error:
        assert error.sentence and error.advice
    else:
        assert abs(east) < 1e8 and abs(north) < 1e8
