"""Checkpoints that are made once for all tests of matchers."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Weight name → file; LightGlue made by hand."""
    pytest.importorskip("torch")
    pytest.importorskip("kornia")
    from tests.match.matchers import made

    folder = tmp_path_factory.mktemp("matchers")
    plain = made.glue(folder / "glue.pth")
    return {
        "sift-lightglue": made.glue(folder / "oriented.pth", oriented=True),
        "aliked-lightglue": plain,
        "disk-lightglue": plain,
        "aliked-n16": made.aliked(folder / "aliked-n16.pth"),
        "disk": made.disk(folder / "depth-save.pth"),
    }
