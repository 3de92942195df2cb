"""Visits compared as one, on every way: whatever is answered, done, skipped and taken back, what is asked follows."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from pathlib import Path
from typing import Any

import long_review_stock
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from naive import ordered
from naive_visits import visits_follow

from spotid.boxes import Box
from spotid.errors import SpotIDError
from spotid.project import frame_steps
from spotid.project.folder import open_project
from spotid.review import deeds
from spotid.review.desk import Desk
from spotid.review.filters import Filters
from spotid.review.question import Asked, Question

COUNT, BURST, NEAREST = 13, 3, 3
NUMBERS = st.integers(0, 60)
WAYS = st.sampled_from(["anchor", "certain", "useful", "second", "blind"])
COMPLETE = ("anchor", "certain", "useful")
FILTERS = (Filters(), Filters(station="ST01"), Filters(flank="left"), Filters(first="2026-01-01", last="2026-01-01"))
KINDS = st.sampled_from(["same"] * 3 + ["different"] * 3 + ["cannot_tell", "not_comparable", "new", "unusable"])

ASKED = st.builds(Asked, WAYS, st.sampled_from(FILTERS), st.sampled_from(["", "KR"]))


@pytest.fixture(scope="module", autouse=True)
def template(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A small survey whose visits have several frames, made once and copied for every run."""
    Visiting.template = tmp_path_factory.mktemp("survey")
    long_review_stock.make(Visiting.template, COUNT, pictures=False, burst=BURST)


