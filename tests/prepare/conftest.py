"""Networks that several files of tests share: made once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.prepare import yolo_files


@pytest.fixture(scope="session")
def ten() -> Any:
    """A network of MegaDetector V6 compact's build, at its real size."""
    pytest.importorskip("torch")
    pytest.importorskip("ultralytics")
    return yolo_files.network("yolov10n.yaml", 360)


@pytest.fixture(scope="session")
def published(ten: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its file as the library of 2024 wrote it."""
    with yolo_files.as_of_2024(ten):
        return yolo_files.written(ten, tmp_path_factory.mktemp("yolo") / "MDV6-yolov10-c.pt")
