"""Check a project from end to end, and make again what can be made again. Answers are only ever read here.

Four parts look at what is irreplaceable (``doctor_answers``), at pictures (``doctor_pictures``), at vectors and
look-alikes (``doctor_vectors``) and at the folder itself (``doctor_files``). What is mended is either whole at once or
queued for the next run, which remakes exactly what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spotid.jobs import doctor_answers, doctor_files, doctor_pictures, doctor_vectors
from spotid.jobs.finding import Finding, Visit
from spotid.progress import Progress, Silent
from spotid.project.folder import Project
from spotid.project.store import now
from spotid.settings import settings

TOLD = 200  # findings that a page shows; all are counted

__all__ = ["Finding", "examine", "report"]


def examine(
    project: Project,
    *,
    repair: bool = False,
    originals: bool = False,
    pictures: bool = True,
    chosen: dict[str, Any] | None = None,
    progress: Progress | None = None,
) -> Iterator[Finding]:
    """Everything that is wrong with a project; with ``repair``, what can be made again is queued or rewritten.

    ``pictures`` reads every picture that was made, ``originals`` reads every original once more and compares it with
    what it was. Raises what ``progress`` raises.
    """
    values = settings(chosen)
    visit = Visit(
        project,
        repair and not project.looking,
        originals,
        *(values["small_side"], values["low_disk_mb"], values["visit_minutes"]),
        progress or Silent(),
    )
    visit.progress.expect(doctor_vectors.steps(visit) + (doctor_pictures.steps(visit) if pictures else 0))
    yield from doctor_answers.examine(visit)
    yield from doctor_files.examine(visit)
    yield from doctor_vectors.examine(visit)
    if pictures:
        yield from doctor_pictures.examine(visit)


def report(findings: list[Finding], before: list[Finding] | None = None) -> dict[str, Any]:
    """Findings as a page shows them; ``before`` are those of a first look, which mended what it could."""
    still = {one.sentence for one in findings}
    mended = [one for one in before or [] if one.repaired and one.sentence not in still]
    shown = [*findings, *mended][:TOLD]
    return {
        "wrong": len(findings),
        "mended": len(mended),
        "findings": [{"sentence": one.sentence, "repaired": one in mended} for one in shown],
        "looked_at": now(),
    }
