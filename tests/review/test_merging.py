"""Answers of two laptops brought together: all or nothing, nothing lost, the same groups whichever way round."""

from __future__ import annotations

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from spotid.errors import BadRequestError, NewerProjectError, NotFoundError, ProjectDamagedError, ProjectError
from spotid.jobs.doctor import examine
from spotid.project import answers, ledger, ledger_merge, sightings
from spotid.project.folder import Project, open_project
from spotid.review import deeds, merging
from spotid.review.desk import Desk
from spotid.review.identity import replay
from spotid.words import Verdict

STOCK = ("6 files have no visit", "6 sightings count as described")


class Laptop:
    """One copy of the project, with its reviewer's desk."""

    def __init__(self, folder: Path, initials: str) -> None:
        self.folder, self.initials, self.given = folder, initials, 0
        self.project: Project = open_project(folder)
        self.desk = Desk(self.project, 5)

    def uid(self) -> str:
        self.given += 1
        return f"{self.initials}-answer-{self.given:06d}"

    def say(self, kind: str, a: str, b: str | None = None, **evidence: Any) -> str:
        uid = self.uid()
        self.desk.keep(
            ledger.Answer(uid, Verdict(kind), a, b, reviewer=self.initials, seconds=4.0, evidence=evidence or None)
        )
        return uid

    def undo(self, target: str) -> str:
        uid = self.uid()
        deeds.take_back(self.desk, uid, target, self.initials)
        return uid

    def take(self, other: Laptop | Path, **how: Any) -> dict[str, Any]:
        path = other if isinstance(other, Path) else other.folder
        told = merging.merge(self.project, path, self.uid(), **how)
        self.desk.reload()
        return told

    def groups(self) -> set[frozenset[str]]:
        every = [row["uid"] for row in self.project.store.all("SELECT uid FROM sighting")]
        return {frozenset(self.desk.identities.group(one)) for one in every}

    def wrong(self) -> list[str]:
        """What a check finds that the stock by itself, which nothing was computed for, does not have."""
        return [one.sentence for one in examine(self.project, pictures=False) if not one.sentence.startswith(STOCK)]

    def rows(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.project.store.all("SELECT * FROM decision ORDER BY id")]


@pytest.fixture
def copies(stock, tmp_path: Path) -> Iterator[Callable[[str, str], Laptop]]:
    """Makes laptops that all have the stocked project; the fixture's ``uids`` are its sightings."""
    folder = stock.project.path
    stock.project.close()
    made: list[Laptop] = []

    def make(initials: str, name: str = "") -> Laptop:
        target = tmp_path / (name or f"laptop {initials} {len(made)}") / folder.name
        shutil.copytree(folder, target)
        made.append(Laptop(target, initials))
        return made[-1]

    make.uids = stock.uids  # type: ignore[attr-defined]
    yield make
    for one in made:
        one.project.close()


def test_a_merge_adds_what_is_new_with_all_that_was_said_of_it(copies) -> None:
    ours, theirs, uids = copies("AB"), copies("CD"), copies.uids
    ours.say("same", uids[0], uids[1])
    kept = theirs.say("same", uids[2], uids[3], chance=0.4, anchor=uids[2])
    wrong = theirs.say("different", uids[0], uids[4])
    theirs.undo(wrong)
    theirs.desk.say_flank(theirs.uid(), uids[5], "left", uids[5], reviewer="CD")
    told = merging.merge(ours.project, theirs.folder, ours.uid())
    row = ours.project.store.one("SELECT flank, flank_by FROM sighting WHERE uid = ?", uids[5])
    assert tuple(row) == ("left", "person")  # at once, not when somebody reads everything anew
    ours.desk.reload()
    assert (told["taken"], told["known"], told["refused_count"], told["unknown_count"]) == (4, 0, 0, 0)
    assert told["kinds"] == {"different": 1, "flank": 1, "same": 1, "undo": 1}
    before, after = answers.by_uid(theirs.project.store, [kept])[kept], answers.by_uid(ours.project.store, [kept])[kept]
    for name in ("kind", "a", "b", "reviewer", "at", "seconds", "evidence"):
        assert getattr(before, name) == getattr(after, name), name
    assert ours.groups() >= {frozenset(uids[:2]), frozenset(uids[2:4])}
    assert not ours.desk.identities.forbids(uids[0], uids[4])
    assert ledger.stored_identity(ours.project.store) == ours.desk.identities.individuals()
    assert [one.reason for one in _backups(ours)].count(ledger_merge.REASON) == 1
    assert ours.wrong() == []
    again = ours.take(theirs)
    assert (again["taken"], again["known"], again["kept"]) == (0, 4, False)
    with pytest.raises(sqlite3.DatabaseError), ours.project.store.write() as connection:
        connection.execute("UPDATE decision SET kind = 'same'")


