#!/usr/bin/env python3
"""Fit the calibration that ships on generated surveys, and say how far off it is on surveys that it has not seen.

    .venv/bin/python training/calibration/fit.py FOLDER --fit 101 102 --test 201

Surveys are made in FOLDER where they are not there yet (about 5 minutes of CPU each). The result is
spotid/match/weights/calibration.json; the log lies beside this file. To be run again after every change to the ranking.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "benchmarks"))

import numpy as np
from surveys import FRAMES, INDIVIDUALS, STATIONS, survey

from labels import LabelledSet  # isort: skip
from pairs import asked  # isort: skip
from report import brier, calibration_error  # isort: skip

from spotid.match.calibrate import Curve, fit_isotonic, fit_logistic, log_loss
from spotid.match.chance import ODDS, SHIPPED, Calibration, column
from spotid.project.asked import AskedPair

LABEL = "shipped: from generated surveys"
FEATURE = "score"
STEPS_MUST_GAIN = 0.02  # log loss
LEAST_OF_VISIT = 30  # pairs of one visit needed for a curve of their own


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("folder", type=Path)
    ask.add_argument("--fit", type=int, nargs="+", default=[101, 102])
    ask.add_argument("--test", type=int, nargs="*", default=[201])
    ask.add_argument("--as-they-are", action="store_true", help="take the projects as they are, compute nothing")
    ask.add_argument("--out", type=Path, default=SHIPPED)
    ask.add_argument("--log", type=Path, default=Path(__file__).with_name("fit.log"))
    o = ask.parse_args()
    pairs = {seed: pairs_of(o.folder, seed, o.as_they_are) for seed in [*o.fit, *o.test]}
    lines = [f"surveys of {FRAMES} frames, {INDIVIDUALS} individuals, {STATIONS} stations"]
    lines += [f"seed {seed}: {told(found)}" for seed, found in pairs.items()]
    known = [pair for seed in o.fit for pair in pairs[seed]]
    kinds = {"isotonic": isotonic, "logistic": logistic, "logistic on log-odds": on_odds}
    losses = {}
    parts = [pairs[seed] for seed in o.fit] if len(o.fit) > 1 else fifths(known)
    for name, fit in kinds.items():
        losses[name] = float(np.mean([foretold(fit, held, known) for held in parts]))
        lines.append(f"{name}: log loss {losses[name]:.4f}, each part foretold from the others ({len(parts)} parts)")
    # A project's own answers correct the log-odds of this curve, and can't part pairs that a step has put together:
    # steps are taken only where they foretell clearly better.
    best = min(losses, key=lambda name: losses[name] + (STEPS_MUST_GAIN if name == "isotonic" else 0.0))
    other = kinds[best](others(known))
    mates = [pair for pair in known if pair.facts["same_visit"]]
    visit = isotonic(mates) if len(mates) >= LEAST_OF_VISIT else other
    chosen = Calibration(LABEL, other, visit)
    lines.append(f"chosen: {best} for pairs of two visits ({len(others(known))}), isotonic for one ({len(mates)})")
    for name, seeds in (("fitted on", o.fit), ("not seen", o.test)):
        for seed in seeds:
            lines.append(f"{name}, seed {seed}: {judged(chosen, pairs[seed])}")
    text = "\n".join(lines) + "\n"
    print(text, end="")
    o.log.write_text(text, encoding="utf-8")
    stored = {
        "label": LABEL,
        "made_from": {"seeds": o.fit, "pairs": len(known), "same": int(same(known).sum())},
        "other": rounded(other),
        "visit": rounded(visit),
    }
    o.out.parent.mkdir(parents=True, exist_ok=True)
    o.out.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def foretold(fit: Callable[[list[AskedPair]], Curve], held: list[AskedPair], known: list[AskedPair]) -> float:
    """The log loss on the pairs held back of a curve fitted to the others."""
    back = {id(pair) for pair in held}
    curve = fit(others([pair for pair in known if id(pair) not in back]))
    return log_loss(curve.chances(columns(others(held))), same(others(held)))


def fifths(known: list[AskedPair]) -> list[list[AskedPair]]:
    """The pairs in the order asked, in five parts."""
    return [[known[index] for index in part] for part in np.array_split(np.arange(len(known)), 5)]


def pairs_of(folder: Path, seed: int, as_it_is: bool) -> list[AskedPair]:
    photographs, project = survey(folder, seed, as_it_is)
    try:
        return asked(project, LabelledSet(photographs, same_side=True))
    finally:
        project.close()


def others(pairs: list[AskedPair]) -> list[AskedPair]:
    return [pair for pair in pairs if not pair.facts["same_visit"]]


def columns(pairs: list[AskedPair]) -> dict[str, np.ndarray]:
    rows = [pair.facts for pair in pairs]
    return {name: column(rows, name) for name in (FEATURE, FEATURE + ODDS)}


def same(pairs: list[AskedPair]) -> np.ndarray:
    return np.array([pair.same for pair in pairs], float)


def isotonic(pairs: list[AskedPair]) -> Curve:
    return fit_isotonic(columns(pairs), same(pairs), FEATURE)


def logistic(pairs: list[AskedPair]) -> Curve:
    return fit_logistic(columns(pairs), same(pairs), (FEATURE,))


def on_odds(pairs: list[AskedPair]) -> Curve:
    return fit_logistic(columns(pairs), same(pairs), (FEATURE + ODDS,))


def rounded(curve: Curve) -> dict[str, object]:
    stored: dict[str, object] = json.loads(json.dumps(curve.to_json()), parse_float=lambda text: round(float(text), 5))
    return stored


def told(pairs: list[AskedPair]) -> str:
    mates = [pair for pair in pairs if pair.facts["same_visit"]]
    return (
        f"{len(pairs)} pairs asked, {same(pairs).mean() if pairs else 0:.3f} of them the same;"
        f" {len(mates)} of one visit, {same(mates).mean() if mates else 0:.3f} of them the same"
    )


def judged(chosen: Calibration, pairs: list[AskedPair]) -> str:
    chance = chosen.chances([pair.facts for pair in pairs])
    truth = same(pairs)
    return (
        f"calibration error {calibration_error(chance, truth):.3f}, Brier {brier(chance, truth):.3f},"
        f" log loss {log_loss(chance, truth):.3f}, mean chance {chance.mean():.3f}, share the same {truth.mean():.3f}"
    )


if __name__ == "__main__":
    main()
