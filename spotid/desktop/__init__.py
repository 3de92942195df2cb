"""What a person meets between the double-click and the page: the status window, and troubles that are shown."""

from __future__ import annotations


def start(args: list[str]) -> int:
    """The program with its window. ``args``: ``demo``, a project's folder, ``--port N``, ``--no-browser``, or nothing.

    Gives the exit code; never ends in silence.
    """
    from spotid.desktop import program

    return program.start(args)
