"""XGBoost through onnxmltools, alone and behind a pipeline of scikit-learn."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnxmltools
import xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
from skl2onnx import to_onnx, update_registered_converter
from skl2onnx.common.data_types import FloatTensorType as SklearnFloat
from skl2onnx.common.data_types import StringTensorType
from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from . import data
from .kit import OPSET, Arrays, Case, doubles, matrix_of, with_holes
from .lightgbm_models import scores
from .skl_pipelines import answers, to_frame
from .sklearn_kit import NULL_ROWS, make_holes

COMMON = {"n_estimators": 9, "max_depth": 3, "random_state": 1, "n_jobs": 1}
SPARSE = "Behind a sparse one-hot XGBoost takes each zero for missing, and the graph for a value."


def cases() -> Iterator[Case]:
    regressor, classifier = xgboost.XGBRegressor, xgboost.XGBClassifier
    yield xgboost_case("xgb_number", regressor(**COMMON), "number")
    yield xgboost_case("xgb_binary", classifier(**COMMON), "binary")
    yield xgboost_case("xgb_classes", classifier(**COMMON), "classes")
    yield xgboost_case("xgb_nan", regressor(**COMMON), "number", holes=True)
    yield xgboost_case("xgb_nan_binary", classifier(**COMMON), "binary", holes=True)
    yield xgboost_case("xgb_base_score", regressor(**COMMON, base_score=7.5), "number")
    yield xgboost_case("xgb_poisson", regressor(**COMMON, objective="count:poisson"), "positive")
    yield xgboost_case(
        "xgb_forest", xgboost.XGBRFRegressor(n_estimators=9, max_depth=4, random_state=1, n_jobs=1), "number"
    )
    yield xgboost_case("xgb_lossguide", regressor(**COMMON, grow_policy="lossguide", max_leaves=6), "number")
    yield xgboost_case("xgb_few_columns", regressor(**COMMON, colsample_bytree=0.5, subsample=0.7), "number")
    yield pipeline_case("xgb_one_hot_zipmap", sparse=False)
    yield pipeline_case("xgb_sparse_one_hot_zipmap", sparse=True, misfit=SPARSE)


def xgboost_case(name: str, model: Any, kind: str, *, holes: bool = False, **more: Any) -> Case:
    X = data.training()
    model.fit(make_holes(X) if holes else X, data.answers(X, kind))
    graph = onnxmltools.convert_xgboost(
        model, name, [("X", FloatTensorType([None, X.shape[1]]))], target_opset=OPSET[""]
    )
    table = dict(data.number_columns())
    features: list = list(table)
    if holes:
        table |= {"f0": doubles(make_holes(data.numbers())[:, 0]), "f1": with_holes(table["f1"], *NULL_ROWS)}
        features = [{"name": column, "nulls": "nan"} for column in table]
    return Case(
        name=name,
        model=graph,
        table=table,
        features=features,
        native=lambda feeds: scores(model, matrix_of(feeds)),
        **more,
    )


def pipeline_case(name: str, *, sparse: bool, misfit: str = "") -> Case:
    update_registered_converter(
        xgboost.XGBClassifier,
        "XGBoostXGBClassifier",
        calculate_linear_classifier_output_shapes,
        convert_xgboost,
        options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
    )
    table = data.pick(data.customers(), "city", "plan", "usage")
    rows = to_frame(table)
    columns = ColumnTransformer(
        [
            ("text", OneHotEncoder(sparse_output=sparse), ["city", "plan"]),
            ("number", "passthrough", ["usage"]),
        ],
        sparse_threshold=1 if sparse else 0,
    )
    model = Pipeline([("columns", columns), ("model", xgboost.XGBClassifier(**COMMON))])
    model.fit(rows, (answers(rows, True) == "leaves").astype(np.int64))
    types = [
        ("city", StringTensorType([None, 1])),
        ("plan", StringTensorType([None, 1])),
        ("usage", SklearnFloat([None, 1])),
    ]
    graph = to_onnx(model, initial_types=types, target_opset=OPSET, name=name)

    def natively(feeds: Arrays) -> Arrays:
        frame = {key: values[:, 0] for key, values in feeds.items()}
        probabilities = model.predict_proba(type(rows)(frame))
        return {"output_probability": probabilities}

    return Case(name=name, model=graph, table=table, native=natively, misfit=misfit)
