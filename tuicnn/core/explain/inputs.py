"""Which inputs a network takes, in words.

It never looks for a size: `inputs` did, and asked `check`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tuicnn.core.derivation import spelled
from tuicnn.core.explain.layer import first_error
from tuicnn.core.explain.lines import paragraph, wrapped
from tuicnn.core.explain.symbolic import remainders_told
from tuicnn.core.layers.shaping import Flatten
from tuicnn.core.shapes import elements, spell
from tuicnn.core.symbolic.domain import MOST
from tuicnn.core.wording import listed

if TYPE_CHECKING:
    from tuicnn.core.inputs import Choice, ValidInputs
    from tuicnn.core.symbolic import Sizes


def explain_inputs(found: ValidInputs) -> list[str]:
    """Return which inputs a network takes, as lines."""
    network = found.report.network
    title = f"{network.name}: which inputs it takes (now {spell(network.input)})"
    lines = [*wrapped(title), ""]
    if len(network.input) == 1:
        return [*lines, "It takes a vector: there is no height or width to choose."]
    if found.base is None:
        lines += wrapped("No size was found that every layer takes. The first problem:")
        return [*lines, *first_error(found.report)]
    for part in (_smallest(found), _lossless(found), _trained(found)):
        for text in part:
            lines += paragraph(text)
        lines.append("")
    return lines[:-1]


def _smallest(found: ValidInputs) -> Iterator[str]:
    """Yield the smallest input, and which layer sets it."""
    if found.base != found.report.network.input:
        yield (
            "The present input is refused. What follows was found around "
            f"{spell(found.base or ())}."
        )
    yield f"The smallest input is {spell(found.smallest or ())}."
    alone = found.axes
    if found.square is not None:
        yield from _limit(found.square)
        differing = {(one.least, one.sizes.most) for one in alone}
        if differing == {(found.square.least, found.square.sizes.most)}:
            return
        yield "With one axis changed, and the others as they are:"
    for choice in alone:
        yield from _limit(choice)


def _limit(choice: Choice) -> Iterator[str]:
    """Yield the sizes that are legal, and what refuses the others."""
    name = _name(choice)
    sizes = choice.sizes
    if choice.least == 1 and sizes.period == 1 and sizes.most == MOST:
        yield f"{name} may be any size."
        return
    most = f" to {spelled(sizes.most)}" if sizes.most < MOST else " or more"
    step = f", where it {remainders_told(sizes)}" if sizes.period > 1 else ""
    yield f"{name} may be {spelled(choice.least)}{most}{step}."
    if choice.refusal is not None:
        yield f"{choice.refusal.path} sets the least: it refuses {choice.least - 1}."
        yield f"  {choice.refusal.message}"
    if sizes.most < MOST:
        yield f"{sizes.most_by} sets the most."


def _name(choice: Choice) -> str:
    return "Each side" if len(choice.axes) > 1 else choice.axes[0].capitalize()


def _lossless(found: ValidInputs) -> Iterator[str]:
    """Yield the sizes at which no pixel is left out by a stride."""
    yield "A stride that does not divide what is left over loses pixels at the end."
    alike = found.square if _alike(found) else None
    for choice in found.axes if alike is None else (alike,):
        name = _name(choice)
        lossless = choice.lossless
        if not choice.near:
            yield f"{name}: every size loses some."
        elif _kept(lossless) == _kept(choice.sizes) and choice.plain:
            yield f"{name}: no legal size loses any."
        else:
            shown = [spelled(one) for one in choice.near]
            further = next(lossless.above(choice.near[-1] + 1), None) is not None
            told = f"{', '.join(shown)} and so on" if further else listed(shown)
            yield f"{name} loses none at {told}" + (
                f": a size that {remainders_told(lossless)}." if choice.plain else "."
            )
            if choice.size not in choice.near:
                yield f"{spelled(choice.size)} is none of them."


def _kept(sizes: Sizes) -> tuple[int, tuple[int, ...]]:
    return sizes.period, sizes.remainders


def _alike(found: ValidInputs) -> bool:
    """Whether what is said of all sides together is true of each."""
    square = found.square
    return square is not None and all(
        (one.size, one.near, _kept(one.lossless), _kept(one.sizes))
        == (square.size, square.near, _kept(square.lossless), _kept(square.sizes))
        for one in found.axes
    )


def _trained(found: ValidInputs) -> Iterator[str]:
    """Yield whether the weights fit any size, or which."""
    row = found.fixing
    if row is None:
        yield "It takes any of these sizes with the same weights."
        return
    shape = row.inputs[0] or ()
    count = f"{spelled(elements(shape))} numbers"
    source = found.report.rows[row.sources[0]] if row.sources[0] >= 0 else None
    while source is not None and source.output == source.inputs[0]:
        above = source.sources[0]
        source = found.report.rows[above] if above >= 0 else None
    if source is not None and isinstance(source.layer, Flatten) and source.inputs[0]:
        count = f"{spell(source.inputs[0])} = {count}"
    yield f"{row.path} fixes the size: its weights are made for {count}."
    spans = [
        f"{'/'.join(one.axes)} {spelled(one.trained.least)} to "
        f"{spelled(one.trained.most)}"
        for one in found.axes
        if one.trained_by
    ]
    yield f"The same weights take {' or '.join(spans)}, one axis at a time."
    yield "Other sizes are legal, too, but ask for other weights."
