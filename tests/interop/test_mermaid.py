"""The flowchart: every tensor an arrow, every name a label and nothing else."""

from __future__ import annotations

import re

import pytest

from tests.interop.networks import (
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
from tuicnn.interop.mermaid import escaped, to_mermaid

NODE = re.compile(r' *(n\d+)(?:\["([^"]*)"\]|\(\["([^"]*)"\]\))')
SUBGRAPH = re.compile(r' *subgraph s\d+\["([^"]*)"\]')
EDGE = re.compile(r"    (n\d+) --> (n\d+)")


def drawn(report: Report) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return the labels of the nodes, and the edges; refuse a line of another kind."""
    nodes: dict[str, str] = {}
    edges: list[tuple[str, str]] = []
    open_subgraphs = 0
    first, *lines = to_mermaid(report).splitlines()
    assert first == "flowchart TD"
    for line in lines:
        if node := NODE.fullmatch(line):
            assert node[1] not in nodes
            nodes[node[1]] = node[2] or node[3]
        elif edge := EDGE.fullmatch(line):
            edges.append((edge[1], edge[2]))
        elif SUBGRAPH.fullmatch(line):
            open_subgraphs += 1
        else:
            assert line.strip() == "end"
            open_subgraphs -= 1
    assert open_subgraphs == 0
    assert {end for edge in edges for end in edge} <= set(nodes)
    return nodes, edges


def named_edges(report: Report) -> set[tuple[str, str]]:
    nodes, edges = drawn(report)
    names = {node: label.split("<br/>")[0] for node, label in nodes.items()}
    return {(names[source], names[target]) for source, target in edges}


def test_a_straight_network_is_a_chain():
    nodes, edges = drawn(preset("lasagne-mnist"))
    assert nodes["n0"] == "input<br/>1×28×28"
    assert nodes["n1"] == "conv1<br/>conv2d 32 · 5×5<br/>32×24×24"
    assert edges == [(f"n{one}", f"n{one + 1}") for one in range(7)]


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_layer_of_a_preset_is_reached_by_an_arrow(path):
    nodes, edges = drawn(preset(path.stem))
    assert {target for _, target in edges} == set(nodes) - {"n0"}


def test_the_long_skips_of_a_u_net_are_arrows():
    edges = named_edges(preset("unet-padded"))
    report = preset("unet-padded")
    for row in report.rows:
        if row.layer.type == "concat":
            for source in row.sources:
                name = report.rows[source].name
                assert (name, row.name) in edges
    assert sum(row.layer.type == "concat" for row in report.rows) == 4


def test_the_branches_of_a_parallel_meet_in_its_node():
    relu = {"type": "relu", "name": "r"}
    nodes, edges = drawn(
        report_of({"type": "parallel", "merge": "add", "branches": [[relu], []]})
    )
    assert nodes == {
        "n0": "input<br/>1×8×8",
        "n2": "0.r<br/>relu<br/>1×8×8",
        "n1": "add<br/>1×8×8",
    }
    assert edges == [("n0", "n2"), ("n2", "n1"), ("n0", "n1")]


def test_an_arrow_passes_through_a_block():
    block = {"type": "block", "name": "b", "layers": [{"type": "relu"}]}
    _, edges = drawn(report_of(block, {"type": "tanh"}))
    assert edges == [("n0", "n2"), ("n2", "n3")]
    assert '    subgraph s1["b"]\n        n2[' in to_mermaid(report_of(block))


def test_hostile_names_are_labels_and_nothing_else():
    report = hostile()
    nodes, _ = drawn(report)
    assert len(nodes) == 1 + sum(
        not row.container or row.layer.type == "parallel" for row in report.rows
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_label_decodes_to_the_name(name):
    label = escaped(name)
    assert not set('"`<>[]{}()|%\\&') & set(label)
    assert re.sub(r"#(\d+);", lambda code: chr(int(code[1])), label) == name


@pytest.mark.parametrize("name", ["- x", "1. x"])
def test_no_label_begins_a_markdown_list(name):
    assert not re.match(r"(-|\d+\.) ", escaped(name))


def test_below_an_error_shapes_are_not_known_and_lost_skips_have_no_arrow():
    nodes, edges = drawn(broken_off())
    assert nodes["n3"] == "below<br/>relu<br/>not known"
    into_sum = [source for source, target in edges if nodes[target].startswith("sum")]
    assert [nodes[source].split("<br/>")[0] for source in into_sum] == [
        "relu_1",
        "conv",
    ]


def test_an_empty_network_is_its_input():
    assert drawn(empty()) == ({"n0": "input<br/>1×8×8"}, [])


def test_layers_that_could_not_be_read_are_drawn():
    nodes, _ = drawn(unreadable())
    assert nodes["n2"] == "conv9d_1<br/>conv9d<br/>not known"
