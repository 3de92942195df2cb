"""Pictures of one animal alone, as a detector would cut them out: for learning and for tests, without a survey."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spotid.evaluate.simulate import body, camera, coats, frames, light, plants, skeleton
from spotid.evaluate.simulate.canvas import Canvas
from spotid.evaluate.simulate.noise import Field, cloud, ramp, rng_for


def crop(
    individual_seed: int, flank: str, pose_seed: int, width: int, kind: str | None, yaw: float
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """See ``coats.render_crop``."""
    rng = rng_for(individual_seed, 131, 1 if flank == "left" else 2, pose_seed)
    kinds = (light.DAY, light.INFRARED, light.FLASH)
    lamp_kind = kind or kinds[int(rng.choice(3, p=[0.45, 0.30, 0.25]))]
    lamp = light.light_at(lamp_kind, float(rng.uniform(7, 17)), float(rng.random()), rng)
    heading = (0.0 if flank == "right" else 180.0) + float(np.clip(rng.normal(0, yaw), -2.5 * yaw, 2.5 * yaw))
    north = float(rng.uniform(3.2, 5.5))
    world = body.in_world(body.posed(skeleton.random_pose(rng)), 0.0, north, heading)
    tilt, above = float(rng.uniform(2, 7)), float(rng.uniform(0.45, 0.85))
    focal = 1000.0
    rough = body.View(0, 0, focal, above, tilt).project(world)[0]
    low, high = rough.min(0), rough.max(0)
    margin = rng.uniform(0.02, 0.07, 4) * (high[0] - low[0])
    scale = width / (high[0] - low[0] + margin[0] + margin[1])
    height = round(float((high[1] - low[1] + margin[2] + margin[3]) * scale))
    view = body.View(width, height, focal * float(scale), above, tilt)
    figure = body.draw(view, world)
    assert figure is not None
    # The view is centred on its axis; move the drawing so that the animal fills the crop.
    left, top = round(float(margin[0] * scale)), round(float(margin[2] * scale))
    mask = np.zeros((height, width), np.bool_)
    behind = _behind(rng, height, width, lamp_kind)
    fh, fw = figure.mask.shape
    x0, y0 = left - 3, top - 3
    rows, columns = slice(max(y0, 0), min(y0 + fh, height)), slice(max(x0, 0), min(x0 + fw, width))
    inner = (slice(rows.start - y0, rows.stop - y0), slice(columns.start - x0, columns.stop - x0))
    coat = coats.coat_of(individual_seed, flank).sample(figure.coat, figure.sheet_scale, rng)
    if lamp_kind == light.DAY:
        reach = 1 - rng.uniform(0, 0.75) * ramp(cloud(rng, fh, fw, fw / 5, 4), 0.2, -0.4)
    else:
        reach = np.full((fh, fw), 1.0, np.float32)
    lit = light.lit_figure(figure, coat, lamp, np.asarray(reach, np.float32))
    alpha = frames.fur_edge(figure.mask, rng)
    if rng.random() < 0.25:
        lit, alpha = frames.smeared(lit, alpha, float(rng.uniform(2, 6)) * width / 640, heading)
    a = alpha[inner][..., None]
    behind[rows, columns] += (lit[inner] - behind[rows, columns]) * a
    mask[rows, columns] = alpha[inner] >= 0.5
    _grass(rng, view, behind, mask, lamp)
    fault = str(rng.choice(["", "over", "under", "haze"], p=[0.86, 0.05, 0.05, 0.04]))
    return camera.expose(behind, lamp, fault, rng), mask


def _behind(rng: np.random.Generator, height: int, width: int, kind: str) -> Field:
    """A plain background in linear light: leaves above, soil below."""
    row = np.arange(height, dtype=np.float32)[:, None]
    edge = ramp(row + 0.05 * height * cloud(rng, height, width, width / 5, 3), 0.45 * height, 0.75 * height)[..., None]
    leaves = np.array([rng.uniform(0.08, 0.22), rng.uniform(0.12, 0.26), rng.uniform(0.04, 0.10)], np.float32)
    soil = np.array([0.30, 0.23, 0.15], np.float32) * np.float32(rng.uniform(0.6, 1.5))
    upper = leaves * np.exp(0.55 * cloud(rng, height, width, width / 12, 5, 0.75))[..., None]
    lower = soil * np.exp(0.22 * cloud(rng, height, width, width / 20, 5, 0.75))[..., None]
    out = upper * (1 - edge) + lower * edge
    if kind != light.DAY:
        out = out * (0.12 + 0.55 * edge)
    if kind == light.INFRARED:
        out = np.repeat(out.mean(2, keepdims=True), 3, 2)
    return np.asarray(out, np.float32)


def _grass(
    rng: np.random.Generator, view: body.View, picture: Field, mask: npt.NDArray[np.bool_], lamp: light.Light
) -> None:
    """On some pictures a few blades before the legs; they take their pixels out of the outline."""
    if rng.random() > 0.35:
        return
    layer = Canvas(body.View(view.width, view.height, view.focal, 0.5, -3), bare=True)
    for _ in range(int(rng.integers(1, 4))):
        east = rng.uniform(-0.45, 0.45) * 3 * view.width / view.focal
        plants.tuft(layer, rng, (float(east), 3.0), float(rng.uniform(0.15, 0.35)), 14, (150, 140, 90), 0.9)
    assert layer.cover is not None
    cover = layer.cover.astype(np.float32)[..., None] / 255
    colour = (layer.colour.astype(np.float32) / 255) ** 2
    if lamp.kind == light.INFRARED:
        colour = np.repeat(colour.mean(2, keepdims=True), 3, 2)
    picture += (colour * np.float32(1.2) - picture) * cover
    mask &= cover[..., 0] < 0.5
