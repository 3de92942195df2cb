"""Show a trouble that ends the program, by whatever this computer has to show it with: never a silent end."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import textwrap
import unicodedata
from collections.abc import Callable

from spotid.web.browser import for_others

TITLE = "SpotID"
QUOTES = str.maketrans({"“": '"', "”": '"', "«": '"', "»": '"', "’": "'", "‘": "'", "–": "-", "…": "..."})
COLUMNS = 64
SECONDS = 600  # a box that nobody presses away must not hold the program for ever


def show(sentence: str, advice: str = "") -> str:
    """Write a trouble into the log and to the standard error stream, and show it; how it was shown, or empty."""
    logging.getLogger("spotid").critical("%s %s", sentence, advice)
    if sys.stderr is not None:
        print(f"{sentence}\n{advice}".strip(), file=sys.stderr, flush=True)
    for name, way in WAYS.items():
        try:
            if way(f"{sentence}\n\n{advice}".strip()):
                return name
        except Exception:  # whatever one way breaks by, the next one is tried
            logging.getLogger("spotid").debug("no message by %s", name, exc_info=True)
    return ""


def screen() -> bool:
    """Whether there is a screen to show something on."""
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def _windows(text: str) -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    # An error's sign, in front of all other windows. It needs nothing that could be missing.
    return bool(ctypes.windll.user32.MessageBoxW(None, text, TITLE, 0x10 | 0x10000 | 0x40000))


def _tk(text: str) -> bool:
    if not screen():
        return False
    import tkinter
    from tkinter import messagebox

    root = tkinter.Tk()
    try:
        root.withdraw()
        sentence, _, advice = text.partition("\n\n")
        messagebox.showerror(TITLE, sentence, detail=advice, parent=root)
    finally:
        root.destroy()
    return True


def _mac(text: str) -> bool:
    if sys.platform != "darwin":
        return False
    # The text comes as an argument and is never part of the script.
    script = (
        f'on run argv\ndisplay dialog (item 1 of argv) with title "{TITLE}" buttons {{"OK"}} with icon stop\nend run'
    )
    return _called(["osascript", "-e", script, text])


def _zenity(text: str) -> bool:
    return screen() and _called(["zenity", "--error", f"--title={TITLE}", "--no-markup", f"--text={text}"])


def _kdialog(text: str) -> bool:
    return screen() and _called(["kdialog", "--title", TITLE, "--error", text])


def _xmessage(text: str) -> bool:
    return bool(os.environ.get("DISPLAY")) and _called(["xmessage", "-center", "-title", TITLE, plain(text)])


def plain(text: str) -> str:
    """A text for an old tool that neither wraps lines nor knows more letters than ASCII has."""
    folded = unicodedata.normalize("NFKD", text.translate(QUOTES)).encode("ascii", "ignore").decode()
    return "\n".join(textwrap.fill(line, COLUMNS) for line in folded.splitlines())


def _called(command: list[str]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    done = subprocess.run(command, timeout=SECONDS, check=False, env=for_others(), **quiet)  # type: ignore[call-overload]
    return bool(done.returncode in (0, 1))  # 1: the box was closed without its button


WAYS: dict[str, Callable[[str], bool]] = {
    "windows": _windows,
    "tk": _tk,
    "osascript": _mac,
    "zenity": _zenity,
    "kdialog": _kdialog,
    "xmessage": _xmessage,
}
