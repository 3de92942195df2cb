"""Draws the coats of many individuals in many poses with the program's own generator, each flank one of its own.

Kept as ``coats_NNNNN.npz``: ``seen`` of ``(portion, POSES, 2, 64, 128)`` uint8, grey and cover, one row a flank.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from spotid.evaluate.simulate import body, coats, light, skeleton
from spotid.evaluate.simulate.noise import cloud, rng_for

FIRST_SEED = 2_900_000  # individuals that no test, no demonstration and no other training uses
HIGH, WIDE = 64, 128
SIDE, POSES, PORTION = 200, 6, 20
LAMPS = (light.DAY, light.INFRARED, light.FLASH)


def fitted(grey: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """``(h, w)`` uint8 grey and ``(h, w)`` bool outline to ``(2, 64, 128)`` uint8: the outline's box, stretched."""
    import cv2

    inside = mask if mask.any() else np.ones(mask.shape, bool)
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    layers = (np.ascontiguousarray(grey[part]), inside[part].astype(np.uint8) * 255)
    return np.stack([cv2.resize(layer, (WIDE, HIGH), interpolation=cv2.INTER_AREA) for layer in layers])


def flank(number: int) -> np.ndarray:
    """One flank in ``POSES`` poses and lights, ``(POSES, 2, 64, 128)`` uint8."""
    side = ("left", "right")[number % 2]
    coat = coats.coat_of(FIRST_SEED + number // 2, side)
    made: list[np.ndarray] = []
    rng = rng_for(FIRST_SEED, 2, number)
    while len(made) < POSES:
        pose = skeleton.random_pose(rng)
        pose = replace(pose, neck_down=rng.uniform(-25, 50), tail_drop=rng.uniform(15, 95))
        heading = (0.0 if side == "right" else 180.0) + float(np.clip(rng.normal(0, 22), -50, 50))
        world = body.in_world(body.posed(pose), 0.0, float(rng.uniform(2.2, 7.0)), heading)
        tilt, above = float(rng.uniform(-3, 20)), float(rng.uniform(0.25, 1.7))
        rough = body.View(0, 0, 1000.0, above, tilt).project(world)[0]
        drawn = body.draw(body.View(SIDE, SIDE, 1000.0 * SIDE / float(np.ptp(rough, axis=0).max()), above, tilt), world)
        if drawn is None or drawn.mask.sum() < 400:
            continue
        lamp = light.light_at(LAMPS[int(rng.integers(3))], float(rng.uniform(6.5, 17.5)), float(rng.random()), rng)
        reach = np.ones(drawn.mask.shape, np.float32)
        if lamp.kind == light.DAY:
            reach -= np.float32(rng.uniform(0, 0.8)) * (cloud(rng, *drawn.mask.shape, drawn.mask.shape[1] / 5, 3) > 0.2)
        lit = light.lit_figure(drawn, coat.sample(drawn.coat, drawn.sheet_scale, rng), lamp, reach)
        shown = np.sqrt(np.maximum(lit, 0)).mean(axis=2)
        shown *= 0.45 / max(float(shown[drawn.mask].mean()), 0.02)
        made.append(fitted((np.clip(shown, 0, 1) * 255).astype(np.uint8), drawn.mask))
    return np.stack(made)


def draw_all(folder: Path, flanks: int) -> np.ndarray:
    """``(flanks, POSES, 2, 64, 128)`` uint8; portions that are there already are not drawn again."""
    folder.mkdir(parents=True, exist_ok=True)
    portions = []
    for first in range(0, flanks, PORTION):
        path = folder / f"coats_{first:05d}.npz"
        if not path.is_file():
            part = path.with_suffix(".tmp.npz")
            np.savez_compressed(part, seen=np.stack([flank(n) for n in range(first, first + PORTION)]))
            part.rename(path)
        with np.load(path, allow_pickle=False) as kept:
            portions.append(kept["seen"])
    return np.concatenate(portions)
