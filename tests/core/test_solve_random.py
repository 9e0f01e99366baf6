"""Solve on networks and targets drawn at random: the core and a forward pass agree."""

from __future__ import annotations

from random import Random

import pytest

from tests.cases import net
from tests.long import long_or
from tuicnn.core.check import check
from tuicnn.core.reading import read_text, read_value
from tuicnn.core.report import Report, Row
from tuicnn.core.shapes import Shape, elements
from tuicnn.core.solve import Solution, Target, mirror, parse_target, solve
from tuicnn.interop.document import to_document_text
from tuicnn.preview.confirm import confirm, disagreements
from tuicnn.preview.run import Options, preview

NETWORKS = long_or(60, 3_000)
"""How many are drawn."""
RUNNABLE = 3_000_000
"""MACs up to which an answer is run."""

Layer = dict[str, object]


def a_window(draw: Random, rank: int, most: int) -> Layer:
    """Return kernel and stride, now and then one for each axis."""

    def some(low: int, high: int) -> object:
        if draw.random() < 0.3:
            return [draw.randint(low, high) for _ in range(rank)]
        return draw.randint(low, high)

    return {"kernel_size": some(1, most), "stride": some(1, 3)}


def a_layer(draw: Random, rank: int) -> Layer:
    """Return a layer for maps of a rank."""
    kind = draw.choice(("conv", "conv", "pool", "paint", "free", "keep", "hold"))
    window = a_window(draw, rank, 5)
    match kind:
        case "conv":
            uneven = {"padding": [[0, 1]] * rank}
            same = {"padding": "same"}
            extra = draw.choice(({}, {"padding": 1}, {"dilation": 2}, same, uneven))
            return {"type": f"conv{rank}d", "out_channels": draw.randint(1, 5),
                    **window, **extra}  # fmt: skip
        case "pool":
            name = draw.choice(("max_pool", "avg_pool"))
            extra = draw.choice(({}, {"ceil_mode": True}))
            return {"type": f"{name}{rank}d", **window, **extra}
        case "paint":
            extra = draw.choice(({}, {"padding": "same"}, {"padding": "valid"}))
            return {"type": f"conv_transpose{rank}d", **window, **extra,
                    "out_channels": draw.randint(1, 5)}  # fmt: skip
        case "free":
            return draw.choice(
                ({"type": "upsample", "scale_factor": 2.0},
                 {"type": "pad", "padding": 1}, {"type": "crop", "cropping": 1},
                 {"type": f"adaptive_avg_pool{rank}d", "output_size": 4})
            )  # fmt: skip
        case "hold":
            inner = [{"type": f"conv{rank}d", "out_channels": 3, "kernel_size": 1}]
            return draw.choice(
                ({"type": "block", "repeat": 2, "layers": inner},
                 {"type": "parallel", "merge": "concat", "branches": [inner, []]})
            )  # fmt: skip
    return {"type": draw.choice(("relu", "batch_norm", "dropout"))}


def a_network(draw: Random) -> Report:
    """Return the report of a network, which may have errors."""
    rank = draw.choice((1, 2, 2, 2, 3))
    most = {1: 40, 2: 24, 3: 9}[rank]
    entering = (draw.randint(1, 4), *(draw.randint(3, most) for _ in range(rank)))
    layers = [a_layer(draw, rank) for _ in range(draw.randint(0, 5))]
    if draw.random() < 0.2:
        layers += [{"type": "flatten"}, {"type": "linear", "out_features": 5}]
    network = read_value(net(entering, *layers)).network
    assert network is not None
    return check(network)


def a_target(draw: Random, report: Report, row: Row | None) -> Target:
    """Return a target near what is there, or far from it."""
    here = (row.output if row else report.output) or report.network.input
    shape = [
        max(1, size + draw.choice((0, 0, 1, -1, size, -(size // 2)))) for size in here
    ]
    if draw.random() < 0.2:
        shape = [draw.randint(1, 6) for _ in range(draw.randint(1, 4))]
    target = parse_target("x".join(map(str, shape)), report, row)
    assert isinstance(target, Target), target
    return target


def assert_answered(solution: Solution, limit: int) -> None:
    """Assert all that is promised of a solution."""
    target = solution.target
    report = target.place.report
    assert bool(solution.answers) != bool(solution.why)
    assert len(solution.answers) <= limit
    orders = [one.order for one in solution.answers]
    assert orders == sorted(orders)
    texts = set()
    for answer in solution.answers:
        network = answer.proposal.edit.apply(report.network).network
        text = to_document_text(network)
        assert text not in texts
        texts.add(text)
        assert read_text(text).network == network
        after = check(network)
        assert reached(target, after), answer.proposal.title
        difference = after.totals.minus(report.totals)
        assert difference == answer.consequence.difference
        if after.valid and after.totals.macs < RUNNABLE:
            assert_runs(after, target)


def reached(target: Target, after: Report) -> bool:
    """Whether a version has the shape where it is wanted."""
    if target.place.row is None:
        return after.output == target.shape
    return target.shape in {row.output for row in after.rows}


def assert_runs(report: Report, target: Target) -> None:
    """Assert that a forward pass sees each shape that the core says."""
    trace = preview(report.network, options=Options(threads=1, statistics=False))
    assert not disagreements(confirm(report, trace))
    seen: set[Shape] = {row.output_shape for row in trace.rows}
    if target.place.row is None:
        assert trace.output.shape[1:] == target.shape
    else:
        assert target.shape in seen


@pytest.mark.parametrize("part", range(6))
def test_every_answer_reaches_its_target_in_the_core_and_in_a_forward_pass(
    part: int,
) -> None:
    answered = 0
    for number in range(part, NETWORKS, 6):
        draw = Random(number)
        report = a_network(draw)
        row = draw.choice((None, *report.rows))
        target = a_target(draw, report, row)
        limit = draw.choice((1, 5, 50))
        solution = solve(target, limit, insert=draw.random() < 0.8)
        assert_answered(solution, limit)
        answered += bool(solution.answers)
    assert answered


@pytest.mark.parametrize("part", range(2))
def test_every_decoder_comes_back_to_the_input(part: int) -> None:
    mirrored = 0
    for number in range(part, NETWORKS, 2):
        report = a_network(Random(number))
        solution = mirror(report)
        if report.valid and report.output != report.network.input:
            assert solution.answers
        assert_answered(solution, 2)
        mirrored += bool(solution.answers)
    assert mirrored


def test_a_map_is_always_reached_where_layers_may_be_put_in() -> None:
    for number in range(NETWORKS):
        draw = Random(number)
        report = a_network(draw)
        target = a_target(draw, report, None)
        small = elements(target.shape) < 10_000
        if report.output is not None and not target.reached and small:
            assert solve(target).answers, target
