"""The command that learns from confirmed animals, so that confirmed pictures make later suggestions better."""

from __future__ import annotations

from typing import Any

import click

from spotid.cli_care import PROJECT, opened

WAYS = {
    "by_animals": "Animals that it had never seen",
    "by_visits": "New visits of known animals",
    "as_listed": "Animals that it had never seen, in lists with their spots compared",
}


@click.command()
@PROJECT
@click.option("--check-only", is_flag=True, help="Learn and measure, but go on listing look-alikes as before.")
@click.option("--use", "number", type=click.IntRange(min=1), help="Use this version, whatever its check said.")
@click.option("--revert", is_flag=True, help="Use none: list look-alikes by the descriptions as they are.")
@click.option("--list", "listing", is_flag=True, help="Only tell the versions there are.")
@opened(looking=True)
def learn(project: Any, check_only: bool, number: int | None, revert: bool, listing: bool) -> None:
    """Learn from confirmed animals which differences matter, and list look-alikes accordingly.

    What is learnt is measured on animals and visits that were held out, and used only where it surely helps.
    """
    from spotid.errors import BadRequestError
    from spotid.jobs import learning
    from spotid.jobs.bar import work
    from spotid.jobs.stages import line_of
    from spotid.settings import settings

    if sum((check_only, number is not None, revert, listing)) > 1:
        raise BadRequestError("Only one of --check-only, --use, --revert and --list can be asked for.", "Choose one.")
    values = settings()
    line = line_of(project, values)
    if listing:
        versions = learning.told(line)
        for one in versions:
            _tell(one)
        if not versions:
            click.echo("Nothing has been learnt yet.")
        for gone in learning.lost(line):
            click.echo(
                f"Version {gone} is to be used and can't be read; look-alikes are listed without it. Learn anew, or go"
                " back with --revert."
            )
        return
    if number is not None:
        learning.checked(line, number)
    elif not revert:
        learning.check_ready(line)
    asked: dict[str, Any] = {"check_only": True} if check_only else {}
    if number is not None or revert:
        asked = {"use": number}
    result = work(project, "learn", settings=values, **asked)
    if revert:
        click.echo("Look-alikes are listed by the descriptions as they are.")
    told = {one["number"]: one for one in learning.told(line)}
    for entry in result["heads"]:
        if entry["number"] is None:
            click.echo(f"{entry['profile']}: too few animals are confirmed to learn from ({entry['animals']}).")
        else:
            _tell(told[entry["number"]])


def _tell(one: dict[str, Any]) -> None:
    """One version, with what was measured."""
    state = "in use" if one["used"] else "not used"
    helps = "it helps the descriptions" if one["helps"] else "no sure help"
    click.echo(
        f"Version {one['number']} ({one['made_at'][:16].replace('T', ' ')}), {state}: {helps}. Learnt from"
        f" {one['sightings']:,} sightings of {one['animals']:,} animals ({one['profile']}, {one['encoder']})."
    )
    for way, words in WAYS.items():
        figure = one[way]
        if figure:
            before, after, low, high = (figure[name] for name in ("before", "after", "low", "high"))
            click.echo(
                f"  {words}: right one first {before[1]:.1%} → {after[1]:.1%}, among the first five {before[2]:.1%} →"
                f" {after[2]:.1%}, mean precision {before[0]:.3f} → {after[0]:.3f}"
                f" (gain {low[0]:+.3f} to {high[0]:+.3f})."
            )


def register(main: click.Group) -> None:
    """Add the command of this module."""
    main.add_command(learn)
