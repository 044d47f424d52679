"""Every type of tensor, and every cast from a column's type to a tensor's."""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pyarrow as pa

from .kit import Case, Refusal, doubles, integers
from .onnx_kit import BOOL, DOUBLE, FLOAT, INT32, INT64, STRING, build, node, tensor

KINDS = {"float": FLOAT, "double": DOUBLE, "int32": INT32, "int64": INT64, "bool": BOOL, "string": STRING}
TEXTS = (
    "", " ", "plain", "comma, quote \" and ' apostrophe", "two\nlines", "tab\there", "naïve café", "日本語", "😀",
    "👩‍👩‍👧‍👦 family", "e\u0301 (combining)", "עברית", "NULL", "null", "NaN", "\\N", "true", "007", "x" * 300, "\ufeffmark",
)  # fmt: skip
ROWS = 211


def cases() -> Iterator[Case]:
    for name, kind in KINDS.items():
        yield same(f"type_{name}", {name: (kind, column(name))}, ["N", 1])
    yield same("type_flat_inputs", {name: (kind, column(name)) for name, kind in KINDS.items()}, ["N"])
    for name, kind in KINDS.items():
        yield matrix(f"type_matrix_{name}", kind, [column(name), column(name, 1), column(name, 2)])

    yield same("cast_double_to_float", {"x": (FLOAT, column("double"))}, ["N", 1], keep=True)
    yield same("cast_decimal_to_float", {"x": (FLOAT, decimals())}, ["N", 1])
    yield same("cast_decimal_to_double", {"x": (DOUBLE, decimals())}, ["N", 1])
    # Near 2^24 and 2^53 a cast through double rounds twice.
    yield same("cast_int64_to_float", {"x": (FLOAT, column("int64"))}, ["N", 1])
    yield same("cast_int64_to_double", {"x": (DOUBLE, column("int64"))}, ["N", 1])
    yield same("cast_int32_to_int64", {"x": (INT64, column("int32"))}, ["N", 1])
    yield same("cast_int64_to_int32", {"x": (INT32, integers(np.arange(ROWS) - 100, "int64"))}, ["N", 1])
    yield same("cast_bool_to_float", {"x": (FLOAT, column("bool"))}, ["N", 1])
    yield same("cast_bool_to_int64", {"x": (INT64, column("bool"))}, ["N", 1])
    yield same("cast_real_to_double", {"x": (DOUBLE, column("float"))}, ["N", 1])
    yield same(
        "cast_int64_too_wide_refused",
        {"x": (INT32, column("int64"))},
        ["N", 1],
        refused=Refusal(3, "BAD_FEATURES", "does not fit the model's int32 input"),
    )
    yield same(
        "cast_text_to_float_refused",
        {"x": (FLOAT, column("string"))},
        ["N", 1],
        refused=Refusal(2, "PLAN_INVALID", 'feature "x" has type VARCHAR'),
    )
    yield same(
        "cast_double_to_int64_refused",
        {"x": (INT64, column("double"))},
        ["N", 1],
        refused=Refusal(2, "PLAN_INVALID", 'feature "x" has type DOUBLE'),
    )


def same(
    name: str, columns: dict, shape: list, *, keep: bool = False, refused: Refusal | None = None
) -> Case:
    """Gives each column back as the tensor held it. keep: values that no float32 holds become infinite."""
    names = list(columns)
    model = build(
        name,
        [node("Identity", [each], [f"{each}_same"]) for each in names],
        [tensor(each, kind, shape) for each, (kind, _) in columns.items()],
        [tensor(f"{each}_same", kind, shape) for each, (kind, _) in columns.items()],
    )
    keys = {"outputs": {f"{each}_same": {"nonfinite": "keep"} for each in names}} if keep else {}
    return Case(
        name=name,
        model=model,
        table={each: values for each, (_, values) in columns.items()},
        keys=keys,
        refused=refused,
    )


def matrix(name: str, kind: int, columns: list[pa.Array]) -> Case:
    model = build(
        name, [node("Identity", ["x"], ["y"])], [tensor("x", kind, ["N", 3])], [tensor("y", kind, ["N", 3])]
    )
    table = {f"c{i}": values for i, values in enumerate(columns)}
    return Case(name=name, model=model, table=table, features=list(table))


def column(name: str, shift: int = 0) -> pa.Array:
    """Edges of the type, then numbers drawn at random."""
    rng = np.random.default_rng(41 + shift)
    match name:
        case "float":
            edges = [0.0, -0.0, 1e-45, -1e-45, 1.1754944e-38, 3.4028235e38, -3.4028235e38, 16777216.0, 0.1]
            return pa.array(fill(edges, rng.normal(0, 1e3, ROWS)).astype(np.float32), pa.float32())
        case "double":
            edges = [
                0.0,
                -0.0,
                5e-324,
                2.2250738585072014e-308,
                1.7976931348623157e308,
                2.0**53 + 2,
                0.1,
                16777217.0,
            ]
            return doubles(fill(edges, rng.normal(0, 1e6, ROWS)))
        case "int32":
            edges = [0, 1, -1, 2**31 - 1, -(2**31), 2**24 + 1]
            return pa.array([*edges, *rng.integers(-(2**31), 2**31, ROWS - len(edges)).tolist()], pa.int32())
        case "int64":
            edges = [
                0,
                1,
                -1,
                2**53,
                2**53 + 1,
                -(2**53) - 1,
                2**63 - 1,
                -(2**63),
                2**60 + 2**36 + 1,
                2**24 + 1,
                2**25 + 2,
            ]
            return pa.array(
                [*edges, *rng.integers(-(2**63), 2**63 - 1, ROWS - len(edges)).tolist()], pa.int64()
            )
        case "bool":
            return pa.array(rng.random(ROWS) < 0.5, pa.bool_())
        case _:
            texts = [
                *TEXTS,
                *(f"row {i + shift} · {chr(0x1F600 + i % 64)}" for i in range(ROWS - len(TEXTS))),
            ]
            return pa.array(texts, pa.string())


def fill(edges: list[float], values: np.ndarray) -> np.ndarray:
    values[: len(edges)] = edges
    return values


def decimals() -> pa.Array:
    digits = np.random.default_rng(43).integers(-(10**17), 10**17, ROWS).tolist()
    return pa.array(
        [Decimal(each).scaleb(-6) for each in [0, 1, -1, 16777217000000, *digits[4:]]], pa.decimal128(18, 6)
    )
