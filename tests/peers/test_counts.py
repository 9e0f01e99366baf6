"""torchinfo's mult-adds, counted by torchinfo, against the rule written here."""

from __future__ import annotations

import pytest
from torch import nn

from tests.cases import CASES, Case
from tests.core.observed import LAYERS
from tests.documents import preset_report
from tests.peers.observing import torchinfo_counts
from tests.peers.torch_network import module, torch_network
from tuicnn.core.check import check
from tuicnn.core.counts import TORCHINFO, counts
from tuicnn.core.network import Network
from tuicnn.core.report import Report

pytestmark = pytest.mark.peers

SMALL = ("conv1d-audio", "dcgan-generator", "googlenet", "lenet5", "mobilenet-v2",
         "resnet18", "shufflenet-v2-x1-0", "squeezenet1-1", "two-conv-32")  # fmt: skip


def ours(report: Report) -> int:
    (found,) = (one for one in counts(report) if one.tool is TORCHINFO)
    return found.total


@pytest.mark.parametrize(
    "case", [case for case in CASES if str(case) in LAYERS], ids=str
)
def test_a_layer_counts_as_torchinfo_says(case: Case) -> None:
    network = Network(name="one", input=case.entering, layers=(case.layer,))
    model = nn.Sequential(module(case.layer, case.entering)).eval()
    assert torchinfo_counts(model, case.entering) == ours(check(network))


@pytest.mark.parametrize("name", SMALL)
def test_a_preset_counts_as_torchinfo_says(name: str) -> None:
    report = preset_report(name)
    model = torch_network(report.network)
    assert torchinfo_counts(model, report.network.input) == ours(report)
