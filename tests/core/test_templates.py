"""Every template fits every map, and says what it does not fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuicnn.core import limits
from tuicnn.core.check import check
from tuicnn.core.diagnostics import Code
from tuicnn.core.edits import Insert
from tuicnn.core.layers.conv import Conv1d, DepthwiseConv2d
from tuicnn.core.network import Network, document
from tuicnn.core.parts import Unsuitable
from tuicnn.core.reading import read_value
from tuicnn.core.report import Report
from tuicnn.core.shapes import Shape
from tuicnn.core.templates import Template, templates

NAMES = (
    "conv-bn-relu",
    "residual",
    "bottleneck",
    "inverted residual",
    "squeeze-and-excite",
    "inception",
    "dense block",
    "U-Net level",
    "depthwise separable",
    "classifier head",
)
KEPT = ("residual", "bottleneck", "inverted residual", "squeeze-and-excite")
EACH = pytest.mark.parametrize("template", templates(), ids=lambda one: one.name)

sizes = st.integers(1, 40)
maps = st.builds(
    lambda channels, spatial: (channels, *spatial),
    st.integers(1, 300),
    st.lists(sizes, min_size=1, max_size=3),
)


def made(name: str, x: Shape) -> Report:
    """Return the report of a network of one template."""
    template = next(one for one in templates() if one.name == name)
    return check(Network(name="case", input=x, layers=template.make(x)))


def test_the_templates_that_people_know_are_there() -> None:
    assert tuple(one.name for one in templates()) == NAMES


@EACH
@given(x=maps)
def test_every_template_fits_every_map(template: Template, x: Shape) -> None:
    report = check(Network(name="case", input=x, layers=template.make(x)))
    # Odd sizes cannot be halved without losing a cell, which is worth a warning.
    odd = any(size % 2 for size in x[1:])
    allowed = (
        {Code.DISCARDED_CELLS, Code.CHANNELS_LAST} if odd else {Code.CHANNELS_LAST}
    )
    assert {one.code for one in report.diagnostics} <= allowed
    assert report.output is not None
    if template.name in KEPT:
        assert report.output == x
    elif template.name == "classifier head":
        assert report.output == (10,)
    else:
        assert report.output[1:] == x[1:]


@EACH
@pytest.mark.parametrize("x", [(limits.CHANNELS, 1, 1), (1, 65_536)], ids=str)
def test_every_template_fits_the_largest_maps(template: Template, x: Shape) -> None:
    assert check(Network(name="case", input=x, layers=template.make(x))).valid


@EACH
def test_every_template_can_be_written_and_read(template: Template) -> None:
    network = Network(name="case", input=(48, 9, 9), layers=template.make((48, 9, 9)))
    assert read_value(document(network)).network == network


@EACH
def test_every_template_can_stand_twice_in_a_row(template: Template) -> None:
    x: Shape = (48, 8, 8)
    once = Insert(("layers", 0), template.make(x)).apply(
        Network(name="case", input=x, layers=())
    )
    report = check(once.network)
    if template.name == "classifier head":
        x = (10,)
    elif report.output is not None:
        x = report.output
    end = len(once.network.layers)
    twice = Insert(("layers", end), template.make(x)).apply(once.network)
    assert check(twice.network).valid


@EACH
def test_a_vector_is_taken_by_the_head_alone(template: Template) -> None:
    if template.name == "classifier head":
        assert made(template.name, (128,)).output == (10,)
        return
    with pytest.raises(Unsuitable, match=r"takes a map, but a vector arrives: 128\."):
        template.make((128,))


@EACH
def test_a_map_of_four_axes_is_refused_in_a_sentence(template: Template) -> None:
    if template.name != "classifier head":
        with pytest.raises(Unsuitable, match="1 to 3 spatial axes"):
            template.make((8, 2, 2, 2, 2))


@EACH
def test_every_template_says_what_it_does(template: Template) -> None:
    assert template.summary.endswith(".")
    assert template.aliases


# What a template adds, from the layers' definitions (weights, norms, biases).
@pytest.mark.parametrize(
    ("name", "x", "output", "parameters"),
    [
        ("conv-bn-relu", (64, 56, 56), (128, 56, 56), 64 * 128 * 9 + 2 * 128),
        ("residual", (64, 56, 56), (64, 56, 56), 2 * (64 * 64 * 9 + 2 * 64)),
        (
            "bottleneck",
            (256, 56, 56),
            (256, 56, 56),
            256 * 64 + 128 + 64 * 64 * 9 + 128 + 64 * 256 + 512,  # as torchvision's
        ),
        (
            "inverted residual",
            (24, 56, 56),
            (24, 56, 56),
            24 * 144 + 288 + 144 * 9 + 288 + 144 * 24 + 48,  # as torchvision's
        ),
        (
            "squeeze-and-excite",
            (256, 7, 7),
            (256, 7, 7),
            256 * 16 + 16 + 16 * 256 + 256,
        ),
        ("depthwise separable", (32, 8, 8), (64, 8, 8), 288 + 64 + 2048 + 128),
        ("classifier head", (512, 7, 7), (10,), 512 * 10 + 10),
    ],
)
def test_a_template_has_the_papers_proportions(
    name: str, x: Shape, output: Shape, parameters: int
) -> None:
    report = made(name, x)
    assert report.output == output
    assert report.totals.parameters == parameters


def test_an_inception_module_keeps_about_as_many_channels() -> None:
    assert made("inception", (256, 28, 28)).output == (256, 28, 28)


def test_a_dense_block_adds_maps_at_each_step() -> None:
    assert made("dense block", (64, 56, 56)).output == (64 + 4 * 32, 56, 56)


@pytest.mark.parametrize("x", [(8, 7, 5), (8, 1, 1), (8, 1, 6), (8, 9)], ids=str)
def test_a_unet_level_brings_odd_maps_back(x: Shape) -> None:
    output = made("U-Net level", x).output
    assert output is not None
    assert output[1:] == x[1:]


def test_a_sequence_is_filtered_channel_by_channel_in_groups() -> None:
    kinds = [type(row.layer) for row in made("depthwise separable", (8, 50)).rows]
    assert Conv1d in kinds
    assert DepthwiseConv2d not in kinds
