"""The self-check: whether this copy of SpotID is whole and works on this computer, a line for each thing looked at.

Everything heavy is loaded in a child process, which tells what it is about to try: on an old computer a library may end
its process without a word (a processor that lacks what it was built for), and then it is known which one did. Another
child goes on with the rest.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from spotid import about, own_folder, seal
from spotid.errors import SpotIDError
from spotid.jobs import selfcheck_parts
from spotid.jobs.child import command
from spotid.places import program_folder, projects_folder, user_path

KIND = "self-check"
LEAST_GB, LEAST_MEMORY_GB = 2.0, 3.5
INSTALL = "Unpack SpotID anew; if an antivirus program took files away, tell it to leave SpotID’s folder alone."


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was looked at: what, whether it is as it should be, and what is to be said or done."""

    what: str
    ok: bool
    sentence: str = ""
    advice: str = ""


def look(*, seconds: float = 300.0) -> Iterator[Said]:
    """Look at everything, one after the other; ``seconds`` is the limit for each child."""
    yield _files()
    yield _seals()
    yield _folder()
    yield _room()
    yield _memory()
    yield from _in_children(seconds)


def of_browser(name: str) -> Said:
    """What is said of the browser that would be opened; an empty name: none was found."""
    advice = "Install one, Firefox say; or open the address that SpotID shows in a browser yourself."
    return Said("Browser", bool(name), name or "None was found.", "" if name else advice)


def work(parts: list[str], out: TextIO) -> int:
    """The child: try parts by name; one JSON object a line: ``{"begun": name}``, then ``{"said": …}``."""

    def say(**event: Any) -> None:
        out.write(json.dumps(event) + "\n")
        out.flush()

    for name in parts:
        say(begun=name)
        try:
            sentence = selfcheck_parts.PARTS[name]()
            say(said=asdict(Said(name, True, sentence)))
        except SpotIDError as error:
            say(said=asdict(Said(name, False, error.sentence, error.advice)))
        except BaseException as error:  # whatever a library raises, SystemExit included
            told = f"{type(error).__name__}: {error}".splitlines()[0][:300]
            say(said=asdict(Said(name, False, f"It does not work here ({told}).", _advice())))
    return 0


def parts_here() -> list[str]:
    """What can be tried in this copy: a core bundle has no large libraries; a checkout those that are installed."""
    flavour = about.build().flavour
    wanted = [name for name in selfcheck_parts.PARTS if name not in selfcheck_parts.FULL]
    if flavour == "full":
        return [*wanted, *selfcheck_parts.FULL]
    return [*wanted, *(name for name in selfcheck_parts.FULL if flavour == "source" and _installed(name))]


def _in_children(seconds: float) -> Iterator[Said]:
    left = parts_here()
    while left:
        begun, told, why = "", 0, ""
        for event in _child(left, seconds):
            if "begun" in event:
                begun = str(event["begun"])
            elif "said" in event:
                told += 1
                yield Said(**event["said"])
            else:
                why = str(event.get("ended", ""))
        left = left[told:]
        if left:  # the child has ended with this one in hand
            name = begun if begun == left[0] else left[0]
            yield Said(name, False, f"It ends the program without a word ({why}).", _advice())
            left = left[1:]


def _child(parts: list[str], seconds: float) -> Iterator[dict[str, Any]]:
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "creationflags": hidden}
    try:
        done = subprocess.run(
            command({"kind": KIND, "parts": parts}),
            stdout=subprocess.PIPE,
            timeout=seconds,
            cwd=program_folder(),
            check=False,
            **quiet,
        )
        content, why = done.stdout, f"code {done.returncode}"
    except subprocess.TimeoutExpired as error:
        content, why = error.stdout or b"", f"no end within {seconds:.0f} seconds"
    except OSError as error:
        content, why = b"", error.strerror or str(error)
    for line in content.splitlines():
        with contextlib.suppress(ValueError):
            event = json.loads(line)
            if isinstance(event, dict):
                yield event
    yield {"ended": why}


def _files() -> Said:
    gone = about.missing()
    if not gone:
        return Said("Files of the program", True, "All there." if about.build().flavour != "source" else "From source.")
    more = f" and {len(gone) - 3:,} more" if len(gone) > 3 else ""
    return Said("Files of the program", False, f"Missing or cut short: {', '.join(gone[:3])}{more}.", INSTALL)


def _seals() -> Said:
    broken, count = [], 0
    try:
        names = list(json.loads(seal.SEALS.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Said("Built-in weights", False, "The list of seals can't be read.", INSTALL)
    for name in names:
        count += 1
        try:
            seal.content(seal.PACKAGE / name)
        except SpotIDError as error:
            broken.append(error.sentence)
    if broken:
        return Said("Built-in weights", False, " ".join(broken[:3]), INSTALL)
    return Said("Built-in weights", True, f"{count} files fit their seals.")


def _folder() -> Said:
    try:
        own_folder.check()
    except SpotIDError as error:
        return Said("SpotID’s own folder", False, error.sentence, error.advice)
    return Said("SpotID’s own folder", True, str(user_path()))


def _room() -> Said:
    place = next((one for one in (projects_folder(), *projects_folder().parents) if one.is_dir()), Path.home())
    try:
        free = shutil.disk_usage(place).free / 1e9
    except OSError as error:
        return Said(
            "Room on the disk", False, f"It can't be told: {error.strerror}.", "Choose another disk for projects."
        )
    advice = "Make room, or keep projects on another disk." if free < LEAST_GB else ""
    return Said("Room on the disk", free >= LEAST_GB, f"{free:.1f} GB are free where new projects are kept.", advice)


def _memory() -> Said:
    import psutil

    total = psutil.virtual_memory().total / 1e9
    advice = "" if total >= LEAST_MEMORY_GB else "Close other programs while a run goes on."
    return Said("Memory", total >= LEAST_MEMORY_GB, f"{total:.1f} GB.", advice)


def _installed(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


def _advice() -> str:
    if about.build().flavour == "source":
        return "Delete the folder .venv and start again, so that all packages are installed anew."
    return f"{INSTALL} If that does not help, this computer may be too old for it: report the problem."
