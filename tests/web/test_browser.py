"""Opening the browser: with the environment that it would have without us, and without waiting for it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from spotid.web import browser

INSIDE = "/opt/Spot ID/_internal"


def test_a_frozen_program_gives_back_what_was_there_before() -> None:
    frozen = {
        "LD_LIBRARY_PATH": INSIDE,
        "LD_LIBRARY_PATH_ORIG": "/usr/lib/mine",
        "DYLD_LIBRARY_PATH": INSIDE,
        "PATH": f"{INSIDE}/bin{os.pathsep}/usr/bin",
        "XDG_DATA_DIRS": f"/usr/share{os.pathsep}{INSIDE}/share",
        "TCL_LIBRARY": f"{INSIDE}/_tcl_data",
        "GIO_MODULE_DIR": f"{INSIDE}/gio",
        "_PYI_ARCHIVE_FILE": "/opt/SpotID/SpotID",
        "_PYI_APPLICATION_HOME_DIR": INSIDE,
        "HOME": "/home/x",
        "LIKE": f"{INSIDE}-other/share",
    }
    assert browser.clean(frozen, INSIDE) == {
        "LD_LIBRARY_PATH": "/usr/lib/mine",
        "PATH": "/usr/bin",
        "XDG_DATA_DIRS": "/usr/share",
        "HOME": "/home/x",
        "LIKE": f"{INSIDE}-other/share",
    }


def test_from_source_the_environment_stays_as_it_is() -> None:
    own = {"LD_LIBRARY_PATH": "/mine", "_PYI_X": "1", "PATH": "/bin"}
    assert browser.clean(own, None) == own
    assert browser.bundle() is None and browser.for_others() == dict(os.environ)


@pytest.fixture
def frozen(monkeypatch, tmp_path: Path) -> Path:
    """A frozen program on Linux, with a folder for programs that open pages."""
    if not sys.platform.startswith("linux"):
        pytest.skip("openers of Linux desktops")
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", INSIDE, raising=False)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("LD_LIBRARY_PATH", INSIDE)
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/before")
    monkeypatch.delenv("BROWSER", raising=False)
    monkeypatch.setattr(browser, "LOOK_SECONDS", 0.5)
    return folder


def opener(folder: Path, name: str, then: str = "exit 0") -> Path:
    told = folder / f"{name}.told"
    (folder / name).write_text(f'#!/bin/sh\necho "$LD_LIBRARY_PATH $@" > "{told}"\n{then}\n')
    (folder / name).chmod(0o755)
    return told


def test_the_next_opener_is_tried_where_one_fails(frozen: Path) -> None:
    opener(frozen, "xdg-open", "exit 3")
    told = opener(frozen, "firefox")
    assert browser.show("http://127.0.0.1:5000/?key=x")
    assert told.read_text() == "/before http://127.0.0.1:5000/?key=x\n"
    assert browser.known() == "xdg-open"


def test_nothing_waits_for_a_browser_that_stays_open(frozen: Path) -> None:
    opener(frozen, "xdg-open", "exec /bin/sleep 30")
    began = time.monotonic()
    assert browser.show("http://127.0.0.1:5000/")
    assert time.monotonic() - began < 15


def test_the_persons_own_choice_comes_first(frozen: Path, monkeypatch) -> None:
    opener(frozen, "xdg-open")
    told = opener(frozen, "mine")
    monkeypatch.setenv("BROWSER", "nowhere:mine --new %s")
    assert browser.show("http://127.0.0.1:5000/")
    assert told.read_text() == "/before --new http://127.0.0.1:5000/\n"


def test_without_any_browser_the_address_is_said(frozen: Path) -> None:
    said: list[str] = []
    assert not browser.open_browser("http://127.0.0.1:5000/?key=ticket", said.append, "http://127.0.0.1:5000/?key=k")
    assert said == ["No browser could be opened. Open this address yourself: http://127.0.0.1:5000/?key=k"]
    assert browser.known() == ""
