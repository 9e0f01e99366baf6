"""Random settings of every layer type, and shapes that they can take."""

import random
from collections.abc import Callable, Iterator

from tests.preview.networks import network
from tuicnn.core.check import check
from tuicnn.core.layers import layer_types
from tuicnn.preview.plan import plan

Setting = tuple[dict, list[int]]


def settings(kind: str, count: int, seed: int = 0) -> Iterator[Setting]:
    """Yield valid settings of a type, each with the shape of a sample for it."""
    draw = random.Random(f"{kind} {seed}")
    found = tries = 0
    while found < count:
        tries += 1
        assert tries < 60 * count + 200, f"hardly any setting of {kind} is valid"
        layer, sample = MAKERS.get(kind, plain)(kind, draw)
        layer = {"type": kind, **layer}
        if not check(network([layer], sample)).valid:
            continue
        found += 1
        yield layer, sample


def rank_of(kind: str, draw: random.Random) -> int:
    return int(kind[-2]) if kind[-2:] in ("1d", "2d", "3d") else draw.randint(1, 3)


def shape(rank: int, draw: random.Random, channels: int | None = None) -> list[int]:
    most = (40, 33, 9)[rank - 1]
    count = channels or draw.choice((1, 2, 3, 4, 6, 8, 12))
    return [count, *(draw.randint(1, most) for _ in range(rank))]


def per_axis(rank: int, draw: random.Random, low: int, high: int) -> int | list[int]:
    if draw.random() < 0.5:
        return draw.randint(low, high)
    return [draw.randint(low, high) for _ in range(rank)]


def paddings(rank: int, draw: random.Random, most: int) -> object:
    form = draw.choice(("one", "axis", "edges", "same", "valid"))
    if form in ("same", "valid"):
        return form
    if form == "edges":
        return [[draw.randint(0, most), draw.randint(0, most)] for _ in range(rank)]
    return per_axis(rank, draw, 0, most)


def maybe(draw: random.Random, **fields: Callable[[], object]) -> dict:
    return {name: make() for name, make in fields.items() if draw.random() < 0.6}


def convolution(kind: str, draw: random.Random) -> Setting:
    rank = rank_of(kind, draw)
    groups = draw.choice((1, 1, 2, 3))
    sample = shape(rank, draw, groups * draw.choice((1, 2, 4, 24)))
    layer = {
        "out_channels": groups * draw.choice((1, 2, 5, 32)),
        "kernel_size": per_axis(rank, draw, 1, 5),
        "groups": groups,
    }
    layer |= slides(rank, draw)
    return layer, sample


def slides(rank: int, draw: random.Random) -> dict:
    return maybe(
        draw,
        stride=lambda: per_axis(rank, draw, 1, 3),
        padding=lambda: paddings(rank, draw, 3),
        dilation=lambda: per_axis(rank, draw, 1, 3),
        bias=lambda: draw.random() < 0.5,
        padding_mode=lambda: draw.choice(("zeros", "reflect", "replicate", "circular")),
    )


def tiles(kind: str, draw: random.Random) -> Setting:
    """A convolution that Winograd's tiles fit, small ones or large ones."""
    low, high = draw.choice(((12, 27), (28, 47)))
    sample = [draw.choice((24, 40)), draw.randint(low, high), draw.randint(low, high)]
    padding = [[draw.randint(0, 2), draw.randint(0, 2)] for _ in range(2)]
    return {"out_channels": 24, "kernel_size": 3, "padding": padding}, sample


def channelwise(kind: str, draw: random.Random) -> Setting:
    layer = {"kernel_size": per_axis(2, draw, 1, 5), **slides(2, draw)}
    layer["depth_multiplier"] = draw.choice((1, 1, 2, 3))
    if kind == "separable_conv2d":
        layer["out_channels"] = draw.choice((1, 4, 9))
    return layer, shape(2, draw)


def transposed(kind: str, draw: random.Random) -> Setting:
    rank = rank_of(kind, draw)
    groups = draw.choice((1, 1, 2))
    layer = {
        "out_channels": groups * draw.choice((1, 3, 8)),
        "kernel_size": per_axis(rank, draw, 1, 4),
        "groups": groups,
        "padding": draw.choice(
            (
                0,
                draw.randint(0, 2),
                [[draw.randint(0, 2), draw.randint(0, 2)] for _ in range(rank)],
            )
        ),
    }
    layer |= maybe(
        draw,
        stride=lambda: per_axis(rank, draw, 1, 3),
        dilation=lambda: per_axis(rank, draw, 1, 2),
        output_padding=lambda: per_axis(rank, draw, 0, 2),
        bias=lambda: draw.random() < 0.5,
    )
    return layer, shape(rank, draw, groups * draw.choice((1, 2, 5)))


