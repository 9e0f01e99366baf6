"""The Markdown: a table that holds, whatever a layer is called."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.interop.networks import (
    ATTACKS,
    HOSTILE,
    PRESETS,
    broken_off,
    empty,
    hostile,
    preset,
    report_of,
    unreadable,
)
from tuicnn.core.report import Report
from tuicnn.interop.markdown import escaped, to_markdown

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def tokens(text: str) -> list[Token]:
    return PARSER.parse(text)


def cells(report: Report) -> list[list[str]]:
    """Return the texts of the table as a reader of the page sees them."""
    rows: list[list[str]] = []
    for token in tokens(to_markdown(report)):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            return rows
        elif token.type == "inline" and rows:
            rows[-1].append("".join(one.content for one in token.children or ()))
    raise AssertionError("there is no table")


def test_a_row_says_what_a_layer_is_and_what_it_costs():
    text = to_markdown(preset("lasagne-mnist"))
    assert text.startswith("# MNIST CNN (Lasagne tutorial)\n")
    assert "| conv1 | conv2d 32 · 5×5 | 32×24×24 | 832 | 460,800 | 5×5 |\n" in text
    assert "| **total** |  |  | **217,706** | **1,589,760** |  |\n" in text
    assert "- Parameters: 217,706 (850.4 KiB)\n" in text


def test_content_is_indented_by_its_container():
    report = report_of(
        {
            "type": "block",
            "name": "b",
            "layers": [
                {
                    "type": "block",
                    "name": "c",
                    "repeat": 2,
                    "layers": [{"type": "relu"}],
                }
            ],
        },
        {"type": "relu"},
    )
    names = [row[0] for row in cells(report)[2:-1]]
    assert names == [
        "b",
        "\u2003c",
        "\u2003\u20030.relu_1",
        "\u2003\u20031.relu_1",
        "relu_1",
    ]


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_row_of_a_preset_is_a_row_of_the_table(path):
    report = preset(path.stem)
    rows = cells(report)
    assert len(rows) == len(report.rows) + 3
    assert {len(row) for row in rows} == {6}


def test_hostile_names_are_shown_and_not_obeyed():
    report = hostile()
    found = cells(report)
    assert len(found) == len(report.rows) + 3
    assert {len(row) for row in found} == {6}
    names = [row[0].strip() for row in found[2 : 2 + len(HOSTILE)]]
    assert names == list(HOSTILE)


def test_nothing_in_a_hostile_document_makes_markup():
    text = to_markdown(hostile())
    assert text.replace("\n", "").isprintable()
    inline = [one for token in tokens(text) for one in token.children or ()]
    assert {one.type for one in inline} <= {
        "text",
        "text_special",
        "strong_open",
        "strong_close",
        "em_open",
        "em_close",
        "code_inline",
    }
    codes = {one.content for one in inline if one.type == "code_inline"}
    assert all(code.replace("-", "").isalpha() for code in codes)
    assert not [
        one for one in tokens(text) if one.type in ("html_block", "hr", "fence")
    ]
    assert [one.tag for one in tokens(text) if one.type == "heading_open"] == [
        "h1",
        "h2",
    ]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_text_alone_on_a_line_is_a_paragraph_that_says_it(attack):
    found = tokens(escaped(attack))
    assert [one.type for one in found] == [
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]
    shown = "".join(one.content for one in found[1].children or ())
    if attack.isprintable():
        assert shown == attack


@pytest.mark.parametrize("attack", ["http://x.org", "www.x.org", "a@x.org", "@user"])
def test_github_finds_no_link_in_a_text(attack):
    assert "\\" in escaped(attack)


def test_what_is_not_reached_has_no_numbers():
    text = to_markdown(broken_off())
    assert "| below | relu | – | – | – | – |\n" in text
    assert "\n## Problems\n" in text
    assert "- **error** `linear-on-map` at fc: " in text
    assert "- Output: –\n" in text


def test_an_empty_network_has_a_table():
    assert len(cells(empty())) == 3


def test_layers_that_could_not_be_read_have_rows():
    assert ["conv9d_1", "conv9d", "–", "–", "–", "–"] in cells(unreadable())
