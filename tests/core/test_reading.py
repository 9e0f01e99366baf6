"""Documents that are wrong in rare ways: each is told what was expected instead."""

from __future__ import annotations

import pytest

from tests.cases import net
from tests.documents import as_text, problems_of, report_of_text, text_of
from tuicnn.core import limits
from tuicnn.core.diagnostics import Code
from tuicnn.core.fixes import fixes_of
from tuicnn.core.jsonplace import locate
from tuicnn.core.reading import read_value

Layer = dict[str, object]

CONV: Layer = {"type": "conv2d", "out_channels": 2, "kernel_size": 3}
RELU: Layer = {"type": "relu"}
FC: Layer = {"type": "linear", "name": "fc", "out_features": 2}


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        ({"parameters": [1, 2]}, Code.INVALID_VALUE, "expected an object"),
        ({"parameters": {"fc.weight": [[1, 2, 3], [4, 5]]}}, Code.PARAMETER_SHAPE,
         "rows of unequal length"),
        ({"parameters": {"fc.weight": [[1, 2, 3], [4, [5], 6]]}}, Code.PARAMETER_SHAPE,
         "rows of unequal length"),
    ],
)  # fmt: skip
def test_parameters_of_another_form_are_refused(
    more: Layer, code: Code, words: str
) -> None:
    (found,) = problems_of(text_of((3,), FC, **more))
    assert found.code is code
    assert words in found.message


@pytest.mark.parametrize(
    "padding", [[[1, 1], 2], [[1, 1], [2, 2, 2]], [[0, 1], [1, 2000]], [1, "same"], []]
)
def test_a_padding_that_is_half_right_is_refused(padding: object) -> None:
    found = problems_of(text_of((3, 9, 9), {**CONV, "padding": padding}))
    assert [one.code for one in found] == [Code.INVALID_VALUE]
    assert found[0].field == "padding"
    assert "or a pair [begin, end] for each axis" in found[0].message


def test_a_list_that_is_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 5)
    wrong: list[Layer] = [{"type": "no such type"}] * 6
    (found,) = read_value(net((3, 9, 9), *wrong)).problems
    assert (found.code, found.pointer) == (Code.TOO_LARGE, ("layers",))
    assert "more than 5 with their containers" in found.message


def test_layers_that_are_too_many_are_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "ROWS", 5)
    join = {"type": "parallel", "merge": "add", "branches": [[RELU] * 6, [RELU] * 6]}
    (found,) = read_value(net((3, 9, 9), join)).problems
    assert found.pointer == ("layers", 0, "branches", 0)


def test_no_more_problems_are_told_than_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "DIAGNOSTICS", 2)
    wrong = {**CONV, "stride": 0, "dilation": 0, "groups": 0}
    document = {**net((3, 9, 9), wrong, {**wrong, "name": 7}), "title": 3}
    found = read_value(document).problems
    assert [(one.code, one.field) for one in found] == [
        (Code.INVALID_VALUE, "stride"),
        (Code.INVALID_VALUE, "dilation"),
    ]


@pytest.mark.parametrize(
    ("text", "pointer", "place"),
    [
        ("[[1", (1,), (1, 1)),
        ('[{"a": [', (0, "a", 0), (1, 9)),
        ("[[1,[2", (0, 1), (1, 5)),
    ],
)
def test_a_text_that_was_cut_off_has_places_as_far_as_it_goes(
    text: str, pointer: tuple[str | int, ...], place: tuple[int, int]
) -> None:
    assert locate(text, pointer) == place


def test_a_value_behind_many_others_has_its_place() -> None:
    many = ", ".join(['"a"'] * 600)  # more than are stepped over at once
    text = f"[[ {many}], 7]"
    assert locate(text, (1,)) == (1, len(text) - 1)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("paramters < 3e9", "parameters < 3e9"),
        ("parameters", None),  # nothing says what it is compared with
        ("1 < parameters", None),
        ("zzzz < 3", None),
    ],
)
def test_an_expectation_is_mended_where_its_meaning_is_plain(
    text: str, mended: str | None
) -> None:
    report = report_of_text(as_text({**net((3, 9, 9), CONV), "expect": [text]}))
    (problem,) = report.diagnostics
    assert problem.code is Code.INVALID_EXPECTATION
    after = [
        one.edit.apply(report.network).network.expect
        for one in fixes_of(report, problem)
    ]
    assert ((mended,) in after) == (mended is not None)
    assert [one for one in after if one] == ([(mended,)] if mended else [])
