"""Cases from scikit-learn through skl2onnx."""

from collections.abc import Callable
from typing import Any

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from . import data
from .kit import OPSET, Arrays, Case, matrix_of, with_holes

# Every so-manyth row of the second column, from which one on.
NULL_ROWS = (7, 2)

# The converter's option for classifiers: probabilities as a plain tensor.
NO_ZIPMAP = {"zipmap": False}


def sklearn_case(
    name: str,
    model: Any,
    kind: str = "number",
    *,
    tensor: type = FloatTensorType,
    by_column: bool = False,
    options: dict | None = None,
    opset: dict | None = None,
    width: int = 5,
    train_rows: int = data.TRAINING_ROWS,
    shift: Callable[[np.ndarray], np.ndarray] = lambda X: X,
    holes: bool = False,
    natively: Callable[[Any, np.ndarray], Arrays] | None = None,
    **more: Any,
) -> Case:
    """
    The model fitted on numbers and converted.

    kind: what is learnt, of `data.answers`; tensor: of the input; by_column: an input for each feature;
    options: of the converter, {"zipmap": False} where it is a classifier; shift: makes the numbers fit the model;
    train_rows: fewer where the model holds them all; holes: NaN in two columns, of which the second has NULLs in the warehouse; natively: the library's own scores by
    output, where `native_scores` does not find them.
    """
    # Only a pipeline puts several inputs together.
    model = make_pipeline(StandardScaler(), model) if by_column else model
    X = shift(data.training(width))
    y = data.answers(data.training(width), kind)
    model.fit((make_holes(X) if holes else X)[:train_rows], None if y is None else y[:train_rows])
    columns = [f"f{i}" for i in range(width)]
    types = (
        [(column, tensor([None, 1])) for column in columns] if by_column else [("X", tensor([None, width]))]
    )
    graph = to_onnx(
        model,
        initial_types=types,
        target_opset=opset or OPSET,
        options={id(model): options} if options else None,
        name=name,
    )
    rows = shift(data.numbers(width))
    table = {column: data.doubles(values) for column, values in zip(columns, rows.T)}
    features: list | None = None if by_column else columns
    if holes:
        table |= {"f0": data.doubles(make_holes(rows)[:, 0]), "f1": with_holes(table["f1"], *NULL_ROWS)}
        features = [{"name": column, "nulls": "nan"} for column in columns]
    scores = natively or native_scores
    return Case(
        name=name,
        model=graph,
        table=table,
        features=features,
        native=lambda feeds: scores(model, matrix_of(feeds)),
        **more,
    )


def make_holes(X: np.ndarray) -> np.ndarray:
    holed = np.array(X)
    holed[::5, 0] = np.nan
    holed[NULL_ROWS[1] :: NULL_ROWS[0], 1] = np.nan
    return holed


def native_scores(model: Any, X: np.ndarray) -> Arrays:
    """By the names that skl2onnx gives outputs. A classifier may have probabilities, or scores of a decision."""
    if hasattr(model, "transform") and not hasattr(model, "predict"):
        return {"variable": to_dense(model.transform(X))}
    predicted = model.predict(X)
    if hasattr(model, "predict_proba"):
        scores = model.predict_proba(X)
        return {
            "label": predicted,
            "output_label": predicted,
            "probabilities": scores,
            "output_probability": scores,
        }
    return {"label": predicted, "output_label": predicted, "variable": predicted}


def to_dense(values: Any) -> np.ndarray:
    return values.toarray() if hasattr(values, "toarray") else np.asarray(values)
