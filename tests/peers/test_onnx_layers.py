"""Windows with pads per side, ceil mode and SAME, against ONNX Runtime."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument

from tuicnn.core.diagnostics import Refusal
from tuicnn.core.layer import Effect
from tuicnn.core.layers import layer_types
from tuicnn.core.shapes import Shape

pytestmark = pytest.mark.peers

SETTINGS = 300
"""How many are drawn of each type and rank."""

OPSET = 22
"""The first in which ceil_mode counts as PyTorch does."""

Fields = dict[str, Any]
Array = NDArray[np.float32]

RANKS = {1: "1d", 2: "2d", 3: "3d"}


def ours(kind: str, fields: Fields, x: Shape) -> Effect | None:
    """Return what our rules say; None where they refuse."""
    try:
        return layer_types()[kind].model_validate(fields).infer(x)
    except Refusal:
        return None


def run(operator: str, arrays: list[Array], **attributes: Any) -> Shape | None:
    """Run one operator; None where it fails, or nothing is left."""
    names = [f"input{number}" for number in range(len(arrays))]
    graph = helper.make_graph(
        [helper.make_node(operator, names, ["output"], **attributes)],
        "one operator",
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape)
            for name, array in zip(names, arrays, strict=True)
        ],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, None)],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        (output,) = session.run(None, dict(zip(names, arrays, strict=True)))
    except (Fail, InvalidArgument):
        return None
    return tuple(output.shape[1:]) if output.size else None


def zeros(*shape: int) -> Array:
    """Return an array whose values do not matter."""
    return np.zeros(shape, np.float32)


def each(rng: Random, rank: int, least: int, most: int) -> Shape:
    """Return an integer for each axis."""
    return tuple(rng.randint(least, most) for _ in range(rank))


def a_map(rng: Random, rank: int) -> Shape:
    """Return the shape of a small map."""
    return (rng.choice([1, 2, 4]), *each(rng, rank, 1, {1: 14, 2: 10, 3: 6}[rank]))


def edges(rng: Random, most: Shape) -> tuple[tuple[int, int], ...]:
    """Return cells before and after each axis."""
    return tuple((rng.randint(0, one), rng.randint(0, one)) for one in most)


def dilated(rng: Random, rank: int, padding: object) -> Shape:
    """Return a dilation; 1 where padding is a word: ONNX Runtime would ignore it."""
    return each(rng, rank, 1, 1 if padding == "same" else 3)


def fits(fields: Fields, x: Shape) -> bool:
    """Whether a window lies within its padded map.

    Where it does not, and sizes round down, ONNX Runtime divides toward zero and so
    finds a place for it.
    """
    rank = len(x) - 1
    padding = fields["padding"]
    padded = ((0, 0),) * rank if padding == "valid" else padding
    return padding == "same" or all(
        d * (k - 1) < i + begin + end
        for i, k, d, (begin, end) in zip(
            x[1:],
            fields["kernel_size"],
            fields.get("dilation", (1,) * rank),
            padded,
            strict=True,
        )
    )


def placed(padding: tuple[tuple[int, int], ...] | str) -> Fields:
    """Return padding as ONNX has it: all begins, then all ends; or a word."""
    if isinstance(padding, str):
        return {"auto_pad": "SAME_UPPER" if padding == "same" else "VALID"}
    begins, ends = zip(*padding, strict=True)
    return {"pads": [*begins, *ends]}


def convolution(rng: Random, rank: int) -> None:
    """Draw a convolution and compare it."""
    x = a_map(rng, rank)
    padding: Any = rng.choice(["same", "valid", edges(rng, (3,) * rank)])
    groups = rng.choice([1, 2]) if x[0] > 1 else 1
    fields: Fields = {
        "out_channels": groups * rng.randint(1, 3),
        "kernel_size": each(rng, rank, 1, 4),
        "stride": each(rng, rank, 1, 3),
        "dilation": dilated(rng, rank, padding),
        "groups": groups,
        "padding": padding,
    }
    effect = ours(f"conv{RANKS[rank]}", fields, x)
    kernel = fields["kernel_size"]
    weight = (fields["out_channels"], x[0] // groups, *kernel)
    if not fits(fields, x):
        assert effect is None, (fields, x)
        return
    found = run(
        "Conv",
        [zeros(1, *x), zeros(*weight)],
        strides=fields["stride"],
        dilations=fields["dilation"],
        group=groups,
        **placed(padding),
    )
    assert (effect and effect.output) == found, (fields, x)
    assert effect is None or effect.parameters["weight"] == weight


def transposed_convolution(rng: Random, rank: int) -> None:
    """Draw a transposed convolution with pads per side and compare it."""
    x = a_map(rng, rank)
    groups = rng.choice([1, 2]) if x[0] > 1 else 1
    strides = each(rng, rank, 1, 4)
    fields: Fields = {
        "out_channels": groups * rng.randint(1, 3),
        "kernel_size": each(rng, rank, 1, 4),
        "stride": strides,
        "dilation": each(rng, rank, 1, 3),
        "groups": groups,
        "padding": edges(rng, (2,) * rank),
        "output_padding": tuple(rng.randint(0, stride - 1) for stride in strides),
    }
    effect = ours(f"conv_transpose{RANKS[rank]}", fields, x)
    weight = (x[0], fields["out_channels"] // groups, *fields["kernel_size"])
    found = run(
        "ConvTranspose",
        [zeros(1, *x), zeros(*weight)],
        strides=strides,
        dilations=fields["dilation"],
        output_padding=fields["output_padding"],
        group=groups,
        **placed(fields["padding"]),
    )
    assert (effect and effect.output) == found, (fields, x)
    assert effect is None or effect.parameters["weight"] == weight


def max_pool(rng: Random, rank: int) -> None:
    """Draw a maximum over windows and compare it."""
    x = a_map(rng, rank)
    kernel = each(rng, rank, 1, 4)
    half = tuple(one // 2 for one in kernel)
    padding: Any = rng.choice(["same", edges(rng, half), edges(rng, half)])
    stride = each(rng, rank, 1, 4)
    if padding == "same":  # ONNX Runtime takes no larger one with it
        stride = tuple(map(min, stride, kernel))
    fields: Fields = {
        "kernel_size": kernel,
        "stride": stride,
        "dilation": dilated(rng, rank, padding),
        "padding": padding,
        "ceil_mode": padding != "same" and rng.random() < 0.7,
    }
    effect = ours(f"max_pool{RANKS[rank]}", fields, x)
    if not fields["ceil_mode"] and not fits(fields, x):
        assert effect is None, (fields, x)
        return
    found = run(
        "MaxPool",
        [zeros(1, *x)],
        kernel_shape=kernel,
        strides=fields["stride"],
        dilations=fields["dilation"],
        ceil_mode=int(fields["ceil_mode"]),
        **placed(padding),
    )
    assert (effect and effect.output) == found, (fields, x)


def avg_pool(rng: Random, rank: int) -> None:
    """Draw a mean over windows and compare it."""
    x = a_map(rng, rank)
    kernel = each(rng, rank, 1, 4)
    half = tuple(one // 2 for one in kernel)
    fields: Fields = {
        "kernel_size": kernel,
        "stride": each(rng, rank, 1, 4),
        "padding": edges(rng, half),
        "ceil_mode": rng.random() < 0.7,
    }
    effect = ours(f"avg_pool{RANKS[rank]}", fields, x)
    if not fields["ceil_mode"] and not fits(fields, x):
        assert effect is None, (fields, x)
        return
    found = run(
        "AveragePool",
        [zeros(1, *x)],
        kernel_shape=kernel,
        strides=fields["stride"],
        ceil_mode=int(fields["ceil_mode"]),
        **placed(fields["padding"]),
    )
    assert (effect and effect.output) == found, (fields, x)


DRAWS: dict[str, Callable[[Random, int], None]] = {
    "convolution": convolution,
    "transposed convolution": transposed_convolution,
    "max_pool": max_pool,
    "avg_pool": avg_pool,
}


@pytest.mark.parametrize("rank", RANKS)
@pytest.mark.parametrize("name", DRAWS)
def test_random_settings_do_what_onnx_runtime_does(name: str, rank: int) -> None:
    rng = Random(f"{name} {rank}")
    for _ in range(SETTINGS):
        DRAWS[name](rng, rank)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "pad", "places"),
    [
        (9, 4, 4, 2, 3),
        (2, 3, 3, 1, 1),
        (12, 1, 2, 0, 6),
        (6, 3, 2, 0, 3),
        (9, 5, 2, 0, 3),
    ],
)
def test_ceil_mode_leaves_out_a_window_that_begins_behind_the_map(
    size: int, kernel: int, stride: int, pad: int, places: int
) -> None:
    fields = {
        "kernel_size": kernel,
        "stride": stride,
        "padding": pad,
        "ceil_mode": True,
    }
    effect = ours("max_pool1d", fields, (1, size))
    assert effect is not None
    assert effect.output == (1, places)
    assert (1, places) == run(
        "MaxPool",
        [zeros(1, 1, size)],
        kernel_shape=[kernel],
        strides=[stride],
        pads=[pad, pad],
        ceil_mode=1,
    )
