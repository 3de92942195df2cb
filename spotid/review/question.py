"""What is asked of a person, and how it was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from spotid.review.filters import NONE, Filters
from spotid.review.queue import Offer


@dataclass(frozen=True, slots=True)
class Question:
    """What is on the screen. ``state`` is pair, anchor_done, all_done or empty.

    ``anchor`` and ``offer.comparison`` are heads of units; ``shown`` are the two pictures.
    """

    state: str
    anchor: str | None = None
    offer: Offer | None = None
    rank: int | None = None
    of: int = 0
    blind: bool = False  # nothing may be told of what is known

    @property
    def shown(self) -> tuple[str | None, str | None]:
        """The two pictures on the screen."""
        if self.anchor is None or self.offer is None:
            return self.anchor, None
        return self.offer.pair(self.anchor)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which way through the work a person goes, through which pictures, and who it is."""

    way: str = "anchor"
    filters: Filters = NONE
    reviewer: str = ""


PLAINLY = Asked()
