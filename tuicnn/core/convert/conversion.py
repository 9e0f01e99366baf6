"""Conversions: another way to write some layers, and what becomes of their weights.

It never touches an array: recipes say how arrays are made, `preview.recast` makes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tuicnn.core.edits import Changed, Edit, EditRefused, bounded
from tuicnn.core.naming import arranged
from tuicnn.core.proposal import Proposal
from tuicnn.core.tree import list_at, with_list

if TYPE_CHECKING:
    from tuicnn.core.diagnostics import Pointer
    from tuicnn.core.layer import LayerSpec
    from tuicnn.core.network import Network
    from tuicnn.core.report import Report, Row
    from tuicnn.core.shapes import Shape


@dataclass(frozen=True)
class Splice(Edit):
    """Gives a list of layers another order, with new layers among the old ones.

    Attributes:
        parent: The list.
        order: Places in the list as it was, and new layers between them.
        heirs: Pairs: a place as it was, and the place of who is named instead.
        cursor: The place to look at afterwards.
    """

    parent: Pointer
    order: tuple[int | LayerSpec, ...]
    what: str
    heirs: tuple[tuple[int, int], ...] = ()
    cursor: int = 0

    @property
    def label(self) -> str:
        """What it is called."""
        return self.what

    def apply(self, network: Network) -> Changed:
        """Return the version with the other list."""
        now = list_at(network, self.parent)
        places = [one for one in self.order if isinstance(one, int)]
        if now is None or any(one >= len(now) for one in places):
            raise EditRefused("the layers are not there any more")
        heirs = dict(self.heirs)
        after = with_list(
            network, self.parent, lambda now: arranged(now, self.order, heirs)
        )
        return Changed(bounded(after), (*self.parent, self.cursor))


@dataclass(frozen=True, slots=True)
class Recast:
    """Where the weights of a new layer come from.

    Attributes:
        place: Its place in the new list.
        source: The place in the old list of the layer whose weights it takes.
        norm: The place of a batch norm that is worked into them; None: none is.
        axis: The axis of the weight along which outputs stand.
    """

    place: int
    source: int
    norm: int | None = None
    axis: int = 0


@dataclass(frozen=True, slots=True)
class Conversion:
    """Another way to write some layers.

    Attributes:
        kind: Which: "linear-to-conv".
        path: The first layer that it is about.
        proposal: The edit.
        exact: Whether the outputs stay what they are, with the weights carried over.
        remark: What stays and what changes, in a sentence or two.
        recasts: Where the weights of new layers come from; those of a new layer that is
            not among them must be learnt anew.
        parts: What is done, place by place, where there are several.
    """

    kind: str
    path: str
    proposal: Proposal
    exact: bool
    remark: str
    splice: Splice
    recasts: tuple[Recast, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def titles(self) -> tuple[str, ...]:
        """What is done, place by place."""
        return self.parts or (self.proposal.title,)


def together(found: list[Conversion], count: int) -> Conversion:
    """Return conversions of one list, none of which touches another's layers, as one.

    Args:
        count: How many layers the list has.
    """
    first = found[0]
    order: list[int | LayerSpec] = []
    heirs: list[tuple[int, int]] = []
    recasts: list[Recast] = []
    at = 0
    for one in found:
        begin, stop = _window(one.splice.order, count)
        order += range(at, begin)
        moved = len(order) - begin
        heirs += [(old, new + moved) for old, new in one.splice.heirs]
        recasts += [replace(r, place=r.place + moved) for r in one.recasts]
        order += one.splice.order[begin : len(one.splice.order) - (count - stop)]
        at = stop
    order += range(at, count)
    titles = tuple(one.proposal.title for one in found)
    what = titles[0] if len(found) == 1 else f"{titles[0]} and {len(titles) - 1} more"
    splice = replace(first.splice, order=tuple(order), what=what, heirs=tuple(heirs))
    return replace(
        first,
        proposal=Proposal(what, splice),
        splice=splice,
        recasts=tuple(recasts),
        parts=titles,
    )


def _window(order: Sequence[int | LayerSpec], count: int) -> tuple[int, int]:
    """Return the places of a list, from and to, that a new order changes."""
    begin = 0
    while begin < min(len(order), count) and order[begin] == begin:
        begin += 1
    stop, end = count, len(order)
    while stop > begin and end > begin and order[end - 1] == stop - 1:
        stop, end = stop - 1, end - 1
    return begin, stop


@dataclass(frozen=True, slots=True)
class Carry:
    """One tensor that becomes another: the same numbers, perhaps in another shape."""

    target: str
    source: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Fold:
    """A weight and a bias that take a batch norm in.

    Attributes:
        target: The path of the layer that is made.
        source: The path of the layer before.
        norm: The path of the batch norm.
        bias: Whether the layer before has a bias.
        affine: Whether the norm has a learnt factor and offset.
        eps: What the norm adds to the variance.
        axis: The axis of the weight along which outputs stand.
    """

    target: str
    source: str
    norm: str
    bias: bool
    affine: bool
    eps: float
    axis: int


Recipe = Carry | Fold


@dataclass(frozen=True, slots=True)
class Carried:
    """What becomes of all weights of a network.

    Attributes:
        recipes: How those of the new network are made.
        fresh: Those that nothing makes: they must be learnt.
    """

    recipes: tuple[Recipe, ...]
    fresh: tuple[str, ...] = field(default=())


def carried(before: Report, after: Report, conversion: Conversion) -> Carried:
    """Return how the weights of a converted network follow from those it had.

    Args:
        after: The report of what the conversion's edit made of `before`.
    """
    olds, recasts = _by_pointer(before), {one.place: one for one in conversion.recasts}
    recipes: list[Recipe] = []
    fresh: list[str] = []
    for pointer, rows in _by_pointer(after).items():
        place, source = _origin(conversion.splice, pointer)
        recast = recasts.get(place) if source is None else None
        for number, row in enumerate(rows):
            if source is not None:
                recipes += _copied(row, olds[source][number])
            elif recast is not None:
                recipes += _recast(conversion.splice, recast, row, olds, number)
            else:
                fresh += (f"{row.path}.{name}" for name in row.parameters)
    return Carried(tuple(recipes), tuple(fresh))


def _by_pointer(report: Report) -> dict[Pointer, list[Row]]:
    """Return the rows of each layer of the document: one for each repetition."""
    found: dict[Pointer, list[Row]] = {}
    for row in report.rows:
        if not row.container:
            found.setdefault(row.pointer, []).append(row)
    return found


def _origin(splice: Splice, pointer: Pointer) -> tuple[int, Pointer | None]:
    """Return where a layer stood before: its place in the list, and its pointer.

    The place is −1 for what stands elsewhere, the pointer None for a new layer.
    """
    depth = len(splice.parent)
    if pointer[:depth] != splice.parent or len(pointer) <= depth:
        return -1, pointer
    place = pointer[depth]
    assert isinstance(place, int)
    one = splice.order[place]
    if not isinstance(one, int):
        return place, None
    return place, (*splice.parent, one, *pointer[depth + 1 :])


def _copied(row: Row, old: Row) -> Iterator[Carry]:
    for name, shape in {**row.parameters, **row.buffers}.items():
        yield Carry(f"{row.path}.{name}", f"{old.path}.{name}", shape)


def _recast(
    splice: Splice,
    recast: Recast,
    row: Row,
    olds: dict[Pointer, list[Row]],
    number: int,
) -> Iterator[Recipe]:
    old = olds[(*splice.parent, recast.source)][number]
    if recast.norm is None:
        yield from _copied(row, old)
        return
    norm = olds[(*splice.parent, recast.norm)][number]
    eps = getattr(norm.layer, "eps", 0.0)
    yield Fold(
        row.path,
        old.path,
        norm.path,
        "bias" in old.parameters,
        bool(norm.parameters),
        eps,
        recast.axis,
    )
