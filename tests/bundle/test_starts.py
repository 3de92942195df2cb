"""Starting and closing: whatever the surroundings, there is one program and its page, and nothing left afterwards."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.bundle.frozen import Bundle, Frozen, environment, notes, until

QUIET = ("--no-browser", "--port", "5800")
unix = pytest.mark.skipif(sys.platform == "win32", reason="closed streams are Windows' own way in the windowed program")
linux = pytest.mark.skipif(sys.platform != "linux", reason="LD_LIBRARY_PATH is read on Linux alone")
no_box = pytest.mark.skipif(sys.platform != "linux", reason="where there is a screen, a box waits for somebody")


def ended(program: Frozen, family: list[psutil.Process]) -> None:
    """Nothing of a closed program is left: no process, no temporary file, no note for a second start."""
    assert program.process.wait(30) == 0, program.said()
    gone, alive = psutil.wait_procs(family, timeout=10)
    assert alive == [] and gone
    assert [path.name for path in Path(program.variables["TMPDIR"]).iterdir()] == []
    assert not (notes(program.variables) / "running.json").exists()


@pytest.mark.browser
def test_it_opens_and_is_ended_from_its_page(start, page: Page) -> None:
    program = start(*QUIET).serving()
    page.goto(program.door)
    expect(page.get_by_role("button", name="Open Embeddings")).to_be_visible()
    assert "key=" not in page.url
    logo = page.evaluate("getComputedStyle(document.body).fontFamily")
    assert logo, "the style sheets are not there"
    family = program.family()
    assert program.call("/api/quit", {})["closing"] is True
    ended(program, family)


@pytest.mark.browser
def test_pages_of_help_and_of_the_program_are_packed(start, page: Page) -> None:
    program = start(*QUIET).serving()
    page.goto(program.door)
    for path in ("/help/", "/help/guide/first_survey", "/about"):
        reply = page.goto(program.address + path)
        assert reply is not None and reply.status == 200, path
        expect(page.locator("h1").first).to_be_visible()
        broken = page.evaluate(
            "[...document.images].filter(one => one.complete && !one.naturalWidth).map(one => one.src)"
        )
        assert broken == []


def test_notes_lie_where_the_user_wants_them(bundle: Bundle, tmp_path: Path) -> None:
    variables = environment(tmp_path / "home", SPOTID_HOME=str(tmp_path / "Notes é"))
    program = Frozen([str(bundle.window), *QUIET], variables)
    try:
        program.serving()
        assert (tmp_path / "Notes é" / "running.json").is_file()
        assert [path.name for path in (tmp_path / "home").iterdir()] == ["tmp"], "something was written in the home"
        family = program.family()
        assert program.close() == 0
        ended(program, family)
    finally:
        program.gone()


def test_a_second_start_says_where_the_first_is_and_ends(bundle: Bundle, start) -> None:
    first = start(*QUIET).serving()
    second = start(*QUIET)
    assert second.process.wait(60) == 0
    told = bundle.command(["app", "--no-browser"], first.variables)
    assert told.returncode == 0 and f"running already: {first.address}" in told.stdout
    assert first.call("/api/alive")["program"] == "SpotID"


def test_a_port_that_is_taken_is_passed_over(start) -> None:
    with socket.socket() as taken:
        if os.name != "nt":
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        program = start("--no-browser", "--port", port).serving()
        assert int(program.address.rpartition(":")[2]) > port


def test_after_a_kill_it_starts_again(start) -> None:
    program = start(*QUIET).serving()
    program.kill()
    assert (notes(program.variables) / "running.json").exists(), "the note of the killed one lies there"
    again = start(*QUIET).serving()
    assert again.key != program.key and again.call("/api/alive")["program"] == "SpotID"


@unix
@pytest.mark.parametrize("closed", ["<&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_it_needs_no_console(bundle: Bundle, variables: dict[str, str], closed: str) -> None:
    line = ["sh", "-c", f'exec "$0" "$@" {closed}', str(bundle.window), *QUIET]
    program = Frozen(line, variables, {"stdin": None, "stdout": None, "stderr": None})
    try:
        program.serving()
        assert program.call("/api/alive")["program"] == "SpotID"
        family = program.family()
        assert program.close() == 0
        ended(program, family)
    finally:
        program.gone()


@linux
@pytest.mark.parametrize("before", ["", "/opt/drivers/lib"])
def test_a_browser_is_given_no_library_of_ours(bundle: Bundle, tmp_path: Path, before: str) -> None:
    told = tmp_path / "told.json"
    code, script = tmp_path / "browser.py", tmp_path / "bröwser"
    code.write_text(
        "import json, os, sys\n"
        f"text = json.dumps([sys.argv[1:], dict(os.environ)])\nopen({str(told)!r} + '.part', 'w').write(text)\n"
        f"os.replace({str(told)!r} + '.part', {str(told)!r})\n"
    )
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{code}" "$@"\n')
    script.chmod(0o755)
    more = {"LD_LIBRARY_PATH": before} if before else {}
    program = Frozen(
        [str(bundle.window), "--port", "5800"], environment(tmp_path / "home", BROWSER=str(script), **more)
    )
    try:
        program.serving()
        until(told.is_file, "the browser", 30)
        arguments, variables = json.loads(told.read_text())
        assert arguments and arguments[0].startswith(program.address)
        assert program.key not in arguments[0], "other users of the computer read a program's arguments"
        assert variables.get("LD_LIBRARY_PATH", "") == before
        had = program.variables
        leads = [name for name, value in variables.items() if str(bundle.inside) in value and value != had.get(name)]
        assert leads == [] and not any(name.startswith("_PYI_") for name in variables)
        assert program.close() == 0
    finally:
        program.gone()


@pytest.fixture
def damaged(bundle: Bundle, tmp_path: Path) -> Bundle:
    """A copy of the bundle that shares its files' content; a test may take files away."""
    copy = Bundle(tmp_path / "damaged" / "SpotID")

    def link(source: str, target: str) -> Any:
        try:
            return os.link(source, target)
        except OSError:
            return shutil.copy2(source, target)

    shutil.copytree(bundle.folder, copy.folder, symlinks=True, copy_function=link)
    return copy


