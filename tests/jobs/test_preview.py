"""Looking beside the page: counted, stopped, and never answered with what is out of date."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from spotid.errors import BadRequestError, NotFoundError
from spotid.jobs import preview
from spotid.jobs.preview import About, Preview, Previews
from spotid.progress import Progress

ABOUT = About("collection", Path("/cards"), Path("/project"))


@dataclass
class Seen:
    """What a look of these tests gives."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    understood: list[dict[str, Any]] = field(default_factory=list)
    mark: str = "m"

    @property
    def asks(self) -> bool:
        return any(one["asks"] for one in self.understood)

    def shown(self) -> dict[str, Any]:
        return {"asks": self.asks, "mark": self.mark, "individuals": self.rows, "understood": self.understood}


def about(key: str, asks: bool) -> dict[str, Any]:
    return {"key": key, "sentence": key, "chosen": "", "examples": [], "readings": [], "asks": asks}


def test_long_lists_are_told_a_page_at_a_time() -> None:
    rows = [{"name": f"F{number}"} for number in range(20_000)]
    found = Preview(ABOUT, lambda *_: Seen(rows))
    found.wait(10)
    told = found.told()["plan"]["lists"]["individuals"]
    assert told == {"rows": rows[: preview.PAGE], "total": 20_000}
    seen, after = [], 0
    while after is not None:
        page = found.page("individuals", after)
        seen += page["rows"]
        after = page["next"]
    assert seen == rows
    for name in ("understood", "files", "", "mark"):
        with pytest.raises(BadRequestError):
            found.page(name, 0)


def test_what_is_asked_comes_before_the_rest_and_stays_there_once_it_is_answered() -> None:
    def look(answers: Mapping[str, str], *_: Any) -> Seen:
        return Seen(understood=[about("days", False), about("layout", "layout" not in answers)])

    found = Preview(ABOUT, look)
    found.wait(10)
    plan = found.told()["plan"]
    assert plan["asks"] and [one["key"] for one in plan["questions"]["rows"]] == ["layout"]
    assert plan["questions"]["open"] == 1 and [one["key"] for one in plan["understood"]["rows"]] == ["days"]
    found.answer({"layout": "sorted"})
    found.wait(10)
    plan = found.told()["plan"]
    assert not plan["asks"] and [one["key"] for one in plan["questions"]["rows"]] == ["layout"]
    assert plan["questions"]["open"] == 0
    found.answer({"layout": ""})
    found.wait(10)
    assert found.looked().asks, "an empty answer takes it back"


def test_of_very_many_questions_the_open_ones_are_shown() -> None:
    keys = [f"folder:{number}" for number in range(1000)]
    found = Preview(ABOUT, lambda answers, *_: Seen(understood=[about(key, key not in answers) for key in keys]))
    found.wait(10)
    while (questions := found.told()["plan"]["questions"])["open"]:
        shown = [one["key"] for one in questions["rows"] if one["asks"]]
        assert shown and len(questions["rows"]) <= 4 * preview.PAGE and questions["total"] == 1000
        found.answer(dict.fromkeys(shown, "station"))
        found.wait(10)
    assert not found.looked().asks


class Slow:
    """A look that goes on until it is let go, one file after the other."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.stopped: list[str] = []
        self.ready = threading.Semaphore(0)

    def __call__(self, answers: Mapping[str, str], progress: Progress, anew: bool) -> Seen:
        mark = answers.get("layout", "first")
        try:
            while not self.go.wait(0.002):
                progress.step()
                self.ready.release()
        except BaseException:
            self.stopped.append(mark)
            self.ready.release()
            raise
        return Seen(mark=mark)


def test_it_is_counted_and_stopped() -> None:
    slow = Slow()
    found = Preview(ABOUT, slow)
    for _ in range(3):
        assert slow.ready.acquire(timeout=10)
    told = found.told()
    assert told["state"] == "looking" and told["counted"] >= 3 and "plan" not in told
    with pytest.raises(BadRequestError, match="still"):
        found.looked()
    found.leave()
    while not slow.stopped:
        assert slow.ready.acquire(timeout=10)
    assert found.told()["state"] == "left"
    with pytest.raises(NotFoundError):
        found.answer({"layout": "sorted"})


def test_an_answer_stops_the_look_that_is_out_of_date() -> None:
    slow = Slow()
    found = Preview(ABOUT, slow)
    found.answer({"layout": "sorted"})
    while not slow.stopped:
        assert slow.ready.acquire(timeout=10)
    slow.go.set()
    found.wait(10)
    assert slow.stopped == ["first"] and found.looked().mark == "sorted"


def test_files_are_listed_again_only_where_they_may_have_changed() -> None:
    asked: list[bool] = []

    def look(answers: Mapping[str, str], progress: Progress, anew: bool) -> Seen:
        asked.append(anew)
        return Seen()

    found = Preview(ABOUT, look)
    for anew in (False, True):
        found.wait(10)
        found.answer({}, anew=anew)
    found.wait(10)
    assert asked == [False, False, True]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NotFoundError("There is no folder “x”.", "Check it."), "There is no folder “x”."),
        (OSError(5, "Input/output error"), "“/cards” can't be read: Input/output error."),
        (ValueError("a mistake of ours"), "Something unexpected went wrong while the files were looked at."),
    ],
)
def test_what_goes_wrong_is_a_sentence(error: Exception, sentence: str) -> None:
    def look(*_: Any) -> Seen:
        raise error

    found = Preview(ABOUT, look)
    found.wait(10)
    told = found.told()
    assert told["state"] == "failed" and told["error"]["sentence"] == sentence and told["error"]["advice"] is not None


@pytest.mark.parametrize("answers", [{"a": 1}, {"a": None}, {"a": ["x"]}, {"k" * 2000: "a"}, {"a": "v" * 2000}])
def test_answers_that_are_none_are_refused(answers: dict[str, Any]) -> None:
    found = Preview(ABOUT, lambda *_: Seen())
    with pytest.raises(BadRequestError):
        found.answer(answers)
    found.wait(10)
    assert found.answers == {}


def test_the_oldest_look_gives_way() -> None:
    previews = Previews()
    made = [previews.begin(ABOUT, lambda *_: Seen()) for _ in range(preview.MOST + 1)]
    with pytest.raises(NotFoundError):
        previews.get(made[0].uid)
    assert made[0].told()["state"] == "left"
    assert previews.get(made[1].uid) is made[1]
    previews.leave(made[1].uid)
    previews.leave(made[1].uid)
    with pytest.raises(NotFoundError):
        previews.get(made[1].uid)
