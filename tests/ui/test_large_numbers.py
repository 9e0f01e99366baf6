"""Networks far too large to run: their counts are shown whole or rounded, never cut."""

from __future__ import annotations

import re

import pytest

from tests.ui.desk import desk
from tuicnn.core import limits
from tuicnn.core.layers import Block, Conv2d, Relu
from tuicnn.core.network import Network

LARGE = Network(
    name="large",
    input=(limits.CHANNELS, 1023, 1023),
    layers=(
        Conv2d(name="c", out_channels=2**20, kernel_size=1023, padding="same"),
        Block(name="b", layers=(Relu(name="r"),)),
        Conv2d(name="d", out_channels=2**20, kernel_size=1, groups=2**20, bias=False),
    ),
)


def drawn(svg: str) -> str:
    return svg.replace("&#160;", " ")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 40)])
async def test_a_count_is_never_cut(size: tuple[int, int]) -> None:
    async with desk(LARGE, size=size) as one:
        await one.look(0)
        text = drawn(one.app.export_screenshot())
        assert "1.15e18" in text
        assert "1.2e24 MACs" in text
        assert not re.search("1,150,[0-9,]*…", text)
        whole = "1,048,576" if size[0] >= 120 else "1.05 M"
        assert whole in text  # what has room stands there as it is
