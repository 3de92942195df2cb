"""Commands that take in what other programs found: recognitions, and Camtrap DP packages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from spotid.cli_care import FOLDER, PROJECT
from spotid.errors import BadRequestError


@click.command("import-recognitions")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@PROJECT
@click.option("--images", type=FOLDER, help="The folder of photographs, for a project that is new.")
@click.option("--threshold", type=float, help="The score that a box has to reach; the detector's own advice otherwise.")
@click.option("--species", multiple=True, help="A name in the file that is one of your animals; repeatable.")
@click.option("--replace", is_flag=True, help="Also replace boxes of earlier searches on which no answer hangs.")
@click.option("--preview", is_flag=True, help="Only say what is in the file and what would be taken.")
@click.option("--no-run", is_flag=True, help="Do not start the run that uses them.")
def import_recognitions(
    file: Path,
    project_folder: Path,
    images: Path | None,
    threshold: float | None,
    species: tuple[str, ...],
    replace: bool,
    preview: bool,
    no_run: bool,
) -> None:
    """Take in boxes and species that another program found: FILE is a MegaDetector-format JSON or SpeciesNet's own.

    The next run uses them instead of searching, and only your species go on; it works before and after the first run.
    """
    from spotid.intake import recognising, source
    from spotid.intake.collect import scan_roots
    from spotid.jobs.bar import work
    from spotid.jobs.stages import line_of
    from spotid.progress import Silent
    from spotid.project import species as said
    from spotid.project.folder import create_project, open_project
    from spotid.settings import settings

    if images is not None:
        images = source.checked(images, project_folder, "auto")
    project = open_project(project_folder) if images is None else create_project(project_folder)
    try:
        if images is not None:
            source.take(project, images, "auto")
        values = settings({})
        source.unpack_pending(project, Silent(), values["unpack_mb"])
        if not preview:
            scan_roots(project, Silent())
        looked = recognising.look(project, file, threshold)
        _tell(looked)
        if preview:
            return
        for name in species:
            said.say_word(project.store, name, True)
        taken = recognising.take(project, file, threshold, replace=replace)
        click.echo(f"{taken.files:,} photographs have what it found; the run does not search them again.")
        if taken.left:
            click.echo(
                f"{taken.left:,} were searched before: they keep their boxes and learn the species"
                f"{'.' if replace else '; --replace takes the boxes too, where no answer hangs on them.'}"
            )
        if no_run:
            click.echo("They are used by the next run.")
            return
        work(project, "run", settings=values)
        click.echo(f"{_others(project):,} animals are of other species.")
        _names(line_of(project, values).names, looked.species)
    finally:
        project.close()


def _tell(looked: Any) -> None:
    click.echo(f"Made by {looked.made_by}; boxes count from a score of {looked.threshold:g} on.")
    for sentence in looked.said:
        click.echo(sentence)
    click.echo(
        f"{looked.boxes:,} boxes of animals, {looked.empty:,} pictures without any, {looked.people:,} boxes of people,"
        f" {looked.vehicles:,} of vehicles, {looked.failed:,} pictures that it could not search."
    )
    for name, count in looked.species.items():
        click.echo(f"{count:>8,}  {name}")
    for sentence in looked.odd:
        click.echo(f"Odd: {sentence}")


def _names(names: Any, told: dict[str, int]) -> None:
    others = [name for name in told if names.ours(name) is False]
    if others:
        more = f" and {len(others) - 5} more" if len(others) > 5 else ""
        click.echo(f"On that shelf: {', '.join(others[:5])}{more}. With --species a name counts as your animals.")


def _others(project: Any) -> int:
    from spotid.project import species_shelf

    return species_shelf.count(project.store, species_shelf.OTHERS)


@click.command("import-package")
@click.argument("package", type=click.Path(path_type=Path))
@PROJECT
@click.option("--images", type=click.Path(path_type=Path), help="Folder or ZIP of its photographs, if elsewhere.")
@click.option("--reviewer", default="", help="Your initials; they stand beside the import.")
@click.option("--preview", is_flag=True, help="Only say what is in the package and what would be taken.")
@click.option("--no-run", is_flag=True, help="Only take it in; the next run does the work.")
def import_package(
    package: Path, project_folder: Path, images: Path | None, reviewer: str, preview: bool, no_run: bool
) -> None:
    """Take in a Camtrap DP package: PACKAGE is its folder, its ZIP or its datapackage.json.

    Its stations, deployments, times, boxes, species and individuals come along. The photographs lie in the package, in
    the project already, or in the folder given with --images.
    """
    take_in_package(package, project_folder, images, reviewer, preview=preview, no_run=no_run)


def take_in_package(
    package: Path,
    project_folder: Path,
    images: Path | None = None,
    reviewer: str = "",
    *,
    preview: bool = False,
    no_run: bool = False,
    yes: bool = True,
) -> None:
    """Show what is in a package and take it in, after a question unless ``yes``; the project is made where needed."""
    from spotid.intake import package_in
    from spotid.jobs.bar import work
    from spotid.project.folder import create_project, open_project
    from spotid.project.layout import looks_like_project
    from spotid.settings import settings

    package = package.expanduser().absolute()
    if not package_in.is_package(package):
        raise BadRequestError(
            f"“{package}” is no Camtrap DP package.", "Choose the folder or ZIP that holds datapackage.json."
        )
    there = looks_like_project(project_folder)
    if not there and (preview or not yes):
        _package(package_in.look_package(None, package))
        if preview or not click.confirm("Take it in?"):
            return
    project = open_project(project_folder) if there else create_project(project_folder)
    try:
        if there and (preview or not yes):
            _package(package_in.look_package(project, package))
            if preview or not click.confirm("Take it in?"):
                return
        uid = package_in.take_package(project, package, reviewer, images=images)
        _package(package_in.look_package(project, package))
        click.echo(f"Taken in as import {uid}.")
        if not no_run:
            work(project, "run", settings=settings({}))
            click.echo(f"{_others(project):,} animals are of other species.")
    finally:
        project.close()


def _package(looked: Any) -> None:
    click.echo(
        f"{looked.title or 'A package'}: {looked.stations:,} stations, {looked.deployments:,} deployments,"
        f" {looked.files:,} files, {looked.boxes:,} boxes of animals, {looked.individuals:,} named individuals"
        f" in {looked.named:,} places."
    )
    for sentence in looked.said:
        click.echo(sentence)
    for name, count in looked.species.items():
        click.echo(f"{count:>8,}  {name}")
    for sentence in looked.odd:
        click.echo(f"Odd: {sentence}")


def register(main: click.Group) -> None:
    """Add the commands of this module."""
    main.add_command(import_recognitions)
    main.add_command(import_package)
