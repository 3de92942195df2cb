"""Writes trained weights as ONNX in half precision and compares OpenCV's answers with torch's.

``python training/flank/export.py FOLDER/mean.pt spotid/prepare/weights/flank.onnx``
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent))
import net

SAME = 1e-4


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

    model = net.FlankNet()
    model.load_state_dict(torch.load(checkpoint, weights_only=True))
    model = fused(model.eval())
    for weight in model.parameters():
        weight.data = weight.data.half().float()  # so that what is compared is what is stored
    example = torch.randn(1, 1, net.HIGH, net.WIDE, generator=torch.Generator().manual_seed(3))
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(model, (example,), str(path), dynamo=False, input_names=["grey"], output_names=["sides"])
    halve(path)
    with torch.no_grad():
        wanted = model(example).numpy()
    read = cv2.dnn.readNetFromONNX(str(path))
    read.setInput(example.numpy())
    return float(np.abs(read.forward() - wanted).max())


if __name__ == "__main__":
    apart = export(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"{Path(sys.argv[2]).stat().st_size} bytes; OpenCV and torch differ by {apart:.1e}")
    if apart > SAME:
        raise SystemExit("OpenCV and torch disagree: the file is not to be used.")
