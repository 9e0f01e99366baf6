"""Windows that slide over maps: what convolutions and pools have in common.

It never counts a parameter: `conv` does.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from tuicnn.core.derivation import Step, spelled
from tuicnn.core.diagnostics import Code, Fix, Note, Refusal
from tuicnn.core.fields import Edges, Size
from tuicnn.core.layer import LayerSpec, Reads, both_edges, each_axis
from tuicnn.core.reach import sliding
from tuicnn.core.shapes import AXES, Shape, Window, same_padding
from tuicnn.core.terms import larger


class Sliding(NamedTuple):
    """A window on every axis of a map, and what follows from it.

    Attributes:
        windows: One for each spatial axis, its padding resolved.
        positions: Places on each axis: the sizes that leave.
        reads: What each output reads: all channels, some cells.
        notes: What the windows skip, and what frameworks refuse.
    """

    windows: tuple[Window, ...]
    positions: Shape
    reads: Reads
    notes: tuple[Note, ...]

    @property
    def kernel(self) -> Shape:
        """The kernel's size on each axis."""
        return tuple([window.kernel for window in self.windows])

    def derive(self) -> tuple[Step, ...]:
        """Return where the size of each axis comes from."""
        names = AXES[len(self.windows)]
        return tuple(
            step
            for axis, window in zip(names, self.windows, strict=True)
            for step in window.derive(axis)
        )


def sliding_over(
    layer: LayerSpec,
    sizes: Shape,
    kernel_size: Size,
    stride: Size,
    padding: Edges | str = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
) -> Sliding:
    """Return the windows of a layer on a map with these spatial sizes.

    Raises:
        Refusal: The window is larger than the padded map.
    """
    found = _resolved(sizes, kernel_size, stride, padding, dilation, ceil_mode)
    if any(places < 1 for places in found.positions):
        raise _oversized(layer, found)
    return found


@lru_cache(maxsize=512)  # deep networks repeat a few windows hundreds of times
def _resolved(
    sizes: Shape,
    kernel_size: Size,
    stride: Size,
    padding: Edges | str,
    dilation: Size,
    ceil_mode: bool,
) -> Sliding:
    rank = len(sizes)
    kernels, strides = each_axis(kernel_size, rank), each_axis(stride, rank)
    dilations = each_axis(dilation, rank)
    if padding == "same":
        found = tuple(map(_same_window, sizes, kernels, strides, dilations))
    else:
        edges = both_edges(0 if isinstance(padding, str) else padding, rank)
        found = tuple(
            Window(i, k, s, d, begin, end, ceil_mode)
            for i, k, s, d, (begin, end) in zip(
                sizes, kernels, strides, dilations, edges, strict=True
            )
        )
    positions = tuple(window.positions() for window in found)
    reads = Reads((None, *map(sliding, found)))
    # Warnings are about the sizes that are here, whatever may be asked of others.
    plain = (
        one._replace(size=int(one.size), begin=int(one.begin), end=int(one.end))
        for one in found
    )
    return Sliding(found, positions, reads, _notes(tuple(plain)))