def windowed(kind: str, draw: random.Random) -> Setting:
    rank = rank_of(kind, draw)
    layer = {"kernel_size": per_axis(rank, draw, 1, 4)}
    layer |= maybe(
        draw,
        stride=lambda: per_axis(rank, draw, 1, 4),
        ceil_mode=lambda: draw.random() < 0.7,
    )
    if kind.startswith("lp_"):
        # Powers of negative numbers are none, but for whole exponents.
        return {**layer, "norm_type": draw.choice((1.0, 2.0, 4.0))}, shape(rank, draw)
    layer |= maybe(draw, padding=lambda: paddings(rank, draw, 2))
    if kind.startswith("max_"):
        layer |= maybe(draw, dilation=lambda: per_axis(rank, draw, 1, 3))
    else:
        padding = layer.get("padding")
        if isinstance(padding, list) and isinstance(padding[0], list):
            layer["padding"] = padding[0][0]  # PyTorch has no unequal ends here
        layer |= maybe(draw, count_include_pad=lambda: draw.random() < 0.5)
        if rank > 1:
            layer |= maybe(draw, divisor_override=lambda: draw.randint(1, 7))
    padding = layer.get("padding", 0)
    if padding == "same" or (
        isinstance(padding, list) and isinstance(padding[0], list)
    ):
        layer.pop("ceil_mode", None)  # PyTorch has no unequal ends to compare with
    sample = shape(rank, draw)
    if rank == 3 and kind.startswith("avg_"):
        # Here PyTorch wants a window to fit the map without its padding.
        sample[1:] = [size + 4 for size in sample[1:]]
    return layer, sample


def adaptive(kind: str, draw: random.Random) -> Setting:
    rank = rank_of(kind, draw)
    sizes = [draw.choice((None, *range(1, 12))) for _ in range(rank)]
    return {"output_size": draw.choice((sizes, draw.randint(1, 9)))}, shape(rank, draw)


def normalised(kind: str, draw: random.Random) -> Setting:
    rank = 2 if kind == "layer_norm2d" else draw.randint(1, 3)
    sample = shape(rank, draw, draw.choice((4, 6, 12)))
    sample[1:] = [size + 1 for size in sample[1:]]
    layer: dict = maybe(draw, eps=lambda: draw.choice((1e-5, 1e-3, 0.1)))
    flags = {
        "batch_norm": ("affine", "track_running_stats"),
        "instance_norm": ("affine", "track_running_stats"),
        "group_norm": ("affine",),
        "layer_norm": ("elementwise_affine", "bias"),
        "layer_norm2d": ("elementwise_affine",),
        "rms_norm": ("elementwise_affine",),
    }
    layer |= maybe(draw, **dict.fromkeys(flags[kind], lambda: draw.random() < 0.5))
    if kind == "group_norm":
        layer["num_groups"] = draw.choice((1, 2, sample[0]))
    if kind in ("layer_norm", "rms_norm") and draw.random() < 0.6:
        layer["normalized_shape"] = sample[-draw.randint(1, len(sample)) :]
    return layer, sample


def response(kind: str, draw: random.Random) -> Setting:
    layer = {"size": draw.randint(1, 7), "beta": draw.choice((0.75, 0.5, 1.3))}
    layer |= maybe(draw, alpha=lambda: 0.3, k=lambda: 2.0)
    return layer, shape(draw.randint(1, 2), draw, draw.choice((1, 4, 12)))


def plain(kind: str, draw: random.Random) -> Setting:
    layer = {
        "leaky_relu": {"negative_slope": draw.choice((0.01, 0.3, 1.5))},
        "prelu": {"num_parameters": draw.choice((1, 6))},
        "elu": {"alpha": draw.choice((1.0, 0.4))},
        "celu": {"alpha": draw.choice((1.0, 0.4, 2.5))},
        "gelu": {"approximate": draw.choice(("none", "tanh"))},
        "hardtanh": {"min_val": -0.4, "max_val": draw.choice((0.2, 1.0))},
        "softplus": {"beta": draw.choice((1.0, 3.0)), "threshold": 5.0},
        "softmax": {"dim": draw.choice((1, -1))},
        "log_softmax": {"dim": draw.choice((1, -1))},
        "glu": {"dim": 1},
        "global_avg_pool": {"keepdim": draw.random() < 0.5},
        "global_max_pool": {"keepdim": draw.random() < 0.5},
        "linear": {"out_features": draw.choice((1, 7, 40))},
        "channel_shuffle": {"groups": draw.choice((1, 2, 3, 6))},
    }.get(kind, {})
    return layer, plain_shape(kind, layer, draw)


