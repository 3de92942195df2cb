"""Every address of the program, asked with right, wrong and absurd content: a sentence comes back, nothing breaks."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import long_review_stock
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.errors import SpotIDError
from spotid.jobs import selfcheck
from spotid.jobs.runner import Jobs
from spotid.jobs.teaching import Proposals
from spotid.web import bench_of, create_app
from spotid.web.guard import FILES_ARE, FILES_AT

ASK = {"uid": "@new", "way": "@way", "filters": {"station": "", "quality": 0.0}, "reviewer": "AB"}
CLOCK = {"deployment": 1, "camera": "", "uid": "@media", "from_at": None, "until_at": None}
RIGHT: dict[str, dict[str, Any]] = {
    "answers": ASK | {"kind": "@kind", "a": "@one", "b": "@other", "seconds": 1.5, "a_with": [], "b_with": []},
    "flank": ASK | {"sighting": "@one", "flank": "@flank", "a": "@one", "b": "@other"},
    "undo": ASK | {"queue": "weak", "sure": True},
    "anchor": ASK | {"move": "next", "anchor": "@one", "b": "@other"},
    "<media_uid>": {"uid": "@new", "boxes": [{"x": 0.1, "y": 0.1, "w": 0.3, "h": 0.3}], "queue": "weak", "sure": True},
    "search": {},
    "job": {"action": "start"},
    "again": {"uid": "@media"},
    "export": {"folder": "@folder"},
    "open": {"path": "@project"},
    "look": {"path": "@project"},
    "run": {"project_path": "@folder", "images_path": "@cards", "station_level": "auto"},
    "backup": {"reason": "before lunch"},
    "check": {"repair": False},
    "restore": {"path": "@project", "name": "project-nothing.sqlite"},
    "rebuild": {"path": "@folder"},
    "assign": {"uid": "@new", "sighting": "@one", "to": "@other"},
    "unite": {"uid": "@new", "how": "link", "a": "@one", "b": "@other"},
    "part": {"uid": "@new", "how": "release", "out": ["@one"]},
    "describe": {"uid": "@new", "sighting": "@one", "facts": {"name": "Tiga", "sex": "female"}},
    "say": {"uid": "@new", "kind": "new", "sightings": ["@one"], "flank": "@flank"},
    "take-back": {"uid": "@new", "targets": ["@answer"]},
    "undo-one": {"uid": "@new", "target": "@answer", "reviewer": "AB"},
    "keep": {"uid": "@new", "target": "@answer", "reviewer": "AB"},
    "settle": {"uid": "@new", "second": "@answer", "right": "first", "reviewer": "AB"},
    "revert": {"uid": "@new", "of": "@answer", "reviewer": "AB"},
    "merge-preview": {"uid": "@new", "path": "@project", "sure": True},
    "merge": {"uid": "@new", "path": "@project", "sure": True},
    "quit": {"sure": True},
    "report": {"token": "nothing that was shown", "said": "It stopped."},
    "strip-word": {"card": "0" * 16, "said": "confirm", "day_order": "DMY", "camera": True, "reviewer": "AB"},
    "original": {"path": "@folder", "crops": "@cards", "matches": "", "sure": True},
    "relink": {"root": 1, "folder": "@cards", "partly": True},
    "station-add": {"name": "@fresh", "place": "-1.29, 36.82", "epsg": "", "sensitive": True},
    "station-change": {"station": 1, "name": "North", "place": "-1.3 36.8", "epsg": "", "sensitive": True},
    "station-join": {"station": 3, "into": 1},
    "station-remove": {"station": 3},
    "stations-sensitive": {"sensitive": True},
    "stations-give": {"inside": "", "name": "North", "camera": "A"},
    "stations-table": {
        "name": "stations.csv",
        "content": "c3RhdGlvbgpOb3J0aAo=",
        "dates": "dmy",
        "unit": "m",
        "sure": True,
    },
    "deployment-add": {"station": 1, "camera": "@fresh", "starts": "2026-01-01", "ends": "2026-02-01"},
    "deployment-change": {"deployment": 1, "camera": "", "starts": "2019-01-01", "ends": None},
    "deployment-swap": {"deployment": 1, "day": "2026-01-20", "camera": "@fresh"},
    "deployment-remove": {"deployment": 2},
    "deployment-pin": {"deployment": 1, "camera": ""},
    "odd-hush": {"key": "clock North  365"},
    "outage-add": {"deployment": 1, "starts": "2026-01-05", "ends": "2026-01-09", "reason": "stolen"},
    "outage-change": {"outage": 1, "starts": "2026-01-05", "ends": "2026-01-08", "reason": "full"},
    "outage-remove": {"outage": 2},
    "clock-preview": CLOCK | {"how": "shift", "seconds": 43_200, "year": 2026, "at": "2026-03-09 18:05"},
    "clock-keep": CLOCK | {"offset_s": 43_200, "reason": "12 hours", "reviewer": "AB"},
    "clock-undo": CLOCK | {"reviewer": "AB"},
    "clock-sun": {"place": "-1.29, 36.82", "zone": "UTC+3"},
    "survey-add": {"title": "Spring", "starts": "2026-01-01", "ends": "2026-03-01", "occasion_days": 7},
    "survey-change": {"survey": 1, "title": "Spring", "starts": None, "ends": None, "occasion_days": 5},
    "survey-remove": {"survey": 2},
    "sort": {"sightings": ["@one"], "ours": False, "species": "dog"},
    "sort-back": {"before": [["0" * 16, "dog", "recognitions", 0.5]]},
    "name": {"species": "dog", "ours": True},
    "choose": {"profile": "leopard", "role": "cutout", "part": "grabcut"},
    "profiles": {"profiles": ["leopard", "hyena"]},
    "country": {"country": "KEN"},
    "look-into": {"path": "@cards", "threshold": 0.3, "upload": ""},
    "take-in": {"path": "@cards", "threshold": 0.3, "upload": "", "mine": ["dog"], "replace": True, "reviewer": "AB"},
    "newer": {},
    "begin": {"project_path": "@folder", "name": "cards.zip", "size": 1000, "kind": "zip"},
    "look-at": {"project_path": "@folder", "images_path": "@cards", "station_level": "auto"},
    "piece": {},
    "cancel": {},
    "leave": {},
    "look-at-sheet": {"sheet_path": "@sheet"},
    "take": {"mark": "nothing that was shown", "reviewer": "AB"},
    "answer": {"answers": {"layout": "unsorted"}, "again": True},
    "take-back-all": {"sure": True, "reviewer": "AB"},
    "<int:row>": {"sighting": "@one", "reviewer": "AB"},
    "selfcheck": {},
    "learn": {"action": "use", "number": 1},
    "model-get": {"names": ["mobile-sam"], "accepted": ["Apache-2.0"], "sha256": ""},
    "model-check": {"name": "mobile-sam"},
    "model-bring": {"path": "@cards", "trusted": True},
    "model-remove": {"name": "mobile-sam"},
    "model-stop": {"name": ""},
    "model-ways": {"offline": True, "mirror": "", "proxy": ""},
}
FIELDS = sorted({name for body in RIGHT.values() for name in body} | {"of", "frame", "seen"})
ABSURD = ["@leave out", None, "", "\0", "\ud800", "x" * 5000, "-1", 10**30, float("nan"), -1.5, True, [], {"x": []}]
PAIR = ("anchor", "way", "reviewer", "station", "from", "to", "species", "flank", "quality")
ASKED = {"frames": ("queue", "of", "frame"), "pair": PAIR, "job": ("kind",), "problems": ("after",)}
ASKED |= {"preview": ("names", "answers", "screen")}
ASKED |= {"browse": ("path", "files"), "sightings": ("shelf", "after"), "care": ("path",)}
ASKED |= {"individuals": ("find", "order", "kind", "after"), "<number>": ("before",), "shelf": ("shelf", "after")}
ASKED |= {"strip-card": ("card", "day_order"), "errands": ("since",)}
ASKED |= {"species": ("shelf", "name", "after")}
ASKED |= {"flanks": ("seconds",), "unidentifiable": ("after",), "<media_uid>": ("shelf", "box")}
ASKED |= {"<uid>": ("state", "after"), "list": ("of", "after")}
ASKED |= {"effort": ("survey", "proven"), "look": ("camera", "few"), "<number>": ("before", "camera")}
OF_DISKS = ("path", "folder", "project_path", "images_path", "sheet_path")
QUERIES = ("anchor", "queue", "of", "frame", "after", "kind", "path", "shelf", *PAIR)
WORDS = st.sampled_from(
    ["same", "new", "undo", "flank", "left", "weak", "visit", "whole", "next", "problem", "start", "run"]
)
JUNK_TEXT = st.one_of(
    st.text(max_size=30),
    WORDS,
    st.sampled_from(
        ["", " ", "\0", "\ud800", "../../etc/passwd", "%00", "~nobody/x", "C:\\x", "undo1-1-x", "-1", "1e999"]
    ),
    st.sampled_from(["9" * 30, "x" * 5000, "é" * 300, "a" * 900_000, "../" * 50, "'; DROP TABLE decision; --"]),
)
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**30, -(10**400), 1e308, float("nan"), float("inf"), [], {}, [[]], [None] * 50, {"x": {}}]),
    st.recursive(st.none() | st.floats() | st.text(max_size=5), lambda more: st.lists(more, max_size=3), max_leaves=8),
    JUNK_TEXT,
)
WHOLE = st.sampled_from(
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"uid":' * 20_000, b"x" * 1_000_001]
    + [b'{"uid": "aaaaaaaa", "uid": 3, "kind": "same", "kind": null}', b'{"move": "next"}' + b" " * 900_000]
)
PLACES = st.sampled_from(
    ["@right"] * 6 + ["@other", "0" * 16, "x", "..", "é", "%2e%2e", "A" * 3000, " ", "crop", "thumb"]
)
ROUTES = sorted(
    (rule.rule, method)
    for rule in create_app().url_map.iter_rules()
    for method in (rule.methods or set()) & {"GET", "POST"}
)
REQUESTS = st.tuples(
    st.lists(PLACES, min_size=3, max_size=3),
    st.dictionaries(st.sampled_from(QUERIES), st.one_of(JUNK_TEXT, st.just("@one"), st.just("@media")), max_size=4),
    st.dictionaries(st.sampled_from(FIELDS), st.one_of(st.just("@leave out"), JUNK), max_size=4),
    st.one_of(st.none(), st.none(), st.none(), st.none(), WHOLE),
    st.integers(0, 10_000),  # chooses among what exists
)


class Tried:
    """The program with one small project, and what must stay true of its database."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.survey = long_review_stock.make(folder, 8)
        self.app: Flask = create_app()
        self.project = bench_of(self.app).open(self.survey.folder)
        self.client = self.app.test_client()
        self.rules = {rule.rule: rule for rule in self.app.url_map.iter_rules()}
        self.watch = sqlite3.connect(self.survey.folder / "project.sqlite", isolation_level=None)
        self.uids = [row[0] for row in self.watch.execute("SELECT uid FROM sighting ORDER BY id")]
        self.media = [row[0] for row in self.watch.execute("SELECT uid FROM media ORDER BY id")]
        self.fresh = 0
        self.sent = self.looked = ""
        (folder / "later.csv").write_text("original_path,locality name\ncards/1.jpg,Ridge\n", encoding="utf-8")

    def known(self, name: Any, choice: int) -> Any:
        """What a placeholder stands for."""
        if name == "@new":
            self.fresh += 1
            return f"answer-{(choice if choice % 8 == 0 else self.fresh) % (self.fresh + 1):08d}"  # some used before
        kinds = ("same", "different", "cannot_tell", "not_comparable", "new", "unusable")
        values = {
            "@one": self.uids[choice % len(self.uids)],
            "@other": self.uids[(choice // 7 + 1) % len(self.uids)],
            "@fresh": f"new {self.fresh} {choice}",
            "@media": self.media[choice % len(self.media)],
            "@kind": kinds[choice % 6],
            "@flank": ("left", "right", "unknown", "front", "rear")[choice % 5],
            "@way": ("anchor", "certain", "useful", "second", "blind")[choice // 6 % 5],
            "@project": str(self.survey.folder),
            "@folder": str(self.home / f"made{choice % 3}"),
            "@answer": f"answer-{self.fresh - 1:08d}",
            "@cards": str(self.home / "cards"),
            "@sheet": str(self.home / "later.csv"),
            "@leave out": None,
        }
        if isinstance(name, list) and all(isinstance(one, str) for one in name):
            return [self.known(one, choice) for one in name]
        return values.get(name, name) if isinstance(name, str) else name

    def begun(self, endpoint: str) -> str:
        """A file that is being sent, or a look at a collection, made anew where an earlier request has ended it."""
        if endpoint.startswith("uploads."):
            uploads = bench_of(self.app).uploads
            try:
                return uploads.get(self.sent).uid
            except SpotIDError:
                self.sent = uploads.begin(self.home / "sent", "cards.zip", 100, "zip").uid
                return self.sent
        try:
            return bench_of(self.app).previews.get(self.looked).uid
        except SpotIDError:
            about = {"project_path": str(self.home / "looked"), "images_path": str(self.home / "cards")}
            self.looked = self.client.post("/api/imports/look-at", json=about).json["id"]
            return self.looked

    def version(self) -> tuple[Any, ...]:
        """Changes with every commit of the program."""
        return self.watch.execute("PRAGMA data_version").fetchone()

    def answers(self) -> list[tuple[Any, ...]]:
        """Everything that people have said."""
        said = self.watch.execute("SELECT * FROM decision ORDER BY id").fetchall()
        return said + self.watch.execute("SELECT * FROM frame_answer ORDER BY id").fetchall()

    def close(self) -> None:
        """Done."""
        self.watch.close()
        bench_of(self.app).close()


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    yield from trying(tmp_path_factory)


@pytest.fixture
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """A project of which no test before has taken anything away."""
    yield from trying(tmp_path_factory)


def trying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    patch = pytest.MonkeyPatch()
    patch.setattr(Jobs, "start", lambda *_, **__: None)
    patch.setattr(Proposals, "begin", lambda *_: None)
    patch.setattr(selfcheck, "look", lambda: [])  # a process of its own each time
    patch.setenv("SPOTID_HOME", str(tmp_path_factory.mktemp("home")))
    patch.setenv("SPOTID_OFFLINE", "1")  # a model that is asked for would be fetched
    made = Tried(tmp_path_factory.mktemp("tried"))
    yield made
    made.close()
    patch.undo()


@pytest.mark.parametrize(("address", "method"), ROUTES)
@given(REQUESTS)
@settings(max_examples=5)
def test_whatever_is_asked_a_sentence_comes_back(
    tried: Tried, address: str, method: str, request_: tuple[Any, ...]
) -> None:
    ask(tried, tried.rules[address], method, *request_)


@pytest.mark.parametrize(("address", "method"), ROUTES)
def test_every_field_may_hold_anything(tried: Tried, address: str, method: str) -> None:
    """One absurd value after the other in one field after the other, the others being right."""
    last = address.rsplit("/", 1)[-1]
    for number, value in enumerate(ABSURD):
        for name in ASKED.get(last, ()) if method == "GET" else RIGHT[last]:
            query = {name: "9" * 30 if value == 10**30 else str(value)} if method == "GET" else {}
            changes = {name: value} if method == "POST" else {}
            ask(tried, tried.rules[address], method, ["@right"] * 3, query, changes, None, 8 * number + 1)


def test_a_number_that_was_used_is_no_other_answer(tried: Tried) -> None:
    """Each way of answering, with the number of each of the others."""
    ways = ["answers", "flank", "undo", "answers", "frames/<media_uid>", "frames/undo"]
    for place in range(1, 43):  # two rounds of the 21 ways in which the numbers meet
        for way in ways:
            rule = tried.rules[f"/api/project/<project_id>/{way}"]
            used = f"answer-{tried.fresh - place % 7:08d}" if place % 3 else "@new"
            ask(tried, rule, "POST", ["@right"] * 3, {}, {"uid": used}, None, place)


def test_every_address_answers_what_is_right(untouched: Tried) -> None:
    """The same with right content only, so that no address is passed by."""
    seen = {}
    for choice in (1, 10, 100):
        for address, method in ROUTES:
            status = ask(untouched, untouched.rules[address], method, ["@right"] * 3, {}, {}, None, choice)
            seen.setdefault((address, method), set()).add(status)
    good = {address for address, statuses in seen.items() if statuses & {200, 302, 304}}
    never = {address: statuses for address, statuses in seen.items() if address not in good}
    assert len(good) > 0.75 * len(seen), f"{len(good)} of {len(seen)}: {sorted(map(str, never.items()))}"
    for needed in ("answers", "flank", "undo", "anchor", "frames/<media_uid>"):
        assert (f"/api/project/<project_id>/{needed}", "POST") in good


def ask(
    tried: Tried,
    rule: Any,
    method: str,
    places: list[str],
    query: dict[str, str],
    changes: dict[str, Any],
    whole: bytes | None,
    choice: int,
) -> int:
    """One request, and all that must hold of its reply; its status."""
    right = {
        "project_id": tried.project.id,
        "uid": tried.known("@one", choice),
        "media_uid": tried.known("@media", choice),
        "number": str(1 + choice % 4),
        "row": str(1 + choice % 4),
    }
    right |= {"view": ("crop", "original", "cutout", "thumb")[choice % 4], "filename": "css/base.css"}
    right |= {"page": "guide/review", "name": "home.png", "ms": str(500 * choice)}
    if rule.endpoint.startswith(("uploads.", "imports.")) and "uid" in rule.arguments:
        right["uid"] = tried.begun(rule.endpoint)
    if rule.endpoint == "pictures.frame":
        right["view"] = ("small", "full")[choice % 2]
    path = re.sub("<(path|int):", "<", rule.rule).replace("<any(small, full):view>", "<view>")
    for name, place in zip(sorted(rule.arguments), places, strict=False):
        known = place == "@right" or (name == "project_id" and choice % 10 > 0)
        value = right[name] if known else tried.known(place, choice)
        path = path.replace(f"<{name}>", value)
    content = whole
    if method == "POST" and whole is None:
        said = {name: tried.known(value, choice) for name, value in RIGHT[rule.rule.rsplit("/", 1)[-1]].items()}
        for name, value in changes.items():
            value = inside(tried, value) if name in OF_DISKS else value
            said[name] = tried.known(value, choice)
            if value == "@leave out":
                del said[name]
        content = json.dumps(said).encode()
    wanted = {
        name: str(tried.known(value, choice)).encode("utf-8", "replace").decode() for name, value in query.items()
    }
    version, answers = tried.version(), tried.answers()
    kind = FILES_ARE if rule.endpoint == FILES_AT else "application/json"
    reply = tried.client.open(path, method=method, query_string=wanted, data=content, content_type=kind, buffered=True)
    what = (method, path[:200], {name: value[:100] for name, value in wanted.items()}, (content or b"")[:300])
    assert reply.status_code < 500, (what, reply.data[:300])
    assert b"Traceback" not in reply.data, what
    if path.startswith("/api/") and reply.status_code >= 400:
        error = reply.json["error"]
        assert error.keys() == {"code", "sentence", "advice"} and error["sentence"].strip() and error["code"], what
    kind = reply.mimetype
    if path.startswith("/api/"):
        assert kind == (
            "text/event-stream" if path.endswith("/events") and reply.status_code == 200 else "application/json"
        )
    elif "/picture/" in path or "/media/" in path or rule.endpoint == "help.help_picture":
        assert kind.startswith("image/") == (reply.status_code == 200), what
    elif not path.startswith("/static"):
        assert kind == "text/html", what
    now = tried.answers()
    if method == "GET":
        assert tried.version() == version, ("looking has changed the project", what)
    elif reply.status_code >= 400:
        assert now == answers, ("a refused request was kept", what)
    assert [row for row in answers if row not in now] == [], ("an answer was changed", what)
    known = {row[0] for row in tried.watch.execute("SELECT uid FROM sighting")}
    strangers = tried.watch.execute("SELECT a, b FROM decision WHERE kind != 'undo' ORDER BY id").fetchall()
    assert {uid for row in strangers for uid in row if uid} <= known, ("an answer on what is not there", what)
    return int(reply.status_code)


def inside(tried: Tried, value: Any) -> Any:
    """The same, but no whole path outside of the test's own folder."""
    whole = isinstance(value, str) and (value.startswith(("/", "~")) or value[1:3] == ":\\")
    return f"{tried.home}/x{value}" if whole else value
