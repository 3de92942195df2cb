"""OpenCV without what plays films, on Linux: small libraries of ours stand in the place of FFmpeg's.

The Linux wheels of OpenCV are linked with FFmpeg, which brings OpenSSL 1.1.1k along: its terms don't fit the AGPL, and
nobody mends it any more. SpotID opens no film, so that nothing of it is ever called; but the libraries must be there
when OpenCV is loaded. Each stand-in has the name of the library that it replaces and defines, under the same versions,
the functions that OpenCV asks of it; they do nothing and return 0. What only FFmpeg needs (OpenSSL, libvpx, libdrm)
stays out. ``cv2.VideoCapture`` and ``cv2.VideoWriter`` open nothing then, as with a file that they can't read.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from release.trim import Entry

FFMPEG = ("libavcodec*", "libavdevice*", "libavfilter*", "libavformat*", "libavutil*", "libswresample*", "libswscale*")
TOOLS = ("cc", "readelf")
ADVICE = "Install gcc and binutils (Debian, Ubuntu: sudo apt install gcc binutils)."
NEEDED = "On Linux SpotID is built with a C compiler, which makes the stand-ins for FFmpeg (release/films.py)."
# No C library, no start files, nothing that differs between two runs of one compiler.
FLAGS = ("-shared", "-fPIC", "-O1", "-ffreestanding", "-fno-stack-protector", "-nostdlib")
LINKED = ("-Wl,--build-id=none", "-Wl,--strip-all", "-Wl,-z,noexecstack", "-Wl,-z,relro", "-Wl,-z,now")
# Where 0 would not be taken for a failure: OpenCV writes into a context before it asks whether a film could be opened,
# and shows the text of an error whatever was returned. -38 is ENOSYS, “not implemented”, as FFmpeg tells it.
SPECIAL = {
    "avformat_alloc_context": "static long empty[8192];\nvoid *avformat_alloc_context(void) { return empty; }",
    "avformat_open_input": """extern long write(int, const void *, unsigned long);
int avformat_open_input(void **context) {
    static const char said[] = "SpotID's OpenCV opens no films and no streams.\\n";
    *context = 0;
    write(2, said, sizeof said - 1);
    return -38;
}""",
    "av_strerror": "int av_strerror(int code, char *text, unsigned long size) { if (size) *text = 0; return -1; }",
}


@dataclass(frozen=True)
class Binary:
    """A shared library: the name it gives itself, the libraries it needs, its symbols as (name, version, kind)."""

    name: str = ""
    needs: tuple[str, ...] = ()
    asked: frozenset[tuple[str, str, str]] = field(default=frozenset())
    given: frozenset[tuple[str, str, str]] = field(default=frozenset())


def missing_tools() -> list[str]:
    """The programs that ``replaced`` needs on this system and that can't be found."""
    return [tool for tool in TOOLS if sys.platform == "linux" and not shutil.which(tool)]


def replaced(entries: Iterable[Entry], folder: Path) -> list[Entry]:
    """The entries with stand-ins, made in ``folder``, for FFmpeg, and without what FFmpeg alone needs.

    Unchanged on other systems, and where OpenCV has no FFmpeg. Raises SystemExit, a sentence, where a tool is missing
    or OpenCV asks for more than functions.
    """
    found = list(entries)
    own = {Path(one[0]).name: one for one in found if _is_opencv(one)}
    films = {name for name in own if any(fnmatch(name, pattern) for pattern in FFMPEG)}
    if sys.platform != "linux" or not films:
        return found
    if missing_tools():
        raise SystemExit(f"{NEEDED} Not found: {', '.join(missing_tools())}. {ADVICE}")
    read = {name: binary(Path(one[1])) for name, one in own.items()}
    stays = _reached({name for name, one in own.items() if one[0].startswith("cv2/")}, read, without=films)
    gone = _reached(films, read, without=set()) - stays
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = {}
    for name in sorted(films & {needed for one in stays for needed in read[one].needs}):
        asked = frozenset().union(*(read[one].asked for one in stays))
        made[name] = stand_in(name, functions(name, read[name], asked), folder)
    kept = []
    for entry in found:
        name = Path(entry[0]).name
        if own.get(name) != entry or name not in gone:
            kept.append(entry)
        elif name in made:
            kept.append((entry[0], str(made[name]), entry[2]))
    return kept


