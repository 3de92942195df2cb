"""The program in a field camp: no network, a write-protected stick, a user who may do nothing, a path with accents."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bundle.frozen import Bundle

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def told(bundle: Bundle) -> Iterator[dict[str, Any]]:
    """What was seen in the camp."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can make a network of its own and start programs as somebody else")
    if not (shutil.which("unshare") and shutil.which("setpriv")):
        pytest.skip("unshare or setpriv (util-linux) is missing")
    if subprocess.run(["unshare", "-n", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this computer does not let root make a network of its own")
    folder = Path(tempfile.mkdtemp(prefix="spotid-camp-"))  # pytest's own folders are closed to other users
    folder.chmod(0o755)
    try:
        line = ["unshare", "-n", "-m", sys.executable, "-m", "tests.bundle.camp", str(bundle.folder), str(folder)]
        done = subprocess.run([*line, str(NOBODY)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=800)
        assert done.returncode == 0, done.stderr[-4000:]
        yield json.loads(done.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_camp_is_one(told: dict[str, Any]) -> None:
    assert told["network"] == "OSError 101", "the network could be reached"
    assert told["can_write"] is False and told["users"] == [NOBODY]


def test_demo_to_export(told: dict[str, Any]) -> None:
    assert told["acknowledged"] == told["kept"] == 3
    assert "leopard_matches.csv" in told["exported"] and "sightings.csv" in told["exported"]
    assert sum(name.startswith("leopard_1/") for name in told["exported"]) == 2
    assert told["closed"] == 0


def test_no_page_asks_for_anything_elsewhere(told: dict[str, Any]) -> None:
    assert told["elsewhere"] == []


def test_nothing_is_written_in_the_programs_folder(told: dict[str, Any]) -> None:
    assert told["changed"] == []


def test_what_is_written_lies_where_the_user_looks_for_it(told: dict[str, Any]) -> None:
    assert set(told["homes"]) <= {".local", ".cache", ".config", "Documents", "tmp"}
    assert {".local", "Documents"} <= set(told["homes"]) and told["temporary"] == []
