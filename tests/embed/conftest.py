"""A shelf of their own for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spotid.nets.device import VARIABLE, device


@pytest.fixture(scope="module", autouse=True)
def own_shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No file of another test on the shelf, and the processor as the device: cards count differently."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPOTID_MODELS", str(tmp_path_factory.mktemp("shelf")))
        patch.setenv(VARIABLE, "cpu")
        device.cache_clear()
        yield
    device.cache_clear()
