"""The chance that a pair is one animal: the curve that ships, corrected by a project's own answers once they suffice.

A chance answers one question: of pairs like this one *that the review shows*, how many are the same animal? So curves
are fitted on pairs that were asked, in the order in which the review asks: the best few of each anchor, without those
that earlier answers settle. Pairs that follow from answers are left out on purpose. They are never shown, and nearly
all of them are easy ones: counting them would make every chance too high. It follows that a chance means nothing for
pairs far down the lists, and that it is at its best for the way of asking that it was fitted with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from spotid import seal
from spotid.match.calibrate import NEVER_SURE, Curve, curve_from_json, fit_logistic, log_loss, log_odds
from spotid.match.calibrate import Logistic as Correction
from spotid.project import notes
from spotid.project.asked import AskedPair, asked_pairs
from spotid.project.folder import Project

SHIPPED = Path(__file__).parent / "weights" / "calibration.json"
NOTE = "calibration"
LEAST = 30  # answers of either kind before a project's own say counts
PRIOR = 20.0  # answers that the shipped curve is worth beside the project's own
NEWEST = 2500  # answers that are looked at: two numbers need no more, and the fit stays quick
FOLDS = 5
ODDS = "_odds"
NO_CORRECTION = Correction(("log_odds",), (1.0,), 0.0)


@dataclass(frozen=True)
class Calibration:
    """Curves for pairs of two visits and of one, and a correction that is the same for both.

    Chances never contradict the order among a list's pairs of two visits, nor among those of one; between the two they
    may, as two frames of one visit nearly always show one animal.
    """

    label: str  # where it comes from, for people
    other: Curve
    visit: Curve
    correction: Correction = NO_CORRECTION

    @property
    def earned(self) -> bool:
        """Whether answers of the project itself have corrected it; before, it is no number to tell a person."""
        return self.correction != NO_CORRECTION

    def chances(self, pairs: Iterable[Mapping[str, Any]]) -> np.ndarray:
        """Chances ``(n,)`` of pairs given by what is known of them: score, same_visit and the curves' features."""
        rows = list(pairs)
        found = self.uncorrected(rows)
        if self.earned:
            found = self.correction.chances({"log_odds": log_odds(found)})
        return np.clip(found, NEVER_SURE, 1 - NEVER_SURE)

    def chance(self, pair: object) -> float:
        """The chance of one pair, an object with the features as attributes: a ``Candidate``, or an offer."""
        features = {name.removesuffix(ODDS) for name in (*_features(self.other), *_features(self.visit))} | {
            "same_visit"
        }
        return float(self.chances([{name: getattr(pair, name, None) for name in features}])[0])

    def uncorrected(self, rows: list[Mapping[str, Any]]) -> np.ndarray:
        """Chances ``(n,)`` by the curves alone, not kept away from 0 and 1."""
        columns = {name: column(rows, name) for name in {*_features(self.other), *_features(self.visit)}}
        same_visit = np.array([bool(row.get("same_visit")) for row in rows], bool)
        return np.where(same_visit, self.visit.chances(columns), self.other.chances(columns))


def _features(curve: Curve) -> tuple[str, ...]:
    stored = curve.to_json()
    return tuple(stored["features"]) if "features" in stored else (stored["feature"],)


def column(rows: list[Mapping[str, Any]], name: str) -> np.ndarray:
    """A feature of pairs ``(n,)``; ``score_odds`` is the log-odds of ``score``, which spreads its ends out."""
    base = name.removesuffix(ODDS)
    values = np.array([float("nan") if row.get(base) is None else float(row[base]) for row in rows])
    return log_odds(values) if name.endswith(ODDS) else values


@lru_cache(maxsize=4)
def shipped(path: Path = SHIPPED) -> Calibration:
    """The calibration that comes with the program; raises ModelFileError for a damaged file."""
    stored = json.loads(seal.content(path))
    return Calibration(stored["label"], curve_from_json(stored["other"]), curve_from_json(stored["visit"]))


@lru_cache(maxsize=4)
def _digest(path: Path = SHIPPED) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def calibration_of(project: Project) -> Calibration:
    """The calibration that a project uses now."""
    try:
        kept = json.loads(notes.get(project.store, NOTE, "{}"))
        if kept.get("of") == _digest():
            correction = curve_from_json(kept["correction"])
            if isinstance(correction, Correction) and correction.features == NO_CORRECTION.features:
                return Calibration(str(kept["label"]), shipped().other, shipped().visit, correction)
    except (ValueError, KeyError, TypeError):
        pass  # a note of another release; the next refit replaces it
    return shipped()


def refit(project: Project) -> Calibration:
    """Fit the project's calibration to its standing answers, remember it and return it.

    The shipped one stays while there are fewer than ``LEAST`` answers of either kind, and wherever the project's own
    would have foretold its answers worse (by cross-validation). Quick: 20,000 answers take less than 50 ms.
    """
    chosen = fitted(shipped(), asked_pairs(project.store, project.layout, NEWEST))
    kept = {"of": _digest(), "label": chosen.label, "correction": chosen.correction.to_json()}
    text = json.dumps(kept, sort_keys=True) if chosen.label != shipped().label else "{}"
    if notes.get(project.store, NOTE, "{}") != text:
        notes.put(project.store, NOTE, text)
    return chosen


def fitted(start: Calibration, pairs: list[AskedPair]) -> Calibration:
    """``start`` corrected by answers, or ``start`` itself where these are too few or would not have helped.

    The correction is a line on the log-odds of ``start``; ``start`` itself counts as ``PRIOR`` answers that say what it
    says, spread over the pairs, so that its weight fades as answers come in.
    """
    same = np.array([pair.same for pair in pairs], float)
    if min(same.sum(), len(same) - same.sum()) < LEAST:
        return start
    before = start.uncorrected([pair.facts for pair in pairs])
    fold = np.arange(len(same)) % FOLDS
    foretold = np.empty(len(same))
    for part in range(FOLDS):
        held = fold == part
        foretold[held] = _correct(before[~held], same[~held]).chances({"log_odds": log_odds(before[held])})
    if log_loss(foretold, same) > log_loss(before, same):
        return start
    label = f"from {len(same)} answers of this project"
    return Calibration(label, start.other, start.visit, _correct(before, same))


def _correct(before: np.ndarray, same: np.ndarray) -> Correction:
    odds = log_odds(before)
    weight = np.concatenate([np.ones(len(same)), np.full(len(same), PRIOR / len(same))])
    return fit_logistic(
        {"log_odds": np.concatenate([odds, odds])}, np.concatenate([same, before]), ("log_odds",), weight
    )
