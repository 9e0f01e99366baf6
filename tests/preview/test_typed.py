"""Numbers that are typed as an input: read as people write them, or refused."""

import numpy as np
import pytest

from tuicnn.preview.faults import FileFault
from tuicnn.preview.typed import typed_input


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.5, -0.25", [0.5, -0.25]),
        ("[0.5; −.25]", [0.5, -0.25]),
        ("(1e2 2.)", [100, 2]),
        ("  +1\n2 ", [1, 2]),
    ],
)
def test_numbers_are_read_as_people_write_them(text, values):
    found = typed_input(text, (2,))
    assert found is not None
    assert found.array.dtype == np.float32
    assert found.array.tolist() == [values]
    assert found.note == "2 numbers that were typed"


@pytest.mark.parametrize("text", ["photo.png", "0x10 2", "1 nan", "", "1,,x", "½ 1"])
def test_what_is_no_number_is_a_files_name(text):
    assert typed_input(text, (2,)) is None


def test_numbers_take_the_samples_shape():
    found = typed_input("1 2 3 4", (1, 2, 2))
    assert found is not None
    assert found.array.tolist() == [[[[1, 2], [3, 4]]]]


@pytest.mark.parametrize("text", ["1", "1 2 3"])
def test_too_many_or_too_few_are_refused(text):
    with pytest.raises(FileFault, match="the network takes 2"):
        typed_input(text, (2,))


def test_what_float32_cannot_hold_is_refused():
    with pytest.raises(FileFault, match="too large"):
        typed_input("1e39 1", (2,))
