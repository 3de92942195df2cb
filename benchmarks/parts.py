#!/usr/bin/env python3
"""Seconds and memory of the parts that a profile can choose, on this computer; published ones with random weights.

    python benchmarks/parts.py --role detector mdv6-yolov10-c mdv1000-sorrel --threads 1
    python benchmarks/parts.py --role matcher --all

Roles: detector, cutout, encoder, matcher. Prints a Markdown table with SpotID's own part first and ``×``, how many
times its seconds each takes. Published ones need their packages; a file in the layout of the published one is made in a
temporary folder and read as a fetched one would be. Every part runs in a process of its own: ``memory`` is the most
that the process held, Python and all libraries included. Seconds are medians after one call that is not counted, the
processor's with one thread (other programs change them little), the clock's with more, or on a graphics card.

A picture is one of the sample survey enlarged to 2048 × 1536, read from its JPEG file at the detector's own side. A
crop is one of its animals at 1024 pixels. With random weights a detector finds nothing, as in most pictures; a cut-out
is given the true outline in place of its own, so that GrabCut need not help; ``points`` is the number that was
compared, set by each matcher's recipe (SpotID's own takes what there is), and hardly any of them agree. A pair is one
crop's kept points against those of another; LoFTR finds the features of the one anew and has kept the other's.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import parts_files
import parts_measured
import parts_stock

from spotid.errors import SpotIDError

# The heads of the tables; seconds stand before the ratio that belongs to them.
HEADS = {
    "detector": ("side", "s a picture", "×"),
    "cutout": ("s a crop", "×"),
    "encoder": ("s a crop", "×"),
    "matcher": ("points", "s a crop", "×", "s a pair", "×"),
}
ROOM = 2  # times the size of its files (what is read and the network), where the list does not say what a model takes


def main(said: list[str] | None = None) -> None:
    """Measure the parts named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="parts of the role, published or SpotID's own")
    parser.add_argument("--role", choices=sorted(HEADS), required=True)
    parser.add_argument("--all", action="store_true", help="all of the role that there is memory for")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--times", type=int, default=7, help="calls that are counted")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds after which no further call is begun")
    parser.add_argument("--pictures", type=int, default=60, help="of the sample survey, as the memory of its places")
    chosen = parser.parse_args(said)
    names = parts_measured.known(chosen.role) if chosen.all else chosen.names
    names = list(dict.fromkeys([parts_measured.usual(chosen.role), *names]))
    if lost := sorted(set(names) - set(parts_measured.known(chosen.role))):
        parser.error(f"there is no {chosen.role} called {', '.join(lost)}")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        apart(work, chosen.threads, parts_stock.write, work / "stock", chosen.pictures, chosen.times + 1)
        machine, clock = apart(work, chosen.threads, parts_measured.machine)
        print(f"{machine} {'Clock' if clock else 'Processor'} seconds; random weights.\n", flush=True)
        chosen.clock = clock
        for line in table(work, chosen, names):
            print(line, flush=True)


def table(work: Path, chosen: argparse.Namespace, names: list[str]) -> Iterator[str]:
    """The lines of the table, each as soon as it is known."""
    heads = (chosen.role.replace("cutout", "cut-out"), *HEADS[chosen.role], "memory")
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    first: dict[str, Any] = {}
    for name in names:
        try:
            found = one(work, chosen, name)
        except (SpotIDError, MemoryError, BrokenProcessPool) as error:
            said = error if isinstance(error, SpotIDError) else "the memory did not suffice"
            yield f"| `{name}` | not measured: {said} |" + " |" * (len(heads) - 2)
            continue
        first = first or found
        yield f"| {' | '.join([f'`{name}`', *cells(chosen.role, found, first)])} |"


def one(work: Path, chosen: argparse.Namespace, name: str) -> dict[str, Any]:
    """What is measured of one part. Raises what goes wrong with it."""
    if parts_measured.published(name):
        check(name)
        apart(work, chosen.threads, parts_files.write, name)
    try:
        arguments = (chosen.role, name, work / "stock", chosen.clock, chosen.times, chosen.limit)
        found: dict[str, Any] = apart(work, chosen.threads, parts_measured.measure, *arguments)
        return found
    finally:
        parts_files.remove(work / "weights")


def check(name: str) -> None:
    """Raise SpotIDError where the model's packages are not here, or less memory is free than it will take."""
    import psutil

    from spotid.errors import JobError
    from spotid.weights import shelf

    model, free = shelf.model(name), psutil.virtual_memory().available
    if lacking := shelf.lacking(model):
        raise JobError(f"it needs {', '.join(lacking)}", "")
    needed = model.recipe.get("memory_mb", 0) * 1e6 or ROOM * sum(one.size for one in model.weights)
    if needed > free:
        raise JobError(f"it takes {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free", "")


def apart(work: Path, threads: int, function: Any, *arguments: Any) -> Any:
    """The function's result from a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn"), _begin, (str(work), threads)) as pool:
        return pool.submit(function, *arguments).result()


def _begin(work: str, threads: int) -> None:
    os.environ |= {"SPOTID_HOME": f"{work}/home", "SPOTID_MODELS": f"{work}/weights"}
    os.environ |= {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}


def cells(role: str, found: dict[str, Any], first: dict[str, Any]) -> list[str]:
    """A row of the table beside its name; ``first`` is what was measured of SpotID's own part."""
    made = [str(found[word]) for word in ("side", "points") if word in HEADS[role]]
    for mine, own in zip(found["seconds"], first["seconds"], strict=True):
        made += [seconds(mine), ratio(mine / own)]
    return [*made, f"{found['peak'] / 1e6:,.0f} MB"]


def ratio(value: float) -> str:
    """Two digits that count, of very small ones a hundredth."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}" if value >= 0.1 else f"{value:.2f}"


def seconds(value: float) -> str:
    """Two digits that count."""
    return f"{value:.{3 if value < 0.1 else 2 if value < 1 else 1 if value < 10 else 0}f}"


if __name__ == "__main__":
    main()
