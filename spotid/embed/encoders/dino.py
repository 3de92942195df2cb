"""DINOv2 (Oquab et al. 2024) and DINOv3 (Siméoni et al. 2025): general describers of pictures, through timm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from spotid.embed.encoders.timm_file import TimmFile


class Dino(TimmFile):
    """Reads Meta's own files and timm's. The row is what timm gives without a classifier: the class token of DINOv2,
    the mean of DINOv3's patches.

    The whole crop is squashed: the published transform cuts out the middle of a picture, and with it heads and tails.
    """

    defaults: ClassVar[Mapping[str, Any]] = {
        "arch": "vit_small_patch14_dinov2",
        "side": 518,
        "resize": "bicubic-antialias",
    }
