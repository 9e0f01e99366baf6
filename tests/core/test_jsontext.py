"""Reading of JSON text: the same values as Python's own reader, and better refusals."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tuicnn.core import jsontext
from tuicnn.core.jsonfault import find_fault
from tuicnn.core.jsontext import MAX_DEPTH, Json, JsonError, locate, parse

SAMPLE = """{
  "format": "tuicnn/1",
  "name": "caf\\u00e9 \\ud83d\\ude00",
  "input": [1, 28, 28],
  "layers": [
    {"type": "conv2d", "name": "a \\"b\\" [c]", "stride": 2},
    {"type": "relu", "slope": -1.5e-3, "inplace": false, "with": null},
    {"type": "block", "layers": [ ]}
  ]
}
"""

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
).filter(lambda value: "Infinity" not in json.dumps(value))
layouts = st.sampled_from([{}, {"indent": 2}, {"ensure_ascii": False}, {"indent": 0}])


def refused(text: str) -> JsonError:
    """Assert that a text is refused, and return the refusal."""
    with pytest.raises(JsonError) as caught:
        parse(text)
    error = caught.value
    lines = text.split("\n")
    assert 1 <= error.line <= len(lines)
    assert 1 <= error.column <= len(lines[error.line - 1]) + 1
    assert error.message.endswith(".")
    assert error.hint.endswith(".")
    assert (error.message + error.hint).isprintable()
    return error


def refused_at(text: str) -> tuple[int, int]:
    """Assert that a text is refused, and return where."""
    error = refused(text)
    return error.line, error.column


def pointers(value: Json) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Yield every pointer into a value, with what it leads to."""
    yield (), value
    children = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        children = enumerate(value)
    for part, child in children:
        for rest, found in pointers(child):
            yield (part, *rest), found


def offset(text: str, place: tuple[int, int] | None) -> int:
    """Turn a line and a column back into an offset."""
    assert place is not None
    line, column = place
    return sum(len(one) + 1 for one in text.split("\n")[: line - 1]) + column - 1


@given(values, layouts)
def test_a_sound_text_reads_as_python_reads_it(value, layout):
    text = json.dumps(value, **layout)
    assert repr(parse(text)) == repr(json.loads(text))


@given(st.text(alphabet="{}[],:\"\\u0189dDeE.+-truefalsn \n\t'/"))
@example('"\\u12"')
@example("1.")
@example("-0e+1")
@example('{"a":1,"a":1}')
def test_a_text_is_refused_exactly_where_strict_python_refuses_it(text):
    def unique(members):
        assert len(dict(members)) == len(members)
        return dict(members)

    try:
        expected = json.loads(text, object_pairs_hook=unique)
        json.dumps(expected, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, AssertionError):
        refused(text)
    else:
        assert repr(parse(text)) == repr(expected)


@given(values, layouts)
def test_no_fault_is_found_in_a_sound_text(value, layout):
    assert find_fault(json.dumps(value, **layout), MAX_DEPTH) is None


@given(values, layouts)
@example({"a\nb": {"": [[], {}, [{"a\nb": 1}]]}, "b": 1}, {"indent": 1})
def test_locate_finds_what_a_pointer_leads_to(value, layout):
    text = json.dumps(value, **layout)
    for pointer, found in pointers(value):
        at = offset(text, locate(text, pointer))
        read, _ = json.JSONDecoder().raw_decode(text, at)
        assert repr(read) == repr(found)


@given(values, layouts)
def test_locate_finds_the_key_of_a_member(value, layout):
    text = json.dumps(value, **layout)
    for pointer, _ in pointers(value):
        if pointer and isinstance(pointer[-1], str):
            at = offset(text, locate(text, pointer, key=True))
            assert json.JSONDecoder().raw_decode(text, at)[0] == pointer[-1]


