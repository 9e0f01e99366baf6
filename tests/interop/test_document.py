"""The document as text: laid out as presets are, and nothing lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cases import NETWORK_CASES, NetworkCase
from tests.interop.networks import (
    ATTACKS,
    PRESETS,
    broken_off,
    empty,
    hostile,
    reported,
    unreadable,
)
from tuicnn.core.network import Network, document
from tuicnn.core.reading import read_text
from tuicnn.interop.document import to_document_text

texts = st.text(st.characters(codec="utf-8"), max_size=40)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "layers", "branches", "x"]), inner)
    ),
    max_leaves=8,
)


def read_back(network: Network) -> Network:
    found = read_text(to_document_text(network)).network
    assert found is not None
    return found


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_preset_is_written_as_it_stands(path):
    text = path.read_text(encoding="utf-8")
    network = read_text(text).network
    assert network is not None
    assert to_document_text(network) == text
    assert read_back(network) == network


@pytest.mark.parametrize("case", NETWORK_CASES, ids=str)
def test_structure_is_read_back_as_it_was(case: NetworkCase):
    network = reported(case.document).network
    assert read_back(network) == network


@pytest.mark.parametrize("report", [empty(), hostile(), broken_off(), unreadable()])
def test_networks_of_any_kind_are_read_back_as_they_were(report):
    assert read_back(report.network) == report.network


def test_containers_hold_one_layer_a_line():
    block = {"type": "block", "name": "b", "layers": [{"type": "relu"}]}
    both = {"type": "parallel", "merge": "add", "branches": [[block], []]}
    text = to_document_text(
        reported(
            {"format": "tuicnn/1", "name": "n", "input": [4], "layers": [both]}
        ).network
    )
    assert text.splitlines()[4:] == [
        '  "layers": [',
        '    {"type": "parallel", "merge": "add", "branches": [',
        "      [",
        '        {"type": "block", "name": "b", "layers": [',
        '          {"type": "relu"}',
        "        ]}",
        "      ],",
        "      []",
        "    ]}",
        "  ]",
        "}",
    ]


def test_wide_values_of_a_parameter_stand_one_row_a_line():
    rows = [[0.125] * 30] * 2
    network = reported(
        {
            "format": "tuicnn/1",
            "name": "n",
            "input": [30],
            "layers": [{"type": "linear", "name": "fc", "out_features": 2}],
            "parameters": {"fc.weight": rows, "fc.bias": [1, 2]},
            "expect": ["parameters == 62"],
        }
    ).network
    lines = to_document_text(network).splitlines()
    assert lines.index('    "fc.weight": [') + 3 == lines.index("    ],")
    assert '    "fc.bias": [1, 2]' in lines
    assert '    "parameters == 62"' in lines
    assert read_back(network) == network


def test_no_control_character_is_written():
    text = to_document_text(hostile().network)
    assert text.replace("\n", "").isprintable()
    assert json.loads(text)["title"] == "\n".join(ATTACKS)


@settings(deadline=None)
@given(texts, st.lists(json_values, max_size=4))
def test_whatever_a_document_holds_is_kept(title, layers):
    value = {"format": "tuicnn/1", "name": "n", "title": title, "input": [4]}
    network = reported({**value, "layers": layers}).network
    assert json.loads(to_document_text(network)) == document(network)
    assert read_back(network) == network
