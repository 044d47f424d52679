"""Pipelines over a warehouse's own types: text, decimals, integers, booleans, and what they do with what is missing."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from skl2onnx import to_onnx
from skl2onnx.common.data_types import BooleanTensorType, FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler, TargetEncoder

from . import data
from .contract import exact_values
from .kit import OPSET, Case, Columns
from .sklearn_kit import native_scores

TENSORS = {
    "city": StringTensorType,
    "plan": StringTensorType,
    "visits": Int64TensorType,
    "is_member": BooleanTensorType,
}


def cases() -> Iterator[Case]:
    everything = ["city", "plan", "spend", "usage", "score", "tenure", "visits", "is_member"]
    mixed = ColumnTransformer(
        [
            ("text", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), ["city", "plan"]),
            ("number", StandardScaler(), ["spend", "usage", "score", "tenure"]),
            ("count", StandardScaler(), ["visits"]),
            ("flag", "passthrough", ["is_member"]),
        ],
        sparse_threshold=0,
    )
    yield pipeline_case("skl_mixed_zipmap", mixed, LogisticRegression(max_iter=300), everything)
    yield pipeline_case("skl_mixed", mixed, LogisticRegression(max_iter=300), everything, {"zipmap": False})

    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    yield pipeline_case(
        "skl_ordinal_unseen",
        ColumnTransformer([("text", ordinal, ["city", "plan"]), ("number", "passthrough", ["usage"])]),
        GradientBoostingRegressor(n_estimators=8, random_state=1),
        ["city", "plan", "usage"],
        table=with_strangers(),
    )
    yield pipeline_case(
        "skl_one_hot_unseen_zipmap",
        ColumnTransformer(
            [("text", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), ["city"])],
            sparse_threshold=0,
        ),
        RandomForestClassifier(5, max_depth=3, random_state=1),
        ["city"],
        table=with_strangers(),
    )
    yield pipeline_case(
        "skl_target_encoder",
        ColumnTransformer([("text", TargetEncoder(random_state=1), ["city", "plan"])]),
        Ridge(),
        ["city", "plan"],
    )
    # Statistics for NaN are inside the graph; a text that is missing needs the target's word.
    imputed = ColumnTransformer(
        [
            ("number", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["usage", "score"]),
            ("text", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), ["plan"]),
        ],
        sparse_threshold=0,
    )
    yield pipeline_case(
        "skl_imputed_nulls_zipmap",
        imputed,
        LogisticRegression(),
        ["usage", "score", "plan"],
        table=data.customers_with_holes(),
        features={"usage": {"nulls": "nan"}, "score": {"nulls": "nan"}, "plan": {"nulls": {"value": "none"}}},
    )
    yield matrix_case("skl_texts_matrix", StringTensorType, ["city", "plan"])
    yield matrix_case("skl_integers_matrix_zipmap", Int64TensorType, ["tenure", "visits"], {})


def pipeline_case(
    name: str,
    columns: ColumnTransformer,
    model: Any,
    names: list[str],
    options: dict | None = None,
    table: Columns | None = None,
    features: Mapping | None = None,
) -> Case:
    """One input for each column of the customers."""
    rows = to_frame(data.pick(data.customers(), *names))
    classes = hasattr(model, "predict_proba")
    fitted = Pipeline([("columns", columns), ("model", model)]).fit(rows, answers(rows, classes))
    graph = to_onnx(
        fitted,
        initial_types=[(column, TENSORS.get(column, FloatTensorType)([None, 1])) for column in names],
        options={id(fitted): options} if options else None,
        target_opset=OPSET,
        name=name,
    )
    return Case(
        name=name,
        model=graph,
        table=data.pick(table or data.customers(), *names),
        features=dict(features) if features else None,
        native=lambda feeds: native_scores(
            fitted, pd.DataFrame({key: values[:, 0] for key, values in feeds.items()})
        ),
    )


def matrix_case(name: str, tensor: type, names: list[str], options: dict | None = None) -> Case:
    """One input of several columns that are no floats."""
    table = data.pick(data.customers(), *names)
    X = to_frame(table).to_numpy(object if tensor is StringTensorType else np.int64)
    encoder = OneHotEncoder(sparse_output=False, handle_unknown="ignore")
    model = make_pipeline(encoder, LogisticRegression()).fit(X, answers(to_frame(data.customers()), True))
    options = {"zipmap": False} if options is None else options
    graph = to_onnx(
        model,
        initial_types=[("X", tensor([None, len(names)]))],
        options={id(model): options},
        target_opset=OPSET,
        name=name,
    )
    return Case(
        name=name,
        model=graph,
        table=table,
        features=names,
        native=lambda feeds: native_scores(model, feeds["X"]),
    )


def with_strangers() -> Columns:
    """Cities that were not there in training."""
    table = dict(data.customers())
    cities = ["Reykjavík" if row % 9 == 0 else city for row, city in enumerate(table["city"].to_pylist())]
    return {**table, "city": pa.array(cities, pa.string())}


def to_frame(table: Columns) -> pd.DataFrame:
    return pd.DataFrame({name: exact_values(column) for name, column in table.items()})


def answers(rows: pd.DataFrame, classes: bool) -> np.ndarray:
    rng = np.random.default_rng(23)
    score = rng.normal(0, 0.5, len(rows))
    for column in rows:
        values = rows[column]
        coded = values.map(len) if values.dtype.kind not in "fiub" else values.astype(float)
        score += ((coded - coded.mean()) / coded.std()).to_numpy()
    return np.where(score > 0, "leaves", "stays") if classes else score
