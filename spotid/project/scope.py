"""A part of a project's sightings that is described and compared by itself: those of one of its profiles."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """``name`` tells what is kept of it from what is kept of others; ``ids`` are rows of its sightings."""

    name: str
    ids: frozenset[int]

    @property
    def text(self) -> str:
        """The ids as JSON, for a query."""
        return json.dumps(sorted(self.ids))
