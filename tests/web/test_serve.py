"""Ports, browsers, and one program at a time."""

from __future__ import annotations

import errno
import json
import signal
import socket
import threading
import webbrowser
from pathlib import Path

import pytest
from filelock import FileLock

from spotid import own_folder
from spotid.errors import DiskFullError, SpotIDError
from spotid.web import create_app, ending, serve


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


def begun(port: int = 5870) -> tuple[serve.Service, threading.Thread]:
    service = serve.begin(create_app, port=port)
    assert service is not None
    thread = threading.Thread(target=service.run, daemon=True)
    thread.start()
    return service, thread


def test_the_end_takes_the_note_away_and_leaves_the_port(home: Path) -> None:
    service, thread = begun()
    assert serve.running() == service.here
    assert serve.begin(create_app, port=5870) is None, "a second one is told that the first runs"
    service.app.extensions[serve.QUIT]()
    service.stop()  # twice does no harm
    thread.join(20)
    assert service.ended.is_set() and serve.running() is None and not (home / "running.json").exists()
    again, thread = begun(int(service.here.address.rsplit(":", 1)[1]))
    assert again.here.address == service.here.address and again.here.key != service.here.key
    again.stop()
    thread.join(20)


def test_a_program_that_ends_leaves_anothers_note_alone(home: Path) -> None:
    service, thread = begun()
    note = json.dumps({"address": "http://127.0.0.1:5999", "key": "another"})
    (home / "running.json").write_text(note)
    service.stop()
    thread.join(20)
    assert (home / "running.json").read_text() == note


def test_a_start_while_another_one_ends_waits_and_makes_its_own(home: Path) -> None:
    first, thread = begun()
    first.stop()
    assert serve.running() is None, "it shows nobody its page any more"
    second, other = begun()
    thread.join(20)
    assert serve.running() == second.here
    second.stop()
    other.join(20)


def test_a_start_that_hangs_is_told_to_the_next_one(home: Path, monkeypatch) -> None:
    monkeypatch.setattr(serve, "LOCK_SECONDS", 0.2)
    with FileLock(str(home / "starting.lock")), pytest.raises(SpotIDError, match="does not come to an end"):
        serve.begin(create_app, port=5880)


def test_a_full_disk_is_told_as_such(home: Path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(home / "x"))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DiskFullError, match="The disk is full"):
        own_folder.check()


def test_signals_end_it_in_order_and_are_given_back() -> None:
    heard, ended = [], threading.Event()
    before = signal.getsignal(signal.SIGTERM)
    interrupted = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where a shell put us behind
    try:
        with ending.heard(lambda: heard.append(1), ended):
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
            assert heard == [1, 1]
    finally:
        signal.signal(signal.SIGINT, interrupted)
    assert signal.getsignal(signal.SIGTERM) is before
