"""A small survey and parts that break on command, for tests of what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spotid.boxes import Box
from spotid.intake.collect import read_pending, scan_roots
from spotid.prepare.parts import CutOut, Detection, Frame
from spotid.progress import Silent
from spotid.project import media
from spotid.project.folder import Project
from spotid.settings import settings
from tests.saboteurs import pictures

SETTINGS = settings({"small_side": 160, "crop_side": 128})


class Breaks:
    """A part that does a little and fails where ``when`` says so of its picture ((h, w, 3) uint8)."""

    name = "breaks"
    dim = 4
    kinds = 1

    def __init__(self, when: Callable[[np.ndarray], bool] = lambda rgb: False, error: Exception | None = None) -> None:
        self.when, self.error = when, error or ValueError("it broke")
        self.seen = 0

    def identity(self) -> str:
        return "breaks"

    def load(self) -> None:
        pass

    def _look(self, rgb: np.ndarray) -> None:
        self.seen += 1
        if self.when(rgb):
            raise self.error

    def detect(self, frames: Sequence[Frame], context: Sequence[Frame]) -> list[list[Detection]]:
        for frame in (*frames, *context):
            self._look(frame.small)
        return [[Detection(Box(0.2, 0.2, 0.6, 0.6), 0.9)] for _ in frames]

    def cut(self, crop: np.ndarray, inner: Box, hint: Any) -> CutOut:
        self._look(crop)
        return CutOut(np.ones(crop.shape[:2], bool), 0.9, "whole crop")

    def encode(self, crops: Sequence[Any]) -> np.ndarray:
        for crop in crops:
            self._look(crop.rgb)
        return np.tile(np.float32([1, 0, 0, 0]), (len(crops), 1))


def reddish(rgb: np.ndarray) -> bool:
    """Whether a picture is the bad one of a survey."""
    return float(rgb[..., 0].mean()) > 200 and float(rgb[..., 1].mean()) < 60


@pytest.fixture
def cards(tmp_path: Path, picture: Callable[..., bytes]) -> Path:
    """Five sound photographs, a minute apart; the third one is the bad one, all red."""
    folder = tmp_path / "cards" / "Ngoma"
    folder.mkdir(parents=True)
    for number in range(5):
        content = pictures.taken(f"2026:03:01 06:0{number}:00", 60 + number)
        if number == 2:
            content = picture((250, 10, 10), (160, 120), taken="2026:03:01 06:02:00")
        (folder / f"{number}.jpg").write_bytes(content)
    return folder.parent


class Stages:
    """The stages of a run, one by one and in this process."""

    def __init__(self, project: Project, cards: Path) -> None:
        self.project, self.cards = project, cards
        media.root_id(project.store, cards)
        self.notes: list[str] = []

    def expect(self, total: int) -> None:
        pass

    def step(self, count: int = 1, note: str = "") -> None:
        self.notes += [note] if note else []

    def read(self) -> Stages:
        scan_roots(self.project, self)
        read_pending(self.project, SETTINGS, self)
        return self

    def find(self, part: Any = None) -> Stages:
        from spotid.prepare.find import find_animals

        find_animals(self.project, part or Breaks(), SETTINGS, Silent())
        return self

    def crop(self, part: Any = None) -> Stages:
        from spotid.prepare.crop import crop_pending

        crop_pending(self.project, part or Breaks(), 0.08, SETTINGS, self)
        return self

    def embed(self, part: Any = None) -> Stages:
        from spotid.embed.encode import encode_pending

        encode_pending(self.project, part or Breaks(), SETTINGS, Silent())
        return self

    def files(self) -> dict[str, str]:
        """File → state, or its problem."""
        rows = self.project.store.all("SELECT relpath, state, problem FROM media ORDER BY relpath")
        return {row["relpath"].rsplit("/", 1)[-1]: row["problem"] or row["state"] for row in rows}

    def sightings(self) -> dict[str, str]:
        """File → state of its one sighting that was not withdrawn."""
        rows = self.project.store.all(
            "SELECT relpath, sighting.state FROM sighting JOIN media ON media.id = media_id"
            " WHERE sighting.state != 'withdrawn' ORDER BY relpath"
        )
        return {row["relpath"].rsplit("/", 1)[-1]: row["state"] for row in rows}


@pytest.fixture
def stages(project: Project, cards: Path) -> Stages:
    return Stages(project, cards)
