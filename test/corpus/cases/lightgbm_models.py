"""LightGBM through onnxmltools. Its label is declared [1] and comes out as [N]."""

from collections.abc import Iterator
from typing import Any

import lightgbm
import numpy as np
import onnxmltools
from onnxmltools.convert.common.data_types import FloatTensorType

from . import data
from .kit import OPSET, Arrays, Case, doubles, matrix_of, with_holes
from .sklearn_kit import NULL_ROWS, make_holes

COMMON = {
    "n_estimators": 9, "num_leaves": 8, "random_state": 1, "n_jobs": 1, "deterministic": True, "force_row_wise": True,
    "verbose": -1,
}  # fmt: skip
ROUNDED = "A threshold between two doubles is rounded to float32, onto the value of a row, which then goes the other way."
SUMMED = "The converter adds up the trees of a forest where LightGBM takes their mean."


def cases() -> Iterator[Case]:
    regressor, classifier = lightgbm.LGBMRegressor, lightgbm.LGBMClassifier
    yield lightgbm_case("lgbm_number", regressor(**COMMON), "number")
    yield lightgbm_case("lgbm_zipmap", classifier(**COMMON), "binary", zipmap=True)
    yield lightgbm_case("lgbm_binary", classifier(**COMMON), "binary")
    yield lightgbm_case("lgbm_classes", classifier(**COMMON), "classes")
    yield lightgbm_case("lgbm_texts_zipmap", classifier(**COMMON), "class_texts", zipmap=True)
    yield lightgbm_case("lgbm_nan", regressor(**COMMON), "number", holes="trained", misfit=ROUNDED)
    yield lightgbm_case("lgbm_nan_zipmap", classifier(**COMMON), "binary", zipmap=True, holes="trained")
    yield lightgbm_case("lgbm_nan_never_seen", regressor(**COMMON), "number", holes="scored")
    yield lightgbm_case(
        "lgbm_zero_missing",
        regressor(**COMMON, zero_as_missing=True),
        "number",
        holes="trained",
        misfit=ROUNDED,
    )
    yield lightgbm_case("lgbm_poisson", regressor(**COMMON, objective="poisson"), "positive")
    yield lightgbm_case("lgbm_tweedie", regressor(**COMMON, objective="tweedie"), "positive")
    yield lightgbm_case("lgbm_dart", regressor(**COMMON, boosting_type="dart"), "number")
    forest = classifier(**COMMON, boosting_type="rf", bagging_freq=1, bagging_fraction=0.7)
    yield lightgbm_case("lgbm_forest", forest, "binary", misfit=SUMMED)
    yield lightgbm_case("lgbm_double_sums", regressor(**{**COMMON, "n_estimators": 30}), "number", split=10)
    yield categories_case()
    yield ranker_case()


def lightgbm_case(
    name: str,
    model: Any,
    kind: str,
    *,
    zipmap: bool = False,
    holes: str = "",
    split: int | None = None,
    **more: Any,
) -> Case:
    """holes: NaN where the model was trained too, or only where it scores; split: trees that are summed in double."""
    X = data.training()
    model.fit(make_holes(X) if holes == "trained" else X, data.answers(X, kind))
    graph = onnxmltools.convert_lightgbm(
        model,
        name,
        [("X", FloatTensorType([None, X.shape[1]]))],
        target_opset=OPSET[""],
        zipmap=zipmap,
        split=split,
    )
    table = dict(data.number_columns())
    features: list = list(table)
    if holes:
        rows = data.numbers()
        # Zeros too: some models take them for missing.
        rows[::11, 2] = 0
        table |= {
            "f0": doubles(make_holes(rows)[:, 0]),
            "f1": with_holes(table["f1"], *NULL_ROWS),
            "f2": doubles(rows[:, 2]),
        }
        features = [{"name": column, "nulls": "nan"} for column in table]
    return Case(
        name=name,
        model=graph,
        table=table,
        features=features,
        native=lambda feeds: scores(model, matrix_of(feeds)),
        **more,
    )


def scores(model: Any, X: np.ndarray) -> Arrays:
    predicted = model.predict(X)
    if not hasattr(model, "predict_proba"):
        return {"variable": predicted}
    return {"label": predicted, "probabilities": model.predict_proba(X)}


def categories_case() -> Case:
    """Splits on sets of categories, which are told apart by equality."""
    rng = np.random.default_rng(31)

    def rows(count: int) -> np.ndarray:
        return np.column_stack([rng.integers(0, 7, count), rng.normal(0, 1, count).round(3)]).astype(
            np.float32
        )

    X = rows(600)
    y = np.isin(X[:, 0], [1, 4, 5]) * 2.0 + X[:, 1] * 0.1
    model = lightgbm.LGBMRegressor(**COMMON, min_data_per_group=5, cat_smooth=1)
    model.fit(X, y, categorical_feature=[0])
    graph = onnxmltools.convert_lightgbm(
        model, "lgbm_categories", [("X", FloatTensorType([None, 2]))], target_opset=OPSET[""]
    )
    scored = rows(data.ROWS)
    table = {"kind": doubles(scored[:, 0]), "amount": doubles(scored[:, 1])}
    return Case(
        name="lgbm_categories",
        model=graph,
        table=table,
        features=list(table),
        native=lambda feeds: {"variable": model.predict(feeds["X"])},
    )


def ranker_case() -> Case:
    X = data.training()
    model = lightgbm.LGBMRanker(**COMMON)
    model.fit(X, data.answers(X, "classes"), group=[20] * (len(X) // 20))
    graph = onnxmltools.convert_lightgbm(
        model.booster_, "lgbm_ranker", [("X", FloatTensorType([None, X.shape[1]]))], target_opset=OPSET[""]
    )
    table = data.number_columns()
    return Case(
        name="lgbm_ranker",
        model=graph,
        table=table,
        features=list(table),
        native=lambda feeds: {"variable": model.predict(feeds["X"])},
        misfit=ROUNDED,
    )
