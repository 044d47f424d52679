"""What a case of the corpus is, and the small tools that all of them are made with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
import pyarrow as pa

Columns = Mapping[str, pa.Array]
Arrays = Mapping[str, np.ndarray]

# What the field's converters write today, and onnxruntime 1.30 takes.
OPSET = {"": 15, "ai.onnx.ml": 3}


@dataclass(frozen=True)
class Refusal:
    """How a run of the case must end: nothing published."""

    exit: int
    code: str
    message: str
    """Pattern that the printed error must have."""


@dataclass(frozen=True)
class Case:
    """A model, the rows that it scores, and what a target says about both."""

    name: str
    model: onnx.ModelProto
    table: Columns
    """Feature columns as the warehouse has them; NULL is NULL, NaN is a value."""
    features: list | dict | None = None
    """`features:` of the target; left out where inputs bind by their names."""
    keys: Mapping[str, Any] = field(default_factory=dict)
    """Further keys of the target."""
    read: Callable[[Mapping[str, Any]], Columns] | None = None
    """Prediction columns from the raw outputs; left out where every output is read by its name."""
    native: Callable[[Arrays], Arrays] | None = None
    """Scores of the model's own library, by output, from what the model's inputs are fed."""
    tolerance: float = 1e-5
    """Largest difference to the library, times the size of the score where that is above 1."""
    misfit: str = ""
    """Why the library is known to differ. A case that says so and fits is an error too."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Files beside the model."""
    chunk_rows: int = 128
    """Several chunks, so that a session's blocks follow each other. A multiple of 4: see TRAPS.md on reductions."""
    batch: int | None = None
    """Rows of every call, where the model takes no other number."""
    reference: onnx.ModelProto | None = None
    """The same model as Python can open it, where it cannot open the one that is scored."""
    refused: Refusal | None = None

    @property
    def row_count(self) -> int:
        return len(next(iter(self.table.values())))


def doubles(values: np.ndarray) -> pa.Array:
    return pa.array(np.asarray(values, np.float64), pa.float64())


def with_holes(column: pa.Array, every: int, first: int = 0) -> pa.Array:
    """The column with NULL in every so-manyth row."""
    mask = np.zeros(len(column), bool)
    mask[first::every] = True
    return pa.array([None if hole else value for value, hole in zip(column.to_pylist(), mask)], column.type)


def matrix_of(feeds: Arrays) -> np.ndarray:
    """What the model is fed as one matrix, whether it has one input or one a column."""
    return np.column_stack([values.reshape(len(values), -1) for values in feeds.values()])


def integers(values: np.ndarray, kind: str) -> pa.Array:
    return pa.array(values, getattr(pa, kind)())
