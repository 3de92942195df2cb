"""ZIPs of photographs."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def pack(tmp_path: Path) -> Callable[..., Path]:
    """Writes a ZIP of (name or ZipInfo, content) in the order given."""

    def write(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
        path = tmp_path / "cards.zip"
        with zipfile.ZipFile(path, "w", method) as zipped:
            for name, content in members:
                zipped.writestr(name, content)
        return path

    return write
