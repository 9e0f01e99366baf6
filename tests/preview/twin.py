"""A network in PyTorch, written from the document alone, layer by layer.

It shares no line with the preview: only the weights are the same.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from tuicnn.core.layer import LayerSpec
from tuicnn.core.network import Network, effective_names, same_name

Lookup = Callable[[str], Tensor]

OWNED = ("conv2d", "batch_norm", "linear")
"""Layers whose output nobody else reads: torchvision rectifies it in place, too."""


def forward(
    network: Network, weights: Callable[[str], np.ndarray], x: np.ndarray
) -> np.ndarray:
    """Return a network's output as PyTorch computes it."""

    def lookup(key: str) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(weights(key), np.float32))

    with torch.no_grad():
        value = torch.from_numpy(np.ascontiguousarray(x))
        return sequence(network.layers, value, lookup, "", ()).numpy()


def sequence(
    layers: Sequence[LayerSpec],
    x: Tensor,
    lookup: Lookup,
    prefix: str,
    scopes: tuple[dict[str, Tensor], ...],
) -> Tensor:
    own: dict[str, Tensor] = {}
    scopes = (*scopes, own)
    before = ""
    for layer, name in zip(layers, effective_names(layers), strict=True):
        path = prefix + name
        if layer.type == "block":
            for number in range(layer.repeat):
                inner = f"{path}.{number}." if layer.repeat > 1 else f"{path}."
                x = sequence(layer.layers, x, lookup, inner, scopes)
        elif layer.type == "parallel":
            x = parallel(layer, x, lookup, path, scopes)
        elif hasattr(layer, "with_"):
            known = {key: value for scope in scopes for key, value in scope.items()}
            others = [known[same_name(one)] for one in layer.with_]
            x = merge(layer.type, [x, *others], getattr(layer, "dim", 1))
        elif layer.type == "relu" and before in OWNED:
            x = F.relu_(x)
        else:
            x = leaf(layer, x, lambda name, path=path: lookup(f"{path}.{name}"))
        before = layer.type
        own[same_name(name)] = x
    return x


def parallel(layer, x, lookup, path, scopes):
    entering = [x] * len(layer.branches)
    if layer.split:
        entering = torch.chunk(x, len(layer.branches), dim=1)
    ends = [
        sequence(branch, one, lookup, f"{path}.{number}.", scopes)
        for number, (branch, one) in enumerate(
            zip(layer.branches, entering, strict=True)
        )
    ]
    return merge(layer.merge, ends, layer.dim)


def merge(kind: str, values: Sequence[Tensor], dim: int) -> Tensor:
    if kind == "concat":
        return torch.cat(list(values), dim)
    x = values[0]
    for other in values[1:]:
        if kind == "multiply":
            x = x * other
        elif kind == "maximum":
            x = torch.maximum(x, other)
        else:
            x = x + other
    return x / len(values) if kind == "average" else x


def ends(padding, rank: int) -> list[tuple[int, int]]:
    if isinstance(padding, str):
        return [(0, 0)] * rank
    if isinstance(padding, int):
        return [(padding, padding)] * rank
    return [(one, one) if isinstance(one, int) else tuple(one) for one in padding]


def flat(pairs) -> list[int]:
    return [cells for pair in reversed(list(pairs)) for cells in pair]


def all_axes(value, rank: int) -> tuple[int, ...]:
    return (value,) * rank if isinstance(value, int) else tuple(value)


