"""MegaDescriptor (Čermák et al. 2024): Swin Transformers trained on pictures of individuals of many species."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from spotid.embed.encoders.timm_file import TimmFile


class MegaDescriptor(TimmFile):
    """Its files are checkpoints of training (wildlife-tools' trainer): the weights under “model”, and random states.

    Fed as its makers evaluate it: squashed to a square by Pillow's averaging resize, mean and deviation of ImageNet.
    timm's own transform would cut off heads and tails; the mean and deviation of 0.5 on its cards told cattle apart
    slightly worse in a public comparison (32.2 % against 33.4 %), and its training code has ImageNet's.
    """

    defaults: ClassVar[Mapping[str, Any]] = {"side": 224, "resize": "bilinear-antialias"}
