"""Models that end the process of onnxruntime itself. They are in no archive: a test that scores one needs a process for it."""

from collections.abc import Iterator

from sklearn.impute import KNNImputer

from .kit import Case
from .sklearn_kit import sklearn_case


def crashing_cases() -> Iterator[Case]:
    # A call without any NaN divides by zero (SIGFPE): here in Python, and in a block of complete rows in Node.
    yield sklearn_case(
        "crash_imputer_neighbours",
        KNNImputer(n_neighbors=2),
        "none",
        holes=True,
        opset={"": 18, "ai.onnx.ml": 3},
    )
