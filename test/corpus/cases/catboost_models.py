"""CatBoost's own export: trees in ai.onnx.ml, probabilities always as a ZipMap."""

from collections.abc import Iterator
from tempfile import TemporaryDirectory
from typing import Any

import catboost
import onnx

from . import data
from .kit import Case, doubles, matrix_of, with_holes
from .sklearn_kit import NULL_ROWS, make_holes

COMMON = {
    "iterations": 9, "depth": 3, "random_seed": 1, "thread_count": 1, "verbose": False, "allow_writing_files": False,
}  # fmt: skip


def cases() -> Iterator[Case]:
    yield catboost_case("cat_number", catboost.CatBoostRegressor(**COMMON), "number")
    yield catboost_case("cat_zipmap", catboost.CatBoostClassifier(**COMMON), "binary")
    yield catboost_case("cat_classes_zipmap", catboost.CatBoostClassifier(**COMMON), "classes")
    yield catboost_case("cat_texts_zipmap", catboost.CatBoostClassifier(**COMMON), "class_texts")
    yield catboost_case("cat_nan", catboost.CatBoostRegressor(**COMMON), "number", holes=True)


def catboost_case(name: str, model: Any, kind: str, *, holes: bool = False) -> Case:
    X = data.training()
    model.fit(make_holes(X) if holes else X, data.answers(X, kind))
    with TemporaryDirectory() as folder:
        model.save_model(f"{folder}/model.onnx", format="onnx", export_parameters={"onnx_graph_name": name})
        graph = without_moment(onnx.load(f"{folder}/model.onnx"))
    table = dict(data.number_columns())
    features: list = list(table)
    if holes:
        table |= {"f0": doubles(make_holes(data.numbers())[:, 0]), "f1": with_holes(table["f1"], *NULL_ROWS)}
        features = [{"name": column, "nulls": "nan"} for column in table]

    def natively(feeds: dict) -> dict:
        rows = matrix_of(feeds)
        predicted = model.predict(rows).reshape(-1)
        if kind == "number":
            return {"predictions": predicted}
        return {"label": predicted, "probabilities": model.predict_proba(rows)}

    return Case(name=name, model=graph, table=table, features=features, native=natively)


def without_moment(model: onnx.ModelProto) -> onnx.ModelProto:
    """The export carries the time of training, an id drawn at random and who built the library."""
    kept = [each for each in model.metadata_props if each.key == "params"]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    return model
