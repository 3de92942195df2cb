"""The skin of a leopard at rest: rounded parts blended into one surface, meshed once, tied to the bones.

The surface is a smooth union of signed distances (rounded cones and a torso of elliptic slices), meshed on a grid that
is finer round the head.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from spotid.evaluate.simulate import nets, skeleton

Array = npt.NDArray[np.float64]

# x, height of the middle, half depth, half width of the torso's slices.
TORSO = np.array(
    [
        (-0.545, 0.535, 0.045, 0.045),
        (-0.520, 0.540, 0.090, 0.072),
        (-0.460, 0.543, 0.118, 0.096),
        (-0.360, 0.538, 0.134, 0.106),
        (-0.220, 0.518, 0.136, 0.108),
        (-0.060, 0.497, 0.148, 0.120),
        (0.080, 0.489, 0.158, 0.126),
        (0.220, 0.493, 0.162, 0.126),
        (0.310, 0.512, 0.154, 0.116),
        (0.390, 0.533, 0.124, 0.098),
        (0.450, 0.545, 0.086, 0.074),
        (0.475, 0.550, 0.050, 0.050),
    ]
)


@dataclass(frozen=True)
class Part:
    """A rounded cone from ``a`` to ``b`` on one bone; ``narrow`` squeezes it sideways."""

    bone: str
    a: tuple[float, float, float]
    b: tuple[float, float, float]
    ra: float
    rb: float
    narrow: float = 1.0


def _parts() -> list[Part]:
    parts = [
        Part("neck", (0.36, 0, 0.548), (0.62, 0, 0.635), 0.132, 0.104, 0.86),
        Part("head", (0.655, 0, 0.658), (0.690, 0, 0.664), 0.100, 0.094, 0.95),
        Part("head", (0.715, 0, 0.678), (0.785, 0, 0.645), 0.066, 0.046, 0.82),
        Part("head", (0.765, 0, 0.617), (0.803, 0, 0.614), 0.056, 0.047, 1.0),
        Part("head", (0.690, 0, 0.600), (0.790, 0, 0.582), 0.062, 0.038, 0.95),
    ]
    for y in (0.062, -0.062):
        parts.append(Part("head", (0.642, y, 0.728), (0.630, y * 1.15, 0.753), 0.036, 0.028))
        parts.append(Part("head", (0.700, y * 0.68, 0.630), (0.722, y * 0.68, 0.626), 0.056, 0.050))
    for k in range(skeleton.TAIL):
        x0, _, z = skeleton.HEADS[f"tail{k}"]
        x1 = x0 - skeleton.TAIL_LENGTH / skeleton.TAIL
        r = [0.036 - 0.0015 * j for j in (k, k + 1)]
        parts.append(Part(f"tail{k}", (x0 + (0.03 if k == 0 else 0), 0, z), (x1, 0, z), r[0], r[1]))
    for leg in skeleton.LEGS:
        y = skeleton.SIDE if leg.startswith("left") else -skeleton.SIDE
        if leg.endswith("fore"):
            j = {n: (x, y, z) for n, (x, z) in skeleton.FORE.items()}
            inward = (j["scapula"][0], y * 0.75, 0.575)
            parts += [
                Part(
                    f"{leg}_scapula", inward, (j["shoulder"][0] - 0.01, y * 0.95, j["shoulder"][2]), 0.070, 0.074, 0.72
                ),
                Part(f"{leg}_shoulder", j["shoulder"], (j["elbow"][0], y, j["elbow"][2]), 0.072, 0.060, 0.8),
                Part(f"{leg}_elbow", (j["elbow"][0] + 0.01, y, j["elbow"][2] - 0.01), j["wrist"], 0.058, 0.037, 0.88),
                Part(f"{leg}_wrist", j["wrist"], (j["toe"][0] - 0.01, y, 0.045), 0.037, 0.036, 0.95),
                Part(
                    f"{leg}_wrist", (j["toe"][0] - 0.015, y, 0.033), (j["toe"][0] + 0.035, y, 0.027), 0.037, 0.030, 1.15
                ),
            ]
        else:
            j = {n: (x, y, z) for n, (x, z) in skeleton.HIND.items()}
            parts += [
                Part(
                    f"{leg}_hip",
                    (j["hip"][0] - 0.01, y * 0.8, j["hip"][2] - 0.03),
                    (j["knee"][0] - 0.015, y, j["knee"][2] + 0.01),
                    0.120,
                    0.082,
                    0.62,
                ),
                Part(f"{leg}_knee", (j["knee"][0] - 0.01, y, j["knee"][2]), j["hock"], 0.074, 0.034, 0.8),
                Part(f"{leg}_hock", j["hock"], (j["ball"][0], y, 0.05), 0.033, 0.032, 0.9),
                Part(
                    f"{leg}_ball", (j["ball"][0] - 0.005, y, 0.036), (j["toe"][0] + 0.03, y, 0.027), 0.038, 0.030, 1.1
                ),
            ]
    return parts


def _cone(points: Array, part: Part) -> Array:
    a, b = np.array(part.a), np.array(part.b)
    squeeze = np.array([1.0, 1.0 / part.narrow, 1.0])
    p, line = (points - a) * squeeze, (b - a) * squeeze
    t = np.clip(p @ line / max(float(line @ line), 1e-9), 0, 1)
    return np.asarray(np.linalg.norm(p - t[:, None] * line, axis=1) - (part.ra + (part.rb - part.ra) * t))


def _torso(points: Array) -> Array:
    x = np.clip(points[:, 0], TORSO[0, 0], TORSO[-1, 0])
    middle, deep, wide = (np.interp(x, TORSO[:, 0], TORSO[:, k]) for k in (1, 2, 3))
    r = np.sqrt((points[:, 1] / wide) ** 2 + ((points[:, 2] - middle) / deep) ** 2)
    side = (r - 1) * np.minimum(wide, deep)
    return np.asarray(np.where(points[:, 0] == x, side, np.hypot(np.maximum(side, 0), points[:, 0] - x)))


def _blend(a: Array, b: Array, soft: float) -> Array:
    """Smooth minimum (polynomial, after Inigo Quilez)."""
    h = np.clip(0.5 + 0.5 * (b - a) / soft, 0, 1)
    return np.asarray(b + (a - b) * h - soft * h * (1 - h))


def _distance(points: Array) -> Array:
    out = _torso(points)
    # The tail is one cone here: nine short ones would swell where they meet.
    x, y, z = skeleton.TAIL_START
    tail = Part("tail0", (x + 0.04, y, z), (x - skeleton.TAIL_LENGTH, y, z), 0.036, 0.023)
    for part in [tail, *(p for p in _parts() if not p.bone.startswith("tail"))]:
        if part is tail:
            soft = 0.05
        elif part.bone == "head":
            soft = 0.022
        elif part.bone.endswith(("scapula", "shoulder", "hip")):
            soft = 0.05
        else:
            soft = 0.028
        out = _blend(out, _cone(points, part), soft)
    return out


@dataclass(frozen=True)
class Skin:
    """The meshed skin at rest.

    ``points`` (n, 3) metres, ``faces`` (m, 3) indices wound outwards, ``weights`` (n, bones) summing to 1,
    ``coat`` (m, 3, 2) place on the coat's sheet in metres per corner (see ``coats``).
    """

    points: Array
    faces: npt.NDArray[np.int32]
    weights: Array
    coat: Array


def _axes() -> tuple[Array, Array, Array]:
    x = np.concatenate([np.arange(-1.40, -0.56, 0.016), np.arange(-0.56, 0.56, 0.0145), np.arange(0.56, 0.88, 0.009)])
    y_half = np.arange(0.0055, 0.17, 0.011)
    return (
        x,
        np.concatenate([-y_half[::-1], y_half]),
        np.concatenate([np.arange(-0.03, 0.4, 0.0125), np.arange(0.4, 0.80, 0.0105)]),
    )


def _bone_weights(points: Array) -> Array:
    """How much each bone moves each vertex: the nearer a bone's part, the more."""
    names = {name: k for k, name in enumerate(skeleton.BONES)}
    near = np.full((len(points), len(names)), 9.0)
    torso = np.maximum(_torso(points), 0)
    x = points[:, 0]
    share = {
        "pelvis": np.clip((-0.22 - x) / 0.2, 0, 1),
        "thorax": np.clip((x + 0.10) / 0.22, 0, 1),
    }
    share["lumbar"] = 1 - share["pelvis"] - share["thorax"]
    for part in _parts():
        k = names[part.bone]
        near[:, k] = np.minimum(near[:, k], np.maximum(_cone(points, part), 0))
    weights = np.exp(-((near / 0.022) ** 1.3))
    for name, s in share.items():
        weights[:, names[name]] = 1.4 * np.exp(-((torso / 0.03) ** 1.3)) * s
    weights += 1e-9
    return np.asarray(weights / weights.sum(1, keepdims=True))


