"""What the common shape errors mean, whichever framework words them.

It never reads a message: the readers of each framework do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from tuicnn.core.layer import both_edges
from tuicnn.core.pasted.clue import Clue, Fact, arrives, channels_arrive, set_to
from tuicnn.core.shapes import Shape, elements, spell

if TYPE_CHECKING:
    from tuicnn.core.report import Row

POOLS: Final = ("max_pool", "avg_pool", "lp_pool")


def numbers(text: str) -> Shape:
    """Return the whole numbers in a text."""
    return tuple(int(one) for one in re.findall(r"\d{1,15}", text))


def first_is(count: int) -> Callable[[Row], bool]:
    """Return whether so many channels, or features, arrive at a row."""
    return lambda row: row.inputs[0] is not None and row.inputs[0][0] == count


def impossible(fits: str) -> Clue:
    """Return the clue of a message that contradicts itself.

    Args:
        fits: What is as it should be, by the message's own numbers.
    """
    return Clue(
        f"These numbers are no error: {fits}. No framework says this of them.",
        "Paste the message again as it stands: perhaps a number was mistyped, or taken "
        "from another line.",
        impossible=True,
    )


def linear(inner: int, declared: int, outputs: int | None) -> Clue:
    """Return the clue of a linear layer that gets another number of inputs.

    Args:
        inner: What arrives.
        declared: What its weight has room for.
        outputs: What it makes.
    """
    if inner == declared:
        return impossible(f"{inner} numbers arrive, and {declared} are expected")

    def arriving(row: Row) -> bool:
        return row.inputs[0] is not None and row.inputs[0][-1] == inner

    facts = [
        Fact(f"{inner} numbers arrive", arriving, 4),
        set_to("in_features", declared),
    ]
    if outputs is not None:
        facts.append(set_to("out_features", outputs))
    sizes = {
        inner: "what arrives at the linear layer",
        declared: "what its weight was made for",
    }
    return Clue(
        f"A linear layer (fully connected) has one weight for each input and output. "
        f"Its weight was made for {declared} inputs, but {inner} numbers arrive.",
        f"Give it the number that arrives: nn.Linear({inner}, …); in a document leave "
        "in_features out. If a map arrives that was never flattened, insert flatten.",
        ("linear",),
        tuple(facts),
        None,
        sizes,
    )


def convolution(
    entering: Shape,
    wanted: int,
    got: int,
    kernel: Shape = (),
    batch: int | None = None,
) -> Clue:
    """Return the clue of a convolution that gets another number of channels."""
    if wanted == got:
        return impossible(f"{got} channels arrive, and {wanted} are expected")
    facts = [set_to("in_channels", wanted, 1)]
    facts.append(arrives(entering) if entering else channels_arrive(got))
    if kernel:
        facts.append(set_to("kernel_size", kernel, 1))
    return Clue(
        f"Each filter of a convolution spans all channels that arrive. Its weight was "
        f"made for {wanted} channels; what arrives has {got}.",
        f"Set in_channels to {got}, or let the layer above make {wanted} channels. If "
        "an image arrives, look at its axes: PyTorch wants channels first.",
        ("conv", "depthwise", "separable"),
        tuple(facts),
        batch,
    )


def window(padded: Shape, kernel: Shape) -> Clue:
    """Return the clue of a window that is larger than its padded map."""
    if all(one <= size for one, size in zip(kernel, padded, strict=False)):
        has_place = f"a window of {spell(kernel)} cells has a place"
        return impossible(f"{has_place} on a map of {spell(padded)}")

    def fits(row: Row) -> bool:
        shape, padding = row.inputs[0], getattr(row.layer, "padding", 0)
        if shape is None or isinstance(padding, str):
            return False
        edges = both_edges(padding, len(padded))
        around = zip(shape[1:], edges, strict=False)
        return tuple(size + begin + end for size, (begin, end) in around) == padded

    return Clue(
        f"The window is {spell(kernel)} cells, but the padded map is only "
        f"{spell(padded)}: there is no place for it.",
        "Take a smaller kernel, pad more, or let the map shrink less above: fewer "
        "pools, smaller strides, or a larger input.",
        ("conv", "depthwise", "separable"),
        (
            Fact(f"its padded map is {spell(padded)}", fits, 3),
            set_to("kernel_size", kernel),
        ),
    )


def pool(entering: Shape) -> Clue:
    """Return the clue of a pool whose window is larger than its map."""
    return Clue(
        f"A pool has no place for its window on a map of {spell(entering[1:])}: "
        "nothing would be left.",
        "Leave this pool out, take a smaller window, or start from a larger input.",
        POOLS,
        (arrives(entering),),
    )


def norm(arriving: int, declared: int | None) -> Clue:
    """Return the clue of a batch norm that gets another number of channels."""
    if arriving == declared:
        return impossible(f"{arriving} channels arrive, and {declared} are expected")
    facts = [Fact(f"{arriving} channels arrive", first_is(arriving), 3)]
    if declared is not None:
        facts.append(set_to("num_features", declared, 3))
    return Clue(
        f"A batch norm keeps a mean for each channel. It was made for "
        f"{declared or 'another number of'} channels, but {arriving} arrive.",
        f"Set num_features to {arriving}, or leave it out: the stack knows it.",
        ("batch_norm", "instance_norm"),
        tuple(facts),
    )


def other_input(wanted: Shape, got: Shape) -> Clue:
    """Return the clue of an input that has another shape than the network's."""
    return Clue(
        f"The input itself has other sizes than the network was made for: "
        f"{spell(got)} instead of {spell(wanted)}, as the message counts them.",
        "Resize or crop the image, or build the network for this size.",
        ("no layer: it is the input",),
    )


