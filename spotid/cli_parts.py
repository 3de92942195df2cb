"""The parts of a project on the command line: which it works with, which it could, and the switch to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from spotid.cli_care import PROJECT, opened

if TYPE_CHECKING:
    from spotid.project.folder import Project

PROFILES = click.option(
    "--profile",
    multiple=True,
    help="For which animals: the name of a profile; the project keeps it. leopard unless given. Repeatable where a"
    " project has several species: the first takes animals of whom nothing is told.",
)
HELP = {
    "detector": "What finds the animals; the project keeps it, like the others.",
    "cutout": "What removes the background.",
    "encoder": "What describes the coats.",
    "matcher": "What compares look-alikes; several names with + between are asked together.",
    "classifier": "What tells species; “none” for nothing.",
}
NONE = "none"


def choices(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that choose parts."""
    for role in reversed(HELP):
        command = click.option(f"--{role}", metavar="NAME", help=HELP[role])(command)
    return command


def check(profile: Sequence[str] = (), **names: str | None) -> None:
    """Raises NotFoundError or MissingModelError for what can't be chosen. ``names``: role → name, or None."""
    from spotid.jobs import parts
    from spotid.profiles import load_profile

    for one in profile:
        load_profile(one)
    for role, name in _said(names).items():
        if name:
            parts.check(role, name)


def _said(names: Mapping[str, str | None]) -> dict[str, str]:
    """What was asked for: role → name, empty for no classifier."""
    told = {role: name for role, name in names.items() if name is not None}
    return {role: "" if (role, name) == ("classifier", NONE) else name for role, name in told.items()}


def keep(project: Project, profile: Sequence[str] = (), **names: str | None) -> None:
    """Make these the profiles of a project, and these the parts of its own profile."""
    from spotid.jobs import parts
    from spotid.jobs.stages import line_of
    from spotid.project import parts_kept

    if profile:
        parts_kept.keep_profiles(project.store, profile)
    if told := _said(names):
        parts.choose(project, line_of(project, {}).profile, told)


@click.command("parts")
@PROJECT
@PROFILES
@click.option(
    "--of", "which", metavar="PROFILE", help="Whose parts are chosen; the project's own profile unless given."
)
@choices
@click.option("--cut-anew", is_flag=True, help="At the next run, cut out anew what another cut-out has cut.")
@opened(looking=True)
def parts_command(
    project: Any, profile: tuple[str, ...], which: str | None, cut_anew: bool, **names: str | None
) -> None:
    """Show which parts a project works with, and switch to others.

    What was described and compared by other parts stays: switching back finds it again. Answers are never touched.
    The next run brings the project up to date.
    """
    from spotid.errors import NotFoundError, ProjectReadOnlyError
    from spotid.jobs import cutting, parts, switching
    from spotid.jobs.stages import line_of
    from spotid.project import parts_kept
    from spotid.project.store import LOOKING, LOOKING_ADVICE
    from spotid.settings import settings

    asked = _said(names)
    if project.looking and (asked or profile or cut_anew):
        raise ProjectReadOnlyError(LOOKING, LOOKING_ADVICE)
    check(profile, **names)
    if profile:
        parts_kept.keep_profiles(project.store, profile)
    line = line_of(project, settings())
    chosen = next((one for one in line.all_profiles if which in (None, one.name)), None)
    if chosen is None:
        known = ", ".join(one.name for one in line.all_profiles)
        raise NotFoundError(f"This project has no profile {which}.", f"It has: {known}.")
    before = line.chosen_of(chosen)
    parts.choose(project, chosen, asked)
    for role, name in asked.items():
        if name != before.of(role):
            click.echo(" ".join(switching.told(line, chosen, role, name)))
    if cut_anew:
        click.echo(f"{cutting.queue(line):,} animals will be cut out anew at the next run.")
    for one in line.all_profiles:
        click.echo(f"{one.name}: {one.title}")
        found = line.chosen_of(one)
        for role in HELP:
            name = found.of(role)
            state = "" if not name or parts.is_here(role, name) else "  (not on this computer)"
            click.echo(f"  {role:<10}  {name or 'none'}{state}")
    if not asked and not profile and not cut_anew:
        _could(parts)


def _could(parts: Any) -> None:
    click.echo("What could be chosen:")
    for role in HELP:
        for option in parts.options(role):
            state = "here" if option.here else "not here"
            click.echo(f"  --{role:<10}  {option.name:<24}  {state:<8}  {option.about}".rstrip())


def register(main: click.Group) -> None:
    """Add the command to the program's own."""
    main.add_command(parts_command)
