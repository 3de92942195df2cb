"""The program with its window, started as a double-click starts it; here without a screen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from spotid.desktop.program import asked
from spotid.errors import SpotIDError
from spotid.web import session

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


def environment(home: Path, **more: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return plain | {"SPOTID_HOME": str(home), "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1"} | more


def begun(repository: Path, home: Path, *args: str, **more: str) -> subprocess.Popen[str]:
    # Where these tests run under nohup, a closed terminal would rightly be nothing to the program.
    heard = "import signal, sys; signal.signal(signal.SIGHUP, signal.SIG_DFL)"
    code = f"{heard}; from spotid.desktop import start; sys.exit(start(sys.argv[1:]))"
    return subprocess.Popen(
        [sys.executable, "-c", code, *args],
        cwd=repository,
        env=environment(home, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def served(repository: Path, home: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The program without a screen, and the note that it leaves."""
    process = begun(repository, home, "--no-browser", "--port", "5950")
    note, end = home / "running.json", time.monotonic() + 60
    while not note.is_file() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    yield process, json.loads(note.read_text())
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.mark.parametrize("how", ["SIGTERM", "SIGHUP"])
def test_every_request_to_end_is_an_orderly_end(served, home: Path, how: str) -> None:
    process, _ = served
    process.send_signal(getattr(signal, how))
    assert process.wait(30) == 0
    assert not (home / "running.json").exists()
    log = (home / "logs" / "spotid.log").read_text()
    assert "answers at http://127.0.0.1:" in log and "SpotID has ended" in log and "Traceback" not in log


def test_the_page_ends_it_and_a_second_start_shows_it(served, repository: Path, home: Path) -> None:
    process, note = served
    second = begun(repository, home, "--no-browser")
    assert second.wait(60) == 0
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    opener.open(session.with_key(f"{note['address']}/", note["key"]), timeout=20).read()

    def post(body: bytes) -> dict[str, object]:
        asked = urllib.request.Request(f"{note['address']}/api/quit", body, {"Content-Type": "application/json"})
        return json.load(opener.open(asked, timeout=20))

    assert post(b"{}") == {"closing": True, "at_work": []}
    assert process.wait(30) == 0
    assert not (home / "running.json").exists()
    assert note["key"] not in (home / "logs" / "spotid.log").read_text()


def test_a_folder_that_cannot_be_written_is_told_without_a_stack_trace(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    process = begun(repository, tmp_path / "a file" / "home")
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "can't write in its own folder" in told and "SPOTID_HOME" in told and "Traceback" not in told


def test_what_it_is_started_with(tmp_path: Path) -> None:
    assert asked([]) == asked(["--window"]) == asked(["app"])
    what = asked(["--port", "6000", "--no-browser", str(tmp_path)])
    assert (what.page, what.port, what.browser) == (str(tmp_path), 6000, False)
    assert asked(["demo"]).page == "demo"
    for wrong in (["run", "x"], ["--port"], ["--port", "x"], [str(tmp_path), "demo"]):
        with pytest.raises(SpotIDError, match="spotid-cli"):
            asked(wrong)
