"""Cut-outs by Segment Anything (Kirillov et al. 2023), and by MobileSAM (Zhang et al. 2023), which shares its decoder.

The networks of the package segment_anything take the published files of vit_b, vit_l and vit_h, those of ultralytics
that of MobileSAM; both are asked in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spotid.nets.state import load_strictly, state_dict
from spotid.prepare.cutouts.prompted import SIDE, Prompted, fitted, prepared
from spotid.weights.troubles import CatalogueError

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

SIZES = ("vit_b", "vit_l", "vit_h")


class Sam(Prompted):
    """Segment Anything; the recipe's ``size`` is vit_b, vit_l or vit_h."""

    def _built(self, path: Path) -> nn.Module:
        size = self._model.recipe.get("size", SIZES[0])
        if size not in SIZES:
            raise CatalogueError(f"“{self.name}”: “size” must be one of {', '.join(SIZES)}.")
        from segment_anything import sam_model_registry

        network: nn.Module = sam_model_registry[size](checkpoint=None)
        load_strictly(network, state_dict(path), self.name)
        return network

    def _asked(self, crop: np.ndarray, edges: Sequence[int]) -> tuple[Tensor, Tensor]:
        import torch

        network: Any = self._network
        assert self._device is not None
        high, wide = fitted(*crop.shape[:2])
        picture = torch.from_numpy(prepared(crop, high, wide))[None].to(self._device.kind)
        across, down = wide / crop.shape[1], high / crop.shape[0]
        corners = [edges[0] * across, edges[1] * down, edges[2] * across, edges[3] * down]
        box = torch.tensor([corners], dtype=torch.float32, device=self._device.kind)
        sparse, dense = network.prompt_encoder(points=None, boxes=box, masks=None)
        # The first outline is the answer where a question is clear, the others are whole, part and part of a part.
        grids, scores = network.mask_decoder.predict_masks(
            image_embeddings=network.image_encoder(picture),
            image_pe=network.prompt_encoder.get_dense_pe(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
        )
        return grids[0], scores[0]

    def _enlarged(self, grids: Tensor, height: int, width: int) -> Tensor:
        from torch.nn.functional import interpolate

        high, wide = fitted(height, width)
        square = interpolate(grids, (SIDE, SIDE), mode="bilinear", align_corners=False)
        return interpolate(square[..., :high, :wide], (height, width), mode="bilinear", align_corners=False)
