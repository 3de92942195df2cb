"""Documents keep up with the code: every command, key, setting and link that they name exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from spotid.cli import main
from spotid.export import tables
from spotid.settings import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
LAUNCHER = {"test", "models", "demo", "commands"}


def commands() -> list[tuple[str, str]]:
    found = []
    for document in DOCUMENTS:
        for line in document.read_text(encoding="utf-8").splitlines():
            match = re.match(r"\s*(?:python3 launch\.py|spotid)(?: (.*))?$", line)
            if match:
                found.append((document.name, match.group(1) or ""))
    return found


@pytest.mark.parametrize(("document", "line"), commands())
def test_every_command_in_the_documents_is_one(document: str, line: str) -> None:
    words = shlex.split(line)
    if not words or words[0] in LAUNCHER:
        return
    command = main.commands[words[0]]
    # Names in capitals stand for something of the reader's.
    parser = command.make_parser(click.Context(command))
    parser.parse_args(words[1:])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(document: Path) -> None:
    named = re.findall(
        r"`((?:spotid|tests|benchmarks|training|docs|jobs|review)/[\w./]+\.\w+)`", document.read_text("utf-8")
    )
    for name in named:
        assert (ROOT / name).exists() or (ROOT / "spotid" / name).exists(), name


def test_every_setting_has_a_sentence() -> None:
    for setting in SETTINGS:
        assert setting.sentence.endswith("."), setting.name
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)


def test_every_column_is_explained() -> None:
    for columns in (tables.MATCHES, tables.SIGHTINGS):
        text = tables.explained(columns)
        assert all(name in text and meaning in text for name, meaning in columns)
