"""How long work reports what it has done, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Cancelled(Exception):
    """A person asked for the work to stop. What was kept is kept; the next run goes on from there."""


class Progress(Protocol):
    """What a stage tells while it works."""

    def expect(self, total: int) -> None:
        """How many steps this stage has."""
        ...

    def step(self, count: int = 1, note: str = "") -> None:
        """So many steps are done and kept. Raises Cancelled when a person has asked to stop."""
        ...


class Silent:
    """Listens to nothing; for tests and for callers who do not mind."""

    def expect(self, total: int) -> None:
        """Ignored."""

    def step(self, count: int = 1, note: str = "") -> None:
        """Ignored."""
