"""Visits of several frames for the tests of the review."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from review_helpers import Visits


@pytest.fixture
def visits(stock: Any, picture: Callable[..., bytes]) -> Visits:
    """Five visits of three frames at one station."""
    return Visits(stock, picture, 5)
