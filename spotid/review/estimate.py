"""The stop rule: how many matches still wait among the open questions, an estimate with an interval.

How often an answer is *same* falls with the score of the question. A logistic curve of the score's log-odds, with a
bend at the lower quarter of the answered scores, is fitted to the project's own answers; the open questions' rates are
added up. The interval takes in four things that are not known:

* which of the open questions are matches: independent draws, variance sum(p (1 - p));
* the curve itself: the curvature of its likelihood at the best fit (Laplace's approximation), so that it widens where
  the open questions lie beyond what was answered, as when the most certain pairs are answered first. Newer answers
  count more, with a half-life of ``FADES`` of them: what is still open has lost the pairs that follow from answers,
  most of which are matches, and so is like what was asked last;
* clumps. Questions that follow one another are about the same animals and stations, and some have many more matches
  than their scores say. How blocks of answers differ from the curve tells by how much the spread of independent answers
  falls short (a cluster sample; Cochran 1977, Sampling Techniques, chapter 9).
* slips. Among hundreds of pairs of two animals a few are called *same* by mistake, and where matches are rare these are
  most of what the curve sees. The lower end allows for ``SLIPS`` of them, the best guess for half as many, the upper
  end for none.

Ends are those of a log-normal distribution with these moments. Matches that are in no list of look-alikes are not
counted. Questions about several pictures of one individual count once.

How often the interval holds the truth, over reviews stopped at six points with up to 5 % of slips: 96 of 100 in drawn
surveys (benchmarks/stop_rule.py), where adding up the chances that are shown beside the pairs held it in 83; 92 to 100
of 100 on real embeddings of tigers and nyalas in either order of questions. But what is left must be like what was
asked: reviewed by anchor, one tiger after the other, it held in 45 of 100 and lay too low in the others, since the
tigers with most pictures came last.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spotid.review.tallies import BINS, STEPS

if TYPE_CHECKING:
    import numpy as np

LEAST = 10  # answers of either kind before anything is told
FADES, FADES_LEAST = 0.15, 60  # share of the answers, and number, after which an older one counts half
SLIPS = 0.05
Z = 2.0  # spread of the ends
BLOCKS, BLOCK_LEAST = 12, 8  # blocks of answers that followed one another, and the fewest answers of one
CLUMPS = 1.5  # so few blocks tell their own spread badly, and rather too small
SLOPE = 1.5  # of the curve, before any answer: chances rise a little faster than scores
WEAK = (0.04, 0.05, 0.25, 0.25)  # how much the curve's start counts: 1 / variance of level, slope, bend, one visit


@dataclass(frozen=True, slots=True)
class Estimate:
    """Matches among the open questions: the expected number, and between which numbers it lies."""

    low: int
    best: int
    high: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What can be said of the matches that wait: an estimate, or None until there are ``LEAST`` answers of either kind.
    ``same`` and ``different`` are how many there are."""

    estimate: Estimate | None
    same: int
    different: int
    least: int = LEAST


@dataclass(frozen=True)
class Rates:
    """How often answers are *same*, by the bin of the question's score (``tallies.bin_of``)."""

    curve: np.ndarray  # (4,)
    spread: np.ndarray  # (4, 4): its covariance, were answers independent
    blocked: np.ndarray  # (4, 4): its covariance by how blocks of answers differ
    clumped: float  # 1 or more: how much more blocks of answers differ than independent ones would
    middle: float  # of the log-odds of answered scores
    scale: float
    bend: float

    def estimate(self, bins: Mapping[int, int]) -> Estimate:
        """Of these open questions: bin → how many."""
        import numpy as np

        kept = [(at, count) for at, count in bins.items() if count > 0]
        if not kept:
            return Estimate(0, 0, 0)
        at, count = np.array(kept, float).T
        columns = _columns(at, self.middle, self.scale, self.bend)
        rate = _squash(columns @ self.curve)
        mean = float(count @ rate) + 1e-9
        slope = (count * rate * (1 - rate)) @ columns
        known = max(self.clumped * float(slope @ self.spread @ slope), float(slope @ self.blocked @ slope))
        spread = math.sqrt(known + self.clumped * float(count @ (rate * (1 - rate))))
        wide = math.exp(Z * math.sqrt(math.log1p((spread / mean) ** 2)))
        lower, best = (float(count @ np.maximum(0.0, (rate - e) / (1 - 2 * e))) for e in (SLIPS, SLIPS / 2))
        questions = int(count.sum())
        high = min(questions, math.ceil(mean * wide))
        low = max(0, math.floor(min(lower / wide, mean - 1)))
        return Estimate(min(low, high), min(max(round(best), low), high), high)


