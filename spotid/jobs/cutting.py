"""Cut anew: crops that another cut-out has made, once a person has switched to a new one."""

from __future__ import annotations

from spotid.errors import ModelFileError
from spotid.jobs import parts
from spotid.jobs.doctor_vectors import seal_candidates
from spotid.jobs.stages import Line
from spotid.prepare.crop import recipe_of
from spotid.project import aside, media
from spotid.project.candidates import Candidates
from spotid.project.crops import has_original, made_otherwise, queue_again


def count(line: Line) -> int:
    """How many animals have a crop by another cut-out than the one chosen, with the folder of their originals there."""
    return sum(len(ids) for ids in _waiting(line))


def queue(line: Line) -> int:
    """Put these back before the crop; the next run cuts them, describes them and compares them. Returns how many.

    Nothing of answers is lost: they are about animals, not about crops. Each keeps its earlier crop until it has the
    new one, and who has no original here keeps it for good.
    """
    _note(line)
    waiting = [[one for one in ids if has_original(line.project.store, one)] for ids in _waiting(line)]
    for ids in waiting:
        queue_again(line.project.store, ids)
    return sum(map(len, waiting))


def _note(line: Line) -> None:
    """Of which recipe the crops are that pairs were compared on until now: lists of an earlier release lack it."""
    project = line.project
    if project.layout.candidates.is_file():
        seal_candidates(project, whole=False)
        rows = project.store.all("SELECT id, recipe FROM sighting WHERE recipe IS NOT NULL")
        candidates = Candidates(project.layout)
        try:
            candidates.forget_cut_anew({row["id"]: row["recipe"] for row in rows})
        finally:
            candidates.close()


def _waiting(line: Line) -> list[list[int]]:
    roots = [root for root, folder in media.roots(line.project.store).items() if aside.is_there(folder)]
    found = []
    for profile, scope in line.scopes():
        try:
            cutter = parts.made("cutout", line.chosen_of(profile).cutout)
            recipe = recipe_of(cutter, profile.padding, line.settings)
        except ModelFileError:
            continue  # nothing can be cut by what is not here
        ids = made_otherwise(line.project.store, recipe, roots)
        found.append([one for one in ids if scope is None or one in scope.ids])
    return found
