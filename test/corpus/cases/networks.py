"""Networks as Keras exports write them, and operators that newer exporters use."""

from collections.abc import Iterator
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, quantize_dynamic, quantize_static

from . import data
from .kit import Case, Columns, Refusal, doubles, integers
from .onnx_kit import INT32, INT64, build, dense, layer_weights, node, tensor, weights

KERAS = "tf2onnx"


def cases() -> Iterator[Case]:
    yield matrix_case(
        "net_keras_sigmoid",
        build(
            "keras",
            [*dense("dense_input", "h", "l0", "Relu"), *dense("h", "dense_1", "l1", "Sigmoid")],
            [tensor("dense_input", shape=["unk__7", 5])],
            [tensor("dense_1", shape=["unk__8", 1])],
            layer_weights(1, 5, 8, 1),
            opset=13,
            ir=7,
            producer=KERAS,
        ),
    )
    yield matrix_case(
        "net_keras_softmax",
        build(
            "keras",
            [
                *dense("dense_input", "h", "l0", "Selu"),
                *dense("h", "s", "l1"),
                node("Softmax", ["s"], ["dense_1"]),
            ],
            [tensor("dense_input", shape=[None, 5])],
            [tensor("dense_1", shape=[None, 4])],
            layer_weights(2, 5, 8, 4),
            producer=KERAS,
        ),
    )
    # TensorFlow's names have a colon in them.
    yield matrix_case(
        "net_tensorflow_names",
        build(
            "saved_model",
            [
                *dense("serving_default_x:0", "h", "l0", "Tanh"),
                *dense("h", "StatefulPartitionedCall:0", "l1"),
            ],
            [tensor("serving_default_x:0", shape=["unk__1", 5])],
            [tensor("StatefulPartitionedCall:0", shape=["unk__2", 2])],
            layer_weights(3, 5, 6, 2),
            producer=KERAS,
        ),
    )
    yield matrix_case(
        "net_two_heads",
        build(
            "heads",
            [
                *dense("x", "h", "l0", "Relu"),
                *dense("h", "churn", "l1", "Sigmoid"),
                node("MatMul", ["h", "value_w"], ["value"]),
            ],
            [tensor("x", shape=["batch", 5])],
            [tensor("churn", shape=["batch", 1]), tensor("value", shape=["batch", 3])],
            {**layer_weights(4, 5, 8, 1), **weights(5, value_w=(8, 3))},
        ),
    )
    yield embeddings()
    yield matrix_case("net_batch_norm", batch_norm())
    yield matrix_case("net_layer_norm_gelu", layer_norm())
    yield matrix_case(
        "net_unit_vector",
        build(
            "encoder",
            [*dense("x", "h", "l0", "Tanh"), node("LpNormalization", ["h"], ["embedding"], axis=1, p=2)],
            [tensor("x", shape=["batch", 5])],
            [tensor("embedding", shape=["batch", 16])],
            layer_weights(8, 5, 16),
        ),
    )
    deep = [step for i in range(60) for step in dense(f"h{i}", f"h{i + 1}", "l0", "Tanh")]
    for i, step in enumerate(deep):
        step.output[:] = [name if name.startswith("h") else f"{name}_{i // 3}" for name in step.output]
        step.input[:] = [
            name if name.startswith("h") or name in ("l0_w", "l0_b") else f"{name}_{i // 3}"
            for name in step.input
        ]
    yield matrix_case(
        "net_deep",
        build(
            "deep",
            deep,
            [tensor("h0", shape=["N", 5])],
            [tensor("h60", shape=["N", 5])],
            layer_weights(9, 5, 5),
        ),
    )
    yield matrix_case("net_quantised_static", quantise_static(plain_network()))
    yield matrix_case("net_quantised_dynamic", quantise_dynamic(plain_network()), refused=Refusal(2, "PLAN_INVALID", "quantised dynamically"))


