"""Draws single animals seen from all sides with the program's own generator, and notes which way each one heads.

Kept as ``figures_NNNNN.npz``: arrays ``p0`` … of ``(h, w, 4)`` uint8 (red, green, blue, cover) and ``heading`` in
degrees: 0 walks right across the view (its right side is seen), 180 left (its left side), 90 away from the camera
(rear), 270 towards it (front).
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from spotid.evaluate.simulate import body, coats, frames, light, skeleton
from spotid.evaluate.simulate.noise import cloud, rng_for
from training.segment import draw as segment

FIRST_SEED = 1_700_000  # individuals and poses that no test, no demonstration and no other training uses
SIDE = 176  # pixels of a figure's longer side: more than what is left of it in the network's 112 by 80
SHEET = 40  # figures of one individual: its coat takes longer to paint than the figure
PORTION = 100
LAMPS = (light.DAY, light.INFRARED, light.FLASH)


def figure(number: int) -> tuple[np.ndarray, float] | None:
    """One animal alone, ``(h, w, 4)`` uint8, and its heading; None where the body does not fit the camera.

    Half are leopards; the others have other proportions and plain, striped or blotched coats, so that what is learnt is
    where a head, a tail and legs are rather than how leopards' coats look.
    """
    rng = rng_for(FIRST_SEED, 1, number)
    stranger = rng.random() < 0.5
    points = body.posed(_pose(rng))
    if rng.random() < 0.08:  # lying or deep in grass: the legs are short
        points[:, 2] = np.where(points[:, 2] < 0.36, points[:, 2] * rng.uniform(0.15, 0.6), points[:, 2])
    if stranger:
        points = segment._stretched(points, rng)
    heading = _heading(rng)
    world = body.in_world(points, 0.0, float(rng.uniform(2.2, 7.0)), heading)
    tilt, above = float(rng.uniform(-3, 20)), float(rng.uniform(0.25, 1.7))
    rough = body.View(0, 0, 1000.0, above, tilt).project(world)[0]
    scale = SIDE / float(np.ptp(rough, axis=0).max())
    drawn = body.draw(body.View(SIDE, SIDE, 1000.0 * scale, above, tilt), world)
    if drawn is None or drawn.mask.sum() < 400:
        return None
    lamp = light.light_at(LAMPS[int(rng.integers(3))], float(rng.uniform(6.5, 17.5)), float(rng.random()), rng)
    if stranger:
        coat = segment._other_coat(drawn.coat, rng)
    else:
        seen = "right" if np.cos(np.radians(heading)) > 0 else "left"
        coat = coats.coat_of(FIRST_SEED + number // SHEET, seen).sample(drawn.coat, drawn.sheet_scale, rng)
    reach = np.ones(drawn.mask.shape, np.float32)
    high, wide = drawn.mask.shape
    if lamp.kind == light.DAY:
        reach -= np.float32(rng.uniform(0, 0.8)) * (cloud(rng, high, wide, wide / 5, 3) > 0.2)
    lit = light.lit_figure(drawn, coat, lamp, reach)
    level = float(np.sqrt(np.maximum(lit, 0))[drawn.mask].mean())
    shown = np.sqrt(np.maximum(lit, 0)) * np.float32(0.5 / max(level, 0.02))
    cover = segment._bytes(frames.fur_edge(drawn.mask, rng))
    return np.dstack([segment._bled(shown, drawn.mask.astype(np.float32)), cover]), heading % 360


def _heading(rng: np.random.Generator) -> float:
    """Six of ten walk past within some 20 degrees, as at a path; the rest come, go or cross at any angle."""
    kind = rng.random()
    if kind < 0.6:
        return float((180 if rng.random() < 0.5 else 0) + np.clip(rng.normal(0, 20), -55, 55))
    if kind < 0.84:
        return float((270 if rng.random() < 0.5 else 90) + rng.uniform(-20, 20))
    return float(rng.uniform(0, 360))


def _pose(rng: np.random.Generator) -> skeleton.Pose:
    pose = skeleton.random_pose(rng)
    if rng.random() < 0.4:
        pose = replace(
            pose,
            neck_down=rng.uniform(-25, 60),
            head_turn=float(np.clip(rng.normal(0, 32), -75, 75)),
            tail_drop=rng.uniform(15, 95),
            tail_sway=rng.normal(0, 30),
        )
    return pose


def keep(first: int, folder: Path) -> Path:
    """Draw a portion and write it; a file that exists is left as it is."""
    path = folder / f"figures_{first:05d}.npz"
    if not path.is_file():
        made = [one for number in range(first, first + PORTION) if (one := figure(number)) is not None]
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".tmp.npz")
        np.savez(part, heading=np.array([h for _, h in made]), **{f"p{n}": p for n, (p, _) in enumerate(made)})
        part.rename(path)
    return path


def draw_all(folder: Path, figures: int) -> None:
    """Everything the training needs: figures, and the scenes and textures of ``training/segment`` behind them."""
    segment.draw_all(folder, 0, 40, 300)
    for first in range(0, figures, PORTION):
        keep(first, folder)
