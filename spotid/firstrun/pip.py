"""Running pip and the venv module: output into the log, progress on the screen, failures as sentences."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TextIO

from spotid.firstrun.foreign import clean_environment
from spotid.firstrun.progress import Progress
from spotid.firstrun.troubles import explain


def create(folder: str, log: TextIO) -> None:
    """Make a virtual environment in ``folder``. Raises Trouble."""
    result = subprocess.run(
        [sys.executable, "-m", "venv", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        errors="replace",
        env=clean_environment(),
    )
    log.write(result.stdout)
    log.flush()
    if result.returncode:
        raise explain(result.stdout, result.returncode, log.name)


def works(python: str) -> bool:
    """Whether ``python`` starts, is new enough and has a pip that can be imported."""
    try:
        asked = [python, "-c", "import sys, pip._internal.cli.main; sys.exit(sys.version_info < (3, 11))"]
        return subprocess.run(asked, capture_output=True, env=clean_environment()).returncode == 0
    except OSError:
        return False


def install(python: str, file: str, total: int, site: str, log: TextIO, wheels: str, hold: int, show: bool) -> None:
    """Install the requirement ``file`` with ``python``'s pip. Raises Trouble.

    ``total`` packages are asked for and go into the folder ``site``. ``wheels`` is a folder of packages to use instead
    of the network, or empty. ``hold`` is the handle of the set-up lock: pip inherits it, so that the lock outlives a
    killed parent for as long as pip writes. ``show`` is False where nothing should appear on the screen.
    """
    # Fetched files are kept beside the environment, not in the home folder, until all is in place: an interrupted
    # set-up takes them from there. Large ones are unpacked there as well, because a small /tmp would run full.
    fetched = os.path.join(os.path.dirname(log.name), "fetched")
    downloads = os.path.join(os.path.dirname(log.name), "tmp")
    shutil.rmtree(downloads, ignore_errors=True)
    os.makedirs(downloads, exist_ok=True)
    command = [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    # Building from source needs a compiler, takes long and fails in ways nobody in the field can mend.
    command += ["--no-warn-script-location", "--only-binary", ":all:", "-r", file]
    if wheels:
        command += ["--no-index", "--find-links", wheels]
    variables = {**clean_environment(), "PIP_USER": "0", "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    variables["PIP_CACHE_DIR"] = fetched
    variables.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP"), downloads))
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        errors="replace",
        env=variables,
        pass_fds=() if os.name == "nt" else (hold,),
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        with Progress(sys.stderr if show else None, total, downloads, site) as progress:
            for line in process.stdout:
                log.write(line)
                log.flush()
                said.append(line)
                progress.line(line)
        process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        process.stdout.close()
        shutil.rmtree(downloads, ignore_errors=True)
    if process.returncode:
        raise explain("".join(said), process.returncode, log.name)
    shutil.rmtree(fetched, ignore_errors=True)


def clear_interrupted(site: str) -> None:
    """Remove what an interrupted pip left: without this it would take half a package for a whole one.

    pip writes a package's RECORD last, and keeps the files of a package that it replaces under a name with "~".
    """
    if not os.path.isdir(site):
        return
    for name in os.listdir(site):
        path = os.path.join(site, name)
        half = name.endswith(".dist-info") and not os.path.exists(os.path.join(path, "RECORD"))
        if half or name.startswith("~"):
            shutil.rmtree(path, ignore_errors=True)
