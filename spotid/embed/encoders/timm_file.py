"""Any network of timm with a file of weights: MegaDescriptor, DINOv2, DINOv3, or one that a person has trained."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from spotid.embed.encoders.published import Published
from spotid.nets.state import load_strictly, state_dict
from spotid.weights.troubles import CatalogueError

if TYPE_CHECKING:
    from torch import Tensor, nn

    from spotid.weights.shelf import Model

RESAMPLED = ("patch_embed.proj.weight", "relative_position_bias_table")  # timm's filters resize these without a word


class TimmFile(Published):
    """``arch`` in the recipe is timm's name of the network, ``prefix`` what stands before its keys in the file."""

    defaults: ClassVar[Mapping[str, Any]] = {"side": 224, "resize": "bicubic-antialias"}

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        if not self.recipe.arch:
            raise CatalogueError(f"“{self.name}” lacks “arch”.", "Name its network in timm under [recipe].")

    def _libraries(self) -> str:
        """timm computes the positions of a Vision Transformer; between its larger versions that has changed."""
        from importlib.metadata import version

        return f"timm {'.'.join(version('timm').split('.')[:2])}"

    def _built(self, files: Mapping[str, Path]) -> tuple[nn.Module, int]:
        module = build(self.name, self.recipe.arch, self.recipe.height, self.recipe.width)
        # wildlife-tools keeps random states beside the weights, in MegaDescriptor's files and in people's own.
        state = state_dict(files[self.model.weights[0].name], numpy_states=True)
        if self.recipe.prefix:
            begin = self.recipe.prefix
            state = {key.removeprefix(begin): value for key, value in state.items() if key.startswith(begin)}
        load_strictly(module, fitted(module, state), f"“{self.name}” ({self.recipe.arch})")
        if self.model.own:
            self._try(module)
        return module, int(getattr(module, "head_hidden_size", module.num_features))

    def _try(self, module: nn.Module) -> None:
        """One pass: a side that a person chose may not fit the network, and no crop is to blame then."""
        import torch

        with torch.inference_mode():
            try:
                module.eval()(torch.zeros(1, 3, self.recipe.height, self.recipe.width))
            except (AssertionError, ValueError, RuntimeError) as error:
                raise _unfit(self.name, self.recipe.arch, self.recipe.height, self.recipe.width, error) from error


def build(name: str, arch: str, height: int, width: int) -> nn.Module:
    """timm's network without its classifier and with random weights. Raises CatalogueError for what it can't build."""
    import timm

    if arch not in timm.list_models():
        raise CatalogueError(
            f"“{name}”: timm has no network “{arch}”.", "“arch” is its name without what follows a dot."
        )
    # Only some take the side beforehand: those whose weights or masks depend on it.
    sized = {"img_size": (height, width)}
    try:
        return timm.create_model(arch, pretrained=False, num_classes=0, **sized)
    except TypeError:
        return timm.create_model(arch, pretrained=False, num_classes=0)
    except (AssertionError, ValueError, RuntimeError) as error:
        raise _unfit(name, arch, height, width, error) from error


def _unfit(name: str, arch: str, height: int, width: int, error: Exception) -> CatalogueError:
    said = str(error).split("\n")[0].rstrip(".")[:160] or type(error).__name__
    return CatalogueError(f"“{name}”: {arch} can't take {width} × {height} pixels ({said}).", "Correct “side”.")


def fitted(module: nn.Module, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """``state`` under the names that this version of timm uses; classifiers that are not computed with are left out.

    The published names of DINOv2 and DINOv3 and the Swin names before timm 0.9 are renamed by timm's own filters. What
    they would resize on the way, other than positions for another side of the picture, stays as it is and is refused.
    """
    wanted = module.state_dict()
    heads = module.pretrained_cfg.get("classifier") or ()
    heads = tuple(f"{one}." for one in ((heads,) if isinstance(heads, str) else heads))
    kept = {key: value for key, value in state.items() if key in wanted or not key.startswith((*heads, "head."))}
    for key, value in kept.items():
        if key.endswith(RESAMPLED) and key in wanted and value.shape != wanted[key].shape:
            return kept
    renamed = getattr(sys.modules[type(module).__module__], "checkpoint_filter_fn", None)
    if renamed is None:
        return kept
    try:
        return dict(renamed(dict(kept), module))
    except Exception:  # a key that it does not expect; the comparison of all keys tells which
        return kept
