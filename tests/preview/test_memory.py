"""The memory of a pass: measured against what was foreseen, and against its limit."""

from __future__ import annotations

from random import Random

import pytest

from tests.core.random_networks import random_network
from tests.documents import text_of
from tests.long import long_or
from tests.preview.networks import network, preset
from tests.preview.peak import measured
from tests.program import answer, refusal
from tuicnn.preview.faults import TooMuchMemory
from tuicnn.preview.run import Forward, Options, estimate, preview

SEEDS = range(long_or(40, 500))
MORE = 5_000
"""Bytes that the objects of Python take besides the arrays, which are foreseen."""
SMALL = network([{"type": "conv2d", "out_channels": 3, "kernel_size": 3}], [2, 9, 9])


def test_no_pass_holds_more_than_was_foreseen() -> None:
    preview(preset("lenet5"))  # what is loaded once is not counted
    over = []
    for seed in SEEDS:
        chance, net = Random(seed), random_network(seed)
        options = Options(
            batch=chance.choice((1, 1, 2, 3)),
            exact=chance.random() < 0.3,
            threads=chance.choice((None, 1, 2, 3)),
            statistics=chance.random() < 0.8,
            memory_limit=2**40,
        )
        observed = chance.random() < 0.3
        made = Forward(net, options, observed=observed)
        found = measured(made, observed)
        if found > min(1.1 * made.peak, made.peak + MORE):
            over.append((seed, found, made.peak, options, observed))
    assert over == []


@pytest.mark.parametrize(
    ("layer", "sample"),
    [
        ({"type": "adaptive_avg_pool2d", "output_size": [256, 1]}, [8, 512, 512]),
        ({"type": "adaptive_max_pool2d", "output_size": [256, 2]}, [8, 512, 512]),
        ({"type": "global_avg_pool"}, [1, 1024, 512]),
        ({"type": "global_max_pool"}, [2, 512, 512]),
        ({"type": "upsample", "size": [512, 2]}, [4, 16, 512]),
        ({"type": "upsample", "size": [512, 2], "mode": "bilinear"}, [4, 16, 512]),
        ({"type": "upsample", "size": [512, 2], "mode": "bicubic"}, [4, 16, 512]),
        ({"type": "upsample", "size": [2, 512], "mode": "bicubic"}, [4, 512, 16]),
        ({"type": "upsample", "size": [512, 512], "mode": "bicubic"}, [2, 256, 256]),
    ],
    ids=str,
)
@pytest.mark.parametrize("threads", [1, 2])
def test_what_is_made_between_two_axes_is_foreseen(layer, sample, threads) -> None:
    options = Options(memory_limit=2**40, threads=threads)
    made = Forward(network([layer], sample), options)
    assert measured(made, False) <= made.peak


@pytest.mark.parametrize(("more", "refused"), [(-1, True), (0, False), (1, False)])
def test_a_pass_may_hold_as_much_as_its_limit(more, refused, monkeypatch) -> None:
    need = estimate(SMALL)
    limit = need + more
    asked = Options(memory_limit=limit)
    monkeypatch.setattr("tuicnn.preview.run.default_limit", lambda: limit)
    for options in (asked, Options()):  # asked for, and by itself
        if refused:
            with pytest.raises(TooMuchMemory) as caught:
                preview(SMALL, options=options)
            assert (caught.value.need, caught.value.limit) == (need, limit)
        else:
            assert preview(SMALL, options=options).peak == need


def test_the_command_line_takes_the_limit_to_the_byte() -> None:
    text = text_of((2, 9, 9), {"type": "conv2d", "out_channels": 3, "kernel_size": 3})
    need = estimate(SMALL)
    assert "of memory; the limit is" in refusal(
        "preview", "-", f"--memory-limit={need - 1}", stdin=text
    )
    for limit in (need, need + 1):
        answer("preview", "-", f"--memory-limit={limit}", stdin=text)
