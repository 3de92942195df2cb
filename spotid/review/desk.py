"""The reviewer's desk of one project: what is asked next, and what follows from an answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from spotid.errors import AnswerNotKeptError, BadRequestError, NotFoundError, NothingToUndoError, SpotIDError
from spotid.project import flanks, ledger, notes, sightings
from spotid.project.folder import Project
from spotid.project.given import LONGEST
from spotid.review.coding import Words, noted
from spotid.review.identity import Change
from spotid.review.question import PLAINLY, Asked, Question
from spotid.review.reading import Kinds, Reading
from spotid.review.sides import Matter
from spotid.review.visits import MOST
from spotid.review.ways.anchor import ANCHOR_NOTE
from spotid.review.ways.second import contradicted
from spotid.words import PAIR_VERDICTS, Flank, Verdict

OTHER_ANSWER = ("An answer with this number was kept before, and it was another one.", "Reload.")
TRIES = 50  # of writing an answer while a run writes too, a batch of answers at a time
GIVEN_HERE = PAIR_VERDICTS | {Verdict.NEW, Verdict.UNUSABLE}
Kept = tuple[ledger.Event, bool, Question]


class Desk(Reading):
    """Answers and questions of one project; safe to use from several threads. ``words_of`` says of sightings what the
    codes of new individuals begin with, ``kinds_of`` to which of several profiles sightings belong (``kinds``)."""

    def __init__(
        self,
        project: Project,
        nearest: int,
        flanks_matter: Matter = True,
        words_of: Words = None,
        kinds_of: Kinds = dict,
    ) -> None:
        self._stale, self.words_of = False, words_of
        super().__init__(project, nearest, flanks_matter, kinds_of)
        self.reload()

    def reload(self) -> None:
        """Read everything anew: after a run has added look-alikes, or when memory and ledger may differ."""
        with self.lock:
            self._read()
            self._stale = False

    @property
    def left_out(self) -> int:
        """How many pairs are not asked because they show opposite sides."""
        return self.lists.left_out

    @property
    def individuals(self) -> int:
        """How many individuals have sightings that nobody has withdrawn."""
        known = self.identities
        gone = {known.individual(one): one for one in self.withdrawn if known.individual(one) is not None}
        return known.count() - sum(known.group(one) <= self.withdrawn for one in gone.values())

    def fresh(self) -> None:
        """Bring memory up to the ledger where they may differ, as while a run adds what a collection says; to be called
        with the lock held."""
        grown = not self.project.store.readonly and ledger.last_row(self.project.store) != self.row
        if self._stale or (grown and not self.catch_up()):
            self.reload()

    # --- questions ---------------------------------------------------------------------------------------------------

    def question(self, anchor: str | None = None, asked: Asked = PLAINLY) -> Question:
        """What to ask: of the given anchor, or where the reviewer was."""
        with self.lock:
            self.fresh()
            way = self.ways.find(asked.way)
            return way.ask(asked, anchor) if self.queue.anchors else Question("empty")

    def move(self, anchor: str | None, step: int, asked: Asked = PLAINLY, other: str | None = None) -> Question:
        """The next (1) or previous (-1) question, or anchor with something to ask; this one returns later.

        ``other`` is the picture beside the anchor, where the way skips pairs and not anchors.
        """
        with self.lock:
            self.fresh()
            way = self.ways.find(asked.way)
            return way.move(asked, anchor, other, step) if self.queue.anchors else Question("empty")

    def _goes_on(self, anchor: str, asked: Asked) -> Question:
        return self.ways.find(asked.way).after(asked, anchor) if self.queue.anchors else Question("empty")

    # --- answers -----------------------------------------------------------------------------------------------------

    def answer(
        self,
        uid: str,
        kind: str,
        anchor: str,
        comparison: str | None = None,
        *,
        seconds: float | None = None,
        evidence: Mapping[str, Any] | None = None,
        reviewer: str = "",
        asked: Asked = PLAINLY,
        covered: Mapping[str, Sequence[str]] | None = None,
    ) -> Kept:
        """Keep an answer and say what comes next: (the ledger's row, whether it was there before, the next question).

        ``covered``: of the two sightings, other frames of the same unit that were shown and that the answer is about.
        Raises BadRequestError for an answer that makes no sense, AnswerNotKeptError when it could not be written.
        """
        verdict = _verdict(kind)
        if verdict not in GIVEN_HERE:
            raise BadRequestError("This answer is not given to a pair.", "Reload the page.")
        blind = asked.way == "blind"
        if blind and verdict not in PAIR_VERDICTS:
            raise BadRequestError(
                "A second opinion is about a pair.", "Answer same, different, or that nobody can tell."
            )
        other = comparison if verdict in PAIR_VERDICTS else None
        said = {"anchor": anchor, **(evidence or {})} | ({} if asked.way == "anchor" else {"way": asked.way})
        with self.lock:
            self.fresh()
            self.ways.find(asked.way)
            kept_as = Verdict.SECOND if blind else verdict
            known = ledger.find(self.project.store, uid)
            if known is not None:
                self.check_repeat(known, kept_as, anchor, other)
                if blind and (known.more or {}).get("said") != verdict:
                    raise BadRequestError(*OTHER_ANSWER)
                return known, True, self._goes_on(anchor, asked)
            self.check_sightings(anchor, other)
            if blind:
                said["said"] = verdict.value
            elif frames := self._covered(anchor, other, covered or {}):
                said["with"] = frames
            answer = ledger.Answer(uid, kept_as, anchor, other, None, reviewer, seconds, said)
            if asked.way == "second" and verdict is Verdict.SAME and other is not None:
                self._take_back_contradicted(answer, said.get("with", {}))
            event = self.keep(answer)
            return event, False, self._goes_on(anchor, asked)

    def _covered(self, a: str, b: str | None, covered: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """What an answer covers beside its two sightings: only frames of their own units."""
        found: dict[str, list[str]] = {}
        for sighting, frames in covered.items():
            if b is None and sighting != a:
                continue  # the answer is about one picture
            mine = set(frames) - {sighting}
            if not mine:
                continue
            if sighting not in (a, b) or len(mine) >= MOST or not mine <= set(self.units.frames(sighting)):
                raise BadRequestError("These pictures are not of one visit any more.", "Reload the page.")
            found[sighting] = sorted(mine)
        if b is not None and b in self.units.frames(a) and found:
            raise BadRequestError("Both pictures are of one visit.", "Answer about these two pictures alone.")
        return found

    def _take_back_contradicted(self, answer: ledger.Answer, frames: Mapping[str, Sequence[str]]) -> None:
        """On a second look, *same* takes back what this person had said of the very same visits."""
        ours, theirs = ([one, *frames.get(one, ())] for one in (answer.a or "", answer.b or ""))
        for target in contradicted(self, ours, theirs, answer.reviewer):
            number = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{answer.uid} {target}"))
            said = {"way": "second", "for": answer.uid}
            self.keep(ledger.Answer(number, Verdict.UNDO, target=target, reviewer=answer.reviewer, evidence=said))

    def say_flank(
        self,
        uid: str,
        sighting: str,
        flank: str,
        anchor: str,
        comparison: str | None = None,
        reviewer: str = "",
        asked: Asked = PLAINLY,
    ) -> Kept:
        """Keep which side of the animal ``sighting`` shows, as said while ``anchor`` and ``comparison`` were on screen.

        Gives what ``answer`` gives; the question is the same pair again unless it shows opposite sides now.
        """
        if flank not in set(Flank):
            raise BadRequestError(f"“{flank}” is not a side.", "Reload the page.")
        with self.lock:
            self.fresh()
            self.ways.find(asked.way)
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
            again = None if asked.way == "blind" else self._shown(anchor, comparison)
            return event, known is not None, again or self._goes_on(anchor, asked)

    def undo(
        self, uid: str, reviewer: str = "", target: str | None = None, asked: Asked = PLAINLY
    ) -> tuple[ledger.Event, ledger.Event, Question]:
        """Take an answer back, the newest standing one unless ``target`` names another: (the ledger's row, the answer
        taken back, its question again)."""
        with self.lock:
            self.fresh()
            self.ways.find(asked.way)
            store = self.project.store
            known = ledger.find(store, uid)
            if known is not None:
                self.check_repeat(known, Verdict.UNDO, None, None)
                if target is not None and known.target != target:
                    raise BadRequestError(*OTHER_ANSWER)
                event, about = known, ledger.find(store, known.target or "")
            else:
                about = ledger.newest_standing(store) if target is None else ledger.find(store, target)
                if about is None or not ledger.stands(store, about.uid):
                    raise NothingToUndoError("There is no answer to take back.")
                event = self.keep(ledger.Answer(uid=uid, kind=Verdict.UNDO, target=about.uid, reviewer=reviewer))
            assert about is not None, "an undo always has a target"
            return event, about, self._again(about, asked)

    def _again(self, target: ledger.Event, asked: Asked) -> Question:
        if not self.queue.anchors:
            return Question("empty")
        way = self.ways.find(asked.way)
        evidence = ledger.evidence_of(self.project.store, target.uid)
        anchor = evidence.get("anchor") or target.a
        if anchor is None or asked.way == "blind" or self.queue.position(self.units.head(anchor)) is None:
            return way.ask(asked)
        other = evidence.get("comparison") or (target.b if anchor == target.a else target.a)
        if asked.way == "anchor":
            notes.put(self.project.store, ANCHOR_NOTE, self.units.head(anchor))
        again = self._shown(anchor, other)
        return again or way.ask(asked, anchor if asked.way == "anchor" else None)

    def _shown(self, anchor: str, comparison: str | None) -> Question | None:
        """The question on this very pair; None where it is none."""
        if comparison is None:
            return None
        head, other = self.units.head(anchor), self.units.head(comparison)
        offers = self.queue.offers.get(head, ())
        for rank, offer in enumerate(offers, 1):
            if offer.comparison == other:
                pair = self.queue.open_frames(head, other, anchor, comparison)
                if pair is not None and pair != offer.pair(head):
                    offer = offer._replace(shown=pair[0], frame=pair[1])
                return None if pair is None else Question("pair", head, offer, rank, len(offers))
        return None

    def keep(self, answer: ledger.Answer) -> ledger.Event:
        """Write one answer down and follow it; to be called with the lock held."""
        change = Change()

        def follow(event: ledger.Event) -> ledger.Follows:
            nonlocal change
            change = self.identities.apply(event)
            return change.founded, change.individual, self.identities.facts_after(change)

        try:
            event = self._kept(noted(self.project.store, [answer], self.words_of)[0], follow)
        except BaseException as error:
            self._stale = True  # memory may be ahead of the disk now; what counts is the disk
            if isinstance(error, SpotIDError) and not isinstance(error, BadRequestError):
                raise AnswerNotKeptError(f"The answer was not kept: {error.sentence}", error.advice) from error
            raise
        self.row = event.row
        if answer.kind in PAIR_VERDICTS and answer.seconds is not None and 0 < answer.seconds <= LONGEST:
            self.pace.add(answer.seconds)
        self._follow(event, change)
        return event

    def _kept(self, answer: ledger.Answer, follow: Callable[[ledger.Event], ledger.Follows]) -> ledger.Event:
        """Write an answer. Where a run has added answers in the same moment, these are followed first: the number of an
        individual depends on all before it."""
        for _ in range(TRIES):
            try:
                return ledger.keep(self.project.store, answer, follow, self.identities.code_of, self.row)
            except ledger.GrownError:
                self.fresh()
        return ledger.keep(self.project.store, answer, follow, self.identities.code_of, self.row)

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
