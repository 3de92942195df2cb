"""Runs with a fault put into their worker from outside, on a handful of photographs."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spotid.jobs.runner import Job

ROOT = Path(__file__).resolve().parents[2]
INJECT = ROOT / "benchmarks" / "inject"


@pytest.fixture(scope="session")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some photographs of two stations of the sample survey."""
    folder = tmp_path_factory.mktemp("originals") / "cards"
    for source in (ROOT / "sample_data" / "ST01", ROOT / "sample_data" / "ST06"):
        pictures = sorted(source.rglob("*.JPG"))[:3]
        for picture in pictures:
            target = folder / picture.relative_to(ROOT / "sample_data")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(picture, target)
    return folder


@pytest.fixture
def fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Path]:
    """Puts a fault into the next workers; gives the file that marks that it has struck, or that the disk is full."""

    def put(once: bool = False, **what: Any) -> Path:
        marker = tmp_path / "marker"
        if once or what["how"] == "full":
            what["marker"] = str(marker)
        monkeypatch.setenv("PYTHONPATH", str(INJECT))
        monkeypatch.setenv("SPOTID_FAULT", json.dumps(what))
        monkeypatch.setattr("spotid.jobs.falls.PAUSES", (0.0,))
        return marker

    return put


def until(job: Job, true: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Wait for something of a job."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end and job.running, f"waited for {what}: {job.describe()}"
        time.sleep(0.02)
