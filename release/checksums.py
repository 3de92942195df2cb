#!/usr/bin/env python3
"""Write SHA256SUMS for the files of a release, or compare them with it. Standard library only.

    python release/checksums.py DIR
    python release/checksums.py DIR --check

The file is the one that ``sha256sum --check SHA256SUMS`` reads on Linux and ``shasum -a 256 -c SHA256SUMS`` on macOS.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

NAME = "SHA256SUMS"


def files(folder: Path) -> list[Path]:
    """The files of the release, by name: those directly in the folder, without hidden ones and the list itself."""
    return sorted(
        one for one in folder.iterdir() if one.is_file() and one.name != NAME and not one.name.startswith(".")
    )


def sum_of(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(folder: Path) -> str:
    """Write the list and give its text. Raises SystemExit where there is nothing to list."""
    found = files(folder)
    if not found:
        raise SystemExit(f"There is no file in {folder}.")
    text = "".join(f"{sum_of(path)}  {path.name}\n" for path in found)
    (folder / NAME).write_bytes(text.encode())  # bytes: on Windows a text would get line ends that sha256sum refuses
    return text


def check(folder: Path) -> list[str]:
    """What does not agree with the list, a sentence each; files that it does not name count too."""
    try:
        lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        return [f"{NAME} can't be read: {error.strerror}."]
    listed = {name: value for value, _, name in (line.partition("  ") for line in lines)}
    found = {path.name: path for path in files(folder)}
    wrong = [f"{name} is missing." for name in sorted(listed.keys() - found.keys())]
    wrong += [f"{name} is not in {NAME}." for name in sorted(found.keys() - listed.keys())]
    return wrong + [f"{name} differs." for name in sorted(listed.keys() & found) if sum_of(found[name]) != listed[name]]


def main(arguments: list[str] | None = None) -> int:
    """0 when written, or when everything agrees."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--check", action="store_true", help="compare the files with the list instead of writing it")
    options = parser.parse_args(arguments)
    if not options.check:
        print(write(options.folder), end="")
        return 0
    wrong = check(options.folder)
    print("\n".join(wrong) or f"Everything agrees with {NAME}.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
