"""Commands that look after projects: back up, put back, check, build anew; and opening one that others hold."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

FOLDER = click.Path(file_okay=False, path_type=Path)
PROJECT = click.option("--project", "project_folder", type=FOLDER, required=True, help="The project folder.")


def opened(*, looking: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command an open project, and close it afterwards.

    ``looking``: the command only reads, so that a project held by another program, or on a write-protected disk, does.
    """

    def wrap(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def run(project_folder: Path, **others: Any) -> Any:
            from spotid.errors import ProjectLockedError, ProjectReadOnlyError
            from spotid.project.folder import open_project

            try:
                project = open_project(project_folder)
            except (ProjectLockedError, ProjectReadOnlyError) as error:
                if not looking or others.get("repair"):
                    raise
                project = open_project(project_folder, readonly=True)
                click.echo(f"Opened for looking only. {error.sentence}", err=True)
            if project.warning:
                click.echo(project.warning, err=True)
            try:
                return command(project=project, **others)
            finally:
                project.close()

        return run

    return wrap


@click.command()
@PROJECT
@click.option("--reason", default="by hand", show_default=True, help="A few words; they stand in the file's name.")
@opened(looking=False)
def backup(project: Any, reason: str) -> None:
    """Copy the project's answers into its folder “backups”, and look the copy over."""
    from spotid.project import backup as backups

    click.echo(str(backups.write(project.layout, reason)))


@click.command()
@PROJECT
@click.option("--list", "listing", is_flag=True, help="List the backups.")
@click.option("--from", "source", type=click.Path(path_type=Path), help="A backup's file, or its name in the list.")
def restore(project_folder: Path, listing: bool, source: Path | None) -> None:
    """Put a backup in the place of a project's database; what is there now is kept.

    Without --from, a damaged or missing database is replaced by the newest whole backup.
    """
    from spotid.errors import BadRequestError
    from spotid.jobs.care import put_back
    from spotid.project import backup as backups
    from spotid.project.damage import database_is_whole
    from spotid.project.layout import Layout

    layout = Layout(project_folder.expanduser().absolute())
    if listing:
        for one in backups.listed(layout):
            about = one.trouble or f"{one.answers:>8,} answers {one.individuals:>6,} individuals"
            click.echo(f"{one.path.name:<50} {one.bytes / 1e6:>8.1f} MB {about}")
        return
    if source is None and layout.database.is_file() and database_is_whole(layout.database):
        raise BadRequestError(
            "The project's database is whole; it is not clear what should be put in its place.",
            "Choose a backup with --from; --list shows them.",
        )
    if source is not None and not source.is_file():
        source = backups.named(layout, source.name)
    for sentence in put_back(layout.root, source).sentences:
        click.echo(sentence)


@click.command()
@PROJECT
@click.option("--repair", is_flag=True, help="Make again what can be made again, then run.")
@click.option("--no-run", is_flag=True, help="Repair without the run that makes lost pictures and vectors again.")
@click.option("--originals", is_flag=True, help="Read all originals, too, and compare them with what was read first.")
@opened(looking=True)
def doctor(project: Any, repair: bool, no_run: bool, originals: bool) -> None:
    """Check a project: answers against identities, pictures, vectors, look-alikes, backups, counts."""
    from spotid.jobs.bar import work
    from spotid.jobs.doctor import examine

    began, findings = time.monotonic(), 0
    for finding in examine(project, repair=repair, originals=originals):
        findings += not finding.repaired
        click.echo(f"{'mended' if finding.repaired else 'wrong '}  {finding.sentence}")
    click.echo(f"{findings} things wrong; looked for {time.monotonic() - began:.1f} s.")
    if repair and no_run:
        click.echo("Run again to make anew what was lost.")
    elif repair:
        work(project, "run")
        left = list(examine(project))
        for finding in left:
            click.echo(f"wrong   {finding.sentence}")
        findings = len(left)
        click.echo(f"After the run: {findings} things wrong.")
    sys.exit(1 if findings else 0)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--project", "target", type=FOLDER, help="Where to make the project; beside the embeddings unless given.")
@click.option("--originals", type=FOLDER, help="The folder of photographs, where it is not where it was.")
@click.option("--no-run", is_flag=True, help="Do not look for look-alikes yet.")
def rebuild(folder: Path, target: Path | None, originals: Path | None, no_run: bool) -> None:
    """Build a project around a folder of embeddings whose database is lost."""
    build(folder, target, originals, run=not no_run)


def build(folder: Path, target: Path | None = None, originals: Path | None = None, *, run: bool = True) -> Path:
    """Build a project anew, say what came of it, and run the line unless told not to. Returns its folder."""
    from spotid.jobs.bar import work
    from spotid.jobs.care import build_anew, told
    from spotid.project.folder import open_project

    made = build_anew(folder, target, originals)
    for sentence in told(made):
        click.echo(sentence)
    if run:
        project = open_project(made.folder)
        try:
            work(project, "run")
        finally:
            project.close()
    return made.folder


def convert(
    folder: Path,
    target: Path | None = None,
    crops: Path | None = None,
    matches: Path | None = None,
    *,
    sure: bool = False,
) -> Path:
    """Make a project of what the original SpotID left, say what came of it, and give its folder."""
    from spotid.jobs import original as converting
    from spotid.settings import settings

    done = converting.convert(folder, target, crops, matches, sure=sure, settings=settings())
    for sentence in done.sentences():
        click.echo(sentence)
    return done.folder


def usable(folder: Path) -> Path:
    """A project's folder as it is, or that of the project built around a folder of embeddings, the original's too."""
    from spotid.errors import EmbeddingsOnlyError, OriginalDataError
    from spotid.jobs import original
    from spotid.project.folder import open_project
    from spotid.project.layout import looks_like_project
    from spotid.project.rebuild import target_of

    try:
        open_project(folder).close()
    except EmbeddingsOnlyError:
        made = target_of(folder)
        return made if looks_like_project(made) and made != folder.expanduser().absolute() else build(folder)
    except OriginalDataError:
        made = original.target_of(folder.expanduser().absolute())
        return made if looks_like_project(made) else convert(folder)
    return folder


def register(main: click.Group) -> None:
    """Add the commands of this module."""
    for command in (backup, restore, doctor, rebuild):
        main.add_command(command)
