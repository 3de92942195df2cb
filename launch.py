#!/usr/bin/env python3
"""SpotID's front door: sets the program up on its first start, then opens it.

Only the standard library is used, and this file keeps to what Python 3.8 can read, so that an old Python gets a
sentence instead of a syntax error. Everything else of the set-up lives in ``spotid/firstrun``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
OLDEST = (3, 11)
# Which set of packages a command needs; every other command needs the core set.
SETS = {"models": "models", "test": "test"}

HELP = """\
SpotID tells individual patterned animals apart in camera-trap photographs.

  python3 launch.py                    open the program in the browser
  python3 launch.py demo               open it with the small sample survey
  python3 launch.py run FOLDER ...     any command of the command line; "run --help" explains one,
                                       "commands" lists them all
  python3 launch.py models             install the packages that run the published models as well; with a word
                                       after it, such as "models list", a command of the command line
  python3 launch.py test [...]         check the program itself; what follows is handed to pytest
  python3 launch.py --version          say which version this is
  python3 launch.py --help             this text; installs nothing

  --no-browser                         with the first two: start the server, open no window
  --window                             with a small window of its own, as the installed program has

The first start makes the folder .venv beside this file and installs the packages that SpotID needs into it; that takes
a minute or two with a good connection. Nothing outside that folder is changed, and deleting it undoes the set-up. A
set-up that was interrupted goes on with the next start. Where there is no connection, a folder named wheels beside this
file is used instead; fill it elsewhere, on the same kind of computer, with
  python3 -m pip download -r requirements-core.txt -d wheels
"""


def unsuitable(version: tuple[Any, ...], largest: int, others: Iterable[str] = ()) -> str:
    """The sentence that says why this Python can't run SpotID, or an empty one.

    ``version`` is sys.version_info, ``largest`` sys.maxsize, ``others`` the names of newer Pythons on this computer.
    """
    found = version[:3]
    wanted = ".".join(str(part) for part in OLDEST)
    if found[:2] < OLDEST:
        said = ".".join(str(part) for part in found)
        advice = "Install a newer one from python.org and start again."
        for other in others:
            advice = f"This computer has a newer one: start with “{other} launch.py”."
            break
        return f"SpotID needs Python {wanted} or newer; this is Python {said}. {advice}"
    if largest < 2**32:
        return "SpotID needs a 64-bit Python; this one is 32-bit. Install the 64-bit one from python.org."
    return ""


def newer_pythons() -> list[str]:
    """Names of Pythons on the search path that are new enough, the best supported first."""
    import subprocess

    found = []
    for name in ("python3.13", "python3.12", "python3.11", "python3.14"):
        try:
            # Asked rather than looked up: a name on the path may be an empty shell of a version manager.
            if subprocess.run([name, "-c", ""], capture_output=True, timeout=10).returncode == 0:
                found.append(name)
        except (OSError, subprocess.SubprocessError):
            pass
    return found


def command_line(args: list[str]) -> list[str]:
    """The program's own command line: no command means opening the app, options alone belong to it as well."""
    if args[:1] == ["commands"]:
        return ["--help"]
    if not args or (args[0].startswith("-") and args[0] not in ("--help", "-h", "--version")):
        return ["app", *args]
    return args


def set_for(args: list[str]) -> str:
    """The set of packages that a command needs. “models” alone installs; “models list” and the like only use."""
    return "core" if not args or (args[0] == "models" and len(args) > 1) else SETS.get(args[0], "core")


def windowed() -> bool:
    """Whether this is the program that is double-clicked: any name of the frozen one but that of the command line."""
    return bool(getattr(sys, "frozen", False)) and "spotid-cli" not in os.path.basename(sys.executable).lower()


def start(args: list[str]) -> int:
    """Hand over to the program, inside the environment that holds its packages."""
    if HERE not in sys.path and not getattr(sys, "frozen", False):
        sys.path.insert(0, HERE)
    if args[:1] == ["--worker"]:
        from spotid.jobs.worker import main as work

        return int(work(args[1:]) or 0)
    if windowed() or args[:1] == ["--window"]:
        from spotid.desktop import start as open_window

        return open_window(args)
    from spotid.cli import main as program

    return int(program(args=command_line(args), prog_name="spotid") or 0)


def say(text: str) -> None:
    """A line for the person at the keyboard; kept off standard output, which belongs to the commands."""
    if sys.stderr is not None:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def main(argv: list[str] | None = None) -> int:
    """Set up if need be, then run ``argv``; returns the exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A console that can't show a letter of a folder's name must not end the program.
            stream.reconfigure(errors="replace")
    if getattr(sys, "frozen", False):
        import multiprocessing

        multiprocessing.freeze_support()
        if (args[:1] == ["test"] or args == ["models"]) and not windowed():
            say(f"The installed program has no command “{args[0]}”; it needs a source checkout.")
            return 2
        return start(args)

    sentence = unsuitable(sys.version_info, sys.maxsize)
    if sentence:
        say(unsuitable(sys.version_info, sys.maxsize, newer_pythons()))
        return 1
    if args[:1] in (["--help"], ["-h"], ["help"]):
        print(HELP, end="")
        return 0
    if HERE not in sys.path:
        sys.path.insert(0, HERE)
    from spotid.firstrun.environment import Environment
    from spotid.firstrun.troubles import Trouble

    environment = Environment(HERE)
    try:
        environment.make_ready(set_for(args))
        if args == ["models"]:
            say("The packages for the published models are installed.")
            return 0
        if args[:1] == ["test"]:
            from spotid.firstrun.checks import run_checks

            return run_checks(environment, args[1:])
        if not environment.is_inside():
            return environment.hand_over([os.path.join(HERE, "launch.py"), *args])
    except Trouble as trouble:
        say(trouble.text())
        return trouble.exit_code
    except KeyboardInterrupt:
        say("\nStopped. The next start goes on from here.")
        return 130
    return start(args)


if __name__ == "__main__":
    sys.exit(main())
