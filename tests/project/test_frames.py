"""Answers about whole frames: rows that are never rewritten, sightings kept, made, withdrawn and brought back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spotid.boxes import Box
from spotid.errors import BadRequestError, NotFoundError
from spotid.project import frames, ledger, media, sightings
from spotid.project.folder import Project, create_project
from spotid.words import MediaState, SightingState, Verdict

LEFT, RIGHT = Box(0.1, 0.2, 0.3, 0.4), Box(0.6, 0.3, 0.3, 0.4)


def searched(project: Project) -> str:
    """Two frames of one station were read; in the first an animal was found. Returns the first one's uid."""
    root = media.root_id(project.store, project.path.parent)
    media.add_found(project.store, root, [media.Found("A/1.jpg", 5, 1), media.Found("A/2.jpg", 6, 1)])
    facts = [
        media.Facts(row["id"], "0" * 64, 64, 48, None, None, "A", "", None, None, None)
        for row in project.store.all("SELECT id FROM media")
    ]
    media.keep_facts(project.store, facts)
    row = project.store.one("SELECT id, uid FROM media WHERE relpath = 'A/1.jpg'")
    assert row is not None
    found = [sightings.NewSighting(LEFT, 0.6, "station")]
    sightings.keep_detections(project.store, [(row["id"], found)], "machine 1")
    return str(row["uid"])


@pytest.fixture
def frame(project: Project) -> str:
    return searched(project)


def state(project: Project, uid: str) -> str:
    return str(project.store.value("SELECT state FROM sighting WHERE uid = ?", uid))


def media_state(project: Project, uid: str) -> str:
    return str(project.store.value("SELECT state FROM media WHERE uid = ?", uid))


def test_box_moved_a_little_keeps_its_sighting_and_another_is_made(project: Project, frame: str) -> None:
    (old,) = (row["uid"] for row in frames.live(project.store, frame))
    moved = Box(0.105, LEFT.y, LEFT.w, LEFT.h)
    applied = frames.apply(project, frame, [RIGHT, moved], "AB", "answer-1", seconds=3.0)
    assert applied.sightings[1] == old and applied.made == (applied.sightings[0],) and applied.withdrawn == ()
    rows = {row["uid"]: row for row in frames.live(project.store, frame)}
    assert rows[old]["boxed_by"] == frames.PERSON and rows[old]["score"] == 1.0
    assert (rows[old]["x"], rows[applied.made[0]]["state"]) == (LEFT.x, SightingState.DETECTED)
    answer = frames.newest(project.store, frame)
    assert answer is not None and answer.boxes == (RIGHT, moved) and answer.reviewer == "AB" and answer.seconds == 3.0


def test_withdrawn_with_its_answers_counted_and_brought_back(project: Project, frame: str) -> None:
    (old,) = (row["uid"] for row in frames.live(project.store, frame))
    nothing: ledger.Follows = ([], {}, {})
    ledger.keep(project.store, ledger.Answer("d1", Verdict.UNUSABLE, old), lambda _: nothing, str)
    assert (
        frames.at_stake(project.store, frame, [RIGHT]) == {old: 1}
        and frames.at_stake(project.store, frame, [LEFT]) == {}
    )
    applied = frames.apply(project, frame, [], "", "answer-1")
    assert applied.withdrawn == (old,) and applied.answers == {old: 1} and applied.sightings == ()
    assert (state(project, old), media_state(project, frame)) == (SightingState.WITHDRAWN, MediaState.NO_ANIMAL)
    ledger.keep(project.store, ledger.Answer("d2", Verdict.UNDO, target="d1"), lambda _: nothing, str)
    again = frames.apply(project, frame, [LEFT], "", "answer-2")
    assert again.sightings == (old,) and again.made == () and state(project, old) == SightingState.DETECTED
    assert media_state(project, frame) == MediaState.ANIMAL
    assert frames.apply(project, frame, [], "", "answer-3").answers == {}