@pytest.mark.parametrize(
    ("pointer", "ancestor"),
    [
        (("layers", 0, "kernel_size"), ("layers", 0)),
        (("layers", 3), ("layers",)),
        (("layers", -1), ("layers",)),
        (("layers", 2, "layers", 0, "type"), ("layers", 2, "layers")),
        (("layers", "0"), ("layers",)),
        (("name", 0), ("name",)),
        ((7,), ()),
    ],
)
def test_where_nothing_stands_the_nearest_ancestor_answers(pointer, ancestor):
    assert locate(SAMPLE, pointer) == locate(SAMPLE, ancestor)
    assert locate(SAMPLE, pointer, key=True) == locate(SAMPLE, ancestor)


def test_an_empty_object_does_not_borrow_its_neighbours_members():
    text = '{"a": {}, "b": 1}'
    assert locate(text, ("a", "b")) == locate(text, ("a",)) == (1, 7)


def test_lines_and_columns_are_counted_from_one_and_in_characters():
    assert locate('{"é😀": 1}', ("é😀",)) == (1, 8)
    assert locate(SAMPLE, ()) == (1, 1)
    assert locate(SAMPLE, ("layers", 0, "stride")) == (6, 57)
    assert locate(SAMPLE, ("layers", 0, "stride"), key=True) == (6, 47)


def test_a_blank_text_has_no_places():
    assert locate(" \n", ()) is None


def test_locate_passes_over_megabytes_of_nested_values():
    filling = '{"a": [1, 2, {"b": "]"}], "c": "\\""}'
    text = "[" + f"{filling},\n" * 50_000 + '{"here": 1}]'
    assert locate(text, (50_000, "here")) == (50_001, 10)


@example('{"\\', ["a"])
@given(st.text(alphabet='{}[],:"\\a1 \n'), st.lists(st.sampled_from(["a", 0, 1, 2])))
def test_locate_survives_a_text_that_was_never_accepted(text, pointer):
    place = locate(text, tuple(pointer))
    assert (place is None) == (not text.strip())


def test_every_prefix_of_a_document_is_refused_in_its_last_line():
    for length in range(len(SAMPLE.rstrip())):
        prefix = SAMPLE[:length]
        line, _ = refused_at(prefix)
        assert line == 1 + prefix.count("\n")


def test_every_document_with_one_wrong_byte_is_read_or_refused():
    readable = 0
    for at in range(len(SAMPLE)):
        for wrong in '\0\n "\\{}[],:0-.e/é':
            text = SAMPLE[:at] + wrong + SAMPLE[at + 1 :]
            try:
                assert repr(parse(text)) == repr(json.loads(text))
                readable += 1
            except JsonError:
                refused(text)
    assert readable > 0


def test_a_key_given_twice_is_refused_naming_both_places():
    text = '{"layers": [\n  {"stride": 1, "kernel_size": 3, "stride": 2}]}'
    error = refused(text)
    assert (error.line, error.column) == (2, 35)
    assert error.message == (
        'The key "stride" stands twice in one object: '
        "line 2 column 4 and line 2 column 35."
    )


def test_a_key_given_twice_is_seen_through_its_escapes():
    assert refused_at('{"a": 1, "\\u0061": 2}') == (1, 10)


def test_the_same_key_in_two_objects_is_fine():
    assert parse('{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}')


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_a_number_that_is_not_finite_is_refused(number):
    error = refused(f'{{"eps":\n {number}}}')
    assert (error.line, error.column) == (2, 2)
    assert number in error.message


def test_an_integer_of_five_thousand_digits_is_refused():
    error = refused("[1, " + "9" * 5_000 + "]")
    assert (error.line, error.column) == (1, 5)
    assert len(error.message) < 100


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_a_hundred_thousand_containers_in_one_another_are_refused(opening):
    error = refused(opening * 100_000)
    assert str(MAX_DEPTH) in error.message


