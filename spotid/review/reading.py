"""All that a reviewer's desk keeps in memory of one project, read in one go and followed answer by answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from spotid.project import flanks, given, ledger, sightings
from spotid.project.asked import asked_pairs
from spotid.project.folder import Project
from spotid.review.between import Journeys
from spotid.review.chances import NEWEST, Binned, Chances, Pace, Plain
from spotid.review.estimate import Rates, Waiting, rates, waiting
from spotid.review.filters import Filters
from spotid.review.identity import Change, Identities, replay
from spotid.review.lasting import lasting
from spotid.review.lists import Lists, read_lists
from spotid.review.queue import Queue
from spotid.review.register import Register
from spotid.review.sides import Matter, Sides
from spotid.review.tallies import bin_at
from spotid.review.visits import Seen, Units, read_seen, visits_of
from spotid.review.ways import Ways
from spotid.review.ways.line import Skipped
from spotid.words import Verdict

DEEPER = 3  # times as many look-alikes are read as are offered, so that opposite sides leave no short lists behind
MANY_ROWS = 1_000  # answers of another process that are followed one by one
FEW_ANSWERS, FEW_SHARE = 2, 0.02  # answers, and share of all, after which matches that wait are estimated anew
MOST_ANSWERS = 2_500  # the newest ones, that the estimate looks at
Kinds = Callable[[], Mapping[str, int]]
MORE_ANSWERS = 1.5  # times as many answers as before: only then questions are ordered by new chances


class Reading:
    """What is known of one project; ``Desk`` asks and answers with it. Everything here needs the desk's lock."""

    def __init__(self, project: Project, nearest: int, flanks_matter: Matter, kinds_of: Kinds = dict) -> None:
        self.lock = threading.RLock()  # to be held by whoever reads several things that must fit together
        self.project, self._nearest, self._flanks_matter = project, nearest, flanks_matter
        self._kinds_of = kinds_of
        self.kinds: Mapping[str, int] = {}  # sighting → its profile's place among the project's, where not the first
        self.skipped: dict[str, Skipped] = {}  # way → what was left for later in this sitting
        self._hard_before: int | None = None  # the ledger's row when hard pairs were asked once more in this sitting
        self._chances: Chances = Plain()
        self._chances_at = 0
        self.binned: Callable[[int], float] = Binned(self._chances)
        self.withdrawn: frozenset[str] = frozenset()
        self.seen: dict[str, Seen] = {}
        self.pace = Pace()
        self._rates: tuple[int, Rates | None, int, int] | None = None
        self.doubted: tuple[Any, Any] | None = None  # answers worth a second look, and after which row they were so
        self.row = 0  # the newest row of the ledger that was followed
        self._take(Identities(), Sides({}))

    def _take(self, identities: Identities, sides: Sides) -> None:
        """Form units, lists and questions of what was read."""
        self.identities, self.sides = identities, sides
        self._rates, self.doubted = None, None
        self.kinds = self._kinds_of() if self.seen else {}
        lists = read_lists(self.project, self.seen, self._nearest * DEEPER, self.kinds) if self.seen else {}
        like = {one: [offer.comparison for offer in offers] for one, offers in lists.items()}
        self.units = Units(visits_of(self.seen, like), sides, identities)
        self.journeys = Journeys.read(self.project.store, self.seen)
        self.lists = Lists(lists, self._nearest, sides, identities, self.units, self.journeys.impossible)
        anchors = self.lists.anchors()
        place = {uid: one.place for uid, one in self.seen.items()}
        anchors.sort(key=place.__getitem__)
        offers = {one: self.lists.chosen(one) for one in anchors}
        self.queue = Queue(anchors, offers, identities, self.units, place)
        self.register = Register(self.project.store, identities.answer)
        self.ways = Ways(self)
        self.passing = lru_cache(maxsize=8)(self._passing)

    def _read(self) -> None:
        """Read everything anew: after a run has added look-alikes, or when memory and ledger may differ."""
        with lasting():
            store = self.project.store
            identities = self._replayed()
            if not store.readonly:
                flanks.replay(store)
            self.withdrawn = sightings.withdrawn(store)
            self.seen = read_seen(self.project)
            self._take(identities, Sides(flanks.sides(store), self._flanks_matter))
            self.pace = Pace(given.seconds(store, NEWEST))
            if self._hard_before is not None:
                self.queue.ask_again(self._hard_before)

    def _replayed(self) -> Identities:
        """The state after all answers. A run may add what a collection says meanwhile: then it is read once more, since
        derived tables that lack the newest answers must not be put in the place of those that have them."""
        store = self.project.store
        while True:
            events = ledger.events(store)
            identities = replay(events, sightings.photo_mates(store))
            self.row = events[-1].row if events else 0
            try:
                self._settle(identities)
            except ledger.GrownError:
                continue
            return identities

    def _settle(self, identities: Identities) -> None:
        """Make the derived tables say what a replay gives. Raises GrownError."""
        store = self.project.store
        if store.readonly:
            return
        if identities.individuals() != ledger.stored_identity(store):
            ledger.rewrite_identity(store, identities.individuals(), self.row)
        if identities.known_facts() != ledger.stored_facts(store):
            ledger.rewrite_facts(store, identities.known_facts(), self.row)

    def _passing(self, filters: Filters) -> Callable[[str], bool] | None:
        """Whether a unit passes, by its head: one of its frames has to. None where nothing is filtered."""
        if not filters:
            return None
        test, frames = filters.passes(self.seen, self.sides), self.units.frames
        return lambda head: any(map(test, frames(head)))

    def weigh(self, chances: Chances) -> None:
        """Order questions by these chances from now on; not for every few answers, since that orders all anew."""
        with self.lock:
            answers = self.identities.pair_answers
            if chances is not self._chances and (answers > MORE_ANSWERS * self._chances_at or not self._chances.label):
                self._chances, self._chances_at, self.binned = chances, answers, Binned(chances)
                for way in self.ways.made():
                    way.forget("chances")

    def undiscovered(self) -> Waiting:
        """How many matches wait among the open questions, by this project's own answers."""
        with self.lock:
            given = self.identities.pair_answers
            if self._rates is None or abs(given - self._rates[0]) > max(FEW_ANSWERS, given * FEW_SHARE):
                pairs = asked_pairs(self.project.store, self.project.layout, MOST_ANSWERS)
                answered = [
                    (bin_at(pair.facts["score"] or 0.0, bool(pair.facts["same_visit"])), pair.same) for pair in pairs
                ]
                same = sum(pair.same for pair in pairs)
                self._rates = (given, rates(answered), same, len(pairs) - same)
            return waiting(self.queue.by_score, *self._rates[1:])

    def ask_hard_again(self) -> bool:
        """Everything else is answered: pairs that were too hard to tell come back, once in a sitting."""
        if self._hard_before is not None:
            return False
        self._hard_before = ledger.last_row(self.project.store)
        self.queue.ask_again(self._hard_before)
        self.ways = Ways(self)
        return True

    # --- following an answer -----------------------------------------------------------------------------------------

    def catch_up(self) -> bool:
        """Follow the answers that another process has written meanwhile; False where they are so many that reading
        everything anew is quicker."""
        missed = ledger.events(self.project.store, self.row)
        if len(missed) > MANY_ROWS:
            return False
        for event in missed:
            change = self.identities.apply(event)
            self.row = event.row
            self._follow(event, change)
        return True

    def _follow(self, event: ledger.Event, change: Change) -> None:
        """Offer and count anew what an answer, or taking one back, has changed."""
        about = ledger.find(self.project.store, event.target) if event.target else event
        named = _named(about)
        flank = about is not None and about.kind == Verdict.FLANK
        if flank:
            self.sides.learn(named, flanks.sides(self.project.store, named))
            self.queue.forget_some()
            self.passing.cache_clear()
        touched = {one for one in (*change.touched, *change.individual, *named) if one in self.seen}
        moved = self.units.changed(touched)
        concerned = self.lists.concerned(moved | set(named) if flank else moved)
        concerned |= {head for one in named if self.lists.has(head := self.units.head(one))}
        for one in moved:
            if one in self.queue.offers and (self.units.head(one) != one or not self.lists.has(one)):
                self.lists.forget(one)
                self.queue.drop(one)
        for anchor in concerned:
            offers = self.lists.chosen(anchor)
            if offers != self.queue.offers.get(anchor):
                self.queue.offer(anchor, offers)
        self.queue.update(touched | moved)
        self._tell_ways(touched | moved, concerned, flank)

    def _tell_ways(self, touched: set[str], concerned: set[str], flank: bool) -> None:
        made = self.ways.made()
        if not made:
            return
        if flank:
            for way in made:
                way.forget("sides")
        groups = {self.identities.label(one): self.identities.group(one) for one in touched}
        wide = {self.units.head(one) for group in groups.values() for one in group if one in self.seen}
        heads = set(map(self.units.head, touched))
        for way in made:
            way.update(heads, concerned, wide | heads)


def _named(about: ledger.Event | None) -> list[str]:
    """The sightings that an answer names, those that it covers included."""
    if about is None:
        return []
    more = about.more or {}
    covered = [one for ones in (more.get("with") or {}).values() for one in ones]
    return [*filter(None, (about.a, about.b)), *covered, *(more.get("out") or ())]
