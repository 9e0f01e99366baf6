"""What a layer is set to, as one short text: `96 · 11×11 · stride 4 · padding 2`.

It never names a field that stands at its default, and never escapes for a format.
"""

from __future__ import annotations

from typing import Final

from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.broken import Broken
from tuicnn.core.layers.structure import Block, Parallel

_SAID: Final = frozenset(
    ("in_channels", "in_features", "num_features", "num_channels", "inplace")
)
"""What the stack says by itself, and what changes no number."""

_SPEAKING: Final = frozenset(
    (
        "out_channels",
        "out_features",
        "kernel_size",
        "output_size",
        "unflattened_size",
        "shape",
        "merge",
        "mode",
        "padding_mode",
        "approximate",
    )
)
"""Fields whose value needs no name beside it, but for a window on a single axis."""

_SIZES: Final = _SPEAKING | {
    "stride",
    "padding",
    "dilation",
    "output_padding",
    "size",
    "scale_factor",
    "normalized_shape",
}
"""Fields whose list holds a size for each axis."""

_SQUARE: Final = frozenset(("kernel_size", "output_size"))
"""Fields of which one number is spelled for each axis: 3×3."""


def kind(layer: LayerSpec) -> str:
    """Return a layer's type, as its document spells it."""
    return layer.label if isinstance(layer, Broken) else layer.type


def settings(layer: LayerSpec) -> str:
    """Return the fields of a layer that are not at their default, on one line."""
    if isinstance(layer, Broken):
        return ""
    if isinstance(layer, Block):
        return f"×{layer.repeat}" if layer.repeat > 1 else ""
    fields = layer.own_fields()
    phrases = [
        _phrase(layer, name.removesuffix("_"), fields[name])
        for name in sorted(fields, key=lambda name: name != "out_channels")
        if name not in _SAID and name != "branches"
    ]
    if isinstance(layer, Parallel):
        phrases.insert(0, f"{len(layer.branches)} branches")
    return " · ".join(phrases)


def _phrase(layer: LayerSpec, name: str, value: object) -> str:
    words = name.replace("_", " ")
    if isinstance(value, bool):
        return words if value else f"no {words}"
    spelled = _spelled(layer, name, value)
    if name.startswith(layer.type):  # pad: padding, crop: cropping
        return spelled
    speaking = name in _SPEAKING and not (name in _SQUARE and layer.rank == 1)
    return spelled if speaking else f"{words} {spelled}"


def _spelled(layer: LayerSpec, name: str, value: object) -> str:
    if isinstance(value, tuple):
        # `pad` takes PyTorch's flat list, too: its numbers are no sizes.
        sized = name in _SIZES and layer.type != "pad"
        return ("×" if sized else ", ").join(map(_entry, value))
    if name in _SQUARE and layer.rank:
        return "×".join([_entry(value)] * layer.rank)
    return _entry(value)


def _entry(value: object) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_entry, value))})"
    if isinstance(value, (int, float)):
        return f"{value:.12g}" if value >= 0 else f"−{-value:.12g}"
    return "kept" if value is None else str(value)
