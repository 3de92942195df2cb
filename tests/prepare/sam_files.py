"""Files of the Segment Anything family as their makers publish them, with random weights."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spotid.weights import catalogue, keep, shelf


def mobile_sam() -> Any:
    """MobileSAM's network, 439 keys."""
    import torch
    from ultralytics.models.sam import build

    torch.manual_seed(5)
    return _lively(build.build_mobile_sam())


def sam2(size: str = "t") -> Any:
    """SAM 2.1's network with the three keys that 2.0 does not have."""
    import torch
    from ultralytics.models.sam import build

    torch.manual_seed(5)
    return of_21(getattr(build, f"build_sam2_{size}")())


def sam(size: str = "vit_b") -> Any:
    """Segment Anything's network, 314 keys for vit_b."""
    import torch
    from segment_anything import sam_model_registry

    torch.manual_seed(5)
    return _lively(sam_model_registry[size]())


def sam_without_numbers(size: str) -> Any:
    """Segment Anything's network without any memory for its numbers: keys and shapes alone."""
    import torch
    from segment_anything import sam_model_registry

    with torch.device("meta"):
        return sam_model_registry[size]()


def small_sam() -> Any:
    """A network of the same build as Segment Anything's, of a tiny encoder."""
    import torch
    from segment_anything.build_sam import _build_sam

    torch.manual_seed(5)
    return _lively(_build_sam(32, 2, 2, [1]))


def small_sam2() -> Any:
    """A network of the same build as SAM 2's, of a tiny encoder."""
    import torch
    from ultralytics.models.sam import build

    torch.manual_seed(5)
    made: Any = build._build_sam2(
        encoder_embed_dim=16,
        encoder_stages=[1, 1, 2, 1],
        encoder_num_heads=1,
        encoder_global_att_blocks=[3],
        encoder_window_spec=[8, 4, 14, 7],
        encoder_backbone_channel_list=[128, 64, 32, 16],
    )
    return made


def of_21(made: Any) -> Any:
    """The three keys that SAM 2.1 has beyond 2.0."""
    import torch

    made.no_obj_embed_spatial = torch.nn.Parameter(torch.randn(1, made.mem_dim))
    made.obj_ptr_tpos_proj = torch.nn.Linear(made.hidden_dim, made.mem_dim)
    return _lively(made)


def _lively(made: Any) -> Any:
    """Parameters that begin as zeros or ones are moved, so that one of them in the wrong place shows."""
    import torch

    with torch.no_grad():
        for parameter in made.parameters():
            if parameter.ndim <= 1 or not parameter.any():
                parameter.add_(0.02 * torch.randn_like(parameter))
    return made.eval()


def written(made: Any, path: Path, under: str = "") -> Path:
    """A plain state dict in single precision, as Meta and MobileSAM publish it; SAM 2's lies under "model"."""
    return _saved(made.state_dict(), path, under)


def shelved(state: Mapping[str, Any], name: str, under: str = "") -> Path:
    """The same, written at once where the list that holds now looks for ``name``: gigabytes are not copied."""
    weight = catalogue.read(Path(os.environ[catalogue.ELSEWHERE]))[name]
    path = keep.place(weight, shelf.folder())
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _saved(state, path, under).replace(keep.part_of(path))  # a file's name stands in the file, once for each key
    return keep.settle(weight, part, path, keep.sums_of(part)["sha256"], "first use", "made by a test").path


def hollow(state: Mapping[str, Any]) -> dict[str, Any]:
    """The keys and shapes of ``state``, every value one and the same zero: a file of it has some kilobytes."""
    import torch

    return {key: torch.zeros(()).expand(value.shape) for key, value in state.items()}


def _saved(state: Mapping[str, Any], path: Path, under: str) -> Path:
    import torch

    torch.save({under: state} if under else state, path)
    return path
