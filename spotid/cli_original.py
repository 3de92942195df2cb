"""The command that makes a project of what the original SpotID left."""

from __future__ import annotations

from pathlib import Path

import click

from spotid.cli_care import FOLDER, convert

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--project", "target", type=FOLDER, help="Where to make the project; beside the folder unless given.")
@click.option("--crops", type=FOLDER, help="The folder of crops, where they are not where the list says.")
@click.option("--matches", type=FILE, help="The database of matches, a .json; looked for beside the embeddings.")
@click.option("--sure", is_flag=True, help="Convert even where crops are not found.")
def original(folder: Path, target: Path | None, crops: Path | None, matches: Path | None, sure: bool) -> None:
    """Make a project of embeddings and matches of the original SpotID, in FOLDER.

    FOLDER holds embeddings.npy and image_filenames.txt. It is only read.
    """
    convert(folder, target, crops, matches, sure=sure)


def register(main: click.Group) -> None:
    """Add the command of this module."""
    main.add_command(original)