class Visiting(RuleBasedStateMachine):
    """A project with visits, a desk, and somebody who goes all ways."""

    template: Path

    @initialize()
    def open_survey(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="spotid-visits-"))
        shutil.copytree(self.template / "survey", self.home / "survey")
        self.project = open_project(self.home / "survey")
        self.desk = Desk(self.project, NEAREST)
        self.uids = [row["uid"] for row in self.project.store.all("SELECT uid FROM sighting ORDER BY id")]
        self.kept: list[str] = []

    def teardown(self) -> None:
        if hasattr(self, "project"):
            self.project.close()
            shutil.rmtree(self.home, ignore_errors=True)

    def answer(self, question: Question, kind: str, asked: Asked, left_out: int) -> Question:
        """Answer what is on the screen; some frames of the visits may be left out."""
        a, b = question.shown
        assert a is not None and b is not None
        covered = {}
        for place, one in enumerate((a, b)):
            others = [other for other in self.desk.units.frames(one) if other != one]
            covered[one] = [other for at, other in enumerate(others) if not left_out >> (4 * place + at) & 1]
        if kind in ("new", "unusable"):
            covered.pop(b)
        uid = str(uuid.uuid4())
        more: dict[str, Any] = {} if asked.way == "blind" else {"covered": covered}
        following = self.desk.answer(uid, kind, a, b, reviewer=asked.reviewer, asked=asked, **more)[2]
        self.kept.append(uid)
        return following

    @rule(asked=ASKED, kind=KINDS, left_out=st.integers(0, 255))
    def answers_what_is_asked(self, asked: Asked, kind: str, left_out: int) -> None:
        way = asked.way
        question = self.desk.question(None, asked)
        if question.state == "pair" and not (way == "blind" and kind in ("new", "unusable")):
            self.answer(question, kind, asked, left_out if left_out % 2 else 0)

    @rule(kind=KINDS, one=NUMBERS, other=NUMBERS)
    def answers_a_pair(self, kind: str, one: int, other: int) -> None:
        a, b = (self.uids[number % len(self.uids)] for number in (one, other))
        if a != b:
            uid = str(uuid.uuid4())
            self.desk.answer(uid, kind, a, b)
            self.kept.append(uid)

    @rule(what=st.sampled_from([deeds.assign, deeds.merge, deeds.split, deeds.release]), one=NUMBERS, other=NUMBERS)
    def does_something(self, what: Any, one: int, other: int) -> None:
        a, b = (self.uids[number % len(self.uids)] for number in (one, other))
        uid = str(uuid.uuid4())
        try:
            what(self.desk, uid, *((a, b) if what in (deeds.assign, deeds.merge) else ([a],)))
            self.kept.append(uid)
        except SpotIDError as refused:
            assert refused.sentence

    @rule(place=NUMBERS, newest=st.booleans())
    def takes_back(self, place: int, newest: bool) -> None:
        if self.kept:
            target = None if newest else self.kept[place % len(self.kept)]
            try:
                self.desk.undo(str(uuid.uuid4()), target=target)
            except SpotIDError as refused:
                assert refused.sentence

    @rule(one=NUMBERS, flank=st.sampled_from(["left", "right", "unknown"]), way=WAYS)
    def says_a_side(self, one: int, flank: str, way: str) -> None:
        a = self.uids[one % len(self.uids)]
        self.desk.say_flank(str(uuid.uuid4()), a, flank, a, asked=Asked(way))

    @rule(way=st.sampled_from(["certain", "useful", "second"]))
    def leaves_for_later(self, way: str) -> None:
        """A skipped question does not come at once, unless it is the only one; all others come before it does again."""
        asked, seen = Asked(way), []
        self.desk.skipped.clear()
        self.desk.reload()
        question = self.desk.question(None, asked)
        while question.state == "pair" and len(seen) < 80:
            seen.append(ordered(str(question.anchor), question.offer.comparison))
            question = self.desk.move(question.shown[0], 1, asked, question.shown[1])
            if question.state == "pair" and ordered(str(question.anchor), question.offer.comparison) == seen[0]:
                break
        assert len(seen) == len(set(seen)), "asked in circles"
        if way in COMPLETE and seen:
            assert set(seen) == visits_follow(self.desk, NEAREST).open_pairs(), "an open pair is never asked"
        self.desk.skipped.clear()
        self.desk.reload()

    @rule(place=NUMBERS, halves=st.booleans())
    def draws_boxes(self, place: int, halves: bool) -> None:
        """Two animals in one photograph: its visit is compared frame by frame."""
        frames = self.project.store.all("SELECT uid FROM media ORDER BY id")
        boxes = (Box(0.0, 0.0, 0.45, 1.0), Box(0.5, 0.0, 0.45, 1.0)) if halves else (Box(0, 0, 1, 1),)
        frame_steps.keep(self.project, frames[place % len(frames)]["uid"], boxes, f"drawn-{uuid.uuid4()}", sure=True)
        self.desk.reload()

    # --- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def all_follows(self) -> None:
        if not hasattr(self, "desk"):
            return
        desk, naive = self.desk, visits_follow(self.desk, NEAREST)
        for filters in FILTERS:
            passes = filters.passes(desk.seen, desk.sides) if filters else None
            asked = [Asked(way, filters) for way in COMPLETE]
            lefts = [desk.ways.find(one.way).left(one) for one in asked]
            assert lefts == [naive.left(passes, by_anchor=True)] + [naive.left(passes)] * 2
            for one in asked:
                question = desk.question(None, one)
                if question.state == "pair":
                    pair = ordered(str(question.anchor), question.offer.comparison)
                    assert pair in naive.open_pairs() and question.shown in _both_ways(naive.open_frames(*pair))
                    assert question.anchor in naive.asked_by(*pair)
                elif not filters:
                    assert not naive.open_pairs()

    @invariant()
    def step_by_step_is_what_a_fresh_desk_says(self) -> None:
        if not hasattr(self, "desk"):
            return
        desk, fresh = self.desk, Desk(self.project, NEAREST)
        if desk._hard_before is not None:
            fresh._hard_before = desk._hard_before
            fresh.reload()
        assert (fresh.left_out, fresh.queue.offers, fresh.queue.total) == (
            *(desk.left_out, desk.queue.offers, desk.queue.total),
        )
        assert +fresh.queue.by_score == +desk.queue.by_score
        for way in ("anchor", "certain", "useful", "second", "blind"):
            for filters in FILTERS[:2]:
                asked = Asked(way, filters, "KR")
                assert fresh.question(None, asked) == desk.question(None, asked), way
                assert fresh.ways.find(way).left(asked) == desk.ways.find(way).left(asked), way


def _both_ways(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return pairs | {(b, a) for a, b in pairs}


TestVisiting = Visiting.TestCase
TestVisiting.settings = settings(max_examples=14, stateful_step_count=25, deadline=None)
