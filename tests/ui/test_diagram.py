"""The diagram: what it shows of a stack, and that it never leaves its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.documents import PRESETS, preset_report, report_of_text, text_of
from tuicnn.ui.diagram import described, diagram, facts

REPORTS = {
    name: preset_report(name)
    for name in ("alexnet", "resnet50", "unet", "vgg16", "conv1d-audio", "conv3d-video")
}


def stack(*layers):
    return report_of_text(text_of((3, 64, 64), *layers))


@given(
    name=st.sampled_from(sorted(REPORTS)),
    width=st.integers(1, 200),
    height=st.integers(1, 200),
    last=st.booleans(),
)
def test_no_line_leaves_the_place(name, width, height, last):
    lines = diagram(REPORTS[name], width, height, last)
    assert 1 <= len(lines) <= height
    assert all(cell_len(line) <= width for line in lines)


@given(
    name=st.sampled_from(sorted(REPORTS)),
    width=st.integers(0, 120),
    height=st.integers(0, 60),
)
def test_a_description_keeps_to_the_width_of_its_place(name, width, height):
    lines = described(REPORTS[name], width, height).split("\n")
    assert all(line.cell_length <= width for line in lines)
    assert len(lines) <= max(height, 6)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_a_diagram_that_begins_and_ends_with_it(name):
    report = preset_report(name)
    lines = diagram(report, 60, 12)
    assert "×".join(map(str, report.network.input)) in lines[0]
    assert lines[-1].endswith("×".join(map(str, report.output)))


def test_a_stage_is_a_bar_a_name_and_a_shape():
    report = stack({"type": "max_pool2d", "kernel_size": 2, "name": "half"})
    first, second = diagram(report, 60, 10)
    assert first.split() == ["█" * 20, "input", "3×64×64"]
    bar, name, shape = second.split()
    assert (name, shape) == ("half", "3×32×32")
    assert 1 < len(bar) < 20


def test_a_vector_has_the_shortest_bar():
    lines = diagram(REPORTS["vgg16"], 60, 40)
    assert lines[-1].count("█") == 1


def test_layers_of_one_shape_in_a_row_are_one_stage():
    report = stack({"type": "relu"}, {"type": "tanh"}, {"type": "flatten"})
    assert [line.split()[1:] for line in diagram(report, 60, 10)] == [
        ["input", "3×64×64"],
        ["relu_1", "×2", "3×64×64"],
        ["flatten_1", "12288"],
    ]


def test_the_middle_of_a_long_stack_is_left_out():
    lines = diagram(REPORTS["vgg16"], 60, 6)
    assert len(lines) == 6
    assert lines[3] == "⋮ 8 more"
    assert len(diagram(REPORTS["vgg16"], 60, 13)) == 13
    assert "more" not in "".join(diagram(REPORTS["vgg16"], 60, 13))


def test_two_lines_are_room_for_the_way_through_alone():
    assert diagram(REPORTS["alexnet"], 60, 2) == ["3×227×227 → 1000"]


def test_channels_stand_last_on_request():
    assert diagram(REPORTS["alexnet"], 60, 1, last=True) == ["227×227×3 → 1000"]
    assert facts(REPORTS["unet"], last=True)[0] == (
        "shape",
        "572×572×1 → 388×388×2",
    )


def test_what_is_not_reached_has_no_bar():
    report = stack({"type": "conv2d", "out_channels": 4, "kernel_size": 99})
    assert diagram(report, 60, 10)[-1].split() == ["conv2d_1", "?"]
    assert dict(facts(report))["problems"] == "1 error"
    assert dict(facts(report))["shape"] == "3×64×64 → ?"


def test_wide_letters_are_measured_in_cells():
    report = stack({"type": "relu", "name": "层" * 60})
    for width in range(1, 80):
        assert all(cell_len(line) <= width for line in diagram(report, width, 9))


def test_an_empty_network_is_its_input():
    report = report_of_text(text_of((7,)))
    assert [line.split()[1:] for line in diagram(report, 30, 5)] == [["input", "7"]]
    assert dict(facts(report))["layers"] == "0"


def test_the_figures_of_a_preset():
    assert facts(preset_report("lenet5")) == [
        ("shape", "1×32×32 → 10"),
        ("layers", "12"),
        ("parameters", "61,706 (241.0 KiB)"),
        ("MACs", "416,520"),
        ("problems", "none"),
    ]
