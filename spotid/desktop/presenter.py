"""What the status window shows and does, without the window: it can be tested where there is no screen."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from spotid import about
from spotid.desktop import texts
from spotid.errors import SpotIDError


class Serves(Protocol):
    """What is asked of a service (``spotid.web.serve.Service``)."""

    @property
    def shown(self) -> str:
        """The page's address with the key."""
        ...

    def open_page(self, say: Callable[[str], None], path: str = "") -> bool:
        """Open the page; whether that seems to have worked."""
        ...

    def at_work(self) -> list[str]:
        """The titles of the projects in which a job goes on."""
        ...

    def stop(self) -> None:
        """Ask for the end."""
        ...

    def run(self) -> None:
        """Serve until the end."""
        ...


class Stage(StrEnum):
    """Where the program is on its way."""

    STARTING = "starting"
    RUNNING = "running"
    ELSEWHERE = "elsewhere"  # another SpotID of this user is running, and its page could not be opened
    CLOSING = "closing"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class View:
    """What is on the window."""

    stage: Stage
    headline: str
    detail: str
    work: str = ""
    address: str = ""
    warning: str = ""

    @property
    def over(self) -> bool:
        """Whether there is nothing left to show."""
        return self.stage in (Stage.ENDED, Stage.FAILED)


class Presenter:
    """Serves in a thread of its own, and knows what the window is to show meanwhile.

    ``begin`` gives the service, or None where SpotID is running already; it is handed what to call with lines for the
    person. Everything here may be called from any thread.
    """

    def __init__(
        self,
        begin: Callable[[Callable[[str], None]], Serves | None],
        *,
        browser: bool = True,
        language: str = "en",
        without_page: Callable[[], str] = lambda: "",
    ) -> None:
        self._begin, self._browser, self._language, self._without_page = begin, browser, language, without_page
        self._stage = Stage.STARTING
        self._service: Serves | None = None
        self._heard: list[str] = []
        self._warning = ""
        self._quitting = threading.Event()
        self.trouble: SpotIDError | None = None

    def start(self) -> threading.Thread:
        """Serve from now on, in a thread."""
        thread = threading.Thread(target=self.work, name="service", daemon=True)
        thread.start()
        return thread

    def work(self) -> None:
        """Serve until the end. A trouble is kept in ``trouble``, whatever it is."""
        try:
            self._warn()
            if self._warning and sys.stderr is not None:
                print(self._warning, file=sys.stderr, flush=True)
            service = self._begin(self._heard.append)
            if service is None:
                # One line says that it is running; another one, that its page could not be opened.
                self._stage = Stage.ELSEWHERE if len(self._heard) > 1 else Stage.ENDED
                return
            self._service = service
            if self._quitting.is_set():
                service.stop()
            else:
                self._stage = Stage.RUNNING
            if self._browser and not self._quitting.is_set():
                threading.Thread(target=self.open_page, name="browser", daemon=True).start()
            service.run()
            self._stage = Stage.ENDED
        except SpotIDError as error:
            self.trouble, self._stage = error, Stage.FAILED
        except BaseException as error:  # the window must not stay there as if all were well
            logging.getLogger("spotid").critical("the program could not go on", exc_info=error)
            self.trouble, self._stage = unforeseen(), Stage.FAILED

    def view(self) -> View:
        """What to show now."""
        stage = self._stage
        if self._quitting.is_set() and stage in (Stage.STARTING, Stage.RUNNING):
            stage = Stage.CLOSING
        blank = View(stage, "", "", warning=self._warning)
        if stage is Stage.STARTING:
            return replace(blank, headline=self._say(texts.STARTING))
        if stage is Stage.ELSEWHERE:
            address = self._heard[0].rpartition(" ")[2]
            warning = self._say(texts.NO_BROWSER)
            return replace(blank, headline=self._say(texts.ELSEWHERE), address=address, warning=warning)
        if stage is Stage.RUNNING and self._service is not None:
            shown = replace(blank, headline=self._say(texts.RUNNING), detail=self._say(texts.IN_BROWSER))
            return replace(shown, work=self._work(), address=self._service.shown)
        return replace(blank, headline=self._say(texts.CLOSING), detail=self._say(texts.KEPT))

    def question(self) -> str:
        """What to ask before the end; empty where nothing goes on."""
        work = self._work() if self._stage is Stage.RUNNING else ""
        return f"{work}\n\n{self._say(texts.QUESTION)}" if work else ""

    def quit(self) -> None:
        """End the program; it has ended when the view is over."""
        self._quitting.set()
        if self._service is not None:
            self._service.stop()
        elif self._stage is Stage.ELSEWHERE:
            self._stage = Stage.ENDED

    def open_page(self, path: str = "") -> bool:
        """Open the page; where no browser can be opened, the window says so."""
        opened = self._service is not None and self._service.open_page(self._heard.append, path)
        self._warning = "" if opened else self._say(texts.NO_BROWSER)
        if opened:
            self._warn()
        return opened

    def report(self) -> None:
        """Open the page that makes a report; where no browser can be opened, write one and say where."""
        if not self.open_page("/report") and (written := self._without_page()):
            self._warning = self._say(texts.REPORT_AT, written)

    def _work(self) -> str:
        titles = self._service.at_work() if self._service is not None else []
        if len(titles) > 1:
            return self._say(texts.AT_WORK_MANY, len(titles))
        return self._say(texts.AT_WORK, titles[0]) if titles else ""

    def _warn(self) -> None:
        gone = about.missing()
        if gone:
            logging.getLogger("spotid").warning("files are missing or damaged: %s", ", ".join(gone[:20]))
            self._warning = self._say(texts.NOT_WHOLE)

    def _say(self, text: str, *values: object) -> str:
        return texts.say(text, *values, language=self._language)


def unforeseen() -> SpotIDError:
    """The sentence for a fault that nobody has thought of."""
    from spotid import log

    if about.missing():
        return SpotIDError("SpotID could not be started: some of its files are missing or damaged.", texts.NOT_WHOLE)
    kept = log.where()
    advice = "Start it again; if that does not help, restart the computer."
    return SpotIDError("SpotID could not be started.", f"{advice} The log says more: {kept}" if kept else advice)
