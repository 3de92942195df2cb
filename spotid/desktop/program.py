"""The program with its window: serve in a thread, show the window where there is a screen, and go on without it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spotid import log
from spotid.errors import SpotIDError
from spotid.settings import DEFAULTS, quiet_environment

if TYPE_CHECKING:
    from flask import Flask

    from spotid.desktop.presenter import Presenter
    from spotid.web.serve import Service


@dataclass(frozen=True, slots=True)
class Asked:
    """What the program was started with."""

    page: str = ""  # "", "demo", or the folder of a project
    port: int = DEFAULTS["port"]
    browser: bool = True


def asked(args: list[str]) -> Asked:
    """Read the command line. Raises SpotIDError for what only the command line program does."""
    page, port, browser, left = "", DEFAULTS["port"], True, list(args)
    while left:
        one = left.pop(0)
        if one == "--no-browser":
            browser = False
        elif one == "--port" and left and left[0].isdigit():
            port = int(left.pop(0))
        elif one in ("--window", "app") or one.startswith("-psn_"):  # the last one is given by macOS
            continue
        elif not page and (one == "demo" or Path(one).is_dir()):
            page = one if one == "demo" else str(Path(one).absolute())
        else:
            raise SpotIDError(
                f"SpotID’s window knows no “{one[:200]}”.",
                "Start it without anything behind its name; “spotid-cli” takes commands.",
            )
    return Asked(page, port, browser)


def start(args: list[str]) -> int:
    """Run the program until it is ended. Gives the exit code: 1 after a trouble, which was shown."""
    quiet_environment()
    log.begin()
    try:
        trouble = _start(asked(args))
    except SpotIDError as error:
        trouble = error
    except Exception:
        from spotid.desktop.presenter import unforeseen

        logging.getLogger("spotid").exception("the program could not be started")
        trouble = unforeseen()
    return _shown(trouble) if trouble is not None else 0


def _shown(trouble: SpotIDError) -> int:
    """Show a trouble in the person's language, and give its exit code."""
    from spotid.desktop import fatal, texts
    from spotid.web import tongues

    language = texts.language()
    fatal.show(tongues.say(trouble.sentence, language), tongues.say(trouble.advice, language))
    return trouble.exit_code


def _start(what: Asked) -> SpotIDError | None:
    from spotid.desktop import texts
    from spotid.desktop.presenter import Presenter
    from spotid.web import ending

    language = texts.language()
    ended = threading.Event()
    presenter = Presenter(
        lambda say: _begin(what, say), browser=what.browser, language=language, without_page=_report_on_disk
    )
    with ending.heard(presenter.quit, ended):
        try:
            if not _in_window(presenter, language, ended):
                presenter.work()
        finally:
            ended.set()
    return presenter.trouble


def _in_window(presenter: Presenter, language: str, ended: threading.Event) -> bool:
    """Show the window until the end; False, with nothing begun, where there can be none."""
    from spotid.desktop import fatal

    if not fatal.screen():
        return False
    try:
        from spotid.desktop.window import Window

        window = Window(presenter, language)
    except Exception as error:  # no tkinter, no display, no logo: whatever it is, the page has all that is needed
        logging.getLogger("spotid").warning("there is no window: %s", error)
        return False
    thread = presenter.start()
    try:
        window.run()
    finally:
        presenter.quit()
        thread.join()
    return True


def _begin(what: Asked, say: Callable[[str], None]) -> Service | None:
    from spotid.web import create_app
    from spotid.web.serve import begin_or_show

    # Where no page is to be opened, a second start says where the first one is.
    return begin_or_show(create_app, port=what.port, browser=what.browser, page=_page(what.page), say=say)


def _page(name: str) -> Callable[[Flask], str]:
    def page(app: Flask) -> str:
        from spotid.places import projects_folder, sample_data
        from spotid.web import bench_of

        if name == "demo":
            project = bench_of(app).create(projects_folder() / "Demonstration", sample_data(), "auto")
            return f"/project/{project.id}/run"
        return f"/project/{bench_of(app).open(Path(name)).id}/" if name else "/"

    return page


def _report_on_disk() -> str:
    """Write a report without the page; gives its file, or nothing where it can't be written."""
    from spotid.places import projects_folder
    from spotid.project.files import write_whole
    from spotid.support import report

    try:
        folder = projects_folder()
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / report.file_name(), report.zipped(report.parts([], report.Wanted())))
    except (OSError, SpotIDError):
        logging.getLogger("spotid").exception("no report could be written")
        return ""
    return str(folder / report.file_name())
