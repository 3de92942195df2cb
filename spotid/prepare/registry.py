"""Detectors and cut-outs by name. A new one is a new file and a line here; looking a name up imports nothing heavy."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from spotid.errors import NotFoundError

if TYPE_CHECKING:
    from spotid.prepare.parts import Cutter, Detector

DETECTORS = {
    "station-background": "spotid.prepare.detectors.builtin:StationBackground",
    "layered": "spotid.prepare.detectors.layered:Layered",
    "animal-network": "spotid.prepare.detectors.network:NetworkDetector",
}
CUTTERS = {"grabcut": "spotid.prepare.cutouts.grabcut:GrabCut", "network": "spotid.prepare.cutouts.network:NetworkCut"}


def detector(name: str) -> Detector:
    """The detector called ``name``, not loaded yet; raises ``NotFoundError`` for an unknown name."""
    return cast("Detector", _make(DETECTORS, name, "detector"))


def cutter(name: str) -> Cutter:
    """The cut-out called ``name``, not loaded yet; raises ``NotFoundError`` for an unknown name."""
    return cast("Cutter", _make(CUTTERS, name, "cut-out"))


def _make(table: dict[str, str], name: str, kind: str) -> object:
    if name not in table:
        raise NotFoundError(f"There is no {kind} called {name}.", f"Choose one of: {', '.join(sorted(table))}.")
    module, made = table[name].split(":")
    return getattr(import_module(module), made)()
