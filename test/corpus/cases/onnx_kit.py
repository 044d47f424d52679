"""Graphs written node by node."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, DOUBLE = TensorProto.FLOAT, TensorProto.DOUBLE
INT32, INT64 = TensorProto.INT32, TensorProto.INT64
BOOL, STRING = TensorProto.BOOL, TensorProto.STRING

node = helper.make_node


def tensor(name: str, kind: int = FLOAT, shape: Sequence | None = ("N", 1)) -> onnx.ValueInfoProto:
    """A dimension that is a text is a symbolic one, None is one without a name; a shape of None is not told at all."""
    return helper.make_tensor_value_info(name, kind, shape)


def build(
    name: str,
    nodes: list,
    inputs: list,
    outputs: list,
    weights: Mapping[str, np.ndarray] | None = None,
    *,
    opset: int = 15,
    ir: int = 8,
    producer: str = "scorehouse-corpus",
    **more,
) -> onnx.ModelProto:
    initializers = [numpy_helper.from_array(value, key) for key, value in (weights or {}).items()]
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    domains = {"": opset, **more.pop("domains", {})}
    return helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid(domain, version) for domain, version in domains.items()],
        ir_version=ir,
        producer_name=producer,
        **more,
    )


def weights(seed: int, **shapes: tuple[int, ...]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {name: rng.normal(0, 0.6, shape).astype(np.float32) for name, shape in shapes.items()}


def dense(source: str, target: str, layer: str, activation: str | None = None) -> list:
    """MatMul and Add of `<layer>_w` and `<layer>_b`, then an activation."""
    steps = [node("MatMul", [source, f"{layer}_w"], [f"{layer}_m"])]
    if activation is None:
        return [*steps, node("Add", [f"{layer}_m", f"{layer}_b"], [target])]
    return [
        *steps,
        node("Add", [f"{layer}_m", f"{layer}_b"], [f"{layer}_a"]),
        node(activation, [f"{layer}_a"], [target]),
    ]


def layer_weights(seed: int, *sizes: int) -> dict[str, np.ndarray]:
    """Of layers `l0`, `l1`, …"""
    made = {}
    for i, (taken, given) in enumerate(pairwise(sizes)):
        made |= weights(seed + i, **{f"l{i}_w": (taken, given), f"l{i}_b": (given,)})
    return made
