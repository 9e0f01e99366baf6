"""What is typed into fields: read as it is meant, written as it would be typed."""

from __future__ import annotations

import pytest

from tuicnn.core.drafts import (
    MISSING,
    changed,
    choices,
    field_names,
    label,
    negative,
    required,
    stepped,
    typed,
    typed_value,
    value_of,
)
from tuicnn.core.layers import (
    Add,
    Conv2d,
    Dropout,
    Flatten,
    Pad,
    Upsample,
    layer_types,
)
from tuicnn.core.layers.broken import Broken


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", MISSING),
        (" 3 ", 3),
        ("3, 5", (3, 5)),
        ("3x5", (3, 5)),
        ("3 × -5", (3, -5)),
        ("[[2, 3], [2, 3]]", ((2, 3), (2, 3))),
        ("true", True),
        ("0.5", 0.5),
        ("null", None),
        ("same", "same"),
        ("[" * 5000, "[" * 5000),
    ],
)
def test_a_text_is_read_as_it_is_meant(text, value):
    assert value_of(text) == value


def test_names_are_read_as_names():
    assert typed_value("with_", "a, 3,, b ") == ("a", "3", "b")
    assert typed_value("name", " 7 ") == "7"
    assert typed_value("name", " ") is MISSING
    assert typed_value("name", "cafe\u0301") == "caf\xe9"
    assert typed_value("name", "ﬁ") == "ﬁ"  # what it looks like stays
    assert typed_value("kernel_size", "7") == 7


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (3, "3"), (0.5, "0.5"), (True, "true"), ("same", "same"),
        ((3, 5), "3, 5"), ((3, None), "3, null"), (("a", "b"), "a, b"),
        (((2, 3), (2, 3)), "[2, 3], [2, 3]"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_it_would_be_typed(value, text):
    assert typed(value) == text


@pytest.mark.parametrize("kind", layer_types().values(), ids=lambda kind: kind.__name__)
def test_every_default_is_read_as_it_is_written(kind):
    for field, info in kind.model_fields.items():
        if field in ("type", "layers", "branches", "document") or required(info):
            continue
        value = info.get_default()
        read = typed_value(field, typed(value))
        assert read == (MISSING if value in (None, ()) else value), field


@pytest.mark.parametrize(
    ("text", "by", "stepped_text"),
    [("3", 1, "4"), ("0", -1, "-1"), ("3, 5", 2, "5, 7"), ("3x5", -1, "2, 4"),
     ("", 1, None), ("same", 1, None), ("true", 1, None), ("0.5", 1, None),
     ("[1, null]", 1, None)],
)  # fmt: skip
def test_whole_numbers_are_stepped_and_nothing_else(text, by, stepped_text):
    assert stepped(text, by) == stepped_text


def test_a_form_shows_the_name_last_and_no_layers():
    assert field_names(Dropout())[-1] == "name"
    assert "type" not in field_names(Dropout())
    assert field_names(Broken(document={"type": "relo"})) == ()
    assert changed(Broken(document={}), "name", "a") == "it cannot be read"


def test_few_values_are_offered_and_many_are_not():
    assert choices(Conv2d, "bias") == (False, True)
    assert "zeros" in choices(Conv2d, "padding_mode")
    assert choices(Upsample, "align_corners") == (False, True, None)
    assert choices(Conv2d, "out_channels") == ()
    assert choices(Conv2d, "kernel_size") == ()


def test_a_field_is_named_as_in_documents():
    assert label(Add, "with_") == "with"
    assert required(Conv2d.model_fields["kernel_size"])
    assert not required(Conv2d.model_fields["stride"])


def test_a_minus_sign_begins_a_number_where_one_may_be_negative():
    assert negative(Flatten(), "start_dim") or negative(Flatten(), "end_dim")
    assert not negative(Conv2d(out_channels=1, kernel_size=1), "stride")
    assert negative(Pad(padding=1), "padding")


def test_a_value_that_is_wrong_is_answered_in_words_and_a_right_one_is_set():
    conv = Conv2d(out_channels=4, kernel_size=3, stride=2)
    assert changed(conv, "stride", MISSING) == Conv2d(out_channels=4, kernel_size=3)
    assert changed(conv, "out_channels", 7).out_channels == 7
    for value in (0, "three", 1.5, None, (1, 2, 3)):
        said = changed(conv, "kernel_size", value)
        assert isinstance(said, str)
        assert "kernel_size" in said
    assert isinstance(changed(conv, "out_channels", MISSING), str)
