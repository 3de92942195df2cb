"""A whole simulated camera-trap survey, written as camera cards would hold it, with the truth beside it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from spotid.boxes import Box
from spotid.errors import BadRequestError
from spotid.evaluate.simulate import camera as cameras
from spotid.evaluate.simulate import frames, light, movement, passing, schedule, strips
from spotid.evaluate.simulate.frames import Seen, Subject
from spotid.evaluate.simulate.movement import CameraPlace, Station
from spotid.evaluate.simulate.noise import rng_for
from spotid.evaluate.simulate.scenes import MARGIN, Scene, make_scene
from spotid.evaluate.simulate.schedule import Shot
from spotid.evaluate.simulate.truth import FrameTruth, SightingTruth, SurveyTruth, write_table, write_truth
from spotid.words import Flank, Problem

if TYPE_CHECKING:
    from PIL import Image as PILImage

Progress = Callable[[int, int], None]
LEAST_SEEN = 0.14
"""A pass is drawn again, nearer the middle, where less than this share of the animal would be visible."""


@dataclass(frozen=True)
class SurveyPlan:
    """What to simulate. The same plan gives the same files, byte for byte, on one machine.

    ``frames`` pictures, of which ``empty_share`` show no animal; ``frame_size`` width and height in pixels;
    ``max_bytes`` for all pictures together (quality gives way, down to 30); ``extras`` adds a truncated file, a file of
    0 bytes and turns one picture on its side; ``masks`` writes what is visible of every animal.
    """

    seed: int = 7
    individuals: int = 8
    stations: int = 6
    frames: int = 60
    start: str = "2025-03-01"
    days: int = 60
    empty_share: float = 0.3
    paired_share: float = 0.5
    burst_share: float = 0.4
    frame_size: tuple[int, int] = (1280, 960)
    jpeg_quality: int = 82
    max_bytes: int | None = None
    extras: bool = True
    masks: bool = False

    def check(self) -> None:
        """Raise ``BadRequestError`` where the plan can't be carried out."""
        wide, high = self.frame_size
        if min(self.individuals, self.stations, self.frames, self.days) < 1:
            raise BadRequestError("Individuals, stations, frames and days must each be at least 1.")
        if not (0 <= self.empty_share <= 1 and 0 <= self.paired_share <= 1 and 0 <= self.burst_share <= 1):
            raise BadRequestError("Shares must lie between 0 and 1.")
        if not (320 <= wide <= 6000 and 240 <= high <= 4500):
            raise BadRequestError("Frames must measure from 320 by 240 to 6000 by 4500 pixels.")


def sample_plan() -> SurveyPlan:
    """The plan behind ``sample_data/``: 60 pictures of 8 individuals in at most 8 MB."""
    return SurveyPlan(seed=25, frames=60, burst_share=0.3, jpeg_quality=80, max_bytes=7_300_000, masks=True)


def simulate_survey(out: Path, plan: SurveyPlan, progress: Progress | None = None) -> SurveyTruth:
    """Write the survey into ``out``, which must be new or empty; returns what is true about it.

    Pictures are drawn one at a time, camera by camera: memory does not grow with their number.
    ``progress`` is called with the pictures done and all pictures.
    """
    plan.check()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadRequestError(f"{out} is not an empty folder.", "Name a folder that does not exist yet.")
    start = datetime.fromisoformat(plan.start)
    stations = movement.place_stations(plan.seed, plan.stations, plan.paired_share, start, plan.days)
    shots = schedule.plan_shots(
        plan.seed, plan.individuals, stations, start, plan.days, plan.frames, plan.empty_share, plan.burst_share
    )
    out.mkdir(parents=True, exist_ok=True)
    _write_stations(out / "stations.csv", stations)
    truth = SurveyTruth()
    writer = _Writer(out, plan, stations, truth)
    for done, shot in enumerate(shots, 1):
        writer.take(shot)
        if progress is not None:
            progress(done, len(shots))
    if plan.extras:
        writer.break_some()
    write_truth(out / "truth", truth)
    return truth


def _write_stations(path: Path, stations: list[Station]) -> None:
    rows = [
        (s.name, c.name, f"{s.latitude:.5f}", f"{s.longitude:.5f}", c.start.isoformat(" "), c.end.isoformat(" "))
        for s in stations
        for c in s.cameras
    ]
    write_table(path, ("station", "camera", "latitude", "longitude", "start", "end"), rows)


