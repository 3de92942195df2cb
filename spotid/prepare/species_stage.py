"""The stage *species*: animals of other species leave the line before anything is computed of them."""

from __future__ import annotations

from spotid.progress import Progress
from spotid.project import recognised_rows, species
from spotid.project.folder import Project


def sort_out(project: Project, ours: species.Ours, progress: Progress) -> None:
    """Put every animal where its species belongs, as a person, a file of recognitions, a sheet or a folder says it.

    ``ours`` says of a name whether individuals are told apart of it, None where the name says nothing of that. Animals
    of whom nothing was told go on. Nothing is done twice.
    """
    progress.expect(0)
    recognised_rows.tell_species(project.store)
    done = species.settle(project.store, ours)
    if done.out:
        progress.step(0, f"{done.out:,} animals are of other species and wait on their shelf.")
    if done.back:
        progress.step(0, f"{done.back:,} animals came back from the shelf of other species.")
    if done.kept:
        progress.step(
            0, f"{done.kept:,} animals are told to be of another species but were identified before; they stay."
        )
