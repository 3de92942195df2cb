"""A small network in the manner of SpeciesNet's: an EfficientNet V2 of Keras as tf2onnx writes it; random weights."""

from __future__ import annotations

from typing import Any

import numpy as np


class Graph:
    """Nodes and constants of an ONNX graph, put together one after the other; each node is named after its output."""

    def __init__(self, seed: int) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._random = np.random.default_rng(seed)

    def constant(self, name: str, value: Any) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(self, kind: str, name: str, *given: str, **options: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, list(given), [name], name=name, **options))
        return name

    def normal(self, name: str, spread: float, *shape: int) -> str:
        return self.constant(name, self._random.normal(0, spread, shape).astype(np.float32))

    def convolved(self, name: str, x: str, sizes: tuple[int, int], side: int, stride: int = 1, groups: int = 1) -> str:
        """Keras pads an even picture that is halved on the right and below only."""
        few = sizes[0] // groups
        weight = self.normal(f"{name}/kernel", (2 / (few * side * side)) ** 0.5, sizes[1], few, side, side)
        pads = [0, 0, side // 2, side // 2] if stride > 1 else [side // 2] * 4
        bias = self.normal(f"{name}/bias", 0.1, sizes[1])
        return self.node("Conv", f"{name}/Conv2D", x, weight, bias, strides=[stride] * 2, pads=pads, group=groups)

    def swish(self, x: str) -> str:
        return self.node("Mul", f"{x}/mul", x, self.node("Sigmoid", f"{x}/Sigmoid", x))

    def squeezed(self, name: str, x: str, channels: int, few: int) -> str:
        """Squeeze and excitation."""
        mean = self.node("GlobalAveragePool", f"{name}/squeeze", x)
        small = self.swish(self.convolved(f"{name}/reduce", mean, (channels, few), 1))
        share = self.node("Sigmoid", f"{name}/share", self.convolved(f"{name}/expand", small, (few, channels), 1))
        return self.node("Mul", f"{name}/excite", x, share)


def model(classes: int, seed: int = 9, side: int = 480) -> Any:
    """(n, side, side, 3) of 0 … 1 to (n, classes) logits, as an ONNX ModelProto: a rescaling, a stem, a fused block, a
    block with squeeze and excitation and a short cut, the top and the head."""
    from onnx import TensorProto, checker, helper

    g = Graph(seed)
    x = g.node("Mul", "rescaling/mul", "input_1", g.constant("rescaling/scale", np.float32(2)))
    x = g.node("Add", "rescaling/add", x, g.constant("rescaling/offset", np.float32(-1)))
    x = g.node("Transpose", "stem_conv/Conv2D__6", x, perm=[0, 3, 1, 2])
    x = g.swish(g.convolved("stem_conv", x, (3, 8), 3, stride=2))
    x = g.convolved("block1a/project", g.swish(g.convolved("block1a/expand", x, (8, 16), 3, stride=2)), (16, 8), 1)
    y = g.swish(g.convolved("block2a/expand", x, (8, 16), 1))
    y = g.convolved("block2a/dwconv", y, (16, 16), 3, groups=16)
    parts = [g.normal(f"block2a/bn/{name}", 0.1, 16) for name in ("gamma", "beta", "mean")]
    variance = g.constant("block2a/bn/variance", np.linspace(0.2, 1.5, 16, dtype=np.float32))
    y = g.swish(g.node("BatchNormalization", "block2a/bn", y, *parts, variance, epsilon=1e-3))
    y = g.convolved("block2a/project", g.squeezed("block2a/se", y, 16, 4), (16, 8), 1)
    x = g.swish(g.convolved("top_conv", g.node("Add", "block2a/add", y, x), (8, 24), 1))
    x = g.node("GlobalAveragePool", "avg_pool/Mean", x)
    x = g.node("Squeeze", "avg_pool/Mean_Squeeze__1", x, g.constant("avg_pool/axes", np.array([2, 3], np.int64)))
    x = g.node("MatMul", "logits/MatMul", x, g.normal("logits/kernel", 2, 24, classes))
    x = g.node("Add", "logits/BiasAdd", x, g.normal("logits/bias", 0.1, classes))
    given = helper.make_tensor_value_info("input_1", TensorProto.FLOAT, ["unk__1", side, side, 3])
    made = helper.make_tensor_value_info(x, TensorProto.FLOAT, ["unk__2", classes])
    graph = helper.make_graph(g.nodes, "tf2onnx", [given], [made], g.constants)
    whole = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], producer_name="tf2onnx")
    whole.ir_version = 8
    checker.check_model(whole)
    return whole
