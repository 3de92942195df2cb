"""The command line: everything the pages do, without a page."""

from __future__ import annotations

import csv
import logging
import sys
from pathlib import Path
from typing import Any

import click

from spotid import (
    __version__,
    cli_answers,
    cli_care,
    cli_desk,
    cli_evaluate,
    cli_import,
    cli_learn,
    cli_models,
    cli_original,
    cli_parts,
    cli_places,
    cli_relink,
    cli_species,
    log,
    own_folder,
)
from spotid.cli_care import FOLDER, PROJECT, opened
from spotid.errors import SpotIDError
from spotid.places import projects_folder, sample_data, user_path
from spotid.settings import DEFAULTS, quiet_environment

OUT = click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The CSV to write.")
NO_BROWSER = click.option("--no-browser", is_flag=True, help="Only print the address of the page.")
PORT = click.option("--port", default=DEFAULTS["port"], show_default=True, help="The first port to try.")


class Friendly(click.Group):
    """A group whose errors are sentences with advice, never stack traces."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SpotIDError as error:
            click.echo(f"{error.sentence}\n{error.advice}".strip(), err=True)
            ctx.exit(error.exit_code)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if isinstance(error, OSError) and user_path() in Path(str(error.filename)).parents:
                trouble = own_folder.trouble_with(error)
                click.echo(f"{trouble.sentence}\n{trouble.advice}", err=True)
                ctx.exit(trouble.exit_code)
            logging.getLogger("spotid").exception("the command failed")
            kept = log.where()
            click.echo(f"Something unexpected went wrong{f'; the log says more: {kept}' if kept else '.'}", err=True)
            ctx.exit(70)


@click.group(cls=Friendly, invoke_without_command=True)
@click.version_option(__version__, prog_name="SpotID")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Tell individual patterned animals apart in camera-trap photographs.

    Without a command, the page opens in the browser.
    """
    quiet_environment()
    log.begin()
    if ctx.invoked_subcommand is None:
        ctx.invoke(app)


@main.command()
@NO_BROWSER
@PORT
def app(no_browser: bool = False, port: int = DEFAULTS["port"]) -> None:
    """Open the page in the browser."""
    from spotid.web import create_app
    from spotid.web.serve import serve

    serve(create_app, port=port, browser=not no_browser, say=click.echo)


@main.command()
@NO_BROWSER
@PORT
@click.option("--project", "project_folder", type=FOLDER, help="Where to keep the demonstration.")
def demo(no_browser: bool, port: int, project_folder: Path | None) -> None:
    """Run the whole line on the small survey that ships with SpotID, then open the review."""
    from spotid.web import bench_of, create_app
    from spotid.web.serve import serve, show_running

    folder = project_folder or projects_folder() / "Demonstration"
    if show_running(not no_browser, click.echo):
        return
    click.echo(f"The demonstration is kept in {folder}")
    _run(sample_data(), folder, "auto", {})
    serve(
        create_app,
        port=port,
        browser=not no_browser,
        page=lambda made: f"/project/{bench_of(made).open(folder).id}/review",
        say=click.echo,
    )


@main.command("open")
@click.argument("folder", type=FOLDER)
@click.option("--read-only", is_flag=True, help="Open it for looking only, as others may have it open.")
@NO_BROWSER
@PORT
def open_(folder: Path, read_only: bool, no_browser: bool, port: int) -> None:
    """Open an existing project in the browser.

    Around a folder of embeddings without their project a new project is built first.
    """
    from spotid.web import bench_of, create_app
    from spotid.web.serve import serve

    if not read_only:
        folder = cli_care.usable(folder)
    serve(
        create_app,
        port=port,
        browser=not no_browser,
        page=lambda made: f"/project/{bench_of(made).open(folder, looking=read_only).id}/",
        say=click.echo,
    )


@main.command()
@click.argument("images", type=click.Path(path_type=Path))
@PROJECT
@click.option(
    "--station-level",
    default="auto",
    show_default=True,
    help="Which folder names the station: auto, none, or how many folders above the picture's own (0, 1, 2, 3).",
)
@click.option("--setting", "chosen", multiple=True, metavar="NAME=VALUE", help="Set one of the settings; repeatable.")
@cli_parts.PROFILES
@cli_parts.choices
def run(images: Path, project_folder: Path, station_level: str, chosen: tuple[str, ...], **parts: Any) -> None:
    """Find, crop, describe and compare the animals of all photographs below IMAGES, a folder or a ZIP.

    Run it again to go on after a stop, or after photographs were added.
    """
    _run(images, project_folder, station_level, dict(_split_setting(one) for one in chosen), **parts)


def _split_setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"“{text}” is not NAME=VALUE.")
    return name.strip(), value.strip()


