from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.weights.host import Host


@pytest.fixture
def host() -> Iterator[Host]:
    pytest.importorskip("requests", reason="belongs to the packages of the published models")
    host = Host()
    yield host
    host.close()
