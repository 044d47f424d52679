"""PyTorch through both of its exporters."""

from collections.abc import Iterator
from io import BytesIO
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import torch
from torch import nn

from . import data
from .kit import Arrays, Case, doubles, integers, matrix_of
from .networks import matrix_case

BATCH = "batch"


def cases() -> Iterator[Case]:
    torch.set_num_threads(1)
    torch.manual_seed(1)
    yield torch_case("torch_network", network(), ["probability"])
    yield torch_case("torch_network_dynamo", network(), ["probability"], dynamo=True)
    yield torch_case("torch_two_heads", TwoHeads(), ["churn", "value"])
    yield torch_case("torch_batch_of_8", network(), ["probability"], batch=8)
    yield torch_case("torch_autoencoder", Autoencoder(), ["code", "error"])
    yield torch_case("torch_attention", Attention(), ["score"], dynamo=True)
    yield torch_case("torch_double", network().double(), ["probability"], dtype=torch.float64)
    yield embeddings()


def network() -> nn.Module:
    layers = [nn.Linear(5, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 1), nn.Sigmoid()]
    return nn.Sequential(*layers)


class TwoHeads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.shared, self.churn, self.value = nn.Linear(5, 8), nn.Linear(8, 1), nn.Linear(8, 3)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        h = torch.relu(self.shared(x))
        return torch.sigmoid(self.churn(h)).squeeze(1), self.value(h)


class Autoencoder(nn.Module):
    """Gives its code, and for each row how far it is from what it was made again."""

    def __init__(self) -> None:
        super().__init__()
        self.down, self.up = nn.Linear(5, 2), nn.Linear(2, 5)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        code = torch.tanh(self.down(x))
        return code, ((self.up(code) - x) ** 2).mean(dim=1)


class Attention(nn.Module):
    """Each column is a token, as transformers for tables have it."""

    def __init__(self) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(5, 8)), nn.Parameter(torch.randn(5, 8))
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.head = nn.Linear(8, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tokens = x.unsqueeze(2) * self.weight + self.bias
        mixed, _ = self.attention(tokens, tokens, tokens, need_weights=False)
        return self.head(mixed.mean(dim=1))


class Embeddings(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.plans, self.cities, self.head = nn.Embedding(4, 3), nn.Embedding(9, 2), nn.Linear(6, 3)

    def forward(self, plan: torch.Tensor, city: torch.Tensor, amount: torch.Tensor) -> torch.Tensor:
        return torch.softmax(
            self.head(torch.cat([self.plans(plan), self.cities(city), amount], dim=1)), dim=1
        )


def torch_case(
    name: str,
    model: nn.Module,
    outputs: list[str],
    *,
    dynamo: bool = False,
    batch: int | None = None,
    dtype: Any = torch.float32,
) -> Case:
    """batch: exported for so many rows and no other number."""
    model.eval()
    graph = export(
        model,
        (torch.zeros(batch or 3, 5, dtype=dtype),),
        ["features"],
        outputs,
        dynamo=dynamo,
        fixed=batch is not None,
    )

    def natively(feeds: Arrays) -> Arrays:
        return run(model, outputs, torch.from_numpy(matrix_of(feeds)))

    return matrix_case(name, graph, native=natively, batch=batch)


def embeddings() -> Case:
    model = Embeddings().eval()
    names = ["plan", "city", "amount"]
    example = (torch.zeros(3, dtype=torch.int64), torch.zeros(3, dtype=torch.int64), torch.zeros(3, 1))
    graph = export(model, example, names, ["probabilities"])
    rng = np.random.default_rng(61)
    table = {
        "plan": integers(rng.integers(0, 4, data.ROWS), "int32"),
        "city": integers(rng.integers(0, 9, data.ROWS), "int64"),
        "amount": doubles(rng.normal(0, 1, data.ROWS).round(3)),
    }
    return Case(
        "torch_embeddings",
        graph,
        table,
        native=lambda feeds: run(
            model, ["probabilities"], *(torch.from_numpy(feeds[name]) for name in names)
        ),
    )


def run(model: nn.Module, outputs: list[str], *tensors: torch.Tensor) -> Arrays:
    with torch.no_grad():
        given = model(*tensors)
    return dict(zip(outputs, (each.numpy() for each in (given if isinstance(given, tuple) else (given,)))))


def export(
    model: nn.Module,
    example: tuple,
    inputs: list[str],
    outputs: list[str],
    *,
    dynamo: bool = False,
    fixed: bool = False,
) -> onnx.ModelProto:
    if dynamo:
        shapes = tuple({0: torch.export.Dim(BATCH)} for _ in inputs)
        program = torch.onnx.export(
            model,
            example,
            input_names=inputs,
            output_names=outputs,
            dynamic_shapes=shapes,
            dynamo=True,
            verbose=False,
        )
        with TemporaryDirectory() as folder:
            program.save(f"{folder}/model.onnx")
            return without_traces(onnx.load(f"{folder}/model.onnx"))
    written = BytesIO()
    axes = {} if fixed else {name: {0: BATCH} for name in (*inputs, *outputs)}
    torch.onnx.export(
        model,
        example,
        written,
        input_names=inputs,
        output_names=outputs,
        dynamic_axes=axes,
        dynamo=False,
        opset_version=17,
    )
    return onnx.load_from_string(written.getvalue())


def without_traces(model: onnx.ModelProto) -> onnx.ModelProto:
    """The exporter writes where in whose file each node comes from."""
    graph = model.graph
    for each in (*graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer, graph):
        del each.metadata_props[:]
    return model
