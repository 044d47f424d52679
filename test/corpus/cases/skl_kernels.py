"""Support vectors, nearest neighbours and Gaussian processes."""

from collections.abc import Iterator

import numpy as np
from skl2onnx.common.data_types import DoubleTensorType
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, LocalOutlierFactor
from sklearn.svm import SVC, SVR, LinearSVC, LinearSVR, NuSVC, NuSVR, OneClassSVM

from .kit import Case
from .sklearn_kit import NO_ZIPMAP, sklearn_case


def cases() -> Iterator[Case]:
    yield sklearn_case("skl_svr", SVR(C=0.1))
    yield sklearn_case("skl_svr_poly", SVR(kernel="poly", degree=2, epsilon=1))
    yield sklearn_case("skl_nu_svr", NuSVR(nu=0.2))
    yield sklearn_case("skl_linear_svr", LinearSVR(random_state=1))
    yield sklearn_case("skl_svc", SVC(), "class_texts", options=NO_ZIPMAP)
    yield sklearn_case("skl_svc_sigmoid_zipmap", SVC(kernel="sigmoid"), "binary")
    yield sklearn_case("skl_svc_raw", SVC(C=10), "classes", options={**NO_ZIPMAP, "raw_scores": True})
    yield sklearn_case(
        "skl_svc_probability", SVC(probability=True, random_state=1), "classes", options=NO_ZIPMAP
    )
    yield sklearn_case("skl_nu_svc_zipmap", NuSVC(nu=0.2, probability=True, random_state=1), "binary")
    yield sklearn_case("skl_linear_svc", LinearSVC(random_state=1), "classes")
    yield sklearn_case("skl_one_class_svm", OneClassSVM(nu=0.1), "none")

    yield sklearn_case("skl_neighbours", KNeighborsRegressor(4), train_rows=150)
    yield sklearn_case("skl_neighbours_zipmap", KNeighborsClassifier(5), "class_texts", train_rows=150)
    yield sklearn_case(
        "skl_neighbours_manhattan", KNeighborsClassifier(3, p=1), "classes", options=NO_ZIPMAP, train_rows=150
    )
    yield sklearn_case(
        "skl_neighbours_by_distance",
        KNeighborsClassifier(5, weights="distance"),
        "classes",
        options=NO_ZIPMAP,
        train_rows=150,
        misfit="The converter weighs neighbours otherwise than scikit-learn.",
    )
    yield sklearn_case("skl_local_outliers", LocalOutlierFactor(8, novelty=True), "none", train_rows=100)

    yield sklearn_case(
        "skl_gaussian_process",
        GaussianProcessRegressor(alpha=0.1),
        tensor=DoubleTensorType,
        train_rows=60,
        natively=lambda model, X: {"GPmean": model.predict(X)},
    )
    yield sklearn_case(
        "skl_gaussian_process_std",
        GaussianProcessRegressor(alpha=0.1),
        tensor=DoubleTensorType,
        train_rows=60,
        options={"return_std": True},
        natively=lambda model, X: dict(
            zip(["GPmean", "GPcovstd"], map(np.asarray, model.predict(X, return_std=True)))
        ),
    )
