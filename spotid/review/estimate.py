"""How many matches are still undiscovered among the open questions: an estimate with an interval.

Every open question has a chance p of being a match. If chances are calibrated, the number of matches among them is a
sum of independent yes-or-no draws (a Poisson binomial), with mean sum(p) and variance sum(p (1 - p)). To this comes
that the level of the chances is itself known from the k matches answered so far only: a count of k is known to within
its square root, so the mean's relative error is about 1 / sqrt(k), as in a ratio estimate (Cochran 1977, Sampling
Techniques, chapter 6). The interval takes both as independent and corrects the normal quantiles for skewness (Cornish
and Fisher 1938), since most open questions have small chances.

Matches that no list offers are not counted, nor does it help where chances are wrong; so the estimate is only given
once a project's own answers have corrected the chances. Questions about several pictures of one individual count once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Z = 1.96  # of 95 intervals in 100 the truth is inside
BASIS = (
    "From the chances of the questions still open, which this project's own answers have corrected. In 95 of 100"
    " surveys the truth lies between the two ends. Matches that are in no list of look-alikes are not counted."
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Matches among the open questions: the expected number, and between which numbers it lies."""

    low: int
    best: int
    high: int


def undiscovered(bins: Mapping[int, int], chance: Callable[[int], float], matches: int) -> Estimate:
    """``bins``: bin of the score → open questions in it; ``chance``: of a bin; ``matches``: answered *same* so far."""
    counted = [(count, chance(at)) for at, count in bins.items() if count > 0]
    questions = sum(count for count, _ in counted)
    mean = sum(count * p for count, p in counted)
    drawn = sum(count * p * (1 - p) for count, p in counted)
    third = sum(count * p * (1 - p) * (1 - 2 * p) for count, p in counted)
    level = mean**2 / max(1, matches)
    spread = math.sqrt(drawn + level)
    if not spread:
        return Estimate(round(mean), round(mean), round(mean))
    skewed = third / spread**3 * (Z**2 - 1) / 6
    low = math.floor(mean + spread * (skewed - Z))
    high = math.ceil(mean + spread * (skewed + Z))
    return Estimate(max(0, low), round(mean), min(questions, max(high, math.ceil(mean))))
