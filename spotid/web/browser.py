"""Opening the page in the person's browser, with the environment that the browser would have without us.

A frozen program runs with libraries of its own in front of the system's. A browser that is started with the same
environment would load them and fail, or fall silent; so each child that is not ours gets back what was there before.
Nothing here waits for a browser to end.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator, Mapping

# PyInstaller keeps the earlier value of the first kind under the same name with _ORIG, and sets the second anew.
LIBRARIES = ("LD_LIBRARY_PATH", "LIBPATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH")
OWN = ("TCL_LIBRARY", "TK_LIBRARY", "TCLLIBPATH", "PYTHONHOME", "PYTHONPATH")
PREFIX = "_PYI_"
# Found on Linux desktops, the person's own choice first.
OPENERS: tuple[str, ...] = ("xdg-open", "gio open", "kde-open", "exo-open", "sensible-browser", "x-www-browser")
OPENERS += ("firefox", "chromium", "chromium-browser", "google-chrome", "brave-browser", "microsoft-edge")
LOOK_SECONDS = 2.0  # an opener that fails does so at once; one that is still there has a browser


def clean(environment: Mapping[str, str], inside: str | None) -> dict[str, str]:
    """``environment`` as it was before the frozen program in the folder ``inside`` was started; None: not frozen."""
    cleaned = dict(environment)
    if not inside:
        return cleaned
    for name in LIBRARIES:
        before = cleaned.pop(f"{name}_ORIG", "")
        cleaned.pop(name, None)
        if before:
            cleaned[name] = before
    for name in list(cleaned):
        if name.startswith(PREFIX) or (name in OWN and _lies_in(cleaned[name], inside)):
            del cleaned[name]
        elif os.pathsep in cleaned[name] or _lies_in(cleaned[name], inside):
            kept = [part for part in cleaned[name].split(os.pathsep) if not _lies_in(part, inside)]
            if kept:
                cleaned[name] = os.pathsep.join(kept)
            else:
                del cleaned[name]
    return cleaned


def _lies_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/\\") + os.sep)


def bundle() -> str | None:
    """The folder of the frozen program's own libraries, or None."""
    return getattr(sys, "_MEIPASS", None) if getattr(sys, "frozen", False) else None


def for_others() -> dict[str, str]:
    """The environment for a program that is not ours."""
    return clean(os.environ, bundle())


def show(address: str) -> bool:
    """Open an address; whether that seems to have worked."""
    try:
        if bundle() and sys.platform.startswith("linux"):
            return _by_opener(address)
        with _own_dlls_hidden():
            return webbrowser.open(address)
    except Exception:  # webbrowser raises what the desktop raises
        return False


def open_browser(address: str, say: Callable[[str], None], told: str = "") -> bool:
    """Show the page, or say where it is: at ``told``, where that is another address."""
    shown = show(address)
    if not shown:
        say(f"No browser could be opened. Open this address yourself: {told or address}")
    return shown


def known() -> str:
    """The program that would open the page, for a check of this computer; empty where there seems to be none."""
    if not sys.platform.startswith("linux"):
        return "the system’s own choice"
    found = next(_openers(), None)
    return found[0] if found else ""


def _openers() -> Iterator[list[str]]:
    chosen = [one for one in os.environ.get("BROWSER", "").split(os.pathsep) if one]
    for one in (*chosen, *OPENERS):
        words = shlex.split(one)
        if words and shutil.which(words[0]):
            yield words


def _by_opener(address: str) -> bool:
    environment = for_others()
    for words in _openers():
        command = [word.replace("%s", address) for word in words]
        command += [] if any("%s" in word for word in words) else [address]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        try:
            started = subprocess.Popen(command, env=environment, start_new_session=True, **quiet)  # type: ignore[call-overload]
        except OSError:
            continue
        end = time.monotonic() + LOOK_SECONDS
        while started.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        if started.returncode in (None, 0):
            threading.Thread(target=started.wait, name="browser", daemon=True).start()  # no zombie is left behind
            return True
    return False


@contextlib.contextmanager
def _own_dlls_hidden() -> Iterator[None]:
    """On Windows a child would look for libraries in our folder first."""
    inside = bundle()
    if sys.platform != "win32" or not inside:
        yield
        return
    import ctypes

    ctypes.windll.kernel32.SetDllDirectoryW(None)
    try:
        yield
    finally:
        ctypes.windll.kernel32.SetDllDirectoryW(inside)
