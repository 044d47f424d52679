"""Naive Bayes, discriminants, mixtures, clusters, neural networks and calibration."""

from collections.abc import Iterator

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.svm import LinearSVC

from .kit import Case
from .reference import flatten_output, to_arrow
from .sklearn_kit import NO_ZIPMAP, sklearn_case


def cases() -> Iterator[Case]:
    yield sklearn_case("skl_bayes_gauss_zipmap", GaussianNB(), "classes")
    yield sklearn_case("skl_bayes_multinomial", MultinomialNB(), "classes", options=NO_ZIPMAP, shift=np.abs)
    yield sklearn_case("skl_bayes_complement", ComplementNB(), "classes", options=NO_ZIPMAP, shift=np.abs)
    yield sklearn_case("skl_bayes_bernoulli_zipmap", BernoulliNB(), "binary")
    yield sklearn_case(
        "skl_bayes_categories",
        CategoricalNB(min_categories=4),
        "classes",
        options=NO_ZIPMAP,
        shift=to_categories,
    )

    yield sklearn_case("skl_discriminant_zipmap", LinearDiscriminantAnalysis(), "classes")
    # Its label comes out as [1, N] where the graph declares [N].
    yield sklearn_case(
        "skl_discriminant_square",
        QuadraticDiscriminantAnalysis(),
        "classes",
        options=NO_ZIPMAP,
        read=lambda raw: {
            "label": to_arrow(raw["label"].reshape(-1)),
            **flatten_output("probabilities", raw["probabilities"], ""),
        },
    )
    yield sklearn_case("skl_mixture", GaussianMixture(3, random_state=1), "none")
    yield sklearn_case("skl_mixture_bayes", BayesianGaussianMixture(n_components=3, random_state=1), "none")
    yield sklearn_case("skl_clusters", KMeans(4, random_state=1, n_init=2), "none", natively=distances)
    yield sklearn_case(
        "skl_clusters_by_batch", MiniBatchKMeans(4, random_state=1, n_init=2), "none", natively=distances
    )

    yield sklearn_case("skl_network", MLPRegressor(hidden_layer_sizes=(8,), max_iter=50, random_state=1))
    yield sklearn_case(
        "skl_network_zipmap",
        MLPClassifier((8, 4), activation="tanh", max_iter=50, random_state=1),
        "class_texts",
    )
    yield sklearn_case(
        "skl_calibrated_zipmap", CalibratedClassifierCV(LinearSVC(random_state=1), cv=2), "binary"
    )
    yield sklearn_case(
        "skl_calibrated_isotonic",
        CalibratedClassifierCV(GaussianNB(), method="isotonic", cv=2),
        "classes",
        options=NO_ZIPMAP,
        misfit="The converter takes a step of the isotonic curve where scikit-learn interpolates.",
    )


def to_categories(X: np.ndarray) -> np.ndarray:
    return np.clip(np.round(np.abs(X)), 0, 3).astype(X.dtype)


def distances(model: KMeans, X: np.ndarray) -> dict[str, np.ndarray]:
    return {"label": model.predict(X), "scores": model.transform(X)}
