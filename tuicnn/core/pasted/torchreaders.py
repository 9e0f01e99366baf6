"""What PyTorch's messages say, from the numbers that were found in them.

It never searches a message: `torch` holds the wordings.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tuicnn.core.pasted.clue import Clue, Fact, arrives, called, set_to
from tuicnn.core.pasted.meanings import (
    POOLS,
    convolution,
    first_is,
    impossible,
    linear,
    merge,
    norm,
    numbers,
    pool,
    rank,
    reshape,
    window,
)
from tuicnn.core.shapes import Shape, elements, spell

if TYPE_CHECKING:
    from tuicnn.core.report import Row


def matmul_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: matmul."""
    rows, inner, declared, outputs = map(int, found.groups())

    def arriving(row: Row) -> bool:
        shape = row.inputs[0]
        if shape is None or shape[-1] != inner:
            return False
        return not rows % elements(shape[:-1])

    clue = linear(inner, declared, outputs)
    if clue.impossible:
        pair = f"{rows}×{inner} and {declared}×{outputs}"
        return impossible(f"{pair} can be multiplied, as {inner} stands in the middle")
    first = replace(clue.facts[0], holds=arriving)
    return replace(clue, facts=(first, *clue.facts[1:]), batch=rows)


def channels_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: channels."""
    _, weight, entering, wanted, got = found.groups()
    shape, sizes = numbers(weight), numbers(entering)
    return convolution(sizes[1:], int(wanted), int(got), shape[2:], sizes[0])


def kernel_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: kernel."""
    return window(numbers(found[1]), numbers(found[2]))


def pool_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: pool."""
    entering = numbers(found[1])
    clue = pool(entering)
    if len(entering) == 3 and entering[1] == 1:  # how PyTorch shows a sequence
        flat = (entering[0], entering[2])
        either = Fact(f"{spell(flat)} arrives", lambda row: row.inputs[0] == flat, 4)
        return replace(clue, facts=(*clue.facts, either))
    return clue


def sequence_pool_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: sequence pool."""
    return Clue(
        "A pool has no place for its window on the sequence that arrives.",
        "Leave this pool out, take a smaller window, or start from a longer input.",
        ("max_pool1d",),
        (Fact("it leaves nothing", lambda row: row.output is None and row.reached, 3),),
    )


def transposed_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: transposed."""
    sizes = numbers(found[1])
    maps = [sizes]
    if len(sizes) == 2 and sizes[0] == 1:  # how PyTorch shows a sequence
        maps.append(sizes[1:])
    return Clue(
        "A transposed convolution paints a patch for each cell, and its padding cuts "
        "the edges off: here it cuts everything.",
        "Take less padding, or a larger kernel.",
        ("conv_transpose",),
        (
            Fact(
                f"a map of {spell(maps[-1])} arrives",
                lambda row: row.inputs[0] is not None and row.inputs[0][1:] in maps,
                3,
            ),
        ),
    )


def running_mean_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: running mean."""
    return norm(int(found[1]), int(found[2]))


def group_norm_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: group norm."""
    declared, entering = numbers(found[1])[0], numbers(found[2])
    return Clue(
        f"A group norm has a factor for each channel. It was made for {declared} "
        f"channels, but {entering[1]} arrive.",
        f"Set num_channels to {entering[1]}.",
        ("group_norm",),
        (arrives(entering[1:]), set_to("num_channels", declared)),
        entering[0],
    )


def layer_norm_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: layer norm."""
    declared, entering = numbers(found[1]), numbers(found[2])
    return Clue(
        f"The norm rescales the last axes together. It was made for {spell(declared)}, "
        f"but {spell(entering[1:])} arrives.",
        "normalized_shape counts from the last axis: give it the sizes that arrive.",
        ("layer_norm", "rms_norm"),
        (arrives(entering[1:]), set_to("normalized_shape", declared)),
        entering[0],
    )


def one_value_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: one value."""
    entering = numbers(found[1])
    return Clue(
        "A batch norm in training needs at least two values for each channel to find "
        "their spread. Here each channel has one: a batch of 1 on a map of one cell.",
        "Train with a batch of two or more, or call model.eval() to run one sample.",
        ("batch_norm", "instance_norm"),
        (arrives(entering[1:]),),
        entering[0],
    )


def unequal_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: unequal."""
    a, b, axis = map(int, found.groups())
    return merge((a, b), axis - 1)


