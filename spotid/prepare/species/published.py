"""What all classifiers with a file of weights share: their identity, the device, batches that fit into memory."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from spotid.errors import JobError
from spotid.prepare.room import check_room
from spotid.weights import shelf
from spotid.weights.shelf import Model

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from spotid.nets.device import Device

NAMED = 5  # names of one animal
NOT_IN_IDENTITY = ("least", "at_once", "memory_mb")  # nothing that the network says depends on them


class Published:
    """A classifier made of one model; ``least`` is set by its class."""

    VERSION = 1  # of what its class does with the file; a change makes another classifier of it
    LIBRARIES: tuple[str, ...] = ()  # those whose version changes what comes out

    least = 0.0

    def __init__(self, model: Model) -> None:
        self.model = model
        self.name = model.name

    def identity(self) -> str:
        """A hash of the files, the recipe, what the class makes of it, and the libraries that define its network."""
        recipe = {key: value for key, value in self.model.recipe.items() if key not in NOT_IN_IDENTITY}
        told = [type(self).__name__, str(self.VERSION), shelf.sums(replace(self.model, recipe=recipe)), self.suited()]
        told += [f"{library} {_version(library)}" for library in self.LIBRARIES]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]

    def suited(self) -> str:
        """What it was told of the project, as far as its answers depend on it."""
        return ""

    def ready(self) -> Device:
        """The device, after a look at the memory. Raises JobError where the network does not fit."""
        from spotid.nets.device import device

        where = device()
        check_room(self.model, where)
        return where


def scored(
    where: Device,
    pictures: Sequence[np.ndarray],
    network: Callable[[Tensor], Tensor],
    at_once: int,
) -> np.ndarray:
    """The network's outputs, (len(pictures), classes) float32, for pictures of one shape; all in one pass on a card,
    one at a time on a processor.

    Raises ValueError where the network gives no numbers, JobError where a graphics card fails.
    """
    import numpy as np
    import torch

    at_once = 1 if where.kind == "cpu" else at_once
    rows: list[np.ndarray] = []
    start = 0
    while start < len(pictures):
        given = torch.from_numpy(np.stack(pictures[start : start + at_once])).to(where.kind)
        try:
            with torch.inference_mode():
                with where.counting():
                    made = network(given).float()
                if where.half and not bool(torch.isfinite(made).all()):
                    made = network(given).float()
        except RuntimeError as error:  # torch has no other kind; OutOfMemoryError is one
            at_once = _smaller(where, len(given), error)
            continue
        rows.append(made.cpu().numpy())
        start += len(given)
    found = np.concatenate(rows)
    if found.ndim != 2 or len(found) != len(pictures) or not np.isfinite(found).all():
        raise ValueError("the network gave no numbers")
    return found


def _smaller(where: Device, tried: int, error: RuntimeError) -> int:
    """How many pictures to try now that there is no memory for ``tried``; raises where that is not the trouble."""
    told = str(error)
    if not re.search(r"out of memory|allocate memory", told):
        if where.kind != "cpu" and re.search(r"CUDA error|MPS|AcceleratorError", f"{type(error).__name__} {told}"):
            raise JobError(
                "The graphics card stopped working in the middle of the run.",
                "Start SpotID again; with SPOTID_DEVICE=cpu in the environment it does without the card.",
            ) from error
        raise error
    if where.kind == "cpu":
        raise MemoryError("not enough memory for one animal") from error
    if tried == 1:
        raise JobError(
            "The graphics card has not enough memory for the classifier of species.",
            "Close other programs; with SPOTID_DEVICE=cpu in the environment SpotID does without the card.",
        ) from error
    return tried // 2


def softmax(rows: np.ndarray) -> np.ndarray:
    """The rows as shares that add up to 1."""
    import numpy as np

    raised = np.exp((rows - rows.max(axis=1, keepdims=True)).astype(np.float64))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def first(scores: np.ndarray, most: int = NAMED) -> list[tuple[int, float]]:
    """The places of the ``most`` highest of ``scores`` (n,), with them, best first; of equal ones the earlier."""
    import numpy as np

    order = np.argsort(-scores, kind="stable")[:most]
    return [(int(place), float(scores[place])) for place in order]


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