def _backups(laptop: Laptop) -> list[Any]:
    from spotid.project import backup

    return backup.names(laptop.project.layout)


def test_a_merge_that_is_sent_again_takes_what_has_come_since(copies) -> None:
    ours, theirs, uids = copies("AB"), copies("CD"), copies.uids
    for pair in ((0, 1), (2, 3)):
        theirs.say("same", uids[pair[0]], uids[pair[1]])
        assert merging.merge(ours.project, theirs.folder, "one-and-the-same")["taken"] == 1
    assert [one["taken"] for one in ledger_merge.merges(ours.project.store)] == [1, 1]
    assert ledger_merge.batches(ours.project.store) == [(1, 1), (2, 2)]


def test_a_preview_says_the_same_and_writes_nothing(copies) -> None:
    ours, theirs, uids = copies("AB"), copies("CD"), copies.uids
    ours.say("same", uids[0], uids[1])
    theirs.say("different", uids[0], uids[1])
    theirs.say("same", uids[4], uids[5])
    before, listed = ours.rows(), len(_backups(ours))
    preview = ours.take(theirs, keep=False)
    assert ours.rows() == before and len(_backups(ours)) == listed
    assert ours.project.store.value("SELECT COUNT(*) FROM ledger_merge") == 0
    told = ours.take(theirs)
    for name in ("taken", "known", "conflicts", "individuals", "kinds", "reviewers", "names"):
        assert preview[name] == told[name], name
    assert told["conflicts"]["before"] == 0 and told["conflicts"]["after"] == 1
    assert {told["conflicts"]["new"][0]["a"], told["conflicts"]["new"][0]["b"]} == set(uids[:2])


def test_their_individuals_are_found_among_ours_and_names_that_clash_are_listed(copies) -> None:
    ours, theirs, uids = copies("AB"), copies("CD"), copies.uids
    ours.say("same", uids[0], uids[1])
    ours.say("same", uids[4], uids[5])
    deeds.describe(ours.desk, ours.uid(), uids[0], {"name": "Freya"})
    deeds.describe(ours.desk, ours.uid(), uids[4], {"name": "Odin"})
    theirs.say("same", uids[4], uids[5])
    theirs.say("same", uids[1], uids[2])
    deeds.describe(theirs.desk, theirs.uid(), uids[4], {"name": "Freya"})
    told = ours.take(theirs)
    assert [(one["theirs"], one["ours"], one["before"]) for one in told["individuals"]] == [
        ("leopard_1", ["leopard_2"], ["leopard_2"]),
        ("leopard_2", ["leopard_1"], ["leopard_1"]),
    ]
    assert {(one["name"], one["ours"], one["our_name"]) for one in told["names"]} == {("Freya", "leopard_1", "Freya")}
    assert ours.wrong() == []


def test_codes_that_were_given_stay_and_none_is_used_twice(copies) -> None:
    ours, theirs, uids = copies("AB"), copies("CD"), copies.uids
    ours.say("same", uids[0], uids[1])
    gone = ours.say("same", uids[2], uids[3])
    ours.undo(gone)
    theirs.say("same", uids[4], uids[5])
    ours.take(theirs)
    numbers = ours.desk.identities
    assert numbers.individual(uids[0]) == 1
    assert numbers.individual(uids[4]) == 3  # number 2 was seen by people, and belongs to nobody now
    assert sorted(ledger.codes(ours.project.store)) == [1, 2, 3]


