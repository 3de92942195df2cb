"""Any order of answers, deeds and taking back: who is who is what a replay of the ledger gives; no code comes twice."""

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
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from spotid.errors import SpotIDError
from spotid.project import ledger
from spotid.project.folder import open_project
from spotid.review import deeds
from spotid.review.desk import Desk

COUNT, NEAREST = 8, 3
PLACES = st.integers(0, COUNT - 1)


@pytest.fixture(scope="module", autouse=True)
def template(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A small survey, made once and copied for every run."""
    Doing.template = tmp_path_factory.mktemp("survey")
    long_review_stock.make(Doing.template, COUNT, pictures=False)


class Doing(RuleBasedStateMachine):
    """A project, a desk, and all that people do."""

    template: Path

    @initialize()
    def open_survey(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="spotid-deeds-"))
        shutil.copytree(self.template / "survey", self.home / "survey")
        self.project = open_project(self.home / "survey")
        self.desk = Desk(self.project, NEAREST)
        self.uids = [row["uid"] for row in self.project.store.all("SELECT uid FROM sighting ORDER BY id")]
        self.codes: dict[int, str] = {}
        self.kept: list[str] = []

    def teardown(self) -> None:
        if hasattr(self, "project"):
            self.project.close()
            shutil.rmtree(self.home, ignore_errors=True)

    def do(self, what: Any, *said: Any) -> None:
        """Do something; where it makes no sense it is refused with a sentence, and nothing has changed."""
        uid, rows = str(uuid.uuid4()), len(ledger.events(self.project.store))
        try:
            what(uid, *said)
        except SpotIDError as refused:
            assert refused.sentence
            assert len(ledger.events(self.project.store)) == rows
            return
        *before, last = ledger.events(self.project.store)[rows:]
        assert last.uid == uid
        assert all(event.kind == "undo" for event in before), "a link may take back what was said of two sides"
        self.kept.append(uid)

    @rule(a=PLACES, b=PLACES, kind=st.sampled_from(["same", "same", "same", "different", "cannot_tell", "new"]))
    def answer(self, a: int, b: int, kind: str) -> None:
        if a != b:
            self.do(lambda uid: self.desk.answer(uid, kind, self.uids[a], self.uids[b]))

    @rule(a=PLACES, b=PLACES, what=st.sampled_from([deeds.assign, deeds.merge, deeds.link]))
    def join(self, a: int, b: int, what: Any) -> None:
        if a != b:
            self.do(lambda uid: what(self.desk, uid, self.uids[a], self.uids[b]))

    @rule(first=PLACES, share=st.integers(1, 3), what=st.sampled_from([deeds.split, deeds.release]))
    def part(self, first: int, share: int, what: Any) -> None:
        group = sorted(self.desk.identities.group(self.uids[first]))
        self.do(lambda uid: what(self.desk, uid, group[:share]))

    @rule(a=PLACES, name=st.sampled_from(["Tingana", "tingana", "Hosana", "", "NA"]))
    def describe(self, a: int, name: str) -> None:
        self.do(lambda uid: deeds.describe(self.desk, uid, self.uids[a], {"name": name}))

    @precondition(lambda self: getattr(self, "kept", None))
    @rule(place=st.integers(0, 60))
    def take_back(self, place: int) -> None:
        target = self.kept[place % len(self.kept)]
        self.do(lambda uid: deeds.take_back(self.desk, uid, target))

    @invariant()
    def memory_database_and_replay_agree(self) -> None:
        if not hasattr(self, "desk"):
            return
        known, store = self.desk.identities, self.project.store
        assert known.known_facts() == ledger.stored_facts(store), "before anything reads it anew and mends it"
        assert known.individuals() == ledger.stored_identity(store)
        fresh = Desk(self.project, NEAREST)
        assert known.individuals() == fresh.identities.individuals() == ledger.stored_identity(store)
        assert known.known_facts() == fresh.identities.known_facts() == ledger.stored_facts(store)
        assert known.conflicts() == fresh.identities.conflicts()
        assert self.desk.queue.total == fresh.queue.total

    @invariant()
    def no_code_comes_twice(self) -> None:
        if not hasattr(self, "desk"):
            return
        codes = ledger.codes(self.project.store)
        assert codes == {number: f"leopard_{number}" for number in range(1, len(codes) + 1)}
        assert codes.items() >= self.codes.items()
        self.codes = codes


TestDoing = Doing.TestCase
TestDoing.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
