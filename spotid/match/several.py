"""Several matchers in one project, named with a plus between them: coat-spots+aliked-lightglue."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from spotid.errors import BadRequestError
from spotid.match.parts import Matcher

TOGETHER = "+"
MOST = 4  # matchers of one project: each costs its time with every pair


class Several:
    """Matchers that each keep their own spots and scores; ``blending`` puts these together.

    What one of them has compared is kept under its own identity, so that another joins it, or leaves, at no cost.
    Quick ones are asked first, whatever the order of the names: what they find says which pairs are worth a slow one.
    """

    def __init__(self, members: Sequence[Matcher]) -> None:
        names = [one.name for one in members]
        if not 1 < len(names) <= MOST or len(set(names)) < len(names):
            raise BadRequestError(
                f"“{TOGETHER.join(names)}” can't be used as matcher.", f"Name 2 to {MOST} different ones."
            )
        self.members = tuple(sorted(members, key=lambda one: not one.quick))
        self.name = TOGETHER.join(names)

    def each(self, way: Callable[[Matcher], Matcher]) -> Several:
        """The same, with every member changed."""
        found = Several([way(one) for one in self.members])
        found.name = self.name
        return found

    def identity(self) -> str:
        """A short hash of those of all."""
        return hashlib.sha256(" ".join(one.identity() for one in self.members).encode()).hexdigest()[:16]

    def load(self) -> None:
        """Make all ready."""
        for one in self.members:
            one.load()


def members_of(matcher: Matcher | Several) -> tuple[Matcher, ...]:
    """The matchers of one name, quick ones first."""
    return matcher.members if isinstance(matcher, Several) else (matcher,)
