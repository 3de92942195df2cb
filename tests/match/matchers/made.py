"""Checkpoints of matchers in exactly the layout of the published files, with weights made by hand or at random."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

SHARP = 31.0  # of LightGlue made by hand: the softmax of likeness times SHARP² / 16
NEW = re.compile(r"^transformers\.(\d+)\.(self|cross)_attn\.")


def glue(path: Path, oriented: bool = False, **changed: Any) -> Path:
    """LightGlue under its first release's key names. All layers pass descriptors on as they are, so that it says which
    are each other's most alike: a matcher that works, made without any training."""
    import torch
    from kornia.feature import LightGlue

    torch.manual_seed(1)
    state = LightGlue(features=None, weights=None, input_dim=128, add_scale_ori=oriented).state_dict()
    state["input_proj.weight"] = torch.eye(256, 128)
    state["input_proj.bias"] = torch.zeros(256)
    for key, value in state.items():
        if key.endswith(("ffn.3.weight", "ffn.3.bias", "final_proj.bias", "matchability.weight")):
            state[key] = torch.zeros_like(value)
        elif key.endswith("final_proj.weight"):
            state[key] = SHARP * torch.eye(256)
        elif key.endswith("matchability.bias"):
            state[key] = torch.full_like(value, 10.0)
    del state["confidence_thresholds"]  # no learned parameter; the published files lack it
    return saved({NEW.sub(r"\2_attn.\1.", key): value for key, value in state.items()}, path, **changed)


def wild_glue(path: Path, oriented: bool = False) -> Path:
    """LightGlue at random, under the names of today, with its derived numbers."""
    import torch
    from kornia.feature import LightGlue

    torch.manual_seed(2)
    return saved(LightGlue(features=None, weights=None, input_dim=128, add_scale_ori=oriented).state_dict(), path)


def aliked(path: Path, **changed: Any) -> Path:
    """ALIKED-n16 at random; its authors' file lacks the grid that follows from the radius."""
    import torch
    from kornia.feature import ALIKED

    torch.manual_seed(3)
    state = ALIKED("aliked-n16").state_dict()
    del state["dkd.hw_grid"]
    return saved(state, path, **changed)


def disk(path: Path, **changed: Any) -> Path:
    """DISK at random; its file holds the network under ``extractor``."""
    import torch
    from kornia.feature import DISK

    torch.manual_seed(4)
    return saved({"extractor": renamed(DISK().state_dict(), **changed)}, path)


def loftr(path: Path, **changed: Any) -> Path:
    """LoFTR at random, under ``state_dict`` with the prefix of its training; its fine stage passes coarse places on."""
    import torch
    from kornia.feature import LoFTR

    torch.manual_seed(5)
    state = {f"matcher.{key}": value for key, value in LoFTR(pretrained=None).state_dict().items()}
    return saved({"state_dict": renamed(state, **changed)}, path)


def renamed(state: dict[str, Any], without: str = "", extra: str = "") -> dict[str, Any]:
    """The state with the key ``without`` called otherwise."""
    kept = {(f"{key}_" if key == without else key): value for key, value in state.items()}
    return kept | ({extra: next(iter(kept.values()))} if extra else {})


def saved(state: dict[str, Any], path: Path, **changed: Any) -> Path:
    import torch

    torch.save(renamed(state, **changed) if changed else state, path)
    return path
