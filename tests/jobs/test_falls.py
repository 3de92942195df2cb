"""What becomes of a job whose workers die: another one, unless that leads nowhere."""

from __future__ import annotations

from spotid.jobs.falls import MOST_FRUITLESS, Falls
from spotid.project import hand, media
from spotid.project.folder import Project
from spotid.words import Stage


def hold(project: Project, stage: Stage, uids: list[str]) -> None:
    with hand.noting(project), hand.holding(project, stage, uids, glance=True):
        held = (project.layout.cache / hand.HELD).read_bytes()
    (project.layout.cache / hand.HELD).write_bytes(held)


def test_it_gives_up_where_nothing_moves(project: Project) -> None:
    falls = Falls(project)
    went_on = 0
    while falls.died("code -9", (5, -100)).go_on:
        went_on += 1
    assert went_on == MOST_FRUITLESS


def test_it_goes_on_for_ever_while_work_gets_on(project: Project) -> None:
    falls = Falls(project)
    for left in range(1000, 0, -1):
        assert falls.died("code -9", (2, -left)).go_on
    assert falls.died("code -9", (0, 0)).go_on, "once is never enough"


def test_looking_through_the_folder_again_is_not_getting_on(project: Project) -> None:
    falls = Falls(project)
    falls.died("code -9", (3, -50))
    ends = [falls.died("code -9", place).go_on for place in ((0, 0), (1, 0), (3, -50), (2, -1))]
    assert ends == [True, True, True, False]


def test_a_file_that_is_put_aside_is_getting_on(project: Project, tmp_path) -> None:
    root = media.root_id(project.store, tmp_path)
    media.add_found(project.store, root, [media.Found(f"{n}.jpg", n + 1, n) for n in range(20)])
    uids = [row["uid"] for row in media.in_state(project.store, "found", 99)]
    falls = Falls(project)
    hold(project, Stage.READ, uids)
    fall = falls.died("code -11", (1, -20))
    assert fall.go_on and "20 files in hand are now worked on one at a time" in fall.sentence
    for number, uid in enumerate(uids):
        hold(project, Stage.READ, [uid])
        fall = falls.died("code -11", (1, -20))
        assert fall.go_on and f"“{number}.jpg” stopped the work twice" in fall.sentence
    assert media.count(project.store, "problem") == 20 and hand.read(project.layout)[0] is None


def test_a_worker_that_the_program_ended_accuses_nobody(project: Project, tmp_path) -> None:
    root = media.root_id(project.store, tmp_path)
    media.add_found(project.store, root, [media.Found("0.jpg", 1, 1)])
    uid = project.store.value("SELECT uid FROM media")
    falls = Falls(project)
    for _ in range(5):
        hold(project, Stage.READ, [uid])
        falls.ended_by_us()
    assert media.count(project.store, "problem") == 0 and falls.count == 0
