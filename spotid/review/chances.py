"""How likely an offer is one animal, for ordering questions and adding them up; and how long a person takes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any, Protocol

from spotid.review.tallies import BINS, STEPS

EXPECTED = 10.4  # seconds an answer takes people at first: 5.78 answers a minute, measured on leopards
LEAST, NEWEST = 20, 500  # answers that a project's own pace needs, and that it looks back over


class Chances(Protocol):
    """Where chances come from: a calibration of the matcher's scores."""

    @property
    def label(self) -> str: ...
    def chances(self, pairs: Iterable[Mapping[str, Any]]) -> Iterable[Any]:
        """The chances of pairs, given by what is known of them: score, same_visit and so on."""
        ...


class Plain:
    """Before any calibration is known, the score itself: it gives the same order."""

    label = ""

    @staticmethod
    def chances(pairs: Iterable[Mapping[str, Any]]) -> list[float]:
        """The scores, kept between 0 and 1."""
        return [min(1.0, max(0.0, float(pair["score"]))) for pair in pairs]


class Binned:
    """Chances by bins of the score, all worked out at once: a large survey asks for a hundred thousand of them.

    The calibrations that ship rise with the score alone, so that half a bin's width is all that is lost; what the page
    shows of one pair is never taken from here.
    """

    def __init__(self, chances: Chances) -> None:
        self._chances = chances
        self._known: dict[int, list[float]] = {}  # profile → its bins

    def __call__(self, at: int) -> float:
        """The chance in the middle of a bin (``tallies.bin_of``)."""
        profile, at = divmod(at, BINS)
        if profile not in self._known:
            middles = [
                {"score": (one // 2 + 0.5) / STEPS, "same_visit": bool(one % 2), "likeness": 0.5, "profile": profile}
                for one in range(BINS)
            ]
            self._known[profile] = [float(one) for one in self._chances.chances(middles)]
        return self._known[profile][at]


class Pace:
    """How long answers take in this project: the median of its newest ones, so that a break for lunch counts little."""

    def __init__(self, seconds: Iterable[float] = ()) -> None:
        self._newest = deque(seconds, NEWEST)

    def add(self, seconds: float) -> None:
        """One more answer was given."""
        self._newest.append(seconds)

    @property
    def seconds(self) -> float:
        """Seconds an answer."""
        return float(median(self._newest)) if len(self._newest) >= LEAST else EXPECTED
