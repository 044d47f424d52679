"""Models that no run may score. Each ends before anything is published, and says which part of the model is in the way."""

from collections.abc import Iterator

import numpy as np
import onnx
from onnx import TensorProto, helper
from skl2onnx.common.data_types import DoubleTensorType
from sklearn.ensemble import RandomForestRegressor

from . import data
from .kit import Case, Refusal
from .networks import plain_network
from .onnx_kit import FLOAT, build, node, tensor
from .sklearn_kit import sklearn_case


def cases() -> Iterator[Case]:
    half = TensorProto.FLOAT16
    yield refuse("no_float16_input", cast_to(FLOAT, taken=half), "(MODEL|PLAN)_INVALID", "float16")
    yield refuse("no_uint8_output", cast_to(TensorProto.UINT8), "PLAN_INVALID", 'output "y" has type uint8')
    yield refuse("no_float16_output", cast_to(half), "PLAN_INVALID", 'output "y" has type float16')
    yield refuse("no_custom_domain", custom(), "MODEL_INVALID", "com.example")
    yield refuse("no_unknown_operator", unknown_operator(), "MODEL_INVALID", "Sparkle")
    yield refuse("no_ir_of_the_future", newer(ir=99), "MODEL_INVALID", "IR version")
    yield refuse("no_opset_of_the_future", newer(opset=99), "MODEL_INVALID", "opset")
    yield refuse("no_tensor_at_all", sequence_only(), "(MODEL|PLAN)_INVALID", "parts")
    yield refuse("no_inputs", constant_only(), "(MODEL|PLAN)_INVALID", "input|output")
    yield refuse("no_double_from_trees", double_forest(), "MODEL_INVALID", "double")
    yield refuse("no_matrix_without_names", plain_network(), "PLAN_INVALID", 'one input "x"', features=None)
    yield refuse(
        "no_feature_too_few",
        plain_network(),
        "PLAN_INVALID",
        "lists 4 features",
        features=["f0", "f1", "f2", "f3"],
    )
    yield refuse(
        "no_such_column", plain_network(), "PLAN_INVALID", "f9", features=["f0", "f1", "f2", "f3", "f9"]
    )
    yield refuse(
        "no_such_output",
        plain_network(),
        "PLAN_INVALID",
        'no output "z"',
        keys={"outputs": {"score": {"from": "z"}}},
    )
    yield refuse(
        "no_such_class",
        plain_network(),
        "PLAN_INVALID",
        "class 2",
        keys={"outputs": {"score": {"from": "y", "class": 2}}},
    )


def refuse(name: str, model: onnx.ModelProto, code: str, message: str, **more) -> Case:
    table = data.number_columns()
    given = {"features": list(table), **more}
    return Case(name=name, model=model, table=table, refused=Refusal(2, code, message), **given)


def same() -> onnx.ModelProto:
    return build(
        "same",
        [node("Identity", ["x"], ["y"])],
        [tensor("x", FLOAT, ["N", 5])],
        [tensor("y", FLOAT, ["N", 5])],
    )


def cast_to(kind: int, taken: int = FLOAT) -> onnx.ModelProto:
    return build(
        "cast",
        [node("Cast", ["x"], ["y"], to=kind)],
        [tensor("x", taken, ["N", 5])],
        [tensor("y", kind, ["N", 5])],
    )


def custom() -> onnx.ModelProto:
    """An operator that only somebody's own library has."""
    return build(
        "custom",
        [node("Score", ["x"], ["y"], domain="com.example")],
        [tensor("x", FLOAT, ["N", 5])],
        [tensor("y", FLOAT, ["N", 1])],
        domains={"com.example": 1},
    )


def unknown_operator() -> onnx.ModelProto:
    return build(
        "unknown",
        [node("Sparkle", ["x"], ["y"])],
        [tensor("x", FLOAT, ["N", 5])],
        [tensor("y", FLOAT, ["N", 1])],
    )


def newer(*, ir: int = 8, opset: int = 15) -> onnx.ModelProto:
    model = same()
    model.ir_version = ir
    model.opset_import[0].version = opset
    return model


def sequence_only() -> onnx.ModelProto:
    output = helper.make_tensor_sequence_value_info("parts", FLOAT, None)
    return build(
        "sequence",
        [node("SplitToSequence", ["x"], ["parts"], axis=1)],
        [tensor("x", FLOAT, ["N", 5])],
        [output],
    )


def constant_only() -> onnx.ModelProto:
    return build(
        "constant",
        [node("Identity", ["w"], ["y"])],
        [],
        [tensor("y", FLOAT, [1, 1])],
        {"w": np.ones((1, 1), np.float32)},
    )


def double_forest() -> onnx.ModelProto:
    """skl2onnx declares a double output, which no tree ensemble gives."""
    return sklearn_case(
        "no_double", RandomForestRegressor(2, max_depth=2, random_state=1), tensor=DoubleTensorType
    ).model
