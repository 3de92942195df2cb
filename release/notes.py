#!/usr/bin/env python3
"""The text of a release, from CHANGELOG.md. Standard library only.

    python release/notes.py --out build/notes.md [--tag v1.2.3]

With ``--tag``, the tag must be ``v`` and the version in spotid/__init__.py, and CHANGELOG.md must have a chapter for
it. Without it, as in a rehearsal, the chapter "Unreleased" will do.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLOSING = """
---

`SHA256SUMS` holds the checksums of every file; `docs/engineer/release.md` says how to compare them and how to see where
a bundle was built. **core** has the built-in parts, **full** the packages and weights of the published models as well.
"""


def version() -> str:
    """SpotID's version, read without importing it."""
    text = (ROOT / "spotid" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    if not found:
        raise SystemExit("spotid/__init__.py names no version.")
    return found[1]


def chapter(text: str, name: str) -> str:
    """What stands under “## NAME” or “## NAME - day” in the changelog; empty where there is no such chapter."""
    found = re.search(rf"^## \[?{re.escape(name)}\]?(?:[ \t][^\n]*)?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def notes(changelog: str, tag: str) -> str:
    """The text. Raises SystemExit where the tag, the version and the changelog do not belong together."""
    known = version()
    if tag and tag != f"v{known}":
        raise SystemExit(f"The tag is {tag}, but spotid/__init__.py says {known}: it would have to be v{known}.")
    said = chapter(changelog, known) or ("" if tag else chapter(changelog, "Unreleased"))
    if not said:
        raise SystemExit(f"CHANGELOG.md has no chapter “## {known}”: rename “Unreleased” and say when it came out.")
    return said + "\n" + CLOSING


def main(arguments: list[str] | None = None) -> int:
    """0 when the text is written."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--tag", default="", help="the tag that is released; empty in a rehearsal")
    options = parser.parse_args(arguments)
    text = notes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), options.tag)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text, encoding="utf-8")
    print(f"{options.out}: {len(text.splitlines())} lines for version {version()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
