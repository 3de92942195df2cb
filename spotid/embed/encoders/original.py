"""The network of the original SpotID (acse-dc1823/spotID), for surveys that were begun with it.

Read off its source: EfficientNetV2-B2 with a plain four-channel stem (no padding, where timm's own pads as TensorFlow
does), its classifier of 1000 kept, a linear layer to 1024 (leopard_id/model/EmbeddingNetwork.py); the fourth channel is
a picture of edges of the crop without its background (scripts_preprocessing/edge_detection.py, background_removal.py),
both squashed by Pillow (inference_embeddings.py, config_inference.json).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from spotid.embed.encoders.published import Published
from spotid.embed.parts import Crop
from spotid.errors import ModelFileError
from spotid.nets import images
from spotid.nets.state import load_strictly, state_dict

if TYPE_CHECKING:
    from torch import nn

ARCH = "tf_efficientnetv2_b2"
CLASSES, ROW = 1000, 1024
EDGES_MEAN, EDGES_STD = 0.456, 0.225
WEAK, STRONG = 55, 160  # thresholds of Canny
QUALITY = 95  # OpenCV's, of the JPEG files between the original's steps


class OriginalSpotId(Published):
    """Its rows were 64 times as long as a unit; here they are unit rows, and the cosine is the same.

    The original matched the colours of a crop to those of one reference photograph before it looked for edges. Where
    that photograph is the model's second file this is done too. Its outlines came from u2net, here they are the
    project's own, and crops are stored with at most 1024 pixels: rows are near the original's, not equal to them.
    """

    defaults: ClassVar[Mapping[str, Any]] = {"side": [256, 512], "resize": "bilinear-antialias", "dim": ROW}

    def _built(self, files: Mapping[str, Path]) -> tuple[nn.Module, int]:
        module = network()
        load_strictly(module, state_dict(files[self.model.weights[0].name]), "the original SpotID")
        others = [one.name for one in self.model.weights[1:]]
        self._reference = _colours(files[others[0]]) if others else None
        return module, ROW

    def _prepared(self, crop: Crop) -> np.ndarray:
        """(4, 256, 512) float32: RGB, and edges."""
        own = self.recipe
        found = edges(crop, self._reference)
        fourth = images.squash(found, own.height, own.width, own.resize).astype(np.float32) / np.float32(255.0)
        fourth = (fourth - np.float32(EDGES_MEAN)) / np.float32(EDGES_STD)
        return np.concatenate([own.prepared(crop), fourth[None]])


def network() -> nn.Module:
    """The network with random weights: (n, 4, 256, 512) → (n, 1024), not of unit length. 540 keys."""
    import timm
    from torch import Tensor, nn

    backbone = timm.create_model(ARCH, pretrained=False, num_classes=CLASSES)
    stem = backbone.conv_stem
    # Conv2dSame pads by itself and has the padding 0, which the original copied into a layer that does not.
    backbone.conv_stem = nn.Conv2d(4, stem.out_channels, stem.kernel_size, stem.stride, padding=0, bias=False)

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.final_backbone = backbone
            self.embedding_layer = nn.Linear(CLASSES, ROW)

        def forward(self, pictures: Tensor) -> Tensor:
            return self.embedding_layer(self.final_backbone(pictures))

    return Network()


def edges(crop: Crop, reference: np.ndarray | None = None) -> np.ndarray:
    """The edges of the animal, (h, w) uint8, nearly all of it 0 or 255.

    The original kept each step as a JPEG file, and what that does to the edges went into its training.
    """
    import cv2

    rgb = crop.rgb if reference is None else _jpeg(matched(crop.rgb, reference), cv2.IMREAD_COLOR)
    alone = images.without_background(rgb, crop.mask)
    grey = cv2.cvtColor(np.ascontiguousarray(alone), cv2.COLOR_RGB2GRAY)
    return _jpeg(cv2.Canny(cv2.GaussianBlur(grey, (5, 5), 0), WEAK, STRONG), cv2.IMREAD_GRAYSCALE)


def matched(rgb: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """``rgb`` with the colours of ``reference``, as scikit-image's match_histograms has them: per channel, each value
    becomes the one that as large a part of the reference lies below. ``reference``: (3, 256) counts of each value.
    """
    made = np.empty_like(rgb)
    for channel, counts in enumerate(reference):
        values = np.flatnonzero(counts)
        below = np.cumsum(counts[values]) / counts.sum()
        own = np.cumsum(np.bincount(rgb[..., channel].ravel(), minlength=256)) / rgb[..., channel].size
        made[..., channel] = np.interp(own, below, values).astype(np.uint8)[rgb[..., channel]]
    return made


def _jpeg(picture: np.ndarray, flag: int) -> np.ndarray:
    """What is left of a picture, RGB or grey, after it was kept as a JPEG file."""
    import cv2

    colour = picture.ndim == 3
    told = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR) if colour else picture
    back = cv2.imdecode(cv2.imencode(".jpg", told, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1], flag)
    return np.asarray(cv2.cvtColor(back, cv2.COLOR_BGR2RGB) if colour else back)


def _colours(path: Path) -> np.ndarray:
    """How often each value occurs in the reference photograph, (3, 256). Raises ModelFileError."""
    from spotid.errors import PictureError
    from spotid.picture import open_file

    try:
        with open_file(path) as picture:
            rgb = np.asarray(picture.convert("RGB"))
    except (OSError, ValueError, PictureError) as error:
        raise ModelFileError(f"“{path.name}” can't be read as a picture.", "Fetch the file again.") from error
    return np.stack([np.bincount(rgb[..., channel].ravel(), minlength=256) for channel in range(3)])
