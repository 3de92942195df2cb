"""Commands that take collections in: look at one, import it, update what is known of its files, list individuals."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spotid import cli_import_told as told
from spotid.cli_care import PROJECT, opened
from spotid.cli_species import take_in_package

if TYPE_CHECKING:
    from spotid.intake.sheet_parts import Understood

SEEN = "seen"  # the answer where there is nothing to choose
LAYOUTS = click.Choice(("auto", "unsorted", "sorted", "sheet"))
ANSWER = click.option(
    *("--answer", "answers"), multiple=True, metavar="KEY=READING", help="Say how something is meant; repeatable."
)
COLUMN = click.option(
    *("--column", "columns"),
    multiple=True,
    metavar="COLUMN=HEAD",
    help="Which head of the sheet stands for a column, as in --column “locality name=camera”; repeatable.",
)
YES = click.option("--yes", is_flag=True, help="It is meant as it was understood: write it.")
PREVIEW = click.option("--preview", is_flag=True, help="Only show what would be written; nothing is.")
NO_RUN = click.option("--no-run", is_flag=True, help="Only take it in; the next run does the work.")
REVIEWER = click.option("--reviewer", default="", help="Your initials; they stand beside the import.")


@click.command("import")
@click.argument("source", type=click.Path(path_type=Path))
@PROJECT
@click.option("--layout", type=LAYOUTS, default="auto", show_default=True, help="How the collection is kept.")
@click.option("--sheet", default="", help="The name of the sheet in SOURCE, where it is not called metadata.csv.")
@ANSWER
@COLUMN
@YES
@PREVIEW
@NO_RUN
@REVIEWER
@click.option("--station-level", default=None, help="Which folder names the station, as for spotid run.")
def import_(
    source: Path,
    project_folder: Path,
    layout: str,
    sheet: str,
    answers: tuple[str, ...],
    columns: tuple[str, ...],
    yes: bool,
    preview: bool,
    no_run: bool,
    reviewer: str,
    station_level: str | None,
) -> None:
    """Take a collection into a project: SOURCE is a folder or a ZIP.

    Its pictures and clips may be unsorted, lie in one folder for each individual, or be described by a sheet,
    metadata.csv or metadata.xlsx. What was understood is shown first, and nothing is written before you agree.
    """
    from spotid.intake import source as sources
    from spotid.intake.package_in import is_package
    from spotid.intake.taking import look, take_in
    from spotid.project.folder import create_project, open_project
    from spotid.project.layout import looks_like_project

    if layout == "auto" and not sheet and is_package(source):
        take_in_package(source, project_folder, None, reviewer, preview=preview, no_run=no_run, yes=yes)
        return
    said = _answers(answers, columns) | ({"layout": layout} if layout != "auto" else {})
    said |= {"sheet": sheet, "layout": "sheet"} if sheet else {}
    images = sources.checked(source, project_folder, station_level or "auto")
    project = open_project(project_folder) if looks_like_project(project_folder) else None
    try:
        looked = look(images, said, project)
        while yes and (more := _as_understood(looked.plan.understood, said)):
            said |= more
            looked = look(images, said, project, files=looked.files)
        _say(told.preview(looked.shown()))
        if _goes_on(looked.trouble, looked.plan.understood, "imported", yes, preview):
            project = project or create_project(project_folder)
            uid = take_in(project, images, said, reviewer, level=station_level)
            _run_and_tell(project, uid, no_run)
    finally:
        if project is not None:
            project.close()


@click.command("update-metadata")
@click.argument("sheet", type=click.Path(dir_okay=False, path_type=Path))
@PROJECT
@ANSWER
@COLUMN
@YES
@PREVIEW
@NO_RUN
@REVIEWER
@opened(looking=False)
def update_metadata(
    project: Any,
    sheet: Path,
    answers: tuple[str, ...],
    columns: tuple[str, ...],
    yes: bool,
    preview: bool,
    no_run: bool,
    reviewer: str,
) -> None:
    """Say more of photographs that are in the project: SHEET is a later metadata.csv or metadata.xlsx.

    What it changes is shown first. An empty cell changes nothing; what people have said of individuals stays, and where
    the sheet says otherwise you are asked.
    """
    from spotid.intake.updating import look_at, take

    said = _answers(answers, columns)
    looked = look_at(project, sheet, said)
    while yes and (more := _as_understood(looked.understood, said)):
        said |= more
        looked = look_at(project, sheet, said)
    _say(told.updates(looked.shown()))
    if _goes_on(looked.trouble, looked.understood, "changed", yes, preview):
        uid = take(project, sheet, said, reviewer, mark=looked.mark)
        _run_and_tell(project, uid, no_run)


@click.command()
@PROJECT
@click.option("--take-back", "uid", help="Take a whole import back, by its number in the list.")
@opened(looking=True)
def imports(project: Any, uid: str | None) -> None:
    """List what was imported into a project, with what waits for your word; or take an import back."""
    from spotid.jobs.coding import words_of
    from spotid.jobs.stages import line_of
    from spotid.project import collections
    from spotid.review.desk import Desk
    from spotid.review.imports import take_back
    from spotid.settings import DEFAULTS

    if uid is not None:
        count = take_back(Desk(project, DEFAULTS["nearest"], words_of=words_of(line_of(project, {}))), uid)
        click.echo(f"{count:,} answers were taken back. Run the project again, so that its files speak for themselves.")
    for one in collections.listed(project.store) if uid is None else ():
        _tell(project, one["uid"])


@click.command()
@PROJECT
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The CSV to write.")
@opened(looking=True)
def individuals(project: Any, out: Path) -> None:
    """Write every individual as a CSV: code, name, sex, age, sightings, flanks, first and last day, stations, notes."""
    from spotid.export import tables
    from spotid.export.animals import animal_lines
    from spotid.project import results
    from spotid.project.files import write_whole

    lines = list(animal_lines(project, results.contradicted(project.store)))
    write_whole(out.absolute(), tables.text_of(tables.INDIVIDUALS, lines))
    click.echo(f"{len(lines):,} individuals written to {out}")


def _answers(answers: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """What was said on the command line; a key may hold a sign of equality itself, as in “unique_name=NA=missing”."""
    said = {}
    for text, prefix in (*((one, "") for one in answers), *((one, "column ") for one in columns)):
        key, equals, value = text.rpartition("=")
        if not equals or not key:
            raise click.BadParameter(f"“{text}” is not KEY=READING.")
        said[prefix + key.strip()] = value.strip()
    return said


def _as_understood(understood: Iterable[Understood], said: Mapping[str, str]) -> dict[str, str]:
    """What is asked and was not answered, answered as it was understood."""
    return {
        one.key: one.chosen or SEEN
        for one in understood
        if one.asks and one.key not in said and (one.chosen or not one.readings)
    }


def _goes_on(trouble: tuple[str, str], understood: Iterable[Understood], what: str, yes: bool, preview: bool) -> bool:
    """Whether to write; False after a preview. Raises BadRequestError where something has to be said first."""
    from spotid.errors import BadRequestError

    if trouble[0]:
        raise BadRequestError(*trouble)
    if preview:
        return False
    asked = [one for one in understood if one.asks]
    if asked:
        keys = ", ".join(f"“{one.key}”" for one in asked[: told.MOST])
        raise BadRequestError(
            f"Nothing was {what}: you have to say how it is meant ({keys}).",
            "Choose readings with --answer KEY=READING as shown above, or say --yes where all is as it was understood.",
        )
    if yes:
        return True
    if not sys.stdin.isatty():
        raise BadRequestError(f"Nothing was {what} yet.", "Say --yes where all is as it should be.")
    return click.confirm("Is that right? Nothing is written before you say so")


def _run_and_tell(project: Any, uid: str, no_run: bool) -> None:
    if not no_run:
        from spotid.jobs.bar import work
        from spotid.settings import settings

        work(project, "run", settings=settings({}))
    _tell(project, uid)


def _tell(project: Any, uid: str) -> None:
    from spotid.project import collections

    rows = collections.rows(project.store, uid, ("ask", "refused"), limit=10_000)
    _say(told.outcome(collections.one(project.store, uid), rows))


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def register(main: click.Group) -> None:
    """Add the commands of this module."""
    for command in (import_, update_metadata, imports, individuals):
        main.add_command(command)
