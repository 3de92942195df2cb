"""Files of weights that tests make, put on the shelf of the test, and what all networks' tests share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from spotid.embed.encoders.published import Published
from spotid.embed.parts import Crop
from spotid.weights.catalogue import Weight
from spotid.weights.shelf import Model
from tests.weights.stock import put


def shelved(
    kind: type[Published], *files: Path, recipe: Mapping[str, Any] | None = None, name: str = "made", own: bool = False
) -> Any:
    """An encoder of this kind on copies of ``files``, not loaded yet."""
    weights = tuple(_weight(name if n == 0 else f"{name}-{n}", path) for n, path in enumerate(files))
    for weight, path in zip(weights, files, strict=True):
        put(weight, path)
    made_by = f"{kind.__module__}:{kind.__name__}"
    return kind(Model(name, "embedder", "made by a test", made_by, weights, recipe or {}, ("torch",), own))


def _weight(name: str, path: Path) -> Weight:
    said = dict.fromkeys(("url", "licence", "licence_page", "source", "cite"), "https://example.org")
    return Weight(name=name, role="embedder", file=path.name, about="made by a test", travels=False, **said)


def crop(seed: int, height: int = 150, width: int = 260) -> Crop:
    """Soft noise with an outline: large enough structures to survive any resizing."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (height // 10, width // 10, 3), np.uint8)
    mask = np.zeros((height, width), bool)
    mask[10:-10, 20:-30] = True
    return Crop(np.kron(coarse, np.ones((10, 10, 1), np.uint8))[:height, :width].copy(), mask)


def shaken(module: Any, seed: int = 0) -> Any:
    """``module`` with the numbers of its norms away from 0 and 1, as after training: a forgotten norm shows then."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    for name, value in module.state_dict().items():
        if name.endswith(("running_mean", "bias")):
            value.add_(torch.randn(value.shape, generator=generator) * 0.05)
        elif name.endswith("running_var") or ("norm" in name and name.endswith("weight")):
            value.mul_(torch.rand(value.shape, generator=generator) + 0.5)
        elif name.endswith("gamma"):
            value.copy_(torch.rand(value.shape, generator=generator))
    return module.eval()


def trained(module: Any, pictures: Any) -> Any:
    """``module`` with the norms that ``pictures`` give it: without, a deep random network turns the rounding of its
    first layer into another row."""
    import torch

    for one in module.modules():
        if isinstance(one, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d):
            one.momentum = None
            one.reset_running_stats()
    with torch.no_grad():
        module.train()(pictures)
    return module.eval()


def imagenet(picture: np.ndarray) -> np.ndarray:
    """(h, w, 3) 0 … 255 as (1, 3, h, w) float32, with the mean and deviation written out."""
    channels = [
        (picture[..., 0] / 255.0 - 0.485) / 0.229,
        (picture[..., 1] / 255.0 - 0.456) / 0.224,
        (picture[..., 2] / 255.0 - 0.406) / 0.225,
    ]
    return np.stack(channels)[None].astype(np.float32)


def unit(rows: Any) -> np.ndarray:
    """Rows of a tensor at unit length."""
    found = rows.detach().numpy().astype(np.float64)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def agree(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Equal to 1e-4, and to a hundredth of what two crops differ by: rows of random networks all look alike."""
    apart = np.abs(ours[0] - ours[1]).max()
    return bool(np.abs(ours - theirs).max() < min(1e-4, apart / 100))
