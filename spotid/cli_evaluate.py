"""The command that measures a survey in which it is known who is who, and writes a report about it."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from spotid.cli_care import FOLDER

if TYPE_CHECKING:
    from spotid.evaluate.manifest import Manifest
    from spotid.evaluate.results import Options
    from spotid.evaluate.subject import Subject

FILE = click.Path(dir_okay=False, path_type=Path)
TOLD = 8  # lines that are told on the screen; all are in the table
LEFT_OUT = "left_out.csv"
STOPPED = 130  # as shells have it for Ctrl+C
SETTING = click.option(
    "--setting", "chosen", multiple=True, metavar="NAME=VALUE", help="With --folder: one of the settings; repeatable."
)


@click.command()
@click.option("--project", "project_folder", type=FOLDER, help="A project in which individuals are known.")
@click.option("--folder", type=FOLDER, help="A folder of labelled photographs, instead of a project.")
@click.option("--manifest", type=FILE, help="A CSV of path, identity, station, x, y, datetime; also with --project.")
@click.option("--cameras", type=FILE, help="A CSV of camera, x, y, or of the distances between all cameras.")
@click.option("--out", type=FOLDER, required=True, help="The folder for the report and its tables.")
@click.option("--unit", type=click.Choice(["m", "km", "relative"]), help="What x and y are in, where no head says it.")
@click.option("--days", type=click.Choice(["dmy", "mdy"]), help="How the manifest writes its days.")
@click.option("--seed", default=0, show_default=True, help="Another number, another draw.")
@click.option("--strategies", help="Which ways of asking to compare, parted by commas, or none; all unless given.")
@click.option(
    "--pictures",
    type=click.Choice(["spots", "embedding"]),
    default="spots",
    show_default=True,
    help="What pictures say: spots compared too, or the embedding alone, as in the literature.",
)
@click.option(
    "--by",
    type=click.Choice(["picture", "visit"]),
    default="picture",
    show_default=True,
    help="What a question is about: two pictures, as papers count, or two visits, as in the review.",
)
@click.option(
    "--error-rate",
    type=click.FloatRange(0.0, 0.5),
    default=0.05,
    show_default=True,
    help="The share of answers that the second simulated person gets wrong.",
)
@click.option(
    "--most",
    type=click.IntRange(min=4),
    default=3000,
    show_default=True,
    help="Draw whole individuals where there are more sightings than this.",
)
@click.option("--keep", type=FOLDER, help="With --folder: where its project is kept; beside the report unless given.")
@click.option("--profile", help="With --folder: for which animals, as for spotid run.")
@click.option("--station-level", help="With --folder: which folder names the station, as for spotid run.")
@SETTING
def evaluate(**given: Any) -> None:
    """Measure how well pictures, places and times find individuals again, and what each way of asking costs.

    Give a project whose individuals are known, or a folder of labelled photographs. Nothing in the project is changed.
    Ctrl+C ends early with a report of what was measured until then.
    """
    from spotid.errors import BadRequestError

    if (given["project_folder"] is None) == (given["folder"] is None):
        raise BadRequestError(
            "Say what to evaluate.", "Give either --project with a project, or --folder with labelled photographs."
        )
    options = _options(given)
    subject, manifest = _of_folder(given) if given["folder"] is not None else _of_project(given)
    subject = subject.at_most(given["most"], given["seed"])
    _tell(subject, manifest)
    _measure(subject, manifest, options, given["out"].expanduser().absolute())


def _options(given: dict[str, Any]) -> Options:
    """What is measured. Raises BadRequestError for an unknown strategy, before anything is computed."""
    from spotid.errors import BadRequestError
    from spotid.evaluate.results import STRATEGIES, Options

    options = Options(seed=given["seed"], error_rate=given["error_rate"], pictures=given["pictures"], by=given["by"])
    if (given["strategies"] or "").strip().lower() == "none":
        return replace(options, strategies=())
    if given["strategies"]:
        chosen = tuple(dict.fromkeys(one.strip().lower() for one in given["strategies"].split(",") if one.strip()))
        unknown = [one for one in chosen if one not in STRATEGIES]
        if unknown or not chosen:
            raise BadRequestError(
                f"There is no strategy called “{', '.join(unknown)}”.", f"Known are: {', '.join(STRATEGIES)}."
            )
        options = replace(options, strategies=chosen)
    return options


def _of_project(given: dict[str, Any]) -> tuple[Subject, Manifest | None]:
    from spotid.evaluate.manifest import read_manifest
    from spotid.evaluate.of_project import of_project
    from spotid.project.folder import check_apart, open_project

    manifest = None
    if given["manifest"] is not None:
        manifest = _placed(read_manifest(given["manifest"], given["unit"], given["days"]), given["cameras"], given)
    project = open_project(given["project_folder"], readonly=True)
    try:
        check_apart(given["out"], project.path)
        return of_project(project, manifest), manifest
    finally:
        project.close()


def _of_folder(given: dict[str, Any]) -> tuple[Subject, Manifest]:
    from spotid.evaluate import folder as labelled
    from spotid.evaluate.of_project import of_project
    from spotid.jobs.bar import work
    from spotid.jobs.stages import PROFILE
    from spotid.profiles import load_profile
    from spotid.project import notes
    from spotid.project.folder import check_apart
    from spotid.settings import settings

    folder, out = given["folder"].expanduser().absolute(), given["out"].expanduser().absolute()
    if given["profile"] is not None:
        load_profile(given["profile"])  # a name that is none ends here, before anything is made
    values = settings(dict(_pair(one) for one in given["chosen"]))
    check_apart(out, folder)
    manifest = _labels(folder, given)
    keep = given["keep"] or out.with_name(f"{out.name}.spotid")
    project = labelled.begin(folder, keep, manifest, given["station_level"])
    try:
        click.echo(f"The project of these photographs is kept in {project.path}")
        if given["profile"] is not None:
            notes.put(project.store, PROFILE, given["profile"])
        work(project, "run", settings=values)
        whole = labelled.box_whole(project, manifest)
        if whole.boxed:
            click.echo(f"No animal was found in {whole.boxed:,} listed pictures; each counts as a whole.")
            work(project, "run", settings=values)
        subject = replace(of_project(project, manifest), name=folder.name)
        if whole.boxed:
            subject.notes.append(f"{whole.boxed:,} pictures in which no animal was found count as a whole.")
        return subject, manifest
    finally:
        project.close()


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"“{text}” is not NAME=VALUE.")
    return name.strip(), value.strip()


def _labels(folder: Path, given: dict[str, Any]) -> Manifest:
    """Who is who in a folder: by the table given, by one in it, or by the names of its folders; with its cameras."""
    from spotid.errors import NotFoundError
    from spotid.evaluate import wildlife
    from spotid.evaluate.manifest import read_manifest

    if not folder.is_dir():
        raise NotFoundError(f"There is no folder “{folder}”.", "Check the path to the labelled photographs.")
    file = given["manifest"] or wildlife.manifest_in(folder)
    if file is None:
        manifest = wildlife.from_folder(folder)
        click.echo("Who is who is read from the names of the folders.")
    else:
        manifest = read_manifest(file, given["unit"], given["days"])
        click.echo(f"Who is who is read from {file}")
    told = any(entry.at is not None for entry in manifest.entries)
    return _placed(manifest, given["cameras"] or (None if told else wildlife.cameras_in(folder)), given)


def _placed(manifest: Manifest, cameras: Path | None, given: dict[str, Any]) -> Manifest:
    from spotid.evaluate.cameras import placed, read_cameras

    if cameras is None:
        return manifest
    click.echo(f"Where the cameras stood is read from {cameras}")
    return placed(manifest, read_cameras(cameras, given["unit"]))


def _tell(subject: Subject, manifest: Manifest | None) -> None:
    from spotid.project.filenames import shown

    click.echo(f"{shown(subject.name)}: {len(subject):,} sightings of {len(subject.names):,} individuals.")
    for sentence in subject.notes:
        click.echo(shown(sentence))
    refused = sorted(manifest.refused) if manifest is not None else []
    for line, sentence in refused[:TOLD]:
        click.echo(shown(f"Line {line}: {sentence}" if line else sentence), err=True)
    if len(refused) > TOLD:
        click.echo(f"… and {len(refused) - TOLD:,} more, all in {LEFT_OUT}.", err=True)


def _measure(subject: Subject, manifest: Manifest | None, options: Options, out: Path) -> None:
    from spotid.errors import BadRequestError
    from spotid.evaluate import report
    from spotid.evaluate.bars import Bars
    from spotid.evaluate.measure import measure
    from spotid.project.files import write_whole

    refused = sorted(manifest.refused) if manifest is not None else []
    try:
        out.mkdir(parents=True, exist_ok=True)  # before the work of hours, not after it
        if manifest is not None:
            write_whole(out / LEFT_OUT, _table(refused))
        with Bars() as bars:
            results = measure(subject, options, bars)
        page = report.write(results, out)
    except OSError as error:
        raise BadRequestError(
            f"The report can't be written to “{out}”: {error.strerror or error}.", "Choose another folder with --out."
        ) from None
    if results.stopped:
        click.echo(results.stopped, err=True)
    click.echo(f"The report is in {page}")
    if results.stopped:
        sys.exit(STOPPED)


def _table(refused: Sequence[tuple[int, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["line", "why"])
    writer.writerows([line or "", why] for line, why in refused)
    return text.getvalue().encode("utf-8-sig", "replace")


def register(main: click.Group) -> None:
    """Add the command of this module."""
    main.add_command(evaluate)