def plain_shape(kind: str, layer: dict, draw: random.Random) -> list[int]:
    vector = [6]
    if kind == "linear":
        if draw.random() < 0.5:
            sample = shape(draw.randint(1, 2), draw)
            layer["in_features"] = sample[-1]
            return sample
        return [draw.choice((1, 30, 500))]
    if draw.random() < 0.2 and "pool" not in kind and "shuffle" not in kind:
        return vector
    return shape(draw.randint(1, 3), draw, 6)


def shaping(kind: str, draw: random.Random) -> Setting:
    rank = draw.randint(1, 3)
    sample = shape(rank, draw, 12)
    if kind == "flatten":
        first = draw.randint(1, rank + 1)
        return {"start_dim": first, "end_dim": draw.randint(first, rank + 1)}, sample
    if kind == "unflatten":
        return {"dim": 1, "unflattened_size": draw.choice(([3, -1], [2, 2, 3]))}, sample
    if kind == "reshape":
        return {"shape": draw.choice(([-1], [4, -1], [2, 3, -1]))}, sample
    order = list(range(1, rank + 2))
    draw.shuffle(order)
    return {"dims": [0, *order]}, sample


def bordered(kind: str, draw: random.Random) -> Setting:
    rank = draw.randint(1, 3)
    if kind == "crop":
        return {"cropping": per_axis(rank, draw, 0, 3)}, shape(rank, draw)
    mode = draw.choice(("constant", "reflect", "replicate", "circular"))
    low = -2 if mode == "constant" else 0
    forms = (
        draw.randint(low, 4),
        [[draw.randint(low, 4), draw.randint(low, 4)] for _ in range(rank)],
        [draw.randint(low, 4) for _ in range(2 * rank)],
    )
    layer = {"padding": draw.choice(forms), "mode": mode}
    if mode == "constant":
        layer["value"] = draw.choice((0.0, 1.5))
    return layer, shape(rank, draw)


def resized(kind: str, draw: random.Random) -> Setting:
    rank = draw.randint(1, 3)
    modes = {1: ("linear",), 2: ("bilinear", "bicubic"), 3: ("trilinear",)}[rank]
    layer: dict = {"mode": draw.choice(("nearest", *modes))}
    if draw.random() < 0.5:
        layer["size"] = per_axis(rank, draw, 1, 20)
    else:
        layer["scale_factor"] = draw.choice((2.0, 3.0, 0.5, 1.7, 2.3))
    if layer["mode"] != "nearest":
        layer |= maybe(draw, align_corners=lambda: draw.random() < 0.5)
    return layer, shape(rank, draw, 3)


def pixels(kind: str, draw: random.Random) -> Setting:
    r = draw.randint(1, 3)
    if kind == "pixel_shuffle":
        return {"upscale_factor": r}, shape(2, draw, 2 * r * r)
    return {"downscale_factor": r}, [3, r * draw.randint(1, 5), r * draw.randint(1, 5)]


MAKERS: dict[str, Callable[[str, random.Random], Setting]] = {
    **{f"conv{n}d": convolution for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": transposed for n in (1, 2, 3)},
    "depthwise_conv2d": channelwise,
    "separable_conv2d": channelwise,
    **{f"{name}_pool{n}d": windowed for name in ("max", "avg") for n in (1, 2, 3)},
    **{f"lp_pool{n}d": windowed for n in (1, 2)},
    **{f"adaptive_{m}_pool{n}d": adaptive for m in ("avg", "max") for n in (1, 2, 3)},
    **dict.fromkeys(
        (
            "batch_norm",
            "instance_norm",
            "group_norm",
            "layer_norm",
            "layer_norm2d",
            "rms_norm",
        ),
        normalised,
    ),
    "local_response_norm": response,
    **dict.fromkeys(("flatten", "unflatten", "reshape", "permute"), shaping),
    "pad": bordered,
    "crop": bordered,
    "upsample": resized,
    "pixel_shuffle": pixels,
    "pixel_unshuffle": pixels,
}

STRUCTURE = ("block", "parallel", "add", "multiply", "concat", "average", "maximum")
KINDS = tuple(kind for kind in layer_types() if kind not in STRUCTURE)

__all__ = ["KINDS", "plan", "settings", "tiles"]
