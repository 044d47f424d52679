"""Models made of models, and answers of several parts."""

from collections.abc import Iterator

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    GradientBoostingRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from .kit import Case, Refusal
from .reference import to_arrow
from .sklearn_kit import NO_ZIPMAP, sklearn_case


def cases() -> Iterator[Case]:
    classifiers = [("linear", LogisticRegression()), ("bayes", GaussianNB())]
    regressors = [
        ("linear", LinearRegression()),
        ("tree", DecisionTreeRegressor(max_depth=3, random_state=1)),
    ]
    soft = VotingClassifier(classifiers, voting="soft", flatten_transform=False)
    hard = VotingClassifier(
        [*classifiers, ("tree", DecisionTreeClassifier(max_depth=3, random_state=1))], flatten_transform=False
    )
    yield sklearn_case("skl_voting_soft", soft, "classes", options=NO_ZIPMAP)
    yield sklearn_case("skl_voting_hard_zipmap", hard, "classes")
    yield sklearn_case("skl_voting", VotingRegressor(regressors))
    yield sklearn_case("skl_stacking_classes", StackingClassifier(classifiers), "classes", options=NO_ZIPMAP)
    yield sklearn_case("skl_stacking", StackingRegressor(regressors))
    yield sklearn_case(
        "skl_one_vs_rest", OneVsRestClassifier(LogisticRegression()), "classes", options=NO_ZIPMAP
    )
    yield sklearn_case(
        "skl_one_vs_rest_flags", OneVsRestClassifier(LogisticRegression()), "flags", options=NO_ZIPMAP
    )
    yield sklearn_case("skl_one_vs_one_zipmap", OneVsOneClassifier(LogisticRegression()), "classes")
    yield sklearn_case(
        "skl_network_flags", MLPClassifier((6,), max_iter=30, random_state=1), "flags", options=NO_ZIPMAP
    )
    yield sklearn_case(
        "skl_many_numbers",
        MultiOutputRegressor(GradientBoostingRegressor(n_estimators=4, random_state=1)),
        "numbers",
    )
    # Probabilities come as a sequence of tensors, one for each answer.
    yield sklearn_case(
        "skl_many_classes",
        MultiOutputClassifier(LogisticRegression()),
        "many",
        options=NO_ZIPMAP,
        natively=many_scores,
    )
    yield sklearn_case(
        "skl_many_classes_zipmap", MultiOutputClassifier(LogisticRegression()), "many", natively=many_scores
    )
    yield sklearn_case(
        "skl_flags_cube_refused",
        KNeighborsClassifier(3),
        "flags",
        options=NO_ZIPMAP,
        refused=Refusal(2, "PLAN_INVALID", "probabilities"),
    )
    yield sklearn_case(
        "skl_flags_beside_cube",
        KNeighborsClassifier(3),
        "flags",
        options=NO_ZIPMAP,
        keys={"outputs": {"first": {"from": "label", "class": 0}}},
        read=lambda raw: {"first": to_arrow(raw["label"][:, 0])},
        natively=lambda model, X: {"label": model.predict(X)},
    )

    yield sklearn_case(
        "skl_grid_search_zipmap", GridSearchCV(LogisticRegression(), {"C": [0.1, 1]}, cv=2), "binary"
    )
    yield sklearn_case(
        "skl_scaled_pca_zipmap", make_pipeline(StandardScaler(), PCA(3), LogisticRegression()), "binary"
    )
    union = FeatureUnion([("few", PCA(2)), ("all", StandardScaler())])
    yield sklearn_case("skl_union", make_pipeline(union, Ridge()))
    yield sklearn_case("skl_scaled_by_column_zipmap", LogisticRegression(), "class_texts", by_column=True)


def many_scores(model: MultiOutputClassifier, X: np.ndarray) -> dict[str, np.ndarray]:
    return {"label": model.predict(X)}
