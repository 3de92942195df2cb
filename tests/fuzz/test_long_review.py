"""Two windows at once on the real server, a few hundred answers; the long version is ``benchmarks/long_review.py``."""

from __future__ import annotations

from pathlib import Path

import long_review
import pytest


@pytest.mark.slow
def test_two_windows_lose_nothing(tmp_path: Path) -> None:
    figures = long_review.review(tmp_path, 200, 300)
    assert long_review.sound(figures), figures
    assert figures["acknowledged"] >= 300 and figures["repeats answered as such"] > 0, figures
    assert figures["pictures ms"]["fetched"] > 500
