"""What becomes of rows that cannot be scored as they are: NULLs, values that were never seen, numbers out of range."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx

from . import data
from .kit import Case, Columns, Refusal, doubles, with_holes
from .onnx_kit import BOOL, DOUBLE, INT64, STRING, build, node, tensor

# Half of the rows may be rejects.
LENIENT = {"errors": {"budget": 0.5}}


def cases() -> Iterator[Case]:
    table = data.customers_with_holes()
    whole = data.customers()
    # An integer has no NaN, a text no null: the target says what stands for it.
    yield policy("policy_null_int64_value", table, {"visits": {"nulls": {"value": -1}}})
    yield policy("policy_null_bool_value", table, {"is_member": {"nulls": {"value": False}}})
    yield policy("policy_null_text_value", table, {"plan": {"nulls": {"value": "none"}}})
    yield policy("policy_null_double_value", table, {"usage": {"nulls": {"value": 0.25}}})
    yield policy(
        "policy_null_nan", table, {"usage": {"nulls": "nan"}}, outputs={"usage_same": {"nonfinite": "keep"}}
    )
    yield policy("policy_null_quarantine", table, {"visits": {"nulls": "quarantine"}}, **LENIENT)
    yield policy("policy_null_text_quarantine", table, {"city": {"nulls": "quarantine"}}, **LENIENT)
    yield policy(
        "policy_null_fail_refused",
        table,
        {"visits": {}},
        refused=Refusal(3, "BAD_FEATURES", 'feature "visits" is NULL'),
    )
    yield policy(
        "policy_budget_refused",
        table,
        {"visits": {"nulls": "quarantine"}},
        refused=Refusal(3, "REJECT_BUDGET", "visits"),
    )

    yield policy("policy_unseen_quarantine", whole, {"plan": {"allowed": ["basic", "team"]}}, **LENIENT)
    yield policy("policy_unseen_pass", whole, {"plan": {"allowed": ["basic"], "unseen": "pass"}})
    yield policy(
        "policy_unseen_value", whole, {"city": {"allowed": ["Berlin", "東京"], "unseen": {"value": "other"}}}
    )
    yield policy(
        "policy_unseen_int64", whole, {"visits": {"allowed": list(range(3, 12)), "unseen": {"value": 3}}}
    )
    yield policy("policy_range", whole, {"usage": {"range": [-1, 1.5]}}, **LENIENT)
    yield policy(
        "policy_several",
        table,
        {
            "visits": {"nulls": "quarantine", "range": [2, 12]},
            "plan": {"nulls": {"value": "basic"}, "allowed": ["basic", "pro"]},
            "usage": {"nulls": {"value": 0}, "range": [-2, 2]},
        },
        errors={"budget": "90 %"},
    )
    yield rejects_in_matrix()


KINDS = {"visits": INT64, "is_member": BOOL, "plan": STRING, "city": STRING, "usage": DOUBLE}


def policy(
    name: str, table: Columns, features: dict[str, dict], refused: Refusal | None = None, **keys: Any
) -> Case:
    """A model that gives back what it was fed."""
    return Case(name, echo(list(features)), data.pick(table, *features), features, keys=keys, refused=refused)


def echo(names: list[str]) -> onnx.ModelProto:
    return build(
        "echo",
        [node("Identity", [name], [f"{name}_same"]) for name in names],
        [tensor(name, KINDS[name]) for name in names],
        [tensor(f"{name}_same", KINDS[name]) for name in names],
    )


def rejects_in_matrix() -> Case:
    """A row that is rejected for one column of a matrix changes no other row's score."""
    model = build(
        "sum",
        [node("MatMul", ["x", "ones"], ["sum"])],
        [tensor("x", DOUBLE, ["N", 3])],
        [tensor("sum", DOUBLE)],
        {"ones": np.ones((3, 1))},
    )
    columns = [doubles(column) for column in data.numbers(3).T]
    table = {"a": with_holes(columns[0], 13), "b": columns[1], "c": with_holes(columns[2], 5, 3)}
    features = [
        {"name": "a", "nulls": "quarantine"},
        {"name": "b", "range": [-2, 2]},
        {"name": "c", "nulls": {"value": 1}},
    ]
    return Case("policy_matrix", model, table, features, keys=LENIENT)
