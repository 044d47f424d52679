"""The reference: what Python's onnxruntime gives for a case, as prediction columns."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnxruntime as ort
import pyarrow as pa

from .contract import build_feeds
from .kit import Arrays, Case, Columns

ARROW = {
    "float32": pa.float32(),
    "float64": pa.float64(),
    "int64": pa.int64(),
    "int32": pa.int32(),
    "bool": pa.bool_(),
}


def open_session(model: str | bytes) -> ort.InferenceSession:
    """One thread: with more, sums change in their last bits from run to run."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def score(case: Case, model: str) -> tuple[Arrays, np.ndarray, Mapping[str, Any]]:
    """What the model is fed, which rows are scored, and the raw outputs by name."""
    session = open_session(model if case.reference is None else case.reference.SerializeToString())
    feeds, kept = build_feeds(case, session.get_inputs())
    names = [output.name for output in session.get_outputs()]
    raw = session.run(names, feeds) if case.batch is None else run_batches(session, names, feeds, case.batch)
    return feeds, kept, dict(zip(names, raw))


def run_batches(
    session: ort.InferenceSession, names: list[str], feeds: Arrays, size: int
) -> list[np.ndarray]:
    """Calls of the one size that the model takes; the last one is filled up with its last row."""
    rows = len(next(iter(feeds.values())))
    parts = []
    for start in range(0, rows, size):
        picked = np.minimum(np.arange(start, start + size), rows - 1)
        outputs = session.run(names, {name: values[picked] for name, values in feeds.items()})
        parts.append([values[: rows - start] for values in outputs])
    return [np.concatenate(each) for each in zip(*parts)]


def read_columns(case: Case, raw: Mapping[str, Any]) -> Columns:
    if case.read is not None:
        return case.read(raw)
    zip_maps = [name for name, value in raw.items() if is_zip_map(value)]
    columns: dict[str, pa.Array] = {}
    for name, value in raw.items():
        columns |= flatten_output(name, value, "probability" if len(zip_maps) == 1 else name)
    return columns


def flatten_output(name: str, value: Any, prefix: str) -> Columns:
    """Every output by its name: a ZipMap a column per class, a sequence one output per element."""
    if is_zip_map(value):
        labels = list(value[0])
        return {
            f"{prefix}_{legal_name(label)}": to_arrow([np.float32(row[label]) for row in value])
            for label in labels
        }
    if isinstance(value, list):
        return {
            column: values
            for i, each in enumerate(value)
            for column, values in flatten_output(f"{name}_{i}", each, f"{name}_{i}").items()
        }
    if value.ndim == 1 or value.shape[1] == 1:
        return {name: to_arrow(value.reshape(-1))}
    return {f"{name}_{i}": to_arrow(value[:, i]) for i in range(value.shape[1])}


def is_zip_map(value: Any) -> bool:
    return isinstance(value, list) and isinstance(value[0], dict)


def legal_name(label: int | str) -> str:
    """As a column's name may be written without quotes."""
    return re.sub(r"[^a-z0-9_]", "_", str(label).lower())


def to_arrow(values: np.ndarray | list) -> pa.Array:
    array = np.asarray(values)
    if array.dtype.kind in "OU":
        return pa.array([str(value) for value in array], pa.string())
    return pa.array(np.ascontiguousarray(array), ARROW[array.dtype.name])