class _Writer:
    """Takes shot after shot; keeps the scene of the camera at hand and nothing else."""

    def __init__(self, out: Path, plan: SurveyPlan, stations: list[Station], truth: SurveyTruth) -> None:
        self.out, self.plan, self.stations, self.truth = out, plan, stations, truth
        self.most = None if plan.max_bytes is None else max(12_000, plan.max_bytes // plan.frames)
        self.coats = [int(rng_for(plan.seed, 97, k).integers(2**31)) for k in range(plan.individuals)]
        self.camera_name = ""
        self.scene: Scene | None = None
        self.taken = 0
        self.rotated = not plan.extras

    def _scene_of(self, place: CameraPlace) -> Scene:
        if self.scene is None or place.name != self.camera_name:
            self.camera_name, self.taken, self.scene = place.name, 0, None
            self.scene = make_scene(place.scene_seed, place.kind, *self.plan.frame_size)
        return self.scene

    def take(self, shot: Shot) -> None:
        """Draw one picture, write it and note what is true about it."""
        from PIL import Image

        station = self.stations[shot.station]
        place = station.cameras[shot.camera]
        scene = self._scene_of(place)
        self.taken += 1
        rng = rng_for(self.plan.seed, 101, shot.burst_seed, shot.camera, shot.number)
        kind = schedule.light_kind(place, shot.moment)
        weather = rng_for(self.plan.seed, 103, shot.moment.toordinal())
        lamp = light.light_at(kind, shot.moment.hour + shot.moment.minute / 60, float(weather.beta(0.7, 0.9)), rng)
        linear, subjects, seen = self._draw(scene, lamp, shot, place, rng)
        fault = str(rng.choice(["", "over", "under", "haze"], p=[0.88, 0.05, 0.035, 0.035]))
        picture = Image.fromarray(cameras.expose(linear, lamp, fault, rng))
        celsius = 21 + 8 * math.sin((shot.moment.hour - 9) / 24 * 2 * math.pi) + float(weather.normal(0, 3))
        strips.stamp(picture, place.brand, shot.moment, celsius, place.name, (shot.number, shot.of))
        path = f"{station.name}/{place.name}/IMG_{self.taken:04d}.JPG"
        rows = self._sightings(path, shot, place, kind, subjects, seen)
        problem = ""
        if not self.rotated and rows and kind == light.DAY:
            self.rotated, problem = True, "rotated"
        self._save(path, picture, place, shot.moment, 6 if problem else 1)
        self.truth.sightings += rows
        self.truth.frames.append(
            FrameTruth(path, station.name, place.name, shot.moment.isoformat(), kind, len(rows), shot.burst, problem)
        )

    def _draw(
        self, scene: Scene, lamp: light.Light, shot: Shot, place: CameraPlace, rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.float32], list[tuple[int, Subject]], list[Seen | None]]:
        drift = rng_for(self.plan.seed, 107, place.scene_seed, shot.moment.toordinal() // 9).integers(-6, 7, 2)
        shift = tuple(int(v) for v in np.clip(drift + rng.integers(-2, 3, 2), -MARGIN, MARGIN))
        wind = float(rng.normal(0, 1.6 if shot.visit is None else 0.6))
        state = rng.bit_generator.state
        for nearer in (1.0, 0.5, 0.0):
            rng.bit_generator.state = state
            subjects = passing.subjects(self.plan.seed, shot, place, scene, self.coats, nearer)
            linear, seen = frames.compose(scene, lamp, [s for _, s in subjects], (shift[0], shift[1]), wind, rng)
            if not subjects or (seen[0] is not None and seen[0].mask.sum() > LEAST_SEEN * seen[0].whole):
                break
        return linear, subjects, seen

    def _sightings(
        self,
        path: str,
        shot: Shot,
        place: CameraPlace,
        kind: str,
        subjects: list[tuple[int, Subject]],
        seen: list[Seen | None],
    ) -> list[SightingTruth]:
        width, height = self.plan.frame_size
        top, bottom = strips.strip_rows(place.brand.layout, width)
        rows: list[SightingTruth] = []
        for (who, subject), one in zip(subjects, seen, strict=True):
            if one is None:
                continue
            one.mask[:top] = False
            one.mask[height - bottom :] = False
            count = int(one.mask.sum())
            if count < max(60, 0.02 * one.whole):
                continue
            box = box_of(one.mask)
            rows.append(
                SightingTruth(
                    path,
                    f"L{who + 1:02d}",
                    str(Flank(subject.flank).value),
                    box.x,
                    box.y,
                    box.w,
                    box.h,
                    self.stations[shot.station].name,
                    shot.moment.isoformat(),
                    shot.burst,
                    round(1 - min(1.0, count / one.whole), 3),
                    place.name,
                    kind,
                )
            )
            if self.plan.masks:
                self._save_mask(path, len(rows), one.mask)
        return rows

    def _save_mask(self, path: str, number: int, mask: npt.NDArray[np.bool_]) -> None:
        from PIL import Image

        at = self.out / "truth" / "masks" / f"{path.removesuffix('.JPG')}_{number}.png"
        at.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(mask.astype(np.uint8) * 255).convert("1").save(at, optimize=True)

    def _save(self, path: str, picture: PILImage.Image, place: CameraPlace, moment: datetime, orientation: int) -> None:
        from PIL import Image

        if orientation == 6:
            picture = picture.transpose(Image.Transpose.ROTATE_90)
        exif = cameras.exif_bytes(place.brand, place.serial, moment, orientation)
        file = self.out / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(cameras.jpeg(picture, exif, self.plan.jpeg_quality, self.most))

    def break_some(self) -> None:
        """Add a cut-off copy of the last picture and a file of 0 bytes at the end of the last camera's card."""
        last = self.truth.frames[-1]
        whole = (self.out / last.path).read_bytes()
        for k, (problem, data) in enumerate(
            ((Problem.TRUNCATED, whole[: len(whole) * 2 // 5]), (Problem.EMPTY, b"")), 1
        ):
            path = f"{last.station}/{last.camera}/IMG_{self.taken + k:04d}.JPG"
            (self.out / path).write_bytes(data)
            self.truth.frames.append(replace(last, path=path, animals=0, problem=str(problem.value), burst=""))


def box_of(mask: npt.NDArray[np.bool_]) -> Box:
    """The box round a mask's pixels (at least one), as fractions of the picture."""
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    x, y = columns[0] / width, rows[0] / height
    return Box(float(x), float(y), float((columns[-1] + 1) / width - x), float((rows[-1] + 1) / height - y))
