"""Sentences on what hardly happens: rows that are lost, wide tables, problems left."""

from __future__ import annotations

import pytest

from tests.changes import network
from tuicnn.core.check import check
from tuicnn.core.edits import Remove, SetInput
from tuicnn.core.explain.ledger import explain_ledger
from tuicnn.core.explain.lines import WIDTH
from tuicnn.core.explain.proposal import solved_lines
from tuicnn.core.explain.table import table
from tuicnn.core.layers import (
    AdaptiveAvgPool2d,
    Crop,
    Linear,
    MaxPool2d,
    Pad,
    Parallel,
    Upsample,
)
from tuicnn.core.ledger import ledger
from tuicnn.core.network import Network
from tuicnn.core.proposal import consequence


def told(*layers, size=(1, 9, 9)) -> str:
    net = Network(name="net", input=size, layers=layers)
    return "\n".join(explain_ledger(ledger(check(net))))


@pytest.mark.parametrize(
    ("layers", "size", "sentence"),
    [
        ([Crop(cropping=((2, 0), (0, 0)))], (1, 9, 9),
         "Of 9 rows, the first 2 never reach the output."),
        ([Crop(cropping=((0, 1), (0, 0)))], (1, 9, 9),
         "Of 9 rows, the last never reaches the output."),
        ([MaxPool2d(kernel_size=(2, 1), stride=(3, 1))], (1, 8, 9),
         "Of 8 rows, row 2 and row 5 never reach the output."),
        ([MaxPool2d(kernel_size=(1, 1), stride=(2, 1))], (1, 21, 9),
         "Of 21 rows, 10, such as 1, never reach the output."),
        ([Pad(padding=3), Crop(cropping=((0, 12), (0, 0)))], (1, 9, 9),
         "None of the 9 rows reaches the output."),
        ([Pad(padding=3), Crop(cropping=((0, 4), (0, 0)))], (1, 1, 9),
         "The only row never reaches the output."),
        ([], (1, 9, 9), "Every row and column of the input reaches the output."),
    ],
)  # fmt: skip
def test_rows_that_are_lost_are_named(layers, size, sentence):
    assert sentence in told(*layers, size=size)


def rows_of(size: int) -> list[tuple[Crop]]:
    """Return branches each of which reads one row alone, and the first column."""
    return [
        (Crop(cropping=((row, size - 1 - row), (0, 8))),) for row in range(size - 1)
    ]


UNSURE = [
    [Upsample(size=(7, 7), mode="bilinear"), MaxPool2d(kernel_size=2)],
    [AdaptiveAvgPool2d(output_size=(1031, 1)), Crop(cropping=((0, 1024), (0, 0)))],
    # What 20 branches read of what is made before them is too much to be told apart.
    [Pad(padding=((0, 20), (0, 0))), Parallel(merge="concat", branches=rows_of(40))],
]
"""Layers that are followed from above only."""


@pytest.mark.parametrize("layers", UNSURE, ids=["mixed", "bins", "branches"])
def test_layers_that_may_read_less_are_said_to(layers):
    text = told(*layers, size=(1, 20, 9))
    assert "Some layers are not followed cell by cell: more may never" in text
    assert "reaches the output" not in text


def test_what_many_branches_read_of_the_input_is_known_row_by_row():
    text = told(Parallel(merge="concat", branches=rows_of(20)), size=(1, 20, 9))
    assert "Of 20 rows, the last never reaches the output." in text
    assert "Of 9 columns, the last 8 never reach the output." in text
    assert "Some layers" not in text


def test_a_table_that_is_too_wide_is_told_cell_by_cell():
    header, cells = ("layer", "first", "second", "third"), ["x" * 30, "y" * 60, ""]
    lines = table(header, [["a.b", *cells], ["c", "1", "2", "3"]], "<<<<")
    assert lines == [
        "a.b", f"  first: {'x' * 30}", f"  second: {'y' * 60}",
        "c", "  first: 1", "  second: 2", "  third: 3",
    ]  # fmt: skip
    assert all(len(line) <= WIDTH for line in lines)


def test_the_problems_that_would_be_left_are_counted():
    wrong = network(Linear(in_features=3, out_features=2),
                    Linear(in_features=9, out_features=2), input=(4,))  # fmt: skip
    less = consequence(check(wrong), SetInput((3,)))
    assert list(solved_lines(less))[-1] == "1 error is left"
    one = consequence(check(wrong), Remove((("layers", 0),), "it"))
    assert list(solved_lines(one))[-1] == "1 error is left"
    both = consequence(check(wrong), Remove((("layers", 0), ("layers", 1)), "both"))
    assert list(solved_lines(both))[-1] == "no error is left"
    assert "and 1 more" in list(solved_lines(both, shown=0))
    sound = network(Linear(out_features=2), input=(4,))
    assert list(solved_lines(consequence(check(sound), SetInput((5,))))) == []
