"""The files of a case, and the archive that all of them are shipped in."""

import io
import json
import re
import tarfile
from collections.abc import Mapping
from pathlib import Path

import brotli
import numpy as np
import onnx
import pyarrow as pa
import pyarrow.parquet as pq

from .kit import Case, Columns

# Of the archive's entries; any fixed moment makes its bytes the same each time.
MOMENT = 0


def render_target(case: Case) -> str:
    """JSON is YAML. Paths are relative to the folder that holds all cases."""
    keys = {
        "name": case.name,
        "source": {"file": f"{case.name}/input.parquet"},
        "key": ["id"],
        "model": {"uri": f"{case.name}/model.onnx", **case.keys.get("model", {})},
    }
    if case.features is not None:
        keys["features"] = case.features
    keys |= {key: value for key, value in case.keys.items() if key != "model"}
    keys["resources"] = {"workers": 1, "chunk_rows": case.chunk_rows}
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys.items())


def write_case(folder: Path, case: Case) -> None:
    """All but what is expected of it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(stable_bytes(case.model))
    for name, content in case.files.items():
        (folder / name).write_bytes(content)
    keys = {"id": pa.array(range(1, case.row_count + 1), pa.int64())}
    write_parquet(folder / "input.parquet", {**keys, **case.table})
    (folder / "target.yml").write_text(render_target(case), encoding="utf-8")


def write_expected(folder: Path, kept: np.ndarray, columns: Columns) -> None:
    keys = {"id": pa.array(np.flatnonzero(kept) + 1, pa.int64())}
    write_parquet(folder / "expected.parquet", {**keys, **columns})


def write_refusal(folder: Path, case: Case) -> None:
    assert case.refused is not None
    (folder / "refused.json").write_text(json.dumps(vars(case.refused)) + "\n", encoding="utf-8")


def write_parquet(path: Path, columns: Columns) -> None:
    """Uncompressed: the archive is compressed as a whole, where equal columns of cases cost nothing."""
    table = pa.table(dict(columns))
    pq.write_table(
        table, path, compression="NONE", write_statistics=False, store_schema=False, use_dictionary=False
    )


def stable_bytes(model: onnx.ModelProto) -> bytes:
    """The same bytes each time: skl2onnx takes the order of opsets from a set, and names from Python's addresses."""
    for holder in (model, *model.functions):
        holder.opset_import.sort(key=lambda opset: opset.domain)
    content = model.SerializeToString(deterministic=True)
    addresses = set(re.findall(rb"norm_(\d{10,})_", content))
    assert len(addresses) <= 1, "names would be told apart no more"
    for address in addresses:
        content = content.replace(address, b"1" * len(address))
    return content


def pack(folders: Mapping[str, Path], archive: Path) -> None:
    """A plain ustar of all folders, in order, compressed as one stream."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, folder in sorted(folders.items()):
            for file in sorted(folder.iterdir()):
                content = file.read_bytes()
                info = tarfile.TarInfo(f"{name}/{file.name}")
                info.size, info.mtime = len(content), MOMENT
                tar.addfile(info, io.BytesIO(content))
    archive.write_bytes(brotli.compress(buffer.getvalue(), quality=11, lgwin=24))
