"""The pages of clocks: what is told of each, a correction tried out, kept, taken back, and refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from spotid.errors import BadRequestError
from spotid.web import bench_of
from spotid.web.typed import moment_typed, row, zone_shown, zone_typed
from tests import places_stock
from tests.web.places_pages import Pages

TWELVE = 43_200


def test_every_clock_is_listed_and_the_wrong_ones_say_why(pages: Pages) -> None:
    names = [one["name"] for one in pages.get("clocks")["clocks"]]
    assert names == ["River bend · A", "River bend · B", "Saddle · A", "Waterhole · A"]
    signs = {name: pages.look(name)["sign"] for name in names}
    assert [signs[name]["kind"] for name in names] == ["fine", "hours", "year", "reset"]
    assert signs["River bend · B"]["offsets"] == [TWELVE, -TWELVE]
    told = pages.look("River bend · B")
    assert sum(told["hours"]) == told["clock"]["photographs"] == len(told["seen"]) == 60
    assert told["sun"]["by"] == "station" and told["sun"]["zone_shown"] == "UTC+02:00"


def test_a_look_that_takes_long_is_told_in_pieces(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spotid.project.clock_look.look.__defaults__", (240, -1.0))
    told = pages.client.get(pages.clock("River bend · B")["look"]).json
    assert told["left"] == 60 and told["sign"] is None and all(one["light"] is None for one in told["seen"])


def test_twelve_hours_are_tried_kept_and_taken_back(pages: Pages) -> None:
    which, before = pages.which("River bend · B"), pages.times()
    tried = pages.post("clock-preview", **which, how="shift", seconds=TWELVE)
    assert (tried["delta"], tried["offset_s"]) == (TWELVE, TWELVE)
    assert tried["preview"]["first_before"].startswith("2026-02-28T12:44")
    assert tried["preview"]["first_after"].startswith("2026-03-01T00:44")
    assert pages.times() == before, "a preview writes nothing"
    done = pages.post("clock-keep", **which, offset_s=TWELVE, reason="am for pm", reviewer="ANA")
    assert done["changed"] == 60 and pages.times() != before
    told = pages.look("River bend · B")
    assert told["sign"]["kind"] == "fine"
    assert [(one["offset_s"], one["reviewer"], one["why"]) for one in told["history"]] == [(TWELVE, "ANA", "am for pm")]
    (one,) = pages.get("clocks")["history"]
    assert (one["name"], one["reviewer"], one["why"]) == ("River bend · B", "ANA", "am for pm")
    more = pages.post("clock-preview", **which, how="shift", seconds=3600)
    assert more["offset_s"] == TWELVE + 3600, "what is added is added to what stands"
    pages.post("clock-undo", **which, reviewer="ANA")
    assert pages.times() == before
    told = pages.look("River bend · B")
    assert told["sign"]["kind"] == "hours" and len(told["history"]) == 2 and told["clock"]["words"] == []
    pages.post("clock-undo", 400, **which)


def test_the_right_year_and_the_moment_of_one_picture(pages: Pages) -> None:
    which = pages.which("Saddle · A")
    tried = pages.post("clock-preview", **which, how="year", year=2026)
    assert tried["delta"] == 3653 * 86_400 and tried["preview"]["first_after"].startswith("2026-03-01")
    pages.post("clock-keep", **which, offset_s=tried["offset_s"], reason="")
    assert pages.look("Saddle · A")["sign"]["kind"] == "fine"
    which = pages.which("Waterhole · A")
    first = pages.look("Waterhole · A")["seen"][0]
    right = (places_stock.FIRST + timedelta(minutes=44)).strftime("%d %B %Y, %H:%M")
    tried = pages.post("clock-preview", **which, how="exact", uid=first["uid"], at=right)
    assert tried["preview"]["first_after"] == "2026-03-01T00:44:00"
    pages.post("clock-keep", **which, offset_s=tried["offset_s"])
    told = pages.look("Waterhole · A")
    assert told["sign"]["kind"] == "fine" and told["clock"]["doubtful"] == 0


def test_an_hour_from_one_picture_on_leaves_the_others(pages: Pages) -> None:
    which = pages.which("River bend · A")
    seen = pages.look("River bend · A")["seen"]
    begin = seen[30]["at"]
    tried = pages.post("clock-preview", **which, how="shift", seconds=3600, from_at=begin)
    pages.post("clock-keep", **which, offset_s=tried["offset_s"], from_at=tried["from_at"], reason="summer time")
    after = pages.look("River bend · A")["seen"]
    moved = [one["now"] != one["at"] for one in after]
    assert moved == [one["at"] >= begin for one in after] and 0 < sum(moved) < len(moved)
    exact = pages.post("clock-preview", **which, how="exact", uid=seen[40]["uid"], at=seen[40]["at"], from_at=begin)
    assert exact["delta"] == -3600 and exact["offset_s"] == 0
    earlier = pages.post("clock-preview", **which, how="exact", uid=seen[10]["uid"], at=seen[10]["at"])
    assert earlier["delta"] == 0, "nothing was said of the time before"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"how": "shift", "seconds": "12"}, "can't be used"),
        ({"how": "shift", "seconds": 10**12}, "can't be used"),
        ({"how": "year", "year": 26}, "no year"),
        ({"how": "year", "year": 2026.5}, "no year"),
        ({"how": "exact", "uid": "0" * 16, "at": "2026-03-01 12:00"}, "not of that camera"),
        ({"how": "guess"}, "could not be understood"),
        ({"how": "shift", "seconds": 60, "from_at": "yesterday"}, "is no day"),
        ({"how": "shift", "seconds": 60, "from_at": "2026-03-05", "until_at": "2026-03-01"}, "not after"),
    ],
)
def test_what_can_not_be_is_refused_with_a_sentence(same_pages: Pages, content: dict[str, Any], says: str) -> None:
    pages = same_pages
    before = pages.times()
    reply = pages.client.post(f"{pages.api}/clock-preview", json=pages.which("River bend · A") | content)
    assert reply.status_code in (400, 404) and says in reply.json["error"]["sentence"], reply.json
    assert reply.json["error"]["advice"] and pages.times() == before


def test_the_sun_is_drawn_for_what_was_typed(pages: Pages) -> None:
    told = pages.post("clock-sun", place="27°59'07\"N 86°55'31\"E", zone="UTC+5:45")
    assert told["zone"] == "UTC+05:45" and told["place"].startswith("27.98")
    sun = pages.look("River bend · A")["sun"]
    assert (sun["by"], sun["zone_by"], sun["zone_shown"]) == ("station", "person", "UTC+05:45")
    with pages.project.store.write() as connection:
        connection.execute("UPDATE station SET latitude = NULL, longitude = NULL")
    assert pages.look("River bend · A")["sun"]["by"] == "typed"
    pages.post("clock-sun", place="", zone="")
    sun = pages.look("River bend · B")["sun"]
    assert sun["by"] == "" and sun["guess"] == [360, 1080] and sun["rise"] is None
    assert pages.look("River bend · B")["sign"]["kind"] == "hours", "twelve hours are seen without any place"
    for typed in ({"place": "nowhere", "zone": ""}, {"place": "", "zone": "summer"}, {"place": "", "zone": "UTC+19"}):
        pages.post("clock-sun", 400, **typed)


def test_pictures_that_fell_out_of_their_deployment_are_found_and_put_right(pages: Pages) -> None:
    from spotid.project import deployments

    which = pages.which("Saddle · A")
    pages.post("deployment-change", deployment=which["deployment"], camera="A", starts="2026-02-25", ends="2026-04-05")
    assert deployments.deployment(pages.project.store, which["deployment"]).photographs == 0
    told = pages.look("Saddle · A")
    assert told["sign"]["kind"] == "year" and told["sign"]["offsets"] == [3653 * 86_400]
    page = pages.client.get(pages.clock("Saddle · A")["url"])
    assert page.status_code == 200 and "Saddle" in page.text
    pages.post("clock-keep", **which, offset_s=3653 * 86_400)
    assert deployments.deployment(pages.project.store, which["deployment"]).photographs == 36


def test_pages_name_the_clocks_before_and_after(pages: Pages) -> None:
    page = pages.client.get(pages.clock("River bend · B")["url"]).text
    assert page.count("camera=A") == 2 and "Clock of River bend · B" in page
    for address in ("clocks/999?camera=A", "clocks/x", "clocks/0?camera=A"):
        assert pages.client.get(f"/project/{pages.project.id}/{address}").status_code == 404
        assert pages.client.get(f"{pages.api}/{address.replace('?', '/look?')}").status_code == 404


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-03-09 18:05", "2026-03-09T18:05:00"),
        ("9 March 2026 6:05 pm", "2026-03-09T18:05:00"),
        ("31/12/2026", "2026-12-31"),
        ("12/31/2026", "2026-12-31"),
        ("07.07.2026", "2026-07-07"),
        ("  ", None),
    ],
)
def test_days_may_be_typed_in_any_way(typed: str, meant: str | None) -> None:
    assert moment_typed({"at": typed}, "at", "The time") == meant


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("03/04/2026", "2026-03-04 or 2026-04-03"),
        ("soon", "no day"),
        ("2026-02-31", "no day"),
        ("9 March 2026", "no time"),
    ],
)
def test_what_may_be_two_days_is_asked_back(typed: str, says: str) -> None:
    with pytest.raises(BadRequestError, match=says):
        moment_typed({"at": typed}, "at", "The time", whole=True)


def test_zones_and_rows() -> None:
    for typed, minutes in (("UTC+3", 180), ("+5:30", 330), ("GMT-0330", -210), ("utc", 0), ("", None), ("−4", -240)):
        assert zone_typed({"zone": typed}, "zone") == minutes
    assert zone_shown(-210) == "UTC-03:30" and zone_shown(0) == "UTC+00:00"
    for value in (None, 0, -1, 1.5, "1", True, 1 << 70):
        with pytest.raises(BadRequestError):
            row({"x": value}, "x")


def test_nothing_is_written_while_a_project_is_open_for_looking_only(pages: Pages) -> None:
    folder, which = pages.project.path, pages.which("River bend · B")
    bench = bench_of(pages.app)
    bench.close()
    looked = bench.open(folder, looking=True)
    api = f"/api/project/{looked.id}"
    for page in ("clocks", "stations", "deployments", "effort"):
        assert pages.client.get(f"/project/{looked.id}/{page}").status_code == 200
        assert pages.client.get(f"{api}/{page}").status_code == 200
    told = pages.client.get(f"{api}/clocks/{which['deployment']}/look?camera=B").json
    assert told["sign"]["kind"] == "hours"
    rules = [rule.rule for rule in pages.app.url_map.iter_rules() if rule.endpoint.split(".")[0] in FAMILIES]
    writes = [rule.rsplit("/", 1)[1] for rule in rules if "POST" in str(rule) or "-" in rule.rsplit("/", 1)[1]]
    assert len(writes) > 20
    for tail in writes:
        refused = pages.client.post(f"{api}/{tail}", json=which | {"how": "shift", "seconds": 60, "offset_s": 60})
        assert refused.status_code == 423 and "looking" in refused.json["error"]["sentence"], tail


FAMILIES = ("clocks", "places", "deployed", "effort")
