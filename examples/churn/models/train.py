"""Trains the churn model, exports it to ONNX and checks the export against scikit-learn.

pip install -r models/requirements.txt
python models/train.py
"""

from pathlib import Path

import numpy as np
import onnxruntime as ort
import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

HERE = Path(__file__).parent
SEED = 7

TEXT = [
    "multiple_lines", "internet_service", "online_security", "online_backup", "device_protection",
    "tech_support", "streaming_tv", "streaming_movies", "contract", "payment_method",
]  # fmt: skip
NUMBERS = [
    "female", "senior_citizen", "partner", "dependents", "tenure", "phone_service", "paperless_billing",
    "monthly_charges",
]  # fmt: skip
BILLED = ["total_charges"]  # empty for customers in their first month, who were never billed: 0


def train(customers: pd.DataFrame) -> Pipeline:
    columns = ColumnTransformer(
        [
            # A sparse one-hot would make zeros look like missing values to some converters.
            ("text", OneHotEncoder(sparse_output=False, handle_unknown="ignore"), TEXT),
            ("billed", SimpleImputer(strategy="constant", fill_value=0.0), BILLED),
            ("numbers", "passthrough", NUMBERS),
        ],
        sparse_threshold=0,
    )
    trees = GradientBoostingClassifier(n_estimators=100, max_depth=3, subsample=0.8, random_state=SEED)
    return Pipeline([("columns", columns), ("trees", trees)]).fit(customers, customers["churn"])


def export(model: Pipeline) -> bytes:
    """One [N, 1] input per column; `label` and plain [N, 2] `probabilities` instead of a ZipMap."""
    inputs = [(name, StringTensorType([None, 1])) for name in TEXT]
    inputs += [(name, FloatTensorType([None, 1])) for name in BILLED + NUMBERS]
    graph = to_onnx(
        model,
        initial_types=inputs,
        options={id(model): {"zipmap": False}},
        target_opset={"": 15, "ai.onnx.ml": 3},
        name="churn",
    )
    graph.opset_import.sort(key=lambda opset: opset.domain)  # else their order, and the hash, varies
    return graph.SerializeToString()


def score(graph: bytes, customers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    feed = {name: customers[[name]].to_numpy(dtype=object) for name in TEXT}
    feed |= {name: customers[[name]].to_numpy(dtype=np.float32) for name in BILLED + NUMBERS}
    return session.run(["label", "probabilities"], feed)


def main() -> None:
    customers = pd.read_csv(HERE.parent / "data" / "customers.csv.gz")
    # A model whose inputs are float32 is trained on float32.
    customers = customers.astype({name: np.float32 for name in BILLED + NUMBERS})
    learn, holdout = train_test_split(
        customers, test_size=0.25, random_state=SEED, stratify=customers["churn"]
    )
    model = train(learn)
    graph = export(model)

    label, probabilities = score(graph, customers)
    if not (label == model.predict(customers)).all():
        raise SystemExit("the ONNX labels differ from scikit-learn's")
    gap = np.abs(probabilities - model.predict_proba(customers)).max()
    if gap > 1e-6:
        raise SystemExit(f"the ONNX probabilities differ from scikit-learn's by up to {gap:.1e}")
    auc = roc_auc_score(holdout["churn"] == "Yes", score(graph, holdout)[1][:, 1])

    (HERE / "churn.onnx").write_bytes(graph)
    (HERE / "MODEL_CARD.md").write_text(
        CARD.format(
            auc=auc,
            learn=len(learn),
            holdout=len(holdout),
            gap=gap,
            rate=(customers["churn"] == "Yes").mean(),
            text=", ".join(f"`{name}`" for name in TEXT),
            numbers=", ".join(f"`{name}`" for name in BILLED + NUMBERS),
        )
    )
    print(f"holdout AUC {auc:.4f}, largest difference between ONNX and scikit-learn {gap:.1e}")


CARD = """# Churn model

**What.** The probability that a telephone and internet customer leaves: gradient boosted trees (100 trees of
depth 3, scikit-learn) on one-hot text columns and plain numbers. `train.py` makes it, the same every time.

**Data.** `../data/customers.csv.gz`, 7,043 customers of whom {rate:.1%} left; {learn:,} to learn from, {holdout:,} held
out (stratified). Its origin and licence: `../data/LICENSE.md`.

**Quality.** AUC {auc:.4f} on the held-out customers, measured on the ONNX file. Over all customers ONNX and scikit-learn
give the same labels and probabilities within {gap:.1e}.

| Inputs | Type | Missing and unknown values |
| --- | --- | --- |
| {text} | string [N, 1] | a category not seen in training counts as none of them; missing is not allowed |
| {numbers} | float [N, 1] | NaN in `total_charges` means never billed and becomes 0 in the graph; elsewhere missing is not allowed |

| Outputs | Type | Meaning |
| --- | --- | --- |
| `label` | string [N] | `Yes` or `No` |
| `probabilities` | float [N, 2] | of `No` and `Yes`, in this order |

**Use.** A demonstration. The sample is a made-up company's: do not decide about real customers with it.
"""


if __name__ == "__main__":
    main()