def test_containers_nest_as_deep_as_the_limit_and_no_deeper():
    assert parse("[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1))
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert refused_at("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) == (1, 201)
    assert parse("[" + "[]," * 10_000 + "{}]")


def test_half_of_a_surrogate_pair_is_refused():
    assert parse('"\\ud83d\\ude00"') == "😀"
    assert refused_at('["a", "\\ud83d"]') == (1, 7)
    assert refused_at('["\ud83d"]') == (1, 2)


def test_a_text_that_exhausts_the_stack_is_refused(monkeypatch):
    class Exhausted:
        def decode(self, text: str) -> Json:
            raise RecursionError("maximum recursion depth exceeded")

    monkeypatch.setattr(jsontext, "_DECODER", Exhausted())
    assert refused_at("[1]") == (1, 1)


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "hint"),
    [
        ("", 1, 1, "is empty", "{ and }"),
        (" \n ", 1, 1, "is empty", "{ and }"),
        ('{"a": [1,\n2,]}', 2, 2, "comma stands before the closing ]", "Remove"),
        ('{"a": 1,\n}', 1, 8, "comma stands before the closing }", "Remove"),
        ("{'a': 1}", 1, 2, "' is not the quote", "double quotes"),
        ("{“a”: 1}", 1, 2, "“ is not the quote", "double quotes"),
        ("{a: 1}", 1, 2, "The word a stands outside of quotes", "double quotes"),
        ('{"a": relu}', 1, 7, "The word relu", "double quotes"),
        ("// net\n{}", 1, 1, "comment", "description"),
        ('{"a": 1} # net', 1, 10, "comment", "description"),
        ('{/* net */ "a": 1}', 1, 2, "comment", "description"),
        ("\ufeff{}", 1, 1, "byte order mark", "without"),
        ("<!DOCTYPE html>\n<html>", 1, 1, "HTML", "file itself"),
        ("version https://git-lfs.github.com/spec/v1", 1, 1, "Git LFS", "git lfs pull"),
        ('{\n<<<<<<< HEAD\n"a": 1}', 2, 1, "merge conflict", "markers"),
        ('{"a": True}', 1, 7, "True is Python's", "true"),
        ("[01]", 1, 2, "01 is not a number", "12"),
        ("[1.]", 1, 2, "1. is not a number", "0.5"),
        ("[+1]", 1, 2, "+1 is not a number", "12"),
        ("[.5]", 1, 2, ".5 is not a number", "0.5"),
        ("[1_000]", 1, 2, "1_000 is not a number", "12"),
        ('["abc', 1, 2, "no closing quote", "double quote"),
        ('["abc\n"]', 1, 2, "no closing quote", "double quote"),
        ('["\\', 1, 2, "no closing quote", "double quote"),
        ('["a\tb"]', 1, 4, "control character \\t", "escape"),
        ('["C:\\dir"]', 1, 5, "\\d is not an escape", "\\\\"),
        ('["\\u12"]', 1, 3, "\\u is not an escape", "\\\\"),
        ('{"a" 1}', 1, 6, "1 stands where a colon belongs", "colon"),
        ('{"a": 1 "b": 2}', 1, 9, 'The string "b" stands where a comma', "commas"),
        ("[1 2]", 1, 4, "2 stands where a comma or ] belongs", "commas"),
        ("{1: 2}", 1, 2, "1 stands where a key", "double quotes"),
        ("[1,,2]", 1, 4, ", stands where a value belongs", "number"),
        ('{"a": }', 1, 7, "} stands where a value belongs", "number"),
        ('{"a": [1}', 1, 9, "} stands where a comma or ]", "[ of line 1 column 7"),
        ('{"a":\n [1, 2', 2, 7, "before the [ of line 2 column 2", "cut off"),
        ("{} {}", 1, 4, "more text follows", "one document"),
        ("[\x1b]", 1, 2, "character \\x1b", "Remove"),
        ("[\u202e]", 1, 2, "character \\u202e", "Remove"),
    ],
)
def test_a_fault_is_told_by_what_stands_there(text, line, column, message, hint):
    error = refused(text)
    assert (error.line, error.column) == (line, column)
    assert message in error.message
    assert hint in error.hint


def test_a_long_word_is_cut_short_in_the_message():
    assert len(refused("relu" * 1_000_000).message) < 100