def tensorflow_same(layer, x: Tensor) -> list[tuple[int, int]]:
    """The pads of SAME, as TensorFlow's notes on padding say."""
    rank = x.ndim - 2
    stride = layer.stride if layer.stride is not None else layer.kernel_size
    found = []
    for i, k, s, d in zip(
        x.shape[2:],
        all_axes(layer.kernel_size, rank),
        all_axes(stride, rank),
        all_axes(getattr(layer, "dilation", 1), rank),
        strict=True,
    ):
        total = max((-(-i // s) - 1) * s + (k - 1) * d + 1 - i, 0)
        found.append((total // 2, total - total // 2))
    return found


def leaf(layer: LayerSpec, x: Tensor, weight: Lookup) -> Tensor:
    kind = layer.type
    rank = x.ndim - 2
    if kind.startswith("conv_transpose"):
        return transposed(layer, x, weight, rank)
    if kind in ("conv1d", "conv2d", "conv3d", "depthwise_conv2d", "separable_conv2d"):
        return convolution(layer, x, weight, rank)
    if "pool" in kind:
        return pool(layer, x, rank)
    if "norm" in kind:
        return normalisation(layer, x, weight)
    return other(layer, x, weight)


def convolution(layer, x, weight, rank):
    pairs = (
        tensorflow_same(layer, x)
        if layer.padding == "same"
        else ends(layer.padding, rank)
    )
    mode = {"zeros": "constant"}.get(layer.padding_mode, layer.padding_mode)
    conv = (F.conv1d, F.conv2d, F.conv3d)[rank - 1]
    bias = weight("bias") if layer.bias else None
    steps = {"stride": layer.stride, "dilation": layer.dilation}
    if mode == "constant" and all(begin == end for begin, end in pairs):
        steps["padding"] = tuple(begin for begin, _ in pairs)
    else:
        x = F.pad(x, flat(pairs), mode=mode)
    if layer.type == "separable_conv2d":
        x = conv(x, weight("depthwise_weight"), groups=x.shape[1], **steps)
        return conv(x, weight("pointwise_weight"), bias)
    groups = x.shape[1] if layer.type == "depthwise_conv2d" else layer.groups
    return conv(x, weight("weight"), bias, groups=groups, **steps)


def transposed(layer, x, weight, rank):
    conv = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[rank - 1]
    bias = weight("bias") if layer.bias else None
    assert not isinstance(layer.padding, str), "compare the words with Keras"
    pairs = ends(layer.padding, rank)
    common = {
        "stride": layer.stride,
        "groups": layer.groups,
        "dilation": layer.dilation,
    }
    extra = all_axes(layer.output_padding or 0, rank)
    if all(begin == end for begin, end in pairs):
        return conv(
            x,
            weight("weight"),
            bias,
            padding=tuple(begin for begin, _ in pairs),
            output_padding=extra,
            **common,
        )
    whole = conv(x, weight("weight"), bias, output_padding=extra, **common)
    return F.pad(whole, flat((-begin, -end) for begin, end in pairs))


def pool(layer, x, rank):
    kind = layer.type
    number = rank - 1
    if kind.startswith("global_"):
        dims = tuple(range(2, x.ndim))
        function = torch.mean if "avg" in kind else torch.amax
        return function(x, dim=dims, keepdim=layer.keepdim)
    if kind.startswith("adaptive_"):
        average = (F.adaptive_avg_pool1d, F.adaptive_avg_pool2d, F.adaptive_avg_pool3d)
        largest = (F.adaptive_max_pool1d, F.adaptive_max_pool2d, F.adaptive_max_pool3d)
        function = (average if "avg" in kind else largest)[number]
        size = layer.output_size
        # The one-dimensional functions know no None.
        if size is None or (rank == 1 and not isinstance(size, int)):
            size = size[0] if size is not None else None
            size = x.shape[2:] if size is None else size
        return function(x, size)
    if kind.startswith("lp_"):
        function = (F.lp_pool1d, F.lp_pool2d)[number]
        kernel = all_axes(layer.kernel_size, rank)
        stride = kernel if layer.stride is None else all_axes(layer.stride, rank)
        if rank == 1:  # which takes no tuple
            kernel, stride = kernel[0], stride[0]
        return function(x, layer.norm_type, kernel, stride, layer.ceil_mode)
    if kind.startswith("max_"):
        return max_pool(layer, x, rank)
    return avg_pool(layer, x, rank)


def max_pool(layer, x, rank):
    function = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[rank - 1]
    pairs = ends(layer.padding, rank)
    common = {
        "stride": layer.stride,
        "dilation": layer.dilation,
        "ceil_mode": layer.ceil_mode,
    }
    if layer.padding == "same":
        pairs, common["ceil_mode"] = tensorflow_same(layer, x), False
    elif all(begin == end for begin, end in pairs):
        padding = tuple(begin for begin, _ in pairs)
        return function(x, layer.kernel_size, padding=padding, **common)
    x = F.pad(x, flat(pairs), value=-torch.inf)
    return function(x, layer.kernel_size, **common)


def avg_pool(layer, x, rank):
    function = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)[rank - 1]
    override = getattr(layer, "divisor_override", None)
    more = {} if rank == 1 else {"divisor_override": override}
    if layer.padding == "same":
        pairs = flat(tensorflow_same(layer, x))
        sums = function(F.pad(x, pairs), layer.kernel_size, layer.stride, **more)
        if override is not None:
            return sums
        ones = F.pad(torch.ones_like(x), pairs)
        return sums / function(ones, layer.kernel_size, layer.stride)
    return function(
        x,
        layer.kernel_size,
        layer.stride,
        padding=tuple(begin for begin, _ in ends(layer.padding, rank)),
        ceil_mode=layer.ceil_mode,
        count_include_pad=layer.count_include_pad,
        **more,
    )


def normalisation(layer, x, weight):
    kind = layer.type
    affine = getattr(layer, "affine", getattr(layer, "elementwise_affine", False))
    scale = weight("weight") if affine else None
    shift = (
        weight("bias")
        if affine and getattr(layer, "bias", kind != "rms_norm")
        else None
    )
    if kind == "batch_norm":
        kept = layer.track_running_stats
        mean = weight("running_mean") if kept else None
        variance = weight("running_var") if kept else None
        return F.batch_norm(x, mean, variance, scale, shift, not kept, 0.0, layer.eps)
    if kind == "instance_norm":
        kept = layer.track_running_stats
        mean = weight("running_mean") if kept else None
        variance = weight("running_var") if kept else None
        return F.instance_norm(
            x, mean, variance, scale, shift, not kept, 0.0, layer.eps
        )
    if kind == "group_norm":
        return F.group_norm(x, layer.num_groups, scale, shift, layer.eps)
    if kind == "layer_norm2d":
        moved = x.permute(0, 2, 3, 1)
        found = F.layer_norm(moved, moved.shape[-1:], scale, shift, layer.eps)
        return found.permute(0, 3, 1, 2)
    if kind == "local_response_norm":
        return F.local_response_norm(x, layer.size, layer.alpha, layer.beta, layer.k)
    shape = layer.normalized_shape or tuple(x.shape[1:])
    if kind == "rms_norm":
        return F.rms_norm(x, shape, scale, layer.eps)
    return F.layer_norm(x, shape, scale, shift, layer.eps)


PLAIN = {
    "relu": F.relu,
    "relu6": F.relu6,
    "selu": F.selu,
    "silu": F.silu,
    "mish": F.mish,
    "hardswish": F.hardswish,
    "hardsigmoid": F.hardsigmoid,
    "sigmoid": torch.sigmoid,
    "log_sigmoid": F.logsigmoid,
    "tanh": torch.tanh,
    "softsign": F.softsign,
    "identity": lambda x: x,
    "dropout": lambda x: x,
    "dropout2d": lambda x: x,
}


def other(layer, x, weight):  # noqa: C901 - one case a type
    kind = layer.type
    if kind in PLAIN:
        return PLAIN[kind](x)
    match kind:
        case "leaky_relu":
            return F.leaky_relu(x, layer.negative_slope)
        case "elu":
            return F.elu(x, layer.alpha)
        case "celu":
            return F.celu(x, layer.alpha)
        case "gelu":
            return F.gelu(x, approximate=layer.approximate)
        case "hardtanh":
            return F.hardtanh(x, layer.min_val, layer.max_val)
        case "softplus":
            return F.softplus(x, layer.beta, layer.threshold)
        case "prelu":
            return F.prelu(x, weight("weight"))
        case "softmax":
            return F.softmax(x, 1 if layer.dim is None else layer.dim)
        case "log_softmax":
            return F.log_softmax(x, 1 if layer.dim is None else layer.dim)
        case "glu":
            return F.glu(x, layer.dim)
        case "linear":
            bias = weight("bias") if layer.bias else None
            return F.linear(x, weight("weight"), bias)
        case "layer_scale":
            return x * weight("weight").reshape(1, -1, *[1] * (x.ndim - 2))
    return shaping(layer, x)


def shaping(layer, x):  # noqa: C901 - one case a type
    rank = x.ndim - 2
    match layer.type:
        case "flatten":
            return torch.flatten(x, layer.start_dim, layer.end_dim)
        case "unflatten":
            return torch.unflatten(x, layer.dim, layer.unflattened_size)
        case "reshape":
            return x.reshape(x.shape[0], *layer.shape)
        case "permute":
            return x.permute(layer.dims)
        case "pad":
            padding = layer.padding
            if isinstance(padding, tuple) and isinstance(padding[0], int):
                pairs = list(padding)
            else:
                pairs = flat(ends(padding, rank))
            value = layer.value if layer.mode == "constant" else None
            return F.pad(x, pairs, mode=layer.mode, value=value)
        case "crop":
            return F.pad(x, [-one for one in flat(ends(layer.cropping, rank))])
        case "upsample":
            size = layer.size
            if isinstance(size, int):
                size = (size,) * rank
            return F.interpolate(
                x,
                size=size,
                scale_factor=layer.scale_factor,
                mode=layer.mode,
                align_corners=layer.align_corners,
            )
        case "pixel_shuffle":
            return F.pixel_shuffle(x, layer.upscale_factor)
        case "pixel_unshuffle":
            return F.pixel_unshuffle(x, layer.downscale_factor)
        case "channel_shuffle":
            return F.channel_shuffle(x, layer.groups)
    raise AssertionError(layer.type)
