"""Every command of the documents is run: in order, page by page, among a small survey made for it.

A block that can't be run says why; ``test_blocks.py`` looks at those.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spotid.places import HOME_VARIABLE
from tests.docs import reading, sandbox
from tests.docs.reading import DOCUMENTS
from tests.docs.sandbox import Survey

CONSOLE = [one for path in DOCUMENTS for one in reading.blocks(path) if one.language == "console"]
PAGES = sorted({block.path for block in CONSOLE if not block.reason})


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Survey]:
    """The survey, made once."""
    patch = pytest.MonkeyPatch()
    home = tmp_path_factory.mktemp("home")
    patch.setenv(HOME_VARIABLE, str(home))
    patch.setenv("OMP_NUM_THREADS", "1")
    yield sandbox.prepare(tmp_path_factory.mktemp("survey é"), home)
    patch.undo()


@pytest.fixture
def home(survey: Survey) -> Path:
    """All pages share the survey's home, where the demonstration lies."""
    return survey.home


@pytest.mark.parametrize("page", PAGES, ids=reading.name)
def test_every_command_does_what_the_page_says(
    page: Path, survey: Survey, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for block in reading.blocks(page):
        if block.language != "console" or block.reason:
            continue
        lines = reading.commands(block)
        assert lines, f"{block}: a console block without a line that begins with “$ ”"
        for line in lines:
            code, said = sandbox.run(line, survey, monkeypatch)
            assert code == 0, f"{block}: {line}\n{said}"
