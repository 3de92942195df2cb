"""Writes the averaged weights of a checkpoint as ONNX and checks them in OpenCV: ``python export.py last.pt out.onnx``.

Weights are stored in half precision and widened in memory when the program reads the file.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent))
import net

SAME = 1e-4


class Map(nn.Module):
    """The network with its logits turned into shares from 0 to 1."""

    def __init__(self, inner: net.AnimalNet) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.inner(x))


def fused(model: nn.Module) -> nn.Module:
    """Every batch normalisation worked into the convolution before it."""
    for part in model.modules():
        if isinstance(part, nn.Sequential):
            for n in range(len(part) - 1):
                first, second = part[n], part[n + 1]
                if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                    part[n] = nn.utils.fusion.fuse_conv_bn_eval(first, second)
                    part[n + 1] = nn.Identity()
    return model


def halve(path: Path) -> None:
    """Store every larger array of an ONNX file in half precision, followed by a cast to single precision."""
    onnx = import_module("onnx")  # needed here alone
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    model = onnx.load(str(path))
    casts = []
    for array in model.graph.initializer:
        values = numpy_helper.to_array(array)
        if values.dtype != np.float32 or values.size < 16:
            continue
        name = array.name
        array.CopyFrom(numpy_helper.from_array(values.astype(np.float16), name + "_half"))
        casts.append(helper.make_node("Cast", [name + "_half"], [name], to=onnx.TensorProto.FLOAT))
    for cast in reversed(casts):
        model.graph.node.insert(0, cast)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def export(checkpoint: Path, path: Path) -> float:
    """Write ``path``; returns the largest difference between torch and OpenCV, which must not pass 1e-4."""
    import cv2

    inner = net.AnimalNet()
    inner.load_state_dict(torch.load(checkpoint, weights_only=True)["mean"])
    model = fused(Map(inner).eval())
    for weight in model.parameters():
        weight.data = weight.data.half().float()  # so that what is compared is what is stored
    example = torch.randn(1, 3, net.HIGH, net.WIDE, generator=torch.Generator().manual_seed(3))
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(model, (example,), str(path), dynamo=False, input_names=["rgb"], output_names=["animal"])
    halve(path)
    with torch.no_grad():
        wanted = model(example).numpy()
    read = cv2.dnn.readNetFromONNX(str(path))
    read.setInput(example.numpy())
    return float(np.abs(read.forward() - wanted).max())


def main() -> None:
    """Export, compare, say how large the file is and what its checksum is."""
    ask = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    ask.add_argument("checkpoint", type=Path)
    ask.add_argument("out", type=Path)
    o = ask.parse_args()
    apart = export(o.checkpoint, o.out)
    content = o.out.read_bytes()
    print(f"{o.out.name}: {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}, apart {apart:.1e}")
    if apart > SAME:
        raise SystemExit("OpenCV and torch disagree: the file is not to be used.")


if __name__ == "__main__":
    main()
