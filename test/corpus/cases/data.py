"""Tables to train on and to score. Few of them: cases that share one share its bytes in the archive."""

from decimal import Decimal

import numpy as np
import pyarrow as pa

from .kit import Columns, doubles, with_holes

# Odd, so that the last block is always padded.
ROWS = 501
TRAINING_ROWS = 400
CITIES = ("Berlin", "Zürich", "東京", "São Paulo", 'The "Hague", NL', "")
PLANS = ("basic", "pro", "team")


def numbers(width: int = 5, rows: int = ROWS, seed: int = 11) -> np.ndarray:
    """Three digits behind the point: as doubles most of them are no float32."""
    return np.random.default_rng(seed).normal(0, 1.5, (rows, width)).round(3)


def number_columns(width: int = 5, rows: int = ROWS, seed: int = 11) -> Columns:
    return {f"f{i}": doubles(column) for i, column in enumerate(numbers(width, rows, seed).T)}


def training(width: int = 5, seed: int = 5) -> np.ndarray:
    return numbers(width, TRAINING_ROWS, seed).astype(np.float32)


def answers(X: np.ndarray, kind: str, seed: int = 3) -> np.ndarray | None:
    """What there is to learn: a number, classes as numbers or texts, or several of them at once."""
    rng = np.random.default_rng(seed)
    score = 2 * X[:, 0] - X[:, 1] + np.sin(3 * X[:, 2]) + X[:, 1] * X[:, 3] + rng.normal(0, 0.3, len(X))
    ranks = np.digitize(score, np.quantile(score, [0.3, 0.7]))
    match kind:
        case "number":
            return score.astype(np.float32)
        case "positive":
            return np.exp(score / 4).astype(np.float32)
        case "binary":
            return (score > 0).astype(np.int64)
        case "plain":
            return (X[:, 0] > 0).astype(np.int64)
        case "classes":
            return ranks.astype(np.int64)
        case "signs":
            return np.where(score > 0, 1, -1)
        case "binary_text":
            return np.where(score > 0, "Yes", "No")
        case "class_texts":
            return np.array(["low", "mid", "top"])[ranks]
        case "numbers":
            return np.column_stack([score, X[:, 1] - X[:, 2], -score]).astype(np.float32)
        case "many":
            return np.column_stack([ranks, X[:, 1] > 0.2]).astype(np.int64)
        case "flags":
            return np.column_stack([score > 0, X[:, 1] > 0.2, X[:, 2] > X[:, 3]]).astype(np.int64)
        case "none":
            return None
    raise ValueError(kind)


def customers(rows: int = ROWS, seed: int = 17) -> Columns:
    """The types of a warehouse: text, decimal, integers of both widths, double, real, boolean."""
    rng = np.random.default_rng(seed)
    return {
        "city": pa.array(rng.choice(np.array(CITIES, object), rows), pa.string()),
        "plan": pa.array(rng.choice(np.array(PLANS, object), rows), pa.string()),
        "spend": pa.array(
            [Decimal(int(cents)).scaleb(-2) for cents in rng.gamma(2, 4000, rows)], pa.decimal128(10, 2)
        ),
        "usage": doubles(rng.normal(0, 1, rows).round(4)),
        "score": pa.array(rng.normal(0, 1, rows).round(2), pa.float32()),
        "tenure": pa.array(rng.integers(0, 60, rows), pa.int32()),
        "visits": pa.array(rng.poisson(6, rows), pa.int64()),
        "is_member": pa.array(rng.random(rows) < 0.4, pa.bool_()),
    }


def customers_with_holes() -> Columns:
    """Each column has NULLs of its own."""
    return {name: with_holes(column, 7 + i, i) for i, (name, column) in enumerate(customers().items())}


def pick(table: Columns, *names: str) -> Columns:
    return {name: table[name] for name in names}
