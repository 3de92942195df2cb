"""A library that raises on one photograph puts that one aside; what is no photograph's fault stops the run."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from spotid.errors import DiskFullError, JobError, ProjectError
from spotid.progress import Cancelled
from spotid.project import aside, media
from spotid.words import MediaState, Problem
from tests.saboteurs.conftest import Breaks, reddish

ERRORS = [
    ValueError("broken"),
    RecursionError("too deep"),
    struct.error("unpack requires a buffer of 4 bytes"),
    OverflowError("int too large"),
    SystemError("error return without exception set"),
    np.linalg.LinAlgError("singular"),
    MemoryError(),
    IndexError("list index out of range"),
    AssertionError(),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
]


SOME = [("find", ERRORS[0]), ("find", ERRORS[6]), ("embed", ERRORS[2]), ("embed", ERRORS[5])]
SOME += [("crop", error) for error in (ERRORS[1], ERRORS[3], ERRORS[4], ERRORS[6], ERRORS[9])]


@pytest.mark.parametrize(("stage", "error"), SOME, ids=lambda one: one if isinstance(one, str) else type(one).__name__)
def test_one_bad_photograph_is_put_aside_and_the_others_go_on(stages, stage: str, error: Exception) -> None:
    stages.read()
    for name in ("find", "crop", "embed"):
        getattr(stages, name)(Breaks(reddish, error) if name == stage else None)
    files = stages.files()
    assert files.pop("2.jpg") == Problem.UNEXPECTED
    assert set(files.values()) == {MediaState.ANIMAL} and len(files) == 4
    assert [state for name, state in stages.sightings().items() if name != "2.jpg"] == ["embedded"] * 4
    row = stages.project.store.one("SELECT problem_detail FROM media WHERE problem IS NOT NULL")
    assert type(error).__name__ in row["problem_detail"]
    # The next run tries it again, and it is well now: nothing was lost for good.
    stages.read().find().crop().embed()
    assert set(stages.files().values()) == {MediaState.ANIMAL}
    assert stages.sightings() == {f"{number}.jpg": "embedded" for number in range(5)}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_decoder_that_raises_anything(stages, monkeypatch, error: Exception) -> None:
    from PIL.ImageFile import ImageFile

    plain = ImageFile.load

    def load(picture):
        result = plain(picture)
        if reddish(np.asarray(picture.im.convert("RGB").resize((1, 1)).getpixel((0, 0)))[None, None]):
            raise error
        return result

    monkeypatch.setattr(ImageFile, "load", load)
    stages.read()
    files = stages.files()
    assert files.pop("2.jpg") in (Problem.TRUNCATED, Problem.UNEXPECTED)
    assert set(files.values()) == {MediaState.READ}


def test_numbers_that_are_none_are_a_fault_of_that_picture(stages, monkeypatch) -> None:
    class NaN(Breaks):
        def encode(self, crops):
            vectors = super().encode(crops)
            vectors[[reddish(crop.rgb) for crop in crops]] = np.nan
            return vectors

    stages.read().find().crop()
    stages.embed(NaN())
    assert stages.files()["2.jpg"] == Problem.UNEXPECTED
    monkeypatch.setattr("spotid.prepare.crop.quality", lambda rgb, mask, box: float("nan") if reddish(rgb) else 0.5)
    stages.read().find().crop().embed()
    assert stages.files()["2.jpg"] == Problem.UNEXPECTED


def test_spots_and_sides_that_fail_leave_the_sighting_in_the_review(stages, monkeypatch) -> None:
    from spotid.match.cache import PointCache
    from spotid.prepare import flank
    from spotid.prepare.flanks import tell_flanks
    from spotid.progress import Silent

    stages.read().find().crop()
    real = flank.chances

    def chances(rgb, inner):
        if reddish(rgb):
            raise ValueError("no side")
        return real(rgb, inner)

    monkeypatch.setattr(flank, "chances", chances)
    tell_flanks(stages.project, Silent())
    told = stages.project.store.all("SELECT flank_by FROM sighting ORDER BY id")
    assert [bool(row["flank_by"]) for row in told] == [True, True, False, True, True]

    class NoSpots(Breaks):
        def extract(self, rgb, mask):
            self._look(rgb)
            raise AssertionError("never reached for the bad one")

    cache = PointCache(stages.project, NoSpots(reddish), 0.08)
    bad = stages.project.store.value(
        "SELECT sighting.id FROM sighting JOIN media ON media.id = media_id WHERE relpath LIKE '%2.jpg'"
    )
    assert cache.get(bad) is None
    stages.embed()
    assert set(stages.sightings().values()) == {"embedded"}


@pytest.mark.parametrize("stage", ["find", "crop", "embed"])
def test_when_memory_is_gone_the_run_stops_and_nothing_is_put_aside(stages, stage: str, monkeypatch) -> None:
    stages.read()
    for name in ("find", "crop", "embed"):
        if name == stage:
            break
        getattr(stages, name)()
    monkeypatch.setattr(aside, "memory_left", lambda: False)
    monkeypatch.setattr("spotid.prepare.search.memory_left", lambda: False)
    with pytest.raises(MemoryError):
        getattr(stages, stage)(Breaks(reddish, MemoryError()))
    assert media.count(stages.project.store, MediaState.PROBLEM) == 0


@pytest.mark.parametrize("error", [DiskFullError("The disk is full."), ProjectError("locked"), Cancelled()])
def test_what_is_no_photographs_fault_stops_the_run(stages, error: Exception) -> None:
    stages.read()
    for stage in ("find", "crop", "embed"):
        with pytest.raises(type(error)):
            getattr(stages, stage)(Breaks(lambda rgb: True, error))
        assert media.count(stages.project.store, MediaState.PROBLEM) == 0
        getattr(stages, stage)()


def test_when_everything_fails_it_is_not_the_photographs(stages, monkeypatch) -> None:
    monkeypatch.setattr(aside, "IN_A_ROW", 4)
    stages.read().find()
    with pytest.raises(JobError, match="one after the other"):
        stages.crop(Breaks(lambda rgb: True))
    stages.read().find().crop().embed()
    assert stages.sightings() == {f"{number}.jpg": "embedded" for number in range(5)}


def test_a_batch_is_searched_with_everything_that_does_not_break(stages) -> None:
    """The bad frame is in the memory of the place as well; it must not spoil the search of the others."""
    stages.read()
    breaks = Breaks(reddish)
    stages.find(breaks)
    assert sorted(stages.sightings()) == ["0.jpg", "1.jpg", "3.jpg", "4.jpg"]
