"""How a detector wants to look: larger frames, no memory of the place, small steps; and what it tells along."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image

from spotid.boxes import Box
from spotid.prepare import find, species_stage
from spotid.prepare.find import Look, find_animals
from spotid.prepare.parts import ANIMAL, PERSON, Detection, Frame
from spotid.profiles.names import Names
from spotid.progress import Silent
from spotid.project import media, sightings, species_shelf
from spotid.project.folder import Project
from spotid.settings import DEFAULTS
from spotid.words import MediaState, SightingState

pytest.importorskip("cv2")
HERE, THERE = Box(0.1, 0.1, 0.3, 0.3), Box(0.5, 0.5, 0.3, 0.3)


class Sees:
    """A detector that notes what it was shown."""

    name = "sees"

    def __init__(self, *found: Detection, side: int = 0, needs_context: bool = False, at_once: int = 200) -> None:
        self.found, self.side, self.needs_context, self.at_once = found, side, needs_context, at_once
        self.shown: list[list[tuple[int, ...]]] = []
        self.context: list[int] = []

    def identity(self) -> str:
        return "1"

    def load(self) -> None:
        pass

    def detect(self, frames: Sequence[Frame], context: Sequence[Frame]) -> list[list[Detection]]:
        self.shown.append([frame.small.shape for frame in frames])
        self.context.append(len(context))
        return [list(self.found) for _ in frames]


def jpeg(width: int, height: int) -> bytes:
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (height // 8, width // 8, 3), np.uint8)
    Image.fromarray(noise).resize((width, height)).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def read(stock: Any) -> Any:
    """Four photographs that were read: two small ones, two of 1600 by 1200 pixels."""
    for number in range(2):
        stock.add(f"East/IMG_{number:04d}.JPG", jpeg(1600, 1200), ())
    with stock.project.store.write() as connection:
        connection.execute("DELETE FROM sighting")
        connection.execute("UPDATE media SET state = ? WHERE relpath LIKE 'East/%'", (MediaState.READ,))
        connection.execute("UPDATE media SET width = 1600, height = 1200 WHERE relpath LIKE 'East/%'")
        connection.execute("UPDATE media SET state = ? WHERE relpath LIKE 'North/%'", (MediaState.READ,))
        connection.execute("UPDATE media SET state = ? WHERE relpath LIKE 'South/%'", (MediaState.NO_ANIMAL,))
    media.number_visits(stock.project.store, 30)
    return stock


def search(project: Project, detector: Any) -> None:
    find_animals(project, detector, dict(DEFAULTS), Silent())


def test_large_frames_come_from_the_originals_and_only_where_they_have_more(read: Any) -> None:
    seen = Sees(side=1280)
    search(read.project, seen)
    assert sorted(shape for batch in seen.shown for shape in batch) == [(48, 64, 3)] * 3 + [(960, 1280, 3)] * 2
    with read.project.store.write() as connection:
        connection.execute("UPDATE media SET state = ?", (MediaState.READ,))
    small = Sees(side=640)
    search(read.project, small)
    assert max(shape for batch in small.shown for shape in batch) == (480, 640, 3)


def test_no_frame_of_the_place_is_read_for_a_detector_that_needs_none(
    read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    real = find.load_frame
    monkeypatch.setattr(find, "load_frame", lambda *given: loaded.append(given[1]["uid"]) or real(*given))
    alone = Sees()
    search(read.project, alone)
    assert set(alone.context) == {0} and len(loaded) == len(set(loaded)) == 5
    with read.project.store.write() as connection:
        connection.execute("UPDATE media SET state = ? WHERE state = ?", (MediaState.READ, MediaState.NO_ANIMAL))
    mindful = Sees(needs_context=True)
    search(read.project, mindful)
    assert min(mindful.context) > 0


def test_slow_detectors_commit_often(read: Any) -> None:
    seen = Sees(at_once=1)
    search(read.project, seen)
    assert [len(batch) for batch in seen.shown] == [1] * 5
    assert Look.of(Sees(at_once=0), dict(DEFAULTS)).at_once == 1
    assert Look.of(object(), dict(DEFAULTS)) == Look()  # type: ignore[arg-type]


def test_a_photograph_that_changed_waits_and_one_that_is_gone_is_told(read: Any) -> None:
    changed, gone = (read.photographs / f"East/IMG_{number:04d}.JPG" for number in range(2))
    before = changed.stat()
    changed.write_bytes(jpeg(1600, 1200))
    os.utime(changed, ns=(before.st_atime_ns, before.st_mtime_ns + 10**9))
    gone.unlink()
    search(read.project, Sees(Detection(HERE, 0.9), side=1280))
    states = {row["relpath"]: row["state"] for row in read.project.store.all("SELECT relpath, state FROM media")}
    assert states["East/IMG_0000.JPG"] == MediaState.READ and states["East/IMG_0001.JPG"] == MediaState.PROBLEM
    assert states["North/100MEDIA/IMG_0000.JPG"] == MediaState.ANIMAL


def test_people_and_vehicles_are_kept_as_what_they_are(read: Any) -> None:
    """A ranger beside a leopard is on the shelf of other species, and the picture of a ranger alone is there too."""
    project = read.project
    ranger = Detection(HERE, 0.8, PERSON, "detector: person")
    search(project, Sees(ranger, Detection(THERE, 0.7, ANIMAL, "detector")))
    species_stage.sort_out(project, Names(["leopard"]).ours, Silent())
    told = project.store.all("SELECT species, species_by, species_score, state, how FROM sighting ORDER BY species")
    assert {tuple(row) for row in told} == {
        ("", "", None, SightingState.DETECTED, "detector"),
        ("person", "detector", 0.8, SightingState.OTHER, "detector: person"),
    }
    (shelf,) = species_shelf.names(project.store, species_shelf.OTHERS)
    assert (shelf.species, shelf.count) == ("person", 5) and sightings.count(project.store) == 5
    with project.store.write() as connection:
        connection.execute("UPDATE media SET state = ? WHERE state = ?", (MediaState.READ, MediaState.ANIMAL))
    search(project, Sees(ranger))
    species_stage.sort_out(project, Names(["leopard"]).ours, Silent())
    assert sightings.count(project.store) == 0
    assert species_shelf.files(project.store, species_shelf.OTHERS) == 5, "no picture of people vanishes"
    assert media.count(project.store, MediaState.NO_ANIMAL) == 3  # those that nobody searched


def test_a_sheet_knows_the_species_better_than_a_detector_but_not_who_is_a_person(read: Any) -> None:
    project = read.project
    hyena = Detection(THERE, 0.7, ANIMAL, "detector: hyena", species="hyena")
    search(project, Sees(Detection(HERE, 0.8, PERSON, "detector: person"), hyena))

    def told() -> set[tuple[str, str, str]]:
        species_stage.sort_out(project, Names(["leopard"]).ours, Silent())
        rows = project.store.all("SELECT species, species_by, state FROM sighting")
        return {(row["species"], row["species_by"], row["state"]) for row in rows}

    person = ("person", "detector", SightingState.OTHER)
    assert told() == {person, ("hyena", "detector", SightingState.OTHER)}
    with project.store.write() as connection:
        connection.execute("UPDATE media SET said_species = 'leopard', said_by = 'sheet'")
    assert told() == {person, ("leopard", "sheet", SightingState.DETECTED)}
    with project.store.write() as connection:
        connection.execute("UPDATE media SET said_species = '', said_by = ''")
    assert told() == {person, ("hyena", "detector", SightingState.OTHER)}, "the sheet was taken back"
