"""The window itself, on a screen that nobody sees; only where there are Tk and Xvfb."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("tkinter", reason="this Python has no Tk")
pytestmark = pytest.mark.skipif(not shutil.which("xvfb-run"), reason="there is no Xvfb on this computer")

STORY = """
import threading, tkinter
from spotid.desktop import window
from spotid.desktop.presenter import Presenter, Stage

class Service:
    shown = "http://127.0.0.1:5000/?key=k"
    def __init__(self): self.end, self.work, self.opened = threading.Event(), ["Survey 1"], []
    def open_page(self, say, path=""): self.opened.append(path); return True
    def at_work(self): return self.work
    def stop(self): self.end.set()
    def run(self): self.end.wait()

service, asked = Service(), []
presenter = Presenter(lambda say: service, browser=False)
shown = window.Window(presenter, "en")
window.messagebox.askyesno = lambda *_, **__: (asked.append(1), len(asked) > 1)[1]
assert "disabled" in shown._open.state(), "nothing to open yet"
presenter.start()

def story():
    if presenter.view().stage is not Stage.RUNNING or "disabled" in shown._open.state():
        return shown.root.after(20, story)
    assert shown._headline["text"] == "SpotID is running" and shown._work.winfo_ismapped()
    assert shown._address.get() == service.shown and not shown._warning.winfo_ismapped()
    shown._copy.invoke()
    assert shown.root.clipboard_get() == service.shown
    shown._open.event_generate("<Return>"); shown._report.invoke()
    shown.root.after(300, end)

def end():
    assert sorted(service.opened) == ["", "/report"], service.opened
    shown.ask_to_quit()
    assert not service.end.is_set(), "the answer was no"
    service.work = []
    service.work = ["Survey 1"]
    shown.root.event_generate("<Control-q>")

def failed(*told):
    import os, traceback; traceback.print_exception(*told); os._exit(3)

shown.root.report_callback_exception = failed
shown.root.after(20, story)
shown.root.update(); shown.root.focus_force(); shown._open.focus_force()
shown.run()
assert service.end.is_set() and len(asked) == 2
print("told")
"""


def test_the_window_shows_asks_and_ends(repository: Path, home: Path) -> None:
    done = subprocess.run(
        ["xvfb-run", "-a", sys.executable, "-c", STORY],
        cwd=repository,
        env={**os.environ, "SPOTID_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == "told\n", done.stdout + done.stderr