def _same_window(i: int, k: int, s: int, d: int) -> Window:
    total = same_padding(i, k, s, d)
    return Window(i, k, s, d, total // 2, total - total // 2, same=True)


def _oversized(layer: LayerSpec, found: Sliding) -> Refusal:
    at = next(axis for axis, size in enumerate(found.positions) if size < 1)
    window, axis = found.windows[at], AXES[len(found.windows)][at]
    padded = window.size + window.begin + window.end
    spans = f"kernel {window.kernel}"
    if window.dilation > 1:
        spans += f" with dilation {window.dilation}"
    fixes = []
    # The largest kernel that fits at this dilation; a last window that is rounded up to
    # may reach over the end by less than a stride.
    most = padded + (window.stride - 1 if window.ceil else 0)
    fitting = (most - 1) // window.dilation + 1
    if fitting >= 1 and isinstance(layer.model_dump().get("kernel_size"), int):
        fixes.append(
            Fix(f"set kernel_size to {fitting}", (layer.changed(kernel_size=fitting),))
        )
    return Refusal(
        Code.WINDOW_TOO_LARGE,
        f"The window is {window.extent} cells of {axis} ({spans}), but the padded "
        f"{axis} is only {padded}: {window.size}, and {window.begin} + {window.end} of "
        "padding.",
        field="kernel_size",
        hint=f"Take a kernel_size of at most {max(fitting, 1)}, pad more, or let the "
        "map shrink less above.",
        fixes=tuple(fixes),
    )


def check_padding_mode(
    layer: LayerSpec, mode: str, found: tuple[Window, ...], field: str = "padding_mode"
) -> None:
    """Refuse padding that mirrors or wraps more cells than there are.

    Source: torch/nn/modules/conv.py and `F.pad`.
    """
    for axis, window in zip(AXES[len(found)], found, strict=True):
        check_wrapped(layer, mode, window.size, window.begin, window.end, axis, field)


def check_wrapped(
    layer: LayerSpec, mode: str, size: int, begin: int, end: int, axis: str, field: str
) -> None:
    """Refuse reflected or wrapped padding of one axis that reaches too far."""
    most = {"reflect": size - 1, "circular": size}.get(mode)
    if most is None or larger(begin, end) <= most:
        return
    raise Refusal(
        Code.WRAPPED_PADDING,
        f"{mode} padding of {max(begin, end)} needs {axis} of at least "
        f"{max(begin, end) + size - most}. Received: {size}.",
        field=field,
        hint=f"Pad at most {most} here, or take zeros.",
    )


def _notes(found: tuple[Window, ...]) -> tuple[Note, ...]:
    notes = []
    names = AXES[len(found)]
    lost = [
        f"{window.discarded()} of {window.size} cells of {axis}"
        for axis, window in zip(names, found, strict=True)
        if window.discarded()
    ]
    if lost:
        notes.append(_discarded(" and ".join(lost), found))
    gaps = [one for one in found if one.stride > one.extent and one.positions() > 1]
    if gaps:
        notes.append(_gaps(gaps))
    strided = any(window.stride > 1 for window in found)
    if strided and any(window.same for window in found):
        notes.append(_same_with_stride(found))
    if strided and any(window.dilation > 1 for window in found):
        notes.append(
            Note(
                Code.DILATION_WITH_STRIDE,
                "Keras refuses a dilation together with a stride.",
                "dilation",
                "Nothing to do unless you go to Keras.",
            )
        )
    if any(window.overhangs() for window in found):
        notes.append(
            Note(
                Code.CEIL_MODE,
                "Keras has no ceil_mode, and ONNX before opset 22 may count one cell "
                "more.",
                "ceil_mode",
                "Nothing to do unless you go there; padding reaches the same size.",
            )
        )
    return tuple(notes)


def _discarded(lost: str, found: tuple[Window, ...]) -> Note:
    cells = max(window.discarded() for window in found)
    return Note(
        Code.DISCARDED_CELLS,
        f"No window reads {lost}, at the end: the stride does not divide what is left.",
        "stride",
        f"Harmless if you meant it; {_more_cells(found, cells)} reads them too.",
    )


def _more_cells(found: tuple[Window, ...], cells: int) -> str:
    missing = max(window.stride - window.discarded() for window in found)
    return f"an input {cells} smaller or {missing} larger loses none, and padding"


def _gaps(found: list[Window]) -> Note:
    window = max(found, key=lambda one: one.stride - one.extent)
    passed = window.stride - window.extent
    return Note(
        Code.STRIDE_GAPS,
        f"The stride {window.stride} is larger than the window {window.extent}: "
        f"{spelled(passed)} of every {window.stride} cells "
        f"{'is' if passed == 1 else 'are'} never read.",
        "stride",
        "Common in the shortcut of a residual block; elsewhere take a larger kernel.",
    )


def _same_with_stride(found: tuple[Window, ...]) -> Note:
    pads = ", ".join(f"({window.begin}, {window.end})" for window in found)
    return Note(
        Code.SAME_WITH_STRIDE,
        "PyTorch refuses padding “same” with a stride above 1. Here it adds (before, "
        f"after): {pads}.",
        "padding",
        "Nothing to do unless you go to PyTorch; there, pad in a layer of its own.",
    )
