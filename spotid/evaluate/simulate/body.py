"""A posed leopard as a camera sees it: outline, coat places, normals and distance for every pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spotid.evaluate.simulate import flesh, nets, skeleton
from spotid.evaluate.simulate.noise import Field

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """A camera over level ground: height in metres, tilt below the horizon in degrees, the rest in pixels."""

    width: int
    height: int
    focal: float
    above_ground: float = 0.6
    tilt: float = 5.0

    def project(self, points: Array) -> tuple[Array, Array]:
        """World points (east, north, up; ``(..., 3)``) to pixels ``(..., 2)`` and distance along the axis ``(...)``."""
        a = np.radians(self.tilt)
        north, up = points[..., 1], points[..., 2] - self.above_ground
        deep = north * np.cos(a) - up * np.sin(a)
        down = -north * np.sin(a) - up * np.cos(a)
        deep_safe = np.maximum(deep, 0.05)
        x = self.width / 2 + self.focal * points[..., 0] / deep_safe
        y = self.height / 2 + self.focal * down / deep_safe
        return np.stack([x, y], -1), deep

    @property
    def horizon(self) -> float:
        """The row of the horizon."""
        return self.height / 2 - self.focal * float(np.tan(np.radians(self.tilt)))


@dataclass(frozen=True)
class Figure:
    """What one animal fills, in a window of the frame whose top left corner is ``(left, top)`` (may be negative).

    ``mask`` (h, w) bool; ``coat`` (h, w, 2) place on the coat in metres; ``normal`` (h, w, 3) unit vectors in the
    camera's axes (right, down, away); ``deep`` (h, w) metres; ``shade`` (h, w) 0 to 1,
    how open the place is to the sky; ``sheet_scale`` pixels per metre at the animal; ``eyes`` as ``eyes()`` gives them.
    """

    left: int
    top: int
    mask: npt.NDArray[np.bool_]
    coat: Field
    normal: Field
    deep: Field
    shade: Field
    sheet_scale: float
    eyes: Array


def posed(pose: skeleton.Pose) -> Array:
    """The skin's points in a pose, ``(n, 3)`` metres, feet on z = 0, by linear blend skinning."""
    skin = flesh.skin()
    turns, shifts = skeleton.place(pose)
    bones = np.concatenate([turns, shifts[:, :, None]], 2).reshape(len(turns), 12)
    blended = (skin.weights @ bones).reshape(-1, 3, 4)
    return np.asarray(np.einsum("nij,nj->ni", blended[:, :, :3], skin.points) + blended[:, :, 3])


def in_world(points: Array, east: float, north: float, heading: float, size: float = 1.0) -> Array:
    """Body points to world points; ``heading`` in degrees: 0 walks right across the view, 180 left, 90 away."""
    a = np.radians(heading)
    x, y = points[:, 0] * size, points[:, 1] * size
    return np.stack(
        [east + x * np.cos(a) - y * np.sin(a), north + x * np.sin(a) + y * np.cos(a), points[:, 2] * size], 1
    )


def draw(view: View, world: Array, size: float = 1.0) -> Figure | None:
    """Draw the posed skin; ``None`` where nothing of it lies before the camera.

    Faces are painted from the far to the near; each pixel then takes its values from its face's corners.
    """
    import cv2

    skin = flesh.skin()
    flat, deep = view.project(world)
    if deep.min() < 0.2:
        return None
    low, high = np.floor(flat.min(0)).astype(int) - 3, np.ceil(flat.max(0)).astype(int) + 4
    width, height = (int(v) for v in high - low)
    if width * height > 16_000_000:
        return None
    local = flat - low
    faces = skin.faces
    a, b, c = (local[faces[:, k]] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    front = np.flatnonzero(area < -1e-6)
    order = front[np.argsort(-deep[faces[front]].mean(1), kind="stable")]
    number = np.full((height, width), -1, np.int32)
    corners = np.round(np.stack([a, b, c], 1) * 16).astype(np.int32)
    for face in order.tolist():
        cv2.fillConvexPoly(number, corners[face], face, lineType=cv2.LINE_8, shift=4)
    mask = number >= 0
    rows, columns = np.nonzero(mask)
    face_at = number[rows, columns]
    pa, pb, pc = a[face_at], b[face_at], c[face_at]
    whole = area[face_at]
    px, py = columns.astype(float), rows.astype(float)
    wb = ((px - pa[:, 0]) * (pc[:, 1] - pa[:, 1]) - (py - pa[:, 1]) * (pc[:, 0] - pa[:, 0])) / whole
    wc = ((pb[:, 0] - pa[:, 0]) * (py - pa[:, 1]) - (pb[:, 1] - pa[:, 1]) * (px - pa[:, 0])) / whole
    wb, wc = np.clip(wb, -0.5, 1.5), np.clip(wc, -0.5, 1.5)
    share = np.stack([1 - wb - wc, wb, wc], 1).astype(np.float32)
    normals = nets.corner_normals(world, faces)
    t = np.radians(view.tilt)
    seen = np.stack(
        [
            normals[:, 0],
            -normals[:, 1] * np.sin(t) - normals[:, 2] * np.cos(t),
            normals[:, 1] * np.cos(t) - normals[:, 2] * np.sin(t),
        ],
        1,
    )
    values = np.concatenate([seen, deep[:, None], flesh.openness()[:, None]], 1).astype(np.float32)
    picked = np.einsum("pk,pkv->pv", share, values[faces[face_at]])
    place = np.einsum("pk,pkv->pv", share, skin.coat[face_at].astype(np.float32))

    def spread(column: Field) -> Field:
        out = np.zeros((height, width, *column.shape[1:]), np.float32)
        out[rows, columns] = column
        return out

    unit = picked[:, :3] / np.maximum(np.linalg.norm(picked[:, :3], axis=1, keepdims=True), 1e-6)
    middle = float(np.median(deep))
    return Figure(
        int(low[0]),
        int(low[1]),
        mask,
        spread(place),
        spread(unit),
        spread(picked[:, 3]),
        spread(picked[:, 4]),
        view.focal / middle * size,
        eyes(view, world),
    )


def eyes(view: View, world: Array) -> Array:
    """Where the eyes that face the camera lie, ``(k, 4)``: column, row, radius in pixels, how squarely it faces us."""
    skin = flesh.skin()
    out = []
    for side in (1, -1):
        at = np.array([0.748, side * 0.050, 0.678])
        near = np.argsort(((skin.points - at) ** 2).sum(1), kind="stable")[:6]
        centre = world[near].mean(0)
        normal = nets.corner_normals(world, skin.faces)[near].mean(0)
        towards = np.array([0.0, 0.0, view.above_ground]) - centre
        facing = float(normal @ towards / (np.linalg.norm(normal) * np.linalg.norm(towards)))
        flat, deep = view.project(centre)
        if facing > 0.05:
            out.append((flat[0], flat[1], view.focal * 0.011 / float(deep), facing))
    return np.array(out).reshape(-1, 4)
