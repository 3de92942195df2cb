"""Which pair to ask next: strategies on sightings given by number, for simulated reviews and for the ways.

Whoever gives answers tells them to the constraints first and then to the strategy, which holds the same constraints::

    pair = strategy.ask()
    if pair is not None:
        change = constraints.apply(*pair, same)
        strategy.answered(*pair, same, change)

Asking changes nothing: until an answer comes the same pair is asked again. A strategy asks no pair that the
constraints settle, and none that is not allowed. ``None`` means that it has nothing more to ask.
"""

from __future__ import annotations

from typing import Protocol

from spotid.review.asking.constraints import Change, Constraints

__all__ = ["Change", "Constraints", "Strategy"]


class Strategy(Protocol):
    """One way of choosing the next pair."""

    name: str  # for files and options
    label: str  # for people

    def ask(self) -> tuple[int, int] | None:
        """The pair to ask now, or None where this strategy has nothing more to ask."""
        ...

    def answered(self, a: int, b: int, same: bool, change: Change) -> None:
        """Follow an answer that the constraints have followed already."""
        ...
