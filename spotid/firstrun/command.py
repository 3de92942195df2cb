"""The command ``spotid`` inside the environment, and the path file that lets it find the checkout."""

from __future__ import annotations

import glob
import os
import shlex

PROGRAM = "import sys; from spotid.cli import main; sys.exit(main(prog_name='spotid'))"
SHELL = '#!/bin/sh\nexec {python} -c "{program}" "$@"\n'
BATCH = '@"%~dp0python.exe" -c "{program}" %*\n'


def site_folder(environment: str) -> str:
    """The folder that packages are installed into; empty before the environment exists."""
    if os.name == "nt":
        return os.path.join(environment, "Lib", "site-packages")
    found = sorted(glob.glob(os.path.join(glob.escape(environment), "lib", "python3*", "site-packages")))
    return found[-1] if found else ""


def write_command(root: str, scripts: str, site: str) -> None:
    """Make ``spotid`` runnable from ``scripts`` and importable in every process of the environment.

    Not ``pip install -e``: that fetches a build tool from the network.
    """
    with open(os.path.join(site, "spotid-checkout.pth"), "w", encoding="ascii") as file:
        # Python before 3.13 reads these files in the computer's own encoding, so letters outside ASCII are escaped;
        # a line that starts with "import" is run.
        file.write(f"import sys; sys.path.append({root!a})\n")
    if os.name == "nt":
        with open(os.path.join(scripts, "spotid.cmd"), "w", encoding="ascii", newline="\r\n") as file:
            file.write(BATCH.format(program=PROGRAM))
        return
    path = os.path.join(scripts, "spotid")
    with open(path, "w", encoding="utf-8") as file:
        # A shell script, because a "#!" line can't hold a path with spaces.
        file.write(SHELL.format(python=shlex.quote(os.path.join(scripts, "python")), program=PROGRAM))
    os.chmod(path, 0o755)
