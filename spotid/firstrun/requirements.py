"""The sets of pinned packages: which files they stand in, and a fingerprint that changes when a pin does."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys

# From small to large; each holds the ones before it.
FILES = {"core": "requirements-core.txt", "models": "requirements.txt", "test": "requirements-test.txt"}


def pins(root: str, name: str) -> list[str]:
    """The requirement lines of the set ``name``, those of included files too, without comments; order kept.

    Two files may pin one package alike, as pip allows: it counts once.
    """
    return list(dict.fromkeys(read_pins(os.path.join(root, FILES[name]))))


def read_pins(path: str) -> list[str]:
    """The requirement lines of one file and of the files that it includes with ``-r``."""
    found: list[str] = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            text = re.sub(r"(^|\s)#.*$", "", line).strip()
            if text.startswith("-r "):
                found += read_pins(os.path.join(os.path.dirname(path), text[3:].strip()))
            elif text:
                found.append(text)
    return found


def fingerprint(root: str, name: str) -> str:
    """A hash of the set's pins. Comments and blank lines do not count: editing them must not cost a set-up."""
    return hashlib.sha256("\n".join(pins(root, name)).encode()).hexdigest()


def count_here(lines: list[str]) -> int:
    """How many of the pins apply to this kind of computer."""
    return sum(_applies(line) for line in lines)


def _applies(line: str) -> bool:
    """Whether a pin's condition holds; ours compare the system and the processor, joined by "and" or by "or"."""
    here = {"sys_platform": sys.platform, "platform_machine": platform.machine()}
    condition = line.partition(";")[2]
    tests = re.findall(r'(\w+) (==|!=) "([^"]*)"', condition)
    held = [(here[name] == value) == (sign == "==") for name, sign, value in tests]
    return any(held) if " or " in condition else all(held)


def held_by(name: str) -> list[str]:
    """The sets that are installed once ``name`` is: itself and the smaller ones."""
    names = list(FILES)
    return names[: names.index(name) + 1]
