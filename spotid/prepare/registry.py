"""Detectors, cut-outs and classifiers of species by name. A new one is a new file and one line here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from spotid.lookup import made

if TYPE_CHECKING:
    from spotid.prepare.parts import About, Classifier, Cutter, Detector

DETECTORS = {
    "station-background": "spotid.prepare.detectors.builtin:StationBackground",
    "layered": "spotid.prepare.detectors.layered:Layered",
    "animal-network": "spotid.prepare.detectors.network:NetworkDetector",
}
CUTTERS = {
    "grabcut": "spotid.prepare.cutouts.grabcut:GrabCut",
    "network": "spotid.prepare.cutouts.network:NetworkCut",
}
CLASSIFIERS: dict[str, str] = {}  # none is built in: a species is told by people, files, sheets and folders


def detector(name: str) -> Detector:
    """The detector called ``name``, not loaded yet; raises ``NotFoundError`` for an unknown name."""
    return cast("Detector", made(DETECTORS, name, "detector", "detector"))


def cutter(name: str) -> Cutter:
    """The cut-out called ``name``, not loaded yet; raises ``NotFoundError`` for an unknown name."""
    return cast("Cutter", made(CUTTERS, name, "cut-out", "cut-out"))


def classifier(name: str, about: About | None = None) -> Classifier:
    """The classifier of species called ``name``, not loaded yet; raises ``NotFoundError`` for an unknown name.

    ``about`` says what is told apart in the project, and where: some classifiers make use of it.
    """
    found = made(CLASSIFIERS, name, "classifier", "species")
    if about is not None and hasattr(found, "suit"):
        found.suit(about)
    return cast("Classifier", found)
