"""A short version of the kill harness: the long one is ``python benchmarks/kills.py --kills 500``."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from tests.faults.conftest import ROOT


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills by signals")
def test_a_few_kills_lose_nothing(tmp_path) -> None:
    out = tmp_path / "kills.json"
    harness = [sys.executable, str(ROOT / "benchmarks" / "kills.py"), "--kills", "6", "--seed", "4", "--pictures", "1"]
    done = subprocess.run([*harness, "--json", str(out)], capture_output=True, text=True, timeout=280, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(out.read_text())
    assert figures["kills"] >= 6 and figures["loss"] == "" and figures["counts"]["answers kept"] > 0
