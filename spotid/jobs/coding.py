"""What the codes of new individuals begin with in a project: a word for the animal that a sighting shows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from spotid.project import parts_kept, sightings, species

if TYPE_CHECKING:
    from spotid.jobs.stages import Line
    from spotid.project.store import Store

Words = Callable[[Collection[str]], dict[str, str]]


def words_of(line: Line) -> Words:
    """What says of sightings, by uid, which word the code of an individual begins with that is first seen in them. It
    looks at the species of the moment; profiles are those that the project had when this was called."""
    project, routing = line.project, line.routing

    def words(uids: Collection[str]) -> dict[str, str]:
        known = sightings.many(project.store, list(uids))
        return {uid: routing.word(known[uid]["species"] if uid in known else "") for uid in uids}

    return words


def words_meanwhile(store: Store, line: Callable[[], Line]) -> Words:
    """The same for as long as a project is open, in which profiles may come and names of species may be explained.
    ``line`` gives the line of the moment; it reads all profiles, and is asked only after a change."""
    known: dict[str, tuple[object, Words]] = {}

    def words(uids: Collection[str]) -> dict[str, str]:
        now = parts_kept.profiles(store), species.words(store)
        if "words" not in known or known["words"][0] != now:
            known["words"] = now, words_of(line())
        return known["words"][1](uids)

    return words