def waiting(bins: Mapping[int, int], known: Rates | None, same: int, different: int) -> Waiting:
    """Of the open questions by bin. Where none is open nothing waits, however little is known."""
    if not any(count > 0 for count in bins.values()):
        return Waiting(Estimate(0, 0, 0), same, different)
    return Waiting(None if known is None else known.estimate(bins), same, different)


def rates(answered: Sequence[tuple[int, bool]]) -> Rates | None:
    """Fitted to answers, oldest first: (the bin of the question, whether it was *same*). None before there are
    ``LEAST`` of either kind. 2,500 answers take some milliseconds."""
    import numpy as np

    same = np.array([one for _, one in answered], float)
    if min(same.sum(), len(same) - same.sum()) < LEAST:
        return None
    at = np.array([one for one, _ in answered], float)
    odds = _odds(at)
    middle, scale = float(odds.mean()), max(0.3, float(odds.std()))
    bend = float(np.quantile((odds - middle) / scale, 0.25))
    columns = _columns(at, middle, scale, bend)
    weight = 0.5 ** (np.arange(len(same))[::-1] / max(FADES_LEAST, FADES * len(same)))
    start, weak = np.array([0.0, SLOPE * scale, 0.0, 0.0]), np.array(WEAK)

    def cost(curve: np.ndarray) -> float:
        line = columns @ curve
        return float(weight @ (np.logaddexp(0, line) - same * line) + weak @ (curve - start) ** 2 / 2)

    def bent(curve: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rate = _squash(columns @ curve)
        bend = (columns * (weight * rate * (1 - rate))[:, None]).T @ columns + np.diag(weak)
        return columns.T @ (weight * (same - rate)) - weak * (curve - start), bend

    curve, best = start, cost(start)
    for _ in range(60):  # Newton's method, with steps halved while they lead up
        up, bends = bent(curve)
        step, share = np.linalg.solve(bends, up), 1.0
        while share > 1e-4 and cost(curve + share * step) > best + 1e-9:
            share /= 2
        curve = curve + share * step
        best = cost(curve)
        if float(np.abs(share * step).max()) < 1e-6:
            break
    spread = np.linalg.inv(bent(curve)[1])
    rate = _squash(columns @ curve)
    count = max(2, min(BLOCKS, len(same) // BLOCK_LEAST))
    edges = np.linspace(0, len(same), count + 1).astype(int)[:-1]
    pulls = np.add.reduceat((weight * (same - rate))[:, None] * columns, edges)
    surplus = np.add.reduceat(same - rate, edges)
    clumped = CLUMPS * float(surplus @ surplus) / max(1e-9, float((rate * (1 - rate)).sum()))
    blocked = spread @ (pulls.T @ pulls) @ spread * count / (count - 1)
    return Rates(curve, spread, blocked, max(1.0, clumped), middle, scale, bend)


def _columns(at: np.ndarray, middle: float, scale: float, bend: float) -> np.ndarray:
    import numpy as np

    level = (_odds(at) - middle) / scale
    return np.stack([np.ones_like(level), level, np.maximum(0.0, bend - level), at % 2], 1)


def _odds(at: np.ndarray) -> np.ndarray:
    import numpy as np

    score = (at % BINS // 2 + 0.5) / STEPS  # of all profiles alike: it is how many matches wait that is told
    return np.asarray(np.log(score / (1 - score)))


def _squash(line: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.asarray(1 / (1 + np.exp(-np.clip(line, -30, 30))))
