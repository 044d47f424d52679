"""The feature contract in Python: which rows are scored, and what their tensors hold.

It is written from the words of the file format, not from the program, so that the two can be compared.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from .kit import Arrays, Case

DTYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(bool)": np.bool_,
    "tensor(string)": object,
}


def build_feeds(case: Case, inputs: list) -> tuple[Arrays, np.ndarray]:
    """The tensors by input, of the rows that are kept; and which rows those are."""
    kept = np.ones(case.row_count, bool)
    feeds = {}
    for tensor, entries in zip(inputs, bind(case, inputs)):
        dtype = DTYPES[tensor.type]
        columns = []
        for entry in entries:
            values, scored = fill(case.table[entry["column"]], entry)
            kept &= scored
            columns.append(cast(values, dtype))
        feeds[tensor.name] = columns[0] if len(tensor.shape) == 1 else np.column_stack(columns)
    return {name: values[kept] for name, values in feeds.items()}, kept


def bind(case: Case, inputs: list) -> list[list[dict]]:
    """The features of each input, in its order."""
    if isinstance(case.features, list):
        listed = [
            {"column": each} if isinstance(each, str) else {"column": each["name"], **each}
            for each in case.features
        ]
        return [listed]
    written: Mapping[str, Any] = case.features or {}
    return [[{"column": tensor.name, **written.get(tensor.name, {})}] for tensor in inputs]


def fill(column: pa.Array, entry: Mapping[str, Any]) -> tuple[list, np.ndarray]:
    """A value for each row, and whether the row is scored. Rows that are not get the first value that is one."""
    nulls = entry.get("nulls", "fail")
    unseen = entry.get("unseen", "quarantine")
    allowed = entry.get("allowed")
    low, high = entry.get("range", (None, None))
    values = exact_values(column)
    filler = next(value for value in values if value is not None)
    scored = np.ones(len(values), bool)
    for row, value in enumerate(values):
        if value is None:
            assert nulls != "fail", f"{entry['column']} has NULLs"
            values[row] = (
                np.nan if nulls == "nan" else nulls["value"] if isinstance(nulls, Mapping) else filler
            )
            scored[row] = nulls != "quarantine"
        elif allowed is not None and value not in allowed:
            if isinstance(unseen, Mapping):
                values[row] = unseen["value"]
            scored[row] = unseen != "quarantine"
        elif low is not None and not low <= value <= high:
            scored[row] = False
    return values, scored


def exact_values(column: pa.Array) -> list:
    """Python values that hold every digit; a decimal is divided as a double once."""
    if not pa.types.is_decimal(column.type):
        return column.to_pylist()
    scale = column.type.scale
    return [None if value is None else int(value.scaleb(scale)) / 10**scale for value in column.to_pylist()]


def cast(values: list, dtype: type) -> np.ndarray:
    """One rounding: a double or an integer goes straight to the tensor's type."""
    if dtype is object:
        return np.array(values, object)
    if any(isinstance(value, float) for value in values):
        return np.array(values, np.float64).astype(dtype)
    return np.array(values).astype(dtype)
