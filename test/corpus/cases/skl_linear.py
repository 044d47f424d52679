"""Linear models of scikit-learn."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from skl2onnx.common.data_types import DoubleTensorType
from sklearn.cross_decomposition import PLSRegression
from sklearn.linear_model import (
    ARDRegression,
    BayesianRidge,
    ElasticNet,
    GammaRegressor,
    HuberRegressor,
    Lasso,
    LinearRegression,
    LogisticRegression,
    MultiTaskLasso,
    Perceptron,
    PoissonRegressor,
    QuantileRegressor,
    RANSACRegressor,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
    SGDRegressor,
    TweedieRegressor,
)

from .kit import Case, Columns
from .reference import to_arrow
from .sklearn_kit import NO_ZIPMAP, sklearn_case


def cases() -> Iterator[Case]:
    yield sklearn_case("skl_linear", LinearRegression())
    yield sklearn_case("skl_linear_double", LinearRegression(), tensor=DoubleTensorType, tolerance=1e-12)
    yield sklearn_case("skl_linear_by_column", LinearRegression(), by_column=True)
    yield sklearn_case("skl_linear_numbers", LinearRegression(), "numbers")
    yield sklearn_case("skl_ridge", Ridge())
    yield sklearn_case("skl_lasso", Lasso(0.01))
    yield sklearn_case("skl_elastic_net", ElasticNet(0.01))
    yield sklearn_case("skl_bayesian_ridge", BayesianRidge())
    yield sklearn_case("skl_ard", ARDRegression(), tensor=DoubleTensorType)
    yield sklearn_case("skl_huber", HuberRegressor())
    yield sklearn_case("skl_sgd", SGDRegressor(random_state=1))
    yield sklearn_case("skl_poisson", PoissonRegressor(), "positive")
    yield sklearn_case("skl_tweedie", TweedieRegressor(power=1.5), "positive")
    yield sklearn_case("skl_gamma", GammaRegressor(), "positive")
    yield sklearn_case("skl_quantile", QuantileRegressor(alpha=0.01))
    yield sklearn_case("skl_ransac", RANSACRegressor(random_state=1))
    yield sklearn_case("skl_pls", PLSRegression(2))
    yield sklearn_case("skl_multi_task_lasso", MultiTaskLasso(0.01), "numbers")

    yield sklearn_case("skl_logistic_zipmap", LogisticRegression(), "binary")
    yield sklearn_case("skl_logistic", LogisticRegression(), "binary", options=NO_ZIPMAP)
    yield sklearn_case("skl_logistic_texts_zipmap", LogisticRegression(), "class_texts")
    yield sklearn_case("skl_logistic_yes_no_zipmap", LogisticRegression(), "binary_text")
    yield sklearn_case("skl_logistic_texts", LogisticRegression(), "class_texts", options=NO_ZIPMAP)
    yield sklearn_case(
        "skl_logistic_zipmap_columns", LogisticRegression(), "class_texts", options={"zipmap": "columns"}
    )
    yield sklearn_case(
        "skl_logistic_texts_as_ints", LogisticRegression(), "classes", options={**NO_ZIPMAP, "nocl": True}
    )
    yield sklearn_case(
        "skl_logistic_raw",
        LogisticRegression(),
        "classes",
        options={**NO_ZIPMAP, "raw_scores": True},
        natively=lambda model, X: {"label": model.predict(X), "probabilities": model.decision_function(X)},
    )
    yield sklearn_case(
        "skl_logistic_old_opset", LogisticRegression(), "binary", opset={"": 10, "ai.onnx.ml": 1}
    )
    yield sklearn_case("skl_ridge_classifier", RidgeClassifier(), "classes", options=NO_ZIPMAP)
    yield sklearn_case(
        "skl_sgd_classifier", SGDClassifier(loss="log_loss", random_state=1), "binary", options=NO_ZIPMAP
    )
    yield sklearn_case("skl_sgd_hinge_zipmap", SGDClassifier(random_state=1), "classes")
    yield sklearn_case("skl_perceptron_zipmap", Perceptron(random_state=1), "binary")
    yield sklearn_case(
        "skl_logistic_double", LogisticRegression(), "binary", tensor=DoubleTensorType, options=NO_ZIPMAP
    )
    yield double_zipmap()


def double_zipmap() -> Case:
    """onnxruntime has no ZipMap of doubles: the exporter writes a model that opens only once it is cut out."""
    plain, case = (
        sklearn_case(
            "skl_logistic_double_zipmap",
            LogisticRegression(),
            "binary",
            tensor=DoubleTensorType,
            options=options,
        )
        for options in (NO_ZIPMAP, None)
    )
    return replace(case, reference=plain.model, read=read_double_zipmap)


def read_double_zipmap(raw: Mapping[str, np.ndarray]) -> Columns:
    probabilities = {f"probability_{i}": to_arrow(raw["probabilities"][:, i]) for i in (0, 1)}
    return {"output_label": to_arrow(raw["label"]), **probabilities}
