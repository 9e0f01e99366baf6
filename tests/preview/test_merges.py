"""Merges of maps that lie as they came: every number of every sample is made."""

import numpy as np
import pytest

from tests.preview.networks import network, normal
from tuicnn.preview.run import Options, preview

FUNCTIONS = {"add": np.add, "multiply": np.multiply, "maximum": np.maximum}


@pytest.mark.parametrize("kind", FUNCTIONS)
@pytest.mark.parametrize("sample", [(12, 9, 8), (3, 9, 8), (1, 5, 40), (40, 7)])
@pytest.mark.parametrize("batch", [1, 17])
def test_a_merge_of_plain_maps_makes_every_number(kind, sample, batch) -> None:
    layers = [{"type": "tanh", "name": "t"}, {"type": kind, "with": ["t"]}]
    x = normal((batch, *sample))
    found = preview(network(layers, sample), x.copy(), Options()).output
    tanh = np.tanh(x)
    np.testing.assert_allclose(found, FUNCTIONS[kind](tanh, tanh), atol=1e-5)
