"""Exchangeable parts by name: a table says where each is made, and nothing heavy is imported to look a name up."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from spotid.errors import NotFoundError


def made(table: Mapping[str, str], name: str, kind: str) -> Any:
    """A new part: ``table`` has ``module:class`` for each name, ``kind`` is its word in the sentence of the error.

    Raises NotFoundError for an unknown name.
    """
    if name not in table:
        raise NotFoundError(f"There is no {kind} called {name}.", f"Choose one of: {', '.join(sorted(table))}.")
    module, maker = table[name].split(":")
    return getattr(import_module(module), maker)()
