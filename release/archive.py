"""One ZIP of a bundle: everything below a folder named SpotID, programs still executable when it is unpacked."""

from __future__ import annotations

import platform
import shutil
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path

SYSTEMS = {"linux": "linux", "win32": "windows", "darwin": "macos"}
MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}


def name(version: str, flavour: str) -> str:
    """The archive's name on this computer: SpotID-0.1.0-linux-x86_64-core.zip."""
    machine = platform.machine().lower()
    return f"SpotID-{version}-{SYSTEMS[sys.platform]}-{MACHINES.get(machine, machine)}-{flavour}.zip"


def pack(bundle: Path, archive: Path, epoch: int) -> Path:
    """Pack ``bundle``, a folder or a .app, into ``archive``; ``epoch`` (seconds) becomes the time of every file.

    On macOS ``ditto`` does it, which keeps links and signatures, as Apple asks for what is notarised.
    """
    part = archive.with_name(archive.name + ".part")
    part.unlink(missing_ok=True)
    ditto = shutil.which("ditto")
    if sys.platform == "darwin" and ditto:
        subprocess.run([ditto, "-c", "-k", "--sequesterRsrc", "--keepParent", str(bundle), str(part)], check=True)
    else:
        _zip(bundle, part, time.gmtime(max(epoch, 315532800))[:6])  # ZIP knows no time before 1980
    part.replace(archive)
    return archive


def _zip(bundle: Path, archive: Path, moment: tuple[int, ...]) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(bundle.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                continue
            inside = (Path(bundle.name) / path.relative_to(bundle)).as_posix()
            entry = zipfile.ZipInfo(inside, moment)  # type: ignore[arg-type]
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix: only then are the permissions looked at, wherever it was packed
            if path.is_symlink():
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
                packed.writestr(entry, str(path.readlink()))
                continue
            runs = bool(path.stat().st_mode & stat.S_IXUSR) and sys.platform != "win32"
            entry.external_attr = (stat.S_IFREG | (0o755 if runs else 0o644)) << 16
            with path.open("rb") as source, packed.open(entry, "w", force_zip64=path.stat().st_size > 2**31) as target:
                shutil.copyfileobj(source, target, 2**20)
