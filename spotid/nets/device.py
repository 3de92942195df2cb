"""Where networks run: on the graphics card where there is one that works, else on the processor."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

VARIABLE = "SPOTID_DEVICE"  # cpu, cuda or mps; anything else: choose
MOST_THREADS = 16  # further threads of a large server wait for one another
HALF_FROM = (7, 0)  # compute capability: older cards count in half precision more slowly than in single


@dataclass(frozen=True, slots=True)
class Device:
    """``kind``: cpu, cuda or mps; ``half``: whether networks count in half precision; ``told``: for people."""

    kind: str
    half: bool
    threads: int
    told: str

    def counting(self) -> AbstractContextManager[Any]:
        """The surroundings of a forward pass: half precision where it is used (pooling and norms stay single)."""
        if not self.half:
            return nullcontext()
        import torch

        return torch.autocast(self.kind, torch.float16)


@lru_cache(maxsize=1)
def device() -> Device:
    """The device of this process, chosen once; sets the number of torch's threads. ``SPOTID_DEVICE`` forces a kind.

    A card on which a small sum fails (an old driver, a library without its kernels) is passed over, and ``told`` says
    so. Without torch it is the processor.
    """
    threads = cores()
    if find_spec("torch") is None:
        return Device("cpu", False, threads, "Published models need PyTorch, which is not installed.")
    import torch

    # Set for cards too: some steps stay on the processor. OMP_NUM_THREADS has been obeyed by cores() already.
    torch.set_num_threads(threads)
    wanted = os.environ.get(VARIABLE, "").strip().lower()
    passed_over = ""
    for kind in (wanted,) if wanted in ("cpu", "cuda", "mps") else ("cuda", "mps"):
        if kind == "cpu" or not _present(kind):
            continue
        trouble = _trouble(kind)
        if not trouble:
            return _card(kind, threads)
        passed_over = f"The graphics card can't be used: {trouble}."
    if wanted in ("cuda", "mps") and not passed_over:
        passed_over = f"The environment asks for {wanted} ({VARIABLE}), which is not there."
    return Device("cpu", False, threads, f"{_processor(threads)} {passed_over}".rstrip())


def _processor(threads: int) -> str:
    if threads == 1:
        return "Networks run on the processor, with one thread."
    return f"Networks run on the processor, with {threads} threads."


def cores() -> int:
    """Threads for networks on the processor: its physical cores, as far as this process may use them.

    Two threads on one core contend for its one multiplying unit. ``OMP_NUM_THREADS`` is obeyed.
    """
    said = os.environ.get("OMP_NUM_THREADS", "")
    if said.isdigit() and int(said) > 0:
        return min(int(said), MOST_THREADS)
    import psutil

    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(psutil.cpu_count(logical=False) or allowed, allowed, MOST_THREADS))


def _present(kind: str) -> bool:
    import torch

    return torch.cuda.is_available() if kind == "cuda" else torch.backends.mps.is_available()


def _trouble(kind: str) -> str:
    """Why a small convolution fails on it; "" where it works."""
    import torch

    try:
        with torch.inference_mode():
            made = torch.nn.functional.conv2d(torch.ones(1, 1, 4, 4, device=kind), torch.ones(1, 1, 3, 3, device=kind))
            if float(made.sum().cpu()) != 36.0:
                return "it counts wrongly"
    except Exception as error:  # a library without kernels for this card, no memory left, a broken driver
        return str(error).strip().split("\n")[0].rstrip(".")[:160] or type(error).__name__
    return ""


def _card(kind: str, threads: int) -> Device:
    import torch

    if kind == "mps":
        return Device(kind, True, threads, "Networks run on the Mac's graphics unit, in half precision.")
    half = torch.cuda.get_device_capability() >= HALF_FROM
    name = torch.cuda.get_device_name()
    if half:
        return Device(kind, half, threads, f"Networks run on the graphics card “{name}”, in half precision.")
    return Device(kind, half, threads, f"Networks run on the graphics card “{name}”.")
