"""The reviewer's desk of one project: what is asked next, and what follows from an answer."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from spotid.errors import AnswerNotKeptError, BadRequestError, NotFoundError, NothingToUndoError, SpotIDError
from spotid.project import flanks, ledger, notes, sightings
from spotid.project.candidates import Candidates
from spotid.project.folder import Project
from spotid.review.identity import Change, Identities, replay
from spotid.review.queue import Offer, Queue, without_opposites
from spotid.review.sides import Sides
from spotid.words import PAIR_VERDICTS, Flank, SightingState, Verdict

ANCHOR_NOTE = "review_anchor"
DEEPER = 3  # times as many look-alikes are read as are offered, so that opposite sides leave no short lists behind
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
        self._lock = threading.RLock()
        self._stale = False
        self._hard_before: int | None = None  # the ledger's row when hard pairs were asked once more in this sitting
        self.identities = Identities()
        self.queue = Queue([], {}, self.identities)
        self.sides = Sides({})
        self.left_out = 0  # pairs that are not asked because they show opposite sides
        self._lists: dict[str, list[Offer]] = {}
        self.reload()

    def reload(self) -> None:
        """Read everything anew: after a run has added look-alikes, or when memory and ledger may differ."""
        with self._lock:
            store = self.project.store
            self.identities = replay(ledger.events(store), sightings.photo_mates(store))
            if self.identities.individuals() != ledger.stored_identity(store) and not store.readonly:
                ledger.rewrite_identity(store, self.identities.individuals())
            if not store.readonly:
                flanks.replay(store)
            self.sides = Sides(flanks.sides(store), self._flanks_matter)
            uid_of, order = {}, []
            for row in store.all(
                "SELECT sighting.id, sighting.uid FROM sighting JOIN media ON media.id = media_id"
                " WHERE sighting.state != ? ORDER BY station_id, captured_at, media.id, sighting.id",
                SightingState.WITHDRAWN,
            ):
                uid_of[row["id"]] = row["uid"]
                order.append(row["id"])
            candidates = Candidates(self.project.layout)
            try:
                lists = candidates.best_pairs(self._nearest * DEEPER)
            finally:
                candidates.close()
            found = {
                uid_of[anchor]: [
                    Offer(uid_of[one.candidate], one.likeness, one.spots, one.score, one.same_visit, one.place)
                    for one in entries
                    if one.candidate in uid_of
                ]
                for anchor, entries in lists.items()
                if anchor in uid_of
            }
            self._lists = {uid_of[one]: found[uid_of[one]] for one in order if uid_of[one] in found}
            self._lay_out()
            self._stale = False

    def _lay_out(self) -> None:
        """Offer the nearest of each list, without pairs of opposite sides."""
        offers, self.left_out = without_opposites(self._lists, self._nearest, self.sides, self.identities)
        self.queue = Queue(list(self._lists), offers, self.identities)
        if self._hard_before is not None:
            self.queue.ask_again(self._hard_before)

    def _fresh(self) -> None:
        if self._stale:
            self.reload()

    # --- questions ---------------------------------------------------------------------------------------------------

    def question(self, anchor: str | None = None) -> Question:
        """What to ask: of the given anchor, or where the reviewer was."""
        with self._lock:
            self._fresh()
            if not self.queue.anchors:
                return Question("empty")
            if anchor is not None and self.queue.position(anchor) is None:
                raise NotFoundError("This picture has no look-alikes to compare.", "Choose another one.")
            chosen = anchor or notes.get(self.project.store, ANCHOR_NOTE) or self.queue.anchors[0]
            question = self._of_anchor(chosen)
            if question.state == "anchor_done" and anchor is None:
                return self._after(chosen)
            return question

    def move(self, anchor: str | None, step: int) -> Question:
        """The next (1) or previous (-1) anchor with something to ask."""
        with self._lock:
            self._fresh()
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

    def _after(self, anchor: str | None, step: int = 1) -> Question:
        following = self.queue.next_anchor(anchor, step)
        if following is None and self._hard_before is None:
            # Everything else is answered: the pairs that were too hard to tell come back, once in a sitting.
            self._hard_before = ledger.last_row(self.project.store)
            self.queue.ask_again(self._hard_before)
            following = self.queue.next_anchor(anchor, step)
        if following is None:
            return Question("all_done", anchor)
        if following != notes.get(self.project.store, ANCHOR_NOTE):
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
        with self._lock:
            self._fresh()
            known = ledger.find(self.project.store, uid)
            if known is not None:
                self._check_repeat(known, verdict, anchor, comparison)
                return known, True, self._goes_on(anchor)
            self._check_sightings(anchor, comparison if verdict in PAIR_VERDICTS else None)
            answer = ledger.Answer(
                uid=uid,
                kind=verdict,
                a=anchor,
                b=comparison if verdict in PAIR_VERDICTS else None,
                reviewer=reviewer,
                seconds=seconds,
                evidence={"anchor": anchor, **(evidence or {})},
            )
            event = self._keep(answer)
            return event, False, self._goes_on(anchor)

    def say_flank(
        self, uid: str, sighting: str, flank: str, anchor: str, comparison: str | None = None, reviewer: str = ""
    ) -> tuple[ledger.Event, bool, Question]:
        """Keep which side of the animal ``sighting`` shows, as said while ``anchor`` and ``comparison`` were on screen.

        Gives what ``answer`` gives; the question is the same pair again unless it shows opposite sides now.
        """
        if flank not in set(Flank):
            raise BadRequestError(f"“{flank}” is not a side.", "Reload the page.")
        with self._lock:
            self._fresh()
            known = ledger.find(self.project.store, uid)
            if known is None:
                self._check_sightings(sighting, anchor, comparison)
                before = {"flank": flank, "was": flanks.was(self.project.store, sighting)}
                evidence = {"anchor": anchor, "comparison": comparison, **before}
                event = self._keep(
                    ledger.Answer(uid=uid, kind=Verdict.FLANK, a=sighting, reviewer=reviewer, evidence=evidence)
                )
            else:
                self._check_repeat(known, Verdict.FLANK, sighting, None)
                event = known
            return event, known is not None, self._shown(anchor, comparison) or self._goes_on(anchor)

    def undo(self, uid: str, reviewer: str = "") -> tuple[ledger.Event, ledger.Event, Question]:
        """Take the newest standing answer back: (the ledger's row, the answer taken back, its question again)."""
        with self._lock:
            self._fresh()
            known = ledger.find(self.project.store, uid)
            if known is not None and known.kind == Verdict.UNDO and known.target is not None:
                event, target = known, ledger.find(self.project.store, known.target)
            else:
                target = ledger.newest_standing(self.project.store)
                if target is None:
                    raise NothingToUndoError("There is no answer to take back.")
                event = self._keep(ledger.Answer(uid=uid, kind=Verdict.UNDO, target=target.uid, reviewer=reviewer))
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

    def _keep(self, answer: ledger.Answer) -> ledger.Event:
        change = Change()

        def follow(event: ledger.Event) -> tuple[list[int], dict[str, int | None]]:
            nonlocal change
            change = self.identities.apply(event)
            return change.founded, change.individual

        try:
            event = ledger.keep(self.project.store, answer, follow, code_of)
        except BaseException as error:
            self._stale = True  # memory may be ahead of the disk now; what counts is the disk
            if isinstance(error, SpotIDError) and not isinstance(error, BadRequestError):
                raise AnswerNotKeptError(f"The answer was not kept: {error.sentence}", error.advice) from error
            raise
        self.queue.update(change.touched)
        self._follow_side(event)
        return event

    def _follow_side(self, event: ledger.Event) -> None:
        """Offer other pairs where an answer has changed which side a picture shows."""
        about = ledger.find(self.project.store, event.target) if event.target else event
        if about is not None and about.kind == Verdict.FLANK and about.a is not None:
            self.sides.learn([about.a], flanks.sides(self.project.store, [about.a]))
            self._lay_out()

    def _check_sightings(self, *uids: str | None) -> None:
        wanted = [uid for uid in uids if uid is not None]
        if len(sightings.many(self.project.store, wanted)) != len(set(wanted)):
            raise NotFoundError("One of the two pictures is not in this project.", "Reload the page.")

    @staticmethod
    def _check_repeat(known: ledger.Event, verdict: Verdict, anchor: str, comparison: str | None) -> None:
        pair = {known.a, known.b} - {None}
        if known.kind != verdict or not pair <= {anchor, comparison}:
            raise BadRequestError("An answer with this number was kept before, and it was another one.", "Reload.")


def _verdict(kind: str) -> Verdict:
    try:
        return Verdict(kind)
    except ValueError:
        raise BadRequestError(f"“{kind}” is not an answer.", "Reload the page.") from None
