"""What the distance between two sightings says of them being one animal: a home range, calibrated to the survey.

An animal moves about the middle of its range as an Ornstein-Uhlenbeck process (Uhlenbeck and Ornstein 1930; for home
ranges Dunn and Gipson 1977, Biometrics 33). Two of its positions that are ``gap`` days apart differ along each axis by
a normal number of variance ``2 sigma² (1 - exp(-gap / tau))``: little at first, two independent draws of the range in
the end. As spatial capture-recapture does (Efford 2004, Oikos 106; Borchers and Efford 2008, Biometrics 64), the
density at the distance is compared with what it is over all pairs of the survey's own visits, so that what a distance
is worth follows from where the cameras stand and how much was seen there. Ranges differ from animal to animal: three
widths are mixed. With a chance of ``wrong`` a place or a clock is wrong and the pair says nothing, which bounds how
much place and time can speak against a pair. Animals die and move away: ``life`` days, by which gaps get rarer within
one animal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from spotid.movement.records import Records

WIDTHS = ((0.5, 0.25), (1.0, 0.5), (2.0, 0.25))  # times sigma, and how often
# Of pairs of an animal's visits, how many are to one station: mean of 255 leopards seen twice and more, 310 stations.
STAY = 0.28
STANDING_KM = 0.15  # two sightings at one spot: receivers and maps agree no better
MOST_PLACES = 1500  # that the survey's own distances are taken from
KNOTS = 48  # of the curve over the variance
SIGMA_STEPS, TAU_STEPS, LIFE_STEPS = 33, 9, 7
TRUST = 1.0  # standard deviation of the logarithm of sigma before any animal is known
CHUNK = 2_000_000  # pairs worked on together


@dataclass(frozen=True)
class RangeModel:
    """How animals of one species and survey use space; ``located`` of a ``Located`` says what that makes of a pair."""

    sigma_km: float = 3.0  # one standard deviation of positions about the middle of the range, along each axis
    tau_days: float = 1.0  # after which a position is forgotten by two thirds
    life_days: float = 1500.0
    wrong: float = 0.03
    animals: int = 0  # from how many it was learnt; 0 where it is a default

    def to_json(self) -> dict[str, float]:
        """Plain numbers that ``from_json`` reads back."""
        return asdict(self)


DEFAULT = RangeModel()


def from_json(stored: Mapping[str, Any]) -> RangeModel:
    """A model as ``to_json`` wrote it. Raises KeyError, TypeError or ValueError for anything else."""
    numbers = {name: float(stored[name]) for name in ("sigma_km", "tau_days", "life_days", "wrong")}
    if not all(np.isfinite(value) and value > 0 for value in numbers.values()) or numbers["wrong"] >= 1:
        raise ValueError("a range needs positive numbers")
    return RangeModel(**numbers, animals=int(stored["animals"]))


class Located:
    """A range model in one survey. ``records``: of all its sightings; ``visit`` (n,): sightings that count once.

    ``by_station``: where stations are known but no places, what one station says, and what two.
    """

    def __init__(
        self,
        records: Records,
        model: RangeModel = DEFAULT,
        visit: np.ndarray | None = None,
        *,
        by_station: bool = False,
    ) -> None:
        self.records, self.model = records, model
        self._visit, self._by_station = visit, by_station

    def pairs(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Log-likelihood ratio in nats, ``(…)`` float64, for sightings given by number (broadcast): above 0 speaks for
        one animal. 0 where a place or a time is not known, since then nothing is said; never below log(wrong)."""
        km, gap = self.records.km(one, other), self.records.gap(one, other)
        known = np.isfinite(km) & np.isfinite(gap)
        ratio = self._ratio(np.where(known, km, 0.0), np.where(known, gap, 0.0))
        if self._by_station:
            stations = (self.records.station[one] >= 0) & (self.records.station[other] >= 0) & np.isfinite(gap)
            ratio = np.where(known, ratio, self._of_stations(self.records.one_station(one, other), gap))
            known = known | stations
        return np.where(known, np.log(self.model.wrong + (1 - self.model.wrong) * ratio), 0.0)

    def matrix(self) -> np.ndarray:
        """``pairs`` of all, ``(n, n)`` float32."""
        count = len(self.records)
        found, every = np.zeros((count, count), np.float32), np.arange(count)
        step = max(1, CHUNK // max(1, count))
        for start in range(0, count, step):
            rows = every[start : start + step]
            found[rows] = self.pairs(rows[:, None], every[None, :])
        return found

    def _of_stations(self, one: np.ndarray, gap: np.ndarray) -> np.ndarray:
        usual = self._usual_station
        ratio = np.where(one, STAY / max(usual, 1e-9), (1 - STAY) / max(1 - usual, 1e-9))
        return np.asarray(ratio * np.exp(-np.nan_to_num(gap) / self.model.life_days - self._usual_gap))

    @cached_property
    def _usual_station(self) -> float:
        """How often two visits are of one station, whoever they show."""
        known = np.flatnonzero(self.records.station >= 0)
        if self._visit is not None and len(known):
            known = known[np.unique(self._visit[known], return_index=True)[1]]
        share = np.bincount(self.records.station[known]) / max(1, len(known))
        return float(min(STAY, (share**2).sum()))  # where one station is all there is, it tells nobody apart

    def _ratio(self, km: np.ndarray, gap: np.ndarray) -> np.ndarray:
        model = self.model
        share = -np.expm1(-gap / model.tau_days)
        density = np.zeros(np.broadcast(km, gap).shape)
        for width, often in WIDTHS:
            variance = STANDING_KM**2 + 2 * (width * model.sigma_km) ** 2 * share
            density += often * np.exp(-(km**2) / (2 * variance) - self._usual_distance(variance))
        return np.asarray(density * np.exp(-gap / model.life_days - self._usual_gap))

    @cached_property
    def _sites(self) -> tuple[np.ndarray, np.ndarray]:
        """Distances (k, k) between the survey's places and how often a visit was to each (k,)."""
        records = self.records
        known = np.flatnonzero(np.isfinite(records.at).all(axis=1))
        if self._visit is not None and len(known):
            known = known[np.unique(self._visit[known], return_index=True)[1]]
        _, first, count = np.unique(records.at[known], axis=0, return_index=True, return_counts=True)
        if len(first) > MOST_PLACES:  # the places most visited: the others weigh next to nothing together
            most = np.argsort(-count, kind="stable")[:MOST_PLACES]
            first, count = first[most], count[most]
        sites = known[first]
        return records.km(sites[:, None], sites[None, :]), count / max(1, count.sum())

    @cached_property
    def _curve(self) -> tuple[np.ndarray, np.ndarray]:
        km, often = self._sites
        longest = float(km.max()) if km.size else 1.0
        knots = np.geomspace(STANDING_KM**2 / 2, max(1.0, 4 * longest**2), KNOTS)
        weight = often[:, None] * often[None, :]
        usual = [float((weight * np.exp(-(km**2) / (2 * one))).sum()) if km.size else 1.0 for one in knots]
        return np.log(knots), np.log(np.maximum(usual, 1e-12))

    def _usual_distance(self, variance: np.ndarray) -> np.ndarray:
        """Logarithm of the mean density over all pairs of visits."""
        return np.asarray(np.interp(np.log(variance), *self._curve))

    @cached_property
    def _gaps(self) -> np.ndarray:
        days = self.records.days[np.isfinite(self.records.days)]
        spread = np.sort(days)[:: max(1, len(days) // 400)]
        return np.abs(spread[:, None] - spread[None, :]).ravel() if len(spread) else np.zeros(1)

    @cached_property
    def _usual_gap(self) -> float:
        return float(np.log(np.exp(-self._gaps / self.model.life_days).mean()))


def fit(
    records: Records,
    one: np.ndarray,
    other: np.ndarray,
    weight: np.ndarray,
    *,
    chance: np.ndarray | float = 1.0,
    start: RangeModel = DEFAULT,
    visit: np.ndarray | None = None,
    animals: int = 0,
    width_only: bool = False,
) -> RangeModel:
    """The range under which pairs, given by number with a weight each, are likeliest.

    ``chance`` (k,): how likely each pair is one animal by anything but place and time; 1 where people said so.
    ``start`` is where the search begins and what few pairs are drawn towards (a log-normal prior of width ``TRUST``).
    ``width_only`` leaves all but ``sigma_km`` as it is. Pairs of one visit tell nothing of
    movement and are to be left out. Grid search, coordinate by coordinate.
    """
    km, gap = records.km(one, other), records.gap(one, other)
    known = np.isfinite(km) & np.isfinite(gap) & (weight > 0)
    km, gap, weight = km[known], gap[known], weight[known]
    share = np.broadcast_to(np.asarray(chance, np.float64), known.shape)[known]
    if not len(km):
        return start
    best = replace(start, animals=animals)
    # Distances and gaps of the survey are the same for every model: worked out once.
    survey = Located(records, start, visit)
    sites, gaps = survey._sites, survey._gaps

    def fits(model: RangeModel) -> float:
        tried = Located(records, model, visit)
        tried.__dict__["_sites"], tried.__dict__["_gaps"] = sites, gaps
        tried.__dict__["_curve"] = survey._curve
        ratio = model.wrong + (1 - model.wrong) * tried._ratio(km, gap)
        drawn = (np.log(model.sigma_km / start.sigma_km) / TRUST) ** 2 / 2
        return float(weight @ np.log(1 - share + share * ratio)) - drawn

    for _ in range(3):
        before = best
        best = _best(fits, (replace(best, sigma_km=value) for value in _around(best.sigma_km, 8, SIGMA_STEPS)), best)
        if width_only:
            break
        best = _best(fits, (replace(best, tau_days=value) for value in _around(best.tau_days, 16, TAU_STEPS)), best)
        best = _best(fits, (replace(best, life_days=value) for value in _around(best.life_days, 8, LIFE_STEPS)), best)
        if best == before:
            break
    return best


def _around(value: float, times: float, steps: int) -> Iterable[float]:
    return (float(one) for one in np.geomspace(value / times, value * times, steps))


def _best(fits: Any, tried: Iterable[RangeModel], best: RangeModel) -> RangeModel:
    found, highest = best, fits(best)
    for model in tried:
        likelihood = fits(model)
        if likelihood > highest + 1e-9:
            found, highest = model, likelihood
    return found
