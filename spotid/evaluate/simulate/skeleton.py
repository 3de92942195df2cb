"""The bones of a leopard and how they move: a walk by inverse kinematics, head, spine and tail by angles.

Metres; x forward, y to the animal's left, z up; the ground is z = 0 and the animal stands over x = 0.
The walk is the lateral sequence of cats (hind, fore of one side, then the other side) with a duty factor of 0.64.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

TAIL = 9
TAIL_START = (-0.50, 0.0, 0.585)
TAIL_LENGTH = 0.82
LEGS = ("left_fore", "right_fore", "left_hind", "right_hind")
FORE = {
    "scapula": (0.26, 0.60),
    "shoulder": (0.36, 0.47),
    "elbow": (0.255, 0.355),
    "wrist": (0.275, 0.125),
    "toe": (0.30, 0.03),
}
HIND = {
    "hip": (-0.41, 0.545),
    "knee": (-0.305, 0.375),
    "hock": (-0.475, 0.195),
    "ball": (-0.425, 0.05),
    "toe": (-0.39, 0.03),
}
SIDE = 0.082

HEADS: dict[str, tuple[float, float, float]] = {
    "pelvis": (-0.40, 0.0, 0.55),
    "lumbar": (-0.25, 0.0, 0.54),
    "thorax": (0.02, 0.0, 0.53),
    "neck": (0.40, 0.0, 0.555),
    "head": (0.625, 0.0, 0.645),
}
for _k in range(TAIL):
    HEADS[f"tail{_k}"] = (TAIL_START[0] - TAIL_LENGTH * _k / TAIL, 0.0, TAIL_START[2])
for _leg in LEGS:
    _y = SIDE if _leg.startswith("left") else -SIDE
    _joints = FORE if _leg.endswith("fore") else HIND
    for _name, (_x, _z) in list(_joints.items())[:-1]:
        HEADS[f"{_leg}_{_name}"] = (_x, _y, _z)
BONES = tuple(HEADS)


@dataclass(frozen=True)
class Pose:
    """How one animal stands in one picture; angles in degrees, ``phase`` in cycles."""

    phase: float = 0.0
    stride: float = 1.0
    head_down: float = 0.0
    head_turn: float = 0.0
    neck_down: float = 0.0
    crouch: float = 0.0
    bend: float = 0.0
    tail_drop: float = 55.0
    tail_curl: float = 75.0
    tail_sway: float = 0.0


def random_pose(rng: np.random.Generator) -> Pose:
    """A pose a passing leopard may have: mostly walking, at times standing, sniffing or stalking."""
    kind = rng.random()
    stride = rng.uniform(0.8, 1.15)
    neck = rng.normal(14, 7)
    crouch = abs(rng.normal(0, 0.008))
    if kind > 0.86:
        stride = rng.uniform(0.1, 0.45)
    elif kind > 0.76:
        neck = rng.uniform(22, 40)
    elif kind > 0.68:
        crouch, neck = rng.uniform(0.03, 0.06), rng.uniform(15, 28)
    return Pose(
        phase=rng.random(),
        stride=stride,
        neck_down=neck,
        head_down=rng.normal(5, 7) - 0.4 * neck,
        head_turn=rng.normal(0, 11),
        crouch=crouch,
        bend=rng.normal(0, 3.5),
        tail_drop=rng.uniform(38, 68),
        tail_curl=rng.uniform(55, 125),
        tail_sway=rng.normal(0, 14),
    )


def _about_y(degrees: float) -> Array:
    a = np.radians(degrees)
    return np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])


def _about_z(degrees: float) -> Array:
    a = np.radians(degrees)
    return np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])


def _foot(phase: float, stride: float, reach: float, trail: float, lift: float) -> tuple[float, float, float]:
    """Where a foot is along its cycle: ``(forward, up, share of the way through the stance, above 1 in the swing)``."""
    duty = 0.64
    p = phase % 1.0
    if p < duty:
        t = p / duty
        return stride * (reach + (trail - reach) * t), 0.0, t
    t = (p - duty) / (1 - duty)
    s = t * t * (3 - 2 * t)
    return stride * (trail + (reach - trail) * s), lift * min(stride, 1.0) * np.sin(np.pi * t), 1 + t


def _two_bones(root: Array, target: Array, upper: float, lower: float, forward: float) -> tuple[Array, Array]:
    """The middle joint of two bones in the x-z plane that reach for ``target``; the end joint may fall short of it."""
    line = target - root
    length = float(np.hypot(*line))
    reach = min(max(length, abs(upper - lower) + 1e-3), (upper + lower) * 0.995)
    along = line / max(length, 1e-6)
    a = (upper**2 - lower**2 + reach**2) / (2 * reach)
    h = np.sqrt(max(upper**2 - a**2, 0.0))
    across = np.array([-along[1], along[0]]) * forward
    return root + a * along + h * across, root + reach * along


def _turn(rest_a: Array, rest_b: Array, new_a: Array, new_b: Array) -> Array:
    """The turn about y that lays the rest bone's direction onto the new one (points are x, z pairs)."""
    before, after = rest_b - rest_a, new_b - new_a
    return _about_y(-np.degrees(np.arctan2(after[1], after[0]) - np.arctan2(before[1], before[0])))


