"""Commands about answers of several people: bring two laptops' answers together, and how well reviewers agree."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import click

from spotid.cli_care import PROJECT, opened

MOST = 20  # lines of each list


@click.command("merge-answers")
@click.argument("other", type=click.Path(path_type=Path))
@PROJECT
@click.option("--dry-run", is_flag=True, help="Only say what would come of it.")
@click.option("--sure", is_flag=True, help="Merge although few of the answered pictures are in this project.")
@opened(looking=False)
def merge_answers(project: Any, other: Path, dry_run: bool, sure: bool) -> None:
    """Take over the answers given on another laptop: OTHER is its project folder, or a backup's file.

    The other project is only read. A backup of this one is made first; merging again adds nothing.
    """
    from spotid.review.merging import merge

    told = merge(project, other.expanduser().absolute(), str(uuid.uuid4()), sure=sure, keep=not dry_run)
    for sentence in sentences(told, dry_run):
        click.echo(sentence)


def sentences(told: dict[str, Any], dry_run: bool) -> list[str]:
    """What came of a merge, or would."""
    would = "would be" if dry_run else "were"
    lines = [
        f"{told['taken']:,} answers {would} taken over from “{told['title']}”; {told['known']:,} are here already.",
        f"{told['pictures_here']:,} of the {told['pictures']:,} pictures answered there are in this project.",
    ]
    if told["unknown_count"]:
        lines.append(f"{told['unknown_count']:,} answers are on pictures that are not here; they count once these are.")
    for one in told["refused"][:MOST]:
        lines.append(f"Refused: answer {one['row']} of the other project. {one['why']}")
    if told["frames"]:
        lines.append(
            f"Boxes drawn there in {told['frames']:,} photographs are not taken over; bring them in first with"
            " spotid boxes OTHER --export boxes.csv, then spotid boxes PROJECT --import boxes.csv."
        )
    conflicts = told["conflicts"]
    lines.append(f"Contradictions: {conflicts['before']:,} before, {conflicts['after']:,} after.")
    lines += [f"  new: {one['a_path']} and {one['b_path']}" for one in conflicts["new"][:MOST]]
    for one in told["individuals"][:MOST]:
        ours = ", ".join(one["ours"]) or "nobody here"
        lines.append(f"  their {one['theirs']} ({one['sightings']} pictures) is {ours}")
    for one in told["names"][:MOST]:
        lines.append(f"  names clash: their {one['theirs']} is “{one['name']}”, our {one['ours']} “{one['our_name']}”")
    if told.get("backup"):
        lines.append(f"Backup before: {told['backup']}")
    return lines


@click.command()
@PROJECT
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The CSV to write.")
@opened(looking=True)
def agreement(project: Any, out: Path | None) -> None:
    """How well reviewers agree on pairs that were judged twice, and what that says of mistakes."""
    from spotid.export.agreement import text
    from spotid.project.files import write_whole
    from spotid.review.agreement_told import lines

    found = lines(project.store)
    if out is not None:
        write_whole(out.absolute(), text(found))
        click.echo(f"{len(found):,} rows written to {out}")
    elif not found:
        click.echo("No pair was judged twice yet. The review has a blind way for that: second opinions.")
    for one in found if out is None else ():
        if not one["measure"].startswith("first "):
            between = f" ({one['low']} to {one['high']})" if one["low"] is not None else ""
            share = f", {one['count']} of {one['of']}" if one["of"] is not None else ""
            value = "too few pairs to say" if one["value"] is None else one["value"]
            click.echo(f"{one['reviewers']:<8} {one['measure']:<24} {value}{between}{share}")


def register(main: click.Group) -> None:
    """Add the commands of this module."""
    for command in (merge_answers, agreement):
        main.add_command(command)