def functions(name: str, library: Binary, asked: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    """What of a library is asked for, as (function, version). Raises SystemExit where it isn't a function."""
    wanted = {one[:2] for one in asked}
    found = sorted(one for one in library.given if one[:2] in wanted)
    data = [symbol for symbol, _, kind in found if kind not in ("FUNC", "IFUNC")]
    if data:
        raise SystemExit(f"OpenCV asks {name} for data, which a stand-in can't give: {', '.join(data)}.")
    return [one[:2] for one in found]


def stand_in(name: str, wanted: list[tuple[str, str]], folder: Path) -> Path:
    """Compile the library ``name`` with the functions ``wanted``. Raises SystemExit where that fails or one lacks."""
    library, code, versions = folder / name, folder / f"{name}.c", folder / f"{name}.map"
    code.write_text(source(symbol for symbol, _ in wanted), encoding="utf-8")
    versions.write_text(version_script(wanted), encoding="utf-8")
    line = ["cc", *FLAGS, *LINKED, f"-Wl,-soname,{name}", f"-Wl,--version-script={versions.name}"]
    done = subprocess.run(
        [*line, "-o", library.name, code.name], cwd=folder, capture_output=True, text=True, env=_plain_environment()
    )
    if done.returncode:
        raise SystemExit(f"The stand-in for {name} could not be compiled: {done.stderr.strip()[-500:]} {ADVICE}")
    lacking = sorted(set(wanted) - {one[:2] for one in binary(library).given})
    if lacking:
        raise SystemExit(f"The stand-in for {name} lacks: {', '.join('@'.join(one) for one in lacking)}.")
    return library


def source(symbols: Iterable[str]) -> str:
    """The C text of a stand-in."""
    return "\n".join(SPECIAL.get(name, f"long {name}(void) {{ return 0; }}") for name in symbols) + "\n"


def version_script(wanted: list[tuple[str, str]]) -> str:
    """What tells the linker the version of each function, and to show nothing else."""
    groups: dict[str, list[str]] = {}
    for symbol, version in wanted:
        groups.setdefault(version, []).append(symbol)
    parts = [f"{version} {{ global: {' '.join(f'{one};' for one in names)}" for version, names in groups.items()]
    return "".join(f"{part}{' local: *;' if place == 0 else ''} }};\n" for place, part in enumerate(parts))


def binary(path: Path) -> Binary:
    """What a library asks for and gives, as ``readelf`` tells it. Raises SystemExit where it can't be read."""
    command = ["readelf", "--wide", "--dynamic", "--dyn-syms", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=_plain_environment())
    if done.returncode:
        raise SystemExit(f"{path.name} could not be read: {done.stderr.strip()[-500:]}")
    asked: set[tuple[str, str, str]] = set()
    given: set[tuple[str, str, str]] = set()
    for line in done.stdout.splitlines():
        # number, value, size, kind, binding, visibility, section, name@version or name@@version
        words = line.split()
        if len(words) < 8 or not words[0].rstrip(":").isdigit() or words[4] not in ("GLOBAL", "WEAK", "UNIQUE"):
            continue
        symbol, _, version = words[7].partition("@")
        (asked if words[6] == "UND" else given).add((symbol, version.lstrip("@"), words[3]))
    needs = re.findall(r"\(NEEDED\).*\[(.+)\]", done.stdout)
    names = re.findall(r"\(SONAME\).*\[(.+)\]", done.stdout)
    return Binary("".join(names), tuple(needs), frozenset(asked), frozenset(given))


def _is_opencv(entry: Entry) -> bool:
    """Whether it is a library of OpenCV's wheel."""
    name, _, kind = entry
    return kind in ("BINARY", "EXTENSION") and bool(re.match(r"cv2/|opencv_[a-z_]*\.libs/", name))


def _reached(start: set[str], read: dict[str, Binary], without: set[str]) -> set[str]:
    """``start`` and what of ``read`` it needs, directly or not, but for what lies ``without``."""
    found, waiting = set(), list(start - without)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [one for one in read[name].needs if one in read and one not in without]
    return found


def _plain_environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C"}