def place(pose: Pose) -> tuple[Array, Array]:
    """Turn and shift of every bone: ``(bones, 3, 3)`` and ``(bones, 3)`` with posed = turn @ rest + shift."""
    turns: dict[str, Array] = {}
    heads: dict[str, Array] = {}
    rest = {name: np.array(head) for name, head in HEADS.items()}

    def follow(name: str, parent: str, turn: Array) -> None:
        heads[name] = heads[parent] + turns[parent] @ (rest[name] - rest[parent])
        turns[name] = turns[parent] @ turn

    sway = 0.006 * np.sin(4 * np.pi * pose.phase) * pose.stride
    turns["pelvis"] = _about_z(-pose.bend) @ _about_y(-1.5)
    heads["pelvis"] = rest["pelvis"] + np.array([0.0, 0.0, sway - pose.crouch])
    follow("lumbar", "pelvis", _about_z(pose.bend) @ _about_y(2.5))
    follow("thorax", "lumbar", _about_z(pose.bend) @ _about_y(-1.0 + 20 * pose.crouch))
    follow("neck", "thorax", _about_z(0.4 * pose.head_turn) @ _about_y(pose.neck_down))
    follow("head", "neck", _about_z(0.6 * pose.head_turn) @ _about_y(pose.head_down))
    for k in range(TAIL):
        t = k / (TAIL - 1)
        # The root drops, the middle runs out, the end turns up: the hook that leopards carry.
        bend = -pose.tail_drop * (0.5 if k == 0 else 0.25 if k < 3 else 0.0) + pose.tail_curl * 2 * t**1.6 / (TAIL - 2)
        turn = _about_z(pose.tail_sway * (0.1 + 0.25 * t)) @ _about_y(bend)
        follow(f"tail{k}", "pelvis" if k == 0 else f"tail{k - 1}", turn)
    for leg in LEGS:
        _place_leg(leg, pose, rest, turns, heads)
    turn_array = np.stack([turns[name] for name in BONES])
    shift_array = np.stack([heads[name] - turns[name] @ rest[name] for name in BONES])
    return turn_array, shift_array


def _place_leg(leg: str, pose: Pose, rest: dict[str, Array], turns: dict[str, Array], heads: dict[str, Array]) -> None:
    fore = leg.endswith("fore")
    start = {"left_hind": 0.0, "left_fore": 0.27, "right_hind": 0.5, "right_fore": 0.77}[leg]
    # A standing animal does not stand to attention either: the stride never falls to nothing.
    along, up, t = _foot(
        pose.phase - start, max(pose.stride, 0.1), 0.21 if fore else 0.20, -0.17 if fore else -0.19, 0.09
    )
    joints = FORE if fore else HIND
    parent = "thorax" if fore else "pelvis"
    first, root, middle, end = ("scapula", "shoulder", "elbow", "wrist") if fore else ("hip", "hip", "knee", "hock")

    def carried(point: str) -> Array:
        name = f"{leg}_{point}"
        return heads[parent] + turns[parent] @ (rest[name] - rest[parent])

    y_rest = rest[f"{leg}_{first}"][1]
    if fore:
        turns[f"{leg}_scapula"] = turns[parent] @ _about_y(-along * 55)
        heads[f"{leg}_scapula"] = carried("scapula")
        top = heads[f"{leg}_scapula"]
        root3 = top + turns[f"{leg}_scapula"] @ (rest[f"{leg}_shoulder"] - rest[f"{leg}_scapula"])
    else:
        root3 = carried("hip")
    lean = along / 0.2
    swing = max(0.0, np.sin(np.pi * (t - 1))) if t > 1 else 0.0
    foot = np.array([joints["toe"][0] + along, up])
    if fore:
        ankle = foot + np.array(
            [-0.025 + (0.03 * -lean if lean < 0 else 0) - 0.07 * swing, 0.095 + 0.02 * max(-lean, 0) + 0.015 * swing]
        )
        ball = foot + np.array([-0.0, 0.0])
    else:
        ankle = foot + np.array([-0.085 - 0.055 * lean - 0.05 * swing, 0.165 + 0.012 * max(-lean, 0) - 0.02 * swing])
        ball = foot + np.array([-0.035, 0.02])
    root2 = root3[[0, 2]]
    rest2 = {name: np.array(point) for name, point in joints.items()}
    upper = float(np.hypot(*(rest2[middle] - rest2[root])))
    lower = float(np.hypot(*(rest2[end] - rest2[middle])))
    knee, ankle = _two_bones(root2, ankle, upper, lower, -1.0 if fore else 1.0)
    y = root3[1] * 0.7 + y_rest * 0.3

    def set_bone(name: str, a: Array, b: Array, rest_b: str) -> None:
        turns[f"{leg}_{name}"] = _turn(rest2[name], rest2[rest_b], a, b)
        heads[f"{leg}_{name}"] = np.array([a[0], y, a[1]])

    set_bone(root, root2, knee, middle)
    set_bone(middle, knee, ankle, end)
    if fore:
        toe = ankle + np.array([0.025 + 0.02 * swing, -0.095])
        set_bone("wrist", ankle, toe if t <= 1 else ankle + np.array([-0.03 * swing + 0.025, -0.095]), "toe")
    else:
        drop = ball - ankle
        set_bone("hock", ankle, ankle + drop, "ball")
        heads[f"{leg}_ball"] = np.array([ankle[0] + drop[0], y, ankle[1] + drop[1]])
        turns[f"{leg}_ball"] = _about_y(45 * swing)
