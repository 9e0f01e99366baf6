"""The forward pass beside ONNX's reference evaluator, which is NumPy as well.

    python -m tests.benchmarks.evaluator [--rounds 3]

ResNet-18, the same weights and input; outputs must agree.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from statistics import median

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from tests.benchmarks.core import preset, timed
from tuicnn.core.check import check
from tuicnn.core.layers import (
    AdaptiveAvgPool2d,
    BatchNorm,
    Conv2d,
    Flatten,
    Linear,
    MaxPool2d,
    Parallel,
    Relu,
)
from tuicnn.core.report import Report, Row
from tuicnn.preview.engine import NumpyEngine
from tuicnn.preview.inputs import random_input
from tuicnn.preview.plan import Plan, plan
from tuicnn.preview.weights import Weights


def as_node(row: Row, inputs: list[str]) -> onnx.NodeProto:
    """Return the ONNX node of a row of ResNet-18."""
    out, layer = [row.path], row.layer
    weights = [f"{row.path}.{name}" for name in (*row.parameters, *row.buffers)]
    match layer:
        case Conv2d() | MaxPool2d():
            stride = layer.kernel_size if layer.stride is None else layer.stride
            window = {
                "kernel_shape": [layer.kernel_size] * 2,
                "strides": [stride] * 2,
                "pads": [layer.padding] * 4,
            }
            kind = "Conv" if isinstance(layer, Conv2d) else "MaxPool"
            return helper.make_node(kind, [*inputs, *weights], out, **window)
        case BatchNorm():
            names = [*inputs, *weights]
            return helper.make_node("BatchNormalization", names, out, epsilon=layer.eps)
        case Relu():
            return helper.make_node("Relu", inputs, out)
        case Parallel():
            return helper.make_node("Add", inputs, out)
        case AdaptiveAvgPool2d():
            return helper.make_node("GlobalAveragePool", inputs, out)
        case Flatten():
            return helper.make_node("Flatten", inputs, out)
        case Linear():
            return helper.make_node("Gemm", [*inputs, *weights], out, transB=1)
    raise AssertionError(f"ResNet-18 has no {layer.type}")


def as_model(report: Report, weights: Weights) -> onnx.ModelProto:
    """Return the network as an ONNX model."""
    nodes: Iterator[onnx.NodeProto] = (
        as_node(row, [_name(report, source) for source in row.sources])
        for row in (report.rows[index] for index in report.order)
    )
    tensors = [numpy_helper.from_array(array, key) for key, array in weights.tensors()]
    shape = [1, *report.network.input]
    graph = helper.make_graph(
        list(nodes),
        "resnet18",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(_name(report, report.end), 1, None)],
        tensors,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


def _name(report: Report, source: int) -> str:
    return "input" if source < 0 else report.rows[source].path


def main() -> None:
    """Print the seconds of both, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    report = check(preset("resnet18"))
    made: Plan = plan(report.network)
    weights = Weights(made, 0, dict(Weights(made).tensors()))
    engine = NumpyEngine(made, weights, statistics=False, hold=True)
    evaluator = ReferenceEvaluator(as_model(report, weights))
    x = random_input((1, *report.network.input))
    (wanted,) = evaluator.run(None, {"input": x})
    found = engine.forward(x)[0]
    error = float(np.abs(wanted - found).max() / np.abs(wanted).max())
    theirs = median(
        timed(lambda: evaluator.run(None, {"input": x})) for _ in range(rounds)
    )
    ours = median(timed(lambda: engine.forward(x)) for _ in range(rounds))
    print(f"largest relative difference {error:.1e}")
    print(f"seconds  ONNX evaluator {theirs:.3f}   ours {ours:.3f}", end="")
    print(f"   ratio {theirs / ours:.1f} (at least 20)")


if __name__ == "__main__":
    main()
