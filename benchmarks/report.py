"""Figures of one set as a table for people and as JSON, and the measures of a probability."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spotid.evaluate.ranking import Ranking

BINS = 10
NONE = "–"


@dataclass
class Report:
    """What was measured on one set: lines that stand alone, and figures of several methods side by side."""

    name: str
    facts: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    figures: dict[str, dict[str, float]] = field(default_factory=dict)  # figure → method → value
    rankings: dict[str, Ranking] = field(default_factory=dict)

    def put(self, method: str, **figures: float) -> None:
        """Add figures of a method; underscores in their names become spaces."""
        if method not in self.methods:
            self.methods.append(method)
        for name, value in figures.items():
            self.figures.setdefault(name.replace("_", " "), {})[method] = float(value)

    def rank(self, method: str, result: Ranking | None) -> None:
        """Add the figures of ranked lists; None stands for a set in which nobody has a second picture."""
        if result is None:
            self.facts.append(f"{method}: no individual has a second picture")
            return
        self.rankings[method] = result
        for mean, scores in (("micro", result.micro), ("macro", result.macro)):
            self.put(method, **{f"top-{depth} {mean}": share for depth, share in scores.top.items()})
            self.put(method, **{f"mAP {mean}": scores.mean_average_precision})
        self.put(method, queries_without_candidates=result.without_candidates)

    def text(self) -> str:
        """The report as it is printed."""
        lines = ["", self.name, *(f"  {fact}" for fact in self.facts)]
        for result in list(self.rankings.values())[:1]:
            lines.append(f"  {result.queries} queries of {result.individuals} individuals")
        two = len(self.methods) == 2
        wide = max([13, *(len(method) + 2 for method in self.methods)])
        lines.append(
            f"  {'':34}"
            + "".join(f"{method:>{wide}}" for method in self.methods)
            + ("ratio".rjust(wide) if two else "")
        )
        for name, values in self.figures.items():
            cells = [shown(values.get(method)) for method in self.methods]
            if two:
                ours, theirs = (values.get(method) for method in self.methods)
                cells.append(f"{ours / theirs:.2f}" if ours is not None and theirs else NONE)
            lines.append(f"  {name:34}" + "".join(f"{cell:>{wide}}" for cell in cells))
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """The report as it is written to JSON."""
        counts = {m: {"queries": r.queries, "individuals": r.individuals} for m, r in self.rankings.items()}
        return {"set": self.name, "facts": self.facts, "counts": counts, "figures": self.figures}


def shown(value: float | None) -> str:
    if value is None:
        return NONE
    return f"{value:.0f}" if value == int(value) and abs(value) > 1 else f"{value:.3f}"


def machine() -> str:
    """What it was measured on."""
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            name = next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    about = f"{name} ({platform.machine()}), {os.cpu_count()} cores, {platform.system()}"
    return f"{about}, Python {platform.python_version()}"


def calibration_error(chance: np.ndarray, same: np.ndarray) -> float:
    """Expected calibration error: the mean gap between chance and share over ten bins of equally many pairs.

    ``chance`` and ``same`` are ``(n,)``. Pairs of equal chance may fall into two bins.
    """
    order = np.argsort(chance, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    return float(sum(len(part) * abs(chance[part].mean() - same[part].mean()) for part in parts) / len(chance))


def brier(chance: np.ndarray, same: np.ndarray) -> float:
    """The mean squared gap between a chance and what was the case (0 or 1)."""
    return float(np.mean((chance - same) ** 2))


def tell(result: Ranking | None) -> None:
    """Print what ranked lists are worth, in a few lines."""
    if result is None:
        print("  no individual has a second picture")
        return
    print(
        f"  {result.queries} queries of {result.individuals} individuals,"
        f" {result.without_candidates} without candidates"
    )
    for name, scores in (("micro", result.micro), ("macro", result.macro)):
        tops = "  ".join(f"top-{depth} {share:.3f}" for depth, share in scores.top.items())
        print(f"  {name} {tops}  mAP {scores.mean_average_precision:.3f}")