def merge(sizes: tuple[int, int], axis: int | None) -> Clue:
    """Return the clue of tensors that are added though their sizes differ.

    Args:
        axis: Where they differ, counted without the batch; None: it is not said.
    """
    if sizes[0] == sizes[1] and sizes[0]:
        return impossible(f"{sizes[0]} meets {sizes[1]}, and these are equal")

    def differ(row: Row) -> bool:
        shapes = [shape for shape in row.inputs if shape is not None]
        if axis is None:
            return any({*sizes} <= {*pair} for pair in zip(*shapes, strict=False))
        seen = {shape[axis] for shape in shapes if len(shape) > axis}
        return {*sizes} <= seen

    where = "" if axis is None else f" along axis {axis + 1} (the batch is axis 0)"
    return Clue(
        f"Two tensors meet, number by number, but one has {sizes[0]} and the other "
        f"{sizes[1]}{where}.",
        "Give both ways the same strides and padding; where the channels differ, let a "
        "1×1 convolution make them equal.",
        ("add", "multiply", "average", "maximum", "parallel", "concat"),
        (Fact(f"{sizes[0]} and {sizes[1]} meet there", differ, 3),),
    )


def reshape(shape: tuple[int, ...], count: int) -> Clue:
    """Return the clue of a reshape that would lose or make numbers.

    Args:
        shape: What was asked for, the batch first.
        count: How many numbers arrive, the batch included.
    """
    batch = shape[0] if shape and shape[0] > 0 else None
    known = elements(tuple(one for one in shape[1:] if one > 0))
    each = count // batch if batch and not count % batch else None

    def fits(row: Row) -> bool:
        entering = row.inputs[0]
        if entering is None:
            return False
        own = elements(entering)
        return own == each if each is not None else not count % own

    sizes = {known: "what the code expects of each sample"}
    if each is not None:
        sizes[each] = "what really arrives for each sample"
    arriving = f"{count} numbers arrive" if each is None else f"{each} for each sample"
    return Clue(
        f"A reshape keeps every number: the sizes must multiply to what arrives. "
        f"Asked for: {', '.join(map(str, shape))}; {arriving}.",
        "Write x.flatten(1) instead of a number: it joins whatever arrives. Or give "
        "the sizes that do arrive.",
        ("flatten", "reshape", "unflatten"),
        (Fact(arriving, fits, 3),),
        batch,
        sizes,
    )


def rank(types: tuple[str, ...], entering: Shape) -> Clue:
    """Return the clue of a layer that gets a shape with too few or too many axes."""
    found = spell(entering)
    return Clue(
        f"The layer wants a map with another number of axes. It got {found}, the batch "
        "first: perhaps flattened already, or without its channel axis.",
        "Move flatten below this layer, or give the input its channel axis: "
        "x.unsqueeze(1).",
        types,
        (arrives(entering[1:]), Fact(f"{found} arrives without a batch",
         lambda row: row.inputs[0] == entering, 3)),
        entering[0] if entering else None,
    )  # fmt: skip
