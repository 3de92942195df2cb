"""The pages on the stocked project, without a server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from spotid.project.folder import create_project
from spotid.web import bench_of, create_app
from tests import places_stock
from tests.web.places_pages import Pages


@pytest.fixture
def app(stock) -> Iterator[Flask]:
    """The application; ``app.stocked`` is the project that is open in it."""
    folder = stock.project.path
    stock.project.close()
    made = create_app()
    made.stocked = bench_of(made).open(folder)  # type: ignore[attr-defined]
    yield made
    bench_of(made).close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Asks the application."""
    return app.test_client()


@pytest.fixture(scope="session")
def wrong_clocks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of ``places_stock.survey``, to be copied."""
    made = create_project(tmp_path_factory.mktemp("clocks") / "Wrong clocks")
    places_stock.survey(made)
    made.close()
    return made.path


@pytest.fixture
def pages(wrong_clocks: Path, tmp_path: Path) -> Iterator[Pages]:
    """The application with a survey of wrong clocks, to be changed."""
    made = Pages(Path(shutil.copytree(wrong_clocks, tmp_path / "Wrong clocks")))
    yield made
    bench_of(made.app).close()


@pytest.fixture(scope="module")
def same_pages(wrong_clocks: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """The same for tests that are refused everything, and so change nothing."""
    made = Pages(Path(shutil.copytree(wrong_clocks, tmp_path_factory.mktemp("same") / "Wrong clocks")))
    yield made
    bench_of(made.app).close()
