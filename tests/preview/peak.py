"""What a forward pass really holds."""

from __future__ import annotations

import gc
import tracemalloc

from tuicnn.preview.inputs import random_input
from tuicnn.preview.run import Forward


def measured(made: Forward, observed: bool = False) -> int:
    """Return the bytes that a pass holds at its peak, its input included."""
    gc.collect()
    tracemalloc.start()
    try:
        x = random_input(made.plan.input)
        made.run(x, observe=(lambda path, values: None) if observed else None)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
