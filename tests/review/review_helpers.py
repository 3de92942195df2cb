"""A stock whose visits have several frames, and a person who answers what is on the screen."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from spotid.project import ledger, media
from spotid.project.candidates import Candidates
from spotid.review.desk import Desk
from spotid.review.question import PLAINLY, Asked, Question


class Visits:
    """Visits of three frames each, all frames alike: ``frame[visit][i]`` is a sighting's uid."""

    def __init__(self, stock: Any, picture: Callable[..., bytes], visits: int) -> None:
        self.project, self.stock = stock.project, stock
        first = len(stock.uids)
        for visit in range(visits):
            for frame in range(3):
                name, taken = f"Dam/V{visit}_{frame}.JPG", f"2026-05-{visit + 1:02d}T06:00:0{frame}"
                stock.add(name, picture((9 * visit, 50, 20 * frame)), taken=taken)
        media.number_visits(stock.project.store, 30)
        self.uids = stock.uids[first:]
        self.frame = [self.uids[3 * visit : 3 * visit + 3] for visit in range(visits)]
        self.list_all(lambda a, b: 1.0 / (1 + abs(a - b)))

    def list_all(self, likeness: Callable[[int, int], float]) -> None:
        """List every frame of these visits with every other, also of its own visit."""
        ids, count = self.stock.ids[-len(self.uids) :], len(self.uids)
        with self.project.store.write() as connection:  # only these visits are looked at
            for one in self.stock.uids[:-count]:
                connection.execute("UPDATE sighting SET state = 'withdrawn' WHERE uid = ?", (one,))
        candidates = Candidates(self.project.layout)
        candidates.begin(str(uuid.uuid4()))
        candidates.keep_lists(
            (ids[a], [(ids[b], 0.5, likeness(a, b), a // 3 == b // 3) for b in range(count) if b != a])
            for a in range(count)
        )
        for a in range(count):
            candidates.keep_checked("test", ids[a], [], [])
        candidates.close()


def new_uid() -> str:
    """The number of an answer."""
    return str(uuid.uuid4())


def say(desk: Desk, kind: str, a: str, b: str | None = None, *, whole: bool = False, **more: Any) -> ledger.Event:
    """Answer a pair; ``whole``: for all frames of both visits."""
    if whole:
        more["covered"] = {one: [other for other in desk.units.frames(one) if other != one] for one in (a, b) if one}
    return desk.answer(new_uid(), kind, a, b, **more)[0]


def asked_until_done(
    desk: Desk, truth: dict[str, int], asked: Asked = PLAINLY, *, whole: bool = True, most: int = 300
) -> list[tuple[str, str]]:
    """Answer everything by the truth; the pairs of pictures that were shown."""
    shown: list[tuple[str, str]] = []
    question: Question = desk.question(None, asked)
    while question.state == "pair":
        a, b = question.shown
        assert a is not None and b is not None
        shown.append((a, b))
        assert len(shown) < most, "the questions never end"
        say(desk, "same" if truth[a] == truth[b] else "different", a, b, whole=whole, asked=asked)
        question = desk.question(None, asked)
    assert question.state == "all_done"
    return shown
