"""Pictures as the signs of a clock are told from them, the sun over them, and a sign itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from spotid.sun import ANYWHERE, Sun

# Minutes from rise or set within which any light is possible: cameras switch early in forests, and the hour of a zone
# may lie far from the sun's.
TWILIGHT = {"zone": 60, "place": 90, "": 150}
Span = tuple[str | None, str | None]  # first and last moment


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: its time as it counts now (ISO local time), its light (see ``spotid.light``; None where unknown), and
    its time by the clock where that differs."""

    at: str
    light: str | None
    clock: str = ""

    @property
    def minute(self) -> int:
        """Minutes after midnight."""
        return int(self.at[11:13]) * 60 + int(self.at[14:16])


@dataclass(frozen=True, slots=True)
class Sky:
    """The sun over a deployment by day, and how well it is known: "zone", "place" (the zone is a guess), or ""."""

    sun: Callable[[date], Sun] = field(default=lambda day: ANYWHERE)
    known: str = ""

    @property
    def twilight(self) -> int:
        """Minutes about rise and set within which any light is possible."""
        return TWILIGHT[self.known]


@dataclass(frozen=True, slots=True)
class Sign:
    """What was seen: ``sentence``, why (``reason``), and what to do.

    ``kind``: "fine", "few" (pictures), "mixed" (wrong, but no one offset explains it), "hours", "year" or "reset" (the
    clock has begun anew). ``offsets``: corrections to look at, in seconds to be added, for the stretch of the clock
    between ``from_at`` and ``until_at`` (None: all).
    """

    kind: str
    sentence: str
    reason: str = ""
    advice: str = ""
    offsets: tuple[int, ...] = ()
    from_at: str | None = None
    until_at: str | None = None

    def told(self) -> dict[str, Any]:
        """As a page is told."""
        texts = {"sentence": self.sentence, "reason": self.reason, "advice": self.advice}
        stretch = {"from_at": self.from_at, "until_at": self.until_at}
        return {"kind": self.kind, **texts, "offsets": list(self.offsets), **stretch}
