"""Draws what the training pictures are put together from, with the program's own generator and nothing else.

Three kinds of files, each one ``.npz`` of uint8 arrays: figures (an animal alone, red, green, blue and cover), scenes
(background with or without animals, and the outline as a fourth channel) and textures (no animal, no scene).
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from spotid.evaluate.simulate import body, camera, coats, frames, light, skeleton
from spotid.evaluate.simulate.noise import cloud, rng_for
from spotid.evaluate.simulate.scenes import KINDS, make_scene

FIRST_SEED = 1_500_000  # individuals, scenes and poses that no test and no demonstration uses
FIGURE_SIDE = 224  # pixels of a figure's longer side
SCENE_SIZE = (640, 480)  # drawn at this size, kept at KEPT_SIZE
KEPT_SIZE = (384, 288)
LAMPS = (light.DAY, light.INFRARED, light.FLASH)


def figure(number: int) -> np.ndarray | None:
    """One animal alone, ``(h, w, 4)`` uint8; None where the drawn body does not fit the camera.

    Half of them are leopards; the others have their legs, trunk and height stretched and a plain, striped, blotched or
    mottled coat, so that the network learns animals rather than rosettes.
    """
    rng = rng_for(FIRST_SEED, 1, number)
    stranger = rng.random() < 0.55
    world = body.posed(_pose(rng))
    if stranger:
        world = _stretched(world, rng)
    turn = rng.normal(0, 22) if rng.random() < 0.55 else rng.uniform(-90, 90)
    north = float(rng.uniform(3.0, 6.0))
    world = body.in_world(world, 0.0, north, float(turn + (180 if rng.random() < 0.5 else 0)))
    tilt, above = float(rng.uniform(-2, 16)), float(rng.uniform(0.3, 1.6))
    rough = body.View(0, 0, 1000.0, above, tilt).project(world)[0]
    scale = FIGURE_SIDE / float(np.ptp(rough, axis=0).max())
    drawn = body.draw(body.View(FIGURE_SIDE, FIGURE_SIDE, 1000.0 * scale, above, tilt), world)
    if drawn is None or drawn.mask.sum() < 400:
        return None
    lamp = light.light_at(LAMPS[int(rng.integers(3))], float(rng.uniform(6.5, 17.5)), float(rng.random()), rng)
    if stranger:
        coat = _other_coat(drawn.coat, rng)
    else:
        seed, flank = FIRST_SEED + number // 25, "left" if rng.random() < 0.5 else "right"
        coat = coats.coat_of(seed, flank).sample(drawn.coat, drawn.sheet_scale, rng)
    reach = np.ones(drawn.mask.shape, np.float32)
    high, wide = drawn.mask.shape
    if lamp.kind == light.DAY:
        reach -= np.float32(rng.uniform(0, 0.8)) * (cloud(rng, high, wide, wide / 5, 3) > 0.2)
    lit = light.lit_figure(drawn, coat, lamp, reach)
    solid = drawn.mask.astype(np.float32)
    level = float(np.sqrt(np.maximum(lit, 0))[drawn.mask].mean())
    shown = np.sqrt(np.maximum(lit, 0)) * np.float32(0.5 / max(level, 0.02))
    return np.dstack([_bled(shown, solid), _bytes(frames.fur_edge(drawn.mask, rng))])


def scene(number: int, shots: int = 8) -> list[np.ndarray]:
    """Frames of one camera, ``(288, 384, 4)`` uint8 with the animals' outline last; every fourth is empty."""
    import cv2

    rng = rng_for(FIRST_SEED, 2, number)
    made = make_scene(int(rng.integers(2**31)), KINDS[number % len(KINDS)], *SCENE_SIZE)
    kept = []
    for shot in range(shots):
        lamp = light.light_at(LAMPS[int(rng.integers(3))], float(rng.uniform(6.5, 17.5)), float(rng.random()), rng)
        who = [] if shot % 4 == 3 else [_subject(made.path, rng) for _ in range(1 + int(rng.random() < 0.15))]
        shift = (int(rng.integers(-6, 7)), int(rng.integers(-6, 7)))
        linear, seen = frames.compose(made, lamp, who, shift, float(rng.normal(0, 1)), rng)
        fault = str(rng.choice(["", "over", "under", "haze"], p=[0.8, 0.08, 0.06, 0.06]))
        outline = np.zeros(linear.shape[:2], np.uint8)
        for one in seen:
            if one is not None:
                outline[one.mask] = 255
        full = np.dstack([camera.expose(linear, lamp, fault, rng), outline])
        kept.append(cv2.resize(full, KEPT_SIZE, interpolation=cv2.INTER_AREA))
    return kept


