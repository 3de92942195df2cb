"""People answer while a run adds what a collection says, in two processes: no number is wrong, no answer is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from spotid.progress import Silent
from spotid.project import following as rows
from spotid.project import ledger, sightings
from spotid.project.folder import Project, open_project
from spotid.review import following
from spotid.review.desk import Desk
from spotid.review.following import Pen, follow_collections
from spotid.review.identity import replay
from spotid.words import Verdict
from tests.conftest import Stock
from tests.intake.collections_made import Picture, files, folder, run, taken

CATS = tuple(f"{name}/{number}.jpg" for name in ("F1", "F2", "F3") for number in range(8))


def right(project: Project) -> None:
    """The derived tables say what a replay gives, codes included."""
    known = replay(ledger.events(project.store), sightings.photo_mates(project.store))
    assert known.individuals() == ledger.stored_identity(project.store)
    stored = ledger.stored_individuals(project.store)
    assert all(code == f"leopard_{number}" for number, (code, _) in stored.items())
    assert set(known.individuals().values()) <= set(stored)
    assert known.known_facts() == ledger.stored_facts(project.store)


@pytest.fixture
def waiting(stock: Stock, tmp_path: Path, picture: Picture) -> Stock:
    """A project with look-alikes to answer, and a collection that was searched and not followed yet."""
    taken(stock.project, folder(tmp_path / "cats", files(CATS, picture)))
    run(stock.project, again=False)
    return stock


def test_a_person_answers_between_deciding_and_writing(waiting: Stock) -> None:
    project, desk = waiting.project, Desk(waiting.project, 20)
    worker = open_project(project.path, shared=True)
    try:
        pen = Pen.of(worker.store)
        (collection, names), *_ = rows.waiting(worker.store)
        real, given = pen.catch_up, list[str]()

        def catch_up() -> None:
            real()
            if len(given) < 2:  # the pen knows all, and then somebody is quicker
                given.append(f"person {len(given)}")
                desk.answer(given[-1], Verdict.NEW, waiting.uids[len(given)])

        pen.catch_up = catch_up  # type: ignore[method-assign]
        claims = following.follow(pen, collection, names)
        assert len(claims) == len(CATS) and {one.state for one in claims} == {"used"}
    finally:
        worker.close()
    assert {one.uid for one in ledger.events(project.store)} >= set(given)
    right(project)
    newest = desk.answer("after", Verdict.NEW, waiting.uids[5])[0]
    assert desk.identities.individual(waiting.uids[5]) == 6 and newest.row == ledger.last_row(project.store)
    right(project)


def test_a_run_writes_between_looking_and_answering(waiting: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(waiting.project, 20)
    real, passed = desk.fresh, list[int]()

    def fresh() -> None:
        real()
        if not passed:  # the desk is up to date, and then the run is quicker
            passed.append(1)
            follow_collections(waiting.project, Silent())

    monkeypatch.setattr(desk, "fresh", fresh)
    event, repeated, _ = desk.answer("mine", Verdict.NEW, waiting.uids[0])
    assert not repeated and ledger.find(waiting.project.store, "mine") == event
    assert desk.identities.individual(waiting.uids[0]) == 4, "three individuals were imported first"
    right(waiting.project)


def test_the_desk_is_set_up_while_a_run_writes(waiting: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    project, real = waiting.project, ledger.stored_identity

    def stored(store: object) -> dict[str, int]:
        monkeypatch.setattr(ledger, "stored_identity", real)
        follow_collections(project, Silent())  # after the answers were read, before the tables are held against them
        return real(project.store)

    monkeypatch.setattr(ledger, "stored_identity", stored)
    desk = Desk(project, 20)
    assert desk.identities.count() == 3 and desk.row == ledger.last_row(project.store)
    right(project)


def test_both_at_once(waiting: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "AT_ONCE", 1)  # every name is a transaction of its own
    project, desk = waiting.project, Desk(waiting.project, 20)
    worker = open_project(project.path, shared=True)
    faults: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except BaseException as error:
                faults.append(error)

        return threading.Thread(target=run)

    def people(uids: Sequence[str]) -> None:
        for number, uid in enumerate(uids):
            desk.answer(f"new {number}", Verdict.NEW, uid)
            desk.answer(f"pair {number}", Verdict.DIFFERENT, uid, uids[number - 1])

    threads = [guarded(lambda: people(waiting.uids)), guarded(lambda: follow_collections(worker, Silent()))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    worker.close()
    assert not faults
    told = {one.uid for one in ledger.events(project.store)}
    assert told >= {f"{kind} {number}" for kind in ("new", "pair") for number in range(len(waiting.uids))}
    right(project)
    desk.question()
    known = replay(ledger.events(project.store), sightings.photo_mates(project.store))
    assert desk.identities.individuals() == known.individuals()
