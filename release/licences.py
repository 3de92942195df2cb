"""Whose work a bundle carries, and under which terms: one text per work and an index, ``spotid.about.licences``."""

from __future__ import annotations

import json
import platform
import re
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from release import system_files
from release.shared_libraries import Library, known

TEXTS = Path(__file__).resolve().parent / "licence_texts"
NAMES = re.compile(r"licen[cs]e|copying|notice|authors|third.?party|^OFL", re.IGNORECASE)
READABLE = {"", ".txt", ".md", ".rst", ".apache", ".bsd", ".python", ".markdown-it", ".mit"}
# What packages tell too shortly, or wrongly, of themselves.
KNOWN = {
    "pyinstaller": "GPL-2.0-or-later WITH Bootloader-exception",
    "pillow_heif": "BSD-3-Clause (with its libraries: GPL-2.0-or-later)",
    "segment-anything": "Apache-2.0",
}
# Terms under which nothing may be passed on together with a program under the AGPL. "OpenSSL" alone are the old terms,
# of 1.1 and before; from 3.0 on it is Apache-2.0.
FORBIDDEN = re.compile(r"proprietary|non-?commercial|-NC\b|^OpenSSL$", re.IGNORECASE)
# The program's loader is theirs, although none of their modules is imported.
LOADER = {"pyinstaller"}


@dataclass(frozen=True)
class Work:
    """One bundled work with its texts."""

    name: str
    version: str
    licence: str
    texts: tuple[Path, ...]


def gather(sources: Iterable[str], folder: Path, root: Path) -> list[Work]:
    """Write the licences of everything that ``sources`` (the bundled files, where they lay) belong to, to ``folder``.

    ``root`` holds SpotID's own files. Raises SystemExit, a sentence, where something has no text.
    """
    owners, bundled, elsewhere, libraries = _owners(), {}, [], {}
    for source in sorted({source for source in sources if source}):
        path = Path(source)
        owner = owners.get(_plain(path))
        if owner is not None:
            bundled[owner.metadata["Name"]] = owner
        elif not path.is_relative_to(root) and _is_library(path):
            elsewhere.append(path)
        library = known(path.name) if _is_library(path) else None
        if library:
            libraries[library.name] = library
    bundled |= {one.metadata["Name"]: one for one in distributions() if one.metadata["Name"].lower() in LOADER}
    works = [
        python(),
        *(package(one) for one in bundled.values()),
        *(_of_library(one) for one in libraries.values()),
        *(Work(*one) for one in system_files.packages(elsewhere)),
    ]
    bare = [work.name for work in works if not work.texts]
    if bare:
        raise SystemExit(
            f"No licence text was found of: {', '.join(bare)}. What is bundled must bring its terms along: "
            f"put the text into {TEXTS} as NAME.txt."
        )
    closed = [f"{work.name} ({work.licence})" for work in works if FORBIDDEN.search(work.licence)]
    if closed:
        raise SystemExit(f"The terms of what is bundled don't let it travel with SpotID: {', '.join(closed)}.")
    _write(sorted(works, key=lambda work: work.name.lower()), folder)
    return works


def package(one: Distribution) -> Work:
    """A package of the build's environment."""
    name, version = one.metadata["Name"], one.version
    found = [
        Path(str(one.locate_file(file)))
        for file in one.files or []
        if ".dist-info" in file.parts[0]
        and NAMES.search(file.name if len(file.parts) < 3 else "licence")
        and file.suffix.lower() in READABLE
    ]
    texts = sorted(path for path in found if path.is_file()) or _kept(name)
    return Work(name, version, licence_of(one), tuple(texts))


def licence_of(one: Distribution) -> str:
    """The short name of its terms, as the package tells them: the expression, a short text, or the classifiers."""
    told = one.metadata
    if told["Name"] in KNOWN:
        return KNOWN[told["Name"]]
    for name in told.get_all("License-Expression", []):
        return str(name)
    classes = [line.split("::")[-1].strip() for line in told.get_all("Classifier", []) if line.startswith("License ::")]
    text = " ".join(" ".join(told.get_all("License", [])).split())
    if text and len(text) <= 80:
        return text
    return ", ".join(classes) or "see its text"


def python() -> Work:
    """The Python inside the bundle."""
    standard = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    places = (standard, Path(sys.base_prefix) / "LICENSE.txt", TEXTS / "Python.txt")
    return Work("Python", platform.python_version(), "PSF-2.0", (next(path for path in places if path.is_file()),))


def _of_library(library: Library) -> Work:
    return Work(library.name, "", library.licence, tuple(TEXTS / name for name in library.texts))


def _kept(name: str) -> list[Path]:
    path = TEXTS / f"{name}.txt"
    return [path] if path.is_file() else []


def _owners() -> dict[str, Distribution]:
    """The package that each installed file belongs to."""
    return {
        _plain(Path(str(one.locate_file(file)))): one
        for one in distributions()
        for file in one.files or []
        if ".dist-info" not in file.parts[0]
    }


def _plain(path: Path) -> str:
    return str(path.resolve())


def _is_library(path: Path) -> bool:
    # The old OpenSSL ends in a letter: libssl.so.1.1.1k
    return bool(re.search(r"\.(so(\.[0-9][0-9a-z.]*)?|dylib|dll|pyd)$", path.name.lower()))


def _write(works: list[Work], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*"):
        old.unlink()
    index = []
    for work in works:
        file = re.sub(r"[^a-z0-9.]+", "-", work.name.lower()).strip("-") + ".txt"
        parts = [path.read_text(encoding="utf-8", errors="replace").rstrip() for path in work.texts]
        rule = "\n\n" + "-" * 78 + "\n\n"
        (folder / file).write_text(rule.join(dict.fromkeys(parts)) + "\n", encoding="utf-8")
        index.append({"name": work.name, "version": work.version, "licence": work.licence, "file": file})
    (folder / "licences.json").write_text(json.dumps(index, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