def test_an_answer_with_a_used_number_is_refused_and_so_is_its_undo(copies) -> None:
    ours, theirs, uids = copies("AB"), copies("CD"), copies.uids
    ours.desk.keep(ledger.Answer("the-one-number", Verdict.SAME, uids[0], uids[1]))
    theirs.desk.keep(ledger.Answer("the-one-number", Verdict.DIFFERENT, uids[0], uids[1]))
    theirs.undo("the-one-number")
    theirs.say("same", uids[2], uids[3])
    told = ours.take(theirs)
    assert told["taken"] == 1
    assert [one["why"] for one in told["refused"]] == [
        "Another answer here has its number.",
        "It takes back an answer that was not taken over.",
    ]
    assert ours.desk.identities.answer("the-one-number") is not None


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("kind", "nonsense", "kind"),
        ("a", "../../x", "numbers"),
        ("evidence", '{"with": {"x": 3}}', "given on"),
        ("evidence", "[" * 100_000, "given on"),
        ("made_at", "yesterday", "When"),
        ("seconds", 1e300, "How long"),
        ("b", None, "right number"),
    ],
)
def test_rows_that_nobody_can_have_given_are_refused_one_by_one(copies, column: str, value: Any, why: str) -> None:
    ours, theirs, uids = copies("AB"), copies("CD"), copies.uids
    spoilt = theirs.say("same", uids[0], uids[1])
    theirs.undo(spoilt)
    theirs.say("same", uids[2], uids[3])
    with theirs.project.store.write() as connection:
        connection.execute("DROP TRIGGER decision_is_final")
        connection.execute(f"UPDATE decision SET {column} = ? WHERE uid = ?", (value, spoilt))
    told = ours.take(theirs)
    assert told["taken"] == 1 and told["refused_count"] == 2
    assert why in told["refused"][0]["why"]
    assert ours.wrong() == []


def test_answers_on_pictures_that_are_not_here_are_kept_and_listed(copies, stock, picture) -> None:
    ours, theirs, uids = copies("AB"), copies("CD"), copies.uids
    with theirs.project.store.write() as connection:
        connection.execute(
            "INSERT INTO media (uid, root_id, relpath, bytes, modified_ns) SELECT 'feedfeedfeedfeed', root_id,"
            " 'East/IMG_9.JPG', 1, 1 FROM media LIMIT 1"
        )
        connection.execute(
            "INSERT INTO sighting (uid, media_id, x, y, w, h, score, boxed_by)"
            " SELECT 'abadcafeabadcafe', id, 0, 0, 1, 1, 1, 'test' FROM media WHERE uid = 'feedfeedfeedfeed'"
        )
    theirs.say("same", uids[0], uids[1])
    theirs.say("same", uids[0], "abadcafeabadcafe")
    told = ours.take(theirs)
    assert (told["taken"], told["unknown_count"], told["pictures"], told["pictures_here"]) == (2, 1, 3, 2)
    assert "East/IMG_9.JPG" in told["unknown"][0]["pictures"]
    assert len(ours.rows()) == 2
    assert ours.wrong() == []


def test_another_survey_is_refused_unless_one_is_sure(copies) -> None:
    ours, theirs, uids = copies("AB"), copies("CD"), copies.uids
    with theirs.project.store.write() as connection:
        for number in range(3):
            connection.execute(
                "INSERT INTO decision (uid, kind, a, b, made_at) VALUES (?, 'same', ?, ?, '2026-01-01T00:00:00.000')",
                (f"strange-{number}", f"000000000000000{number}", f"00000000000000ff{number}"),
            )
    theirs.say("same", uids[0], uids[1])
    with pytest.raises(BadRequestError, match="2 of the 8 pictures"):
        ours.take(theirs)
    assert ours.rows() == []
    assert ours.take(theirs, sure=True)["taken"] == 4


