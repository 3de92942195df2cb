"""How an animal passes a camera: where it walks, which flank it shows, how it moves on within a burst."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from spotid.evaluate.simulate import light, schedule, skeleton
from spotid.evaluate.simulate.frames import Subject
from spotid.evaluate.simulate.movement import CameraPlace
from spotid.evaluate.simulate.noise import rng_for
from spotid.evaluate.simulate.scenes import Scene
from spotid.evaluate.simulate.schedule import Shot
from spotid.words import Flank


def subjects(
    seed: int, shot: Shot, place: CameraPlace, scene: Scene, coat_seeds: list[int], spread: float
) -> list[tuple[int, Subject]]:
    """Who is where in a shot, as pairs of the individual's number (from 0) and what to draw; the leader comes first.

    A pass goes on from shot to shot of a burst. ``spread`` 0 puts it in the middle, 1 lets it run out of the picture.
    """
    if shot.visit is None:
        return []
    rng = rng_for(seed, 109, shot.burst_seed, shot.camera)
    toward = shot.visit.toward * place.side
    flank = Flank.RIGHT if toward > 0 else Flank.LEFT
    far = scene.path * (rng.uniform(0.88, 1.2) if rng.random() < 0.8 else rng.uniform(1.2, 1.9))
    half = far * scene.view.width / 2 / scene.view.focal
    speed = rng.uniform(0.2, 0.5) if shot.of > 1 else rng.uniform(0.4, 1.0)
    edge = rng.random() < 0.16
    middle = (rng.choice([-1, 1]) * rng.uniform(0.75, 1.05) if edge else rng.normal(0, 0.22)) * half * spread
    yaw = float(np.clip(rng.normal(0, 13), -38, 38))
    pose = skeleton.random_pose(rng)
    went = speed * (shot.after - 1.2 * (shot.of - 1))
    out = []
    companions = [shot.visit.individual] + ([shot.visit.follower] if shot.visit.follower is not None else [])
    if len(companions) > 1:
        middle, far = middle * 0.3 + toward * 0.75, max(far, scene.path * 1.15)
    for k, who in enumerate(companions):
        own = pose if k == 0 else skeleton.random_pose(rng)
        moved = replace(own, phase=own.phase + went / 1.05 / max(own.stride, 0.3), head_turn=own.head_turn + 3 * went)
        night = place.brand.night if schedule.light_kind(place, shot.moment) != light.DAY else ""
        smear = speed * {"": 0.004, light.INFRARED: 0.03, light.FLASH: 0.006}[night] * scene.view.focal / far
        if rng.random() < 0.08:
            smear *= 3.5
        out.append(
            (
                who,
                Subject(
                    coat_seeds[who],
                    str(flank.value),
                    float(middle + toward * (went - 1.75 * k)),
                    float(far + 0.35 * k + math.sin(math.radians(yaw)) * went),
                    (0.0 if toward > 0 else 180.0) + (yaw if toward > 0 else -yaw) + 4 * k,
                    moved,
                    1.0 if k == 0 else 0.84,
                    float(smear),
                ),
            )
        )
    return out
