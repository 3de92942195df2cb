"""Hostile requests: other hosts, other pages, odd methods, and what forms can send."""

from __future__ import annotations

import itertools
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from spotid.project import ledger
from spotid.web import create_app

SECRET = "canary-5b1e-never-to-be-seen"


@pytest.fixture(scope="module")
def plain() -> FlaskClient:
    """A program without a project: enough for what is refused at the door."""
    return create_app().test_client()


def writes(app) -> int:
    return len(ledger.events(app.stocked.store))


def answer(client, app, **others: Any):
    pair = client.get(f"/api/project/{app.stocked.id}/pair").json
    said = {"uid": str(uuid.uuid4()), "kind": "same", "a": pair["anchor"]["uid"], "b": pair["comparison"]["uid"]}
    return client.post(f"/api/project/{app.stocked.id}/answers", json=said, **others)


FOREIGN_HOSTS = [
    "evil.example",
    "evil.example:80",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1.nip.io",
    "evil@localhost",
    "localhost@evil.example",
    "localhost:80@evil.example",
    "localhost.",
    "127.0.0.1.",
    "localhost:5000",
    "127.0.0.1:8080",
    "localhost:080000",
    "localhost:",
    "localhost:80:80",
    "127.0.0.2",
    "127.1",
    "2130706433",
    "0.0.0.0",
    "[::1]",
    "[::1]:80",
    "[::ffff:127.0.0.1]",
    "localhost, evil.example",
    "localhost/evil.example",
    "localhost\\evil.example",
    "١٢٧.0.0.1".encode().decode("latin-1"),
    " localhost",
    "",
]


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_foreign_host_is_told_nothing(plain, host: str) -> None:
    for path in ("/", "/api/alive", "/static/css/base.css", "/api/browse"):
        assert plain.get(path, headers={"Host": host}).status_code == 403, path


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:80", "LOCALHOST", "LocalHost:80", "localhost"])
def test_our_own_names_are_served(plain, host: str) -> None:
    assert plain.get("/", headers={"Host": host}).status_code == 200


def test_a_request_without_a_host_is_refused(plain) -> None:
    """Flask would make one up out of the server's own name."""
    replies: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
    }
    plain.application(environ, lambda status, headers: replies.append(status))
    assert replies[0].startswith("403")


FOREIGN_ORIGINS = [
    "http://evil.example",
    "null",
    "",
    "http://127.0.0.1",  # another name of this machine is another origin
    "http://localhost:5001",
    "https://localhost",
    "http://localhost:80",  # browsers leave the usual port out
    "http://localhost.evil.example",
    "http://localhost/",
    "file://",
    "chrome-extension://abc",
]


def test_another_origin_reads_and_writes_nothing(client, app) -> None:
    for origin in FOREIGN_ORIGINS:
        assert answer(client, app, headers={"Origin": origin}).status_code == 403, origin
        assert client.get("/api/browse", headers={"Origin": origin}).status_code == 403, origin
    assert writes(app) == 0


def test_our_own_origin_writes(client, app) -> None:
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert answer(client, app, headers=own).status_code == 200
    assert writes(app) == 1


def test_what_another_page_embeds_is_not_sent(client, app) -> None:
    uid = app.stocked.store.value("SELECT uid FROM sighting LIMIT 1")
    picture = f"/project/{app.stocked.id}/picture/{uid}/original"
    assert client.get(picture).status_code == 200
    sites = ("cross-site", "same-site", "CROSS-SITE", "nonsense", "")
    dests = ("image", "script", "style", "empty", "iframe", "object", "document", "embed")
    for site, dest in itertools.product(sites, dests):
        mode = "navigate" if dest in ("iframe", "document", "object", "embed") else "no-cors"
        _not_sent(client, picture, {"Sec-Fetch-Site": site, "Sec-Fetch-Dest": dest, "Sec-Fetch-Mode": mode})


def _not_sent(client, picture: str, about: dict[str, str]) -> None:
    for path in ("/", picture, "/static/logo.svg", "/static/js/api.js", "/api/alive", "/api/browse"):
        assert client.get(path, headers=about).status_code == 403, (path, about)
        assert client.head(path, headers=about).status_code == 403, (path, about)
    if about["Sec-Fetch-Dest"] != "document":
        assert client.get("/?key=x", headers=about).status_code == 403


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json, text/plain",
        "text/json",
        "application/csp-report",
        "",
    ],
)
def test_what_a_form_can_send_is_not_taken(plain, kind: str) -> None:
    body = '{"uid": "12345678-abc"}'
    reply = plain.post("/api/project/x/undo", data=body, headers={"Content-Type": kind})
    assert reply.status_code == 403 and reply.json["error"]["sentence"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "TRACK"])
@pytest.mark.parametrize("path", ["/", "/api/browse", "/api/projects/open", "/static/logo.svg", "/nowhere"])
def test_only_three_methods_are_answered(plain, method: str, path: str) -> None:
    reply = plain.open(path, method=method, headers={"X-Secret": SECRET})
    assert reply.status_code == 405
    assert SECRET not in reply.text and "Allow" not in reply.headers


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_is_not_changed_by_a_header(plain, name: str) -> None:
    assert plain.get("/api/projects/open?_method=POST", headers={name: "POST"}).status_code == 405
    assert plain.post("/api/browse", json={}, headers={name: "GET"}).status_code == 405


def test_every_reply_carries_its_armour(client, app) -> None:
    for path in ("/", "/static/js/api.js", "/nowhere", "/api/browse", f"/project/{app.stocked.id}/review"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert not [name for name, _ in headers if name.lower().startswith("access-control")]


def test_no_template_needs_what_the_policy_forbids(repository: Path) -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", re.I)
    for template in (repository / "templates").glob("*.html"):
        found = inline.search(template.read_text(encoding="utf-8"))
        assert not found, f"{template.name}: {found and found.group()}"
