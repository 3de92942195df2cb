"""Whether a network fits into the memory of this computer, asked before its file is read.

Linux and macOS end a program that takes too much without a word; a sentence beforehand is worth more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from spotid.errors import JobError

if TYPE_CHECKING:
    from spotid.nets.device import Device
    from spotid.weights.shelf import Model

MEGABYTE = 1 << 20
NEEDED = "memory_mb"  # the recipe's key: megabytes beside those of the libraries


def check_room(model: Model, where: Device) -> None:
    """Raise JobError where less memory is free than the recipe's ``memory_mb`` says that the network takes.

    On a graphics card nothing is asked: its own memory counts, and its driver says so in an error.
    """
    needed = model.recipe.get(NEEDED, 0)
    if not isinstance(needed, int | float) or where.kind != "cpu":
        return
    import psutil

    memory = psutil.virtual_memory()
    if memory.available < needed * MEGABYTE:
        raise JobError(
            f"“{model.name}” takes {_gigabytes(needed * MEGABYTE)} of memory, and {_gigabytes(memory.available)} of"
            f" {_gigabytes(memory.total)} are free.",
            "Close other programs and run again, or choose a smaller model.",
        )


def card_full(name: str) -> JobError:
    """The error where even one picture does not fit into the graphics card's memory."""
    return JobError(
        f"The graphics card has no memory left for “{name}”.",
        "Close other programs that use it and run again, or set SPOTID_DEVICE=cpu to do without it.",
    )


def without_room(model: Model) -> Model:
    """The model without what its recipe says of memory: that changes no result, and so no identity."""
    return replace(model, recipe={word: value for word, value in model.recipe.items() if word != NEEDED})


def _gigabytes(count: float) -> str:
    return f"{count / 1e9:.1f} GB"