def _run(images: Path, folder: Path, station_level: str, chosen: dict[str, Any], **parts: Any) -> None:
    from spotid.intake import source
    from spotid.jobs.bar import work
    from spotid.project import views
    from spotid.project.folder import create_project
    from spotid.settings import settings

    cli_parts.check(**parts)  # what can't be meant ends here, before anything is made
    images = source.checked(images, folder, station_level)
    values = settings(chosen)
    project = create_project(folder)
    try:
        cli_parts.keep(project, **parts)
        source.take(project, images, station_level)
        work(project, "run", settings=values)
        for key, count in views.shelf_counts(project.store).items():
            if count:
                click.echo(f"{count:>8,}  {views.SHELVES[key].label.lower()}")
    finally:
        project.close()


@main.command()
@PROJECT
@OUT
@click.option("--depth", default=100, show_default=True, help="How many candidates of each anchor.")
@opened(looking=True)
def rank(project: Any, out: Path, depth: int) -> None:
    """Write every sighting's look-alikes, best first, as a CSV of anchor, rank, candidate, score."""
    from spotid.export import tables
    from spotid.project.candidates import Candidates
    from spotid.project.cells import written
    from spotid.project.sightings import OUT_SQL

    path_of = dict(
        project.store.all(
            "SELECT sighting.id, media.relpath FROM sighting JOIN media ON media.id = media_id"
            f" WHERE sighting.state NOT IN {OUT_SQL} ORDER BY media.relpath"
        )
    )
    candidates = Candidates(project.layout)
    lines = 0
    try:
        with out.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
            writer = csv.writer(file)
            writer.writerow([name for name, _ in tables.RANKS])
            for anchor in path_of:
                known = [one for one in candidates.of(anchor, depth) if one.candidate in path_of]
                for place, one in enumerate(known, 1):
                    paths = written(path_of[anchor]), written(path_of[one.candidate])
                    writer.writerow([paths[0], place, paths[1], f"{one.score:.6f}"])
                    lines += 1
    finally:
        candidates.close()
    click.echo(f"{lines:,} rows written to {out}")


@main.command()
@PROJECT
@OUT
@opened(looking=True)
def sightings(project: Any, out: Path) -> None:
    """Write every file found with its sightings as a CSV."""
    from spotid.export import tables
    from spotid.export.folders import sighting_lines
    from spotid.project.files import write_whole

    lines = list(sighting_lines(project))
    write_whole(out.absolute(), tables.text_of(tables.SIGHTINGS, lines))
    click.echo(f"{len(lines):,} rows written to {out}")


@main.command()
@PROJECT
@click.option("--out", "folder", type=FOLDER, help="The match directory; the project's own folder unless given.")
@click.option("--coordinates", is_flag=True, help="Tell in the tables where sensitive stations are.")
@opened(looking=False)
def export(project: Any, folder: Path | None, coordinates: bool) -> None:
    """Write one folder per individual with copies of the photographs, and the tables."""
    from spotid.export.folders import default_folder
    from spotid.jobs.bar import work

    target = str((folder or default_folder(project)).absolute())
    result = work(project, "export", folder=target, coordinates=coordinates)
    click.echo(f"{result['individuals']:,} individuals, {result['files']:,} photographs: {result['folder']}")
    for line in result["not_copied"]:
        click.echo(f"Could not be copied: {line}", err=True)


@main.command()
@click.argument("project_folder", type=FOLDER, metavar="PROJECT")
@click.option("--import", "table", type=click.Path(dir_okay=False, path_type=Path), help="A CSV of boxes to keep.")
@click.option("--export", "out", type=click.Path(dir_okay=False, path_type=Path), help="The CSV to write.")
@click.option("--sure", is_flag=True, help="Keep boxes even where answers about animals lose theirs.")
@click.option("--search-again", is_flag=True, help="Search frames that nobody looked at again.")
@opened(looking=False)
def boxes(project: Any, table: Path | None, out: Path | None, sure: bool, search_again: bool) -> None:
    """Bring in or write the boxes that people drew: a CSV of path, x, y, w, h as fractions of the picture.

    A line with empty box columns says that there is no animal in the picture.
    """
    from spotid.jobs.teaching import by_command

    sys.exit(by_command(project, table, out, sure=sure, search_again=search_again, say=click.echo))


def _add_simulate() -> None:
    from spotid.evaluate.simulate.command import simulate

    main.add_command(simulate, "simulate")


_add_simulate()
cli_care.register(main)
cli_answers.register(main)
cli_desk.register(main)
cli_species.register(main)
cli_import.register(main)
cli_relink.register(main)
cli_parts.register(main)
cli_places.register(main)
cli_models.register(main)
cli_evaluate.register(main)
cli_original.register(main)
cli_learn.register(main)

if __name__ == "__main__":
    main()
