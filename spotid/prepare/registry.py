"""Detectors and cut-outs by name. A new one is a new file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from spotid.lookup import made

if TYPE_CHECKING:
    from spotid.prepare.parts import Cutter, Detector

DETECTORS = {
    "station-background": "spotid.prepare.detectors.builtin:StationBackground",
    "layered": "spotid.prepare.detectors.layered:Layered",
    "animal-network": "spotid.prepare.detectors.network:NetworkDetector",
}
CUTTERS = {
    "grabcut": "spotid.prepare.cutouts.grabcut:GrabCut",
    "network": "spotid.prepare.cutouts.network:NetworkCut",
}


def detector(name: str) -> Detector:
    """The detector called ``name``, not loaded yet; raises ``NotFoundError`` for an unknown name."""
    return cast("Detector", made(DETECTORS, name, "detector"))


def cutter(name: str) -> Cutter:
    """The cut-out called ``name``, not loaded yet; raises ``NotFoundError`` for an unknown name."""
    return cast("Cutter", made(CUTTERS, name, "cut-out"))
