"""The messages that frameworks raise today: each names the layer that raised it."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import onnxruntime
import pytest
import torch
from keras import layers as k
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional

from tests.interop.networks import report_of
from tests.pasted import CASES, FC, HEAD, RELU, Case
from tuicnn.core.pasted import pasted

pytestmark = pytest.mark.peers

x = torch.zeros


def _plain(module: nn.Module, entering: torch.Tensor) -> None:
    """Run a module by PyTorch's own code: oneDNN words this error without a size."""
    with torch.backends.mkldnn.flags(enabled=False):
        module(entering)


TORCH: dict[str, Callable[[], object]] = {
    "multiplied (2x1568 and": lambda: nn.Linear(1050, 10)(x(2, 1568)),
    "multiplied (2x50": lambda: nn.Linear(40, 10)(x(2, 50)),
    "multiplied (30x7": lambda: nn.Linear(8, 3)(x(2, 3, 5, 7)),
    "Given groups=1": lambda: nn.Conv2d(3, 6, 5)(x(2, 1, 32, 32)),
    "Given transposed=1": lambda: nn.ConvTranspose2d(3, 6, 5)(x(2, 1, 32, 32)),
    "Given groups=2": lambda: nn.Conv2d(4, 6, 3, groups=2)(x(2, 6, 32, 32)),
    "Calculated padded": lambda: nn.Conv2d(3, 6, 5)(x(2, 3, 4, 4)),
    "Given input size: (6x2x2)": lambda: nn.MaxPool2d(3)(x(2, 6, 2, 2)),
    "max_pool1d()": lambda: nn.MaxPool1d(3)(x(2, 3, 2)),
    "(6x1x2)": lambda: nn.AvgPool1d(3)(x(2, 6, 2)),
    "channel: (2 x 2)": lambda: _plain(nn.ConvTranspose2d(3, 6, 2, padding=3),
                                       x(2, 3, 2, 2)),
    "channel: (1 x 2)": lambda: _plain(nn.ConvTranspose1d(3, 6, 2, padding=3),
                                       x(2, 3, 2)),
    "Provided sizes": lambda: nn.Unflatten(1, (3, 4))(x(2, 10)),
    "parameter numbers": lambda: nn.PReLU(3)(x(2, 6, 4, 4)),
    "at most half": lambda: nn.MaxPool2d(2, padding=2)(x(2, 6, 8, 8)),
    "running_mean": lambda: nn.BatchNorm2d(8)(x(2, 6, 4, 4)),
    "weight to be a vector": lambda: nn.GroupNorm(2, 8)(x(2, 6, 4, 4)),
    "normalized_shape": lambda: nn.LayerNorm([8, 4, 4])(x(2, 6, 4, 4)),
    "more than 1 value": lambda: nn.BatchNorm2d(6)(x(1, 6, 1, 1)),
    "tensor a (8)": lambda: x(2, 6, 8, 8) + x(2, 6, 4, 4),
    "tensor a (6)": lambda: x(2, 6, 8, 8) + x(2, 12, 8, 8),
    "must match except": lambda: torch.cat([x(2, 6, 8, 8), x(2, 6, 4, 4)], 1),
    "'[2, 1050]'": lambda: x(2, 32, 7, 7).view(2, 1050),
    "'[-1, 1050]'": lambda: x(2, 32, 7, 7).view(-1, 1050),
    "(batched) input to": lambda: nn.Conv2d(3, 6, 5)(x(2, 10)),
    "in_channels must": lambda: nn.Conv2d(3, 6, 5, groups=2),
    "out_channels must": lambda: nn.Conv2d(4, 5, 3, groups=2),
    "Argument #4": lambda: functional.pad(x(1, 1, 4, 4), [5] * 4, mode="reflect"),
    "pixel_shuffle": lambda: nn.PixelShuffle(2)(x(1, 6, 4, 4)),
    "loading state_dict": lambda: nn.ModuleDict({"fc": nn.Linear(5, 10)})
    .load_state_dict(nn.ModuleDict({"fc": nn.Linear(5, 12)}).state_dict()),
}  # fmt: skip
"""What raises the message of a case, by a part of its words."""


def _built(layer: keras.Layer, first: torch.Tensor, then: torch.Tensor) -> None:
    layer(first)
    layer(then)


def _predicted() -> None:
    entering = keras.Input((28, 28, 1))
    model = keras.Model(entering, k.Flatten()(entering))
    model.predict(np.zeros((2, 32, 32, 3), np.float32), verbose=0)


KERAS: dict[str, Callable[[], object]] = {
    "'dense'": lambda: keras.Sequential(
        [keras.Input((1050,)), k.Dense(10, name="dense")]
    )(x(2, 1568)),
    "'second'": lambda: _built(
        k.Conv2D(6, 5, name="second"), x(2, 32, 32, 3), x(2, 32, 32, 1)
    ),
    "found ndim=2": lambda: k.Conv2D(6, 5, name="c")(keras.Input((10,))),
    "inputs shape=(None, 4": lambda: k.Conv2D(6, 5)(keras.Input((4, 4, 3))),
    "inputs.shape=[None 2": lambda: k.MaxPooling2D(3)(keras.Input((2, 2, 6))),
    "incompatible shapes": lambda: k.Add()(
        [keras.Input((8, 8, 6)), keras.Input((4, 4, 6))]
    ),
    "Concatenate": lambda: k.Concatenate()(
        [keras.Input((8, 8, 6)), keras.Input((4, 4, 6))]
    ),
    "total size": lambda: k.Reshape((3, 5))(keras.Input((16,))),
    "number of groups": lambda: k.Conv2D(6, 3, groups=2)(keras.Input((8, 8, 3))),
    "expected shape=(None, 28": _predicted,
}


