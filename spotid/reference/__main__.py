"""Writes the reference chapters; with ``--check`` only says which are out of step."""

from __future__ import annotations

import sys

from spotid.reference import folder, stale, write


def main(arguments: list[str]) -> int:
    """0 where all pages are current, or were written; 1 where ``--check`` finds one that is not."""
    if arguments == ["--check"]:
        for name in (names := stale()):
            print(f"{name}.md does not say what the code says: run python -m spotid.reference")
        return 1 if names else 0
    if arguments:
        print("python -m spotid.reference [--check]", file=sys.stderr)
        return 2
    folder().mkdir(parents=True, exist_ok=True)
    changed = write()
    print("Written: " + ", ".join(changed) if changed else "All pages were current.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
