"""Detectors as their makers publish them: files of ultralytics in half precision, with random weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np

from spotid.nets import images

MEGA = {0: "animal", 1: "person", 2: "vehicle"}
LOUD = 2.0  # the most that a last layer says of a picture, beside its bias


def gradient(height: int, width: int) -> np.ndarray:
    """Red grows to the right, green downwards, blue is a pattern: every turn, flip and swapped colour shows."""
    down, across = np.mgrid[:height, :width]
    blue = (37 * across + 91 * down) % 256
    return np.stack([255 * across // width, 255 * down // height, blue], axis=2).astype(np.uint8)


def network(cfg: str, height: int = 480, width: int = 640, names: Mapping[int, str] = MEGA) -> Any:
    """A network of the library with random weights whose scores lie all over 0 to 1 on ``gradient(height, width)``.

    A new network gives every place the same tiny score: what it sees dies away from layer to layer. Its norms are set
    by one look at the picture, and its last layers are made as loud as those of a trained one: louder ones would make
    a rounding into a difference.
    """
    import torch
    from ultralytics.nn import tasks

    torch.manual_seed(7)
    maker = tasks.RTDETRDetectionModel if "rtdetr" in str(cfg) else tasks.DetectionModel
    made = maker(cfg, ch=3, nc=len(names), verbose=False)
    made.names, made.task = dict(names), "detect"
    made.eval()
    norms = [one for one in made.modules() if isinstance(one, torch.nn.BatchNorm2d)]
    usual = [one.momentum for one in norms]
    for one in norms:
        one.momentum = 1.0
        one.train()
    framed, *_ = images.letterbox(gradient(height, width), width, 32)
    look = torch.from_numpy(framed.transpose(2, 0, 1).copy()[None]).float() / 255
    heads = ("cv3", "one2one_cv3", "cv2", "one2one_cv2")
    lasts = [layers[-1] for head in heads for layers in getattr(made.model[-1], head, None) or ()]
    loud: dict[Any, float] = {}
    with torch.no_grad():
        made(look)
        for one, momentum in zip(norms, usual, strict=True):
            one.momentum = momentum
            one.eval()

        def hear(one: Any, _: Any, out: Any) -> None:
            loud[one] = float((out - one.bias[:, None, None]).abs().max())

        hooks = [one.register_forward_hook(hear) for one in lasts]
        made(look)
        for one, hook in zip(lasts, hooks, strict=True):
            hook.remove()
            one.weight.mul_(LOUD / loud[one])
            if one.out_channels == len(names):
                one.bias.fill_(-1.0 - 0.1 * lasts.index(one))  # the two heads of YOLOv10 say different things
    return made.eval()


def written(made: Any, path: Path, side: int = 640, version: str = "8.3.27") -> Path:
    """What the library writes at the end of a training: the whole network in half precision, and how it was made."""
    import torch

    half = deepcopy(made).half()
    half.args = {"task": "detect", "imgsz": side}
    for parameter in half.parameters():
        parameter.requires_grad_(False)
    torch.save(
        {
            **{"date": "2024-11-05T10:00:00", "version": version, "epoch": -1, "best_fitness": None},
            **{"license": "AGPL-3.0 (https://ultralytics.com/license)", "docs": "https://docs.ultralytics.com"},
            **{"model": half, "ema": None, "updates": None, "optimizer": None},
            **{"train_args": {"task": "detect", "imgsz": side, "data": "megadetector.yaml"}, "train_metrics": {}},
        },
        path,
    )
    return path


@contextmanager
def as_of_2024(made: Any) -> Iterator[Any]:
    """The same YOLOv10 network as the library of 2024 pickled it: another class name, a head without switch."""
    from ultralytics.nn import tasks

    old = type("YOLOv10DetectionModel", (tasks.DetectionModel,), {"__module__": "ultralytics.nn.tasks"})
    now, switch = type(made), made.model[-1].__dict__.pop("_end2end", None)
    tasks.YOLOv10DetectionModel = old
    made.__class__ = old
    try:
        yield made
    finally:
        made.__class__ = now
        del tasks.YOLOv10DetectionModel
        if switch is not None:
            made.model[-1].__dict__["_end2end"] = switch


def halved(made: Any) -> Any:
    """The network with its numbers rounded as the file rounds them."""
    return deepcopy(made).half().float().eval()


def alone(made: Any, rgb: np.ndarray, side: int) -> np.ndarray:
    """Boxes as fractions, scores and classes straight from the library's network: letterbox, forward, back."""
    import torch

    framed, scale, (left, top, _, _) = images.letterbox(rgb, side, 32)
    seen = torch.from_numpy(np.ascontiguousarray(framed.transpose(2, 0, 1))[None]).float() / 255
    made.model[-1]._end2end = True
    with torch.no_grad():
        rows = made(seen.to(next(made.parameters()).dtype))[0][0].numpy()
    rows[:, [0, 2]] = (rows[:, [0, 2]] - left) / scale / rgb.shape[1]
    rows[:, [1, 3]] = (rows[:, [1, 3]] - top) / scale / rgb.shape[0]
    rows[:, :4] = rows[:, :4].clip(0, 1)
    return np.asarray(rows)


def plain(made: Any, rgb: np.ndarray, side: int) -> np.ndarray:
    """Every place of a network without a head of its own choosing, before anything is suppressed."""
    import torch

    framed, scale, (left, top, _, _) = images.letterbox(rgb, side, 32)
    seen = torch.from_numpy(np.ascontiguousarray(framed.transpose(2, 0, 1))[None]).float() / 255
    with torch.no_grad():
        rows = made(seen.to(next(made.parameters()).dtype))[0][0].numpy().T
    middle, size, scores = rows[:, :2], rows[:, 2:4], rows[:, 4:]
    corners = np.concatenate([middle - size / 2, middle + size / 2], axis=1)
    corners[:, [0, 2]] = ((corners[:, [0, 2]] - left) / scale / rgb.shape[1]).clip(0, 1)
    corners[:, [1, 3]] = ((corners[:, [1, 3]] - top) / scale / rgb.shape[0]).clip(0, 1)
    return np.concatenate([corners, scores.max(axis=1)[:, None], scores.argmax(axis=1)[:, None]], axis=1)
