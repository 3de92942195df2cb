#!/usr/bin/env python3
"""Seconds for a crop, and memory, of the encoders made of published models; their weights are random here.

    python benchmarks/encoders.py miewid-msv3 megadescriptor-t-224 dinov2-small spotid-2024 --threads 1

Needs the packages of the published models. A file in each model's own layout is made in a temporary folder, loaded as a
real one would be, and run on crops of 768 × 1024. ``cpu`` is processor time of all threads together, ``wall`` the
clock's; both are medians. ``peak`` is the memory of the whole process, so ask for one model at a time to compare.
``batch`` is how far rows are from those of four crops in one pass.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def made(encoder: Any, folder: Path) -> Path:
    """A file of random weights for this encoder."""
    import torch

    from spotid.embed.encoders import miewid, original, recipe, timm_file

    own = recipe.read(encoder.name, encoder.model.recipe, type(encoder).defaults)
    if isinstance(encoder, timm_file.TimmFile):
        module = timm_file.build(encoder.name, own.arch, own.height, own.width)
    else:
        module = (original if "original" in type(encoder).__module__ else miewid).network()
    # Norms as if trained: without, a deep random network turns the rounding of its first layer into another row.
    for part in module.modules():
        if isinstance(part, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d):
            part.momentum = None
            part.reset_running_stats()
    channels = 4 if "original" in type(encoder).__module__ else 3
    with torch.no_grad():
        module.train()(torch.randn(2, channels, own.height, own.width))
    state = module.state_dict()
    path = folder / encoder.model.weights[0].file
    if path.suffix == ".safetensors":
        from safetensors.torch import save_file

        save_file(state, path)
    else:
        torch.save({"model": state}, path)
    return path


def measured(name: str, crops: int) -> str:
    """One line of the table."""
    import numpy as np
    import torch

    from spotid.embed.parts import Crop
    from spotid.embed.registry import encoder as registered
    from spotid.weights import keep, shelf

    encoder: Any = registered(name)
    with tempfile.TemporaryDirectory() as folder:
        path = made(encoder, Path(folder))
        shelf.files = lambda model: {model.weights[0].name: path}  # made here: there is no published sum to compare
        encoder.model = type(encoder.model)(**{**vars(encoder.model), "weights": encoder.model.weights[:1]})
        began = time.perf_counter()
        encoder.load()
        loaded = time.perf_counter() - began
        mega = keep.sums_of(path) and path.stat().st_size / 1e6
    rng = np.random.default_rng(0)
    whole = [Crop(rng.integers(0, 256, (768, 1024, 3), np.uint8), np.ones((768, 1024), bool)) for _ in range(4)]
    rows = encoder.encode(whole)
    with torch.inference_mode():
        batch = torch.from_numpy(np.stack([encoder._prepared(one) for one in whole]))
        together = encoder._forward(encoder._network, batch).numpy()
    together /= np.linalg.norm(together, axis=1, keepdims=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    cpu, wall = [], []
    for n in range(crops):
        began, used = time.perf_counter(), time.process_time()
        encoder.encode(whole[n % 4 : n % 4 + 1])
        cpu.append(time.process_time() - used)
        wall.append(time.perf_counter() - began)
    apart = np.abs(rows - together).max()
    return (
        f"{name:22} {mega:7.0f} MB  load {loaded:5.1f} s  cpu {np.median(cpu):6.2f} s  wall {np.median(wall):6.2f} s"
        f"  peak {peak:4.1f} GB  batch {apart:.1e}"
    )


def main() -> None:
    """Measure the models named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--crops", type=int, default=5)
    given = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(given.threads)
    for name in given.names:
        print(measured(name, given.crops), flush=True)


if __name__ == "__main__":
    main()