def _node(
    kind: str,
    name: str,
    entering: dict[str, tuple[int, ...]],
    held: dict[str, np.ndarray] | None = None,
    free: bool = False,
    **attributes: object,
) -> None:
    """Run a graph of one node.

    Args:
        free: Whether the graph leaves the sizes open, so that only running it fails.
    """
    held = held or {}
    node = helper.make_node(kind, [*entering, *held], ["y"], name=name, **attributes)
    inputs = [
        helper.make_tensor_value_info(
            one,
            TensorProto.FLOAT,
            [f"{one}{at}" for at in range(len(shape))] if free else shape,
        )
        for one, shape in entering.items()
    ]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    constants = [numpy_helper.from_array(value, one) for one, value in held.items()]
    graph = helper.make_graph([node], "g", inputs, [output], constants)
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=9)
    onnxruntime.set_default_logger_severity(4)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    session.run(
        None, {one: np.zeros(shape, np.float32) for one, shape in entering.items()}
    )


def _zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


def _other_input() -> None:
    entering = helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 3, 32])
    leaving = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    node = helper.make_node("Relu", ["x"], ["y"])
    graph = helper.make_graph([node], "g", [entering], [leaving])
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    session.run(None, {"x": _zeros(2, 1, 28)})


PAIR = {"x": (2, 6, 8, 8), "z": (2, 6, 4, 4)}
FULL = {"w": _zeros(10, 1050), "b": _zeros(10)}
STATISTICS = {one: _zeros(8) for one in ("s", "b", "m", "v")}
ONNX: dict[str, Callable[[], object]] = {
    "GEMM": lambda: _node("Gemm", "/fc/Gemm", {"x": (2, 1568)}, FULL, True, transB=1),
    "(Gemm)": lambda: _node("Gemm", "/fc/Gemm", {"x": (2, 1568)}, FULL, transB=1),
    "Input channels": lambda: _node(
        "Conv", "/c/Conv", {"x": (2, 1, 32, 32)}, {"w": _zeros(6, 3, 5, 5)}
    ),
    "running ConvTranspose": lambda: _node(
        "ConvTranspose", "/up/ConvTranspose", {"x": (2, 1, 32, 32)},
        {"w": _zeros(3, 6, 5, 5)}, True,
    ),
    "running Concat": lambda: _node("Concat", "/Concat", PAIR, free=True, axis=1),
    "{4,4}": lambda: _node(
        "Conv", "/c/Conv", {"x": (2, 3, 4, 4)}, {"w": _zeros(6, 3, 5, 5)}
    ),
    "(Concat)": lambda: _node("Concat", "/Concat", PAIR, axis=1),
    "running Add": lambda: _node("Add", "/Add", PAIR, free=True),
    "running Reshape": lambda: _node(
        "Reshape", "/Reshape", {"x": (2, 32, 7, 7)}, {"s": np.array([2, 1050])}
    ),
    "input scale": lambda: _node(
        "BatchNormalization", "/n/BatchNormalization", {"x": (2, 6, 4, 4)},
        STATISTICS, True,
    ),
    "Got invalid": _other_input,
}  # fmt: skip


def _raising(case: Case) -> Callable[[], object]:
    makers = {"torch": TORCH, "keras": KERAS, "onnx": ONNX}[case.framework]
    (found,) = (make for part, make in makers.items() if part in case.words)
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.filterwarnings("ignore")
def test_what_a_framework_raises_names_the_layer(case: Case) -> None:
    with pytest.raises(Exception) as raised:  # each has its own
        _raising(case)()
    report = report_of(*case.layers, entering=case.entering)
    found = pasted(report, f"Traceback …\n{raised.value}")
    assert found.clue is not None, raised.value
    assert (found.row.path if found.row else None) == case.path, raised.value


def _torch_of(report_layers: tuple[dict[str, object], ...]) -> nn.Sequential:
    """Return the modules of a plain stack, one linear layer told wrongly."""
    made: list[nn.Module] = []
    for one in report_layers:
        match one["type"]:
            case "conv2d":
                made.append(nn.LazyConv2d(6, 5))
            case "relu":
                made.append(nn.ReLU())
            case "max_pool2d":
                made.append(nn.MaxPool2d(2))
            case "flatten":
                made.append(nn.Flatten())
            case "linear":
                wrong = one["name"] == "fc"
                outputs = one["out_features"]
                assert isinstance(outputs, int)
                made.append(nn.Linear(77, outputs) if wrong else nn.LazyLinear(outputs))
    return nn.Sequential(*made)


@pytest.mark.parametrize("batch", [1, 2, 7])
@pytest.mark.filterwarnings("ignore")
def test_a_stack_with_a_wrong_layer_raises_what_names_it(batch: int) -> None:
    stack = (*HEAD, FC, RELU)
    report = report_of(*stack, entering=(1, 20, 20))
    with pytest.raises(RuntimeError) as raised:
        _torch_of(stack)(x(batch, 1, 20, 20))
    found = pasted(report, str(raised.value))
    assert found.row is not None
    assert found.row.path == "fc"
    assert found.clue is not None
    assert found.clue.batch == batch


def test_every_case_has_a_maker() -> None:
    for case in CASES:
        assert _raising(case)