def cat_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: cat."""
    dim, wanted, got, _ = map(int, found.groups())
    clue = merge((wanted, got), None)
    if clue.impossible:
        return clue
    return replace(
        clue,
        meaning=f"Maps are lined up along axis {dim} (the batch is axis 0); all other "
        f"sizes must be equal, but one has {wanted} and another {got}.",
        remedy="Crop, pad or upsample the odd one: often a pool dropped a last row, "
        "and what doubles it again is one short.",
        types=("concat", "parallel"),
    )


def view_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: view."""
    shape = tuple(int(one) for one in re.findall(r"-?\d{1,15}", found[1]))
    return reshape(shape, int(found[2]))


def unflatten_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: unflatten."""
    sizes, _, arriving = numbers(found[1]), int(found[2]), int(found[3])
    return Clue(
        f"One axis of {arriving} is to be split into {spell(sizes)}, which is "
        f"{elements(sizes)}.",
        f"Take sizes that multiply to {arriving}.",
        ("unflatten",),
        (
            set_to("unflattened_size", sizes, 3),
            Fact(f"{arriving} arrive", lambda row: arriving in (row.inputs[0] or ())),
        ),
    )


def rank_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: rank."""
    kind, entering = found[1], numbers(found[2])
    return rank((kind,), entering)


def groups_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: groups."""
    side = found[1]
    name = f"{side}_channels"

    def fits(row: Row) -> bool:
        groups = getattr(row.layer, "groups", 1)
        entering = row.inputs[0]
        count = getattr(row.layer, name, None)
        if side == "in" and count is None and entering:
            count = entering[0]
        return isinstance(count, int) and groups > 1 and count % groups > 0

    return Clue(
        f"Grouped filters see an equal share of the channels each, so groups must "
        f"divide {name}.",
        f"Take groups that divide {name}, or 1.",
        ("conv",),
        (Fact(f"groups does not divide its {name}", fits, 3),),
    )


def mirrored_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: mirrored."""
    pads, entering = numbers(found[1]), numbers(found[2])
    return Clue(
        f"Reflected padding mirrors the map, so it can add at most one cell less than "
        f"the map has. It was to add {max(pads)} cells.",
        "Pad less, or pad with zeros.",
        ("conv", "pad"),
        (arrives(entering[1:]),),
        entering[0],
    )


def shuffle_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: shuffle."""
    count, square = int(found[1]), int(found[2])
    return Clue(
        f"A pixel shuffle makes r×r cells out of r² channels: {square} must divide the "
        f"channels, but {count} arrive.",
        f"Let the layer above make a multiple of {square} channels.",
        ("pixel_shuffle",),
        (Fact(f"{count} channels arrive", first_is(count), 3),),
    )


def slopes_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: slopes."""
    declared, count = int(found[1]), int(found[2])
    return Clue(
        f"A PReLU has one slope, or one for each channel. It has {declared}, but "
        f"{count} channels arrive.",
        f"Set num_parameters to 1 or {count}.",
        ("prelu",),
        (
            Fact(f"{count} channels arrive", first_is(count), 3),
            set_to("num_parameters", declared),
        ),
    )


def pool_padding_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: pool padding."""
    pad, kernel = int(found[1]), int(found[2])
    return Clue(
        "Padding of a pool may be at most half of its window: more would give windows "
        "that see nothing but padding.",
        f"Set padding to {kernel // 2} at most.",
        POOLS,
        (set_to("padding", pad), set_to("kernel_size", kernel)),
    )


def loaded_clue(found: re.Match[str]) -> Clue:
    """Return the clue of such a message: loaded."""
    path, name, held, wanted = found.groups()
    shapes = {
        "in the file": numbers(held),
        "in the model": numbers(wanted),
    }
    facts = [
        Fact(f"its {name} {where} is {spell(shape)}", _has(name, shape))
        for where, shape in shapes.items()
    ]
    return Clue(
        f"The file of weights holds {path}.{name} as {spell(numbers(held))}, but the "
        f"model has {spell(numbers(wanted))}: they were made for different networks.",
        "Build the model as it was when the weights were saved: most often the number "
        "of classes, or the input's size, differs.",
        (),
        (called(path), *facts),
    )


def _has(name: str, shape: Shape) -> Callable[[Row], bool]:
    return lambda row: {**row.parameters, **row.buffers}.get(name) == shape
