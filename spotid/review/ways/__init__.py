"""Ways through the work: in which order questions are asked. Each is a small module, found by its name."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Protocol

from spotid.errors import BadRequestError
from spotid.review.question import Asked, Question

if TYPE_CHECKING:
    from spotid.review.reading import Reading as Desk


class Way(Protocol):
    """One way through the work of one desk; every method is called with the desk's lock held."""

    name: str
    label: str
    sentence: str

    def ask(self, asked: Asked, anchor: str | None = None) -> Question:
        """What to ask now: of the anchor given where the way has anchors. Asking changes nothing."""
        ...

    def after(self, asked: Asked, anchor: str) -> Question:
        """What to ask after an answer given while this anchor was on the screen."""
        ...

    def move(self, asked: Asked, anchor: str | None, other: str | None, step: int) -> Question:
        """Leave the question for later and go to the next (1), or go back (-1) where that means something."""
        ...

    def left(self, asked: Asked) -> int | None:
        """How many questions are open on this way; None where counting them would take long."""
        ...

    def ahead(self, asked: Asked, question: Question) -> list[str]:
        """Pictures that are likely shown next, after this question."""
        ...

    def forget(self, what: str) -> None:
        """What was worked out from all ``sides`` or all ``chances`` holds no more."""
        ...

    def update(self, heads: Collection[str], anew: Collection[str], wide: Collection[str]) -> None:
        """Follow a change: of units that stand otherwise now (``heads``), units whose offers were chosen anew, and
        units of all individuals that were concerned (``wide``, which holds ``heads``)."""
        ...


def makers() -> dict[str, Callable[[Desk], Way]]:
    """All ways, in the order in which the page offers them."""
    from spotid.review.ways.anchor import ByAnchor
    from spotid.review.ways.blind import Blind
    from spotid.review.ways.certain import MostCertain
    from spotid.review.ways.second import SecondLook
    from spotid.review.ways.useful import MostUseful

    return {way.name: way for way in (ByAnchor, MostCertain, MostUseful, SecondLook, Blind)}


class Ways:
    """The ways of one desk, each made when it is first gone."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._makers = desk, makers()
        self._made: dict[str, Way] = {}

    def find(self, name: str) -> Way:
        """A way by its name. Raises BadRequestError for one that does not exist."""
        if name not in self._makers:
            raise BadRequestError("There is no such way through the work.", "Choose one of those in the list.")
        if name not in self._made:
            self._made[name] = self._makers[name](self._desk)
        return self._made[name]

    def names(self) -> list[str]:
        """All ways' names."""
        return list(self._makers)

    def made(self) -> list[Way]:
        """The ways that somebody has gone since the desk was last read."""
        return list(self._made.values())
