"""What a report tells of the program and the computer: nothing of its owner."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path

from spotid import __version__
from spotid.about import build, missing
from spotid.places import projects_folder, user_path

LIBRARIES = ("numpy", "pillow", "opencv-python", "opencv-python-headless", "faiss-cpu", "flask", "waitress", "torch")


def lines(screen: str = "") -> list[str]:
    """One fact a line."""
    import psutil

    this, memory = build(), psutil.virtual_memory()
    gone = missing()
    told = [
        f"SpotID {__version__}, flavour {this.flavour}" + (f", commit {this.commit}" if this.commit else ""),
        f"made {this.made_at}" if this.made_at else "",
        "files of the program: " + (f"{len(gone)} missing or damaged: {', '.join(gone[:5])}" if gone else "all there"),
        f"system: {platform.platform()}, {platform.machine()}",
        f"Python {platform.python_version()}, {'frozen' if getattr(sys, 'frozen', False) else 'from source'}",
        f"processors: {os.cpu_count()}",
        f"memory: {_gb(memory.total)} in all, {_gb(memory.available)} free",
        f"memory of this program: {_gb(psutil.Process().memory_info().rss)}",
        *(f"free on the disk of {what}: {free(folder)}" for what, folder in _disks()),
        f"screen: {screen}" if screen else "",
        "libraries: " + ", ".join(f"{name} {version}" for name in LIBRARIES if (version := _version(name))),
    ]
    return [line for line in told if line]


def free(folder: Path) -> str:
    """How much room is left where a folder lies, or will lie."""
    for place in (folder, *folder.parents):
        try:
            return _gb(shutil.disk_usage(place).free)
        except OSError:
            continue
    return "unknown"


def _disks() -> tuple[tuple[str, Path], ...]:
    return ("the program’s notes", user_path()), ("new projects", projects_folder())


def _gb(count: float) -> str:
    return f"{count / 1e9:.1f} GB"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
