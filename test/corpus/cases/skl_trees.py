"""Trees of scikit-learn and what is made of them."""

from collections.abc import Iterator
from dataclasses import replace

import onnx
from skl2onnx.common.data_types import DoubleTensorType
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    RandomTreesEmbedding,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeRegressor

from .kit import Case
from .sklearn_kit import NO_ZIPMAP, sklearn_case

# Small on purpose: what is tried is the way through, not the forest.
FOREST = {"n_estimators": 9, "max_depth": 4, "random_state": 1}
BOOSTED = {"n_estimators": 9, "random_state": 1}
HISTOGRAM = {"max_iter": 9, "max_leaf_nodes": 12, "random_state": 1}
NAN_LOST = "The converter drops to which side scikit-learn sends a NaN."


def cases() -> Iterator[Case]:
    yield sklearn_case("skl_tree", DecisionTreeRegressor(max_depth=5, random_state=1))
    yield sklearn_case("skl_tree_numbers", DecisionTreeRegressor(max_depth=4, random_state=1), "numbers")
    yield sklearn_case(
        "skl_tree_texts_zipmap", DecisionTreeClassifier(max_depth=5, random_state=1), "class_texts"
    )
    yield sklearn_case("skl_extra_tree", ExtraTreeRegressor(max_depth=5, random_state=1), by_column=True)
    yield sklearn_case(
        "skl_tree_nan", DecisionTreeRegressor(max_depth=4, random_state=1), holes=True, misfit=NAN_LOST
    )
    yield sklearn_case(
        "skl_tree_path",
        DecisionTreeClassifier(max_depth=3, random_state=1),
        "classes",
        options={**NO_ZIPMAP, "decision_path": True},
    )

    yield sklearn_case("skl_forest", RandomForestRegressor(**FOREST))
    yield sklearn_case("skl_forest_leaf", RandomForestRegressor(**FOREST), options={"decision_leaf": True})
    yield with_float_output(
        sklearn_case("skl_forest_double", RandomForestRegressor(**FOREST), tensor=DoubleTensorType)
    )
    yield sklearn_case("skl_forest_zipmap", RandomForestClassifier(**FOREST), "binary")
    yield sklearn_case("skl_forest_texts", RandomForestClassifier(**FOREST), "class_texts", options=NO_ZIPMAP)
    yield sklearn_case(
        "skl_forest_nan_zipmap", RandomForestClassifier(**FOREST), "binary", holes=True, misfit=NAN_LOST
    )
    yield sklearn_case(
        "skl_forest_new_opset", RandomForestClassifier(**FOREST), "classes", opset={"": 21, "ai.onnx.ml": 5}
    )
    yield sklearn_case("skl_extra_trees", ExtraTreesRegressor(**FOREST))
    yield sklearn_case("skl_extra_trees_zipmap", ExtraTreesClassifier(**FOREST), "classes")

    yield sklearn_case("skl_boosting", GradientBoostingRegressor(**BOOSTED))
    yield sklearn_case("skl_boosting_zipmap", GradientBoostingClassifier(**BOOSTED), "binary")
    yield sklearn_case(
        "skl_boosting_classes", GradientBoostingClassifier(**BOOSTED), "classes", options=NO_ZIPMAP
    )
    yield sklearn_case("skl_histogram", HistGradientBoostingRegressor(**HISTOGRAM))
    yield sklearn_case("skl_histogram_nan", HistGradientBoostingRegressor(**HISTOGRAM), holes=True)
    yield sklearn_case(
        "skl_histogram_nan_zipmap", HistGradientBoostingClassifier(**HISTOGRAM), "binary", holes=True
    )
    yield sklearn_case(
        "skl_histogram_texts_nan",
        HistGradientBoostingClassifier(**HISTOGRAM),
        "class_texts",
        options=NO_ZIPMAP,
        holes=True,
    )
    yield sklearn_case("skl_ada", AdaBoostRegressor(n_estimators=5, random_state=1))
    yield sklearn_case(
        "skl_ada_classes", AdaBoostClassifier(n_estimators=9, random_state=1), "classes", options=NO_ZIPMAP
    )
    small = DecisionTreeRegressor(max_depth=4, random_state=1)
    yield sklearn_case("skl_bagging", BaggingRegressor(small, 5, max_features=3, random_state=1))
    yield sklearn_case(
        "skl_bagging_classes",
        BaggingClassifier(DecisionTreeClassifier(max_depth=4, random_state=1), 5, random_state=1),
        "classes",
        options=NO_ZIPMAP,
    )
    yield sklearn_case(
        "skl_isolation", IsolationForest(n_estimators=5, max_samples=32, random_state=1), "none"
    )
    yield sklearn_case(
        "skl_isolation_scores",
        IsolationForest(n_estimators=5, max_samples=32, random_state=1),
        "none",
        options={"score_samples": True},
        natively=lambda model, X: {"label": model.predict(X), "score_samples": model.score_samples(X)},
    )
    yield sklearn_case(
        "skl_tree_embedding", RandomTreesEmbedding(3, random_state=1, sparse_output=False), "none"
    )


def with_float_output(case: Case) -> Case:
    """
    With a double input skl2onnx declares a double output, which a tree ensemble does not give: onnxruntime takes the
    model once that is put right, and compares with thresholds as doubles.
    """
    model = onnx.ModelProto.FromString(case.model.SerializeToString())
    model.graph.output[0].type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    return replace(case, model=model)
