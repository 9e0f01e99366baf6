"""Where Keras has the axes: channels last.

It never knows a layer.
"""

from __future__ import annotations

from tuicnn.core.lens.view import Setting, Verbatim, called


def axis(one: Setting, number: int) -> int:
    """Return an axis, counted with the batch as 0, where Keras has it."""
    last = len(one.x)
    number = number + last + 1 if number < 0 else number
    if last == 1:
        return number
    return last if number == 1 else number - 1


def channels_first(one: Setting, *inner: str) -> str:
    """Return layers that are given the channels first, and made last again."""
    entering, leaving = len(one.x), len(one.effect.output)
    parts = list(inner)
    if entering > 1:
        parts.insert(0, called("layers.Permute", (entering, *range(1, entering))))
    if leaving > 1:
        parts.append(called("layers.Permute", (*range(2, leaving + 1), 1)))
    if len(parts) == 1:
        return parts[0]
    return called("keras.Sequential", [Verbatim(part) for part in parts])
