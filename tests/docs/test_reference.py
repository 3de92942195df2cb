"""The reference chapters say what the code says, and say all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spotid import reference
from spotid.cli import main
from spotid.errors import SpotIDError
from spotid.export import tables
from spotid.reference import __main__ as command
from spotid.reference import errors, marks
from spotid.settings import SETTINGS


def test_the_pages_are_current() -> None:
    assert not reference.stale(), "run python -m spotid.reference"


def test_check_names_what_is_out_of_step_and_writing_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference, "folder", lambda: tmp_path / "reference")
    monkeypatch.setattr(command, "folder", lambda: tmp_path / "reference")
    assert command.main(["--check"]) == 1 and "settings.md" in capsys.readouterr().out
    assert command.main([]) == 0 and command.main(["--check"]) == 0
    page = tmp_path / "reference" / "settings.md"
    page.write_text(page.read_text("utf-8").replace("5000", "5001"), "utf-8")
    assert command.main(["--check"]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("settings.md ")
    assert command.main([]) == 0 and not reference.stale()
    assert command.main(["--wrong"]) == 2


def test_every_setting_has_a_sentence_and_a_line() -> None:
    page = reference.page("settings")
    for setting in SETTINGS:
        assert setting.sentence.endswith("."), setting.name
        assert f"| `{setting.name}` |" in page
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)


def test_every_command_and_option_is_told() -> None:
    page = reference.page("commands")
    for name, told in main.commands.items():
        chapter = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert chapter, name
        for parameter in told.params:
            assert parameter.param_type_name == "argument" or f"`{parameter.opts[0]}`" in chapter, parameter.name


def test_every_column_is_explained() -> None:
    page = reference.page("columns")
    for columns in (tables.MATCHES, tables.SIGHTINGS, tables.INDIVIDUALS, tables.RANKS):
        text = tables.explained(columns)
        assert all(name in text and meaning in text for name, meaning in columns)
        assert all(f"| `{name}` |" in page for name, _ in columns)


def test_every_address_is_told_with_what_it_does() -> None:
    page = reference.page("routes")
    lines = [line for line in page.splitlines() if line.startswith("| `/")]
    assert len(lines) > 60
    assert all(line.split(" | ")[-1].strip(" |") for line in lines)
    assert not re.search(r"\| The page\. \|", page), "say what the page shows"


def test_every_kind_of_error_has_a_chapter() -> None:
    page = reference.page("errors")
    assert page.count("\n## ") == len(errors._kinds()) > 15
    waiting = list(SpotIDError.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("spotid."):
            assert f"\n## {kind.code}\n" in page
    assert "| The disk is full" in page
    assert "Commands end with 6." in page


def test_what_would_be_markdown_is_shown_as_it_is() -> None:
    assert marks.plain("a *b* [c] <d> ``e*``") == r"a \*b\* \[c\] \<d\> `e*`"
    assert marks.table(("a",), [("b|c",)]).splitlines()[-1] == r"| b\|c |"


def test_the_page_of_models_is_of_the_shipped_list(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from spotid.reference import models
    from spotid.weights import catalogue

    before, path = models.page(), tmp_path / "list.toml"
    path.write_text("", encoding="utf-8")
    monkeypatch.setenv(catalogue.ELSEWHERE, str(path))
    assert models.page() == before
