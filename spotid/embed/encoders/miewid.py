"""MiewID (Otarashvili et al. 2024), rebuilt on timm: EfficientNetV2, generalised-mean pooling, batch normalisation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from spotid.embed.encoders.published import Published
from spotid.nets.state import load_strictly, state_dict

if TYPE_CHECKING:
    from torch import nn

BACKBONE = "efficientnetv2_rw_m"
ROW = 2152
EXPONENT, OLD_EXPONENT = "pooling.p", "backbone.global_pool.p"  # names in newer code and in the published msv3 file
UNUSED = "final."  # a layer of 10 numbers in the published file, of the loss in others; nothing is computed with it


class MiewId(Published):
    """msv2, msv3 and msv4 have one network; resized by OpenCV without averaging, as they were trained.

    torchvision's averaging resize would turn a row by about 3° (WildMeOrg/ml-service).
    """

    defaults: ClassVar[Mapping[str, Any]] = {"side": 440, "resize": "bilinear", "dim": ROW}

    def _built(self, files: Mapping[str, Path]) -> tuple[nn.Module, int]:
        state = state_dict(files[self.model.weights[0].name])
        if OLD_EXPONENT in state and EXPONENT not in state:
            state[EXPONENT] = state.pop(OLD_EXPONENT)
        state = {key: value for key, value in state.items() if not key.startswith(UNUSED)}
        module = network()
        load_strictly(module, state, "MiewID")
        return module, ROW


def network() -> nn.Module:
    """The network with random weights: (n, 3, 440, 440) → (n, 2152), not of unit length."""
    import timm
    import torch
    from torch import nn

    class Pooling(nn.Module):
        """Generalised mean over the map (Radenović et al. 2019); its exponent is learnt."""

        def __init__(self) -> None:
            super().__init__()
            self.p = nn.Parameter(torch.full((1,), 3.0))

        def forward(self, maps: torch.Tensor) -> torch.Tensor:
            # Single precision whatever the surroundings: a cube overflows half precision from 41 on.
            powers = maps.float().clamp(min=1e-6).pow(self.p.float())
            return powers.mean(dim=(2, 3)).pow(1.0 / self.p.float())

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            # num_classes=0 leaves the classifier out; the backbone's own pooling has no weights and is not used.
            self.backbone = timm.create_model(BACKBONE, pretrained=False, num_classes=0)
            self.pooling = Pooling()
            self.bn = nn.BatchNorm1d(ROW)

        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            return self.bn(self.pooling(self.backbone.forward_features(pictures)))

    return Network()
