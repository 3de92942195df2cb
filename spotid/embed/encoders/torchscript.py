"""A TorchScript file of a person's own, fed as its TOML says.

Such a file is a program: to load it is to run it. So it is loaded only where the person has written
``may_run_code = true`` into the recipe of its TOML.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from spotid.embed.encoders.published import Published
from spotid.errors import ModelFileError

if TYPE_CHECKING:
    from torch import Tensor, nn


class TorchScript(Published):
    """Takes (n, 3, height, width) float32 and gives (n, dim), or a tuple or list of which that is the first."""

    defaults: ClassVar[Mapping[str, Any]] = {"side": 224, "resize": "bilinear-antialias"}

    def _built(self, files: Mapping[str, Path]) -> tuple[nn.Module, int]:
        import torch

        weight = self.model.weights[0]
        if not self.recipe.may_run_code:
            raise ModelFileError(
                f"“{weight.file}” is a TorchScript file: to load it is to run a program that somebody wrote.",
                f"If you trust whoever made it, write may_run_code = true under [recipe] in {self.name}.toml.",
            )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # torch ≥ 2.9 calls TorchScript deprecated, not the people's concern
                module = torch.jit.load(str(files[weight.name]), map_location="cpu").eval()
            with torch.inference_mode():
                made = self._forward(module, torch.zeros(1, 3, self.recipe.height, self.recipe.width))
        except Exception as error:  # a file of any other kind, or a network that wants another input
            said = (str(error).strip().split("\n")[-1] or type(error).__name__)[:160]
            raise ModelFileError(
                f"“{weight.file}” can't be used as a TorchScript network on {self.recipe.width} ×"
                f" {self.recipe.height} pixels ({said}).",
                "Correct “side” in its TOML, or export the network anew.",
            ) from error
        if made.ndim != 2 or len(made) != 1:
            raise ModelFileError(
                f"“{weight.file}” gives numbers of the shape {tuple(made.shape)} instead of one row a crop.",
                "Export the network without what stands behind its embedding.",
            )
        return module, int(made.shape[1])

    def _forward(self, network: nn.Module, batch: Tensor) -> Tensor:
        made = network(batch)
        return made[0] if isinstance(made, tuple | list) else made
