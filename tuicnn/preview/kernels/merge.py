"""Merges of several arrays into one.

They never repeat a smaller array by themselves: NumPy's broadcasting does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tuicnn.preview.kernels.window import Array


def merged(kind: str, arrays: Sequence[Array], axis: int = 1) -> Array:
    """Return the sum, product, mean or maximum of arrays, or all of them in a row.

    Args:
        kind: "add", "multiply", "average", "maximum" or "concat".
        axis: Where concat lines them up.
    """
    if kind == "concat":
        return np.concatenate(arrays, axis=axis)
    found = arrays[0]
    for other in arrays[1:]:
        found = _both(kind, found, other)
    if kind == "average":
        found = found * np.float32(1 / len(arrays))
    return found


def _both(kind: str, a: Array, b: Array) -> Array:
    if kind == "multiply":
        return a * b
    return np.maximum(a, b) if kind == "maximum" else a + b


def merge_into(kind: str, out: Array, others: Sequence[Array]) -> None:
    """Merge arrays into one that is already there, in place."""
    for other in others:
        if kind == "multiply":
            np.multiply(out, other, out=out)
        elif kind == "maximum":
            np.maximum(out, other, out=out)
        else:
            np.add(out, other, out=out)
    if kind == "average":
        out *= np.float32(1 / (len(others) + 1))


def merge_all(kind: str, parts: Sequence[Array], out: Array) -> None:
    """Merge arrays into another, which may be one of them."""
    if len(parts) == 1:
        out[...] = parts[0]
        return
    functions = {"multiply": np.multiply, "maximum": np.maximum}
    function = functions.get(kind, np.add)
    # What `out` already holds goes in first, before it is written over.
    function(parts[0], parts[1], out=out)
    for other in parts[2:]:
        function(out, other, out=out)
    if kind == "average":
        out *= np.float32(1 / len(parts))
