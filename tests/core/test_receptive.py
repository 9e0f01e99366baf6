"""Receptive fields: figures of the literature, and exact intervals by brute force."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuicnn.core.check import check
from tuicnn.core.layer import LayerSpec
from tuicnn.core.layers import (
    AvgPool1d,
    BatchNorm,
    Conv1d,
    Conv2d,
    ConvTranspose1d,
    Crop,
    Glu,
    MaxPool1d,
    MaxPool2d,
    Pad,
    Parallel,
    Relu,
    Upsample,
)
from tuicnn.core.network import Network
from tuicnn.core.receptive import Field
from tuicnn.presets import open_source


def field_at(network: Network, path: str) -> Field:
    """Return the receptive field of a row."""
    report = check(network)
    row = report.row(path)
    assert row is not None
    field = report.fields[row.index]
    assert field is not None
    return field


def assert_field(field: Field, size: int, stride: int, padding: int) -> None:
    """Assert size, effective stride and effective padding on each axis."""
    for pattern in field.patterns:
        assert pattern.width == size
        assert pattern.stride == stride
        assert pattern.span(0) == (-padding, size - 1 - padding)


@pytest.mark.parametrize(
    ("preset", "path", "size", "stride", "padding"),
    [
        ("alexnet", "pool5", 195, 32, 64),
        ("vgg16", "pool5", 212, 32, 90),
        ("inception-v3", "mixed7c", 1311, 32, 618),
        ("mobilenet-v1", "block13", 315, 32, 126),
    ],
)
def test_presets_see_what_the_literature_says(
    preset: str, path: str, size: int, stride: int, padding: int
) -> None:
    """Araujo et al., Computing Receptive Fields of CNNs, Distill 2019."""
    network = open_source(preset).reading.network
    assert network is not None
    assert_field(field_at(network, path), size, stride, padding)


def slim_unit(width: int, stride: int, first: bool) -> Parallel:
    """Return a bottleneck as TF-Slim has it: the stride in the 3×3 convolution."""

    def conv(channels: int, kernel: int, step: int = 1) -> list[LayerSpec]:
        pad = kernel // 2
        same = Conv2d(
            out_channels=channels,
            kernel_size=kernel,
            stride=step,
            padding=pad,
            bias=False,
        )
        return [same, BatchNorm(), Relu()]

    shortcut: list[LayerSpec] = []
    if first:
        shortcut = [Conv2d(out_channels=4 * width, kernel_size=1, bias=False)]
    elif stride > 1:
        shortcut = [MaxPool2d(kernel_size=1, stride=stride)]
    body = (*conv(width, 1), *conv(width, 3, stride), *conv(4 * width, 1)[:2])
    return Parallel(merge="add", branches=(tuple(shortcut), body))


def slim_resnet(counts: tuple[int, ...]) -> Network:
    """Return ResNet v1 as TF-Slim has it: blocks end with their stride."""
    layers: list[LayerSpec] = [
        Conv2d(out_channels=64, kernel_size=7, stride=2, padding=3),
        MaxPool2d(kernel_size=3, stride=2, padding="same"),
    ]
    for number, count in enumerate(counts):
        for unit in range(count):
            last = unit == count - 1 and number < 3
            layers.append(slim_unit(64 * 2**number, 2 if last else 1, unit == 0))
            layers.append(Relu())
    layers.append(Relu(name="end"))
    return Network(name="slim", input=(3, 224, 224), layers=tuple(layers))


@pytest.mark.parametrize(
    ("counts", "size", "padding"),
    [((3, 4, 6, 3), 483, 239), ((3, 4, 23, 3), 1027, 511)],
)
def test_slims_resnets_see_what_the_literature_says(
    counts: tuple[int, ...], size: int, padding: int
) -> None:
    assert_field(field_at(slim_resnet(counts), "end"), size, 32, padding)


small = st.integers(1, 3)


@st.composite
def slim_layers(draw: st.DrawFn) -> LayerSpec:
    """Draw a layer for sequences."""
    kernel, stride, dilation = draw(small), draw(small), draw(st.integers(1, 2))
    pad = draw(st.integers(0, kernel // 2))
    return draw(
        st.sampled_from(
            [
                Conv1d(
                    out_channels=1,
                    kernel_size=kernel,
                    stride=stride,
                    dilation=dilation,
                    padding=((pad, draw(st.integers(0, 2))),),
                ),
                Conv1d(
                    out_channels=1, kernel_size=kernel, stride=stride, padding="same"
                ),
                MaxPool1d(kernel_size=kernel, stride=stride, padding=pad),
                AvgPool1d(kernel_size=kernel, ceil_mode=True),
                ConvTranspose1d(
                    out_channels=1,
                    kernel_size=kernel,
                    stride=stride,
                    dilation=dilation,
                    padding=min(pad, 1),
                ),
                Upsample(scale_factor=float(stride)),
                Pad(padding=((pad, 1),)),
                Crop(cropping=((pad, 0),)),
                Relu(),
            ]
        )
    )


def reads(layer: LayerSpec, size: int) -> list[set[int]]:
    """Return by definition which cells of a sequence each output reads.

    Cells that lie outside the sequence are among them: padding, or nothing.
    """
    effect = layer.infer((1, size))
    outputs = effect.output[1]
    match layer:
        case Conv1d() | MaxPool1d() | AvgPool1d():
            stride = layer.stride or layer.kernel_size
            dilation = getattr(layer, "dilation", 1)
            begin = _begin(layer, size, outputs, stride, dilation)
            return [
                {
                    out * stride - begin + tap * dilation
                    for tap in range(layer.kernel_size)
                }
                for out in range(outputs)
            ]
        case ConvTranspose1d():
            found: list[set[int]] = [set() for _ in range(outputs)]
            reach = layer.dilation * layer.kernel_size
            for cell in range(-reach, size + reach):
                for tap in range(layer.kernel_size):
                    place = cell * layer.stride - layer.padding + tap * layer.dilation
                    if 0 <= place < outputs:
                        found[place].add(cell)
            return found
        case Upsample():
            return [{out * size // outputs} for out in range(outputs)]
        case Pad():
            begin = layer.padding[0][0]
            return [{out - begin} for out in range(outputs)]
        case Crop():
            begin = layer.cropping[0][0]
            return [{out + begin} for out in range(outputs)]
        case _:
            return [{out} for out in range(outputs)]


def _begin(
    layer: LayerSpec, size: int, outputs: int, stride: int, dilation: int
) -> int:
    padding = getattr(layer, "padding", 0)
    if padding == "same":
        reach = dilation * (layer.kernel_size - 1) + 1
        return max((outputs - 1) * stride + reach - size, 0) // 2
    return padding if isinstance(padding, int) else padding[0][0]


@given(st.lists(slim_layers(), min_size=1, max_size=5), st.integers(8, 24))
def test_intervals_are_those_that_cells_really_see(
    layers: list[LayerSpec], size: int
) -> None:
    network = Network(name="any", input=(1, size), layers=tuple(layers))
    report = check(network)
    seen: list[set[int]] = [{cell} for cell in range(size)]
    whole = [True] * size
    for row in report.rows:
        if row.output is None or row.inputs[0] is None:
            return
        field = report.fields[row.index]
        assert field is not None
        read = reads(row.layer, row.inputs[0][1])
        there = range(len(seen))
        whole = [all(at in there and whole[at] for at in cells) for cells in read]
        seen = [
            set().union(*(seen[at] for at in cells if at in there)) for cells in read
        ]
        pattern = field.patterns[0]
        for out, cells in enumerate(seen):
            span = pattern.span(out)
            if not cells:
                continue  # it sees padding alone, or nothing
            assert span is not None
            # The interval is not clipped at the border; what is seen lies within.
            first, last = max(span[0], 0), min(span[1], size - 1)
            assert first <= min(cells) and max(cells) <= last
            if whole[out]:  # no border on the way
                assert (min(cells), max(cells)) == span


def test_a_merge_sees_the_union_of_its_branches() -> None:
    branches = (
        (Conv1d(out_channels=1, kernel_size=5, padding=2),),
        (Conv1d(out_channels=1, kernel_size=1),),
    )
    layers = (Parallel(name="both", merge="add", branches=branches),)
    network = Network(name="any", input=(1, 20), layers=layers)
    assert field_at(network, "both").size == (5,)


def test_upsampling_moves_by_a_fraction() -> None:
    layers = (Upsample(name="up", scale_factor=2.0),)
    network = Network(name="any", input=(1, 20), layers=layers)
    assert field_at(network, "up").stride == (Fraction(1, 2),)


def test_a_dilated_window_does_not_see_the_cells_it_passes_over() -> None:
    layers = (
        ConvTranspose1d(out_channels=1, kernel_size=2, stride=3, dilation=2),
        Conv1d(name="c", out_channels=1, kernel_size=2, dilation=2),
    )
    network = Network(name="n", input=(1, 8), layers=layers)
    (pattern,) = field_at(network, "c").patterns
    # Outputs 3 to 5 of the first layer see the cells 1, none and 1.
    assert [pattern.span(cell) for cell in (3, 4, 5)] == [(1, 1), (2, 2), (1, 1)]


def test_a_gate_along_an_axis_sees_both_halves_of_it() -> None:
    network = Network(name="n", input=(1, 8), layers=(Glu(name="g", dim=2),))
    (pattern,) = field_at(network, "g").patterns
    assert pattern.width == 5
