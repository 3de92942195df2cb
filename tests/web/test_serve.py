"""Ports and browsers."""

from __future__ import annotations

import socket
import webbrowser

import pytest

from spotid.errors import SpotIDError
from spotid.web import serve


def test_a_taken_port_is_passed_over() -> None:
    first = serve.listening_socket(5800)
    first.listen()
    second = serve.listening_socket(first.getsockname()[1])
    try:
        assert second.getsockname()[1] > first.getsockname()[1]
        assert second.getsockname()[0] == "127.0.0.1"
    finally:
        first.close()
        second.close()


def test_no_free_port_is_said(monkeypatch) -> None:
    monkeypatch.setattr(serve, "PORTS_TRIED", 1)
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    with pytest.raises(SpotIDError, match="No free port"):
        serve.listening_socket(taken.getsockname()[1])
    taken.close()


def test_without_a_browser_the_address_is_said(monkeypatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    serve.open_browser("http://127.0.0.1:5000/", said.append)
    assert "http://127.0.0.1:5000/" in said[0]


def test_a_stale_note_is_no_running_program(home) -> None:
    for stale in (
        '{"address": "http://127.0.0.1:9", "key": "k"}',
        '{"address": "http://127.0.0.1:9"}',
        '{"address": "http://evil.example", "key": "k"}',
        "[]",
        "garbage",
    ):
        (home / "running.json").write_text(stale)
        assert serve.running() is None
