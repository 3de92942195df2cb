"""What benchmarks/parts.py does in the process that measures one part."""

from __future__ import annotations

import itertools
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import parts_files
import parts_stock

from spotid import lookup, profiles
from spotid.embed.registry import ENCODERS
from spotid.match.registry import MATCHERS
from spotid.prepare.registry import CUTTERS, DETECTORS
from spotid.weights import shelf

if TYPE_CHECKING:
    import numpy as np

OWN = {"detector": DETECTORS, "cutout": CUTTERS, "encoder": ENCODERS, "matcher": MATCHERS}
LISTED = {"detector": "detector", "cutout": "cut-out", "encoder": "embedder", "matcher": "local matcher"}


def usual(role: str) -> str:
    """SpotID's own part of a role, with which the others are compared."""
    return str(getattr(profiles.load_profile(), role))


def known(role: str) -> list[str]:
    """All parts of a role: SpotID's own, then those of the list."""
    return [*OWN[role], *(one.name for one in shelf.models().values() if one.role == LISTED[role] and not one.own)]


def published(name: str) -> bool:
    """Whether a part is made of files of weights."""
    return not any(name in table for table in OWN.values())


def measure(role: str, name: str, stock: Path, clock: bool, times: int, limit: float) -> dict[str, Any]:
    """``seconds`` of one thing after the other that the part does, ``peak`` in bytes, and ``side`` or ``points``."""
    import cv2

    cv2.setNumThreads(int(os.environ["OMP_NUM_THREADS"]))
    part: Any = lookup.of(parts_files.model(name)) if published(name) else lookup.made(OWN[role], name, role)
    part.load()
    found = ROLES[role](part, stock, Watch(clock, times, limit))
    return found | {"peak": peak()}


class Watch:
    """Times calls: by the processor's seconds, or the clock's."""

    def __init__(self, clock: bool, times: int, limit: float) -> None:
        self._now: Callable[[], float] = time.perf_counter if clock else time.process_time
        self._times, self._limit = times, limit

    def each(self, work: Callable[[Any], Any], things: Sequence[Any]) -> float:
        """The median of the calls with one thing after the other, the first call left out."""
        found: list[float] = []
        work(things[0])
        end = time.monotonic() + self._limit
        for thing in itertools.islice(itertools.cycle([*things[1:], things[0]]), self._times):
            began = self._now()
            work(thing)
            found.append(self._now() - began)
            if time.monotonic() > end:
                break
        return statistics.median(found)


def _detector(part: Any, stock: Path, watch: Watch) -> dict[str, Any]:
    from spotid.picture import pixels
    from spotid.prepare.find import Look
    from spotid.prepare.parts import Frame
    from spotid.settings import settings

    look, small = Look.of(part, settings()), settings()["small_side"]

    def frame(one: parts_stock.Picture) -> Frame:
        seen = pixels(one.large, look.side) if look.side else pixels(one.small, small)
        return Frame(one.uid, seen, parts_stock.WIDE, parts_stock.HIGH, one.station, one.captured_at)

    pictures = parts_stock.read_pictures(stock)
    context = [frame(one) for one in pictures] if look.context else []
    taken = watch.each(lambda one: part.detect([frame(one)], context), pictures)
    return {"seconds": [taken], "side": look.side or small}


def _cutter(part: Any, stock: Path, watch: Watch) -> dict[str, Any]:
    import numpy as np

    asked = getattr(part, "proposals", None)

    def cut(crop: parts_stock.Cropped) -> None:
        if asked is not None:  # an outline of random weights would be thrown away, and GrabCut asked for another

            def proposals(rgb: np.ndarray, inner: Any) -> tuple[np.ndarray, np.ndarray]:
                count = len(asked(rgb, inner)[1])
                return np.repeat(crop.mask[None], count, axis=0), np.ones(count)

            part.proposals = proposals
        part.cut(crop.rgb, crop.inner, None)

    return {"seconds": [watch.each(cut, parts_stock.read_crops(stock))]}


def _encoder(part: Any, stock: Path, watch: Watch) -> dict[str, Any]:
    from spotid.embed.parts import Crop

    crops = [Crop(one.rgb, one.mask) for one in parts_stock.read_crops(stock)]
    return {"seconds": [watch.each(lambda crop: part.encode([crop]), crops)]}


def _matcher(part: Any, stock: Path, watch: Watch) -> dict[str, Any]:
    crops = parts_stock.read_crops(stock)
    found = watch.each(lambda crop: part.extract(crop.rgb, crop.mask), crops)
    points = [part.extract(crop.rgb, crop.mask) for crop in crops]
    compared = watch.each(lambda other: part.compare(points[0], other), points[1:])
    without = points[0].descriptor.ndim > 2  # LoFTR keeps pictures
    count = "–" if without else round(statistics.median(len(one.xy) for one in points))
    return {"seconds": [found, compared], "points": count}


ROLES = {"detector": _detector, "cutout": _cutter, "encoder": _encoder, "matcher": _matcher}


def peak() -> int:
    """The most memory that this process has held, in bytes."""
    status = Path("/proc/self/status")
    if status.is_file():  # what ``resource`` says here is that of the process which began this one, where it had more
        return next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if "VmHWM" in line)
    import psutil

    held = psutil.Process().memory_info()
    if hasattr(held, "peak_wset"):
        return int(held.peak_wset)
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def machine() -> tuple[str, bool]:
    """The processor, its memory, what networks run on and with, for people; and whether the clock is to be used."""
    import psutil

    from spotid.nets.device import device

    about, name = Path("/proc/cpuinfo"), platform.processor() or platform.machine()
    if about.is_file():
        named = [line.split(":")[1].strip() for line in about.read_text().splitlines() if line.startswith("model name")]
        name = named[0] if named else name
    try:
        torch = f"PyTorch {version('torch')}"
    except PackageNotFoundError:
        torch = "no PyTorch"
    memory, where = psutil.virtual_memory().total / 1e9, device()
    said = f"{name}, {psutil.cpu_count()} of them, {memory:.0f} GB; Python {platform.python_version()}, {torch}."
    return f"{said} {where.told}", where.kind != "cpu" or where.threads > 1
