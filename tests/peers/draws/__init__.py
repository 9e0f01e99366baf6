"""Random settings of every layer type: most of them valid, some not.

A setting is fields as a document has them, and the shape that enters; nothing here
knows whether they go together.
"""

from __future__ import annotations

from tests.peers.draws import pointwise, shaping, windows
from tests.peers.draws.values import Draw

_RANK = {"1d": 1, "2d": 2, "3d": 3}
_INPLACE: list[object] = [False, True]

DRAWS: dict[str, Draw] = {
    **{f"conv{end}": windows.convolution(rank) for end, rank in _RANK.items()},
    **{
        f"conv_transpose{end}": windows.transposed_convolution(rank)
        for end, rank in _RANK.items()
    },
    "depthwise_conv2d": windows.depthwise,
    "separable_conv2d": windows.separable,
    **{f"max_pool{end}": windows.pool(rank, "max") for end, rank in _RANK.items()},
    **{f"avg_pool{end}": windows.pool(rank, "avg") for end, rank in _RANK.items()},
    "lp_pool1d": windows.pool(1, "lp"),
    "lp_pool2d": windows.pool(2, "lp"),
    **{
        f"adaptive_avg_pool{end}": windows.adaptive(rank) for end, rank in _RANK.items()
    },
    **{
        f"adaptive_max_pool{end}": windows.adaptive(rank) for end, rank in _RANK.items()
    },
    "global_avg_pool": windows.whole,
    "global_max_pool": windows.whole,
    "batch_norm": pointwise.channel_norm,
    "instance_norm": pointwise.channel_norm,
    "group_norm": pointwise.group_norm,
    "layer_norm": pointwise.trailing_norm(bias=True),
    "layer_norm2d": pointwise.layer_norm2d,
    "rms_norm": pointwise.trailing_norm(bias=False),
    "local_response_norm": pointwise.response_norm,
    "relu": pointwise.activation(inplace=_INPLACE),
    "relu6": pointwise.activation(inplace=_INPLACE),
    "leaky_relu": pointwise.activation(negative_slope=[0.2], inplace=_INPLACE),
    "prelu": pointwise.prelu,
    "elu": pointwise.activation(alpha=[0.5, 2.0], inplace=_INPLACE),
    "selu": pointwise.activation(inplace=_INPLACE),
    "celu": pointwise.activation(alpha=[0.5, 2.0, -1.0, 0.0], inplace=_INPLACE),
    "gelu": pointwise.activation(approximate=["none", "tanh", "erf"]),
    "silu": pointwise.activation(inplace=_INPLACE),
    "mish": pointwise.activation(inplace=_INPLACE),
    "hardswish": pointwise.activation(inplace=_INPLACE),
    "hardsigmoid": pointwise.activation(inplace=_INPLACE),
    "hardtanh": pointwise.activation(
        min_val=[-2.0, 0.0, 1.0], max_val=[0.0, 0.5, 6.0], inplace=_INPLACE
    ),
    "sigmoid": pointwise.activation(),
    "log_sigmoid": pointwise.activation(),
    "tanh": pointwise.activation(),
    "softplus": pointwise.activation(beta=[0.5, 2.0], threshold=[10.0]),
    "softsign": pointwise.activation(),
    "softmax": pointwise.along_an_axis,
    "log_softmax": pointwise.along_an_axis,
    "glu": pointwise.along_an_axis,
    "identity": pointwise.activation(),
    "linear": pointwise.linear,
    "flatten": shaping.flatten,
    "unflatten": shaping.unflatten,
    "reshape": shaping.reshape,
    "permute": shaping.permute,
    "pad": shaping.pad,
    "crop": shaping.crop,
    "upsample": shaping.upsample,
    "pixel_shuffle": shaping.pixels("upscale_factor"),
    "pixel_unshuffle": shaping.pixels("downscale_factor"),
    "channel_shuffle": shaping.channel_shuffle,
    "dropout": pointwise.dropout,
    "dropout2d": pointwise.dropout,
}
"""What draws settings of each type that PyTorch has, or can be put together from it."""
