"""What the bundle leaves out, with what that saves on Linux; everything here was measured with the core flavour."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

Entry = tuple[str, str, str]  # name in the bundle, file on this computer, PyInstaller's kind

# Never needed by the running program, whatever a library's own list of imports says.
MODULES = (
    "IPython",
    "PIL._avif",  # 5 MB for pictures that no camera trap makes
    "PyInstaller",
    "_pytest",
    "babel",
    "curses",  # with readline: libraries of the building system, for prompts that SpotID doesn't show
    "lib2to3",
    "numpy.f2py",
    "pip",
    "pydoc_data",
    "pygments",  # 4 MB, in both programs: rich colours source texts with it, which SpotID never shows
    "pytest",
    "readline",
    "tkinter.test",
)
MODEL_PACKAGES = (
    "torch",
    "torchvision",
    "ultralytics",
    "segment_anything",
    "timm",
    "kornia",
    "kornia_rs",
    "matplotlib",
    "polars",
    "scipy",
    "setuptools",
    "pkg_resources",
)
# In the full flavour: what torch loads for graphics cards only (its wheels without them don't ask for it), and what
# training and downloads alone use: 170 MB of tables and 11 MB of transfers.
NOT_IN_FULL = ("triton", "cuda", "pynvml", "polars", "_polars_runtime_32", "hf_xet")
# Modules of wheels that are mostly symbols for debuggers: 25 MB of PyAV's 32, half of pyproj's 9.
HEAVY = ("av/", "pyproj/")
FILES = (
    "_tcl_data/tzdata/*",  # 609 files: the status window shows no time of another place
    "_tcl_data/msgs/*",
    "_tk_data/demos/*",
    "_tk_data/images/*",
    "_tk_data/msgs/*",
    "tcl8/*",
    "cv2/opencv_videoio_ffmpeg*",  # Windows: 28 MB for films, which SpotID doesn't read
    "cv2/data/*",
    "libmvec.so*",  # belongs to the C library and must fit it: the system has its own
    "cv2/qt/*",
    "*/tests/data/*",
    "*.pyi",
    "*.pyx",
    "*.pxd",
    "*.pxi",
    "*/py.typed",
)


def excluded(flavour: str) -> list[str]:
    """The modules that are left out of a flavour."""
    return [*MODULES, *(NOT_IN_FULL if flavour == "full" else MODEL_PACKAGES)]


def kept(entries: Iterable[Entry], root: Path) -> list[Entry]:
    """The entries without what nobody reads.

    Links go too, on Linux: the sticks on which programs travel into the field (exFAT) hold none, many tools that unpack
    archives write a small text file instead, and the libraries of wheels find each other by their own paths.
    """
    own = {path.name for path in root.iterdir()}
    found = []
    for name, source, kind in entries:
        plain = name.replace("\\", "/")
        if kind == "SYMLINK" and sys.platform == "linux":
            continue
        if plain.split("/")[0] not in own and any(fnmatch(plain, pattern) for pattern in FILES):
            continue
        found.append((name, source, kind))
    return found


def sharing(entries: Iterable[Entry], folder: Path) -> list[Entry]:
    """The entries with one OpenBLAS for OpenCV and faiss instead of one each, on Linux: 42 MB, 12 MB of the archive.

    Both wheels bring the same release of it under names of their own, built with different threads. OpenCV is led to
    the one of faiss, and to what both bring under one name (Fortran's libraries): a name holds the sum of its file as
    it was before the wheel was made. Where the releases differ, or ``patchelf`` is missing, both stay.
    """
    found = list(entries)
    its, other = (_openblas(found, package) for package in ("opencv_python_headless.libs/", "faiss_cpu.libs/"))
    tool = shutil.which("patchelf", path=str(Path(sys.executable).parent))
    if sys.platform != "linux" or its is None or other is None or not tool or _release(its) != _release(other):
        return found
    folder.mkdir(parents=True, exist_ok=True)
    found.remove(its)
    for place, (name, source, kind) in enumerate(found):
        if name.startswith("cv2/") and kind in ("BINARY", "EXTENSION"):
            copy = folder / Path(name).name
            shutil.copy2(source, copy)
            old, new = Path(its[0]).name, Path(other[0]).name
            subprocess.run([tool, "--replace-needed", old, new, copy], check=True)
            # As RPATH, which the OpenBLAS there needs for its own libraries: it has none itself.
            subprocess.run([tool, "--force-rpath", "--add-rpath", "$ORIGIN/../faiss_cpu.libs", copy], check=True)
            found[place] = (name, str(copy), kind)
    ours, theirs = (f"{Path(one[0]).parent}/" for one in (its, other))
    names = {name for name, _, _ in found}
    return [one for one in found if not (one[0].startswith(ours) and theirs + one[0].removeprefix(ours) in names)]


def _openblas(entries: list[Entry], folder: str) -> Entry | None:
    return next((one for one in entries if one[0].startswith(f"{folder}libopenblas")), None)


def _release(entry: Entry) -> bytes:
    """What a build of OpenBLAS says of itself, “OpenBLAS 0.3.15”; its own name where it says nothing."""
    said = re.search(rb"OpenBLAS \d+\.\d+\.\d+", Path(entry[1]).read_bytes())
    return said.group() if said else entry[0].encode()


def stripped(entries: Iterable[Entry], folder: Path) -> list[Entry]:
    """The entries with Python's own libraries free of symbols for debuggers, on Linux; the copies lie in ``folder``.

    Only those and the modules of ``HEAVY``: a library of a wheel was rewritten once already, and ``strip`` is known to
    break some of them. The bundle's own check loads what was stripped and uses it.
    """
    tool = shutil.which("strip")
    if sys.platform != "linux" or not tool:
        return list(entries)
    base, found = Path(sys.base_prefix).resolve(), []
    folder.mkdir(parents=True, exist_ok=True)
    for name, source, kind in entries:
        path = Path(source)
        ours = path.resolve().is_relative_to(base) or name.startswith(HEAVY)
        if kind in ("BINARY", "EXTENSION") and ours and path.resolve().is_file():
            copy = folder / name.replace("/", "_")
            shutil.copy2(path, copy)
            if subprocess.run([tool, "--strip-unneeded", copy], capture_output=True).returncode == 0:
                source = str(copy)
        found.append((name, source, kind))
    return found
