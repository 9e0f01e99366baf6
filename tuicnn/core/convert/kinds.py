"""The kinds of conversion, and where a network has room for each.

It never offers what would make an error of a network that has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from tuicnn.core.convert.conversion import Conversion, together
from tuicnn.core.convert.heads import convolutional, linear
from tuicnn.core.convert.norms import folded
from tuicnn.core.convert.place import Stretch, stretches
from tuicnn.core.convert.windows import pooled, separated, strided
from tuicnn.core.diagnostics import Severity
from tuicnn.core.edits import EditRefused
from tuicnn.core.proposal import consequence

if TYPE_CHECKING:
    from tuicnn.core.report import Report


class Kind(NamedTuple):
    """A kind of conversion.

    Attributes:
        name: What it is called on the command line.
        what: What it does, in the imperative.
        found: Where a list of layers has room for it.
    """

    name: str
    what: str
    found: Callable[[Stretch], Iterator[Conversion]]


KINDS: Final = (
    Kind(
        "linear-to-conv",
        "write flatten and linear layers as convolutions, with the same weights",
        convolutional,
    ),
    Kind(
        "conv-to-linear",
        "write convolutions over a whole map as linear layers, with the same weights",
        linear,
    ),
    Kind(
        "fold-norm",
        "work a batch norm into the weights of the layer before it",
        folded,
    ),
    Kind(
        "separate",
        "make a depthwise and a 1×1 convolution of a classic one",
        separated,
    ),
    Kind(
        "pool-to-stride",
        "let a convolution step, instead of the pool behind it",
        strided,
    ),
    Kind(
        "stride-to-pool",
        "let a pool step, instead of the convolution before it",
        pooled,
    ),
)
"""Every kind, in the order in which they are listed."""


def kind_called(name: str) -> Kind | None:
    """Return the kind of a name."""
    return next((kind for kind in KINDS if kind.name == name), None)


def conversions(
    report: Report, kind: Kind | None = None, path: str | None = None
) -> list[Conversion]:
    """Return the conversions that a network has room for, list by list.

    Args:
        kind: Only of this kind.
        path: Only those that are about this layer.
    """
    return list(_each(report, KINDS if kind is None else (kind,), path))


class Done(NamedTuple):
    """A conversion that was made, with the network before and after it."""

    conversion: Conversion
    before: Report
    after: Report


def converted(report: Report, kind: Kind, path: str | None = None) -> list[Done]:
    """Return a conversion, made; without a path all of that kind, list by list.

    Args:
        path: The layer that it is about.
    """
    most = len(report.rows)
    found: list[Done] = []
    while len(found) < most:
        one = _next(report, kind, path)
        if one is None:
            break
        after = consequence(report, one.proposal.edit).after
        found.append(Done(one, report, after))
        if path is not None:
            break
        report = after
    return found


def _next(report: Report, kind: Kind, path: str | None) -> Conversion | None:
    """Return what is to be converted next: all places of a list together, if it goes.

    Each conversion is tried on the whole network, which takes its time in deep ones.
    """
    if path is None:
        for stretch in stretches(report):
            every = list(kind.found(stretch))
            if len(every) > 1:
                one = together(every, len(stretch.layers))
                if _harmless(report, one):
                    return one
    return next(_each(report, (kind,), path), None)


def first_conversions(report: Report, kind: Kind, most: int) -> list[Conversion]:
    """Return the first conversions of a kind; no more are looked for."""
    return list(islice(_each(report, (kind,), None), most))


def _each(
    report: Report, kinds: Iterable[Kind], path: str | None
) -> Iterator[Conversion]:
    for stretch in stretches(report):
        for kind in kinds:
            for one in kind.found(stretch):
                about = path is None or path in (one.path, *_paths(stretch, one))
                if about and _harmless(report, one):
                    yield one


def _paths(stretch: Stretch, one: Conversion) -> list[str]:
    """Return the paths of the layers that a conversion is about, and their holders."""
    places = [place for place, _ in one.splice.heirs]
    left = [at for at in one.splice.order if isinstance(at, int)]
    gone = set(range(len(stretch.layers))).difference(left)
    return [row.path for at in {*places, *gone} for row in stretch.rows[at]]


def _harmless(report: Report, one: Conversion) -> bool:
    """Whether a conversion raises no error, and leaves the document's own values be."""
    try:
        raised = consequence(report, one.proposal.edit).raised
    except EditRefused:
        return False
    return all(problem.severity is not Severity.ERROR for problem in raised)
