"""The command line of the bundle: every command is there, and the way from photographs to an export works in it."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spotid import __version__
from spotid.cli import main
from spotid.jobs.selfcheck_clip import CLIP
from tests.bundle.frozen import Bundle, environment


def test_help_names_every_command(bundle: Bundle, variables: dict[str, str]) -> None:
    told = bundle.command(["--help"], variables)
    assert told.returncode == 0, told.stderr
    assert set(re.findall(r"^  ([a-z-]+) ", told.stdout, re.MULTILINE)) >= set(main.commands)
    assert __version__ in bundle.command(["--version"], variables).stdout


@pytest.mark.parametrize("command", ["run", "export", "doctor", "simulate"])
def test_a_command_helps(bundle: Bundle, variables: dict[str, str], command: str) -> None:
    told = bundle.command([command, "--help"], variables)
    assert told.returncode == 0 and len(told.stdout.splitlines()) > 4, told.stderr


def test_mistakes_are_told_in_words(bundle: Bundle, variables: dict[str, str]) -> None:
    told = bundle.command(["run", "/nowhere/at all", "--project", "P"], variables)
    assert told.returncode == 3 and "no folder" in told.stderr and "Traceback" not in told.stderr
    told = bundle.command(["test"], variables)
    assert told.returncode == 2 and "source checkout" in told.stderr


@pytest.fixture(scope="module")
def cards(bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few photographs of one station, and a clip, in a folder whose name no system likes."""
    folder = tmp_path_factory.mktemp("cards") / "Cartes mémoire & 豹"
    for path in sorted((bundle.sample / "ST04").rglob("*.JPG"))[:5]:
        (folder / "ST04").mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder / "ST04")
    (folder / "ST04" / "IMG_0099.MP4").write_bytes(CLIP)
    return folder


def test_from_photographs_to_an_export(bundle: Bundle, cards: Path, tmp_path: Path) -> None:
    variables = environment(tmp_path / "home")
    project, out = tmp_path / "Étude à Ñ 豹", tmp_path / "Sortie é"

    def told(*arguments: object) -> str:
        done = bundle.command([*arguments, "--project", project], variables)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    assert "to review" in told("run", cards)
    assert list((project / "frames").rglob("IMG_0099.MP4@*.jpg")), "a clip gives still pictures"
    assert "0 things wrong" in told("doctor")
    assert "0 individuals" in told("export", "--out", out)
    with (out / "sightings.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) >= len(list(cards.rglob("*.JPG")))
    assert list((tmp_path / "home" / "tmp").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is no sh")
def test_standard_input_may_be_closed(bundle: Bundle, variables: dict[str, str]) -> None:
    line = ["sh", "-c", 'exec "$0" --version <&-', str(bundle.console)]
    done = subprocess.run(line, env=variables, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0 and __version__ in done.stdout


def test_the_note_of_its_making_is_whole(bundle: Bundle) -> None:
    told = json.loads((bundle.inside / "build.json").read_text(encoding="utf-8"))
    assert set(told) >= {"flavour", "version", "commit", "made_at", "releases"}
    assert told["flavour"] in ("core", "full") and told["version"] == __version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*", told["made_at"])
