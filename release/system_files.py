"""Libraries that come from the building computer itself, on Linux: Debian tells whose they are and under what terms."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from release.shared_libraries import known

DOCUMENTS = Path("/usr/share/doc")


def packages(paths: Iterable[Path]) -> list[tuple[str, str, str, tuple[Path, ...]]]:
    """(name, version, licence, texts) of the packages that own ``paths``.

    Left out is what comes with Python itself, under its terms, and what the table of shared libraries names.
    Elsewhere than on Linux everything from outside the packages comes with Python. Raises SystemExit.
    """
    base = Path(sys.base_prefix).resolve()
    foreign = sorted({path for path in paths if not path.resolve().is_relative_to(base) and not known(path.name)})
    if sys.platform != "linux" or not foreign:
        return []
    found: dict[str, tuple[str, str, str, tuple[Path, ...]]] = {}
    for path in foreign:
        name, version = _owner(path)
        if not name:
            raise SystemExit(
                f"Nobody owns the library {path}, which the bundle needs: build on Debian or Ubuntu, or name it in "
                "release/libraries.toml."
            )
        text = DOCUMENTS / name / "copyright"
        if name not in found:
            found[name] = (f"{name} (system library)", version, licence_of(text), (text,) if text.is_file() else ())
    return list(found.values())


def licence_of(text: Path) -> str:
    """The short names that a Debian copyright file gives, or a hint."""
    if not text.is_file():
        return ""
    lines = re.findall(r"^License: *(\S[^\n]*)$", text.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    names = list(dict.fromkeys(line.strip() for line in lines))
    return ", ".join(names[:4]) + (" and more" if len(names) > 4 else "") if names else "see its text"


def _owner(path: Path) -> tuple[str, str]:
    """Package and version; both empty where Debian's tools are missing or don't know the file."""
    whole = path.resolve()
    # A system whose /lib is a link to /usr/lib notes files under either name.
    other = Path(str(whole).removeprefix("/usr")) if str(whole).startswith("/usr/") else Path("/usr") / str(whole)[1:]
    for one in (whole, other):
        try:
            told = subprocess.run(["dpkg-query", "-S", str(one)], capture_output=True, text=True)
            if told.returncode == 0:
                name = told.stdout.split(":", 1)[0].split(",")[0].strip()
                version = subprocess.run(
                    ["dpkg-query", "-W", "-f", "${Version}\n", name], capture_output=True, text=True
                ).stdout.splitlines()
                return name, version[0] if version else ""
        except OSError:
            return "", ""
    return "", ""