def test_what_can_not_be_merged_says_why(copies, tmp_path: Path) -> None:
    ours, theirs, uids = copies("AB"), copies("CD"), copies.uids
    with pytest.raises(BadRequestError, match="is the project that is open"):
        ours.take(ours)
    with pytest.raises(NotFoundError):
        ours.take(tmp_path / "nowhere")
    (tmp_path / "text.sqlite").write_text("no database at all" * 100)
    with pytest.raises((ProjectDamagedError, ProjectError)):
        ours.take(tmp_path / "text.sqlite")
    with pytest.raises(BadRequestError, match="Nobody has answered"):
        ours.take(theirs)
    theirs.say("same", uids[0], uids[1])
    theirs.project.close()
    with sqlite3.connect(theirs.folder / "project.sqlite") as connection:
        connection.execute("PRAGMA user_version = 999")
    with pytest.raises(NewerProjectError):
        ours.take(theirs)
    damaged = tmp_path / "damaged.sqlite"
    content = bytearray((theirs.folder / "project.sqlite").read_bytes())
    content[4096 * 3 : 4096 * 12] = b"\0" * (4096 * 9)
    damaged.write_bytes(content)
    with sqlite3.connect(damaged) as connection:
        pass
    with pytest.raises(ProjectError):
        ours.take(damaged)
    assert ours.rows() == []


def test_a_backup_file_can_be_merged_and_nothing_is_left_beside_it(copies) -> None:
    from spotid.project import backup

    ours, theirs, uids = copies("AB"), copies("CD"), copies.uids
    theirs.say("same", uids[0], uids[1])
    made = backup.write(theirs.project.layout, "by hand")
    names = sorted(path.name for path in made.parent.iterdir())
    assert ours.take(made)["taken"] == 1
    assert sorted(path.name for path in made.parent.iterdir()) == names


