"""A baseline: what each line and each layer says of how it differs."""

import pytest
from textual.widgets import Static

from tests.documents import preset_report
from tests.ui.desk import at, desk
from tuicnn.core.check import check
from tuicnn.core.compare import counterparts
from tuicnn.ui import columns


def halved():
    """Return AlexNet, and AlexNet with half as many units in fc6."""
    before = preset_report("alexnet")
    layers = [
        one.changed(out_features=2048) if one.name == "fc6" else one
        for one in before.network.layers
    ]
    return before, check(before.network.changed(layers=tuple(layers)))


@pytest.mark.parametrize(
    ("path", "width", "wanted"),
    [
        ("fc6", 40, "was 4096 −18.9 M P −18.9 M MACs"),
        ("fc6", 31, "was 4096 −18.9 M P −18.9 M MACs"),
        ("fc6", 30, "was 4096 −18.9 M P …"),
        ("fc6", 19, "was 4096 …"),
        ("fc6", 8, "was 4096 …"),
        ("fc6", 7, "≠"),
        ("fc6", 1, "≠"),
        ("conv1", 1, "="),
        ("relu_6", 20, "was 4096"),
        ("conv1", 20, "="),
    ],
)
def test_a_change_is_told_in_whole_words(path, width, wanted):
    before, after = halved()
    row = after.row(path)
    pairs = counterparts(before, after)
    found = columns.change(after, row, before, pairs, False, width)
    assert found.text == wanted


def test_a_layer_that_was_not_there_is_new():
    before, after = halved()
    for width, wanted in ((20, "new"), (3, "new"), (1, "+")):
        found = columns.change(after, after.row("fc6"), before, {}, False, width)
        assert found.text == wanted


@pytest.mark.parametrize("width", range(1, 140))
def test_columns_beside_a_baseline_fill_the_width_and_names_keep_room(width):
    found = columns.columns(width, compared=True)
    parts = (found.shape, found.count, found.bar, found.change, found.tick)
    assert found.name + sum(parts) == width or width < 20
    assert (found.change > 0) == (width >= 34)
    if width >= 50:
        assert found.change >= 12
        assert found.name >= 12


async def test_the_layer_says_in_full_what_differs():
    async with desk() as one:

        def told():
            why = one.inspector.query_one("#inspector-why", Static)
            return str(why.content)

        await one.look(0)
        assert "Against the baseline" not in told()
        await one.press("c")
        await one.quiet()
        assert "Against the baseline\n  Nothing differs." in told()
        await one.inspector.enter("out_channels")
        await one.press("ctrl+u")
        await one.type("4")
        assert "  output     8×16×16 → 4×16×16\n" in told()
        assert "  parameters 224 → 112, −50.0 %\n" in told()
        await one.press("escape", "t")
        assert "  output     16×16×8 → 16×16×4\n" in told()
        await one.look()
        assert "Against the baseline\n" in told()
        await one.look(2, 0)
        await one.press("D")
        assert "  Nothing there answers to this layer: it is\n    new.\n" in told()
        await one.press("c")
        assert "Against the baseline" not in told()
        assert one.stack.counterparts == {}


async def test_another_baseline_is_compared_with_at_once():
    async with desk() as one:
        await one.look(0)
        one.editor.baseline = preset_report("lenet5")
        await one.quiet()
        assert one.stack.counterparts.keys() <= {
            row.path for row in one.session.report.rows
        }
        assert one.stack.counterparts[at_path(one, 0)].path == "c1"


def at_path(one, number):
    return one.session.report.at(at(number)).path
