"""Tests of the frozen program. ``SPOTID_BUNDLE`` names the folder of a bundle; without it they are skipped.

python release/build.py core --work build/bundle
SPOTID_BUNDLE=build/bundle/SpotID python -m pytest -n 2 --dist loadfile tests/bundle
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.bundle.frozen import VARIABLE, Bundle, Frozen, environment

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave these tests out where no bundle is named."""
    if not os.environ.get(VARIABLE):
        for item in items:
            if HERE in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=f"{VARIABLE} names no bundle (see tests/bundle/conftest.py)"))


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    """The bundle under test."""
    found = Bundle(Path(os.environ[VARIABLE]).resolve())
    assert found.window.is_file() and found.console.is_file(), f"{found.folder} holds no SpotID and spotid-cli"
    return found


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """The environment of a user whose home was empty until now; its folder's name has a space and an accent."""
    return environment(tmp_path / "Maison de Zoé")


@pytest.fixture
def start(bundle: Bundle, variables: dict[str, str]) -> Iterator[Callable[..., Frozen]]:
    """Starts the program that is double-clicked; whatever still runs at the end is killed."""
    started: list[Frozen] = []

    def begin(*arguments: object, **streams: object) -> Frozen:
        line = [str(bundle.window), *(str(one) for one in arguments)]
        started.append(Frozen(line, variables, dict(streams)))
        return started[-1]

    yield begin
    for one in started:
        one.gone()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window of a small laptop; what the page complains of, or asks of any other address, fails the test."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, color_scheme="light")
    context.add_init_script("localStorage.setItem('spotid-tour', 'yes')")
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
    opened.route(lambda url: not url.startswith("http://127.0.0.1:"), lambda route: route.abort())
    yield opened
    context.close()
    assert faults == []
