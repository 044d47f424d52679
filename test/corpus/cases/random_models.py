"""Models of a seeded generator: the same ways through as the corpus, in combinations that nobody thought of."""

from collections.abc import Iterator
from typing import Any

import lightgbm
import numpy as np
import onnxmltools
from onnxmltools.convert.common.data_types import FloatTensorType as ToolsFloat
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, RobustScaler, StandardScaler
from sklearn.svm import SVC, SVR

from .data import answers
from .kit import OPSET, Case, doubles, with_holes

REGRESSORS = (
    Ridge, KNeighborsRegressor, SVR, RandomForestRegressor, GradientBoostingRegressor, HistGradientBoostingRegressor,
    MLPRegressor, lightgbm.LGBMRegressor,
)  # fmt: skip
CLASSIFIERS = (
    LogisticRegression, KNeighborsClassifier, SVC, GaussianNB, RandomForestClassifier, ExtraTreesClassifier,
    GradientBoostingClassifier, HistGradientBoostingClassifier, MLPClassifier, lightgbm.LGBMClassifier,
)  # fmt: skip
# Those that take NaN, and whose graphs do.
TAKE_NAN = (
    HistGradientBoostingRegressor,
    HistGradientBoostingClassifier,
    lightgbm.LGBMRegressor,
    lightgbm.LGBMClassifier,
)


def random_cases(count: int, seed: int) -> Iterator[Case]:
    """The i-th case depends on the seed and on i only."""
    for i in range(count):
        yield random_case(f"random_{seed}_{i}", np.random.default_rng([seed, i]))


def random_case(name: str, rng: np.random.Generator) -> Case:
    classes = rng.random() < 0.6
    kind = (
        rng.choice(["binary", "classes", "binary_text", "class_texts", "signs"])
        if classes
        else rng.choice(["number", "positive"])
    )
    maker = (
        CLASSIFIERS[rng.integers(len(CLASSIFIERS))] if classes else REGRESSORS[rng.integers(len(REGRESSORS))]
    )
    width = int(rng.integers(4, 40))
    X, rows = (
        rng.normal(0, rng.choice([0.1, 1, 50]), (count, width)).round(4)
        for count in (300, int(rng.integers(101, 900)))
    )
    if maker in TAKE_NAN:
        X[::7, 0] = np.nan
    target = answers(np.nan_to_num(X[:, :4]).astype(np.float32) / max(1.0, np.nanstd(X)), str(kind))
    model = make_model(maker, rng)
    model.fit(X.astype(np.float32), target)
    columns = [f"f{i}" for i in range(width)]
    table = {column: doubles(values) for column, values in zip(columns, rows.T)}
    features: list = list(columns)
    if maker in TAKE_NAN:
        table["f0"] = with_holes(table["f0"], int(rng.integers(2, 9)))
        features[0] = {"name": "f0", "nulls": "nan"}
    graph = convert(name, model, width, classes, bool(rng.random() < 0.5))
    return Case(name=name, model=graph, table=table, features=features)


def make_model(maker: type, rng: np.random.Generator) -> Any:
    """Small ones, sometimes behind a scaler or two."""
    given: dict[str, Any] = {}
    if maker in (LogisticRegression, MLPClassifier, MLPRegressor):
        given = {"max_iter": 40}
    elif maker in (HistGradientBoostingRegressor, HistGradientBoostingClassifier):
        given = {"max_iter": int(rng.integers(2, 30))}
    elif "Forest" in maker.__name__ or "Trees" in maker.__name__ or "Boosting" in maker.__name__:
        given = {
            "n_estimators": int(rng.integers(1, 30)),
            "max_depth": int(rng.integers(1, 7)),
            "random_state": 1,
        }
    elif maker in TAKE_NAN:
        return maker(n_estimators=int(rng.integers(1, 40)), n_jobs=1, verbose=-1, random_state=1)
    steps = [StandardScaler(), MinMaxScaler(), RobustScaler(), PCA(3), PolynomialFeatures(2)]
    before = (
        [] if maker in TAKE_NAN else [steps[i] for i in rng.permutation(len(steps))[: rng.integers(0, 3)]]
    )
    return make_pipeline(*before, maker(**given))


def convert(name: str, model: Any, width: int, classes: bool, zipmap: bool) -> Any:
    if type(model) in TAKE_NAN[2:]:
        types = [("X", ToolsFloat([None, width]))]
        return onnxmltools.convert_lightgbm(model, name, types, target_opset=OPSET[""], zipmap=zipmap)
    options = {id(model): {"zipmap": zipmap}} if classes else None
    return to_onnx(
        model,
        initial_types=[("X", FloatTensorType([None, width]))],
        options=options,
        target_opset=OPSET,
        name=name,
    )
