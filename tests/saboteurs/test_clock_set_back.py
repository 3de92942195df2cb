"""The computer's own clock is set back, or stands still: nothing is put in order by it, and nothing is written over."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest

from spotid.jobs.logs import JobLog
from spotid.progress import Silent
from spotid.project import backup, jobrows, ledger
from spotid.project.folder import open_project
from spotid.review.desk import Desk
from spotid.words import JobState

TIMES = ["2026-06-01T10:00:00.000+00:00", "2015-01-01T00:00:00.000+00:00", "2015-01-01T00:00:00.000+00:00"]


def test_answers_are_ordered_by_their_rows(stock, monkeypatch) -> None:
    moments = iter([*TIMES, *TIMES])
    monkeypatch.setattr(ledger, "now", lambda: next(moments))
    desk = Desk(stock.project, 5)
    uids = stock.uids
    desk.answer("first", "same", uids[0], uids[1])
    desk.answer("second", "different", uids[1], uids[2])
    desk.answer("third", "same", uids[3], uids[4])
    assert [event.uid for event in ledger.events(stock.project.store)] == ["first", "second", "third"]
    assert ledger.newest_standing(stock.project.store).uid == "third"
    desk.undo("back")
    assert ledger.newest_standing(stock.project.store).uid == "second"
    again = Desk(stock.project, 5)
    assert again.identities.individuals() == desk.identities.individuals()


class Clock(datetime):
    here = datetime(2026, 6, 1, 10)

    @classmethod
    def now(cls, tz=None):
        return cls.here


def test_the_backup_of_today_stays_though_all_others_seem_younger(stock, monkeypatch) -> None:
    layout = stock.project.layout
    stock.project.close()
    monkeypatch.setattr(backup, "datetime", Clock)
    for day in range(1, 21):
        Clock.here = datetime(2026, 6, day, 10)
        open_project(layout.root).close()
    names = sorted(path.name for path in layout.backups.glob("*daily*.sqlite"))
    assert len(names) == backup.KEPT_DAILY and names[-1].startswith("2026-06-20")
    Clock.here = datetime(2015, 1, 1, 10)
    open_project(layout.root).close()
    open_project(layout.root).close()
    kept = sorted(path.name for path in layout.backups.glob("*daily*.sqlite"))
    assert sum(name.startswith("2015-01-01") for name in kept) == 1, "what was just made is not what is thrown away"
    assert len(kept) >= backup.KEPT_DAILY


def test_jobs_are_ordered_by_their_rows_and_logs_never_share_a_file(project, monkeypatch) -> None:
    moments = iter(TIMES * 4)
    monkeypatch.setattr(jobrows, "now", lambda: next(moments))
    one = jobrows.start(project.store, "run")
    jobrows.end(project.store, one, JobState.DONE, "", "", {})
    two = jobrows.start(project.store, "run")
    assert jobrows.newest(project.store)["id"] == two > one
    logs = [JobLog(project.layout.logs, "run", row) for row in (one, two)]
    assert logs[0].path != logs[1].path


def test_exports_within_one_second_keep_every_earlier_table(stock, tmp_path, monkeypatch) -> None:
    from spotid.export import folders

    monkeypatch.setattr(folders, "datetime", Clock)
    desk, out = Desk(stock.project, 5), tmp_path / "out"
    for uid in stock.uids[:4]:
        desk.answer(str(uuid.uuid4()), "new", uid)
        folders.export_matches(stock.project, out, Silent())
    kept = list((out / "earlier tables").glob("leopard_matches until *.csv"))
    assert len(kept) == 3
    assert len({path.read_bytes() for path in kept}) == 3


@pytest.mark.parametrize("when", ["2015-01-01T00:00:00", "2099-01-01T00:00:00"])
def test_a_run_with_a_wrong_clock_is_the_same_run(stages, monkeypatch, when: str) -> None:
    from spotid.project import store

    monkeypatch.setattr(store, "now", lambda: f"{when}.000+00:00")
    stages.read().find().crop().embed()
    assert set(stages.sightings().values()) == {"embedded"}
    times = [row[0] for row in stages.project.store.all("SELECT captured_at FROM media ORDER BY relpath")]
    assert times == [f"2026-03-01T06:0{minute}:00" for minute in range(5)]
