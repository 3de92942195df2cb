"""What the status window shows and does, without a window."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from spotid import about
from spotid.desktop import texts
from spotid.desktop.presenter import Presenter, Stage
from spotid.errors import SpotIDError


class Service:
    """Stands in for the served page."""

    shown = "http://127.0.0.1:5000/?key=k"

    def __init__(self, browser: bool = True) -> None:
        self.browser, self.work, self.opened = browser, [], []
        self._end = threading.Event()

    def open_page(self, say: Callable[[str], None], path: str = "") -> bool:
        self.opened.append(path)
        return self.browser

    def at_work(self) -> list[str]:
        return self.work

    def stop(self) -> None:
        self._end.set()

    def run(self) -> None:
        assert self._end.wait(20)


def running(presenter: Presenter) -> threading.Thread:
    thread = presenter.start()
    ready = threading.Event()
    for _ in range(1000):
        if presenter.view().stage is not Stage.STARTING:
            return thread
        ready.wait(0.01)
    raise AssertionError("it never started")


def test_from_the_start_to_the_end() -> None:
    service = Service()
    presenter = Presenter(lambda say: service)
    assert presenter.view().headline == "SpotID is starting…" and not presenter.view().address
    thread = running(presenter)
    view = presenter.view()
    assert (view.headline, view.address, view.work) == ("SpotID is running", service.shown, "")
    assert presenter.question() == ""
    service.work = ["Survey 1"]
    assert presenter.view().work == "There is a run under way in “Survey 1”."
    assert "Survey 1" in presenter.question() and "kept" in presenter.question()
    service.work = ["Survey 1", "Survey 2"]
    assert presenter.view().work == "There are runs under way in 2 projects."
    presenter.quit()
    thread.join(10)
    assert presenter.view().over and presenter.trouble is None
    assert service.opened == [""]


def test_quit_before_anything_is_served_is_not_forgotten() -> None:
    service, go = Service(), threading.Event()

    def begin(_: Callable[[str], None]) -> Service:
        assert go.wait(10)
        return service

    presenter = Presenter(begin)
    thread = presenter.start()
    presenter.quit()
    assert presenter.view().stage is Stage.CLOSING
    go.set()
    thread.join(10)
    assert presenter.view().stage is Stage.ENDED and service.opened == []


def test_troubles_are_kept_for_who_shows_them() -> None:
    def full(_: object) -> Service:
        raise SpotIDError("The disk is full.", "Make room.")

    presenter = Presenter(full)
    presenter.work()
    assert presenter.view().over and presenter.trouble is not None and presenter.trouble.advice == "Make room."

    def bug(_: object) -> Service:
        raise ZeroDivisionError("a bug")

    presenter = Presenter(bug)
    presenter.work()
    assert presenter.trouble is not None
    assert "could not be started" in presenter.trouble.sentence and "bug" not in str(presenter.trouble)


def test_running_already_ends_at_once_unless_no_browser_shows_it() -> None:
    def shown(say: Callable[[str], None]) -> None:
        say("SpotID is running already: http://127.0.0.1:5001/?key=k")

    presenter = Presenter(shown)
    presenter.work()
    assert presenter.view().stage is Stage.ENDED

    def not_shown(say: Callable[[str], None]) -> None:
        shown(say)
        say("No browser could be opened.")

    presenter = Presenter(not_shown)
    presenter.work()
    view = presenter.view()
    assert view.headline == "SpotID is running already" and view.address == "http://127.0.0.1:5001/?key=k"
    assert "No browser" in view.warning
    presenter.quit()
    assert presenter.view().over


def test_without_a_browser_the_address_is_pointed_at_and_a_report_is_written() -> None:
    service = Service(browser=False)
    presenter = Presenter(lambda say: service, browser=False, without_page=lambda: "/home/x/report.zip")
    thread = running(presenter)
    assert not presenter.open_page() and presenter.view().warning == texts.NO_BROWSER
    presenter.report()
    assert presenter.view().warning == "The report was written: /home/x/report.zip"
    service.browser = True
    presenter.report()
    assert presenter.view().warning == "" and service.opened[-1] == "/report"
    presenter.quit()
    thread.join(10)


def test_a_damaged_bundle_is_said_and_locks_nobody_out(monkeypatch) -> None:
    monkeypatch.setattr(about, "missing", lambda: ["spotid/match/weights/x.npz"])
    service = Service()
    presenter = Presenter(lambda say: service)
    thread = running(presenter)
    presenter.open_page()
    assert "missing or damaged" in presenter.view().warning and presenter.view().stage is Stage.RUNNING
    presenter.quit()
    thread.join(10)


@pytest.mark.parametrize(
    ("told", "code"), [("es_ES.UTF-8", "es"), ("fr", "fr"), ("C", "en"), ("", "en"), ("de_DE", "en")]
)
def test_the_language_of_the_computer(monkeypatch, told: str, code: str) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", told)
    assert texts.language() == code


@pytest.mark.parametrize("language", ["es", "fr"])
def test_every_text_is_translated(language: str) -> None:
    own = {name: text for name, text in vars(texts).items() if name.isupper() and isinstance(text, str)}
    assert len(own) > 12
    same = [text for text in own.values() if texts.say(text, language=language) == text]
    assert same == []
