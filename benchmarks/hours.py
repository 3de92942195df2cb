#!/usr/bin/env python3
"""Does the hour of the day tell animals apart? How much likelier real capture histories are if each animal has hours.

    python benchmarks/hours.py CAPTURES.csv

Visits of one animal, half a day and more apart, are paired. A preference of strength a for one's own hours makes a pair
(1 + a cos d) / (1 + a R²) times as likely, d being how far apart its hours are on the clock and R how much the hours of
all animals agree (Mardia and Jupp 2000, Directional Statistics). Printed: nats gained over all animals, each counting
as much as it has visits beside its first, by a.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from movements import histories
from report import machine

APART = 0.5  # days; the visits of one evening are at one hour without any preference


def pairs(captures: Path) -> tuple[np.ndarray, np.ndarray, float, int]:
    """Cosine of the hours between visits of one animal (k,), their weights (k,), R², and how many animals."""
    cosine, weight, everybody, animals = [], [], [], 0
    for events in histories(captures):
        days = np.array([at.timestamp() / 86400 for _, at in events])
        turn = 2 * np.pi * np.array([at.hour / 24 + at.minute / 1440 for _, at in events])
        everybody.append(turn)
        one, other = np.triu_indices(len(events), 1)
        apart = np.abs(days[one] - days[other]) > APART
        cosine.append(np.cos(turn[one] - turn[other])[apart])
        weight.append(np.full(int(apart.sum()), 2 / len(events)))
        animals += bool(apart.any())
    agreed = float(np.abs(np.exp(1j * np.concatenate(everybody)).mean()) ** 2)
    return np.concatenate(cosine), np.concatenate(weight), agreed, animals


def main() -> None:
    """Print a line for each strength."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("captures", type=Path)
    cosine, weight, agreed, animals = pairs(ask.parse_args().captures)
    print(machine())
    print(f"{len(cosine)} pairs of {animals} animals")
    for strength in np.arange(0.0, 0.95, 0.05):
        nats = float(weight @ np.log((1 + strength * cosine) / (1 + strength * agreed)))
        print(f"a {strength:.2f}  {nats:8.2f} nats")


if __name__ == "__main__":
    main()
