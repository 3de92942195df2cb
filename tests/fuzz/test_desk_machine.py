"""Any order of answers, taking back, repeats, two windows, reopening, new boxes: the desk says what follows, always."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import threading
import uuid
from functools import lru_cache
from pathlib import Path
from typing import Any

import long_review_stock
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from naive import Naive, follows

from spotid.boxes import Box
from spotid.errors import BadRequestError, NothingToUndoError
from spotid.project import frame_steps, ledger
from spotid.project.candidates import Candidates
from spotid.project.folder import open_project
from spotid.review.desk import Desk
from spotid.words import SightingState

COUNT, NEAREST = 9, 3
NUMBERS = st.integers(0, 60)
KINDS = st.sampled_from(["same"] * 4 + ["different"] * 3 + ["cannot_tell", "not_comparable", "new", "unusable"])
HALVES = (Box(0.0, 0.0, 0.45, 1.0), Box(0.5, 0.0, 0.45, 1.0))


@lru_cache(maxsize=1)
def template() -> Path:
    """A small survey, made once."""
    folder = Path(tempfile.mkdtemp(prefix="spotid-machine-"))
    long_review_stock.make(folder, COUNT, pictures=False)
    return folder / "survey"


class Reviewing(RuleBasedStateMachine):
    """A project, a desk, and everything that may happen to them."""

    @initialize()
    def open_survey(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="spotid-machine-"))
        self.folder = self.home / "survey"
        shutil.copytree(template(), self.folder)
        self.project = open_project(self.folder)
        self.desk = Desk(self.project, NEAREST)
        self.guessed = dict(Naive(self.folder, NEAREST).side)
        self.kept: dict[str, tuple[Any, ...]] = {}  # uid → what was sent and acknowledged
        self.before: list[tuple[Any, ...]] = []  # states that taking the newest answer back must restore
        self.codes: dict[int, str] = {}
        self.rows: list[dict[str, Any]] = []

    def teardown(self) -> None:
        if hasattr(self, "project"):
            self.project.close()
            shutil.rmtree(self.home, ignore_errors=True)

    # --- what is looked at -------------------------------------------------------------------------------------------

    def naive(self, desk: Desk) -> Naive:
        return Naive(self.folder, NEAREST, desk._hard_before or 0, self.guessed)

    def state(self, desk: Desk) -> tuple[Any, ...]:
        offers = {anchor: list(entries) for anchor, entries in desk.queue.offers.items()}
        opened = {anchor: desk.queue.open_offers(anchor) for anchor in desk.queue.anchors}
        total = (desk.queue.total.left, desk.queue.total.implied, desk.left_out, desk.identities.pair_answers)
        return desk.identities.individuals(), desk.identities.conflicts(), offers, opened, total, desk.individuals

    def uid_at(self, place: int) -> str:
        live = self.naive(self.desk).live
        return live[place % len(live)]

    def note(self, uid: str, *content: Any) -> None:
        assert uid not in self.kept
        self.kept[uid] = content

    # --- what a person does ------------------------------------------------------------------------------------------

    @rule(kind=KINDS, one=NUMBERS, other=NUMBERS)
    def answers(self, kind: str, one: int, other: int) -> None:
        a, b = self.uid_at(one), self.uid_at(other)
        uid, state = str(uuid.uuid4()), (self.desk._hard_before, self.state(self.desk))
        if a == b and kind not in ("new", "unusable"):
            with pytest.raises(BadRequestError):
                self.desk.answer(uid, kind, a, b)
            assert self.state(self.desk) == state[1]
            return
        event, repeated, _ = self.desk.answer(uid, kind, a, b)
        assert not repeated and event.row == len(self.rows) + 1
        self.note(uid, kind, a, None if kind in ("new", "unusable") else b)
        self.before.append(state)

    @rule(
        start=NUMBERS,
        sizes=st.sampled_from([(3,), (2, 2), (3, 3), (2, 3)]),
        then=st.sampled_from(["different", "same"]),
    )
    def joins_herds(self, start: int, sizes: tuple[int, ...], then: str) -> None:
        """Groups of several sightings, and an answer between two of them."""
        live = self.naive(self.desk).live
        turned = live[start % len(live) :] + live[: start % len(live)]
        firsts = []
        for size in sizes:
            herd, turned = turned[:size], turned[size:]
            firsts += herd[-1:]
            for one, other in itertools.pairwise(herd):
                self._say("same", one, other)
        if len(firsts) == 2:
            self._say(then, *firsts)

    @rule(which=NUMBERS, back=st.booleans())
    def contradicts(self, which: int, back: bool) -> None:
        """A group whose sightings are said to be two individuals all the same, or two that differ to be one."""
        naive = self.naive(self.desk)
        pairs = [(a, b) for a in naive.live for b in naive.live if a < b and naive.relation(a, b) is not None]
        if pairs:
            a, b = pairs[which % len(pairs)]
            self._say("different" if naive.relation(a, b) == "same" else "same", a, b)
            if back:
                self._take_back(False)

    def _say(self, kind: str, a: str, b: str) -> None:
        uid = str(uuid.uuid4())
        self.before.append((self.desk._hard_before, self.state(self.desk)))
        self.desk.answer(uid, kind, a, b)
        self.note(uid, kind, a, b)

    @rule(times=st.integers(1, 4), slip=st.booleans())
    def answers_what_is_asked(self, times: int, slip: bool) -> None:
        for _ in range(times):
            question = self.desk.question()
            if question.state != "pair":
                return
            a, b = question.anchor, question.offer.comparison
            self._say("same" if (int(a[:4], 16) + int(b[:4], 16) + slip) % 3 == 0 else "different", a, b)

    @rule(one=NUMBERS, flank=st.sampled_from(["left", "right", "unknown", "front"]), anchor=NUMBERS)
    def says_a_side(self, one: int, flank: str, anchor: int) -> None:
        uid, sighting = str(uuid.uuid4()), self.uid_at(one)
        state = (self.desk._hard_before, self.state(self.desk))
        self.desk.say_flank(uid, sighting, flank, self.uid_at(anchor))
        self.note(uid, "flank", sighting, flank)
        self.before.append(state)

    @rule(twice=st.booleans(), times=st.integers(1, 3))
    def takes_back(self, twice: bool, times: int) -> None:
        for _ in range(times):
            self._take_back(twice)

    def _take_back(self, twice: bool) -> None:
        standing, uid = self.naive(self.desk).standing, str(uuid.uuid4())
        if not standing:
            with pytest.raises(NothingToUndoError):
                self.desk.undo(uid)
            return
        event, target, _ = self.desk.undo(uid)
        assert target.uid == standing[-1]["uid"]
        self.note(uid, "undo", target.uid)
        if self.before:
            hard_before, state = self.before.pop()
            if hard_before == self.desk._hard_before:
                assert self.state(self.desk) == state, "taking the newest answer back restores what was before it"
        if twice:
            assert self.desk.undo(uid)[0] == event, "a double press takes back one answer"

    @precondition(lambda self: self.kept)
    @rule(which=NUMBERS, other=NUMBERS)
    def sends_again(self, which: int, other: int) -> None:
        uid, content = list(self.kept.items())[which % len(self.kept)]
        state, stranger = self.state(self.desk), self.uid_at(other)
        kind, a, b = content if len(content) == 3 else (*content, None)
        if kind == "undo":
            self.desk.undo(uid)
            with pytest.raises(BadRequestError):
                self.desk.answer(uid, "unusable", stranger)
        elif kind == "flank":
            assert self.desk.say_flank(uid, a, b, stranger)[1]
            with pytest.raises(BadRequestError):
                self.desk.say_flank(uid, a, "rear", stranger)
            with pytest.raises(BadRequestError):
                self.desk.undo(uid)
        else:
            assert self.desk.answer(uid, kind, b or a, a if b else None)[1], "the same pair the other way round"
            for wrong in (
                "not_comparable" if kind != "not_comparable" else "same",
                "new" if kind != "new" else "unusable",
            ):
                with pytest.raises(BadRequestError):
                    self.desk.answer(uid, wrong, a, b or stranger)
            if stranger not in (a, b):
                with pytest.raises(BadRequestError):
                    self.desk.answer(uid, kind, stranger, b or a)
            with pytest.raises(BadRequestError):
                self.desk.undo(uid)
        assert self.state(self.desk) == state

    @rule(kinds=st.lists(KINDS, min_size=2, max_size=6), one=NUMBERS, other=NUMBERS, shared=st.booleans())
    def two_windows(self, kinds: list[str], one: int, other: int, shared: bool) -> None:
        """Two windows answer at the same moment; ``shared``: both also send one and the same answer."""
        live = self.naive(self.desk).live
        a, b = live[one % len(live)], live[other % len(live)]
        if a == b:
            b = live[(other + 1) % len(live)]
        both, faults = str(uuid.uuid4()), []

        def window(part: list[str]) -> None:
            try:
                for kind in part:
                    uid = str(uuid.uuid4())
                    self.desk.answer(uid, kind, a, b)
                    self.kept[uid] = (kind, a, None if kind in ("new", "unusable") else b)
                    self.state(self.desk) if not shared else None
                if shared:
                    self.desk.answer(both, "different", a, b)
                    self.kept[both] = ("different", a, b)
            except BaseException as fault:
                faults.append(fault)

        threads = [threading.Thread(target=window, args=(kinds[half::2],)) for half in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert not faults, faults
        self.before.clear()

    @rule()
    def looks_on(self) -> None:
        """Asking never changes the ledger, and shows only what is open; where nothing is shown, nothing is."""
        question, naive = self.desk.question(), self.naive(self.desk)
        asked = naive.asked()
        if question.state == "pair":
            assert (question.anchor, question.offer.comparison) in asked
        else:
            assert question.state == "all_done" and not asked
        moved = self.desk.move(question.anchor, -1)
        assert moved.state != "pair" or (moved.anchor, moved.offer.comparison) in asked

    @rule(again=st.booleans())
    def reopens(self, again: bool) -> None:
        if again:
            self.project.close()
            self.project = open_project(self.folder)
            self.desk = Desk(self.project, NEAREST)
            self.before.clear()  # hard pairs wait again
        else:
            self.desk.reload()

    @rule(place=NUMBERS, boxes=st.sampled_from([(), HALVES[:1], HALVES, (Box(0, 0, 1, 1),)]), comes=st.booleans())
    def draws_boxes(self, place: int, boxes: tuple[Box, ...], comes: bool) -> None:
        """Boxes of a picture are drawn anew: sightings go, come back, or are new and get look-alikes by a run."""
        media = self.project.store.all("SELECT id, uid FROM media ORDER BY id")
        frame = media[place % len(media)]
        live = self.naive(self.desk).live
        if not boxes and len(live) < 5:
            return
        frame_steps.keep(self.project, frame["uid"], boxes, f"drawn-{uuid.uuid4()}", sure=True)
        if comes:
            with self.project.store.write() as connection:
                connection.execute("UPDATE sighting SET state = ? WHERE state = 'detected'", (SightingState.CROPPED,))
            ids = [row["id"] for row in self.project.store.all("SELECT id FROM sighting WHERE state != 'withdrawn'")]
            candidates = Candidates(self.project.layout)
            known = candidates.have_lists()
            fresh = [one for one in ids if one not in known]
            for one in fresh:
                likes = [(other, 0.5, ((7 * one + 3 * other) % 10) / 10, False) for other in ids if other != one]
                candidates.keep_lists(
                    [(one, likes), *((other, [(one, 0.4, 0.35, False)]) for other in ids if other != one)]
                )
                candidates.keep_checked("made up", one, [], [])
            candidates.close()
        self.desk.reload()
        self.before.clear()

    # --- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def all_follows_from_the_answers(self) -> None:
        if not hasattr(self, "desk"):
            return
        naive, desk = self.naive(self.desk), self.desk
        assert naive.ledger[: len(self.rows)] == self.rows, "a row of the ledger has changed"
        self.rows = naive.ledger
        assert {row["uid"] for row in naive.ledger} == set(self.kept), "an answer was lost, or came from nowhere"
        for row in naive.ledger:
            kind, a, b = (*self.kept[row["uid"]], None)[:3]
            said = {"undo": {None}, "flank": {a}}.get(kind, {a, b})
            assert row["kind"] == kind and {row["a"], row["b"]} - {None} == said - {None}
        codes = ledger.codes(self.project.store)
        assert codes == {number: f"leopard_{number}" for number in range(1, naive.founded + 1)}
        assert codes.items() >= self.codes.items(), "a code was taken away"
        self.codes = codes
        assert ledger.stored_identity(self.project.store) == naive.number
        follows(desk, naive)

    @invariant()
    def step_by_step_is_what_a_replay_gives(self) -> None:
        if not hasattr(self, "desk"):
            return
        fresh = Desk(self.project, NEAREST)
        if self.desk._hard_before is not None:
            fresh._hard_before = self.desk._hard_before
            fresh.reload()
        assert self.state(fresh) == self.state(self.desk)


TestReviewing = Reviewing.TestCase
TestReviewing.settings = settings(max_examples=18, stateful_step_count=30, deadline=None)
