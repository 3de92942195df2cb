"""Stations, cameras, outages and surveys as the pages are told of them, and as they are changed there."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.web.places_pages import Pages


def station(told: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in told["stations"] if one["name"] == name)


def test_stations_with_their_map_and_photographs_without_one(pages: Pages) -> None:
    told = pages.get("stations")
    assert [one["name"] for one in told["stations"]] == ["River bend", "Saddle", "Waterhole"]
    assert station(told, "River bend")["cameras"] == ["A", "B"] and station(told, "Saddle")["sensitive"] is True
    assert len(told["map"]["places"]) == 3 and told["map"]["ids"] == [one["id"] for one in told["stations"]]
    assert [one["folder"] for one in told["without"]] == ["loose"] and told["photographs_without"] == 6


def test_a_station_is_typed_in_degrees_and_in_metres(pages: Pages) -> None:
    told = pages.post("station-add", name="Ridge", place="27°59'07\"N 86°55'31\"E", epsg="", sensitive=False)
    ridge = station(told, "Ridge")
    assert ridge["place"].startswith("27.985") and ridge["sensitive"] is False and ridge["placed_by"] == "person"
    told = pages.post("station-change", station=ridge["id"], name="Ridge", place="492900 3095600", epsg="EPSG:32645")
    assert station(told, "Ridge")["place"].startswith("27.98")
    told = pages.post("station-change", station=ridge["id"], name="High ridge", place="", epsg="", sensitive=True)
    high = station(told, "High ridge")
    assert high["place"] == "" and high["sensitive"] is True and len(told["map"]["places"]) == 3
    told = pages.post("station-remove", station=high["id"])
    assert len(told["stations"]) == 3


def test_stations_are_placed_to_each_other_without_a_map(pages: Pages) -> None:
    told = pages.post("station-add", name="Ridge", place="1.2 -0.35", epsg="km")
    ridge = station(told, "Ridge")
    assert (ridge["place"], ridge["unit"], ridge["latitude"]) == ("1200, -350", "m", None)
    assert len(told["map"]["places"]) == 3, "the map shows the kind that more stations have"
    same = pages.post("station-change", station=ridge["id"], name="Ridge", place="1200, -350", epsg="m")
    assert station(same, "Ridge")["x_m"] == 1200.0 and "Of 4 stations 1" in pages.get("odd")["notes"][0]
    for one in told["stations"]:
        told = pages.post("station-change", station=one["id"], name=one["name"], place=f"{one['id']} 7", epsg="km")
    assert len(told["map"]["places"]) == 4 and pages.get("odd")["notes"] == []
    told = pages.post("station-change", station=ridge["id"], name="Ridge", place="27.9, 86.9", epsg="")
    assert (station(told, "Ridge")["unit"], station(told, "Ridge")["x_m"]) == ("", None)
    table = sent("station,x,y\nRidge,1,2\n") | {"unit": "km"}
    assert pages.post("stations-table", **table)["rows"][0]["x_m"] == 1000.0


@pytest.mark.parametrize(
    ("tail", "content", "says"),
    [
        ("station-add", {"name": "river BEND", "place": ""}, "“"),
        ("station-add", {"name": "  ", "place": ""}, "name"),
        ("station-add", {"name": "New", "place": "somewhere"}, "“somewhere"),
        ("station-add", {"name": "New", "place": "91, 10"}, "“91"),
        ("station-add", {"name": "New", "place": "492900 3095600", "epsg": "EPSG:1"}, "“"),
        ("station-add", {"name": "New", "place": "492900", "epsg": "EPSG:32645"}, "easting"),
        ("station-add", {"name": "New", "place": "12", "epsg": "km"}, "Two numbers"),
        ("station-add", {"name": "New", "place": "12 x", "epsg": "km"}, "no numbers"),
        ("station-change", {"station": 99, "name": "x", "place": ""}, "station"),
        ("station-join", {"station": 1, "into": 1}, "itself"),
        ("station-remove", {"station": 1}, "has photographs"),
        ("stations-give", {"inside": "nowhere", "name": "x"}, "have a station"),
        ("stations-sensitive", {"sensitive": "yes"}, "understood"),
        ("deployment-add", {"station": 1, "starts": "2026-04-01", "ends": "2026-03-01"}, ""),
        ("deployment-swap", {"deployment": 1, "day": "", "camera": "B"}, "day is empty"),
        ("outage-add", {"deployment": 1, "starts": ""}, "first day is empty"),
        ("outage-remove", {"outage": 77}, "no such outage"),
        ("survey-add", {"title": "Spring", "starts": "03/04/2026", "occasion_days": 7}, "may be"),
        ("survey-add", {"title": "Spring", "occasion_days": 2.5}, "whole number"),
        ("survey-change", {"survey": 5, "title": "x", "occasion_days": 1}, "no such survey"),
    ],
)
def test_what_can_not_be_is_refused(same_pages: Pages, tail: str, content: dict[str, Any], says: str) -> None:
    pages = same_pages
    before = [pages.get(page) for page in ("stations", "deployments", "effort")]
    reply = pages.client.post(f"{pages.api}/{tail}", json=content)
    assert reply.status_code in (400, 404) and says in reply.json["error"]["sentence"], reply.json
    assert reply.json["error"]["advice"]
    assert [pages.get(page) for page in ("stations", "deployments", "effort")] == before


def test_two_spellings_become_one_and_a_folder_is_given_a_station(pages: Pages) -> None:
    told = pages.post("stations-give", inside="loose", name="saddle", camera="A")
    assert told["without"] == [] and station(told, "Saddle")["photographs"] == 42
    told = pages.post("station-join", station=station(told, "Saddle")["id"], into=station(told, "Waterhole")["id"])
    assert [one["name"] for one in told["stations"]] == ["River bend", "Waterhole"]
    assert station(told, "Waterhole")["photographs"] == 90


def test_a_folder_may_be_given_a_new_station(pages: Pages) -> None:
    told = pages.post("stations-give", inside="loose", name="Gate", camera="")
    assert station(told, "Gate")["photographs"] == 6 and told["photographs_without"] == 0


def test_no_place_or_every_place_is_kept_back(pages: Pages) -> None:
    assert not any(one["sensitive"] for one in pages.post("stations-sensitive", sensitive=False)["stations"])
    assert all(one["sensitive"] for one in pages.post("stations-sensitive", sensitive=True)["stations"])


def sent(text: str, name: str = "stations.csv") -> dict[str, Any]:
    return {"name": name, "content": base64.b64encode(text.encode()).decode()}


def test_a_table_is_shown_before_it_is_taken_in(pages: Pages) -> None:
    table = sent("Station;Latitude;Longitude;Camera;Start;End\nRidge;27,985;86,925;A;2026-03-01;2026-04-01\n;1;2;;;\n")
    shown = pages.post("stations-table", **table)
    assert shown["found"] == 1 and shown["rows"][0]["latitude"] == 27.985 and len(shown["sentences"]) == 1
    assert len(pages.get("stations")["stations"]) == 3, "nothing is written yet"
    taken = pages.post("stations-table", **table, sure=True)
    assert taken["taken"] == 1 and station(taken, "Ridge")["place"].startswith("27.985")
    assert "Ridge" in [one["station"] for one in pages.get("deployments")["deployments"]]


def test_days_of_a_table_are_read_as_a_person_says(pages: Pages) -> None:
    table = sent("station,start,end\nRidge,03/04/2026,05/06/2026\n")
    for order, day in (("dmy", "2026-04-03"), ("mdy", "2026-03-04")):
        assert pages.post("stations-table", **table, dates=order)["rows"][0]["start"] == day


@pytest.mark.parametrize(
    "content",
    [
        sent("latitude,longitude\n1,2\n"),
        sent("station\n", "stations.exe"),
        {"name": "stations.csv", "content": "no base64!"},
        {"name": "stations.csv", "content": None},
        {"name": "stations.xlsx", "content": base64.b64encode(b"PK no workbook").decode()},
        {"name": "stations.csv", "content": "A" * 960_000},
    ],
)
def test_what_is_no_table_of_stations_is_refused(same_pages: Pages, content: dict[str, Any]) -> None:
    reply = same_pages.client.post(f"{same_pages.api}/stations-table", json=content)
    assert reply.status_code in (400, 422)
    assert reply.json["error"]["sentence"] and reply.json["error"]["advice"]


def test_a_deployment_is_declared_swapped_and_taken_back(pages: Pages) -> None:
    told = pages.get("deployments")
    assert {one["told_by"] for one in told["deployments"]} == {"photographs"} and told["outside"] == []
    one = told["deployments"][0]
    told = pages.post("deployment-change", deployment=one["id"], camera="A", starts="1 March 2026", ends="2026-04-01")
    assert told["deployments"][0]["starts_at"] == "2026-03-01" and told["deployments"][0]["told_by"] == "person"
    told = pages.post("deployment-swap", deployment=one["id"], day="2026-03-10", camera="C")
    assert [each["camera"] for each in told["deployments"]][:3] == ["A", "B", "C"]
    assert told["photographs_outside"] > 0, "pictures of the camera that was taken away on that day"
    away = told["outside"][0]
    told = pages.post("deployment-pin", deployment=away["choices"][0]["id"], camera=away["camera"])
    assert told["photographs_outside"] == 0
    told = pages.post("deployment-remove", deployment=one["id"])
    assert one["id"] not in [each["id"] for each in told["deployments"] if each["told_by"] == "person"]


def test_an_outage_takes_nights_off_the_effort(pages: Pages) -> None:
    one = pages.get("deployments")["deployments"][0]
    pages.post("deployment-change", deployment=one["id"], camera="A", starts="2026-03-01", ends="2026-03-31")
    full = next(line for line in pages.get("effort")["lines"] if line["deployment_id"] == one["id"])
    assert (full["start"], full["end"], full["outages"], full["guessed"]) == ("2026-03-01", "2026-03-31", [], "")
    before = pages.get("effort")["total"]
    told = pages.post("outage-add", deployment=one["id"], starts="2026-03-21", ends="2026-03-26", reason="batteries")
    outage = told["deployments"][0]["outages"][0]
    after = pages.get("effort")
    assert after["total"]["camera_nights"] == before["camera_nights"] - 5 and after["total"]["lost"] == 5
    assert after["lines"][0]["outages"] == [["2026-03-21", "2026-03-26"]]
    pages.post("outage-change", outage=outage["id"], starts="2026-03-21", ends="2026-03-23", reason="batteries")
    assert pages.get("effort")["total"]["lost"] == 2
    pages.post("outage-remove", outage=outage["id"])
    assert pages.get("effort")["total"] == before


def test_a_survey_is_made_changed_and_taken_away(pages: Pages) -> None:
    told = pages.post("survey-add", title="Spring", starts="2026-03-01", ends="2026-03-22", occasion_days=7)
    survey = told["survey"]
    assert told["surveys"][0]["title"] == "Spring" and len(told["occasions"]["starts"]) == 3
    assert all(max(nights) <= 7 for nights in told["occasions"]["nights"])
    told = pages.get(f"effort?survey={survey}&proven=1")
    assert told["proven"] is True and told["survey"] == survey
    told = pages.post("survey-change", survey=survey, title="All", starts="", ends="", occasion_days=1)
    assert told["surveys"][0] == {"id": survey, "title": "All", "starts_at": None, "ends_at": None, "occasion_days": 1}
    assert told["occasion_count"] > 60 and told["occasions"] is None, "ten years of nights are no table for a page"
    told = pages.post("survey-remove", survey=survey)
    assert told["surveys"] == [] and told["survey"] is None
    for asked in ("survey=99", "survey=x", "proven=x"):
        assert pages.get(f"effort?{asked}")["survey"] is None


def test_names_from_anywhere_are_shown_on_one_line(pages: Pages) -> None:
    told = pages.post("stations-give", inside="loose", name="<b>Gate</b> \u00e9", camera="")
    assert "<b>Gate</b> é" in [one["shown"] for one in told["stations"]]
    for page in ("stations", "deployments", "clocks", "effort"):
        text = pages.client.get(f"/project/{pages.project.id}/{page}").text
        assert "<b>Gate" not in text
    gate = next(one for one in pages.get("clocks")["clocks"] if "Gate" in one["station"])
    assert "<b>Gate" not in pages.client.get(gate["url"]).text
