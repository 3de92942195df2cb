"""The status window: small, and the same thing on every system. It shows what the presenter says, and no more."""

from __future__ import annotations

import logging
import sys
import threading
import tkinter
from collections.abc import Callable
from tkinter import messagebox, ttk
from typing import Any

from spotid.desktop import texts
from spotid.desktop.presenter import Presenter, Stage, View
from spotid.places import program_folder

LOOK_MS = 250  # between two looks at the presenter
WIDTH = 500  # pixels for texts
PAPER, INK, QUIET, WARN = "#fffefb", "#211f1a", "#5b554a", "#a0331d"


class Window:
    """The window. Made, used and closed in the main thread: macOS allows no other."""

    def __init__(self, presenter: Presenter, language: str) -> None:
        self._presenter, self._language = presenter, language
        self._copied = 0
        _sharp()
        self.root = root = tkinter.Tk(className="SpotID")
        root.title("SpotID")
        root.resizable(False, False)
        root.configure(background=PAPER)
        root.report_callback_exception = _failed
        root.protocol("WM_DELETE_WINDOW", self.ask_to_quit)
        root.protocol("WM_SAVE_YOURSELF", presenter.quit)  # the user logs off
        if sys.platform == "darwin":
            root.createcommand("tk::mac::Quit", self.ask_to_quit)  # type: ignore[no-untyped-call]
            root.createcommand("tk::mac::ReopenApplication", presenter.open_page)  # type: ignore[no-untyped-call]
        self._style()
        self._build()
        for keys, act in (("<Control-q>", self.ask_to_quit), ("<Command-q>", self.ask_to_quit)):
            if "Command" not in keys or sys.platform == "darwin":
                root.bind(keys, lambda _event, act=act: act())  # type: ignore[misc]
        self.draw(presenter.view())

    def run(self) -> None:
        """Show the window until the program has ended."""
        self._look()
        self.root.mainloop()

    def ask_to_quit(self) -> None:
        """End the program, after a question where a run goes on."""
        question = self._presenter.question()
        if question:
            yes = messagebox.askyesno("SpotID", question, icon="warning", default="no", parent=self.root)
            if not yes:
                return
        self._presenter.quit()

    def draw(self, view: View) -> None:
        """Show a view."""
        self._headline.configure(text=view.headline)
        _text(self._detail, view.detail)
        _text(self._work, view.work)
        _text(self._warning, view.warning)
        if view.address:
            if self._address.get() != view.address:
                self._address.set(view.address)
            self._row.grid()
        else:
            self._row.grid_remove()
        able = ["!disabled"] if view.stage is Stage.RUNNING else ["disabled"]
        self._open.state(able)
        self._report.state(able)
        self._quit.state(["disabled"] if view.stage is Stage.CLOSING else ["!disabled"])

    def _look(self) -> None:
        view = self._presenter.view()
        if view.over:
            self.root.destroy()
            return
        self.draw(view)
        self._copied = max(0, self._copied - 1)
        self._copy.configure(text=self._say(texts.COPIED if self._copied else texts.COPY))
        self.root.after(LOOK_MS, self._look)

    def _build(self) -> None:
        whole = ttk.Frame(self.root, padding=20, style="Paper.TFrame")
        whole.grid()
        self._logo = tkinter.PhotoImage(file=str(program_folder() / "static" / "logo.png"))
        self.root.iconphoto(True, self._logo)
        ttk.Label(whole, image=self._logo, style="Paper.TLabel").grid(row=0, column=0, rowspan=4, sticky="n")
        side = ttk.Frame(whole, padding=(18, 0, 0, 0), style="Paper.TFrame")
        side.grid(row=0, column=1, sticky="nw")
        self._headline = ttk.Label(side, style="Head.TLabel")
        self._headline.grid(sticky="w")
        self._work = ttk.Label(side, style="Work.TLabel", wraplength=WIDTH)
        self._detail = ttk.Label(side, style="Quiet.TLabel", wraplength=WIDTH)
        self._warning = ttk.Label(side, style="Warn.TLabel", wraplength=WIDTH)
        for label in (self._work, self._detail, self._warning):
            label.grid(sticky="w", pady=(6, 0))
        self._row = ttk.Frame(side, style="Paper.TFrame")
        self._row.grid(sticky="we", pady=(12, 0))
        ttk.Label(self._row, text=self._say(texts.ADDRESS), style="Quiet.TLabel").grid(columnspan=2, sticky="w")
        self._address = tkinter.StringVar()
        field = ttk.Entry(self._row, textvariable=self._address, state="readonly", width=44)
        field.grid(row=1, column=0, sticky="we", pady=(4, 0))
        self._copy = self._button(self._row, texts.COPY, self._copy_address)
        self._copy.grid(row=1, column=1, padx=(8, 0), pady=(4, 0))
        self._row.columnconfigure(0, weight=1)
        buttons = ttk.Frame(whole, padding=(0, 18, 0, 0), style="Paper.TFrame")
        buttons.grid(row=4, column=0, columnspan=2, sticky="e")
        self._open = self._button(buttons, texts.OPEN, self._in_thread(self._presenter.open_page), "Main.TButton")
        self._report = self._button(buttons, texts.REPORT, self._in_thread(self._presenter.report))
        self._quit = self._button(buttons, texts.QUIT, self.ask_to_quit)
        for column, button in enumerate((self._open, self._report, self._quit)):
            button.grid(row=0, column=column, padx=(8, 0))
        self._open.focus_set()

    def _button(self, parent: ttk.Frame, text: str, act: Callable[[], object], style: str = "TButton") -> ttk.Button:
        made = ttk.Button(parent, text=self._say(text), command=act, style=style)
        made.bind("<Return>", lambda _event: made.invoke())
        return made

    def _style(self) -> None:
        style = ttk.Style(self.root)
        if self.root.tk.call("tk", "windowingsystem") == "x11":
            style.theme_use("clam")
        style.configure("Paper.TFrame", background=PAPER)
        for name, ink, size in (("Paper", INK, 11), ("Quiet", QUIET, 10), ("Work", INK, 11), ("Warn", WARN, 11)):
            style.configure(f"{name}.TLabel", background=PAPER, foreground=ink, font=("TkDefaultFont", size))
        style.configure("Head.TLabel", background=PAPER, foreground=INK, font=("TkDefaultFont", 16, "bold"))
        style.configure("TButton", padding=(12, 5))
        style.configure("Main.TButton", padding=(12, 5), font=("TkDefaultFont", 10, "bold"))

    def _copy_address(self) -> None:
        self.root.clipboard_clear()
        self.root.clipboard_append(self._address.get())
        self._copied = 8

    @staticmethod
    def _in_thread(act: Callable[[], object]) -> Callable[[], None]:
        """A browser may take its time; the window does not wait for it."""
        return lambda: threading.Thread(target=act, name="browser", daemon=True).start()

    def _say(self, text: str) -> str:
        return texts.say(text, language=self._language)


def _text(label: ttk.Label, text: str) -> None:
    """Show a text, or give its room away."""
    label.configure(text=text)
    if text:
        label.grid()
    else:
        label.grid_remove()


def _sharp() -> None:
    """On Windows: draw in the screen's own pixels, where it would be blown up otherwise."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.shcore.SetProcessDpiAwareness(1)


def _failed(*told: Any) -> None:
    logging.getLogger("spotid").error("the window failed", exc_info=told)
