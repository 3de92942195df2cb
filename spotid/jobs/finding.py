"""What a check of a project finds."""

from __future__ import annotations

from dataclasses import dataclass, field

from spotid.progress import Progress, Silent
from spotid.project.folder import Project


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be. ``repaired``: it is whole again, or is by the next run."""

    sentence: str
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """One check of one project: whether to mend, whether to read the originals too, and who watches."""

    project: Project
    repair: bool = False
    originals: bool = False
    small_side: int = 640
    least_mb: float = 500
    visit_minutes: float = 30
    progress: Progress = field(default_factory=Silent)


def some(names: list[str], most: int = 3) -> str:
    """The first few of a list, for a sentence."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def many(count: int, one: str, several: str) -> str:
    """A number with its noun."""
    return f"{count:,} {one if count == 1 else several}"
