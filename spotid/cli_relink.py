"""The command that finds a moved or renamed folder of originals again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from spotid.cli_care import FOLDER, PROJECT, opened


@click.command()
@click.argument("folder", type=FOLDER, required=False)
@PROJECT
@click.option("--partly", is_flag=True, help="Take the folder even where a part of the photographs is not in it.")
@opened(looking=False)
def relink(project: Any, folder: Path | None, partly: bool) -> None:
    """Say that the photographs of a project lie in FOLDER now.

    Without FOLDER they are looked for beside where they were, on other disks and beside the project. Nothing is copied
    or moved; a folder of other photographs with the same names is not taken.
    """
    from spotid.errors import NotFoundError
    from spotid.intake.relink import relink as found_again

    done = found_again(project, folder, partly=partly)
    for one in done:
        click.echo(f"Photographs from {one.old}:")
        for sentence in one.sentences:
            click.echo(f"  {sentence}")
    if not done:
        click.echo("All folders of photographs are where they were.")
    elif not all(one.linked or one.folder == one.old for one in done):
        more = " with --partly what is there is taken." if any(one.partly for one in done) else ""
        raise NotFoundError(
            "Not all photographs were found again.",
            f"Name the folder that they are in: spotid relink FOLDER --project …{';' if more else '.'}{more}",
        )


def register(main: click.Group) -> None:
    """Add the command of this module."""
    main.add_command(relink)
