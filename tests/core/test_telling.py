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
from tuicnn.core.layers import Crop, Linear, MaxPool2d, Upsample
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
         "The first 2 rows of 9 never reach the output."),
        ([Crop(cropping=((0, 1), (0, 0)))], (1, 9, 9),
         "The last row of 9 never reaches the output."),
        ([MaxPool2d(kernel_size=(2, 1), stride=(3, 1))], (1, 8, 9),
         "The row 2 and the row 5 of 8 never reach the output."),
        ([MaxPool2d(kernel_size=(1, 1), stride=(2, 1))], (1, 21, 9),
         "10 rows, such as 1, of 21 never reach the output."),
        ([], (1, 9, 9), "Every row and column of the input reaches the output."),
    ],
)  # fmt: skip
def test_rows_that_are_lost_are_named(layers, size, sentence):
    assert sentence in told(*layers, size=size)


def test_interpolation_that_may_read_less_is_said():
    layers = Upsample(size=(7, 7), mode="bilinear"), MaxPool2d(kernel_size=2)
    assert "Interpolation may read less than is counted here." in told(*layers)


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
