"""Trees whose thresholds meet the rows that they part, in float32 and in double."""

from collections.abc import Iterator

import numpy as np
import onnx
from onnx import helper, numpy_helper

from .kit import Arrays, Case, Columns, doubles, integers
from .onnx_kit import DOUBLE, FLOAT, build, node, tensor

# No float32 holds one of these.
THRESHOLDS = (0.1, 0.7, 16777217.0, 1e9 + 1)
ROWS = 301
MEETS = "The row and the threshold are one number in float32, though not as doubles."


def cases() -> Iterator[Case]:
    near = near_thresholds()
    yield Case(
        "tree_collisions", stumps(FLOAT), {"x": doubles(near)}, ["x"], native=as_doubles(near), misfit=MEETS
    )
    yield Case("tree_double_thresholds", stumps(DOUBLE), {"x": doubles(near)}, ["x"], native=as_doubles(near))
    counts = np.round(near).astype(np.int64)
    yield Case(
        "tree_collisions_int64",
        stumps(FLOAT),
        {"x": integers(counts, "int64")},
        ["x"],
        native=as_doubles(counts),
        misfit=MEETS,
    )
    yield single_target_logistic()


def near_thresholds() -> np.ndarray:
    """Around each threshold: itself, its neighbours among doubles, its float32, and values further away."""
    steps = [
        near
        for each in THRESHOLDS
        for near in (each, np.nextafter(each, 0), np.nextafter(each, np.inf), np.float32(each))
    ]
    rng = np.random.default_rng(47)
    others = np.concatenate(
        [rng.normal(0.4, 0.3, 200), 16777217 + rng.integers(-4, 5, 40), 1e9 + rng.integers(-99, 99, 45)]
    )
    return np.concatenate([steps, others])[:ROWS].astype(np.float64)


def stumps(kind: int) -> onnx.ModelProto:
    """One tree a threshold, the i-th of which adds 2^i where x <= threshold: the sum says which."""
    trees = range(len(THRESHOLDS))
    attributes = {
        "n_targets": 1,
        "nodes_treeids": [tree for tree in trees for _ in range(3)],
        "nodes_nodeids": [0, 1, 2] * len(THRESHOLDS),
        "nodes_featureids": [0] * (3 * len(THRESHOLDS)),
        "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"] * len(THRESHOLDS),
        "nodes_truenodeids": [1, 0, 0] * len(THRESHOLDS),
        "nodes_falsenodeids": [2, 0, 0] * len(THRESHOLDS),
        "target_treeids": [tree for tree in trees for _ in range(2)],
        "target_nodeids": [1, 2] * len(THRESHOLDS),
        "target_ids": [0] * (2 * len(THRESHOLDS)),
    }
    values = [value for threshold in THRESHOLDS for value in (threshold, 0.0, 0.0)]
    weights = [value for tree in trees for value in (2.0**tree, 0.0)]
    if kind == FLOAT:
        attributes |= {"nodes_values": values, "target_weights": weights}
    else:
        attributes |= {
            f"{name}_as_tensor": numpy_helper.from_array(np.array(each, np.float64), name)
            for name, each in (("nodes_values", values), ("target_weights", weights))
        }
    return build(
        "stumps",
        [node("TreeEnsembleRegressor", ["X"], ["sum"], domain="ai.onnx.ml", **attributes)],
        [tensor("X", kind, ["N", 1])],
        [tensor("sum", FLOAT, ["N", 1])],
        domains={"ai.onnx.ml": 3},
    )


def as_doubles(values: np.ndarray):
    """What a library says that compares the warehouse's own values."""
    told = sum((values <= threshold) * 2.0**i for i, threshold in enumerate(THRESHOLDS))
    return lambda feeds: {"sum": told}


def single_target_logistic() -> Case:
    """onnxruntime applies no LOGISTIC to a regressor of a single target: what reads as a probability is none."""
    model = stumps(FLOAT)
    model.graph.node[0].attribute.append(helper.make_attribute("post_transform", "LOGISTIC"))
    table: Columns = {"x": doubles(near_thresholds())}

    def natively(feeds: Arrays) -> Arrays:
        return {"sum": 1 / (1 + np.exp(-as_doubles(feeds["X"][:, 0])(feeds)["sum"]))}

    return Case(
        "tree_logistic_ignored",
        model,
        table,
        ["x"],
        native=natively,
        misfit="onnxruntime leaves the LOGISTIC out.",
    )
