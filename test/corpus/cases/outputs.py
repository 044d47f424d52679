"""Prediction columns that a target names: classes, arrays, decisions, and what is not a number."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import pyarrow as pa
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from . import data
from .kit import Case, Refusal, doubles
from .networks import matrix_case, plain_network
from .onnx_kit import build, node, tensor
from .reference import to_arrow
from .sklearn_kit import NO_ZIPMAP, sklearn_case

Raw = Mapping[str, Any]


def cases() -> Iterator[Case]:
    yes_no = {
        "keys": {"outputs": {"leaves": {"from": "output_probability", "class": "Yes", "range": [0, 1]}}}
    }
    yield sklearn_case(
        "out_class_by_label_zipmap",
        LogisticRegression(),
        "binary_text",
        **yes_no,
        read=lambda raw: {"leaves": to_arrow([np.float32(row["Yes"]) for row in raw["output_probability"]])},
    )
    yield sklearn_case(
        "out_class_by_label",
        LogisticRegression(),
        "class_texts",
        options=NO_ZIPMAP,
        keys={"outputs": {"top": {"from": "probabilities", "class": "top"}, "label": {}}},
        read=lambda raw: {"top": to_arrow(raw["probabilities"][:, 2]), "label": to_arrow(raw["label"])},
    )
    yield sklearn_case(
        "out_label_beside_zipmap",
        LogisticRegression(),
        "binary",
        keys={"outputs": {"answer": {"from": "output_label"}}},
        read=lambda raw: {"answer": to_arrow(raw["output_label"])},
    )
    yield sklearn_case("out_labels_with_signs_zipmap", LogisticRegression(), "signs")
    yield only_zipmap()
    yield sklearn_case(
        "out_probability_above_one",
        # Eleven times one eleventh.
        RandomForestClassifier(11, max_depth=2, max_features=None, random_state=1),
        "plain",
        options=NO_ZIPMAP,
        keys={"outputs": {"p": {"from": "probabilities", "class": 1, "range": [0, 1], "tolerance": 1e-6}}},
        read=lambda raw: {"p": to_arrow(raw["probabilities"][:, 1])},
    )
    yield matrix_case(
        "out_range_refused",
        plain_network(),
        keys={"outputs": {"y": {"class": 0, "range": [-0.1, 0.1]}}},
        refused=Refusal(3, "GATE_REFUSED", "y"),
    )
    yield matrix_case(
        "out_array",
        plain_network(),
        keys={"outputs": {"vector": {"from": "y", "as": "array"}}},
        read=lambda raw: {"vector": pa.FixedSizeListArray.from_arrays(pa.array(raw["y"].reshape(-1)), 2)},
    )
    yield sklearn_case(
        "out_decisions",
        LogisticRegression(),
        "class_texts",
        options=NO_ZIPMAP,
        keys={
            "outputs": {
                "is_top": {"from": "probabilities", "class": "top", "threshold": 0.5},
                "risk": {
                    "from": "probabilities",
                    "class": "low",
                    "bands": {"small": 0.2, "some": 0.6, "high": 1.0},
                },
                "best": {"from": "probabilities", "top_k": 2},
            }
        },
        read=read_decisions,
    )
    yield not_numbers("out_nonfinite_keep", "keep")
    yield not_numbers("out_nonfinite_null", "null")
    yield not_numbers("out_nonfinite_refused", "fail", refused=Refusal(3, "GATE_REFUSED", "y"))


def only_zipmap() -> Case:
    """A classifier whose label nobody asked the exporter for."""
    case = sklearn_case("out_zipmap_alone", LogisticRegression(), "binary")
    model = onnx.ModelProto.FromString(case.model.SerializeToString())
    del model.graph.output[0]
    return replace(case, model=model)


def read_decisions(raw: Raw) -> dict[str, pa.Array]:
    labels = np.array(["low", "mid", "top"])
    scores = raw["probabilities"]
    low = scores[:, 0].astype(np.float64)
    order = np.argsort(-scores, axis=1, kind="stable")
    ranked = np.take_along_axis(scores, order, axis=1)
    best = {f"best_{place + 1}": to_arrow(labels[order[:, place]]) for place in (0, 1)}
    best |= {f"best_{place + 1}_score": to_arrow(ranked[:, place]) for place in (0, 1)}
    bands = np.select([low <= 0.2, low <= 0.6], ["small", "some"], "high")
    return {"is_top": to_arrow(scores[:, 2].astype(np.float64) >= 0.5), "risk": to_arrow(bands), **best}


def not_numbers(name: str, policy: str, refused: Refusal | None = None) -> Case:
    """Logarithms of numbers on both sides of zero."""
    model = build("logarithm", [node("Log", ["x"], ["y"])], [tensor("x")], [tensor("y")])
    values = data.numbers(1)[:, 0]
    values[::17] = 0

    def read(raw: Raw) -> dict[str, pa.Array]:
        y = raw["y"][:, 0]
        return {"y": to_arrow(y) if policy == "keep" else pa.array(y, mask=~np.isfinite(y))}

    outputs = {"y": {"nonfinite": policy}}
    return Case(name, model, {"x": doubles(values)}, keys={"outputs": outputs}, read=read, refused=refused)
