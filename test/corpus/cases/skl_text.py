"""Texts that the graph itself takes apart: bags of words and hashes of scikit-learn."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from skl2onnx import to_onnx
from skl2onnx.common.data_types import StringTensorType
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

from . import data
from .kit import OPSET, Case
from .sklearn_kit import native_scores

GOOD = ("great", "fast", "kind", "fresh", "warm")
BAD = ("late", "cold", "rude", "broken", "never again")
PLAIN = ("the", "food", "came", "with", "a", "driver", "and", "price", "Monday", "2 kg", "café")

WORDS = "The converter's words end at letters that are not ASCII, and pairs of words are made before short ones are dropped."


def cases() -> Iterator[Case]:
    yield text_case(
        "skl_words_zipmap", make_pipeline(CountVectorizer(lowercase=False), MultinomialNB()), [None, 1]
    )
    yield text_case(
        "skl_words_flat",
        make_pipeline(CountVectorizer(binary=True, lowercase=False), LogisticRegression()),
        [None],
    )
    yield text_case(
        "skl_tfidf_pairs",
        make_pipeline(TfidfVectorizer(ngram_range=(1, 2), max_features=40, lowercase=False), Ridge()),
        [None, 1],
    )
    hasher = FeatureHasher(8, input_type="string", alternate_sign=False, dtype=np.float32)
    yield hash_case("skl_hashed", make_pipeline(hasher, Ridge()))


def reviews() -> tuple[list[str], np.ndarray]:
    rng = np.random.default_rng(29)
    liked = rng.random(data.ROWS) < 0.5
    texts = [
        " ".join(rng.permutation([*rng.choice(PLAIN, 4), *rng.choice(GOOD if good else BAD, 2)]))
        + "!" * (row % 3)
        for row, good in enumerate(liked)
    ]
    return texts, liked.astype(np.int64)


def text_case(name: str, model: Any, shape: list) -> Case:
    """Lower case is left to the source: the graph would ask the machine for the locale en_US."""
    texts, liked = reviews()
    model.fit(texts, liked)
    graph = to_onnx(model, initial_types=[("review", StringTensorType(shape))], target_opset=OPSET, name=name)
    return Case(
        name=name,
        model=graph,
        table={"review": pa.array(texts, pa.string())},
        native=lambda feeds: native_scores(model, feeds["review"].reshape(-1)),
        misfit=WORDS,
    )


def hash_case(name: str, model: Any) -> Case:
    """A hash of the whole text; scikit-learn wants it in a list of its own."""
    texts, liked = reviews()
    model.fit([[text] for text in texts], liked)
    graph = to_onnx(
        model, initial_types=[("review", StringTensorType([None, 1]))], target_opset=OPSET, name=name
    )
    return Case(
        name=name,
        model=graph,
        table={"review": pa.array(texts, pa.string())},
        native=lambda feeds: native_scores(model, feeds["review"]),
    )
