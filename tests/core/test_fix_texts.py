"""What is offered for layers that cannot be read: the rare cases, by their titles."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.core.test_fixes import check_all
from tests.documents import report_of_text, text_of
from tuicnn.core.diagnostics import Code
from tuicnn.core.fixes import fixes_of

Layer = dict[str, object]

MAP = (4, 9, 9)

RELU: Layer = {"type": "relu", "name": "a"}


def kind(which: str, **fields: object) -> Layer:
    return {"type": which, "name": "x", **fields}


def conv(**fields: object) -> Layer:
    return kind("conv2d", **{"out_channels": 1, "kernel_size": 3, **fields})


def nested(depth: int) -> list[Layer]:
    """Return a list of layers in blocks, so many in one another."""
    layers = [RELU]
    for _ in range(depth):
        layers = [{"type": "block", "layers": layers}]
    return layers


def unknown(count: int) -> dict[str, object]:
    """Return keys that no layer has."""
    return {f"zz{number}q": 1 for number in range(count)}


@dataclass(frozen=True)
class Case:
    """A layer under a relu called a, and what is offered for its problem of a code.

    Attributes:
        safe: Whether the first fix may be applied without a question.
    """

    what: str
    code: Code
    layer: object
    offered: tuple[str, ...]
    safe: bool = True

    def __str__(self) -> str:
        return f"{self.code.code}: {self.what}"


VALUES = (
    Case("sizes as people write them", Code.INVALID_VALUE, conv(kernel_size="3x5"),
         ("set kernel_size to [3, 5]", "set kernel_size to 3", "remove x")),
    Case("a word of another language", Code.INVALID_VALUE, conv(bias="False"),
         ("set bias to false", "set bias to true", "leave bias out", "remove x")),
    Case("a word misspelt", Code.INVALID_VALUE, conv(padding_mode="reflec"),
         ('set padding_mode to "reflect"', 'set padding_mode to "zeros"',
          'set padding_mode to "replicate"', 'set padding_mode to "circular"',
          "leave padding_mode out")),
    Case("a name that cannot stand in a path", Code.INVALID_VALUE,
         {"type": "relu", "name": "a.b"},
         ('set name to "a_b"', "leave name out", "remove relu_2")),
    Case("nothing near to it", Code.INVALID_VALUE,
         kind("layer_norm", normalized_shape={"a": 1}),
         ("set normalized_shape to [4, 9, 9]", "leave normalized_shape out",
          "remove x")),
    Case("a name without its list", Code.INVALID_VALUE, kind("add", **{"with": "a"}),
         ('set with to ["a"]', "remove x")),
    Case("no name at all", Code.INVALID_VALUE, kind("add", **{"with": 3}),
         ("remove x",), safe=False),
)  # fmt: skip

KEYS = (
    Case("an order of axes", Code.MISSING_KEY, kind("permute"),
         ("set dims to [0, 1, 2, 3]", "set dims to [0, 2, 3, 1]", "remove x"),
         safe=False),
    Case("the name that Python gives a key", Code.UNKNOWN_KEY,
         kind("add", with_=["a"]),
         ("rename with_ to with", "remove with_", "remove x")),
)  # fmt: skip

ENTRIES = (
    Case("a type without its object", Code.INVALID_VALUE, "tanh",
         ("write it as a layer: tanh", "remove unreadable_1")),
    Case("a type that needs more", Code.INVALID_VALUE, "conv2d",
         ("write it as a layer: conv2d, set out_channels to 4, set kernel_size to 3",
          "remove unreadable_1"), safe=False),
    Case("no type", Code.INVALID_VALUE, "xyzzy", ("remove unreadable_1",), safe=False),
    Case("a layer of a block that cannot be read either", Code.UNKNOWN_KEY,
         kind("block", repeat=0, layers=[RELU, conv(strid=2)]),
         ("rename strid to stride", "remove strid", "remove x")),
    Case("an entry of such a block", Code.INVALID_VALUE,
         kind("block", repeat=1, layerz=[], layers=[RELU, 3]),
         ("remove it", "remove x"), safe=False),
)  # fmt: skip

TYPES = (
    Case("six more keys are mended with it", Code.UNKNOWN_TYPE,
         conv(type="conv2", **unknown(6)),
         ("make it conv2d, " + ", ".join(f"remove {key}" for key in unknown(6)),
          "remove x")),
    Case("true, where 1 is meant, is mended with it", Code.UNKNOWN_TYPE,
         kind("Conv", out_channels=1, kernel_size=True),
         ("make it conv2d, set kernel_size to 1",
          "make it conv_transpose2d, set kernel_size to 1", "remove x")),
    Case("seven are not", Code.UNKNOWN_TYPE, conv(type="conv2", **unknown(7)),
         ("remove x",), safe=False),
    Case("a block as deep as blocks may be", Code.UNKNOWN_TYPE,
         kind("blok", layers=nested(31)), ("make it block", "remove x")),
    Case("a deeper one", Code.UNKNOWN_TYPE,
         kind("blok", layers=nested(32)), ("remove x",), safe=False),
    Case("a longer one than a network may be", Code.UNKNOWN_TYPE,
         kind("blok", layers=[{"type": "relu"}] * 20_001), ("remove x",), safe=False),
)  # fmt: skip

CASES = (*VALUES, *KEYS, *ENTRIES, *TYPES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_offered_makes_the_layer_readable(case: Case) -> None:
    report = report_of_text(text_of(MAP, RELU, case.layer))
    problem = next(one for one in report.diagnostics if one.code is case.code)
    found = fixes_of(report, problem)
    assert tuple(one.title for one in found) == case.offered
    assert found[0].safe is case.safe
    check_all(report)
