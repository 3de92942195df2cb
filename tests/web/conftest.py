"""The pages on the stocked project, without a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from spotid.web import bench_of, create_app


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
