"""Channels last in sentences: every map's shape turns, and nothing else does."""

import re

import pytest

from tests.documents import preset_text
from tests.ui.desk import desk
from tuicnn.core.check import check
from tuicnn.core.explain import explain_layer
from tuicnn.core.layers import Conv2d, Linear
from tuicnn.core.network import Network
from tuicnn.core.reading import read_text
from tuicnn.core.solve import parse_target
from tuicnn.ui.dialogs.examine import Examine
from tuicnn.ui.dialogs.propose import ProposeDialog
from tuicnn.ui.dialogs.why import WhyDialog
from tuicnn.ui.turned import turned
from tuicnn.ui.widgets.reading import Reading


def report_of(name: str):
    network = read_text(preset_text(name)).network
    assert network is not None
    return check(network)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("96×55×55 leaves", "55×55×96 leaves"),
        ("conv1 96×55×55 → 96×27×27", "conv1 55×55×96 → 27×27×96"),
        (
            "3×227×227 (channels, height, width).",
            "227×227×3 (height, width, channels).",
        ),
        ("weight (96×3×11×11), 11×11, 2x1568", "weight (96×3×11×11), 11×11, 2x1568"),
        ("1×96×55×55 and a96×55×55", "1×96×55×55 and a96×55×55"),
        ("9216 = 256·6·6", "9216 = 256·6·6"),
        (
            "27×27×96 channels last, as Keras writes it",
            "96×27×27 channels first, as PyTorch writes it",
        ),
    ],
)
def test_maps_turn_and_kernels_weights_and_numbers_do_not(text, wanted):
    assert turned(text, report_of("alexnet")) == wanted
    assert len(wanted) == len(turned(text, report_of("alexnet")))


@pytest.mark.parametrize("name", ["alexnet", "unet", "conv1d-audio", "conv3d-video"])
def test_no_shape_of_a_map_is_left_as_it_was_in_any_explanation(name):
    report = report_of(name)
    for row in report.rows:
        for line in explain_layer(report, row):
            found = turned(line, report)
            if "channels last" in line:
                continue
            for token in re.findall(r"(?<![\w.×·])\d+(?:×\d+)+(?!×)", found):
                shape = tuple(map(int, token.split("×")))
                unlike = shape != (*shape[1:], shape[0])
                assert (
                    not unlike
                    or shape not in report.shapes
                    or ((shape[-1], *shape[:-1]) in report.shapes)
                ), line


def test_a_target_may_be_typed_with_its_channels_last():
    report = report_of("alexnet")
    row = report.row("conv1")
    first, last = (
        parse_target(text, report, row, turned)
        for text, turned in (("96x27x27", False), ("27x27x96", True))
    )
    assert not isinstance(first, str) and not isinstance(last, str)
    assert first.shape == last.shape == (96, 27, 27)


async def test_every_pane_and_dialog_writes_channels_where_they_are_wanted():
    layers = (Conv2d(out_channels=8, kernel_size=3), Linear(out_features=10))
    network = Network(name="turned", input=(3, 32, 24), layers=layers)
    async with desk(network) as one:
        await one.look(1)
        assert "8×30×22" in text_of(one.problems) and "8×30×22" in why(one)
        await one.press("t")
        await one.quiet()
        for said in (text_of(one.problems), why(one)):
            assert "30×22×8" in said and "8×30×22" not in said
            assert "channels, height" not in said
        await one.look(0)
        assert "32×24×3" in why(one) and "3×32×24" not in why(one)
        await one.press("w")
        await one.until(lambda: isinstance(one.app.screen, WhyDialog))
        dialog = one.app.screen
        await one.until(lambda: dialog._lines)
        assert not any("3×32×24" in line for line in dialog._lines)
        await one.press("escape", "F")
        await one.until(lambda: isinstance(one.app.screen, ProposeDialog))
        dialog = one.app.screen
        await one.until(lambda: dialog._consequences)
        assert "30×22×8" in "".join(dialog._consequences[0])
        assert "8×30×22" not in "".join(dialog._consequences[0])
        await one.press("escape", "e")
        await one.until(lambda: isinstance(one.app.screen, Examine))
        dialog = one.app.screen
        await one.until(lambda: 0 in dialog._found)
        assert not any("3×32×24" in line for line in dialog._found[0])
        assert dialog.query_one(Reading)


def text_of(problems) -> str:
    return "".join(
        str(problems.get_option_at_index(at).prompt)
        for at in range(problems.option_count)
    )


def why(one) -> str:
    return str(one.inspector.query_one("#inspector-why").render())
