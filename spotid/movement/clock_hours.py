"""What all sightings of a clock say of it, whether they are paired or not: their hours of the day, and their months.

Animals of one kind keep their hours: a clock whose sightings lie at other hours than everybody else's may be off by
hours. Stations differ, though, for reasons of their own, and by how much is measured among the survey's other clocks:
only what goes beyond nine in ten of them counts. And a camera that was at work in months in which no other one was may
be off by months or years.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

BINS = 48  # of a day
KERNEL = 2.5  # bins: one standard deviation, 75 minutes
ANY_HOUR = 0.2  # the share of sightings that keep no hours
COUNTS = 0.8  # of each sighting: they hang together
MOST, FEWEST = 40, 5  # sightings of a clock
OTHERS, QUANTILE = 5, 0.9  # clocks needed to tell what is usual, and what is beyond it
MONTH, ALONE, MOST_ALONE = 30.0, 1.5, 3  # days; nats that a month costs which no other camera saw, and how many count


def hours(everyone: Mapping[int, np.ndarray], shifts: np.ndarray) -> np.ndarray:
    """``(k, c)`` nats by which each clock (0 … k-1) with days added keeps everybody else's hours better than as it is.

    ``everyone``: days of stays by clock. What is usual among the clocks is taken off; never below 0.
    """
    count = max(everyone, default=-1) + 1
    found = np.zeros((count, len(shifts)))
    bins = np.zeros((count, BINS))
    for number, days in everyone.items():
        np.add.at(bins[number], (days * BINS % BINS).astype(int) % BINS, 1.0)
    kernel = np.exp(-0.5 * (np.minimum(np.arange(BINS), BINS - np.arange(BINS)) / KERNEL) ** 2)
    smooth = np.real(np.fft.ifft(np.fft.fft(bins, axis=1) * np.fft.fft(kernel / kernel.sum()), axis=1))
    many = bins.sum(axis=1)
    turns = np.round(shifts * BINS).astype(int) % BINS
    told = np.flatnonzero(many >= FEWEST)
    whole = smooth.sum(axis=0)
    for number in told.tolist():
        others = whole - smooth[number]
        nats = np.log((1 - ANY_HOUR) * others / max(others.sum(), 1e-9) + ANY_HOUR / BINS)
        moved = np.array([bins[number] @ np.roll(nats, -turn) for turn in turns])
        found[number] = (moved - moved[0]) * COUNTS * min(1.0, MOST / many[number])
    if len(told) <= OTHERS:
        return np.zeros_like(found)
    best = found.max(axis=1)
    usual = float(np.quantile(best[told], QUANTILE))
    found[told] = np.maximum(0.0, found[told] - usual)
    return found


def alone(everyone: Mapping[int, np.ndarray], whole: np.ndarray, clock: int, shifts: np.ndarray) -> np.ndarray:
    """``(c,)`` nats, 0 or less: for months of a clock, with days added, in which no other clock has a stay.

    ``whole``: the days of all stays, rising.
    """
    own = everyone.get(clock, np.zeros(0))
    months = np.unique(np.floor(own / MONTH)) * MONTH + MONTH / 2
    when = months[:, None] + shifts[None, :]
    near = np.zeros(when.shape, int)
    for days, sign in ((whole, 1), (own, -1)):
        near += sign * (np.searchsorted(days, when + MONTH, "right") - np.searchsorted(days, when - MONTH, "left"))
    return np.asarray(-ALONE * np.minimum(MOST_ALONE, (near == 0).sum(axis=0)))
