"""Warnings that need more than one layer to see.

It never refuses: what it finds is legal, and seldom meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tuicnn.core.derivation import spelled
from tuicnn.core.diagnostics import Code, Diagnostic, Fix
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers.activation import LogSoftmax, Softmax
from tuicnn.core.layers.conv import Convolution
from tuicnn.core.layers.dense import Linear
from tuicnn.core.layers.norm import BatchNorm
from tuicnn.core.layers.regularization import Dropout, Dropout2d
from tuicnn.core.layers.shaping import Flatten
from tuicnn.core.network import visible
from tuicnn.core.reach import aligned
from tuicnn.core.shapes import AXES, spell

if TYPE_CHECKING:
    from tuicnn.core.report import Report, Row


def advise(report: Report) -> list[Diagnostic]:
    """Return the warnings about a network as a whole."""
    found = [*_channels_last(report), *_blank_names(report)]
    rows = report.rows
    for index in report.order:
        row = rows[index]
        finder = _FINDERS.get(type(row.layer))
        if row.effect is None:
            continue
        if finder is not None:
            found += finder(report, row)
        if len(row.sources) > 1:
            found += _misaligned(report, row)
    # What is wrong in each repetition of a block is said once, of the first.
    return list({(one.code, one.pointer): one for one in reversed(found)}.values())


def _warn(
    code: Code,
    row: Row,
    field: str | None,
    message: str,
    hint: str,
    *fixes: Fix,
) -> Diagnostic:
    pointer = (*row.pointer, field) if field else row.pointer
    return Diagnostic(code, row.path, field, pointer, message, hint, fixes)


def _blank_names(report: Report) -> Iterator[Diagnostic]:
    for row in report.rows:
        name = row.layer.name
        if name is None or (seen := visible(name)) == name:
            continue
        unseen = dict.fromkeys(name if not seen else name.replace(seen, ""))
        listed = ", ".join(f"U+{ord(one):04X}" for one in unseen)
        where = "begins or ends with" if seen else "is made of"
        yield _warn(
            Code.BLANK_NAME,
            row,
            "name",
            f"The name “{name}” {where} what cannot be seen: {listed}.",
            f"Call it {seen}." if seen else "Give it another name, or none.",
        )


def _channels_last(report: Report) -> Iterator[Diagnostic]:
    shape = report.network.input
    if len(shape) < 3 or shape[-1] not in (1, 3, 4):
        return
    # 3 in the last place, or 1×H×C with a large H, is how images lie channels-last.
    if shape[0] in (1, 2, 3, 4) or min(shape[:-1]) < 8:
        return
    turned = (shape[-1], *shape[:-1])
    yield Diagnostic(
        Code.CHANNELS_LAST,
        "",
        "input",
        ("input",),
        f"The input {spell(shape)} has {shape[0]} channels of {spell(shape[1:])}: it "
        "looks channels-last.",
        f"Channels come first here: [{', '.join(map(str, turned))}].",
    )


def _bias_before_norm(report: Report, row: Row) -> Iterator[Diagnostic]:
    source = row.sources[0]
    if source < 0:
        return
    above = report.rows[source]
    layer = above.layer
    if (
        not isinstance(layer, Convolution | Linear)
        or not layer.bias
        or above.effect is None
    ):
        return
    if report.readers[source] > 1:
        return
    count = above.effect.parameters["bias"][0]
    yield _warn(
        Code.BIAS_BEFORE_NORM,
        above,
        "bias",
        f"{row.path} subtracts each channel's mean, and with it the bias: "
        f"{spelled(count)} parameters without effect.",
        "Set bias to false; the norm has an offset of its own.",
        Fix("remove the bias", (layer.changed(bias=False),)),
    )


def _softmax(report: Report, row: Row) -> Iterator[Diagnostic]:
    before = _past_dropout(report, row.sources[0])
    if before is not None and isinstance(before.layer, (Softmax, LogSoftmax)):
        yield _warn(
            Code.SOFTMAX_TWICE,
            row,
            None,
            f"{before.path} is a softmax already: a second one flattens the shares.",
            "Remove one of them.",
            Fix(f"remove {row.name}", ()),
        )
    if row.index == report.end and isinstance(row.layer, Softmax):
        yield _warn(
            Code.SOFTMAX_OUTPUT,
            row,
            None,
            "PyTorch's CrossEntropyLoss applies a softmax itself: trained with it, "
            "this one would be the second.",
            "Fine for inference and for Keras; for that loss, leave it out.",
        )


def _past_dropout(report: Report, source: int) -> Row | None:
    """Return the row that a value comes from, dropouts passed over."""
    while source >= 0 and isinstance(report.rows[source].layer, (Dropout, Dropout2d)):
        source = report.rows[source].sources[0]
    return report.rows[source] if source >= 0 else None


def _dominant_linear(report: Report, row: Row) -> Iterator[Diagnostic]:
    total = report.totals.parameters
    own = report.totals_of(row).parameters
    above = _past_dropout(report, row.sources[0])
    if 2 * own <= total or above is None or not isinstance(above.layer, Flatten):
        return
    shape = above.inputs[0]
    if shape is None or max(shape[1:], default=1) == 1:
        return
    yield _warn(
        Code.DOMINANT_LINEAR,
        row,
        None,
        f"{spelled(own)} of {spelled(total)} parameters ({100 * own / total:.0f} %) "
        f"are in this layer: each of its outputs reads the whole {spell(shape)} map.",
        "A global_avg_pool or adaptive_avg_pool before flatten leaves far fewer.",
    )


def _misaligned(report: Report, row: Row) -> Iterator[Diagnostic]:
    fields = [report.fields[source] for source in row.sources]
    present = [field for field in fields if field is not None]
    names = AXES[len(report.network.input) - 1]
    for axis, *patterns in zip(
        names, *(field.patterns for field in present), strict=True
    ):
        if aligned(tuple(patterns)):
            continue
        moving = [pattern for pattern in patterns if pattern.shift]
        centres = ", ".join(f"{float(pattern.centre):g}" for pattern in moving)
        strides = ", ".join(f"{float(pattern.stride):g}" for pattern in moving)
        yield _warn(
            Code.MISALIGNED_BRANCHES,
            row,
            None,
            f"The branches look at different places: along the {axis}, their first "
            f"outputs are centred on input cells {centres} (strides {strides}).",
            "Odd kernels with symmetric padding, or the same pads in each branch, keep "
            "them aligned.",
        )
        return


_FINDERS: dict[type[LayerSpec], Callable[[Report, Row], Iterator[Diagnostic]]] = {
    BatchNorm: _bias_before_norm,
    Softmax: _softmax,
    LogSoftmax: _softmax,
    Linear: _dominant_linear,
}