KILLED = """
import os, signal, sys
from pathlib import Path
from spotid.project import ledger_merge
from spotid.project.folder import open_project
from spotid.review import merging
real, count = ledger_merge._append, [0]
def dying(*given):
    event = real(*given)
    count[0] += 1
    if count[0] == 15:
        os.kill(os.getpid(), signal.SIGKILL)
    return event
ledger_merge._append = dying
merging.merge(open_project(Path(sys.argv[1])), Path(sys.argv[2]), "the-merge-itself")
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system kills otherwise")
def test_a_merge_that_is_killed_half_way_has_changed_nothing(copies, repository: Path) -> None:
    ours, theirs, uids = copies("AB"), copies("CD"), copies.uids
    ours.say("same", uids[0], uids[1])
    for number in range(30):
        theirs.undo(theirs.say("same", uids[number % 5], uids[5]))
    before = ours.rows()
    ours.project.close()
    theirs.project.close()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(ours.folder), str(theirs.folder)], cwd=repository, check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    ours.project = open_project(ours.folder)
    ours.desk = Desk(ours.project, 5)
    assert ours.rows() == before
    assert ours.wrong() == []
    assert ours.take(theirs)["taken"] == 60


def act(laptop: Laptop, uids: list[str], chance: random.Random) -> None:
    """One random thing that a person may do."""
    known = laptop.desk.identities
    kind = chance.choice(
        ["same", "same", "same", "different", "cannot_tell", "new", "undo", "undo", "split", "release"]
    )
    a, b = chance.sample(uids, 2)
    if kind == "undo":
        standing = [row.uid for row in ledger.events(laptop.project.store) if known.answer(row.uid) is not None]
        if standing:
            laptop.undo(chance.choice(standing))
    elif kind in ("split", "release"):
        group = sorted(known.group(a))
        out = chance.sample(group, chance.randint(1, max(1, len(group) - 1)))
        if known.individual(a) is not None and len(out) < len(group):
            (deeds.split if kind == "split" else deeds.release)(laptop.desk, laptop.uid(), out)
    elif kind == "new":
        laptop.say(kind, a)
    else:
        others = [one for one in uids if one not in (a, b)]
        covers = {"with": {a: [chance.choice(others)]}} if chance.random() < 0.2 else {}
        laptop.say(kind, *sorted((a, b)), **covers)


@pytest.mark.parametrize("seed", range(12))
def test_either_way_round_gives_the_same_groups_and_every_code_stays_its_own(copies, seed: int) -> None:
    chance, uids = random.Random(seed), copies.uids
    base = copies("AB")
    for _ in range(6):
        act(base, uids, chance)
    base.project.close()
    first, second = (_copy(copies, base, name) for name in ("CD", "EF"))
    for laptop in (first, second):
        for _ in range(14):
            act(laptop, uids, chance)
    whose = [dict(laptop.desk.identities.individuals()) for laptop in (first, second)]
    seats = [ledger.stored_individuals(laptop.project.store) for laptop in (first, second)]
    first_alone, second_alone = (_copy(copies, one, "GH") for one in (first, second))
    one, two = first.take(second_alone.folder), second.take(first_alone.folder)
    assert first.groups() == second.groups()
    assert one["conflicts"]["after"] == two["conflicts"]["after"]
    for laptop, before in zip((first, second), seats, strict=True):
        now = ledger.stored_individuals(laptop.project.store)
        assert {number: now[number] for number in before} == before
        again = replay(ledger.events(laptop.project.store), sightings.photo_mates(laptop.project.store))
        assert again.individuals() == ledger.stored_identity(laptop.project.store)
        assert [one for one in laptop.wrong() if "both join and part" not in one] == []
    assert whose  # individuals of either side were there before


def _copy(copies, laptop: Laptop, initials: str) -> Laptop:
    """Another laptop with the same answers, and its own numbers for new ones."""
    laptop.project.store.reader.execute("SELECT 1")
    made = copies(initials)
    made.project.close()
    with sqlite3.connect(laptop.folder / "project.sqlite") as source:
        made_database = made.folder / "project.sqlite"
        made_database.unlink()
        with sqlite3.connect(made_database) as target:
            source.backup(target)
    made.initials = f"{initials}{made.folder.parent.name[-2:].strip()}"
    made.project = open_project(made.folder)
    made.desk = Desk(made.project, 5)
    return made


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_answers_of_older_programs_are_taken_over(copies, tmp_path: Path, repository: Path, version: int) -> None:
    ours, folder = copies("AB"), tmp_path / "older"
    folder.mkdir()
    older = repository / "tests" / "project" / "older"
    connection = sqlite3.connect(folder / "project.sqlite")
    connection.executescript((older / f"schema_{version}.sql").read_text(encoding="utf-8"))
    connection.close()
    said = json.loads((older / f"schema_{version}.json").read_text(encoding="utf-8"))
    content = (folder / "project.sqlite").read_bytes()
    told = ours.take(folder, sure=True)
    assert told["taken"] == told["unknown_count"] + told["kinds"]["undo"] == len(said["answers"])
    assert told["frames"] == len({one[1] for one in said.get("frames", [])})
    groups: dict[int, set[str]] = {}
    for sighting, number in said["identity"].items():
        groups.setdefault(number, set()).add(sighting)
    for sighting, number in said["identity"].items():
        assert ours.desk.identities.group(sighting) == groups[number]
    assert (folder / "project.sqlite").read_bytes() == content
    assert [path.name for path in folder.iterdir()] == ["project.sqlite"]
    assert ours.wrong() == []


def test_a_project_that_is_in_use_is_read_without_disturbing_it(copies) -> None:
    ours, theirs, uids = copies("AB"), copies("CD"), copies.uids
    theirs.say("same", uids[0], uids[1])  # lies in the write-ahead log
    files = {path: path.read_bytes() for path in sorted(theirs.folder.glob("project.sqlite*"))}
    assert len(files) == 3
    assert ours.take(theirs)["taken"] == 1
    assert {path: path.read_bytes() for path in sorted(theirs.folder.glob("project.sqlite*"))} == files
    theirs.say("same", uids[2], uids[3])
    assert ours.take(theirs)["taken"] == 1
