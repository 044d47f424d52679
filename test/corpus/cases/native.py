"""The second reference: the scores of the model's own library, within the tolerance that each case keeps."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .files import write_case
from .kit import Arrays, Case
from .reference import is_zip_map, score


def compare_native(cases: Iterable[Case], out: Path) -> int:
    """Prints the cases that differ from their library by more than they may; returns 1 where that is not known."""
    surprises = compared = 0
    for case in cases:
        if case.native is None or case.refused is not None:
            continue
        write_case(out / case.name, case)
        feeds, _, raw = score(case, str(out / case.name / "model.onnx"))
        differences = worst(case, feeds, raw)
        compared += 1
        fits = all(share == 0 for share, _ in differences.values())
        if fits and case.misfit == "":
            continue
        known = "known" if not fits and case.misfit != "" else "SURPRISE"
        surprises += known == "SURPRISE"
        for output, (share, difference) in differences.items():
            print(
                f"{known} {case.name}.{output}: {share:.1%} of the rows differ, by up to {difference:.3g}. {case.misfit}"
            )
    print(f"{compared} cases compared with their library, {surprises} surprises")
    return int(surprises > 0)


def worst(case: Case, feeds: Arrays, raw: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """By output: the share of rows beyond the tolerance, and the largest difference (1 for another label)."""
    assert case.native is not None
    found = {}
    for name, native in case.native(feeds).items():
        if name not in raw:
            continue
        value = raw[name]
        values = np.array([list(row.values()) for row in value]) if is_zip_map(value) else np.asarray(value)
        differences = difference_of(
            values.reshape(len(native), -1), np.asarray(native).reshape(len(native), -1)
        )
        found[name] = float((differences > case.tolerance).any(axis=1).mean()), float(differences.max())
    assert found, f"{case.name}: no output that the library gives too"
    return found


def difference_of(values: np.ndarray, native: np.ndarray) -> np.ndarray:
    if values.dtype.kind not in "fiub" or native.dtype.kind not in "fiub":
        return (values.astype(str) != native.astype(str)).astype(float)
    values, native = values.astype(np.float64), native.astype(np.float64)
    same = (values == native) | (np.isnan(values) & np.isnan(native))
    return np.where(same, 0, np.abs(values - native) / np.maximum(1, np.abs(native)))
