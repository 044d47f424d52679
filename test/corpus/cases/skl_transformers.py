"""Transformers: outputs that are vectors."""

from collections.abc import Iterator

from sklearn.decomposition import PCA, IncrementalPCA, KernelPCA, TruncatedSVD
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import (
    Binarizer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.random_projection import GaussianRandomProjection

from .kit import Case
from .sklearn_kit import sklearn_case

QUANTILES = {"quantile_method": "averaged_inverted_cdf"}


def cases() -> Iterator[Case]:
    yield sklearn_case("skl_pca", PCA(3), "none")
    yield sklearn_case("skl_pca_incremental", IncrementalPCA(3), "none", by_column=True)
    yield sklearn_case(
        "skl_pca_kernel", KernelPCA(3, kernel="rbf", eigen_solver="dense"), "none", train_rows=150
    )
    yield sklearn_case("skl_svd", TruncatedSVD(3, random_state=1), "none")
    yield sklearn_case("skl_projection", GaussianRandomProjection(3, random_state=1), "none")
    yield sklearn_case("skl_scaler", StandardScaler(), "none")
    yield sklearn_case("skl_scaler_min_max", MinMaxScaler(clip=True), "none")
    yield sklearn_case("skl_scaler_max_abs", MaxAbsScaler(), "none")
    yield sklearn_case("skl_scaler_robust", RobustScaler(), "none")
    yield sklearn_case("skl_normalizer", Normalizer(), "none")
    yield sklearn_case("skl_bins", KBinsDiscretizer(4, encode="ordinal", **QUANTILES), "none")
    yield sklearn_case("skl_bins_one_hot", KBinsDiscretizer(3, encode="onehot-dense", **QUANTILES), "none")
    yield sklearn_case("skl_polynomial", PolynomialFeatures(2), "none")
    yield sklearn_case("skl_binarizer", Binarizer(), "none")
    yield sklearn_case("skl_power", PowerTransformer(), "none")
    yield sklearn_case("skl_quantiles", QuantileTransformer(n_quantiles=20), "none")
    yield sklearn_case("skl_variance", VarianceThreshold(0.01), "none")
    yield sklearn_case("skl_select_best", SelectKBest(k=3), "classes")
    yield sklearn_case("skl_imputer", SimpleImputer(), "none", holes=True)