def test_a_whole_copy_checks_itself(bundle: Bundle, variables: dict[str, str]) -> None:
    told = bundle.command(["check"], variables | {"BROWSER": sys.executable})
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Everything works." in told.stdout and "NOT OK" not in told.stdout
    assert re.search(r"ok +pyav: \d", told.stdout) and re.search(r"ok +pyproj: \d", told.stdout), "clips and grids"


@pytest.mark.parametrize("lost", ["spotid/profiles/*.toml", "static/css/base.css", "spotid/embed/encoders/*.npz"])
def test_a_damaged_copy_says_so(damaged: Bundle, variables: dict[str, str], lost: str) -> None:
    victim = next(damaged.inside.glob(lost))
    victim.unlink()
    told = damaged.command(["check"], variables | {"BROWSER": sys.executable})
    assert told.returncode == 1 and "NOT OK" in told.stdout and victim.name in told.stdout, told.stdout + told.stderr
    assert "Traceback" not in told.stdout + told.stderr


@no_box
def test_a_copy_that_cannot_start_ends_in_a_sentence(damaged: Bundle, variables: dict[str, str]) -> None:
    for folder in ("templates", "static"):
        shutil.rmtree(damaged.inside / folder)
    program = Frozen([str(damaged.window), *QUIET], variables)
    try:
        until(
            lambda: program.process.poll() is not None or (notes(variables) / "running.json").exists(), "its word", 60
        )
        log = (notes(variables) / "logs" / "spotid.log").read_text(encoding="utf-8")
        assert "files are missing or damaged" in program.said() + log
        assert "Traceback" not in program.said()
    finally:
        program.gone()


@no_box
def test_an_unknown_command_ends_in_a_sentence(bundle: Bundle, variables: dict[str, str]) -> None:
    done = subprocess.run(
        [bundle.window, "fly"], env=variables, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0 and "“fly”" in done.stderr and "Traceback" not in done.stderr
