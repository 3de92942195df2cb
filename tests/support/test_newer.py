"""The question for a newer version: asked of the releases of this copy, compared, and nothing more."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from spotid.about import Build
from spotid.support import newer


class Host:
    """A stand-in for the host of the releases: what it answers, and what it was asked."""

    def __init__(self) -> None:
        self.answer: Any = {}
        self.status, self.wait = 200, 0.0
        self.asked: list[tuple[str, dict[str, str]]] = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append((self.path, dict(self.headers)))
                time.sleep(host.wait)
                self.send_response(host.status)
                self.end_headers()
                self.wfile.write(host.answer if isinstance(host.answer, bytes) else json.dumps(host.answer).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.releases = f"http://127.0.0.1:{self.server.server_port}/owner/spotid"

    def build(self, version: str = "1.2.0") -> Build:
        return Build("core", version, "abc", "2026-11-21T00:00:00Z", self.releases)


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    threading.Thread(target=made.server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.parametrize(
    ("tag", "found"),
    [("v1.10.0", "1.10.0"), ("1.3.0rc1", "1.3.0rc1"), ("v1.2.0", ""), ("v1.1.9", ""), ("nightly", ""), ("", "")],
)
def test_versions_are_compared(host: Host, tag: str, found: str) -> None:
    host.answer = {"tag_name": tag, "html_url": f"{host.releases}/releases/tag/{tag}"}
    told = newer.look(host.build())
    assert told.version == found
    assert ("newer version" in told.sentence) == bool(found)
    if found:
        assert told.url == f"{host.releases}/releases/tag/{tag}"


def test_only_what_is_needed_is_told_to_the_host(host: Host) -> None:
    host.answer = {"tag_name": "v9"}
    newer.look(host.build())
    [(path, headers)] = host.asked
    assert path == "/api/v3/repos/owner/spotid/releases/latest"
    assert headers["User-Agent"] == "SpotID/1.2.0" and "Cookie" not in headers
    assert set(headers) <= {"Accept", "Accept-Encoding", "User-Agent", "Host", "Connection"}


@pytest.mark.parametrize("answer", [b"", b"<html>log in to this network", b"[]", b"[" * 100_000, b"\xff\xfe"])
def test_an_answer_that_makes_no_sense_is_no_answer(host: Host, answer: bytes) -> None:
    host.answer = answer
    told = newer.look(host.build())
    assert "can't be reached" in told.sentence and not told.version


def test_a_host_that_refuses_or_keeps_silent_is_told(host: Host, monkeypatch) -> None:
    host.status = 404
    assert "can't be reached" in newer.look(host.build()).sentence
    monkeypatch.setattr(newer, "SECONDS", 0.2)
    host.status, host.wait, host.answer = 200, 1.0, {"tag_name": "v9"}
    assert "can't be reached" in newer.look(host.build()).sentence


def test_a_page_elsewhere_is_never_shown(host: Host) -> None:
    host.answer = {"tag_name": "v9", "html_url": "https://evil.example/get"}
    assert newer.look(host.build()).url == host.releases


def test_what_is_no_release_asks_nobody() -> None:
    for releases in ("", "file:///etc/passwd", "http://example.org/a/b", "https://github.com/owner", "https://u@h/a/b"):
        assert newer.question(releases) == ""
        told = newer.look(Build("source", "1", "", "", releases))
        assert "not made from a release" in told.sentence and not told.url
    asked = "https://api.github.com/repos/owner/spotid/releases/latest"
    for releases in ("https://github.com/owner/spotid", "https://github.com/owner/spotid/releases/"):
        assert newer.question(releases) == asked