INNER = -0.47
"""How far below its own height the inner side of a leg lies on the coat's sheet, metres."""


def _coat_places(points: Array, faces: npt.NDArray[np.int32]) -> Array:
    """Where each face's corners lie on the coat: the side view, unrolled round the body and the legs.

    A cylinder of radius R seen from the side shows height R sin(t); the skin between is R t long. The difference
    R (asin(n) - n), with n the normal's part, is added, so that spots crowd towards the outline as they do in life.
    """
    normal = nets.corner_normals(points, faces)
    x, z = points[:, 0].copy(), points[:, 2].copy()
    leg = np.clip((0.40 - z) / 0.08, 0, 1) * (x > -0.53) * (x < 0.5)
    tail = np.clip((-0.5 - x) / 0.05, 0, 1)
    head = np.clip((x - 0.56) / 0.05, 0, 1)
    body_radius = 0.13 * (1 - leg) * (1 - tail) * (1 - head) + 0.033 * tail + 0.07 * head
    nz, nx = np.clip(normal[:, 2], -1, 1), np.clip(normal[:, 0], -1, 1)
    z += body_radius * (np.arcsin(nz) - nz)
    x += 0.045 * leg * (np.arcsin(nx) - nx)
    place = np.stack([x, z], 1)[faces]
    flat = np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]])
    middle = points[faces].mean(1)
    inner = (flat[:, 1] * middle[:, 1] < 0) & (middle[:, 2] < 0.36) & (middle[:, 0] < 0.55) & (middle[:, 0] > -0.56)
    place[inner, :, 1] += INNER
    return np.asarray(place)


@lru_cache(maxsize=1)
def skin() -> Skin:
    """The skin at rest, meshed on first use (about half a second)."""
    points, faces = nets.surface(_distance, _axes())
    return Skin(points, faces, _bone_weights(points), _coat_places(points, faces))


@lru_cache(maxsize=1)
def openness() -> Array:
    """How open each vertex is to the sky and to a flash, ``(n,)`` 0 to 1: less in groins and armpits, less below."""
    points = skin().points
    normal = nets.corner_normals(points, skin().faces)
    under = np.clip(-normal[:, 2], 0, 1) * (points[:, 2] < 0.52)
    between = np.clip(1 - np.abs(points[:, 1]) / 0.075, 0, 1) * (points[:, 2] < 0.40) * (points[:, 0] > -0.55)
    inward = np.clip(-normal[:, 1] * np.sign(points[:, 1]), 0, 1) * (points[:, 2] < 0.40)
    return np.asarray(np.clip(1 - 0.45 * under - 0.25 * between - 0.35 * inward, 0.25, 1))
