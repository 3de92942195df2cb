"""Searching again: what people said stays, what nobody touched follows the new search; lessons are kept and remade."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spotid.boxes import Box
from spotid.prepare import redo, taught, track
from spotid.prepare.detectors import layered
from spotid.prepare.find import find_animals
from spotid.prepare.parts import Detection, Frame
from spotid.progress import Silent
from spotid.project import frames, ledger, media
from spotid.project.folder import Project
from spotid.settings import DEFAULTS
from spotid.words import MediaState, SightingState, Verdict

pytest.importorskip("cv2")
HERE, THERE = Box(0.1, 0.1, 0.3, 0.3), Box(0.5, 0.5, 0.3, 0.3)


class Says:
    """A detector that finds the same boxes in every frame."""

    name = "says"

    def __init__(self, *boxes: Box) -> None:
        self.boxes = boxes

    def identity(self) -> str:
        return "1"

    def load(self) -> None:
        pass

    def detect(self, frames: Sequence[Frame], context: Sequence[Frame]) -> list[list[Detection]]:
        return [[Detection(box, 0.7, how="says") for box in self.boxes] for _ in frames]


def search(project: Project, detector: Any) -> None:
    find_animals(project, detector, dict(DEFAULTS), Silent())


def boxes(project: Project, media_uid: str) -> list[Box]:
    return [Box(*(round(row[side], 4) for side in "xywh")) for row in frames.live(project.store, media_uid)]


@pytest.fixture
def searched(stock: Any) -> tuple[Project, list[str]]:
    """Six files of two stations in which nothing has been searched; their uids in order."""
    project: Project = stock.project
    with project.store.write() as connection:
        connection.execute("DELETE FROM sighting")
        connection.execute("UPDATE media SET state = ?", (MediaState.READ,))
    media.number_visits(project.store, 30)
    return project, [row["uid"] for row in project.store.all("SELECT uid FROM media ORDER BY id")]


def test_what_people_said_stays_and_the_rest_follows(searched: tuple[Project, list[str]]) -> None:
    project, uids = searched
    search(project, Says(HERE))
    (answered,) = frames.live(project.store, uids[0])
    nothing: ledger.Follows = ([], {}, {})
    ledger.keep(project.store, ledger.Answer("d", Verdict.UNUSABLE, answered["uid"]), lambda _: nothing, str)
    frames.apply(project, uids[1], [THERE], "", "f1")
    frames.apply(project, uids[2], [], "", "f2")
    old = frames.live(project.store, uids[3])[0]["uid"]
    assert redo.count(project) == 3 and redo.queue(project) == 3 and redo.queue(project) == 0
    assert boxes(project, uids[3]) == [HERE]  # until the search has its result
    frames.apply(project, uids[4], [HERE], "", "f3")  # answered while it waits
    search(project, Says(THERE))
    assert [boxes(project, uid) for uid in uids] == [[HERE], [THERE], [], [THERE], [HERE], [THERE]]
    assert project.store.value("SELECT state FROM sighting WHERE uid = ?", old) == SightingState.WITHDRAWN
    assert media.count(project.store, MediaState.READ) == 0
    redo.queue(project)
    search(project, Says(HERE))
    assert [row["uid"] for row in frames.live(project.store, uids[3])] == [old]  # back again, not made anew


def test_nearly_the_same_box_keeps_its_sighting(searched: tuple[Project, list[str]]) -> None:
    project, uids = searched
    search(project, Says(HERE))
    before = [frames.live(project.store, uid)[0]["uid"] for uid in uids]
    redo.queue(project)
    search(project, Says(Box(0.105, 0.1, 0.3, 0.3)))
    assert [frames.live(project.store, uid)[0]["uid"] for uid in uids] == before
    redo.queue(project)
    search(project, Says())
    assert media.count(project.store, MediaState.NO_ANIMAL) == len(uids)


def test_a_frame_boxed_before_it_was_searched_gets_the_persons_boxes(searched: tuple[Project, list[str]]) -> None:
    project, uids = searched
    frames.keep(project.store, frames.FrameAnswer("f", uids[0], (THERE,)))
    search(project, Says(HERE))
    assert boxes(project, uids[0]) == [THERE] and boxes(project, uids[1]) == [HERE]
    assert frames.live(project.store, uids[0])[0]["boxed_by"] == frames.PERSON


@pytest.fixture
def places(stock: Any, picture: Callable[..., bytes], tmp_path: Any) -> tuple[Project, dict[str, Box]]:
    """Twelve drawn frames of one station, an animal in eight of them, each a visit of its own but the last two."""
    project, truth = stock.project, {}
    draw = np.random.default_rng(1)
    ground = 90 + 60 * draw.random((12, 16, 3))
    scene = np.asarray(Image.fromarray(ground.astype(np.uint8)).resize((320, 240), Image.Resampling.BICUBIC))
    for number in range(12):
        pixels = (scene + draw.normal(0, 4, scene.shape)).clip(0, 255).astype(np.uint8)
        box = Box(0.05 * number, 0.3, 0.3, 0.35)
        name = f"Ridge/IMG_{number:04d}.PNG"
        if number < 8:
            left, top, right, bottom = box.pixels(320, 240)
            coat = draw.random(((bottom - top) // 6 + 1, (right - left) // 6 + 1)) > 0.5
            spots = np.kron(coat, np.ones((6, 6)))[: bottom - top, : right - left, None]
            pixels[top:bottom, left:right] = np.where(spots > 0, [40, 30, 20], [220, 190, 130])
            truth[name] = box
        path = tmp_path / "one.png"
        Image.fromarray(pixels).save(path)
        taken = f"2026-04-{1 + min(number, 10):02d}T05:{number:02d}:00" if number != 7 else "2026-04-07T05:09:00"
        stock.add(name, path.read_bytes(), (), taken)
    with project.store.write() as connection:
        connection.execute("UPDATE media SET state = 'problem' WHERE relpath NOT LIKE 'Ridge/%'")
        connection.execute("UPDATE media SET state = 'read' WHERE relpath LIKE 'Ridge/%'")
    media.number_visits(project.store, 30)
    return project, truth


def uid_of(project: Project, name: str) -> str:
    return str(project.store.value("SELECT uid FROM media WHERE relpath = ?", name))


def test_lessons_are_learnt_kept_and_made_again(places: tuple[Project, dict[str, Box]]) -> None:
    project, truth = places
    names = sorted(truth)
    assert taught.status(project).needed == taught.NEEDED and not taught.status(project).ready
    for number, name in enumerate(names[:5]):
        frames.apply(project, uid_of(project, name), [truth[name]], "", f"f{number}")
    status = taught.status(project)
    assert (status.boxes, status.ready, status.learnt) == (5, True, 0) and status.sentence
    search(project, layered.Layered(layered.STATION))
    assert taught.status(project).learnt == 5 and taught.taught_file(project).is_file()
    kept = taught.taught_file(project).stat().st_mtime_ns
    detector = layered.Layered(layered.STATION)
    first = taught.lessons(project, detector, dict(DEFAULTS), Silent())
    assert taught.taught_file(project).stat().st_mtime_ns == kept
    taught.taught_file(project).write_bytes(b"damaged")
    again = taught.lessons(project, layered.Layered(layered.STATION), dict(DEFAULTS), Silent())
    assert again.identity() == first.identity() and first.known[uid_of(project, names[0])] == (truth[names[0]],)
    by = {row["boxed_by"] for row in project.store.all("SELECT DISTINCT boxed_by FROM sighting")}
    assert frames.PERSON in by


def test_a_drawn_box_is_offered_to_the_other_frames_of_its_visit(places: tuple[Project, dict[str, Box]]) -> None:
    project, truth = places
    seventh, eighth = sorted(truth)[6:8]
    found = track.in_visit(project, uid_of(project, seventh), [truth[seventh]])
    assert [one.media_uid for one in found] == [uid_of(project, eighth)] and found[0].of == 0
    assert found[0].box is not None and found[0].box.iou(truth[eighth]) > 0.5
    frames.apply(project, uid_of(project, eighth), [truth[eighth]], "", "f")
    assert track.in_visit(project, uid_of(project, seventh), [truth[seventh]]) == []
