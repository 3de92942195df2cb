"""What it costs to let a classifier name animals, per 1,000 of them: the stage itself, and networks of several sizes.

    OMP_NUM_THREADS=1 python benchmarks/classifying.py --animals 1000 --side 4000x3000 --arch test_vit:160

Makes a project of photographs of that size with an animal in each, puts a network with random weights on the shelf of a
folder of its own as a person's own classifier, and times the stage: all anew, again with nothing to do, with 10 new
animals, and where a threshold alone has changed. Names come out at random; the time does not depend on them. The time
is the processor's, so that other programs at work beside it change little.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ANIMALS = [f"animal {number}" for number in range(40)]


def main() -> None:
    """Make the project and the networks, then time the stage with each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--animals", type=int, default=1000)
    parser.add_argument("--side", default="4000x3000", help="of the photographs")
    parser.add_argument("--arch", action="append", help="a network of timm and its side; repeatable")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        os.environ["SPOTID_HOME"] = os.environ["SPOTID_MODELS"] = place
        project = _project(Path(place), chosen.animals, tuple(map(int, chosen.side.split("x"))))
        for said in chosen.arch or ["test_vit:160", "tf_efficientnetv2_b0:224"]:
            arch, side = said.split(":")
            _measure(project, arch, int(side), chosen.animals)
        project.close()
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def _measure(project: Any, arch: str, side: int, animals: int) -> None:
    from spotid.prepare.species_stage import classify_pending, sort_out
    from spotid.profiles import load_profile
    from spotid.profiles.names import Names
    from spotid.progress import Silent
    from spotid.settings import settings

    ours, values = Names(load_profile().species).ours, settings()

    def stage(name: str) -> float:
        from spotid.prepare import registry

        began = time.process_time()
        classify_pending(project, registry.classifier(name), ours, values, Silent())
        sort_out(project, ours, Silent())
        return time.process_time() - began

    name = _shelve(arch, side, 0.99)
    _opened(project)
    whole = stage(name)
    again = stage(name)
    _shelve(arch, side, 0.02)
    threshold = stage(name)
    _forget(project, 10)
    few = stage(name)
    print(
        f"{arch} at {side}: {1000 * whole / animals:,.1f} s per 1,000 animals; again {again:.2f} s; another threshold"
        f" {threshold:.2f} s; 10 new animals {few:.2f} s",
        flush=True,
    )


def _opened(project: Any) -> None:
    """Tell what opening a photograph takes of it."""
    from spotid.picture import pixels
    from spotid.project import media

    began = time.process_time()
    for row in project.store.all("SELECT id FROM media LIMIT 10"):
        pixels(media.source_path(project.store, row["id"]))
    print(f"opening 1,000 photographs: {100 * (time.process_time() - began):,.0f} s", flush=True)


def _shelve(arch: str, side: int, least: float) -> str:
    """A network with random weights as a person's own classifier; its name."""
    import json

    import timm
    import torch

    from spotid.weights import keep, shelf

    name = arch.replace("_", "-").lower()
    own = shelf.folder() / "own"
    own.mkdir(parents=True, exist_ok=True)
    recipe = f"[recipe]\narch = {json.dumps(arch)}\nside = {side}\nleast = {least}\nlabels = {json.dumps(ANIMALS)}\n"
    (own / f"{name}.toml").write_text(f'part = "classes"\nfile = "random.pt"\n{recipe}', encoding="utf-8")
    weight = shelf.model(name).weights[0]
    path = keep.place(weight, shelf.folder())
    if not path.is_file():
        torch.manual_seed(1)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = keep.part_of(path)
        torch.save(timm.create_model(arch, pretrained=False, num_classes=len(ANIMALS)).state_dict(), part)
        keep.settle(weight, part, path, keep.sums_of(part)["sha256"], "first use", "made here")
    return name


def _forget(project: Any, count: int) -> None:
    with project.store.write() as connection:
        connection.execute(
            "DELETE FROM classified WHERE sighting_id IN (SELECT id FROM sighting ORDER BY id LIMIT ?)", (count,)
        )


def _project(place: Path, animals: int, size: tuple[int, ...]) -> Any:
    import numpy as np
    from PIL import Image

    from spotid.boxes import Box
    from spotid.project import media, sightings
    from spotid.project.folder import create_project

    cards = place / "cards"
    cards.mkdir()
    rng = np.random.default_rng(1)
    buffer = io.BytesIO()
    noise = rng.integers(0, 256, (size[1] // 8, size[0] // 8, 3), np.uint8)
    Image.fromarray(noise).resize((size[0], size[1])).save(buffer, "JPEG", quality=88)
    project = create_project(place / "project")
    root = media.root_id(project.store, cards)
    found = []
    for number in range(animals):
        path = cards / f"IMG_{number:05d}.JPG"
        path.write_bytes(buffer.getvalue())
        about = path.stat()
        found.append(media.Found(path.name, about.st_size, about.st_mtime_ns))
    media.add_found(project.store, root, found)
    rows = project.store.all("SELECT id FROM media ORDER BY id")
    facts = [
        media.Facts(row["id"], "0" * 64, size[0], size[1], None, "exif", None, "", None, None, None) for row in rows
    ]
    media.keep_facts(project.store, facts)
    box = sightings.NewSighting(Box(0.3, 0.4, 0.2, 0.25), 0.9, "made up")
    sightings.keep_detections(project.store, [(row["id"], [box]) for row in rows], "made up")
    return project


if __name__ == "__main__":
    main()
