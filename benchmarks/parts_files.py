"""Files of published models in their published layout, with random weights, put where fetched ones would lie.

Nothing was downloaded, so there is no published sum to compare with; all else is read and checked as a real file is.
The norms are set by one look at noise, as if trained: without, what a deep random network sees dies away from layer to
layer, down to numbers that a processor counts with a hundred times more slowly.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spotid.weights import keep, shelf
from spotid.weights.catalogue import Weight
from spotid.weights.shelf import Model

# ultralytics' names of the networks that the detectors of the list were trained with
DETECTORS = {
    "mdv6-yolov10-c": "yolov10n.yaml",
    "mdv6-yolov10-e-1280": "yolov10x.yaml",
    "mdv6-yolov9-c": "yolov9c.yaml",
    "mdv6-yolov9-e-1280": "yolov9e.yaml",
    "mdv6-rtdetr-c": "rtdetr-l.yaml",
    "mdv1000-sorrel": "yolo11s.yaml",
    "mdv1000-larch": "yolo11l.yaml",
    "deepfaune-yolov8s": "yolov8s.yaml",
}
NOTHING = -9.0  # what a last layer says of what it is sure is not there
LOOK = 256  # pixels of the side of that noise


def model(name: str) -> Model:
    """The model of the list without the published lengths and sums of its files."""
    known = shelf.model(name)
    return replace(known, weights=tuple(replace(one, bytes=0, sums=()) for one in known.weights))


def write(name: str) -> float:
    """Make the files of a model in the folder of weights (``SPOTID_MODELS``); gives their size in bytes."""
    import torch

    from spotid.settings import quiet_environment

    quiet_environment()  # of ultralytics, before its first import
    torch.manual_seed(7)
    chosen, size = model(name), 0
    for weight in chosen.weights:
        path = keep.place(weight, shelf.folder())
        path.parent.mkdir(parents=True, exist_ok=True)
        part = keep.part_of(path)
        _saved(chosen, weight, part)
        size += keep.settle(weight, part, path, keep.sums_of(part)["sha256"], "first use", "made here").bytes
    return size


def remove(folder: Path) -> None:
    """Make room for the files of the next model."""
    shutil.rmtree(folder, ignore_errors=True)


def _saved(chosen: Model, weight: Weight, path: Path) -> None:
    import torch

    if weight.file.endswith(".jpg"):
        _photograph(path)
        return
    if chosen.role == "detector":
        held = _detector(DETECTORS[chosen.name], int(chosen.recipe["side"]))
    elif chosen.role == "cut-out":
        held = _cut_out(chosen)
    elif chosen.role == "embedder":
        held = _encoder(chosen)
    else:
        held = _matcher(weight.name)
    if weight.file.endswith(".safetensors"):
        from safetensors.torch import save_file

        save_file(held["model"], path)
    else:
        torch.save(held, path)


def _photograph(path: Path) -> None:
    import numpy as np
    from PIL import Image

    noise = np.random.default_rng(7).integers(0, 256, (480, 640, 3), np.uint8)
    Image.fromarray(noise).save(path, "JPEG", quality=90)


def _detector(cfg: str, side: int) -> dict[str, Any]:
    """What ultralytics writes at the end of a training: the whole network in half precision."""
    import torch
    from ultralytics.nn import tasks

    maker = tasks.RTDETRDetectionModel if "rtdetr" in cfg else tasks.DetectionModel
    network = settled(maker(cfg, ch=3, nc=3, verbose=False), torch.rand(1, 3, LOOK, LOOK)).half()
    head = network.model[-1]
    scores = [layers[-1] for word in ("cv3", "one2one_cv3") for layers in getattr(head, word, None) or ()]
    for last in (*scores, *getattr(head, "dec_score_head", ())):  # sure of nothing, as where there is no animal
        torch.nn.init.zeros_(last.weight)
        torch.nn.init.constant_(last.bias, NOTHING)
    network.names, network.task = {0: "animal", 1: "person", 2: "vehicle"}, "detect"
    network.args = {"task": "detect", "imgsz": side}
    held = {"version": "8.3.27", "date": "2024-11-05T10:00:00", "epoch": -1, "ema": None, "updates": None}
    return held | {"model": network, "optimizer": None, "train_args": network.args, "train_metrics": {}}


def _cut_out(chosen: Model) -> dict[str, Any]:
    import torch

    size = chosen.recipe.get("size", "")
    if chosen.name.startswith("sam-"):
        from segment_anything import sam_model_registry

        return dict(sam_model_registry[size]().state_dict())
    from ultralytics.models.sam import build

    if chosen.name == "mobile-sam":
        network = build.build_mobile_sam()
        settled(network.image_encoder, torch.randn(1, 3, 1024, 1024))
        return dict(network.state_dict())
    network = getattr(build, f"build_sam2_{size[0]}")()
    network.no_obj_embed_spatial = torch.nn.Parameter(torch.randn(1, network.mem_dim))
    network.obj_ptr_tpos_proj = torch.nn.Linear(network.hidden_dim, network.mem_dim)
    return {"model": network.state_dict()}


def _encoder(chosen: Model) -> dict[str, Any]:
    import torch

    from spotid import lookup
    from spotid.embed.encoders import miewid, original, recipe, timm_file

    encoder = lookup.of(chosen)
    own = recipe.read(chosen.name, chosen.recipe, type(encoder).defaults)
    if isinstance(encoder, timm_file.TimmFile):
        network = timm_file.build(chosen.name, own.arch, own.height, own.width)
    else:
        network = (original if isinstance(encoder, original.OriginalSpotId) else miewid).network()
    channels = 4 if isinstance(encoder, original.OriginalSpotId) else 3
    return {"model": settled(network, torch.randn(2, channels, own.height, own.width)).state_dict()}


def _matcher(name: str) -> dict[str, Any]:
    import torch
    from kornia import feature

    noise = torch.rand(1, 3, LOOK, LOOK)
    grey = {"image0": noise[:, :1], "image1": noise[:, :1]}
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "aliked-n16": lambda: settled(feature.ALIKED("aliked-n16"), noise).state_dict(),
        "disk": lambda: {"extractor": feature.DISK().state_dict()},
        "loftr-outdoor": lambda: {"state_dict": settled(feature.LoFTR(pretrained=None), grey).state_dict()},
    }
    if name in makers:
        return makers[name]()
    oriented = name == "sift-lightglue"
    return dict(feature.LightGlue(features=None, weights=None, input_dim=128, add_scale_ori=oriented).state_dict())


def settled(network: Any, look: Any) -> Any:
    """The network, ready to be used, its norms set by what it sees in ``look``."""
    import torch

    network.eval()
    norms = [one for one in network.modules() if isinstance(one, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d)]
    for one in norms:
        one.momentum = None  # the average of what it sees
        one.reset_running_stats()
        one.train()
    if norms:
        with torch.no_grad():
            network(look)
    return network.eval()