def matrix_case(name: str, model: onnx.ModelProto, width: int = 5, **more) -> Case:
    """Scores the table of numbers."""
    table = data.number_columns(width)
    return Case(name=name, model=model, table=table, features=list(table), **more)


def plain_network() -> onnx.ModelProto:
    return build(
        "network",
        [*dense("x", "h", "l0", "Relu"), *dense("h", "y", "l1")],
        [tensor("x", shape=["N", 5])],
        [tensor("y", shape=["N", 2])],
        layer_weights(10, 5, 8, 2),
    )


def embeddings() -> Case:
    """Category numbers are looked up, and stand beside numbers: one input a column, of three types."""
    model = build(
        "embeddings",
        [
            node("Gather", ["plan_table", "plan"], ["plan_3d"]),
            node("Squeeze", ["plan_3d", "one"], ["plan_e"]),
            node("Gather", ["city_table", "city"], ["city_e"]),
            node("Concat", ["plan_e", "city_e", "amount"], ["all"], axis=1),
            *dense("all", "h", "l0", "Relu"),
            *dense("h", "score", "l1", "Sigmoid"),
        ],
        [tensor("plan", INT64), tensor("city", INT32, ["N"]), tensor("amount")],
        [tensor("score")],
        {
            **weights(6, plan_table=(4, 3), city_table=(9, 2)),
            **layer_weights(7, 6, 8, 1),
            "one": np.array([1], np.int64),
        },
    )
    rng = np.random.default_rng(37)
    table: Columns = {
        "plan": integers(rng.integers(0, 4, data.ROWS), "int32"),
        "city": integers(rng.integers(0, 9, data.ROWS), "int64"),
        "amount": doubles(rng.normal(0, 1, data.ROWS).round(3)),
    }
    return Case(name="net_embeddings", model=model, table=table)


def batch_norm() -> onnx.ModelProto:
    statistics = weights(11, scale=(5,), shift=(5,), mean=(5,))
    return build(
        "batch_norm",
        [
            node("BatchNormalization", ["x", "scale", "shift", "mean", "variance"], ["n"]),
            *dense("n", "h", "l0", "LeakyRelu"),
            *dense("h", "y", "l1"),
        ],
        [tensor("x", shape=["N", 5])],
        [tensor("y", shape=["N", 1])],
        {**statistics, "variance": np.square(statistics["scale"]) + 1, **layer_weights(12, 5, 7, 1)},
    )


def layer_norm() -> onnx.ModelProto:
    return build(
        "layer_norm",
        [
            *dense("x", "h", "l0"),
            node("LayerNormalization", ["h", "scale", "shift"], ["n"], axis=-1),
            node("Gelu", ["n"], ["g"]),
            *dense("g", "y", "l1"),
        ],
        [tensor("x", shape=["N", 5])],
        [tensor("y", shape=["N", 3])],
        {**weights(13, scale=(8,), shift=(8,)), **layer_weights(14, 5, 8, 3)},
        opset=20,
        ir=9,
    )


class Calibration(CalibrationDataReader):
    """The rows that ranges are taken from."""

    def __init__(self) -> None:
        self.batches = iter([{"x": data.training()}])

    def get_next(self) -> dict | None:
        return next(self.batches, None)


def quantise_static(model: onnx.ModelProto) -> onnx.ModelProto:
    """Seven bits a weight: with eight, processors without VNNI saturate and give other numbers."""
    with TemporaryDirectory() as folder:
        onnx.save(model, f"{folder}/plain.onnx")
        quantize_static(f"{folder}/plain.onnx", f"{folder}/small.onnx", Calibration(), reduce_range=True)
        return onnx.load(f"{folder}/small.onnx")


def quantise_dynamic(model: onnx.ModelProto) -> onnx.ModelProto:
    """Its scale comes from all rows of a call."""
    with TemporaryDirectory() as folder:
        onnx.save(model, f"{folder}/plain.onnx")
        quantize_dynamic(f"{folder}/plain.onnx", f"{folder}/small.onnx", reduce_range=True)
        return onnx.load(f"{folder}/small.onnx")
