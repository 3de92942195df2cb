"""Takes a picture of the status window on the display that DISPLAY names: ``python window_picture.py FILE``."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any, cast

from PIL import ImageGrab

from spotid.desktop import texts
from spotid.desktop.presenter import Stage, View
from spotid.desktop.window import Window

ADDRESS = "http://127.0.0.1:5000/?key=…"


def main(path: str) -> None:
    """Show the window as it stands while a run goes on, and keep what the screen shows of it."""
    view = View(
        Stage.RUNNING, texts.RUNNING, texts.IN_BROWSER, texts.say(texts.AT_WORK, "Survey 2025"), address=ADDRESS
    )
    nothing = SimpleNamespace(view=lambda: view, quit=print, open_page=print, report=print, question=str)
    window = Window(cast(Any, nothing), "en")
    window.root.geometry("+0+0")
    window.root.update()
    window.root.update_idletasks()
    box = (0, 0, window.root.winfo_width(), window.root.winfo_height())
    ImageGrab.grab(box).save(path)
    window.root.destroy()


if __name__ == "__main__":
    main(sys.argv[1])
