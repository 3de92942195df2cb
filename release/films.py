"""What wheels bring along and never use, left out on Linux: small libraries of ours stand in their place.

OpenCV is linked with FFmpeg, which brings OpenSSL 1.1.1k along: its terms don't fit the AGPL, and nobody mends it any
more. SpotID opens no film with OpenCV, so that nothing of it is ever called. PyAV reads the films, and is linked with
all that could write them, play them aloud, show them or fetch them; pillow-heif with what writes HEIC; PROJ with what
fetches grids from the network. None of it is ever called, but the libraries must be there when what needs them is
loaded. Each stand-in has the name of the library that it replaces and defines, under the same versions, what is asked
of it; the functions do nothing and return 0. What only the replaced libraries need (OpenSSL, libdrm, …) stays out.
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
# Of FFmpeg in PyAV: encoders (x264, x265, SVT-AV1, lame, webp), decoders that FFmpeg has itself (vpx, opus, opencore),
# graphics cards (vpl), filters, the network (gnutls), sound and screens (asound, xcb). What decodes AV1 (dav1d) stays.
UNUSED: tuple[str, ...] = (
    "libx264*",
    "libx265*",
    "libSvtAv1Enc*",
    "libvpx*",
    "libwebp*",
    "libmp3lame*",
    "libopus*",
    "libopencore*",
)
UNUSED += ("libvpl*", "libavfilter*", "libgnutls*", "libasound*", "libxcb*", "libdrm*")


@dataclass(frozen=True)
class Wheel:
    """A wheel that is changed: its modules and libraries in the bundle, as regular expressions; what is replaced."""

    name: str
    modules: str
    libraries: str
    unused: tuple[str, ...]


WHEELS = (
    Wheel("OpenCV", "cv2/", r"opencv_[a-z_]*\.libs/", FFMPEG),
    Wheel("PyAV", "av/", r"av\.libs/", UNUSED),
    Wheel("pillow-heif", "_pillow_heif", r"pillow_heif\.libs/", ("libx265*",)),
    Wheel("pyproj", "pyproj/", r"pyproj\.libs/", ("libcurl*",)),
)
TOOLS = ("cc", "readelf")
ADVICE = "Install gcc and binutils (Debian, Ubuntu: sudo apt install gcc binutils)."
NEEDED = "On Linux SpotID is built with a C compiler, which makes the stand-ins for libraries (release/films.py)."
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
    # Texts that PyAV reads when it is loaded, and a table that nobody reads.
    "avfilter_configuration": 'const char *avfilter_configuration(void) { return ""; }',
    "avfilter_license": 'const char *avfilter_license(void) { return ""; }',
    "x264_levels": "const long x264_levels[512];",
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
    """The entries with stand-ins, made in ``folder``, for what is never used, and without what that alone needs.

    Unchanged on other systems, and where nothing of the kind is there. Raises SystemExit, a sentence, where a tool is
    missing or a wheel asks for more than functions.
    """
    found = list(entries)
    if sys.platform != "linux":
        return found
    shutil.rmtree(folder, ignore_errors=True)
    for wheel in WHEELS:
        found = _without(wheel, found, folder)
    return found


def _without(wheel: Wheel, found: list[Entry], folder: Path) -> list[Entry]:
    # Libraries are asked for by their names alone; modules in two folders may be named alike.
    own = {Path(one[0]).name: one for one in found if _belongs(one, wheel.libraries)}
    modules = {one[0]: one for one in found if _belongs(one, wheel.modules)}
    unused = {name for name in own if any(fnmatch(name, pattern) for pattern in wheel.unused)}
    if not unused:
        return found
    if missing_tools():
        raise SystemExit(f"{NEEDED} Not found: {', '.join(missing_tools())}. {ADVICE}")
    read = {name: binary(Path(one[1])) for name, one in (own | modules).items()}
    stays = _reached(set(modules), read, without=unused)
    gone = _reached(unused, read, without=set()) - stays
    # Two wheels may bring libraries of one name.
    made, place = {}, folder / wheel.name
    place.mkdir(parents=True)
    for name in sorted(unused & {needed for one in stays for needed in read[one].needs}):
        asked = frozenset().union(*(read[one].asked for one in stays))
        made[name] = stand_in(name, functions(name, read[name], asked, wheel.name), place)
    kept = []
    for entry in found:
        name = Path(entry[0]).name
        if own.get(name) != entry or name not in gone:
            kept.append(entry)
        elif name in made:
            kept.append((entry[0], str(made[name]), entry[2]))
    return kept


def functions(
    name: str, library: Binary, asked: Iterable[tuple[str, str, str]], who: str = "OpenCV"
) -> list[tuple[str, str]]:
    """What of a library is asked for, as (function, version). Raises SystemExit where it isn't a function."""
    wanted = {one[:2] for one in asked}
    found = sorted(one for one in library.given if one[:2] in wanted)
    data = [symbol for symbol, _, kind in found if kind not in ("FUNC", "IFUNC") and symbol not in SPECIAL]
    if data:
        raise SystemExit(f"{who} asks {name} for data, which a stand-in can't give: {', '.join(data)}.")
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


def _belongs(entry: Entry, where: str) -> bool:
    """Whether it is a library whose name in the bundle begins so."""
    name, _, kind = entry
    return kind in ("BINARY", "EXTENSION") and bool(re.match(where, name))


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