def test_same_answer_twice_is_one(project: Project, frame: str) -> None:
    first = frames.apply(project, frame, [LEFT, RIGHT], "AB", "answer-1")
    again = frames.apply(project, frame, [LEFT, RIGHT], "AB", "answer-1")
    assert again.repeated and again.sightings == first.sightings
    assert project.store.value("SELECT COUNT(*) FROM frame_answer") == 1
    with pytest.raises(BadRequestError):
        frames.apply(project, frame, [LEFT], "AB", "answer-1")


def test_newest_of_every_frame(project: Project, frame: str) -> None:
    other = project.store.value("SELECT uid FROM media WHERE relpath = 'A/2.jpg'")
    frames.keep(project.store, frames.FrameAnswer("1", frame, (LEFT,)))
    frames.keep(project.store, frames.FrameAnswer("2", other, ()))
    frames.keep(project.store, frames.FrameAnswer("3", frame, (RIGHT,), "CD"))
    assert {uid: answer.boxes for uid, answer in frames.all_newest(project.store).items()} == {
        frame: (RIGHT,),
        other: (),
    }
    assert frames.newest(project.store, "nobody") is None
    frames.keep(project.store, frames.FrameAnswer(f"{frames.UNSAID}3-x", frame, (LEFT,)))
    assert frames.newest(project.store, frame) is None and set(frames.all_newest(project.store)) == {other}


def test_what_makes_no_sense_is_refused_and_leaves_nothing(project: Project, frame: str) -> None:
    for boxes in ([Box(0.1, 0.1, 0.001, 0.3)], [Box(0.1, 0.1, float("nan"), 0.3)], [LEFT, LEFT], [Box(2, 2, 1, 1)]):
        with pytest.raises(BadRequestError):
            frames.apply(project, frame, boxes, "", "answer-1")
    with pytest.raises(NotFoundError):
        frames.apply(project, "nobody", [LEFT], "", "answer-1")
    with pytest.raises(BadRequestError):
        frames.apply(project, frame, [LEFT], "", "")
    assert project.store.value("SELECT COUNT(*) FROM frame_answer") == 0 and len(frames.live(project.store, frame)) == 1


def test_late_work_does_not_bring_a_withdrawn_sighting_back(project: Project, frame: str) -> None:
    row = frames.live(project.store, frame)[0]
    frames.apply(project, frame, [], "", "answer-1")
    sightings.keep_cropped(project.store, row["id"], recipe="r", cut_by="c", cut_score=1.0, quality=1.0)
    sightings.put_aside(project.store, row["id"], "late")
    assert state(project, row["uid"]) == SightingState.WITHDRAWN


def test_withdrawn_boxes_are_no_photo_mates(project: Project, frame: str) -> None:
    both = frames.apply(project, frame, [LEFT, RIGHT], "", "answer-1")
    assert sightings.photo_mates(project.store) == [sorted(both.sightings, key=both.sightings.index)]
    frames.apply(project, frame, [RIGHT], "", "answer-2")
    assert sightings.photo_mates(project.store) == []


sides = st.floats(0.05, 0.5)
boxes = st.builds(Box, st.floats(0, 0.5), st.floats(0, 0.5), sides, sides)


@settings(max_examples=25)
@given(drawn=st.lists(st.lists(boxes, max_size=4), min_size=1, max_size=5))
def test_live_boxes_always_follow_the_newest_answer(
    drawn: list[list[Box]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    project = create_project(tmp_path_factory.mktemp("p") / "project")
    try:
        uid = searched(project)
        for number, wanted in enumerate(drawn):
            try:
                applied = frames.apply(project, uid, wanted, "", str(number))
            except BadRequestError:
                continue
            rows = {row["uid"]: row for row in frames.live(project.store, uid)}
            assert set(rows) == set(applied.sightings) and len(rows) == len(wanted)
            for sighting, box in zip(applied.sightings, wanted, strict=True):
                kept = rows[sighting]
                assert Box(kept["x"], kept["y"], kept["w"], kept["h"]).iou(box) > frames.SAME_BOX - 1e-6
    finally:
        project.close()
