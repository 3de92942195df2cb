"""Environment variables that would let another Python's packages in, or send ours elsewhere."""

from __future__ import annotations

import os

FOREIGN = (
    "PYTHONHOME",
    "PYTHONPATH",
    "__PYVENV_LAUNCHER__",  # set by Python on macOS; it would lead back to the system's Python
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_REQUIRE_VIRTUALENV",
    "PIP_LOG",
)


def clean_environment() -> dict[str, str]:
    """The environment variables for a Python inside .venv."""
    return {name: value for name, value in os.environ.items() if name not in FOREIGN}
