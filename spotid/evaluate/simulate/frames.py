"""One frame: a lit background, the animals in it, grass in front; and the truth about what is visible."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spotid.evaluate.simulate import body, coats, light, skeleton
from spotid.evaluate.simulate.body import Figure
from spotid.evaluate.simulate.light import DAY, Light
from spotid.evaluate.simulate.noise import Field, cloud
from spotid.evaluate.simulate.scenes import MARGIN, Scene

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Subject:
    """An animal to draw: who, which flank shows, where on the ground (metres), heading in degrees, pose, size."""

    individual_seed: int
    flank: str
    east: float
    north: float
    heading: float
    pose: skeleton.Pose
    size: float = 1.0
    smear: float = 0.0


@dataclass(frozen=True)
class Seen:
    """What of a subject is visible: ``mask`` (h, w) over the frame; ``whole``: its pixels, were nothing in the way."""

    mask: Mask
    whole: int


def compose(
    scene: Scene, lamp: Light, subjects: list[Subject], shift: tuple[int, int], wind: float, rng: np.random.Generator
) -> tuple[Field, list[Seen | None]]:
    """Light the scene and draw the subjects into it.

    ``shift`` moves the camera by whole pixels (at most ``MARGIN``), ``wind`` leans the near grass. Returns the frame in
    linear light ``(h, w, 3)`` and what is seen of each subject, ``None`` where nothing is.
    """
    height, width = scene.view.height - 2 * MARGIN, scene.view.width - 2 * MARGIN
    left, top = MARGIN + shift[0], MARGIN + shift[1]
    window = (slice(top, top + height), slice(left, left + width))
    picture, reach = light.lit_background(scene, lamp, window)
    picture = np.array(picture, np.float32)
    stands = scene.stands[window]
    covered = np.zeros((height, width), np.float32)
    seen: list[Seen | None] = [None] * len(subjects)
    for k in sorted(range(len(subjects)), key=lambda n: -subjects[n].north):
        subject = subjects[k]
        world = body.in_world(body.posed(subject.pose), subject.east, subject.north, subject.heading, subject.size)
        figure = body.draw(scene.view, world, subject.size)
        if figure is None:
            continue
        figure = _moved(figure, -left, -top)
        _shadow(picture, stands, scene, lamp, world, (left, top))
        seen[k] = _lay_in(picture, covered, reach, stands, scene, lamp, subject, figure, seen, rng)
    _grass_in_front(picture, seen, scene, lamp, window, wind)
    return picture, seen


def _moved(figure: Figure, dx: int, dy: int) -> Figure:
    eyes = figure.eyes + np.array([dx, dy, 0, 0]) if len(figure.eyes) else figure.eyes
    return Figure(
        figure.left + dx,
        figure.top + dy,
        figure.mask,
        figure.coat,
        figure.normal,
        figure.deep,
        figure.shade,
        figure.sheet_scale,
        eyes,
    )


def fur_edge(mask: Mask, rng: np.random.Generator) -> Field:
    """A soft, slightly hairy cover for an outline, ``(h, w)`` 0 to 1."""
    import cv2

    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0)
    hair = cloud(rng, mask.shape[0], mask.shape[1], 3, 2)
    return np.asarray(
        np.clip((soft - 0.5) * 1.5 + 0.5 + 0.16 * hair * ((soft > 0.03) & (soft < 0.97)), 0, 1), np.float32
    )


def _lay_in(
    picture: Field,
    covered: Field,
    reach: Field,
    stands: Field,
    scene: Scene,
    lamp: Light,
    subject: Subject,
    figure: Figure,
    seen: list[Seen | None],
    rng: np.random.Generator,
) -> Seen | None:
    import cv2

    height, width = covered.shape
    fh, fw = figure.mask.shape
    y0, x0 = max(figure.top, 0), max(figure.left, 0)
    y1, x1 = min(figure.top + fh, height), min(figure.left + fw, width)
    if y1 - y0 < 4 or x1 - x0 < 4:
        return None
    inner = (slice(y0 - figure.top, y1 - figure.top), slice(x0 - figure.left, x1 - figure.left))
    outer = (slice(y0, y1), slice(x0, x1))
    part = Figure(
        x0,
        y0,
        figure.mask[inner],
        figure.coat[inner],
        figure.normal[inner],
        figure.deep[inner],
        figure.shade[inner],
        figure.sheet_scale,
        figure.eyes,
    )
    coat = coats.coat_of(subject.individual_seed, subject.flank).sample(part.coat, part.sheet_scale, rng)
    arrives = (
        reach[outer] if lamp.kind == DAY else light.falloff(scene, lamp, part.deep) * light.beam(height, width)[outer]
    )
    alpha = fur_edge(part.mask, rng)
    lit = light.lit_figure(part, coat, lamp, arrives)
    # The soft edge reaches past the outline, where nothing was drawn: borrow the colour from the nearest fur.
    solid = part.mask.astype(np.float32)
    weight = cv2.GaussianBlur(solid, (0, 0), 1.6)
    spread = cv2.GaussianBlur(lit * solid[..., None], (0, 0), 1.6) / np.maximum(weight, 1e-3)[..., None]
    lit = np.where(part.mask[..., None], lit, spread)
    open_to_view = cv2.GaussianBlur(
        (part.deep < stands[outer]).astype(np.float32) * solid + (1 - solid) * (stands[outer] > subject.north),
        (0, 0),
        0.6,
    )
    alpha = alpha * open_to_view
    if subject.smear > 1.5:
        lit, alpha = smeared(lit, alpha, subject.smear, subject.heading)
    picture[outer] += (lit - picture[outer]) * alpha[..., None]
    for k, other in enumerate(seen):
        if other is not None:
            other.mask[outer] &= alpha < 0.5
            seen[k] = other
    if lamp.kind != DAY:
        _eye_shine(picture, figure, stands, subject, lamp)
    mask = np.zeros((height, width), np.bool_)
    mask[outer] = alpha >= 0.5
    return Seen(mask, int(figure.mask.sum()))


def smeared(lit: Field, alpha: Field, length: float, heading: float) -> tuple[Field, Field]:
    """Movement during the exposure, along the ground."""
    import cv2

    size = int(length) | 1
    kernel = np.zeros((size, size), np.float32)
    slope = 0.08 * np.sin(np.radians(heading))
    for k in range(size):
        kernel[int(np.clip(round(size / 2 - 0.5 - slope * (k - size / 2)), 0, size - 1)), k] = 1
    kernel /= kernel.sum()
    border = cv2.BORDER_REPLICATE
    thick = cv2.filter2D(alpha, -1, kernel, borderType=border)
    colour = cv2.filter2D(lit * alpha[..., None], -1, kernel, borderType=border)
    return np.asarray(colour / np.maximum(thick, 1e-3)[..., None], np.float32), np.asarray(thick, np.float32)


def _eye_shine(picture: Field, figure: Figure, stands: Field, subject: Subject, lamp: Light) -> None:
    height, width = picture.shape[:2]
    for x, y, radius, facing in figure.eyes:
        if facing < 0.30 or not (0 <= x < width and 0 <= y < height) or stands[int(y), int(x)] < subject.north:
            continue
        r = max(float(radius), 1.1)
        pad = int(4 * r) + 2
        rows, columns = slice(max(int(y) - pad, 0), int(y) + pad + 1), slice(max(int(x) - pad, 0), int(x) + pad + 1)
        row, column = np.mgrid[rows.start : min(rows.stop, height), columns.start : min(columns.stop, width)]
        d = ((column - x) ** 2 + (row - y) ** 2) / r**2
        glow = (3.0 * np.exp(-1.1 * d) + 0.18 * np.exp(-0.18 * d)) * min(1.0, facing * 1.4)
        tint = np.array((1, 1, 1) if lamp.kind == light.INFRARED else (0.95, 1.0, 0.55), np.float32)
        picture[rows, columns] += (glow[..., None] * tint).astype(np.float32)


def _shadow(
    picture: Field, stands: Field, scene: Scene, lamp: Light, world: body.Array, corner: tuple[int, int]
) -> None:
    """Darken the ground under the animal and where it keeps the sun off (drawn at a quarter of the size)."""
    import cv2

    casts: list[tuple[npt.NDArray[np.float64], float, float]] = []
    under = world.copy()
    under[:, 2] = 0
    casts.append((under, 2.6, 0.42 if lamp.kind == DAY else 0.5))
    strength = float(np.mean(lamp.sun))
    if lamp.kind == DAY and strength > 0.15:
        right, down, away = lamp.sun_from
        cast = world.copy()
        cast[:, 0] -= right / max(-down, 0.2) * world[:, 2]
        cast[:, 1] -= away / max(-down, 0.2) * world[:, 2]
        cast[:, 2] = 0
        casts.append((cast, 1.2, 0.75 * strength / (strength + 0.45)))
    height, width = picture.shape[:2]
    rows, columns = height // 4 + 1, width // 4 + 1
    for points, soft, dark in casts:
        flat, deep = scene.view.project(points)
        spot = np.floor((flat - np.array(corner)) / 4).astype(int)
        good = (deep > 0.3) & (spot[:, 0] >= 0) & (spot[:, 1] >= 0) & (spot[:, 0] < columns) & (spot[:, 1] < rows)
        if not good.any():
            continue
        small = np.zeros((rows, columns), np.float32)
        small[spot[good, 1], spot[good, 0]] = 1
        small = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
        small = cv2.GaussianBlur(small, (0, 0), soft)
        shade = cv2.resize(small, (columns * 4, rows * 4), interpolation=cv2.INTER_LINEAR)[:height, :width]
        box = np.argwhere(small > 0.01)
        (r0, c0), (r1, c1) = box.min(0) * 4, np.minimum(box.max(0) * 4 + 4, (height, width))
        part = (slice(int(r0), int(r1)), slice(int(c0), int(c1)))
        falls = shade[part] * (stands[part] > 1e6)
        picture[part] *= (1 - dark * falls)[..., None]


def _grass_in_front(
    picture: Field, seen: list[Seen | None], scene: Scene, lamp: Light, window: tuple[slice, slice], wind: float
) -> None:
    import cv2

    front = scene.front[window]
    cover = front[..., 3]
    if float(cover.max()) <= 0:
        return
    height, width = cover.shape
    rows = np.flatnonzero(cover.max(1) > 0.01)
    part = slice(int(rows[0]), int(rows[-1]) + 1)
    lean = np.array([[1, -wind * 0.06, wind * 0.06 * (height - part.start)], [0, 1, 0]], np.float32)
    bent = cv2.warpAffine(
        np.ascontiguousarray(front[part]), lean, (width, part.stop - part.start), borderMode=cv2.BORDER_REPLICATE
    )
    colour, alpha = bent[..., :3], bent[..., 3:]
    if lamp.kind == DAY:
        colour = colour * (np.array(lamp.ambient, np.float32) + 0.7 * np.array(lamp.sun, np.float32))
    else:
        if lamp.kind == light.INFRARED:
            colour = np.repeat(colour @ np.array([[0.5], [0.9], [0.1]], np.float32), 3, 2)
        colour = colour * np.float32(0.9)
    picture[part] = picture[part] * (1 - alpha) + colour
    for k, one in enumerate(seen):
        if one is not None:
            one.mask[part] &= alpha[..., 0] < 0.5
            seen[k] = one
