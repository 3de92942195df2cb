"""A field camp in small: run as root in network and mount spaces of its own, it starts the program as another user.

    unshare -n -m python -m tests.bundle.camp BUNDLE FOLDER UID

FOLDER is empty, and every user may enter it. What was seen is printed as one JSON object. There is no network but the
computer's own, the program lies on a disk that can't be written to, and the user owns nothing but a home.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from spotid.firstrun.checks import find_browser
from tests.bundle import journey
from tests.bundle.frozen import Bundle, Frozen, environment, listing, projects
from tests.conftest import BROWSER_OPTIONS

UP, GET_FLAGS, SET_FLAGS = 0x1, 0x8913, 0x8914  # IFF_UP, SIOCGIFFLAGS, SIOCSIFFLAGS of netdevice(7)


def raise_loopback() -> None:
    """127.0.0.1 works; a new network space has it switched off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(any_socket, GET_FLAGS, asked))[1]
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh", b"lo", flags | UP))


def network() -> str:
    """What comes of reaching for another computer."""
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=3).close()
    except OSError as error:
        return type(error).__name__ + f" {error.errno}"
    return "reached"


def write_protect(folder: Path) -> None:
    """Nobody may write: by the files' own permissions, and by the disk."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)


def camp(source: Path, folder: Path, user: int) -> dict[str, Any]:
    """From the demonstration to its export, in a folder of a stick that is write-protected."""
    raise_loopback()
    bundle = Bundle(folder / "Spot ID é")
    shutil.copytree(source, bundle.folder, symlinks=True)
    before = listing(bundle.folder)
    write_protect(bundle.folder)
    home = folder / "Foyer d’Ève"
    variables = environment(home)
    for path in (home, home / "tmp"):
        os.chown(path, user, user)
    as_user = ["setpriv", "--reuid", str(user), "--regid", str(user), "--clear-groups", "--no-new-privs"]
    probe = subprocess.run([*as_user, "touch", str(bundle.folder / "probe")], capture_output=True, check=False)
    told: dict[str, Any] = {"network": network(), "can_write": probe.returncode == 0}
    line = [*as_user, str(bundle.window), "demo", "--no-browser", "--port", "5750"]
    program = Frozen(line, variables, {"cwd": home})
    try:
        program.serving()
        told["users"] = sorted({one.uids().effective for one in program.family()})
        project = projects(variables) / "Demonstration"
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=find_browser(), args=BROWSER_OPTIONS)
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.add_init_script("localStorage.setItem('spotid-tour', 'yes')")
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            journey.follow_run(page, program, project)
            told["acknowledged"] = len(journey.answer(page, "ynn"))
            exported = journey.export(page, project)
            browser.close()
        told["elsewhere"] = [url for url in asked if not url.startswith((program.address, "data:", "blob:"))]
        told["exported"] = sorted(path.relative_to(exported).as_posix() for path in exported.rglob("*.*"))
        told["kept"] = len(journey.kept(project))
        told["closed"] = program.close()
        told["temporary"] = [path.name for path in (home / "tmp").iterdir()]
        told["changed"] = sorted(set(before.items()) ^ set(listing(bundle.folder).items()))
        told["homes"] = sorted(path.relative_to(home).as_posix() for path in home.glob("*"))
    finally:
        program.gone()
        subprocess.run(["umount", bundle.folder], check=False)
    return told


if __name__ == "__main__":
    print(json.dumps(camp(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))
