"""Going on in the environment's own Python."""

from __future__ import annotations

import os
import sys

from spotid.firstrun.foreign import clean_environment


def hand_over(python: str, args: list[str]) -> int:
    """Replace this process by ``python args``; on Windows, which can't, wait for it and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    if os.name != "nt":
        os.execve(python, [python, *args], clean_environment())
    import subprocess

    child = subprocess.Popen([python, *args], env=clean_environment())
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the child got it too and decides what to do
