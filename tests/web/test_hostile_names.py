"""Names of files in every parameter of every address, query and body: none opens a file, none is a fault."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path
from typing import Any

import pytest

from spotid.jobs import selfcheck
from spotid.project import ledger
from spotid.web import bench_of

SECRET = "canary-5b1e-never-to-be-seen"


def writes(app) -> int:
    return len(ledger.events(app.stocked.store))


NAMES = [
    "../../../../../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f%2e%2e%2fetc/passwd",
    "%252e%252e%252f",
    "....//....//",
    "..\\..\\..\\windows\\win.ini",
    "/etc/passwd",
    "//etc/passwd",
    "C:\\Windows\\win.ini",
    "C:/Windows/win.ini",
    "\\\\server\\share\\x.jpg",
    "//server/share/x.jpg",
    "file:///etc/passwd",
    "~root",
    "~nobody-of-this-name/x",
    "%00",
    "a%00.jpg",
    "\0",
    "x" * 5000,
    "/" + "x" * 300,
    "\ud800",
    "\udce9",
    "‮gpj.exe",
    "CON",
    ".",
    "..",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "CANARY",  # stands for the path of a file that holds the secret
    "CANARY_UP",  # the same by way of ``..`` from the project
]

# These are tried in every field alone as well, where another field can't be refused first.
ALONE = {"CANARY", "\0", "\ud800", "x" * 5000, "~nobody-of-this-name/x"}


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file with a secret, which nobody may be told."""
    (tmp_path / "canary").mkdir()
    path = tmp_path / "canary" / "secret.jpg"
    path.write_text(SECRET)
    return path


def spelled(name: str, canary: Path) -> str:
    return {"CANARY": str(canary), "CANARY_UP": "../canary/secret.jpg"}.get(name, name)


def harmless(reply: Any, what: object) -> None:
    """Anything but a success, unless the parameter was left aside; never a fault, never the secret."""
    assert reply.status_code < 500, (what, reply.text[:300])
    assert SECRET not in reply.text, what
    assert "root:x:0" not in reply.text and "for 16-bit app support" not in reply.text, what
    if reply.status_code >= 400 and reply.is_json:
        assert reply.json["error"]["sentence"], what
    assert reply.is_json or "<script>alert(1)" not in reply.text, what


def test_no_name_in_an_address_opens_a_file(client, app, canary: Path) -> None:
    for name, rule in itertools.product(NAMES, app.url_map.iter_rules()):
        said = spelled(name, canary)
        for place in re.findall(r"<[^>]+>", rule.rule):
            for project_id in (app.stocked.id, said):
                address = rule.rule.replace(place, said.encode("utf-8", "replace").decode())
                address = re.sub(r"<any\((\w+).*?>", r"\1", address).replace("<project_id>", project_id)
                address = re.sub(r"<[^>]+>", "0" * 16, address).encode("utf-8", "replace").decode()
                method = "POST" if "POST" in (rule.methods or ()) else "GET"
                reply = client.open(address, method=method, json={} if method == "POST" else None)
                harmless(reply, (rule.rule, place, name))
                # A lone surrogate becomes "?", which begins a query: the address asked for is then the folder's.
                if place != "<project_id>" and not address.endswith("/?"):
                    assert reply.status_code >= 300, (rule.rule, place, name)


QUERIES = {
    "camera",
    "path",
    "kind",
    "after",
    "shelf",
    "anchor",
    "frame",
    "queue",
    "of",
    "key",
    "limit",
    "find",
    "order",
    "before",
    "box",
    "seconds",
    "screen",
    "files",
    "at",
    "state",
    "card",
    "day_order",
    "proven",
    "few",
    "survey",
    "name",
}
FIELDS = {
    "at",
    "content",
    "coordinates",
    "country",
    "dates",
    "day",
    "deployment",
    "ends",
    "epsg",
    "from_at",
    "inside",
    "into",
    "occasion_days",
    "offset_s",
    "outage",
    "place",
    "sensitive",
    "starts",
    "station",
    "survey",
    "title",
    "unit",
    "until_at",
    "year",
    "zone",
    "profile",
    "profiles",
    "role",
    "part",
    "path",
    "name",
    "reason",
    "mend",
    "originals",
    "project_path",
    "images_path",
    "station_level",
    "folder",
    "action",
    "uid",
    "kind",
    "a",
    "b",
    "anchor",
    "move",
    "sighting",
    "flank",
    "queue",
    "of",
    "boxes",
    "seen",
    "seconds",
    "rank",
    "score",
    "sure",
    "to",
    "how",
    "out",
    "facts",
    "sightings",
    "targets",
    "target",
    "way",
    "filters",
    "reviewer",
    "second",
    "right",
    "said",
    "token",
    "root",
    "partly",
    "size",
    "upload",
    "sheet_path",
    "answers",
    "again",
    "mark",
    "leave",
    "crops",
    "matches",
    "card",
    "day_order",
    "camera",
    "ours",
    "species",
    "before",
    "threshold",
    "mine",
    "replace",
    "names",
    "number",
    "accepted",
    "trusted",
    "sha256",
    "offline",
    "since",
}


