"""Where this program and PyTorch differ on purpose: one table, with the reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from torch import Tensor, nn

from tests.peers.torch_modules import MODULES, Fields, Function, flat, padded
from tuicnn.core.shapes import Shape

Applies = Callable[[str, Fields, Shape], bool]
StandIn = Callable[[str, Fields, Shape], nn.Module]

_SLIDING = ("conv1d", "conv2d", "conv3d", "depthwise_conv2d", "separable_conv2d")
_POOLS = ("max_pool", "avg_pool")


@dataclass(frozen=True)
class Difference:
    """Settings for which one of the two refuses what the other takes.

    Attributes:
        applies: Whether a setting is of this kind.
        example: A type, fields and what enters that show the difference.
        ours: What leaves the example here; None where we refuse it.
        stand_in: What PyTorch has instead, where it refuses the fields as they are.
    """

    reason: str
    applies: Applies
    example: tuple[str, Fields, Shape]
    ours: Shape | None
    stand_in: StandIn | None = None

    def __str__(self) -> str:
        return self.reason


def _pairs(fields: Fields) -> bool:
    padding = fields.get("padding")
    return isinstance(padding, tuple) and isinstance(padding[0], tuple)


def _each(value: object, rank: int) -> tuple[int, ...]:
    if isinstance(value, int):
        return (value,) * rank
    return cast("tuple[int, ...]", value)


def _strided(fields: Fields, x: Shape) -> bool:
    return max(_each(fields.get("stride", 1), len(x) - 1), default=1) > 1


def _same_cells(fields: Fields, x: Shape) -> list[int]:
    """Return TensorFlow's SAME padding, from tf.nn's notes on padding."""
    rank = len(x) - 1
    kernels = _each(fields["kernel_size"], rank)
    strides = _each(fields.get("stride", kernels), rank)
    dilations = _each(fields.get("dilation", 1), rank)
    edges = []
    for i, k, s, d in zip(x[1:], kernels, strides, dilations, strict=True):
        total = max(0, d * (k - 1) + 1 - (i % s or s))
        edges.append((total // 2, total - total // 2))
    return flat(tuple(edges), rank)


def _padded_convolution(kind: str, fields: Fields, x: Shape) -> nn.Module:
    own = dict(fields)
    padding, mode = own.pop("padding"), str(own.pop("padding_mode", "zeros"))
    if padding == "same":
        cells = _same_cells({"stride": 1, **fields}, x)
    else:
        cells = flat(padding, len(x) - 1)
    if len(cells) != 2 * (len(x) - 1):
        raise ValueError("a pair for each axis")
    front = padded(cells, "constant" if mode == "zeros" else mode)
    return nn.Sequential(front, MODULES[kind](own, x))


def _padded_pool(kind: str, fields: Fields, x: Shape) -> nn.Module:
    own = dict(fields)
    padding = own.pop("padding")
    if padding == "valid":
        return MODULES[kind](own, x)
    if padding == "same":
        own["ceil_mode"] = False  # no window is incomplete
        cells = _same_cells(fields, x)
        return nn.Sequential(padded(cells), MODULES[kind](own, x))
    edges = cast("tuple[tuple[int, int], ...]", padding)
    # PyTorch itself judges whether a side is more than half of the window.
    judge = MODULES[kind]({**own, "padding": tuple(map(max, edges))}, x)
    front = padded(flat(edges, len(x) - 1))
    pool = MODULES[kind](own, x)

    def run(y: Tensor) -> Tensor:
        judge(y)
        result: Tensor = pool(front(y))
        return result

    return Function(run)


def _cropped_transposed(kind: str, fields: Fields, x: Shape) -> nn.Module:
    own = dict(fields)
    cells = flat(own.pop("padding"), len(x) - 1)
    if len(cells) != 2 * (len(x) - 1):
        raise ValueError("a pair for each axis")
    return nn.Sequential(MODULES[kind](own, x), padded([-one for one in cells]))


def _names_the_batch(kind: str, fields: Fields, x: Shape) -> bool:
    batch = (0, -len(x) - 1)
    if kind == "permute":
        return cast("Shape", fields["dims"])[0] not in batch
    if kind in ("softmax", "log_softmax", "glu", "unflatten"):
        return fields.get("dim", 1) in batch
    return kind == "flatten" and (
        fields.get("start_dim", 1) in batch or fields.get("end_dim", -1) in batch
    )


def _null_for_all(kind: str, fields: Fields, x: Shape) -> bool:
    if not kind.startswith("adaptive"):
        return False
    size = fields["output_size"]
    return size is None or (kind.endswith("1d") and size == (None,))


def _one_value(kind: str, fields: Fields, x: Shape) -> bool:
    return (
        kind == "instance_norm"
        and len(x) > 1
        and max(x[1:]) == 1
        and not fields.get("track_running_stats", False)
    )


def _part_of_the_axes(kind: str, fields: Fields, x: Shape) -> bool:
    cells = fields.get("padding")
    return (
        kind == "pad"
        and fields.get("mode", "constant") != "constant"
        and isinstance(cells, tuple)
        and isinstance(cells[0], int)
        and len(cells) != 2 * (len(x) - 1)
    )


def _not_noticed(kind: str, fields: Fields, x: Shape) -> bool:
    if kind == "group_norm":
        noticed = fields.get("affine", True)
        return fields.get("num_channels", x[0]) != x[0] and not noticed
    if kind not in ("batch_norm", "instance_norm"):
        return False
    default = kind == "batch_norm"
    names = ("affine", "track_running_stats")
    noticed = any(fields.get(name, default) for name in names)
    return fields.get("num_features", x[0]) != x[0] and not noticed


def _smaller_than_the_window(kind: str, fields: Fields, x: Shape) -> bool:
    if kind != "avg_pool3d" or len(x) != 4:
        return False
    kernel = _each(fields["kernel_size"], 3)
    return any(k > i for i, k in zip(x[1:], kernel, strict=True))


def _cropped_to_nothing(kind: str, fields: Fields, x: Shape) -> bool:
    if kind != "pad" or fields.get("mode", "constant") == "constant" or len(x) < 2:
        return False
    cells = fields["padding"]
    if isinstance(cells, tuple) and isinstance(cells[0], int):
        order = list(cast("tuple[int, ...]", cells))
    else:
        order = flat(cells, len(x) - 1)
    pairs = zip(order[::2], order[1::2], strict=False)
    return any(
        size + min(begin, 0) + min(end, 0) < 0
        for size, (begin, end) in zip(reversed(x[1:]), pairs, strict=False)
    )


def _wordy(kind: str, fields: Fields) -> bool:
    return kind.startswith(_POOLS) and fields.get("padding") in ("same", "valid")


DIFFERENCES = (
    Difference(
        "a dilation of 0 would lay the kernel on a single cell: PyTorch refuses it in "
        "convolutions, but not in transposed ones",
        lambda kind, fields, x: (
            kind.startswith("conv_transpose")
            and 0 in _each(fields.get("dilation", 1), 1)
        ),
        (
            "conv_transpose1d",
            {"out_channels": 1, "kernel_size": 2, "stride": 3, "dilation": 0},
            (1, 1),
        ),
        None,
    ),
    Difference(
        "a window larger than its map is fine where padding makes up for it: PyTorch "
        "says so too, but for avg_pool3d",
        _smaller_than_the_window,
        ("avg_pool3d", {"kernel_size": 3, "padding": 1}, (1, 2, 3, 3)),
        (1, 1, 1, 1),
    ),
    Difference(
        "“same” with a stride is TensorFlow's: PyTorch refuses it",
        lambda kind, fields, x: (
            kind in _SLIDING and fields.get("padding") == "same" and _strided(fields, x)
        ),
        (
            "conv2d",
            {"out_channels": 1, "kernel_size": 3, "stride": 2, "padding": "same"},
            (1, 8, 8),
        ),
        (1, 4, 4),
        _padded_convolution,
    ),
    Difference(
        "a pair of pads for each axis is F.pad, then a convolution without padding",
        lambda kind, fields, x: kind in _SLIDING and _pairs(fields),
        ("conv1d", {"out_channels": 1, "kernel_size": 3, "padding": ((2, 0),)}, (1, 8)),
        (1, 8),
        _padded_convolution,
    ),
    Difference(
        "pools take words for padding, as Keras' do",
        lambda kind, fields, x: _wordy(kind, fields),
        ("max_pool1d", {"kernel_size": 3, "stride": 2, "padding": "same"}, (1, 8)),
        (1, 4),
        _padded_pool,
    ),
    Difference(
        "a pool with a pair of pads that rounds up is ONNX': see test_onnx_layers",
        lambda kind, fields, x: (
            kind.startswith(_POOLS)
            and _pairs(fields)
            and bool(fields.get("ceil_mode", False))
        ),
        (
            "max_pool1d",
            {"kernel_size": 3, "stride": 2, "padding": ((0, 1),), "ceil_mode": True},
            (1, 7),
        ),
        (1, 4),
    ),
    Difference(
        "a pair of pads for each axis is F.pad, then a pool without padding",
        lambda kind, fields, x: kind.startswith(_POOLS) and _pairs(fields),
        ("avg_pool1d", {"kernel_size": 2, "padding": ((0, 1),)}, (1, 7)),
        (1, 4),
        _padded_pool,
    ),
    Difference(
        "words for the padding of a transposed convolution are Keras': see "
        "test_keras_layers",
        lambda kind, fields, x: (
            kind.startswith("conv_transpose") and isinstance(fields.get("padding"), str)
        ),
        (
            "conv_transpose1d",
            {"out_channels": 1, "kernel_size": 3, "stride": 2, "padding": "same"},
            (1, 8),
        ),
        (1, 16),
    ),
    Difference(
        "a pair of pads of a transposed convolution is one without, then a crop",
        lambda kind, fields, x: kind.startswith("conv_transpose") and _pairs(fields),
        (
            "conv_transpose1d",
            {"out_channels": 1, "kernel_size": 3, "stride": 2, "padding": ((0, 1),)},
            (1, 8),
        ),
        (1, 16),
        _cropped_transposed,
    ),
    Difference(
        "a linear layer on a map is nearly always a flatten forgotten: PyTorch takes "
        "the last axis, we ask for in_features",
        lambda kind, fields, x: (
            kind == "linear" and len(x) > 1 and "in_features" not in fields
        ),
        ("linear", {"out_features": 2}, (3, 5, 4)),
        None,
    ),
    Difference(
        "the batch is no axis that a layer of this program acts on",
        _names_the_batch,
        ("softmax", {"dim": 0}, (4, 5)),
        None,
    ),
    Difference(
        "null for the whole output_size keeps every axis: PyTorch wants a list, and "
        "not even that in 1-D",
        _null_for_all,
        ("adaptive_avg_pool2d", {"output_size": None}, (4, 5, 6)),
        (4, 5, 6),
    ),
    Difference(
        "an instance norm of one value a map is a warning here: it is 0, not wrong",
        _one_value,
        ("instance_norm", {}, (4, 1, 1)),
        (4, 1, 1),
    ),
    Difference(
        "nothing is left to pad with where more is cropped than there is: PyTorch "
        "notices it for constants only",
        _cropped_to_nothing,
        ("pad", {"padding": ((-2, 2),), "mode": "replicate"}, (1, 1)),
        None,
    ),
    Difference(
        "a flat list for some of the axes leaves the others alone in every mode: "
        "PyTorch has it for constants only",
        _part_of_the_axes,
        ("pad", {"padding": (1, 1), "mode": "reflect"}, (1, 4, 4)),
        (1, 4, 6),
    ),
    Difference(
        "declared channels are checked even where no tensor has as many",
        _not_noticed,
        ("instance_norm", {"num_features": 3}, (4, 5)),
        None,
    ),
    Difference(
        "a list of one entry is a list for each axis: PyTorch's lp_pool1d wants the "
        "integer",
        lambda kind, fields, x: (
            kind == "lp_pool1d" and isinstance(fields["kernel_size"], tuple)
        ),
        ("lp_pool1d", {"norm_type": 2, "kernel_size": (2,)}, (1, 4)),
        (1, 2),
    ),
    Difference(
        "a negative alpha is no limit: PyTorch computes with it",
        lambda kind, fields, x: (
            kind == "celu" and cast("float", fields.get("alpha", 1.0)) < 0
        ),
        ("celu", {"alpha": -1.0}, (4,)),
        None,
    ),
)


def difference(kind: str, fields: Mapping[str, object], x: Shape) -> Difference | None:
    """Return the difference that a setting falls under, if any."""
    return next((one for one in DIFFERENCES if one.applies(kind, fields, x)), None)
