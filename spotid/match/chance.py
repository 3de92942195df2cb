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
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from spotid import seal
from spotid.match.blend import FEWEST
from spotid.match.calibrate import NEVER_SURE, Curve, curve_from_json, fit_logistic, log_loss, log_odds
from spotid.match.calibrate import Logistic as Correction
from spotid.project import notes, parts_kept
from spotid.project.asked import AskedPair, asked_pairs
from spotid.project.candidates import Candidates
from spotid.project.folder import Project
from spotid.project.scope import Scope

SHIPPED = Path(__file__).parent / "weights" / "calibration.json"
NOTE = "calibration"
PARTS = "parts"  # note of the look-alikes' file: what it was made of, where not by the built-in parts alone
UNKNOWN = "unknown: no answers yet on what these parts say"
STEEP = 4.0  # of the order's own curve before answers: about that of the shipped one
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
    by_answers: bool = False  # its curves themselves were fitted to the project's answers

    @property
    def earned(self) -> bool:
        """Whether answers of the project itself have corrected it; before, it is no number to tell a person."""
        return self.by_answers or self.correction != NO_CORRECTION

    def chances(self, pairs: Iterable[Mapping[str, Any]]) -> np.ndarray:
        """Chances ``(n,)`` of pairs given by what is known of them: score, same_visit and the curves' features."""
        rows = list(pairs)
        found = self.uncorrected(rows)
        if self.correction != NO_CORRECTION:
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


def calibration_of(project: Project, scope: Scope | None = None) -> Calibration:
    """The calibration that a project uses now, of one of its profiles where it has several (``scope``)."""
    parts = foreign_parts(project, scope)
    if parts:
        return _kept_of_foreign(project, parts, scope)
    try:
        kept = json.loads(notes.get(project.store, _note(scope), "{}"))
        if kept.get("of") == _digest():
            correction = curve_from_json(kept["correction"])
            if isinstance(correction, Correction) and correction.features == NO_CORRECTION.features:
                return Calibration(str(kept["label"]), shipped().other, shipped().visit, correction)
    except (ValueError, KeyError, TypeError):
        pass  # a note of another release; the next refit replaces it
    return shipped()


def refit(project: Project, scope: Scope | None = None) -> Calibration:
    """Fit the project's calibration to its standing answers, remember it and return it; of one of its profiles where it
    has several (``scope``), by the answers on its animals alone.

    The shipped one stays while there are fewer than ``LEAST`` answers of either kind, and wherever the project's own
    would have foretold its answers worse (by cross-validation). Quick: 20,000 answers take less than 50 ms.
    """
    parts = foreign_parts(project, scope)
    if parts:
        return _refit_foreign(project, parts, scope)
    chosen = fitted(shipped(), _asked(project, scope))
    kept = {"of": _digest(), "label": chosen.label, "correction": chosen.correction.to_json()}
    text = json.dumps(kept, sort_keys=True) if chosen.label != shipped().label else "{}"
    _remember(project, scope, text)
    return chosen


def _asked(project: Project, scope: Scope | None) -> list[AskedPair]:
    """The newest answers, of these those on animals of the scope."""
    pairs = asked_pairs(project.store, project.layout, NEWEST)
    return pairs if scope is None else [pair for pair in pairs if pair.anchor in scope.ids]


def _note(scope: Scope | None) -> str:
    """Where a calibration is kept; that of the project's own profile was there before any other came."""
    return f"{NOTE} {scope.name}" if scope is not None and scope.name else NOTE


def _remember(project: Project, scope: Scope | None, text: str) -> None:
    if notes.get(project.store, _note(scope), "{}") != text:
        notes.put(project.store, _note(scope), text)


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


def foreign_parts(project: Project, scope: Scope | None = None) -> str:
    """What the lists of a project's profiles, or of one (``scope``), were made of, where other than the built-in parts
    had part in them; else empty.

    The shipped curve was fitted to scores of the built-in parts. It says nothing of those of others.
    """
    if not project.layout.candidates.is_file():
        return ""
    candidates = Candidates(project.layout)
    try:
        names = parts_kept.scopes(project.store) if scope is None else [scope.name]
        return "\n".join(one for one in candidates.notes(PARTS, names) if one)
    finally:
        candidates.close()


def unknown(parts: str) -> Calibration:
    """Before any answer on what foreign parts say: a curve for ordering questions alone, never earned.

    One in two for evidence that one pair per sighting reaches (``blend``), which is all that is known.
    """
    told = [json.loads(one) for one in parts.split("\n")]
    middle = math.log1p(math.log(max(FEWEST, *(int(one["sightings"]) for one in told))))  # score_odds of that evidence
    curve = Correction(("score_odds",), (STEEP,), -STEEP * middle)
    return Calibration(UNKNOWN, curve, curve)


def fitted_alone(start: Calibration, pairs: list[AskedPair]) -> Calibration:
    """Curves fitted to nothing but answers, or ``start`` where these are too few, or where one chance for all pairs
    would have foretold them as well (by cross-validation)."""
    same = np.array([pair.same for pair in pairs], float)
    if min(same.sum(), len(same) - same.sum()) < LEAST:
        return start
    rows: list[Mapping[str, Any]] = [pair.facts for pair in pairs]
    columns = {"score_odds": column(rows, "score_odds"), "same_visit": column(rows, "same_visit")}
    features = tuple(columns)
    fold = np.arange(len(same)) % FOLDS
    foretold, plain = np.empty(len(same)), np.empty(len(same))
    for part in range(FOLDS):
        held = fold == part
        mine = {name: values[~held] for name, values in columns.items()}
        theirs = {name: values[held] for name, values in columns.items()}
        foretold[held] = fit_logistic(mine, same[~held], features).chances(theirs)
        plain[held] = same[~held].mean()
    if log_loss(foretold, same) >= log_loss(plain, same):
        return start
    curve = fit_logistic(columns, same, features)
    return Calibration(f"from {len(same)} answers of this project", curve, curve, by_answers=True)


def _refit_foreign(project: Project, parts: str, scope: Scope | None) -> Calibration:
    chosen = fitted_alone(unknown(parts), _asked(project, scope))
    if not chosen.by_answers:
        _remember(project, scope, "{}")
        return chosen
    kept = {"of": _of_foreign(parts), "label": chosen.label, "curve": chosen.other.to_json()}
    _remember(project, scope, json.dumps(kept, sort_keys=True))
    return chosen


def _kept_of_foreign(project: Project, parts: str, scope: Scope | None) -> Calibration:
    try:
        kept = json.loads(notes.get(project.store, _note(scope), "{}"))
        if kept.get("of") == _of_foreign(parts):
            curve = curve_from_json(kept["curve"])
            return Calibration(str(kept["label"]), curve, curve, by_answers=True)
    except (ValueError, KeyError, TypeError):
        pass
    return unknown(parts)


def _of_foreign(parts: str) -> str:
    """Changes with the encoder and the matchers, not with the number of sightings."""
    told = [json.loads(one) | {"sightings": 0} for one in parts.split("\n")]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def _correct(before: np.ndarray, same: np.ndarray) -> Correction:
    odds = log_odds(before)
    weight = np.concatenate([np.ones(len(same)), np.full(len(same), PRIOR / len(same))])
    return fit_logistic(
        {"log_odds": np.concatenate([odds, odds])}, np.concatenate([same, before]), ("log_odds",), weight
    )
