"""Backups: whole or not there, thinned without losing good ones, and never a reason not to open a project."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

import pytest

from spotid.errors import BadRequestError, DiskFullError, NotFoundError, ProjectError
from spotid.project import backup, ledger
from spotid.project.folder import open_project
from spotid.words import Verdict


def keep(project, uid: str, a: str = "aaaa", b: str = "bbbb") -> ledger.Event:
    return ledger.keep(project.store, ledger.Answer(uid, Verdict.DIFFERENT, a, b), lambda _: ([], {}, {}), str)


def at(monkeypatch, moment: datetime) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment

    monkeypatch.setattr(backup, "datetime", Clock)


def test_the_list_says_what_is_in_each(project) -> None:
    keep(project, "one")
    backup.write(project.layout, "by hand")
    keep(project, "two")
    backup.write(project.layout, "before the new season")
    (project.layout.backups / "2026-01-01T00-00-00 daily.sqlite").write_bytes(b"torn" * 1000)
    first, second, torn = backup.listed(project.layout)
    assert {(first.reason, first.answers), (second.reason, second.answers)} == {
        ("before the new season", 2),
        ("by hand", 1),
    }
    assert first.bytes > 10_000 and first.individuals == 0 and not first.trouble
    assert torn.answers is None and "damaged" in torn.trouble
    good = backup.newest_good(project.layout)
    assert good is not None and good.path == first.path


def test_the_list_counts_individuals_as_the_pages_do(project) -> None:
    ledger.keep(
        project.store,
        ledger.Answer("one", Verdict.SAME, "aaaa", "bbbb"),
        lambda _: ([1, 2], {"aaaa": 1, "bbbb": 1}, {}),  # the code of the second was vacated since
        str,
    )
    backup.write(project.layout, "by hand")
    assert [one.individuals for one in backup.listed(project.layout)] == [1]


def test_two_in_one_second_are_two(project, monkeypatch) -> None:
    at(monkeypatch, datetime(2026, 3, 1, 12))
    made = {backup.write(project.layout, "by hand") for _ in range(3)}
    assert len(made) == 3 == len(backup.names(project.layout))
    assert {one.reason for one in backup.names(project.layout)} == {"by hand"}


def test_a_copy_that_is_not_whole_is_no_backup(project, monkeypatch) -> None:
    real = backup._copy

    def torn(database, part):
        counted = real(database, part)
        content = bytearray(part.read_bytes())
        content[5000:9000] = bytes(4000)
        part.write_bytes(content)
        return counted

    monkeypatch.setattr(backup, "_copy", torn)
    with pytest.raises(ProjectError, match="damaged"):
        backup.write(project.layout, "by hand")
    assert list(project.layout.backups.iterdir()) == []


def test_a_copy_with_fewer_rows_is_no_backup(project, monkeypatch) -> None:
    monkeypatch.setattr(backup, "_copy", lambda database, part, real=backup._copy: real(database, part) | {"media": 9})
    with pytest.raises(ProjectError, match="damaged"):
        backup.write(project.layout, "by hand")


def test_a_full_disk_is_said_and_the_project_opens(project, monkeypatch) -> None:
    keep(project, "one")
    folder = project.path
    project.close()

    def full(database, part):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(backup, "_copy", full)
    with pytest.raises(DiskFullError):
        backup.write(project.layout, "by hand")
    again = open_project(folder)
    assert "disk is full" in again.warning
    assert len(ledger.events(again.store)) == 1
    keep(again, "two")
    again.close()


def test_a_backup_while_somebody_writes_is_of_one_moment(project) -> None:
    with project.store.write() as connection:
        connection.execute("INSERT INTO note VALUES ('half', 'said')")
        copy = backup.write(project.layout, "by hand")
    assert backup.check(copy)["decision"] == 0


def test_daily_ones_are_thinned_and_others_stay(project, monkeypatch) -> None:
    for day in range(20):
        at(monkeypatch, datetime(2026, 3, 1) + timedelta(days=day))
        assert backup.daily(project.layout) is not None
        assert backup.daily(project.layout) is None
    backup.write(project.layout, "by hand")
    days = [one.path.name[:10] for one in backup.names(project.layout) if one.reason == "daily"]
    assert days == [f"2026-03-{day:02d}" for day in range(20, 6, -1)]
    for _ in range(9):
        backup.of_answers(project.layout, 500, 0)
    reasons = [one.reason for one in backup.names(project.layout)]
    assert reasons.count("by hand") == 1 and reasons.count("answers") == backup.KEPT_ANSWERS
    assert not backup.of_answers(project.layout, 499, 0)


@pytest.mark.parametrize("wrong", [datetime(1980, 1, 1), datetime(2099, 1, 1)])
def test_a_wrong_clock_takes_no_good_one_along(project, monkeypatch, wrong: datetime) -> None:
    for day in range(14):
        at(monkeypatch, datetime(2026, 3, 1) + timedelta(days=day))
        backup.daily(project.layout)
    good = {one.path.name for one in backup.names(project.layout)}
    at(monkeypatch, wrong)
    for _ in range(30):
        backup.daily(project.layout)
    now = {one.path.name for one in backup.names(project.layout)}
    assert len(now) <= 15
    assert len(good & now) >= 13
    at(monkeypatch, datetime(2026, 3, 15))
    backup.daily(project.layout)
    left = [one.path.name for one in backup.names(project.layout)]
    assert sum(name.startswith("2026") for name in left) == 14
    assert any(name.startswith("2026-03-15") for name in left)


def test_a_name_never_leads_out_of_the_folder(project) -> None:
    (project.path / "secret.sqlite").write_bytes(b"")
    for name in ("../secret.sqlite", "secret.sqlite", "/etc/passwd", ""):
        with pytest.raises(NotFoundError):
            backup.named(project.layout, name)
    with pytest.raises(BadRequestError):
        backup.write(project.layout, "../../out")
