"""Troubles at the start are shown by whatever there is: never a silent end."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from spotid.desktop import fatal


def fake(folder: Path, name: str, code: int = 0) -> Path:
    """A program of this name that notes what it was called with."""
    folder.mkdir(exist_ok=True)
    told = folder / f"{name}.told"
    script = folder / name
    script.write_text(f'#!/bin/sh\nfor one in "$@"; do printf "%s\\n" "$one" >> "{told}"; done\nexit {code}\n')
    script.chmod(0o755)
    return told


@pytest.fixture
def linux(monkeypatch, tmp_path: Path) -> Path:
    """A Linux desktop without Tk, whose only programs are those in the folder."""
    monkeypatch.setattr(fatal.sys, "platform", "linux")
    monkeypatch.setenv("DISPLAY", ":77")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/bin{os.pathsep}/usr/bin")
    monkeypatch.setattr(fatal, "WAYS", {name: way for name, way in fatal.WAYS.items() if name != "tk"})
    return tmp_path / "bin"


@pytest.mark.skipif(os.name != "posix", reason="shell scripts")
def test_on_linux_the_first_that_works_shows_it(linux: Path, capsys) -> None:
    fake(linux, "zenity", code=5)  # no display, say
    told = fake(linux, "kdialog", code=1)  # closed without its button
    assert fatal.show("The disk is “full”; $HOME `x`.", "Make room.") == "kdialog"
    assert "The disk is “full”; $HOME `x`.\n\nMake room." in told.read_text()
    assert capsys.readouterr().err == "The disk is “full”; $HOME `x`.\nMake room.\n"


def test_without_a_screen_it_is_in_the_log_and_on_the_error_stream(monkeypatch, capsys, caplog) -> None:
    monkeypatch.setattr(fatal.sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with caplog.at_level(logging.CRITICAL, "spotid"):
        assert fatal.show("No port.", "Restart.") == ""
    assert "No port." in capsys.readouterr().err and "No port. Restart." in caplog.text


def test_a_windowed_program_has_no_error_stream(monkeypatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(fatal.sys, "stderr", None)
    monkeypatch.setattr(fatal, "WAYS", {"broken": lambda _: 1 / 0, "box": lambda text: bool(shown.append(text) or 1)})
    assert fatal.show("No port.", "Restart.") == "box"
    assert shown == ["No port.\n\nRestart."]


def test_an_old_tool_gets_plain_short_lines() -> None:
    told = fatal.plain("La carpeta “/datos/años” está dañada. " * 4 + "\n\nPida…")
    assert told.isascii() and 'La carpeta "/datos/anos" esta danada.' in told and told.endswith("\n\nPida...")
    assert max(map(len, told.splitlines())) <= 64
