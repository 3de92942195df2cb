"""Commands for help: does this copy work here, and a report to send when it does not."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from spotid.cli_care import FOLDER


@click.command()
def check() -> None:
    """Look whether this copy of SpotID is whole and works on this computer.

    Every library is tried once, and a tiny picture goes the whole way. Gives 1 where something is not as it should be.
    """
    from spotid.jobs import selfcheck
    from spotid.web import browser

    found = True
    for one in (*selfcheck.look(), selfcheck.of_browser(browser.known())):
        found &= one.ok
        click.echo(f"{'ok    ' if one.ok else 'NOT OK'}  {one.what}: {one.sentence}".rstrip(": "))
        if one.advice:
            click.echo(f"        {one.advice}")
    click.echo("Everything works." if found else "Something is not as it should be; see above.")
    sys.exit(0 if found else 1)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The ZIP to write, or a folder for it.")
@click.option("--project", "project_folder", type=FOLDER, help="A project that the trouble is about.")
@click.option("--names", is_flag=True, help="Leave the names of projects and folders in.")
@click.option("--answers", is_flag=True, help="Put the answers in: codes of sightings and times, no names.")
@click.option("--said", default="", help="What happened, in your own words.")
def report(out: Path, project_folder: Path | None, names: bool, answers: bool, said: str) -> None:
    """Write a report to send when something went wrong: a ZIP without photographs, places and keys."""
    from spotid.project.files import write_whole
    from spotid.project.folder import open_project
    from spotid.support import report as reports

    projects = [open_project(project_folder, readonly=True)] if project_folder else []
    try:
        made = reports.parts(projects, reports.Wanted(names, answers))
    finally:
        for project in projects:
            project.close()
    target = out / reports.file_name() if out.is_dir() else out
    write_whole(target.absolute(), reports.zipped(made, said))
    for part in made:
        click.echo(f"{len(part.text.encode()):>9,}  {part.name}")
    place = reports.destination() or "the person who gave you SpotID"
    click.echo(f"{target}\nLook into it if you like, then send it to {place}.")


def register(main: click.Group) -> None:
    """Add the commands of this module."""
    for command in (check, report):
        main.add_command(command)
