"""Inputs that are written out as numbers, as small networks have them.

It never reads a file.
"""

from __future__ import annotations

import math
import re

import numpy as np

from tuicnn.preview.faults import FileFault
from tuicnn.preview.inputs import Input
from tuicnn.preview.operation import Shape

_BETWEEN = re.compile(r"[,;\s]+")
_NUMBER = re.compile(
    r"[-+]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][-+]?\d{1,3})?"
)


def typed_input(text: str, sample: Shape) -> Input | None:
    """Return the numbers that are written in a text; None where it holds others too.

    Args:
        sample: Shape of one sample, as the network takes it.

    Raises:
        FileFault: They are more, or fewer, than the network takes, or too large.
    """
    parts = _BETWEEN.split(text.strip(" ()[]").replace("−", "-"))
    if not all(map(_NUMBER.fullmatch, parts)):
        return None
    if len(parts) != math.prod(sample):
        wanted = "×".join(map(str, sample))
        raise FileFault(
            f"{len(parts):,} numbers are written; the network takes {wanted}"
        )
    with np.errstate(over="ignore"):
        array = np.array(parts, np.float64).astype(np.float32).reshape(1, *sample)
    if not np.isfinite(array).all():
        raise FileFault("one of the numbers is too large for float32")
    return Input(array, f"{len(parts):,} numbers that were typed")
