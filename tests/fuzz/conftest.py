"""Fuzzing uses the made-up surveys of the benchmarks."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "benchmarks"))
sys.path.append(str(Path(__file__).resolve().parent))
