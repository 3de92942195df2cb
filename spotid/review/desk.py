"""The reviewer's desk of one project: what is asked next, and what follows from an answer."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from spotid.errors import AnswerNotKeptError, BadRequestError, NotFoundError, NothingToUndoError, SpotIDError
from spotid.project import flanks, ledger, notes, sightings
from spotid.project.folder import Project
from spotid.review.identity import Change, Identities, replay
from spotid.review.lasting import lasting
from spotid.review.lists import Lists, read_lists
from spotid.review.queue import Offer, Queue
from spotid.review.sides import Sides
from spotid.words import PAIR_VERDICTS, Flank, Verdict

ANCHOR_NOTE = "review_anchor"
DEEPER = 3  # times as many look-alikes are read as are offered, so that opposite sides leave no short lists behind
OTHER_ANSWER = ("An answer with this number was kept before, and it was another one.", "Reload.")
CODE_PREFIX = "leopard_"


def code_of(number: int) -> str:
    """The permanent code of an individual."""
    return f"{CODE_PREFIX}{number}"


@dataclass(frozen=True, slots=True)
class Question:
    """What is on the screen. ``state`` is pair, anchor_done, all_done or empty."""

    state: str
    anchor: str | None = None
    offer: Offer | None = None
    rank: int | None = None
    of: int = 0


class Desk:
    """Answers and questions of one project; safe to use from several threads."""

    def __init__(self, project: Project, nearest: int, flanks_matter: bool = True) -> None:
        self.project, self._nearest, self._flanks_matter = project, nearest, flanks_matter
        self.lock = threading.RLock()  # to be held by whoever reads several things that must fit together
        self._stale = False
        self._hard_before: int | None = None  # the ledger's row when hard pairs were asked once more in this sitting
        self.identities = Identities()
        self.queue = Queue([], {}, self.identities)
        self.sides = Sides({})
        self._lists = Lists({}, nearest, self.sides, self.identities)
        self.withdrawn: frozenset[str] = frozenset()
        self.reload()

    def reload(self) -> None:
        """Read everything anew: after a run has added look-alikes, or when memory and ledger may differ."""
        with self.lock, lasting():
            store = self.project.store
            self.identities = replay(ledger.events(store), sightings.photo_mates(store))
            if self.identities.individuals() != ledger.stored_identity(store) and not store.readonly:
                ledger.rewrite_identity(store, self.identities.individuals())
            if self.identities.known_facts() != ledger.stored_facts(store) and not store.readonly:
                ledger.rewrite_facts(store, self.identities.known_facts())
            if not store.readonly:
                flanks.replay(store)
            self.sides = Sides(flanks.sides(store), self._flanks_matter)
            self.withdrawn = sightings.withdrawn(store)
            lists = read_lists(self.project, self._nearest * DEEPER)
            self._lists = Lists(lists, self._nearest, self.sides, self.identities)
            self.queue = Queue(list(lists), {one: self._lists.chosen(one) for one in lists}, self.identities)
            if self._hard_before is not None:
                self.queue.ask_again(self._hard_before)
            self._stale = False

    @property
    def left_out(self) -> int:
        """How many pairs are not asked because they show opposite sides."""
        return self._lists.left_out

    @property
    def individuals(self) -> int:
        """How many individuals have sightings that nobody has withdrawn."""
        known = self.identities
        gone = {known.individual(one): one for one in self.withdrawn if known.individual(one) is not None}
        return known.count() - sum(known.group(one) <= self.withdrawn for one in gone.values())

    def fresh(self) -> None:
        """Read everything anew where memory and ledger may differ; to be called with the lock held."""
        if self._stale:
            self.reload()

    # --- questions ---------------------------------------------------------------------------------------------------

    def question(self, anchor: str | None = None) -> Question:
        """What to ask: of the given anchor, or where the reviewer was."""
        with self.lock:
            self.fresh()
            if not self.queue.anchors:
                return Question("empty")
            if anchor is not None and self.queue.position(anchor) is None:
                raise NotFoundError("This picture has no look-alikes to compare.", "Choose another one.")
            chosen = anchor or notes.get(self.project.store, ANCHOR_NOTE) or self.queue.anchors[0]
            question = self._of_anchor(chosen)
            if question.state == "anchor_done" and anchor is None:
                return self._after(chosen, remember=False)
            return question

    def move(self, anchor: str | None, step: int) -> Question:
        """The next (1) or previous (-1) anchor with something to ask."""
        with self.lock:
            self.fresh()
            if not self.queue.anchors:
                return Question("empty")
            return self._after(anchor, step)

    def _of_anchor(self, anchor: str) -> Question:
        offers = self.queue.open_offers(anchor)
        of = len(self.queue.offers.get(anchor, ()))
        if not offers or self.identities.is_new(anchor):
            return Question("anchor_done", anchor, of=of)
        rank, offer = offers[0]
        return Question("pair", anchor, offer, rank, of)

    def _after(self, anchor: str | None, step: int = 1, *, remember: bool = True) -> Question:
        following = self.queue.next_anchor(anchor, step)
        if following is None and self._hard_before is None:
            # Everything else is answered: the pairs that were too hard to tell come back, once in a sitting.
            self._hard_before = ledger.last_row(self.project.store)
            self.queue.ask_again(self._hard_before)
            following = self.queue.next_anchor(anchor, step)
        if following is None:
            return Question("all_done", anchor)
        if remember and following != notes.get(self.project.store, ANCHOR_NOTE):
            notes.put(self.project.store, ANCHOR_NOTE, following)
        return self._of_anchor(following)

    def _goes_on(self, anchor: str) -> Question:
        question = self._of_anchor(anchor)
        return self._after(anchor) if question.state == "anchor_done" else question

    # --- answers -----------------------------------------------------------------------------------------------------

    def answer(
        self,
        uid: str,
        kind: str,
        anchor: str,
        comparison: str | None = None,
        *,
        seconds: float | None = None,
        evidence: dict[str, Any] | None = None,
        reviewer: str = "",
    ) -> tuple[ledger.Event, bool, Question]:
        """Keep an answer and say what comes next: (the ledger's row, whether it was there before, the next question).

        Raises BadRequestError for an answer that makes no sense, AnswerNotKeptError when it could not be written.
        """
        verdict = _verdict(kind)
        if verdict in (Verdict.UNDO, Verdict.FLANK):
            raise BadRequestError("An answer is taken back with Undo, and a side is said of one picture.")
        with self.lock:
            self.fresh()
            known = ledger.find(self.project.store, uid)
            if known is not None:
                self.check_repeat(known, verdict, anchor, comparison if verdict in PAIR_VERDICTS else None)
                return known, True, self._goes_on(anchor)
            self.check_sightings(anchor, comparison if verdict in PAIR_VERDICTS else None)
            answer = ledger.Answer(
                uid=uid,
                kind=verdict,
                a=anchor,
                b=comparison if verdict in PAIR_VERDICTS else None,
                reviewer=reviewer,
                seconds=seconds,
                evidence={"anchor": anchor, **(evidence or {})},
            )
            event = self.keep(answer)
            return event, False, self._goes_on(anchor)

    def say_flank(
        self, uid: str, sighting: str, flank: str, anchor: str, comparison: str | None = None, reviewer: str = ""
    ) -> tuple[ledger.Event, bool, Question]:
        """Keep which side of the animal ``sighting`` shows, as said while ``anchor`` and ``comparison`` were on screen.

        Gives what ``answer`` gives; the question is the same pair again unless it shows opposite sides now.
        """
        if flank not in set(Flank):
            raise BadRequestError(f"“{flank}” is not a side.", "Reload the page.")
        with self.lock:
            self.fresh()
            known = ledger.find(self.project.store, uid)
            if known is None:
                self.check_sightings(sighting, anchor, comparison)
                before = {"flank": flank, "was": flanks.was(self.project.store, sighting)}
                evidence = {"anchor": anchor, "comparison": comparison, **before}
                event = self.keep(
                    ledger.Answer(uid=uid, kind=Verdict.FLANK, a=sighting, reviewer=reviewer, evidence=evidence)
                )
            else:
                self.check_repeat(known, Verdict.FLANK, sighting, None)
                if ledger.evidence_of(self.project.store, uid).get("flank") != flank:
                    raise BadRequestError(*OTHER_ANSWER)
                event = known
            return event, known is not None, self._shown(anchor, comparison) or self._goes_on(anchor)

    def undo(self, uid: str, reviewer: str = "") -> tuple[ledger.Event, ledger.Event, Question]:
        """Take the newest standing answer back: (the ledger's row, the answer taken back, its question again)."""
        with self.lock:
            self.fresh()
            known = ledger.find(self.project.store, uid)
            if known is not None:
                self.check_repeat(known, Verdict.UNDO, None, None)
                event, target = known, ledger.find(self.project.store, known.target or "")
            else:
                target = ledger.newest_standing(self.project.store)
                if target is None:
                    raise NothingToUndoError("There is no answer to take back.")
                event = self.keep(ledger.Answer(uid=uid, kind=Verdict.UNDO, target=target.uid, reviewer=reviewer))
            assert target is not None, "an undo always has a target"
            return event, target, self._again(target)

    def _again(self, target: ledger.Event) -> Question:
        evidence = ledger.evidence_of(self.project.store, target.uid)
        anchor = evidence.get("anchor") or target.a
        if anchor is None or self.queue.position(anchor) is None:
            return self.question()
        notes.put(self.project.store, ANCHOR_NOTE, anchor)
        other = evidence.get("comparison") or (target.b if anchor == target.a else target.a)
        return self._shown(anchor, other) or self._of_anchor(anchor)

    def _shown(self, anchor: str, comparison: str | None) -> Question | None:
        """The question on this very pair; None where it is none."""
        offers = self.queue.offers.get(anchor, ())
        for rank, offer in enumerate(offers, 1):
            if offer.comparison == comparison and self.queue.is_open(anchor, offer.comparison):
                return Question("pair", anchor, offer, rank, len(offers))
        return None

    def keep(self, answer: ledger.Answer) -> ledger.Event:
        """Write one answer down and follow it; to be called with the lock held."""
        change = Change()

        def follow(event: ledger.Event) -> ledger.Follows:
            nonlocal change
            change = self.identities.apply(event)
            return change.founded, change.individual, self.identities.facts_after(change)

        try:
            event = ledger.keep(self.project.store, answer, follow, code_of)
        except BaseException as error:
            self._stale = True  # memory may be ahead of the disk now; what counts is the disk
            if isinstance(error, SpotIDError) and not isinstance(error, BadRequestError):
                raise AnswerNotKeptError(f"The answer was not kept: {error.sentence}", error.advice) from error
            raise
        self.queue.update(change.touched)
        self._offer_anew(event)
        return event

    def _offer_anew(self, event: ledger.Event) -> None:
        """Offer other pairs where an answer, or taking it back, has changed what is offered."""
        about = ledger.find(self.project.store, event.target) if event.target else event
        if about is None or about.a is None:
            return
        anchors: Iterable[str] = ()
        if about.kind == Verdict.FLANK:
            self.sides.learn([about.a], flanks.sides(self.project.store, [about.a]))
            anchors = self._lists.concerned(about.a)
        elif about.b is not None:
            anchors = [one for one in (about.a, about.b) if self.queue.position(one) is not None]
        for anchor in anchors:
            offers = self._lists.chosen(anchor)
            if offers != self.queue.offers[anchor]:
                self.queue.offer(anchor, offers)

    def check_sightings(self, *uids: str | None) -> None:
        wanted = [uid for uid in uids if uid is not None]
        if len(sightings.many(self.project.store, wanted)) != len(set(wanted)):
            raise NotFoundError("One of the two pictures is not in this project.", "Reload the page.")

    @staticmethod
    def check_repeat(known: ledger.Event, verdict: Verdict, anchor: str | None, comparison: str | None) -> None:
        if known.kind != verdict or {known.a, known.b} - {None} != {anchor, comparison} - {None}:
            raise BadRequestError(*OTHER_ANSWER)


def _verdict(kind: str) -> Verdict:
    try:
        return Verdict(kind)
    except ValueError:
        raise BadRequestError(f"“{kind}” is not an answer.", "Reload the page.") from None
