"""The calibrations of a project with several profiles: each has its own, fitted to the answers on its animals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spotid.match.chance import Calibration, calibration_of, refit
from spotid.project.folder import Project
from spotid.project.scope import Scope


@dataclass(frozen=True)
class Calibrations:
    """Those of a project's profiles, in their order: scores of other parts, or of other animals, mean other chances.

    Pairs say in ``profile`` whose they are: 0, where they say nothing, is the project's own. With ``earned_only`` the
    chance of a pair is NaN where its calibration has not been earned.
    """

    each: tuple[Calibration, ...]
    earned_only: bool = False

    def of(self, profile: int) -> Calibration:
        """That of one profile; of one that came a moment ago, the project's own."""
        return self.each[profile if profile < len(self.each) else 0]

    @property
    def label(self) -> str:
        """Where they come from, for people."""
        return "; ".join(dict.fromkeys(one.label for one in self.each))

    @property
    def earned(self) -> bool:
        """Whether any of them has been earned."""
        return any(one.earned for one in self.each)

    def told(self, pair: object, profile: int) -> float | None:
        """The chance of one pair of a profile, as ``Calibration.chance`` gives it; None before it is earned."""
        found = self.of(profile)
        return found.chance(pair) if found.earned else None

    def chances(self, pairs: Iterable[Mapping[str, Any]]) -> np.ndarray:
        """Chances ``(n,)`` of pairs, as ``Calibration.chances`` gives them."""
        rows = list(pairs)
        whose = np.array([int(row.get("profile", 0)) for row in rows], int)
        found = np.full(len(rows), np.nan)
        for profile in np.unique(whose).tolist():
            mine, by = whose == profile, self.of(profile)
            if by.earned or not self.earned_only:
                found[mine] = by.chances(row for row, is_mine in zip(rows, mine, strict=True) if is_mine)
        return found


def calibrations_of(project: Project, scopes: Sequence[Scope | None]) -> Calibrations:
    """Those that a project uses now. ``scopes``: of its profiles, its own first; ``[None]`` where it has one alone."""
    return Calibrations(tuple(calibration_of(project, one) for one in scopes))


def refit_all(project: Project, scopes: Sequence[Scope | None]) -> Calibrations:
    """Fit all of them anew to the standing answers, remember them and return them."""
    return Calibrations(tuple(refit(project, one) for one in scopes))
