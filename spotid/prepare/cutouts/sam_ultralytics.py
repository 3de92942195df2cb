"""Cut-outs by MobileSAM (Zhang et al. 2023) and SAM 2 (Ravi et al. 2024), with the networks of ultralytics.

Only the networks are the library's: its loader would read a file without comparing it and run code of it, and its
preparation of pictures differs from the authors' (grey instead of nothing round a picture, and for SAM 2 a frame round
it instead of a stretched one).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from spotid.nets.state import load_strictly, state_dict
from spotid.prepare.cutouts.prompted import SIDE, Prompted, prepared
from spotid.prepare.cutouts.sam import Sam
from spotid.settings import quiet_environment, quiet_ultralytics
from spotid.weights.troubles import CatalogueError

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

SIZES = {"tiny": "t", "small": "s", "base": "b", "large": "l"}
VERSIONS = ("2.0", "2.1")


class MobileSam(Sam):
    """MobileSAM: a small network in the place of Segment Anything's large one, the rest as there."""

    def _built(self, path: Path) -> nn.Module:
        network: nn.Module = _builders().build_mobile_sam(checkpoint=None)
        load_strictly(network, state_dict(path), self.name)
        return network


class Sam2(Prompted):
    """SAM 2 for single pictures; the recipe's ``size`` is tiny, small, base or large, ``version`` 2.0 or 2.1."""

    def _built(self, path: Path) -> nn.Module:
        import torch

        size, version = self._model.recipe.get("size", "tiny"), str(self._model.recipe.get("version", VERSIONS[-1]))
        if size not in SIZES or version not in VERSIONS:
            raise CatalogueError(
                f"“{self.name}”: “size” must be one of {', '.join(SIZES)}, “version” one of {', '.join(VERSIONS)}."
            )
        network: Any = getattr(_builders(), f"build_sam2_{SIZES[size]}")(checkpoint=None)
        if version == "2.1":  # the library adds these where a file's name says "sam2.1"; they serve clips alone
            network.no_obj_embed_spatial = torch.nn.Parameter(torch.zeros(1, network.mem_dim))
            network.obj_ptr_tpos_proj = torch.nn.Linear(network.hidden_dim, network.mem_dim)
        load_strictly(network, state_dict(path), self.name)
        network.memory_attention = network.memory_encoder = None  # for clips alone; 20 to 30 MB
        return cast("nn.Module", network)

    def _asked(self, crop: np.ndarray, edges: Sequence[int]) -> tuple[Tensor, Tensor]:
        import torch

        network: Any = self._network
        assert self._device is not None
        picture = torch.from_numpy(prepared(crop, SIDE, SIDE))[None].to(self._device.kind)
        across, down = SIDE / crop.shape[1], SIDE / crop.shape[0]
        corners = [[edges[0] * across, edges[1] * down], [edges[2] * across, edges[3] * down]]
        points = torch.tensor([corners], dtype=torch.float32, device=self._device.kind)
        labels = torch.tensor([[2, 3]], dtype=torch.int32, device=self._device.kind)  # two corners of a box
        sparse, dense = network.sam_prompt_encoder(points=(points, labels), boxes=None, masks=None)
        fine, middle, coarse = self._features(picture)
        grids, scores, _, _ = network.sam_mask_decoder.predict_masks(
            image_embeddings=coarse,
            image_pe=network.sam_prompt_encoder.get_dense_pe(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            repeat_image=False,
            high_res_features=[fine, middle],
        )
        return grids[0], scores[0]

    def _features(self, picture: Tensor) -> list[Tensor]:
        """What the network sees in a picture, at a fourth, an eighth and a sixteenth of its side."""
        network: Any = self._network
        _, flat, _, _ = network._prepare_backbone_features(network.forward_image(picture))
        flat[-1] = flat[-1] + network.no_mem_embed  # a picture without a clip before it
        sides = (SIDE // 4, SIDE // 8, SIDE // 16)
        return [one.permute(1, 2, 0).reshape(1, -1, side, side) for one, side in zip(flat, sides, strict=True)]

    def _enlarged(self, grids: Tensor, height: int, width: int) -> Tensor:
        from torch.nn.functional import interpolate

        return interpolate(grids, (height, width), mode="bilinear", align_corners=False)


def _builders() -> Any:
    quiet_environment()
    from ultralytics.models.sam import build

    quiet_ultralytics()
    return build
