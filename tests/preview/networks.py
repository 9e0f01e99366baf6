"""Networks and inputs for the preview's tests."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tuicnn.core.network import Network
from tuicnn.core.reading import read_value
from tuicnn.preview.storing import weights_writer
from tuicnn.preview.weights import Weights

PRESETS = Path(__file__).parents[2] / "presets"
NAMES = tuple(sorted(path.stem for path in PRESETS.glob("*.json")))


def network(layers: Sequence[dict], sample: Sequence[int], **more: object) -> Network:
    """Return a network of these layers, or fail with what is wrong with it."""
    document = {
        "format": "tuicnn/1",
        "name": "net",
        "input": list(sample),
        "layers": list(layers),
        **more,
    }
    reading = read_value(document)
    assert reading.network is not None, reading.problems
    assert not reading.problems, reading.problems
    return reading.network


def preset(name: str) -> Network:
    """Return a preset."""
    reading = read_value(json.loads((PRESETS / f"{name}.json").read_text("utf-8")))
    assert reading.network is not None
    return reading.network


def normal(shape: Sequence[int], seed: int = 0) -> np.ndarray:
    """Return normal numbers of mean 0 and deviation 1."""
    stream = np.random.default_rng(seed)
    return stream.standard_normal(tuple(shape), dtype=np.float32)


def store(path: Path, weights: Weights) -> None:
    """Write weights to a file."""
    with path.open("wb") as stream:
        weights_writer(path, weights)(stream)