# Alone, each field is asked for with one of these names: all names in all fields are tried together.
TURNS = {name: sorted(QUERIES)[place :: len(ALONE)] for place, name in enumerate(sorted(ALONE))}


def test_the_names_tried_are_all_that_are_asked_for(repository: Path) -> None:
    """A new field of a request must be tried below too."""
    asked = set()
    for path in (repository / "spotid" / "web").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r"""(?:args|content|said|body\(\))\.get\(\s*["'](\w+)["']""", text))
        asked |= set(re.findall(r"""\b(?:text|number|folder)\(\s*(?:content|body\(\)),\s*["'](\w+)["']""", text))
    assert asked, "the pattern finds nothing any more"
    assert asked <= QUERIES | FIELDS, f"add to QUERIES or FIELDS: {sorted(asked - QUERIES - FIELDS)}"


@pytest.mark.slow
def test_no_name_in_a_query_opens_a_file(client, app, canary: Path) -> None:
    for name, rule in itertools.product(NAMES, app.url_map.iter_rules()):
        said = spelled(name, canary).encode("utf-8", "replace").decode()
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        address = re.sub(r"<any\((\w+).*?>", r"\1", rule.rule).replace("<project_id>", app.stocked.id)
        address = re.sub(r"<[^>]+>", "0" * 16, address)
        harmless(client.get(address, query_string=dict.fromkeys(QUERIES, said)), (rule.rule, name))
        for field in TURNS.get(name, ()):
            harmless(client.get(address, query_string={field: said}), (rule.rule, field, name))


def test_no_name_in_a_body_opens_a_file(client, app, canary: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)  # whatever were made in the wrong place would lie here
    monkeypatch.setattr(type(bench_of(app)), "run", lambda *_, **__: None)
    monkeypatch.setattr(type(bench_of(app)), "export", lambda *_, **__: None)
    monkeypatch.setattr(type(bench_of(app)), "check", lambda *_, **__: None)
    monkeypatch.setattr(selfcheck, "look", lambda: [])  # a process of its own each time
    before = sorted(os.listdir(tmp_path))
    for name, rule in itertools.product(NAMES, app.url_map.iter_rules()):
        said = spelled(name, canary)
        if "POST" not in (rule.methods or ()) or rule.endpoint == "run.act":
            continue
        address = rule.rule.replace("<project_id>", app.stocked.id)
        address = re.sub(r"<[^>]+>", app.stocked.store.value("SELECT uid FROM media LIMIT 1"), address)
        odd = ([said], {"x": said}, 7, 1e308, True, None, "", [[[]]]) if name in ALONE else ()
        for value in (said, *odd):
            reply = client.post(address, json=dict.fromkeys(FIELDS, value))
            harmless(reply, (rule.rule, value, name))
    assert writes(app) == 0
    assert sorted(os.listdir(tmp_path)) == before


def test_the_project_folder_is_not_made_from_a_relative_name(client, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "images").mkdir()
    for path in ("x", "../x", "C:\\x", "\\\\server\\share"):
        content = {"project_path": path, "images_path": str(tmp_path / "images")}
        reply = client.post("/api/projects/run", json=content)
        assert reply.status_code == (400 if os.name == "posix" or path in ("x", "../x") else reply.status_code), path
    assert not (tmp_path / "x").exists() and not (tmp_path.parent / "x").exists()
