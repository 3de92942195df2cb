"""What the worker has in hand, what a death makes of it, and how a file comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from spotid.project import crashes, hand, media
from spotid.project.folder import Project
from spotid.words import MediaState, Problem, Stage


@pytest.fixture
def uids(project: Project, tmp_path: Path) -> list[str]:
    """Five files of a project."""
    root = media.root_id(project.store, tmp_path)
    media.add_found(project.store, root, [media.Found(f"{n}.jpg", n + 1, n) for n in range(5)])
    return [row["uid"] for row in media.in_state(project.store, MediaState.FOUND, 9)]


def note_and_die(project: Project, stage: Stage, uids: list[str]) -> None:
    """Leave what a worker leaves that is killed with files in hand."""
    layout = project.layout
    with hand.noting(project), hand.holding(project, stage, uids, glance=True):
        held = (layout.cache / hand.HELD).read_bytes()
    (layout.cache / hand.HELD).write_bytes(held)


def test_nothing_is_written_outside_of_a_worker(project: Project, uids) -> None:
    with hand.holding(project, Stage.READ, uids):
        assert hand.read(project.layout) == (None, "")


def test_what_is_in_hand_can_be_read_by_another_process(project: Project, uids) -> None:
    with hand.noting(project):
        with hand.holding(project, Stage.DETECT, uids):
            assert hand.read(project.layout)[0] == hand.Held("detect", tuple(uids))
            with hand.holding(project, Stage.DETECT, uids[:1], glance=True):
                assert hand.read(project.layout)[0] == hand.Held("detect", (uids[0],))
            assert hand.read(project.layout)[0] == hand.Held("detect", tuple(uids))
            with pytest.raises(ValueError), hand.holding(project, Stage.DETECT, uids[1:2]):
                raise ValueError
        assert hand.read(project.layout)[0] is None
    assert hand.read(project.layout) == (None, "")


def test_a_file_alone_in_hand_at_the_second_death_is_put_aside(project: Project, uids) -> None:
    store = project.store
    assert crashes.died(store, "read", uids[:1]) is None
    assert crashes.suspected(store, Stage.READ) == {uids[0]} and not crashes.aside(store, Stage.READ)
    assert crashes.died(store, "read", uids[:1]) == "0.jpg"
    row = media.by_uid(store, uids[0])
    assert (row["state"], row["problem"]) == (MediaState.PROBLEM, Problem.CRASHED)
    assert [one["uid"] for one in crashes.troubled(store, 9)] == uids[:1] and crashes.count_troubled(store) == 1
    assert media.count(store, MediaState.FOUND) == 4


def test_of_a_batch_only_the_one_alone_in_hand_is_put_aside(project: Project, uids) -> None:
    store = project.store
    assert crashes.died(store, "detect", uids) is None
    assert crashes.died(store, "crop", uids) is None is crashes.died(store, "crop", uids), "nobody knows which it was"
    rows = store.all("SELECT * FROM media ORDER BY id")
    assert [[row["uid"] for row in part] for part in hand.apart(project, Stage.DETECT, rows)] == [[u] for u in uids]
    assert [len(part) for part in hand.apart(project, Stage.READ, rows)] == [5], "at other stages nothing is suspected"
    with hand.noting(project), hand.holding(project, Stage.DETECT, uids[:1]):
        pass
    assert crashes.suspected(store, Stage.DETECT) == set(uids[1:]), "one that came through is free"
    assert crashes.died(store, "detect", uids[1:2]) == "1.jpg"
    assert media.count(store, MediaState.PROBLEM) == 1


def test_a_death_that_nobody_saw_counts_only_where_native_code_broke(project: Project, uids) -> None:
    for _ in range(5):
        note_and_die(project, Stage.READ, uids[:1])
        with hand.noting(project):
            pass
    assert crashes.suspected(project.store, Stage.READ) == {uids[0]}
    assert not crashes.put_aside(project.store), "a killed program is not the file's fault"
    for _ in range(2):
        note_and_die(project, Stage.READ, uids[:1])
        (project.layout.cache / hand.FELL).write_text("Fatal Python error: Segmentation fault\n")
        with hand.noting(project):
            pass
    assert crashes.put_aside(project.store) == uids[:1]


def test_trying_again_clears_the_count_and_queues_the_file(project: Project, uids) -> None:
    for _ in range(2):
        crashes.died(project.store, "read", uids[:1])
    assert crashes.try_again(project.store, uids[0])
    assert media.by_uid(project.store, uids[0])["state"] == MediaState.FOUND
    assert not crashes.try_again(project.store, uids[0]) and not crashes.try_again(project.store, "unknown")
    assert crashes.died(project.store, "read", uids[:1]) is None, "it begins anew"


@pytest.mark.parametrize("stage", [Stage.CROP, Stage.EMBED])
def test_a_sighting_that_is_fatal_later_is_put_aside_and_comes_back(stock, stage: Stage) -> None:
    store = stock.project.store
    row = store.one("SELECT media.uid, media.id FROM media JOIN sighting ON media_id = media.id ORDER BY media.id")
    waiting = "detected" if stage is Stage.CROP else "cropped"
    with store.write() as connection:
        connection.execute("UPDATE sighting SET state = ? WHERE media_id = ?", (waiting, row["id"]))
    for _ in range(2):
        crashes.died(store, stage.value, [row["uid"]])
    assert store.value("SELECT state FROM sighting WHERE media_id = ?", row["id"]) == "problem"
    assert media.by_uid(store, row["uid"])["state"] == MediaState.PROBLEM
    assert crashes.try_again(store, row["uid"])
    assert store.value("SELECT state FROM sighting WHERE media_id = ?", row["id"]) == "detected"
    assert media.by_uid(store, row["uid"])["state"] == MediaState.ANIMAL


def test_points_and_flanks_leave_the_sighting_usable(stock) -> None:
    store = stock.project.store
    uid = store.value("SELECT uid FROM media ORDER BY id LIMIT 1")
    for stage in (Stage.FLANK, Stage.POINTS):
        for _ in range(2):
            crashes.died(store, stage.value, [uid])
        assert crashes.aside(store, stage) == {uid}
    assert store.value("SELECT COUNT(*) FROM sighting WHERE state = 'embedded'") == 6
    assert crashes.count_troubled(store) == 1 and crashes.try_again(store, uid) and not crashes.count_troubled(store)


@pytest.mark.parametrize("content", [b"", b"\n", b"[", b'["read"', b"[1]\n", b"\xff\xfe", b"{}\n", b"[]\n"])
def test_a_half_written_note_is_no_note(project: Project, content: bytes) -> None:
    project.layout.cache.mkdir(exist_ok=True)
    (project.layout.cache / hand.HELD).write_bytes(content)
    held, _ = hand.read(project.layout)
    assert held is None or held.uids == ()
    with hand.noting(project):
        pass
