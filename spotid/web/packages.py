"""A Camtrap DP package on the page of a look: the same parts that every collection has there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spotid.intake.package_in import Looked, look_package
from spotid.project.folder import Project


@dataclass(frozen=True, slots=True)
class LookedPackage:
    """A package as a page is shown it. Nothing is asked: its tables say how they are meant."""

    source: Path
    looked: Looked

    @property
    def asks(self) -> bool:
        """Never."""
        return False

    @property
    def mark(self) -> str:
        """Changes with what was found."""
        return hashlib.sha256(repr(self.looked).encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def shown(self) -> dict[str, Any]:
        """As ``taking.Looked.shown``, as far as a package has it."""
        one = self.looked
        title = f" “{one.title}”" if one.title else ""
        sentence = (
            f"A Camtrap DP package{title}: {one.deployments:,} deployments at {one.stations:,} stations,"
            f" {one.boxes:,} boxes, {one.individuals:,} individuals in {one.named:,} observations."
        )
        empty: list[Any] = []
        return {
            **{"path": str(self.source), "source": self.source.name, "layout": "package", "sentence": sentence},
            **{"mark": self.mark, "asks": False, "trouble": None, "pictures": one.files, "clips": 0, "others": 0},
            **{"bytes": 0, "named": one.named, "days": {}, "known": {"files": one.found}},
            **{"individuals": empty, "stations": empty, "refused": empty},
            "species": [{"name": name, "files": count} for name, count in one.species.items()],
            "understood": [_part("understood", number, said) for number, said in enumerate(one.said)],
            "oddities": [{"kind": "package", "sentence": odd, "examples": [], "asks": False} for odd in one.odd],
        }


def look(project: Project | None, path: Path) -> LookedPackage:
    """Look at a package; nothing is written. Raises as ``look_package``."""
    return LookedPackage(path, look_package(project, path))


def _part(name: str, number: int, sentence: str) -> dict[str, Any]:
    nothing: list[Any] = []
    about = {"key": f"{name} {number}", "sentence": sentence, "chosen": "", "asks": False}
    return {**about, "examples": nothing, "readings": nothing}
