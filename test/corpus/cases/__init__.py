"""The cases of the corpus, family by family."""

from collections.abc import Iterator

from . import (
    catboost_models,
    lightgbm_models,
    networks,
    outputs,
    policies,
    refused,
    shapes,
    skl_kernels,
    skl_linear,
    skl_meta,
    skl_pipelines,
    skl_probability,
    skl_text,
    skl_transformers,
    skl_trees,
    thresholds,
    torch_models,
    types,
    xgboost_models,
)
from .kit import Case

FAMILIES = (
    skl_linear,
    skl_kernels,
    skl_trees,
    skl_probability,
    skl_transformers,
    skl_meta,
    skl_pipelines,
    skl_text,
    lightgbm_models,
    xgboost_models,
    catboost_models,
    torch_models,
    networks,
    types,
    thresholds,
    shapes,
    policies,
    outputs,
    refused,
)


def all_cases(word: str = "") -> Iterator[Case]:
    """Those whose name holds the word."""
    for family in FAMILIES:
        yield from (case for case in family.cases() if word in case.name)
