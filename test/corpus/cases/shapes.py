"""How graphs say their batch, their widths and their names, and where they keep their weights."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import onnx
from onnx import helper, numpy_helper

from . import data
from .kit import Case, Refusal, doubles, integers
from .networks import matrix_case
from .onnx_kit import FLOAT, INT64, STRING, build, dense, layer_weights, node, tensor

EXTERNAL = {"model": {"external_data": True}}


def cases() -> Iterator[Case]:
    yield matrix_case("shape_batch_no_name", network([None, 5], [None, 2]))
    yield matrix_case("shape_batch_empty_name", network(["", 5], ["", 2]))
    yield matrix_case("shape_batch_two_names", network(["rows_in", 5], ["rows_out", 2]))
    yield matrix_case("shape_width_open", network(["N", "k"], ["N", "classes"]))
    yield matrix_case("shape_output_untold", network(["N", 5], None))
    for size in (1, 8, 100):
        yield matrix_case(f"shape_batch_of_{size}", network([size, 5], [size, 2]), batch=size)
    yield batch_of_strings()
    yield matrix_case("shape_output_wrong", network([None, 5], [1]))

    yield wide()
    yield one_column("shape_single_by_name", None)
    yield one_column("shape_single_by_list", ["x"])
    yield odd_names()
    yield twice()
    yield matrix_case("shape_ir3", with_weights_as_inputs(network(["N", 5], ["N", 2], ir=3, opset=7)))
    yield matrix_case("shape_ir13_opset26", network(["N", 5], ["N", 2], ir=13, opset=26))
    yield matrix_case("shape_optional_input", optional_input())
    yield matrix_case("shape_local_function", local_function())
    yield matrix_case("shape_subgraph", subgraph())

    yield matrix_case(
        "shape_scalar_output_refused", mean_of_all(), refused=Refusal(2, "PLAN_INVALID", "mean")
    )
    yield matrix_case("shape_transposed_refused", transposed(), refused=Refusal(2, "PLAN_INVALID", "turned"))
    yield matrix_case(
        "shape_cube_input_refused", cube(), refused=Refusal(2, "PLAN_INVALID", r"shape \[N, 3, 2\]")
    )
    outside = with_external_data(matrix_case("shape_external", network(["N", 5], ["N", 2]), keys=EXTERNAL))
    yield outside
    yield replace(
        outside, name="shape_external_refused", keys={}, refused=Refusal(2, "MODEL_INVALID", "external")
    )


def network(taken: list, given: list | None, *, opset: int = 15, ir: int = 8) -> onnx.ModelProto:
    return build(
        "network",
        [*dense("x", "h", "l0", "Tanh"), *dense("h", "y", "l1")],
        [tensor("x", FLOAT, taken)],
        [tensor("y", FLOAT, given)],
        layer_weights(51, 5, 6, 2),
        opset=opset,
        ir=ir,
    )


def batch_of_strings() -> Case:
    model = build(
        "texts",
        [node("Identity", ["text"], ["same"])],
        [tensor("text", STRING, [8])],
        [tensor("same", STRING, [8])],
    )
    return Case("shape_batch_of_8_texts", model, {"text": data.customers()["city"]}, batch=8)


def wide() -> Case:
    columns = 120
    rng = np.random.default_rng(53)
    table = {f"f{i}": doubles(rng.integers(-9, 10, 201) / 4) for i in range(columns)}
    model = build(
        "wide",
        [*dense("x", "h", "l0", "Relu"), *dense("h", "y", "l1", "Sigmoid")],
        [tensor("x", FLOAT, ["N", columns])],
        [tensor("y")],
        layer_weights(54, columns, 4, 1),
    )
    return Case("shape_wide", model, table, list(table))


def one_column(name: str, features: list | None) -> Case:
    model = build(name, [node("Sigmoid", ["x"], ["y"])], [tensor("x")], [tensor("y")])
    return Case(name, model, {"x": doubles(data.numbers(1)[:, 0])}, features)


def odd_names() -> Case:
    """Names as people write them: with units, quotes and other alphabets."""
    names = ["sepal length (cm)", 'the "width"', "価格", "it's"]
    model = build(
        "odd",
        [
            node("Concat", names, ["all"], axis=1),
            node("ReduceSum", ["all", "one"], ["sum of all"], keepdims=1),
        ],
        [tensor(name) for name in names],
        [tensor("sum of all")],
        {"one": np.array([1], np.int64)},
    )
    return Case(
        "shape_odd_names", model, {name: doubles(column) for name, column in zip(names, data.numbers(4).T)}
    )


def twice() -> Case:
    """One column feeds two inputs, and two places of a matrix would too."""
    model = build(
        "twice",
        [node("Cast", ["code"], ["code_f"], to=FLOAT), node("Mul", ["code_f", "amount"], ["product"])],
        [tensor("code", INT64), tensor("amount")],
        [tensor("product")],
    )
    table = {"visits": integers(np.random.default_rng(57).poisson(6, data.ROWS), "int64")}
    return Case(
        "shape_column_twice", model, table, {"code": {"column": "visits"}, "amount": {"column": "visits"}}
    )


def with_weights_as_inputs(model: onnx.ModelProto) -> onnx.ModelProto:
    """Before IR version 4 every weight was among the inputs too."""
    model.graph.input.extend(tensor(each.name, each.data_type, each.dims) for each in model.graph.initializer)
    return model


def optional_input() -> onnx.ModelProto:
    """An input with a default, which nobody has to feed."""
    model = network(["N", 5], ["N", 2])
    model.graph.input.append(tensor("l1_b", FLOAT, [2]))
    return model


def local_function() -> onnx.ModelProto:
    """An operator that the model itself defines."""
    model = build(
        "function",
        [*dense("x", "h", "l0"), node("Swish", ["h"], ["y"], domain="local")],
        [tensor("x", FLOAT, ["N", 5])],
        [tensor("y", FLOAT, ["N", 3])],
        layer_weights(58, 5, 3),
        domains={"local": 1},
    )
    steps = [node("Sigmoid", ["a"], ["s"]), node("Mul", ["a", "s"], ["b"])]
    model.functions.append(
        helper.make_function("local", "Swish", ["a"], ["b"], steps, [helper.make_opsetid("", 15)])
    )
    return model


def subgraph() -> onnx.ModelProto:
    """A branch that a constant decides."""
    then = helper.make_graph(
        [node("Tanh", ["h"], ["then_y"])], "then", [], [tensor("then_y", FLOAT, ["N", 2])]
    )
    other = helper.make_graph(
        [node("Relu", ["h"], ["else_y"])], "else", [], [tensor("else_y", FLOAT, ["N", 2])]
    )
    return build(
        "branches",
        [*dense("x", "h", "l0"), node("If", ["yes"], ["y"], then_branch=then, else_branch=other)],
        [tensor("x", FLOAT, ["N", 5])],
        [tensor("y", FLOAT, ["N", 2])],
        {**layer_weights(59, 5, 2), "yes": np.array(True)},
    )


def mean_of_all() -> onnx.ModelProto:
    """One number for a whole batch is a score of no row."""
    return build(
        "mean",
        [node("ReduceMean", ["x"], ["mean"], keepdims=0)],
        [tensor("x", FLOAT, ["N", 5])],
        [tensor("mean", FLOAT, [])],
    )


def transposed() -> onnx.ModelProto:
    """A row for each class: cut by rows, its scores would go to the wrong keys."""
    steps = [*dense("x", "h", "l0"), node("Transpose", ["h"], ["turned"])]
    inputs, outputs = [tensor("x", FLOAT, ["N", 5])], [tensor("turned", FLOAT, [3, "N"])]
    return build("transposed", steps, inputs, outputs, layer_weights(62, 5, 3))


def cube() -> onnx.ModelProto:
    return build(
        "cube",
        [node("Flatten", ["x"], ["y"])],
        [tensor("x", FLOAT, ["N", 3, 2])],
        [tensor("y", FLOAT, ["N", 6])],
    )


def with_external_data(case: Case) -> Case:
    """Moves each weight into one of two files beside the model."""
    files: dict[str, bytes] = {"weights.bin": b"", "more.bin": b""}
    for i, each in enumerate(case.model.graph.initializer):
        name = list(files)[i % 2]
        content = numpy_helper.to_array(each).tobytes()
        each.ClearField("raw_data")
        each.data_location = onnx.TensorProto.EXTERNAL
        for key, value in (
            ("location", name),
            ("offset", str(len(files[name]))),
            ("length", str(len(content))),
        ):
            each.external_data.add(key=key, value=value)
        files[name] += content + b"\0" * (-len(content) % 4096)
    return replace(case, model=case.model, files=files)
