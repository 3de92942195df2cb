"""Every command of the command line with its arguments and options."""

from __future__ import annotations

from collections.abc import Iterator

import click

from spotid.reference import marks

LEAD = """\
Everything that the pages do can be done without a page. With the unpacked program the command line is `spotid-cli`;
with Python it is `python3 launch.py`; where SpotID was installed as a package, it is `spotid`. Words in capitals stand
for something of yours. `COMMAND --help` says the same as this page."""


def page() -> str:
    """The page, as Markdown."""
    from spotid.cli import main

    chapters = [_chapter(name, told) for name, told in _all(main)]
    return marks.page("Commands", LEAD, *chapters, _codes())


def _all(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command by its whole name; those of a group follow it."""
    for name in sorted(group.commands):
        told = group.commands[name]
        yield before + name, told
        if isinstance(told, click.Group):
            yield from _all(told, f"{before}{name} ")


def _chapter(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name)
    usage = " ".join(["spotid", name, *command.collect_usage_pieces(context)])
    said = "\n\n".join(marks.plain(part) for part in (command.help or "").replace("\b", "").split("\n\n"))
    parts = [f"```text\n{usage}\n```\n", f"{said}\n"]
    rows = [_option(one, context) for one in command.params if isinstance(one, click.Option) and not one.hidden]
    if rows:
        parts.append(marks.table(("option", "default", "what it does"), rows))
    return marks.chapter(name, "", "\n".join(parts))


def _option(option: click.Option, context: click.Context) -> tuple[str, str, str]:
    names = ", ".join(marks.code(one) for one in (*option.opts, *option.secondary_opts))
    if not option.is_flag:
        names += f" {option.make_metavar(context)}"
    default = option.get_default(context)
    if option.required:
        shown = "*needed*"
    elif option.is_flag or callable(default) or not isinstance(default, str | int | float) or default == "":
        shown = ""
    else:
        shown = marks.code(str(default))
    return names, shown, marks.plain(option.help or "")


def _codes() -> str:
    text = (
        "A command that did its work ends with 0, one that was called wrongly with 2, one that met something unexpected"
        " with 70; [errors](errors.md) has the others. What went wrong is said in words on the standard error"
        " output, so that the standard output can be handed on.\n"
    )
    return marks.chapter("What a command ends with", "", text)
