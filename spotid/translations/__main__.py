"""``python -m spotid.translations`` gathers all texts, updates the ``.po`` files and compiles them.

With ``--check`` nothing is written; the exit code tells whether the catalogues are complete and in step.
"""

from __future__ import annotations

import sys

from spotid.translations import catalogues


def main(arguments: list[str]) -> int:
    """Update everything, or only look; gives the exit code."""
    try:
        faults = catalogues.faults() if "--check" in arguments else catalogues.update()
    except ModuleNotFoundError as error:
        print(f"{error.name} is missing. Install what the tests need: python3 launch.py test --version")
        return 2
    for fault in faults:
        print(fault)
    print("Everything is translated." if not faults else f"{len(faults)} texts need a hand.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