def texture(number: int) -> np.ndarray:
    """Overlapping shapes of all sizes over clouds ("dead leaves"; Lee, Mumford and Huang 2001), ``(288, 384, 3)``."""
    import cv2

    rng = rng_for(FIRST_SEED, 3, number)
    width, height = KEPT_SIZE
    base = _palette(rng)
    strength = np.float32(rng.uniform(0.1, 0.6))
    clouds = cloud(rng, height, width, width / float(rng.uniform(3, 30)), 5, 0.7)
    out = base[0].astype(np.float32) * np.exp(strength * clouds)[..., None]
    stretch = float(np.exp(rng.normal(0, 0.8)))
    for size in np.sort(rng.pareto(1.3, int(rng.integers(20, 500))) * 4 + 3)[::-1]:
        size = min(float(size), 170.0)
        centre = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        axes = (max(1, int(size)), max(1, int(size * min(1.5, stretch * rng.uniform(0.3, 1)))))
        colour = base[int(rng.integers(len(base)))] * np.exp(rng.normal(0, 0.25))
        reach = int(3 * size) + 2
        left, top = max(0, centre[0] - reach), max(0, centre[1] - reach)
        part = out[top : centre[1] + reach, left : centre[0] + reach]
        cover = np.zeros(part.shape[:2], np.uint8)
        middle = (centre[0] - left, centre[1] - top)
        if rng.random() < 0.5:
            cv2.ellipse(cover, middle, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
        else:
            corners = rng.normal(0, size / 1.5, (int(rng.integers(3, 8)), 2)) * (1, min(1.5, stretch)) + middle
            cv2.fillPoly(cover, [corners.astype(np.int32)], 255, cv2.LINE_AA)
        a = cover[..., None].astype(np.float32) / 255
        part += (colour.astype(np.float32) * (0.75 + 0.25 * part / part.mean()) - part) * a
    for _ in range(int(rng.integers(0, 120)) if rng.random() < 0.6 else 0):  # blades and twigs
        start = rng.uniform(0, (width, height))
        end = start + rng.normal(0, 60, 2) * (0.5, 1.2)
        colour = tuple(float(v) for v in base[int(rng.integers(len(base)))] * np.exp(rng.normal(0, 0.4)))
        cv2.line(
            out, start.astype(int).tolist(), end.astype(int).tolist(), colour, int(rng.integers(1, 5)), cv2.LINE_AA
        )
    return _bytes(np.sqrt(np.clip(out, 0, 1)))


def _pose(rng: np.random.Generator) -> skeleton.Pose:
    pose = skeleton.random_pose(rng)
    if rng.random() < 0.35:
        pose = replace(pose, neck_down=rng.uniform(-25, 55), head_turn=rng.normal(0, 30), tail_drop=rng.uniform(20, 95))
    return pose


def _stretched(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another animal's proportions: longer or shorter legs, a deeper, shorter or longer trunk, a stouter build."""
    out = points.copy()
    belly, longer = 0.36, float(np.exp(rng.normal(0.1, 0.35)))
    legs = np.minimum(out[:, 2], belly) * longer
    trunk = np.maximum(out[:, 2] - belly, 0) * float(np.exp(rng.normal(0.1, 0.25)))
    out[:, 2] = legs + trunk
    out[:, 0] *= float(np.exp(rng.normal(-0.12, 0.22)))
    out[:, 1] *= float(np.exp(rng.normal(0.1, 0.2)))
    tail = out[:, 0] < np.quantile(out[:, 0], 0.12)
    edge = float(out[tail, 0].max())
    out[tail, 0] = edge + (out[tail, 0] - edge) * rng.uniform(0.1, 1.1)
    out[:, 2] += np.maximum(out[:, 0] - 0.45, 0) * rng.uniform(-0.5, 0.9)  # the neck rises or sinks
    return out


def _other_coat(place: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Plain, striped, blotched or mottled; linear colours ``(h, w, 3)`` at coat places in metres."""
    x, z = place[..., 0], place[..., 1]
    base = np.array([0.34, 0.25, 0.17]) * np.exp(rng.normal(0, 0.13, 3)) * np.exp(rng.normal(-0.2, 0.7))
    second = base * np.exp(rng.normal(-0.6, 0.8)) * np.exp(rng.normal(0, 0.1, 3))
    wave = sum(
        rng.normal() * np.sin(rng.normal(0, 1) * 9 * k * x + rng.normal(0, 1) * 9 * k * z + rng.uniform(0, 6.3))
        for k in (0.5, 1, 2, 4)
    )
    kind = rng.random()
    share: np.ndarray
    if kind < 0.45:
        share = np.clip(0.3 * wave, 0, 1) * rng.random()
    elif kind < 0.65:
        share = np.greater(np.sin(rng.uniform(25, 80) * (x + 0.12 * wave * z)), rng.uniform(-0.4, 0.6))
    elif kind < 0.85:
        share = np.greater(wave, rng.normal(0, 0.8))
    else:
        share = np.clip(0.5 + rng.uniform(1, 6) * (z - rng.uniform(0.3, 0.6)), 0, 1)  # dark back or dark legs
    coat = base + (second - base) * share[..., None]
    hair = cloud(rng, x.shape[0], x.shape[1], 3, 2) * rng.uniform(0.05, 0.3)
    return np.asarray(np.clip(coat, 0.004, 0.95) * np.exp(hair)[..., None], np.float32)


def _subject(path: float, rng: np.random.Generator) -> frames.Subject:
    far = path * float(rng.choice([rng.uniform(0.8, 1.3), rng.uniform(1.3, 3.5)]))
    side = rng.random() < 0.5
    turn = float(rng.normal(0, 20) if rng.random() < 0.7 else rng.uniform(-90, 90))
    flank = "left" if side else "right"
    where = float(rng.normal(0, 0.28) * far)
    smear = float(rng.exponential(1.0))
    who = FIRST_SEED + int(rng.integers(60))
    return frames.Subject(who, flank, where, far, (180.0 if side else 0.0) + turn, _pose(rng), 1.0, smear)


def _palette(rng: np.random.Generator) -> np.ndarray:
    """Three to eight linear colours round one hue: soil, leaves, rock, walls."""
    middle = np.array([0.22, 0.2, 0.14]) * np.exp(rng.normal(0, 0.16, 3)) * np.exp(rng.normal(0, 0.6))
    return np.clip(middle * _tones(rng), 0.005, 0.9)


def _tones(rng: np.random.Generator) -> np.ndarray:
    """Factors ``(k, 3)`` on a palette's middle: light and dark more than hue."""
    count = int(rng.integers(3, 9))
    bright = rng.normal(0, rng.uniform(0.2, 0.8), (count, 1))
    return np.asarray(np.exp(bright + rng.normal(0, rng.uniform(0.05, 0.3), (count, 3))))


def _bled(shown: np.ndarray, solid: np.ndarray) -> np.ndarray:
    """Colours carried past the outline, where the soft edge would otherwise show black."""
    import cv2

    weight = cv2.GaussianBlur(solid, (0, 0), 2.0)
    spread = cv2.GaussianBlur(shown * solid[..., None], (0, 0), 2.0) / np.maximum(weight, 1e-3)[..., None]
    return _bytes(np.where(solid[..., None] > 0, shown, spread))


def _bytes(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(values * 255 + 0.5, 0, 255), np.uint8)


def keep(kind: str, first: int, count: int, folder: Path) -> Path:
    """Draw ``count`` items of a kind and write them as one file; a file that exists is left as it is."""
    path = folder / f"{kind}_{first:05d}.npz"
    if not path.is_file():
        items: list[np.ndarray] = []
        for number in range(first, first + count):
            if kind == "scenes":
                items += scene(number)
            elif kind == "textures":
                items.append(texture(number))
            elif (one := figure(number)) is not None:
                items.append(one)
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".tmp.npz")
        np.savez(part, *items)
        part.rename(path)
    return path


PORTIONS = {"figures": 25, "scenes": 4, "textures": 50}


def draw_all(folder: Path, figures: int, scenes: int, textures: int, processes: int = 1) -> list[Path]:
    """Everything the training needs; goes on where an earlier run stopped."""
    from multiprocessing import get_context

    wanted = {"figures": figures, "scenes": scenes, "textures": textures}
    work = [(k, n, PORTIONS[k], folder) for k, total in wanted.items() for n in range(0, total, PORTIONS[k])]
    if processes == 1:
        return [keep(*one) for one in work]
    with get_context("spawn").Pool(processes) as pool:
        return pool.starmap(keep, work, chunksize=1)
