"""The networks of published matchers, built without any download and loaded to the last parameter.

kornia's own loaders pass over what they do not find; here every learned parameter must have come from the file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spotid.errors import ModelFileError
from spotid.nets.state import load_strictly, state_dict

if TYPE_CHECKING:
    from torch import Tensor, nn

# SuperPoint's weights: for academic use only, not to be handed on. (Magic Leap's licence)
SUPERPOINT = "52b6708629640ca883673b5d5c097c4ddad37d8048b33f09c8ca0d69db12c40e"
SUPERPOINT_KEYS = frozenset({"conv1a.weight", "convPa.weight", "convDa.weight"})
# Numbers that follow from the architecture. Files of their authors lack them; they are no learned parameters.
DERIVED = frozenset({"confidence_thresholds", "dkd.hw_grid"})
OLD = re.compile(r"^(self|cross)_attn\.(\d+)\.")


def light_glue(path: Path, what: str, oriented: bool = False, least: float = 0.1) -> nn.Module:
    """LightGlue (Lindenberger, Sarlin, Pollefeys 2023) for 128-dimensional descriptors, all 9 layers on all points.

    ``oriented``: it reads sizes and angles of points, too. Raises ModelFileError.
    """
    from kornia.feature import LightGlue

    built = LightGlue(
        features=None,  # kornia downloads where a kind of points is named
        weights=None,
        input_dim=128,
        add_scale_ori=oriented,
        depth_confidence=-1,
        width_confidence=-1,
        filter_threshold=least,
        flash=False,  # the same numbers on every device, but for rounding
    )
    return _loaded(built, _renamed(_read(path)), what)


def aliked(path: Path, most: int) -> nn.Module:
    """ALIKED-n16 (Zhao et al. 2023) that gives the ``most`` strongest points. Raises ModelFileError."""
    from kornia.feature import ALIKED

    return _loaded(ALIKED("aliked-n16", max_num_keypoints=most, detection_threshold=0.0), _read(path), "ALIKED-n16")


def disk(path: Path) -> nn.Module:
    """DISK (Tyszkiewicz, Fua, Trulls 2020). Raises ModelFileError."""
    from kornia.feature import DISK

    return _loaded(DISK(), _read(path, ("extractor",)), "DISK")


def loftr(path: Path) -> nn.Module:
    """LoFTR (Sun et al. 2021), trained outdoors. Raises ModelFileError."""
    from kornia.feature import LoFTR

    state = {key.removeprefix("matcher."): value for key, value in _read(path, ("state_dict",)).items()}
    return _loaded(LoFTR(pretrained=None), state, "LoFTR")


def refuse_superpoint(path: Path, state: Mapping[str, Any]) -> None:
    """Raise ModelFileError for SuperPoint's weights, whose licence forbids what surveys are done for."""
    if state.keys() >= SUPERPOINT_KEYS or _sha256(path) == SUPERPOINT:
        raise ModelFileError(
            "These are the weights of SuperPoint. Their licence is for academic use alone; SpotID does not use them.",
            "Use ALIKED, DISK or SIFT with LightGlue instead; they are as good for coats.",
        )


def _read(path: Path, unwrap: tuple[str, ...] = ("state_dict", "model")) -> dict[str, Tensor]:
    state = state_dict(path, unwrap)
    refuse_superpoint(path, state)
    return state


def _renamed(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Keys as LightGlue's first release wrote them, ``self_attn.0.…``, by their names of today."""
    bare = {key.removeprefix("matcher."): value for key, value in state.items()}
    return {OLD.sub(r"transformers.\2.\1_attn.", key): value for key, value in bare.items()}


def _loaded(built: nn.Module, state: dict[str, Tensor], what: str) -> nn.Module:
    learned = {name for name, _ in built.named_parameters()}
    for name, value in built.state_dict().items():
        if name in DERIVED and name not in learned:
            state.setdefault(name, value)
    load_strictly(built, state, what)
    return built.eval().requires_grad_(False)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
