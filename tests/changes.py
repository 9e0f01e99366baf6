"""Networks made by hand, and edits of every kind, drawn for any network."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Final

from tests.documents import preset_text
from tuicnn.core.diagnostics import Pointer
from tuicnn.core.edits import (
    Become,
    Describe,
    Duplicate,
    Edit,
    EditRefused,
    Insert,
    Move,
    Remove,
    Replace,
    SetInput,
    Ungroup,
    Wrap,
)
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import (
    Add,
    BatchNorm,
    Block,
    Conv2d,
    Dropout,
    Parallel,
    Relu,
)
from tuicnn.core.network import Network, children
from tuicnn.core.reading import read_text
from tuicnn.core.tree import TOP, Layers, every, list_at, lists_of
from tuicnn.interop.document import to_document_text

KINDS: Final = (
    "insert",
    "paste",
    "remove",
    "rename",
    "retype",
    "fix",
    "duplicate",
    "move",
    "step",
    "block",
    "residual",
    "ungroup",
    "input",
    "describe",
    "become",
)
"""What `an_edit` can draw."""


def add(*names: str, name: str | None = None) -> Add:
    return Add(name=name, **{"with": names})


def conv(name: str | None = None, channels: int = 4) -> Conv2d:
    return Conv2d(name=name, out_channels=channels, kernel_size=1)


NEW: Final[tuple[LayerSpec, ...]] = (
    Relu(),
    Relu(name="act"),
    Relu(name="relu_2"),
    Dropout(name="d" * 64),
    BatchNorm(),
    conv(),
    conv("conv1"),
    conv("CONV1", 6),
    add("conv1"),
    add("relu_1", "conv2d_2"),
    Block(name="b", layers=(Relu(), add("conv1", "relu_1")), repeat=2),
    Block(layers=()),
    Parallel(merge="add", branches=((conv(), Relu()), ())),
    Parallel(merge="concat", branches=((Relu(),), (conv("conv1"),), ())),
)


def network(*layers: LayerSpec, **more: object) -> Network:
    """Return a network of these layers."""
    fields = {"name": "net", "input": (4, 12, 12), "layers": layers, **more}
    return Network.model_validate(fields)


@cache
def preset(name: str) -> Network:
    found = read_text(preset_text(name)).network
    assert found is not None
    return found


def assert_read_back(found: Network) -> None:
    """Assert that a network, written and read again, is the same."""
    assert read_text(to_document_text(found)).network == found


def assert_shared(before: Network, after: Network) -> None:
    """Assert that each layer that is equal to one from before is that one."""
    olds = {id(layer) for _, layer in every(before)}
    for _, layer in every(after):
        if id(layer) not in olds:
            equal = [one for _, one in every(before) if one == layer]
            assert not equal, f"{layer!r} was made anew"


def named(found: Network, pointer: Pointer = TOP) -> list[str]:
    """Return names, or types, of the layers of a list."""
    layers = list_at(found, pointer)
    assert layers is not None
    return [layer.name or layer.type for layer in layers]


def lists(found: Network) -> list[Pointer]:
    """Return the pointer of every list of layers."""
    inner = (lists_of(layer, pointer) for pointer, layer in every(found))
    return [TOP, *(pointer for some in inner for pointer, _ in some)]


def an_edit(found: Network, draw: Random, kind: str = "") -> Edit:
    """Return an edit of a kind, or of any; now and then one that cannot be done."""
    kind = kind or draw.choice(KINDS)
    match kind:
        case "input":
            return SetInput((draw.randint(0, 9), *found.input[1:]))
        case "describe":
            field = draw.choice(("name", "title", "description", "source"))
            return Describe(field, draw.choice(("", "new", "newer", "a/b", None)))
        case "become":
            return Become(network(*NEW[:6]), "become")
        case "rename" | "retype" | "fix" | "ungroup":
            return _exchange(found, draw, kind)
    return _passage(found, draw, kind)


def _exchange(found: Network, draw: Random, kind: str) -> Edit:
    """Return an edit of one layer."""
    everything = list(every(found)) or [(("layers", 0), NEW[0])]
    one, layer = draw.choice(everything)
    match kind:
        case "rename":
            return Replace(one, _renamed(layer, draw), "rename", ("name", one))
        case "retype":
            return Replace(one, (draw.choice(NEW),), "change")
        case "fix":
            return Replace(one, _new(draw, draw.choice((0, 2))), "fix")
    holders = [pointer for pointer, layer in everything if children(layer)]
    return Ungroup(draw.choice(holders or [one]), "container")


def _passage(found: Network, draw: Random, kind: str) -> Edit:
    """Return an edit by which layers come, go, or go elsewhere."""
    pointers = [pointer for pointer, _ in every(found)] or [("layers", 0)]
    some = tuple(draw.choice(pointers) for _ in range(draw.randint(1, 3)))
    parent = draw.choice(lists(found))
    count = len(list_at(found, parent) or ())
    at = draw.randint(0, count + draw.choice((0, 0, 0, 1)))
    span = tuple((*parent, at + n) for n in range(draw.randint(1, 3)))
    match kind:
        case "insert":
            return Insert(span[0], _new(draw, draw.randint(1, 3)))
        case "paste":
            here = list_at(found, draw.choice(lists(found))) or ()
            return Insert(span[0], here[at : at + 3], "paste")
        case "remove":
            return Remove(some, "layers")
        case "duplicate":
            return Duplicate(span, "layers")
        case "move":
            return Move(some, span[0], "layers")
        case "step":
            return Move(some[:1], (*some[0][:-1], draw.randint(0, count)), "layer")
    return Wrap(span, "layers", kind == "residual")


def _new(draw: Random, count: int) -> Layers:
    return tuple(draw.choice(NEW) for _ in range(count))


def _renamed(layer: LayerSpec, draw: Random) -> Layers:
    if layer.type == "broken":
        return NEW[:1]
    name = draw.choice((None, "conv1", "act", "new", "relu_1", layer.name))
    return (layer.changed(name=name),)


def done(found: Network, edit: Edit) -> Network:
    """Return a network after an edit, or as it is where the edit is refused."""
    try:
        return edit.apply(found).network
    except EditRefused:
        return found
